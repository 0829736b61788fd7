/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Offer and answer (RFC 3264) in one dialog: what the two sides have agreed on.
 *
 * Pure: descriptions go in, a media plan comes out. No time, no ports, no
 * kernel; which public port stands for which LAN transport is looked up in the
 * call's mappings, and a transport without one gets no stream.
 *
 * An offer changes nothing. Its answer does, and can come more than once: in a
 * provisional response, where the offer can still be refused and then all is as
 * it was before, and again in the final one. Each side may have an offer of its
 * own under way, for the one that loses is refused only later (RFC 3261 14.1,
 * RFC 3311 5.2). Offers are known by the number of the request that they belong
 * to.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_OFFER_ANSWER_H
#define SIPFAST_DAEMON_CALL_OFFER_ANSWER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "call/call.h"
#include "call/description.h"
#include "call/mapping.h"
#include "media/media.h"

/** enum offer_state - how far an offer has come */
enum offer_state {
	OFFER_NONE,
	OFFER_OPEN,
	OFFER_ANSWERED,		/* provisionally: it can still be refused */
};

/**
 * struct offer - an offer under way
 * @state: how far it has come
 * @request: number of the request it belongs to
 * @description: what is offered; NULL where there is no offer
 */
struct offer {
	enum offer_state state;
	uint32_t request;
	struct call_description *description;
};

/**
 * struct offer_answer - the state of one dialog
 * @agreed: what is true for each side, by enum call_side; NULL where nothing is
 * @before: what was, before the offer that is answered provisionally
 * @offers: each side's offer under way, by enum call_side
 * @done: number of each side's last offer that was committed or refused
 *
 * All zero is where a dialog begins. It holds its descriptions.
 */
struct offer_answer {
	struct call_description *agreed[2];
	struct call_description *before[2];
	struct offer offers[2];
	uint32_t done[2];
};

/** offer_answer_copy() - make @copy, of which nothing counts, the same as @state */
void offer_answer_copy(struct offer_answer *copy,
		       const struct offer_answer *state);

/** offer_answer_end() - let go of all of it; it is all zero again */
void offer_answer_end(struct offer_answer *state);

/**
 * offer_answer_offer() - a side offers
 * @state: the dialog's
 * @side: who
 * @request: number of the request that the offer belongs to, from 1 on
 * @description: what; held as well
 *
 * A retransmission has no effect.
 */
void offer_answer_offer(struct offer_answer *state, enum call_side side,
			uint32_t request,
			struct call_description *description);

/**
 * offer_answer_answer() - an offer is answered, perhaps once more
 * @state: the dialog's
 * @side: who had offered
 * @request: the offer's number
 * @description: the answer; held as well
 *
 * Return: true where there is such an offer; else nothing has changed.
 */
bool offer_answer_answer(struct offer_answer *state, enum call_side side,
			 uint32_t request,
			 struct call_description *description);

/** offer_answer_commit() - the answer given is the last word */
void offer_answer_commit(struct offer_answer *state, enum call_side side,
			 uint32_t request);

/** offer_answer_rollback() - the offer is refused: all is as it was before */
void offer_answer_rollback(struct offer_answer *state, enum call_side side,
			   uint32_t request);

/**
 * offer_answer_plan() - the media that the two sides have agreed on
 * @state: the dialog's
 * @mappings: the call's
 * @public: our address on the outside; its port does not matter
 * @inside: likewise on the inside; none where LAN hosts send to their peers
 * @policy: learning and DSCP
 * @plan: filled in; empty where nothing is agreed or nothing of it is ours
 */
void offer_answer_plan(const struct offer_answer *state,
		       const struct call_mappings *mappings,
		       const union media_address *public,
		       const union media_address *inside,
		       const struct call_policy *policy,
		       struct media_plan *plan);

#endif
