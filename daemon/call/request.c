// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the requests of a call mean.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/step.h"

#include <errno.h>
#include <stddef.h>
#include <utlist.h>

#include "call/places.h"

/* Number of the other side's offer in a response that waits for us; or 0. */
static uint32_t awaited_offer(struct step *step)
{
	enum call_side offerer = call_other_side(step->message->from);
	const struct offer *offer = &step_media(step)->offers[offerer];
	const struct call_request *request;

	if (offer->state != OFFER_OPEN)
		return 0;
	request = requests_number(&step->call->requests, offer->request);
	return request && request->offer == OFFER_IN_RESPONSE ? offer->request
							      : 0;
}

/* The answer to an offer that came in a response: an ACK's or a PRACK's. */
static int answer_in_request(struct step *step, uint32_t number)
{
	enum call_side offerer = call_other_side(step->message->from);

	offer_answer_answer(step_media(step), offerer, number,
			    step->description);
	offer_answer_commit(step_media(step), offerer, number);
	step_activate(step);
	return step_sync(step);
}

/* A PRACK can be refused, and then its answer was never given. */
static int answer_in_prack(struct step *step, uint32_t number)
{
	struct dialog *active = step->call->active;
	struct offer_answer *media = step_media(step);
	struct offer_answer before;
	int err;

	offer_answer_copy(&before, media);
	err = answer_in_request(step, number);
	if (!err) {
		offer_answer_end(&before);
		return 0;
	}
	offer_answer_end(media);
	*media = before;
	step->call->active = active;
	return err;
}

/*
 * A dialog that is not known may be one that began before this daemon did. A
 * re-INVITE or UPDATE in it brings all that is needed to serve it from here on.
 */
static bool may_begin(const struct step *step)
{
	return step->ids.method == CALL_INVITE ||
	       (step->ids.method == CALL_UPDATE && step->message->sdp &&
		step->ids.to_tag.len);
}

static int begin_call(struct step *step)
{
	int err;

	err = calls_add(step->calls, step->message, &step->ids, &step->call);
	if (err)
		return err;
	step->is_new = true;
	if (!step->ids.to_tag.len)
		return 0;
	step->dialog = call_add_dialog(step->call, &step->ids.to_tag);
	if (step->dialog)
		return 0;
	call_end(step->calls, step->call, step->message->now_ms);
	step->call = NULL;
	return -ENOSPC;
}

/* Finds or begins the call of a request that can hold an offer. */
static int find_call(struct step *step)
{
	if (step->ids.to_tag.len)
		step->call = calls_find_dialog(step->calls, step->message,
					       &step->ids, &step->dialog);
	else if (step->ids.method == CALL_INVITE)
		step->call = calls_find_caller(step->calls, step->message,
					       &step->ids);
	if (!step->call && may_begin(step))
		return begin_call(step);
	return 0;
}

/* Finds the request, or remembers it. */
static int find_request(struct step *step)
{
	struct call_requests *requests = &step->call->requests;

	step->request = requests_find(requests, step->ids.method, &step->ids,
				      step->message->from);
	step->repeated = step->request;
	if (step->repeated)
		return 0;
	if (step->ids.branch.len > CALL_MAX_ID_LEN)
		return -ENOSPC;
	step->request = requests_add(requests, &step->ids, step->message->from,
				     step->dialog);
	return step->request ? 0 : -ENOSPC;
}

/* A request that will not be sent on has never been here. */
static int refuse(struct step *step, const struct call_mappings *before,
		  int err)
{
	mappings_restore(&step->call->mappings, step->calls->ports, before,
			 step->message->now_ms);
	if (step->is_new) {
		call_end(step->calls, step->call, step->message->now_ms);
		step->call = NULL;
	} else if (step->request && !step->repeated) {
		requests_remove(step->request);
	}
	return err;
}

/*
 * Will the phone need ports for what it says next, which cannot be refused? To
 * an INVITE without an offer either side may be the one to answer; and where the
 * phone sends to us, it needs one for what its peer says.
 */
static bool needs_ports_later(const struct step *step)
{
	if (media_address_is_set(&step->call->inside))
		return step->message->sdp || step->ids.method == CALL_INVITE;
	return step->message->sdp ? step->message->from == CALL_WAN
				  : step->ids.method == CALL_INVITE;
}

/* Ports for what the request says, and for what the phone will. */
static int get_ports(struct step *step)
{
	int err;

	err = step_read_sdp(step);
	if (err || !needs_ports_later(step))
		return err;
	return places_reserve(step->calls, step->call, step->description,
			      step->message->now_ms);
}

