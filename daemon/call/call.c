// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the messages of a call mean: the meeting point of SIP, SDP and media.
 *
 * A message finds its call, dialog and request; its SDP is an offer or an answer
 * by where it stands (RFC 3261 13.2.1, RFC 3262, RFC 3311, all in one table in
 * RFC 6337 section 2.2); what has been agreed on is made true in the kernel;
 * and only then does the message leave. request.c and response.c tell it for
 * each method.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/call.h"

#include <errno.h>
#include <stddef.h>

#include "call/keep.h"
#include "call/mapping.h"
#include "call/places.h"
#include "call/session.h"
#include "call/step.h"

struct offer_answer *step_media(struct step *step)
{
	return step->dialog ? &step->dialog->media : &step->call->first;
}

void step_refresh(struct step *step)
{
	struct call *call = step->call;

	switch (call->state) {
	case CALL_CALLING:
	case CALL_RINGING:
		call->deadline_ms = step->message->now_ms + CALL_RINGING_MS;
		break;
	case CALL_UP:
		call->deadline_ms = step->message->now_ms + CALL_SILENT_MS;
		break;
	case CALL_ENDING:
		break;
	}
}

void step_begin_ending(struct step *step)
{
	call_begin_ending(step->call, step->message->now_ms);
}

/* What the LAN host said last, be it agreed on or not. */
static const struct call_description *said_inside(struct step *step)
{
	const struct offer_answer *media = step_media(step);
	const struct offer *offer = &media->offers[CALL_LAN];

	return offer->state != OFFER_NONE ? offer->description
					  : media->agreed[CALL_LAN];
}

/*
 * ICE is between two, so both hear the same of it: what is said from outside to
 * a LAN host whose own ICE has passed passes, too.
 */
static enum call_ice decide_ice(struct step *step)
{
	const struct call_description *inside = said_inside(step);
	enum call_ice wish = step->calls->policy.ice;

	if (step->message->from == CALL_LAN)
		return places_are_ours(step->calls, step->call,
				       step->description) ?
		       wish : CALL_ICE_PASS;
	return wish == CALL_ICE_ANCHOR && !(inside && inside->ice) ?
	       CALL_ICE_ANCHOR : CALL_ICE_PASS;
}

int step_read_sdp(struct step *step)
{
	const struct call_message *message = step->message;

	mappings_begin(&step->call->mappings);
	if (!message->sdp)
		return 0;
	step->description =
		description_read(message->sdp,
				 step_media(step)->agreed[message->from]);
	if (!step->description)
		return -ENOSPC;
	if (step->description->ice) {
		step->ice = decide_ice(step);
		step->description->ice = step->ice == CALL_ICE_PASS;
	}
	return places_map(step->calls, step->call, step->description,
			  message->from, message->now_ms);
}

void step_write_sdp(struct step *step)
{
	const struct call_message *message = step->message;

	if (!step->description)
		return;
	places_write(step->call, step->description, message->from,
		     message->public, step->verdict);
	step->verdict->ice = step->ice;
	mappings_advertise(&step->call->mappings);
}

int step_sync(struct step *step)
{
	return call_session_sync(step->calls, step->call,
				 step->message->now_ms);
}

void step_activate(struct step *step)
{
	struct call *call = step->call;

	if (!call->active || call->active->state != DIALOG_CONFIRMED)
		call->active = step->dialog;
}

int call_message(struct calls *calls, const struct call_message *message,
		 struct call_verdict *verdict)
{
	struct step step = {
		.calls = calls,
		.message = message,
		.verdict = verdict,
	};
	int err;

	verdict->n_places = 0;
	verdict->ice = CALL_ICE_PASS;
	if (!call_ids_read(&step.ids, message->msg) ||
	    step.ids.method == CALL_OTHER)
		return 0;
	err = step.ids.status ? step_response(&step) : step_request(&step);
	if (step.call)
		call_keep(calls, step.call);
	description_put(step.description);
	return err;
}
