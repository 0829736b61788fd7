/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a side is: told by its owner, or learned from its packets (latching,
 * RFC 7362). core/latch_policy.h decides whether a source is accepted; here the
 * decision is committed under the flow's lock.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_LATCH_H
#define _SF_LATCH_H

#include "session.h"

/* Times are those of ktime_get_ns(). */

/**
 * sf_latch_open() - begin with the remote endpoint that was told
 * @flow: the flow, not in the table yet
 * @now_ns: the time from which the learning window counts
 *
 * Context: process.
 */
void sf_latch_open(struct sf_flow *flow, u64 now_ns);

/**
 * sf_latch_inherit() - go on with what an earlier version has learned
 * @flow: the flow, not in the table yet
 * @from: the same flow of the earlier version; it learns no more
 *
 * Context: process.
 */
void sf_latch_inherit(struct sf_flow *flow, struct sf_flow *from);

/**
 * sf_latch_is_settled() - will no packet from this source change anything?
 * @flow: the flow
 * @source: a source that sf_latch_accept() has accepted
 * @now_ns: the time
 *
 * Context: bottom halves disabled.
 * Return: whether @source is accepted, and need not be asked for, as long as
 *	sf_latch_generation() stays.
 */
bool sf_latch_is_settled(struct sf_flow *flow, const struct sf_endpoint *source,
			 u64 now_ns);

/**
 * sf_latch_accept() - may this source send to the flow?
 * @flow: the flow
 * @source: where the packet comes from
 * @is_fit: its payload is good enough to learn from
 * @now_ns: when it came
 *
 * Learns the source where the side's policy says so.
 *
 * Both flows lose their paths then.
 *
 * Context: bottom halves disabled, RCU read lock.
 * Return: whether the packet is accepted.
 */
bool sf_latch_accept(struct sf_flow *flow, const struct sf_endpoint *source,
		     bool is_fit, u64 now_ns);

/**
 * sf_latch_remote() - where the side is at present
 * @flow: the flow that arrives from it
 * @remote: out: the endpoint, of no family where it is not known
 * @learned: out: whether it was learned; may be NULL
 *
 * Context: any but hard interrupts.
 * Return: the generation of the answer, see sf_latch_generation().
 */
u32 sf_latch_remote(struct sf_flow *flow, struct sf_endpoint *remote,
		    bool *learned);

/**
 * sf_latch_generation() - has the side moved since?
 * @flow: the flow that arrives from it
 *
 * Context: any.
 * Return: a number that differs from an earlier one when it has.
 */
static inline u32 sf_latch_generation(const struct sf_flow *flow)
{
	return READ_ONCE(flow->generation);
}

#endif /* _SF_LATCH_H */
