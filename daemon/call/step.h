/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One message on its way through a call, and what every kind of it needs.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_STEP_H
#define SIPFAST_DAEMON_CALL_STEP_H

#include <stdbool.h>

#include "call/call.h"
#include "call/description.h"
#include "call/dialog.h"
#include "call/ids.h"
#include "call/table.h"

/**
 * struct step - a message on its way through here
 * @calls: the table
 * @message: the message
 * @ids: its names
 * @call: the call it belongs to; NULL where there is none, or no more
 * @dialog: its dialog, or NULL
 * @request: the request that it is or answers, or NULL
 * @is_new: the call begins with it
 * @repeated: it is a request that has been here before
 * @description: what its SDP says; NULL where it has none, or while it has not
 *	been read
 * @ice: what becomes of the ICE in it
 * @verdict: what becomes of it
 */
struct step {
	struct calls *calls;
	const struct call_message *message;
	struct call_ids ids;
	struct call *call;
	struct dialog *dialog;
	struct call_request *request;
	bool is_new;
	bool repeated;
	struct call_description *description;
	enum call_ice ice;
	struct call_verdict *verdict;
};

/** step_request() - a request takes effect; as call_message() */
int step_request(struct step *step);

/** step_response() - a response takes effect; as call_message() */
int step_response(struct step *step);

/** step_media() - the offers and answers that the message belongs to */
struct offer_answer *step_media(struct step *step);

/** step_refresh() - the call goes on: put off its end */
void step_refresh(struct step *step);

/** step_begin_ending() - the call is as good as over */
void step_begin_ending(struct step *step);

/** step_read_sdp() - read the SDP, and get ports for the host it is from */
int step_read_sdp(struct step *step);

/** step_write_sdp() - the message leaves, and its SDP names our ports */
void step_write_sdp(struct step *step);

/** step_activate() - the dialog's media may run, unless another is confirmed */
void step_activate(struct step *step);

/** step_sync() - make what is agreed on true in the kernel */
int step_sync(struct step *step);

#endif
