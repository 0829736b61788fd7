// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls come back from the store, and to the sessions that the kernel has gone on
 * with meanwhile.
 *
 * Rows are believed only as far as they fit together: one that does not belong
 * to a call that is back, or says what nobody of ours writes, is passed over.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "call/keep.h"
#include "call/session.h"
#include "call/words.h"
#include "log/log.h"
#include "store/store.h"

/**
 * struct restoring - calls on their way back
 * @calls: the table
 * @n_lost: how many have lost what they stood on
 */
struct restoring {
	struct calls *calls;
	unsigned int n_lost;
};

static struct call *find(const struct restoring *restoring, const char *number)
{
	return calls_find_number(restoring->calls, call_number_read(number));
}

static struct dialog *find_dialog(const struct call *call, int64_t number)
{
	struct dialog *dialog;

	DL_FOREACH(call->dialogs, dialog)
		if (!--number)
			return dialog;
	return NULL;
}

/* Dialog 0 is what is offered to those to come. */
static struct offer_answer *find_media(const struct restoring *restoring,
				       const char *number, int64_t dialog)
{
	struct call *call = find(restoring, number);
	struct dialog *found;

	if (!call || !dialog)
		return call ? &call->first : NULL;
	found = find_dialog(call, dialog);
	return found ? &found->media : NULL;
}

/*
 * A call whose endpoint is gone, or is at another address now, cannot be heard
 * of any more. One that is up is the kernel's to end, when its media is silent.
 */
static bool stands(const struct restoring *restoring,
		   const struct store_call *stored)
{
	struct calls *calls = restoring->calls;

	return stored->endpoint > 0 && stored->endpoint <= UINT32_MAX &&
	       calls->ops.has(calls->arg, stored->endpoint);
}

static void take_call(void *arg, const void *record)
{
	const struct store_call *stored = record;
	struct restoring *restoring = arg;
	int caller = call_word_find(&call_side_words, stored->caller);
	int state = call_word_find(&call_state_words, stored->state);
	struct call *call;

	if (caller < 0 || state < 0 || !stored->call_id ||
	    !stored->caller_tag || !stored->from_uri || !stored->to_uri)
		return;
	if (!stands(restoring, stored)) {
		restoring->n_lost++;
		return;
	}
	call = calls_add_again(restoring->calls, stored->call_id,
			       call_number_read(stored->number),
			       stored->endpoint);
	if (!call)
		return;
	call->caller = caller;
	call->caller_tag = strdup(stored->caller_tag);
	call->from_uri = strdup(stored->from_uri);
	call->to_uri = strdup(stored->to_uri);
	call->local = media_address_from(&stored->local);
	call->inside = media_address_from(&stored->inside);
	call->state = state;
	call->since_ms = stored->since_ms;
	call->deadline_ms = stored->deadline_ms;
	call->requests.last = stored->last_request;
}

/* Dialogs come in the order of their numbers. */
static void take_dialog(void *arg, const void *record)
{
	const struct store_dialog *stored = record;
	struct call *call = find(arg, stored->call);
	int state = call_word_find(&dialog_state_words, stored->state);
	struct dialog *dialog = NULL;
	struct offer_answer *media;
	struct call_text tag;

	if (!call || state < 0)
		return;
	if (stored->tag) {
		tag = (struct call_text){ stored->tag, strlen(stored->tag) };
		dialog = call_add_dialog(call, &tag);
	}
	if (!dialog && stored->dialog)
		return;
	media = dialog ? &dialog->media : &call->first;
	offer_answer_end(media);
	media->done[CALL_LAN] = stored->done_lan;
	media->done[CALL_WAN] = stored->done_wan;
	if (!dialog)
		return;
	dialog->state = state;
	dialog->deadline_ms = stored->deadline_ms;
	if (stored->active)
		call->active = dialog;
}

static void take_offer(void *arg, const void *record)
{
	const struct store_offer *stored = record;
	struct offer_answer *media = find_media(arg, stored->call,
						stored->dialog);
	int side = call_word_find(&call_side_words, stored->side);
	int state = call_word_find(&offer_state_words, stored->state);

	if (!media || side < 0 || state < 0)
		return;
	media->offers[side].state = state;
	media->offers[side].request = stored->request;
}

static struct call_description **find_said(struct offer_answer *media,
					   const char *said)
{
	const struct {
		const char *said;
		struct call_description **description;
	} descriptions[] = {
		{ "lan", &media->agreed[CALL_LAN] },
		{ "wan", &media->agreed[CALL_WAN] },
		{ "lan-before", &media->before[CALL_LAN] },
		{ "wan-before", &media->before[CALL_WAN] },
		{ "lan-offer", &media->offers[CALL_LAN].description },
		{ "wan-offer", &media->offers[CALL_WAN].description },
	};
	size_t i;

	for (i = 0; i < sizeof(descriptions) / sizeof(descriptions[0]); i++)
		if (said && !strcmp(descriptions[i].said, said))
			return descriptions[i].description;
	return NULL;
}

