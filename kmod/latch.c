// SPDX-License-Identifier: GPL-2.0-only
/*
 * Committing what core/latch_policy.c decides: the flow's lock, the count and
 * the news. A side that is never learned needs no lock, since nothing of its
 * state changes while packets see it.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/route.h>

#include "event.h"
#include "latch.h"
#include "net.h"
#include "stats.h"
#include "trace.h"
#include "xmit.h"

void sf_latch_open(struct sf_flow *flow, u64 now_ns)
{
	u32 window_ms = sf_flow_side(flow)->learn_window_ms;

	if (window_ms)
		sf_flow_stream(flow)->window_end_ns[flow->dir] =
			now_ns + (u64)window_ms * NSEC_PER_MSEC;
}

void sf_latch_inherit(struct sf_flow *flow, struct sf_flow *from)
{
	struct sf_stream *stream = sf_flow_stream(flow);
	struct sf_stream *old = sf_flow_stream(from);
	enum sf_dir dir = flow->dir;

	spin_lock_bh(&from->latch_lock);
	stream->learned[dir] = old->learned[dir];
	stream->window_end_ns[dir] = old->window_end_ns[dir];
	old->latch_closed[dir] = true;
	spin_unlock_bh(&from->latch_lock);
}

static bool never_learns(struct sf_flow *flow)
{
	enum sipfast_learn policy = sf_flow_side(flow)->learn;

	return policy == SIPFAST_LEARN_EXACT || policy == SIPFAST_LEARN_OFF;
}

/* What is known of the side; under the lock, where it can learn. */
static struct sf_latch_state state_of(struct sf_flow *flow)
{
	const struct sf_stream *stream = sf_flow_stream(flow);
	const struct sf_side_conf *side = sf_flow_side(flow);

	return (struct sf_latch_state) {
		.policy		= side->learn,
		.remote		= side->remote,
		.learned	= stream->learned[flow->dir],
		.window_end_ns	= stream->window_end_ns[flow->dir],
	};
}

/*
 * Our own addresses and a subnet's broadcast look like any host's to
 * core/latch_policy.c. Nothing is to be sent there because a packet says so.
 */
static bool is_somebody_else(struct net *net, const struct sf_endpoint *source)
{
	if (source->family == AF_INET)
		return inet_addr_type(net, source->ip4) == RTN_UNICAST;
	return !ipv6_chk_addr(net, &source->ip6, NULL, 0);
}

static enum sf_latch_verdict check_and_learn(struct sf_flow *flow,
					     const struct sf_endpoint *source,
					     bool is_fit, u64 now_ns)
{
	struct sf_stream *stream = sf_flow_stream(flow);
	enum sf_latch_verdict verdict;
	struct sf_latch_state state;

	if (!READ_ONCE(stream->learned[flow->dir].family))
		is_fit = is_fit &&
			 is_somebody_else(stream->session->sn->net, source);

	spin_lock(&flow->latch_lock);
	state = state_of(flow);
	if (stream->latch_closed[flow->dir])
		is_fit = false;
	verdict = sf_latch_check(&state, source, is_fit, now_ns);
	if (verdict == SF_LATCH_LEARN) {
		stream->learned[flow->dir] = *source;
		WRITE_ONCE(flow->generation, flow->generation + 1);
	}
	spin_unlock(&flow->latch_lock);
	return verdict;
}

bool sf_latch_accept(struct sf_flow *flow, const struct sf_endpoint *source,
		     bool is_fit, u64 now_ns)
{
	struct sf_session *session = sf_flow_stream(flow)->session;
	enum sf_latch_verdict verdict;
	struct sf_latch_state state;

	if (never_learns(flow)) {
		state = state_of(flow);
		verdict = sf_latch_check(&state, source, is_fit, now_ns);
	} else {
		verdict = check_and_learn(flow, source, is_fit, now_ns);
	}
	if (verdict == SF_LATCH_LEARN) {
		sf_xmit_forget_path(flow);
		sf_xmit_forget_path(sf_flow_other(flow));
		sf_stats_learned(session->sn);
		sf_event_learned(session);
		trace_sf_latched(flow, source);
	}
	return verdict != SF_LATCH_MISMATCH;
}

bool sf_latch_is_settled(struct sf_flow *flow, const struct sf_endpoint *source,
			 u64 now_ns)
{
	struct sf_latch_state state;

	if (never_learns(flow))
		return true;
	spin_lock(&flow->latch_lock);
	state = state_of(flow);
	spin_unlock(&flow->latch_lock);
	/* The fittest packet would change nothing. */
	return sf_latch_check(&state, source, true, now_ns) == SF_LATCH_ACCEPT;
}

u32 sf_latch_remote(struct sf_flow *flow, struct sf_endpoint *remote,
		    bool *learned)
{
	struct sf_latch_state state;
	u32 generation;

	spin_lock_bh(&flow->latch_lock);
	state = state_of(flow);
	generation = flow->generation;
	spin_unlock_bh(&flow->latch_lock);
	*remote = *sf_latch_state_remote(&state);
	if (learned)
		*learned = state.learned.family;
	return generation;
}
