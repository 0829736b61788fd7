// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decision of RFC 7362: this source, or not.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "latch_policy.h"

static bool is_window_open(const struct sf_latch_state *state, u64 now_ns)
{
	return !state->window_end_ns || now_ns < state->window_end_ns;
}

static bool may_learn(const struct sf_latch_state *state,
		      const struct sf_endpoint *source)
{
	switch (state->policy) {
	case SIPFAST_LEARN_SAME_ADDRESS:
		return sf_endpoint_equal_addr(source, &state->remote) &&
		       sf_endpoint_is_host(source);
	case SIPFAST_LEARN_LEARN_ONCE:
		return sf_endpoint_is_host(source);
	default:
		return false;
	}
}

enum sf_latch_verdict sf_latch_check(const struct sf_latch_state *state,
				     const struct sf_endpoint *source,
				     bool is_fit, u64 now_ns)
{
	if (state->policy == SIPFAST_LEARN_OFF)
		return SF_LATCH_ACCEPT;
	if (!state->learned.family && is_fit &&
	    is_window_open(state, now_ns) && may_learn(state, source))
		return SF_LATCH_LEARN;
	if (sf_endpoint_equal(source, sf_latch_state_remote(state)))
		return SF_LATCH_ACCEPT;
	return SF_LATCH_MISMATCH;
}
