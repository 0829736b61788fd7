// SPDX-License-Identifier: GPL-2.0-only
/*
 * Committing what core/latch_policy.c decides: the flow's lock, the count and
 * the news. A side that is never learned needs no lock, since nothing of its
 * state changes while packets see it.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "event.h"
#include "latch.h"
#include "stats.h"

void sf_latch_open(struct sf_flow *flow, const struct sf_side_conf *conf,
		   u64 now_ns)
{
	struct sf_latch_state *state = &flow->latch.state;

	spin_lock_init(&flow->latch.lock);
	memset(state, 0, sizeof(*state));
	state->policy = conf->learn;
	state->remote = conf->remote;
	if (conf->learn_window_ms)
		state->window_end_ns = now_ns + (u64)conf->learn_window_ms *
				       NSEC_PER_MSEC;
}

void sf_latch_inherit(struct sf_flow *flow, struct sf_flow *from)
{
	spin_lock_init(&flow->latch.lock);
	spin_lock_bh(&from->latch.lock);
	flow->latch.state = from->latch.state;
	spin_unlock_bh(&from->latch.lock);
}

static bool never_learns(const struct sf_latch_state *state)
{
	return state->policy == SIPFAST_LEARN_EXACT ||
	       state->policy == SIPFAST_LEARN_OFF;
}

static enum sf_latch_verdict check_and_learn(struct sf_latch *latch,
					     const struct sf_endpoint *source,
					     bool is_fit, u64 now_ns)
{
	enum sf_latch_verdict verdict;

	spin_lock(&latch->lock);
	verdict = sf_latch_check(&latch->state, source, is_fit, now_ns);
	if (verdict == SF_LATCH_LEARN) {
		latch->state.learned = *source;
		WRITE_ONCE(latch->generation, latch->generation + 1);
	}
	spin_unlock(&latch->lock);
	return verdict;
}

bool sf_latch_accept(struct sf_flow *flow, const struct sf_endpoint *source,
		     bool is_fit, u64 now_ns)
{
	struct sf_session *session = sf_flow_stream(flow)->session;
	struct sf_latch *latch = &flow->latch;
	enum sf_latch_verdict verdict;

	if (never_learns(&latch->state))
		verdict = sf_latch_check(&latch->state, source, is_fit, now_ns);
	else
		verdict = check_and_learn(latch, source, is_fit, now_ns);
	if (verdict == SF_LATCH_LEARN) {
		sf_stats_learned(session->sn);
		sf_event_learned(session);
	}
	return verdict != SF_LATCH_MISMATCH;
}

u32 sf_latch_remote(struct sf_flow *flow, struct sf_endpoint *remote,
		    bool *learned)
{
	struct sf_latch *latch = &flow->latch;
	u32 generation;

	spin_lock_bh(&latch->lock);
	*remote = *sf_latch_state_remote(&latch->state);
	if (learned)
		*learned = latch->state.learned.family;
	generation = latch->generation;
	spin_unlock_bh(&latch->lock);
	return generation;
}
