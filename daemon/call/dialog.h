/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dialogs of a call (RFC 3261 section 12), and the requests under way in it.
 *
 * An INVITE that is forked begins several dialogs, one for each To tag that
 * answers. Each agrees on media of its own.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_DIALOG_H
#define SIPFAST_DAEMON_CALL_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "call/ids.h"
#include "call/offer_answer.h"

/** Most dialogs of one call: more phones than ring at once in any office. */
#define CALL_MAX_DIALOGS 16

/** Most requests of one call that are remembered. */
#define CALL_MAX_REQUESTS 16

enum dialog_state {
	DIALOG_EARLY,
	DIALOG_CONFIRMED,
	DIALOG_ENDING,		/* a BYE is under way */
};

/**
 * struct dialog - one of them
 * @tag: the tag of the party that was called
 * @state: how far it is
 * @deadline_ms: when it ends by itself; 0 is not before its call does
 * @media: what the two sides have agreed on
 * @prev: its neighbours in the call
 * @next: likewise
 */
struct dialog {
	char *tag;
	enum dialog_state state;
	uint64_t deadline_ms;
	struct offer_answer media;
	struct dialog *prev, *next;
};

/** enum offer_place - which message of a transaction held an offer */
enum offer_place {
	OFFER_NOWHERE,
	OFFER_IN_REQUEST,
	OFFER_IN_RESPONSE,
};

/**
 * struct call_request - a request and its transaction
 * @number: the call's number for it, from 1 on; 0 is an unused slot
 * @from: the side it came from
 * @method: its method
 * @cseq: its CSeq number
 * @branch: its branch, or "" before RFC 3261
 * @dialog: the dialog it was sent in; NULL where it begins one
 * @offer: where its transaction had an offer
 * @done: its final response has passed
 */
struct call_request {
	uint32_t number;
	enum call_side from;
	enum call_method method;
	uint32_t cseq;
	char *branch;
	struct dialog *dialog;
	enum offer_place offer;
	bool done;
};

/**
 * struct call_requests - the last requests of a call
 * @last: number of the newest
 * @slots: number n stands at n modulo CALL_MAX_REQUESTS
 */
struct call_requests {
	uint32_t last;
	struct call_request slots[CALL_MAX_REQUESTS];
};

/** dialog_new() - a dialog with the party called @tag, or NULL */
struct dialog *dialog_new(const struct call_text *tag);

/** dialog_free() - end it */
void dialog_free(struct dialog *dialog);

/**
 * requests_add() - remember a request
 *
 * It takes the place of one CALL_MAX_REQUESTS before it, but never of an INVITE
 * that is still to begin dialogs.
 *
 * Return: the request, or NULL where there was no memory.
 */
struct call_request *requests_add(struct call_requests *requests,
				  const struct call_ids *ids,
				  enum call_side from, struct dialog *dialog);

/** requests_remove() - forget a request */
void requests_remove(struct call_request *request);

/**
 * requests_find() - the request of a transaction
 * @requests: the call's
 * @method: its method
 * @ids: of a message of the transaction, or of a CANCEL that means it
 * @from: the side that the request came from
 *
 * Return: the request, or NULL.
 */
struct call_request *requests_find(struct call_requests *requests,
				   enum call_method method,
				   const struct call_ids *ids,
				   enum call_side from);

/** requests_number() - the request called @number, or NULL */
struct call_request *requests_number(struct call_requests *requests,
				     uint32_t number);

/** requests_forget_dialog() - @dialog ends, and what was sent in it with it */
void requests_forget_dialog(struct call_requests *requests,
			    const struct dialog *dialog);

/** requests_pending() - is an INVITE that begins dialogs still unanswered? */
bool requests_pending(const struct call_requests *requests);

/** requests_end() - forget all of them */
void requests_end(struct call_requests *requests);

#endif
