// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the responses of a call mean. None can be refused: what it says holds,
 * even where ports or the kernel fail it, and they are asked again.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/step.h"

#include <stddef.h>
#include <utlist.h>

static void rollback(struct step *step)
{
	const struct call_request *request = step->request;

	offer_answer_rollback(step_media(step), request->from, request->number);
	offer_answer_rollback(step_media(step), call_other_side(request->from),
			      request->number);
}

/* The offer or answer in a 1xx or 2xx. Returns true where media may change. */
static bool response_sdp(struct step *step)
{
	struct call_request *transaction = step->request;

	if (!step->description)
		return false;
	if (transaction->offer == OFFER_IN_REQUEST)
		return offer_answer_answer(step_media(step), transaction->from,
					   transaction->number,
					   step->description);
	if (transaction->method == CALL_INVITE &&
	    (step->ids.status >= 200 || step->ids.reliable)) {
		transaction->offer = OFFER_IN_RESPONSE;
		offer_answer_offer(step_media(step), step->message->from,
				   transaction->number, step->description);
	}
	return false;
}

/* One dialog is confirmed; those that are not will be heard of soon or never. */
static void confirm(struct step *step)
{
	uint64_t now_ms = step->message->now_ms;
	struct dialog *dialog;

	step->request->done = true;
	if (step->dialog->state == DIALOG_ENDING)
		return;
	step->dialog->state = DIALOG_CONFIRMED;
	step->dialog->deadline_ms = 0;
	DL_FOREACH(step->call->dialogs, dialog)
		if (dialog->state == DIALOG_EARLY && !dialog->deadline_ms)
			dialog->deadline_ms = now_ms + CALL_LINGER_MS;
	step->call->state = CALL_UP;
	offer_answer_commit(step_media(step), step->request->from,
			    step->request->number);
}

/*
 * A party answers that had not before. Two INVITEs that a provider's fork sends
 * to one phone hold the same offer, so whichever is answered, that is its number.
 */
static struct dialog *begin_dialog(struct step *step)
{
	struct dialog *dialog = call_add_dialog(step->call, &step->ids.to_tag);

	if (dialog)
		dialog->media.offers[step->call->caller].request =
			step->request->number;
	return dialog;
}

/* A provisional response or a 2xx to an INVITE. */
static int invite_accepted(struct step *step)
{
	bool is_final = step->ids.status >= 200;
	int err, sync_err = 0;
	bool changed;

	if (!step->dialog)
		step->dialog = begin_dialog(step);
	err = step_read_sdp(step);
	if (!step->dialog) {
		/* One too many: it cannot be followed, only written rightly. */
		step_write_sdp(step);
		return err;
	}

	changed = response_sdp(step);
	if (changed || is_final)
		step_activate(step);
	if (is_final)
		confirm(step);
	else if (step->call->state == CALL_CALLING)
		step->call->state = CALL_RINGING;
	step_refresh(step);
	if (changed || is_final)
		sync_err = step_sync(step);
	step_write_sdp(step);
	return err ? err : sync_err;
}

/* Refusals after which the same call is tried again (RFC 3261 8.1.3.5). */
static bool asks_again(unsigned int status)
{
	switch (status) {
	case 401: case 407: case 415: case 420: case 421: case 422: case 488:
	case 494:
		return true;
	default:
		return status < 400;
	}
}

static bool has_confirmed_dialog(const struct call *call)
{
	const struct dialog *dialog;

	DL_FOREACH(call->dialogs, dialog)
		if (dialog->state == DIALOG_CONFIRMED)
			return true;
	return false;
}

static void end_call(struct step *step)
{
	call_end(step->calls, step->call, step->message->now_ms);
	step->call = NULL;
}

/* The INVITE that was to begin the call is refused, and with it every fork. */
static int first_invite_refused(struct step *step)
{
	struct call *call = step->call;
	struct dialog *dialog, *next;

	if (has_confirmed_dialog(call) || requests_pending(&call->requests))
		return 0;
	step->dialog = NULL;
	rollback(step);
	if (!asks_again(step->ids.status)) {
		end_call(step);
		return 0;
	}
	/* Its ports are kept: what is tried again has the same SDP. */
	DL_FOREACH_SAFE(call->dialogs, dialog, next)
		call_end_dialog(call, dialog);
	step_begin_ending(step);
	return step_sync(step);
}

static int invite_refused(struct step *step)
{
	if (step->request->done)
		return 0;
	step->request->done = true;
	if (!step->request->dialog)
		return first_invite_refused(step);

	rollback(step);
	if (step->dialog->state == DIALOG_EARLY &&
	    !asks_again(step->ids.status)) {
		end_call(step);
		return 0;
	}
	step_refresh(step);
	return step_sync(step);
}

static int invite_response(struct step *step)
{
	if (step->ids.status >= 300)
		return invite_refused(step);
	if (step->ids.status > 100)
		return invite_accepted(step);
	step_refresh(step);
	return 0;
}

/*
 * An UPDATE may have brought back a dialog whose INVITE we never saw, or a call
 * that was to end because its media had fallen silent.
 */
static void confirm_found(struct step *step)
{
	if (step->dialog->state == DIALOG_ENDING ||
	    step->call->state == CALL_UP ||
	    requests_pending(&step->call->requests))
		return;
	step->dialog->state = DIALOG_CONFIRMED;
	step->call->state = CALL_UP;
}

/* A response to UPDATE or PRACK. */
static int offer_response(struct step *step)
{
	int err, sync_err;

	if (step->ids.status < 200)
		return 0;
	step->request->done = true;
	if (step->ids.status >= 300) {
		rollback(step);
		return 0;
	}
	err = step_read_sdp(step);
	confirm_found(step);
	step_refresh(step);
	if (response_sdp(step)) {
		offer_answer_commit(step_media(step), step->request->from,
				    step->request->number);
		step_activate(step);
	}
	sync_err = step_sync(step);
	step_write_sdp(step);
	return err ? err : sync_err;
}

static int bye_response(struct step *step)
{
	if (step->ids.status < 200 || step->ids.status == 401 ||
	    step->ids.status == 407)
		return 0;
	call_end_dialog(step->call, step->dialog);
	if (step->call->dialogs || requests_pending(&step->call->requests))
		return step_sync(step);
	end_call(step);
	return 0;
}

/* A response whose request has been forgotten: its SDP at least is like others. */
static int late_response(struct step *step)
{
	int err;

	step->call = calls_find_dialog(step->calls, step->message, &step->ids,
				       &step->dialog);
	if (!step->call || step->ids.status >= 300 || !step->message->sdp)
		return 0;
	err = step_read_sdp(step);
	step_write_sdp(step);
	return err;
}

int step_response(struct step *step)
{
	step->call = calls_find_request(step->calls, step->message,
					&step->ids, &step->request);
	if (!step->call)
		return late_response(step);
	step->dialog = step->request->dialog;
	if (!step->dialog)
		step->dialog = call_find_dialog(step->call, &step->ids.to_tag);

	switch (step->ids.method) {
	case CALL_INVITE:
		return invite_response(step);
	case CALL_UPDATE:
	case CALL_PRACK:
		return offer_response(step);
	case CALL_BYE:
		return bye_response(step);
	case CALL_ACK:
	case CALL_CANCEL:
	case CALL_OTHER:
		break;
	}
	return 0;
}