static void offer_in_request(struct step *step)
{
	step->request->offer = OFFER_IN_REQUEST;
	offer_answer_offer(step_media(step), step->message->from,
			   step->request->number, step->description);
}

/* INVITE, UPDATE, PRACK: first all that can fail, then what cannot be undone. */
static int offering_request(struct step *step)
{
	struct call_mappings before;
	uint32_t awaited = 0;
	int err;

	err = find_call(step);
	if (err || !step->call)
		return err;
	before = step->call->mappings;
	err = find_request(step);
	if (!err)
		err = get_ports(step);
	if (!err && step->description && step->ids.method == CALL_PRACK)
		awaited = awaited_offer(step);
	if (awaited)
		err = answer_in_prack(step, awaited);
	if (err)
		return refuse(step, &before, err);

	if (!step->repeated && !step->request->dialog &&
	    step->call->state == CALL_ENDING)
		step->call->state = CALL_CALLING;
	step_refresh(step);
	if (step->description && !step->repeated && !awaited)
		offer_in_request(step);
	step_write_sdp(step);
	return 0;
}

/* It cannot be refused: its answer is given, even where media cannot follow. */
static int ack_request(struct step *step)
{
	uint32_t awaited = 0;
	int err, sync_err;

	step->call = calls_find_dialog(step->calls, step->message, &step->ids,
				       &step->dialog);
	if (!step->call || !step->message->sdp)
		return 0;
	err = step_read_sdp(step);
	if (step->description)
		awaited = awaited_offer(step);
	sync_err = awaited ? answer_in_request(step, awaited)
			   : step_sync(step);
	step_write_sdp(step);
	return err ? err : sync_err;
}

static bool has_other_dialog(const struct call *call)
{
	const struct dialog *dialog;

	DL_FOREACH(call->dialogs, dialog)
		if (dialog->state != DIALOG_ENDING)
			return true;
	return false;
}

/* Media runs on until the BYE is answered: it may be refused, or lost. */
static int bye_request(struct step *step)
{
	int err;

	step->call = calls_find_dialog(step->calls, step->message, &step->ids,
				       &step->dialog);
	if (!step->call)
		return 0;
	err = find_request(step);
	if (err || step->repeated)
		return err;
	step->dialog->state = DIALOG_ENDING;
	step->dialog->deadline_ms = step->message->now_ms + CALL_LINGER_MS;
	if (!has_other_dialog(step->call) &&
	    !requests_pending(&step->call->requests))
		step_begin_ending(step);
	return 0;
}

/*
 * A CANCEL asks for the INVITE's refusal, which is what ends the call. Should
 * that never come, the call ends all the same. Only the CANCEL of the very
 * transaction counts (RFC 3261 9.1).
 */
static int cancel_request(struct step *step)
{
	const struct call_request *invite;

	step->call = calls_find_caller(step->calls, step->message, &step->ids);
	if (!step->call)
		return 0;
	invite = requests_find(&step->call->requests, CALL_INVITE, &step->ids,
			       step->message->from);
	if (invite && !invite->dialog && !invite->done &&
	    (step->call->state == CALL_CALLING ||
	     step->call->state == CALL_RINGING))
		step_begin_ending(step);
	return 0;
}

int step_request(struct step *step)
{
	switch (step->ids.method) {
	case CALL_INVITE:
	case CALL_UPDATE:
	case CALL_PRACK:
		return offering_request(step);
	case CALL_ACK:
		return ack_request(step);
	case CALL_BYE:
		return bye_request(step);
	case CALL_CANCEL:
		return cancel_request(step);
	case CALL_OTHER:
		break;
	}
	return 0;
}

void call_withdraw(struct calls *calls, const struct call_message *message)
{
	struct step step = { .calls = calls, .message = message };

	if (!call_ids_read(&step.ids, message->msg))
		return;
	step.call = step.ids.to_tag.len ?
		calls_find_dialog(calls, message, &step.ids, &step.dialog) :
		calls_find_caller(calls, message, &step.ids);
	if (!step.call)
		return;
	step.request = requests_find(&step.call->requests, step.ids.method,
				     &step.ids, message->from);
	if (!step.request)
		return;
	offer_answer_rollback(step_media(&step), message->from,
			      step.request->number);
	requests_remove(step.request);
	if (!step.call->dialogs && !requests_pending(&step.call->requests))
		call_end(calls, step.call, message->now_ms);
}
