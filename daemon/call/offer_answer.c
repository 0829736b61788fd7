// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Offer and answer (RFC 3264) in one dialog, and the media plan they make.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/offer_answer.h"

#include <stddef.h>

_Static_assert(4 * SDP_MAX_MEDIA <= MEDIA_ID_RELAY, "ids are told apart");

/* The offer that @side made with @request, or NULL. */
static struct offer *find_offer(struct offer_answer *state, enum call_side side,
				uint32_t request)
{
	struct offer *offer = &state->offers[side];

	if (offer->state == OFFER_NONE || offer->request != request)
		return NULL;
	return offer;
}

static void hold_both(struct call_description *held[2],
		      struct call_description *const descriptions[2])
{
	description_hold(&held[CALL_LAN], descriptions[CALL_LAN]);
	description_hold(&held[CALL_WAN], descriptions[CALL_WAN]);
}

static void forget_both(struct call_description *held[2])
{
	description_hold(&held[CALL_LAN], NULL);
	description_hold(&held[CALL_WAN], NULL);
}

void offer_answer_copy(struct offer_answer *copy,
		       const struct offer_answer *state)
{
	enum call_side side;

	*copy = (struct offer_answer){ 0 };
	hold_both(copy->agreed, state->agreed);
	hold_both(copy->before, state->before);
	for (side = CALL_LAN; side <= CALL_WAN; side++) {
		copy->offers[side].state = state->offers[side].state;
		copy->offers[side].request = state->offers[side].request;
		description_hold(&copy->offers[side].description,
				 state->offers[side].description);
		copy->done[side] = state->done[side];
	}
}

void offer_answer_end(struct offer_answer *state)
{
	forget_both(state->agreed);
	forget_both(state->before);
	description_put(state->offers[CALL_LAN].description);
	description_put(state->offers[CALL_WAN].description);
	*state = (struct offer_answer){ 0 };
}

void offer_answer_offer(struct offer_answer *state, enum call_side side,
			uint32_t request, struct call_description *description)
{
	struct offer *offer = &state->offers[side];

	if (find_offer(state, side, request) || state->done[side] == request)
		return;
	offer->state = OFFER_OPEN;
	offer->request = request;
	description_hold(&offer->description, description);
}

/* It has its last word, and what was before it is of no more use. */
static void end_offer(struct offer_answer *state, enum call_side side)
{
	struct offer *offer = &state->offers[side];

	if (offer->state == OFFER_ANSWERED)
		forget_both(state->before);
	offer->state = OFFER_NONE;
	description_hold(&offer->description, NULL);
}

bool offer_answer_answer(struct offer_answer *state, enum call_side side,
			 uint32_t request,
			 struct call_description *description)
{
	struct offer *offer = find_offer(state, side, request);
	enum call_side answerer = call_other_side(side);

	if (!offer)
		return false;
	if (offer->state == OFFER_OPEN) {
		/* Whoever offers anew has taken the earlier answer as final. */
		if (state->offers[answerer].state == OFFER_ANSWERED)
			end_offer(state, answerer);
		hold_both(state->before, state->agreed);
		description_hold(&state->agreed[side], offer->description);
		offer->state = OFFER_ANSWERED;
	}
	description_hold(&state->agreed[answerer], description);
	return true;
}

void offer_answer_commit(struct offer_answer *state, enum call_side side,
			 uint32_t request)
{
	struct offer *offer = find_offer(state, side, request);

	if (!offer || offer->state != OFFER_ANSWERED)
		return;
	end_offer(state, side);
	state->done[side] = request;
}

void offer_answer_rollback(struct offer_answer *state, enum call_side side,
			   uint32_t request)
{
	struct offer *offer = find_offer(state, side, request);

	if (!offer)
		return;
	if (offer->state == OFFER_ANSWERED)
		hold_both(state->agreed, state->before);
	end_offer(state, side);
	state->done[side] = request;
}

static bool plan_has_public(const struct media_plan *plan,
			    const union media_address *public)
{
	unsigned int i;

	for (i = 0; i < plan->n_streams; i++)
		if (media_address_equal(&plan->streams[i].public, public))
			return true;
	return false;
}

/* Our own transport that stands for @address; none where none does. */
static union media_address stand_in(const struct call_mappings *mappings,
					const union media_address *address,
					const union media_address *ours)
{
	const uint16_t port = mappings_port(mappings, address);
	union media_address own = *ours;

	if (!port || !media_address_is_set(ours))
		return (union media_address){ 0 };
	media_address_set_port(&own, port);
	return own;
}

/**
 * struct sides - what the transports of a plan are made of
 * @mappings: which port of ours stands for what
 * @public: our address outside
 * @inside: our address inside, or none
 */
struct sides {
	const struct call_mappings *mappings;
	const union media_address *public;
	const union media_address *inside;
};

/*
 * Adds a stream, where the LAN transport is ours and the peer of its family: the
 * phone sends straight there. Two m-lines of a BUNDLE share one LAN transport;
 * the first of them says where its peer is.
 */
static void add_stream(struct media_plan *plan, struct media_stream stream,
		       const struct sides *sides,
		       const union media_address *lan,
		       const union media_address *remote)
{
	stream.public = stand_in(sides->mappings, lan, sides->public);
	if (!media_address_is_set(&stream.public) ||
	    remote->family != lan->family ||
	    plan->n_streams == MEDIA_MAX_STREAMS)
		return;
	stream.lan = *lan;
	stream.remote = *remote;
	stream.inside = stand_in(sides->mappings, remote, sides->inside);
	if (media_address_is_set(&stream.inside))
		stream.id |= MEDIA_ID_RELAY;
	if (!plan_has_public(plan, &stream.public))
		plan->streams[plan->n_streams++] = stream;
}

/* RTCP has a transport of its own unless both sides put it on RTP's. */
static bool has_own_rtcp(const struct call_media *lan,
			 const struct call_media *wan)
{
	return lan->kind == MEDIA_RTP && wan->kind == MEDIA_RTP &&
	       !(lan->mux && wan->mux) &&
	       !media_address_equal(&lan->rtcp, &lan->rtp) &&
	       !media_address_equal(&wan->rtcp, &wan->rtp);
}

void offer_answer_plan(const struct offer_answer *state,
		       const struct call_mappings *mappings,
		       const union media_address *public,
		       const union media_address *inside,
		       const struct call_policy *policy,
		       struct media_plan *plan)
{
	const struct sides sides = {
		.mappings = mappings, .public = public, .inside = inside,
	};
	const struct call_description *ours = state->agreed[CALL_LAN];
	const struct call_description *theirs = state->agreed[CALL_WAN];
	struct media_stream stream = {
		.learn = policy->learn,
		.dscp = policy->dscp,
	};
	unsigned int i;

	plan->n_streams = 0;
	if (!ours || !theirs || ours->ice)
		return;
	for (i = 0; i < ours->n_media && i < theirs->n_media; i++) {
		const struct call_media *lan = &ours->media[i];
		const struct call_media *wan = &theirs->media[i];

		stream.kind = lan->kind;
		stream.id = 4 * i + (lan->kind == MEDIA_OPAQUE ? 2 : 0);
		add_stream(plan, stream, &sides, &lan->rtp, &wan->rtp);
		if (!has_own_rtcp(lan, wan))
			continue;
		stream.kind = MEDIA_RTCP;
		stream.id = 4 * i + 1;
		add_stream(plan, stream, &sides, &lan->rtcp, &wan->rtcp);
	}
}
