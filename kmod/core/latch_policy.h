/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose packets a side of a stream accepts, and whether it learns where the
 * side is from them (latching, RFC 7362). Here it is only decided; the caller
 * commits what was decided, under its own lock. Once learned, an endpoint stays
 * until the caller opens the state anew, after a new offer or answer.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_CORE_LATCH_POLICY_H
#define _SF_CORE_LATCH_POLICY_H

#include "os.h"
#include "packet.h"

/**
 * struct sf_latch_state - what is known of where a side is
 * @policy: whose packets are accepted
 * @remote: its endpoint as told; of no family where it was not
 * @learned: its endpoint as learned; of no family until it is
 * @window_end_ns: when learning ends, on the clock of the caller; 0 is never
 */
struct sf_latch_state {
	enum sipfast_learn	policy;
	struct sf_endpoint	remote;
	struct sf_endpoint	learned;
	u64			window_end_ns;
};

/**
 * enum sf_latch_verdict - what to do about a source
 * @SF_LATCH_ACCEPT: its packet is accepted, the state stays as it is
 * @SF_LATCH_LEARN: its packet is accepted, and it becomes @learned
 * @SF_LATCH_MISMATCH: its packet is not accepted
 */
enum sf_latch_verdict {
	SF_LATCH_ACCEPT,
	SF_LATCH_LEARN,
	SF_LATCH_MISMATCH,
};

/**
 * sf_latch_check() - decide about a packet's source
 * @state: what is known
 * @source: where the packet comes from
 * @is_fit: the payload is good enough to learn from: on an RTP stream, RTP or
 *	RTCP. What is not fit is accepted from a source known already.
 * @now_ns: the time, on the clock of @window_end_ns
 *
 * A source that can be no single host's is never learned. Where the window
 * closed with nothing learned, the endpoint as told is accepted, if any.
 *
 * Return: any enum sf_latch_verdict.
 */
enum sf_latch_verdict sf_latch_check(const struct sf_latch_state *state,
				     const struct sf_endpoint *source,
				     bool is_fit, u64 now_ns);

/**
 * sf_latch_state_remote() - the endpoint in use
 * @state: what is known
 *
 * Return: the learned endpoint, or the one that was told; of no family where
 *	there is neither.
 */
static inline const struct sf_endpoint *
sf_latch_state_remote(const struct sf_latch_state *state)
{
	return state->learned.family ? &state->learned : &state->remote;
}

#endif /* _SF_CORE_LATCH_POLICY_H */
