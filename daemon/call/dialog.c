// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dialogs of a call, and the requests under way in it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/dialog.h"

#include <stdlib.h>

struct dialog *dialog_new(const struct call_text *tag)
{
	struct dialog *dialog = calloc(1, sizeof(*dialog));

	if (!dialog)
		return NULL;
	dialog->tag = call_text_copy(tag);
	if (!dialog->tag) {
		free(dialog);
		return NULL;
	}
	return dialog;
}

void dialog_free(struct dialog *dialog)
{
	offer_answer_end(&dialog->media);
	free(dialog->tag);
	free(dialog);
}

/* An INVITE that begins dialogs, and has no final response yet. */
static bool is_pending(const struct call_request *request)
{
	return request->number && request->method == CALL_INVITE &&
	       !request->dialog && !request->done;
}

/* The next slot whose request can be missed; were there none, the next one. */
static struct call_request *next_slot(struct call_requests *requests)
{
	struct call_request *slot;
	unsigned int i;

	for (i = 0; i < CALL_MAX_REQUESTS; i++) {
		requests->last++;
		slot = &requests->slots[requests->last % CALL_MAX_REQUESTS];
		if (!is_pending(slot))
			break;
	}
	return slot;
}

struct call_request *requests_add(struct call_requests *requests,
				  const struct call_ids *ids,
				  enum call_side from, struct dialog *dialog)
{
	char *branch = call_text_copy(&ids->branch);
	struct call_request *request;

	if (!branch)
		return NULL;
	request = next_slot(requests);
	free(request->branch);
	*request = (struct call_request){
		.number = requests->last,
		.from = from,
		.method = ids->method,
		.cseq = ids->cseq,
		.branch = branch,
		.dialog = dialog,
	};
	return request;
}

void requests_remove(struct call_request *request)
{
	free(request->branch);
	*request = (struct call_request){ 0 };
}

struct call_request *requests_find(struct call_requests *requests,
				   enum call_method method,
				   const struct call_ids *ids,
				   enum call_side from)
{
	struct call_request *request;
	unsigned int i;

	for (i = 0; i < CALL_MAX_REQUESTS; i++) {
		request = &requests->slots[i];
		if (request->number && request->method == method &&
		    request->from == from && request->cseq == ids->cseq &&
		    call_text_is(&ids->branch, request->branch))
			return request;
	}
	return NULL;
}

struct call_request *requests_number(struct call_requests *requests,
				     uint32_t number)
{
	struct call_request *request =
		&requests->slots[number % CALL_MAX_REQUESTS];

	return number && request->number == number ? request : NULL;
}

void requests_forget_dialog(struct call_requests *requests,
			    const struct dialog *dialog)
{
	unsigned int i;

	for (i = 0; i < CALL_MAX_REQUESTS; i++)
		if (requests->slots[i].dialog == dialog)
			requests_remove(&requests->slots[i]);
}

bool requests_pending(const struct call_requests *requests)
{
	unsigned int i;

	for (i = 0; i < CALL_MAX_REQUESTS; i++)
		if (is_pending(&requests->slots[i]))
			return true;
	return false;
}

void requests_end(struct call_requests *requests)
{
	unsigned int i;

	for (i = 0; i < CALL_MAX_REQUESTS; i++)
		requests_remove(&requests->slots[i]);
}