static void take_media(void *arg, const void *record)
{
	const struct store_media *stored = record;
	struct offer_answer *media = find_media(arg, stored->call,
						stored->dialog);
	int kind = call_word_find(&call_kind_words, stored->kind);
	struct call_description **description =
		media ? find_said(media, stored->said) : NULL;
	const struct call_media line = {
		.kind = kind,
		.mux = stored->mux,
		.held = stored->held,
		.port = stored->port,
		.rtp = media_address_from(&stored->rtp),
		.rtcp = media_address_from(&stored->rtcp),
	};
	unsigned int n_media;

	if (!description || kind < 0)
		return;
	n_media = *description ? (*description)->n_media : 0;
	if (stored->line != n_media || n_media == SDP_MAX_MEDIA ||
	    description_append(description, &line))
		return;
	(*description)->ice = stored->ice;
}

static void take_request(void *arg, const void *record)
{
	const struct store_request *stored = record;
	struct call *call = find(arg, stored->call);
	int side = call_word_find(&call_side_words, stored->side);
	int method = call_word_find(&call_method_words, stored->method);
	int offer = call_word_find(&offer_place_words, stored->offer);
	struct dialog *dialog = call ? find_dialog(call, stored->dialog) : NULL;
	struct call_request *request;

	if (!call || side < 0 || method < 0 || offer < 0 || !stored->branch ||
	    stored->number <= 0 || stored->number > UINT32_MAX)
		return;
	/* An INVITE begins dialogs; all else is said in one. */
	if (!dialog && (stored->dialog || method != CALL_INVITE))
		return;
	request = &call->requests.slots[stored->number % CALL_MAX_REQUESTS];
	if (request->number)
		return;
	*request = (struct call_request){
		.number = stored->number,
		.from = side,
		.method = method,
		.cseq = stored->cseq,
		.branch = strdup(stored->branch),
		.dialog = dialog,
		.offer = offer,
		.done = stored->done,
	};
	if (!request->branch)
		requests_remove(request);
}

/* Where a port is no longer of the pool, the call has it all the same. */
static void take_pair(void *arg, const void *record)
{
	const struct store_pair *stored = record;
	struct restoring *restoring = arg;
	struct call *call = find(restoring, stored->call);
	struct call_mappings *mappings;

	if (!call || call->mappings.n_pairs == CALL_MAX_PAIRS ||
	    stored->port <= 0 || stored->port > UINT16_MAX)
		return;
	mappings = &call->mappings;
	media_ports_take(restoring->calls->ports, stored->port);
	mappings->pairs[mappings->n_pairs++] = (struct call_pair){
		.port = stored->port,
		.advertised = stored->advertised,
		.named = stored->named,
		.lan = { media_address_from(&stored->rtp),
			 media_address_from(&stored->rtcp) },
	};
	if (mappings->message < stored->named)
		mappings->message = stored->named;
}

/* One that lacks a text, for want of memory, can be found by nobody. */
static void end_incomplete(struct calls *calls, uint64_t now_ms)
{
	struct call *call, *next;

	HASH_ITER(by_number, calls->by_number, call, next)
		if (!call->caller_tag || !call->from_uri || !call->to_uri)
			call_end(calls, call, now_ms);
}

unsigned int calls_restore(struct calls *calls, uint64_t now_ms)
{
	struct restoring restoring = { .calls = calls };
	struct store *store = calls->store;

	store_each(store, STORE_CALL, take_call, &restoring);
	store_each(store, STORE_DIALOG, take_dialog, &restoring);
	store_each(store, STORE_OFFER, take_offer, &restoring);
	store_each(store, STORE_MEDIA, take_media, &restoring);
	store_each(store, STORE_REQUEST, take_request, &restoring);
	store_each(store, STORE_PAIR, take_pair, &restoring);
	end_incomplete(calls, now_ms);
	if (restoring.n_lost)
		log_notice("calls that have ended with their address: %u",
			   restoring.n_lost);
	return calls->n_calls;
}

bool calls_adopt(struct calls *calls, const char *cookie, uint32_t session,
		 const struct media_plan *plan)
{
	struct call *call = calls_find_number(calls,
					      call_session_number(cookie));

	if (!call || (call->session && call->session != session))
		return false;
	call->session = session;
	call->plan = *plan;
	return true;
}

unsigned int calls_resume(struct calls *calls, uint64_t now_ms)
{
	unsigned int n_installed = 0;
	struct call *call, *next;
	bool had;
	int err;

	HASH_ITER(by_number, calls->by_number, call, next) {
		had = call->session;
		/* It may have left its addresses to a later call. */
		if (!had && call->state == CALL_ENDING)
			continue;
		err = call_session_sync(calls, call, now_ms);
		if (err)
			log_warning("media of a call does not go on yet: %s",
				    strerror(-err));
		n_installed += !had && call->session;
	}
	return n_installed;
}
