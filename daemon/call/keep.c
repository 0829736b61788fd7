// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls on their way into the store: a row for the call, and rows for its
 * dialogs, what was said in them, the requests under way, and the ports.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/keep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "call/words.h"
#include "store/store.h"

/**
 * struct keeping - a call that is being written
 * @store: where to; NULL while it is only looked whether anything has changed
 * @digest: of what would be written
 * @number: the call's name in the store
 * @dialog: the dialog that is being written
 */
struct keeping {
	struct store *store;
	uint64_t digest;
	char number[CALL_NUMBER_LEN];
	int64_t dialog;
};

static void put(struct keeping *keeping, enum store_table table,
		const void *record)
{
	if (keeping->store)
		store_put(keeping->store, table, record);
	else
		keeping->digest = store_digest(table, record, keeping->digest);
}

void call_number_write(uint64_t number, char text[CALL_NUMBER_LEN])
{
	snprintf(text, CALL_NUMBER_LEN, "%016" PRIx64, number);
}

uint64_t call_number_read(const char *text)
{
	return text ? strtoull(text, NULL, 16) : 0;
}

static void save_self(struct keeping *keeping, const struct call *call)
{
	const struct store_call record = {
		.number = keeping->number,
		.call_id = call->group->call_id,
		.caller = call_side_words.words[call->caller],
		.caller_tag = call->caller_tag,
		.from_uri = call->from_uri,
		.to_uri = call->to_uri,
		.endpoint = call->endpoint,
		.local = media_address_to(&call->local),
		.inside = media_address_to(&call->inside),
		.state = call_state_words.words[call->state],
		.since_ms = call->since_ms,
		.deadline_ms = call->deadline_ms,
		.last_request = call->requests.last,
	};

	put(keeping, STORE_CALL, &record);
}

static void save_description(struct keeping *keeping, const char *said,
			     const struct call_description *description)
{
	const struct call_media *media;
	struct store_media record = {
		.call = keeping->number,
		.dialog = keeping->dialog,
		.said = said,
	};
	unsigned int i;

	if (!description)
		return;
	record.ice = description->ice;
	for (i = 0; i < description->n_media; i++) {
		media = &description->media[i];
		record.line = i;
		record.kind = call_kind_words.words[media->kind];
		record.mux = media->mux;
		record.held = media->held;
		record.port = media->port;
		record.rtp = media_address_to(&media->rtp);
		record.rtcp = media_address_to(&media->rtcp);
		put(keeping, STORE_MEDIA, &record);
	}
}

static void save_offer(struct keeping *keeping, enum call_side side,
		       const char *said, const struct offer *offer)
{
	const struct store_offer record = {
		.call = keeping->number,
		.dialog = keeping->dialog,
		.side = call_side_words.words[side],
		.state = offer_state_words.words[offer->state],
		.request = offer->request,
	};

	if (offer->state == OFFER_NONE)
		return;
	put(keeping, STORE_OFFER, &record);
	save_description(keeping, said, offer->description);
}

/* What was before is of use as long as an offer can be refused. */
static void save_media(struct keeping *keeping,
		       const struct offer_answer *media)
{
	save_offer(keeping, CALL_LAN, "lan-offer", &media->offers[CALL_LAN]);
	save_offer(keeping, CALL_WAN, "wan-offer", &media->offers[CALL_WAN]);
	save_description(keeping, "lan", media->agreed[CALL_LAN]);
	save_description(keeping, "wan", media->agreed[CALL_WAN]);
	if (media->offers[CALL_LAN].state != OFFER_ANSWERED &&
	    media->offers[CALL_WAN].state != OFFER_ANSWERED)
		return;
	save_description(keeping, "lan-before", media->before[CALL_LAN]);
	save_description(keeping, "wan-before", media->before[CALL_WAN]);
}

static void save_dialog(struct keeping *keeping, const char *tag,
			enum dialog_state state, bool active,
			uint64_t deadline_ms, const struct offer_answer *media)
{
	const struct store_dialog record = {
		.call = keeping->number,
		.dialog = keeping->dialog,
		.tag = tag,
		.state = dialog_state_words.words[state],
		.active = active,
		.deadline_ms = deadline_ms,
		.done_lan = media->done[CALL_LAN],
		.done_wan = media->done[CALL_WAN],
	};

	put(keeping, STORE_DIALOG, &record);
	save_media(keeping, media);
}

static void save_dialogs(struct keeping *keeping, const struct call *call)
{
	const struct dialog *dialog;

	keeping->dialog = 0;
	save_dialog(keeping, NULL, DIALOG_EARLY, false, 0, &call->first);
	DL_FOREACH(call->dialogs, dialog) {
		keeping->dialog++;
		save_dialog(keeping, dialog->tag, dialog->state,
			    dialog == call->active, dialog->deadline_ms,
			    &dialog->media);
	}
}

/* Its number in the store, counted as by save_dialogs(); 0 is none. */
static int64_t dialog_number(const struct call *call,
			     const struct dialog *wanted)
{
	const struct dialog *dialog;
	int64_t number = 0;

	DL_FOREACH(call->dialogs, dialog) {
		number++;
		if (dialog == wanted)
			return number;
	}
	return 0;
}

static void save_requests(struct keeping *keeping,
			  const struct call *call)
{
	const struct call_request *request;
	struct store_request record = { .call = keeping->number };
	unsigned int i;

	for (i = 0; i < CALL_MAX_REQUESTS; i++) {
		request = &call->requests.slots[i];
		if (!request->number)
			continue;
		record.number = request->number;
		record.side = call_side_words.words[request->from];
		record.method = call_method_words.words[request->method];
		record.cseq = request->cseq;
		record.branch = request->branch;
		record.dialog = dialog_number(call, request->dialog);
		record.offer = offer_place_words.words[request->offer];
		record.done = request->done;
		put(keeping, STORE_REQUEST, &record);
	}
}

static void save_pairs(struct keeping *keeping, const struct call *call)
{
	const struct call_mappings *mappings = &call->mappings;
	const struct call_pair *pair;
	struct store_pair record = { .call = keeping->number };

	for (pair = mappings->pairs;
	     pair < mappings->pairs + mappings->n_pairs; pair++) {
		record.port = pair->port;
		record.advertised = pair->advertised;
		record.named = pair->named;
		record.rtp = media_address_to(&pair->lan[0]);
		record.rtcp = media_address_to(&pair->lan[1]);
		put(keeping, STORE_PAIR, &record);
	}
}

/* Every table begins its key with the call's number. */
static void remove_self(const struct keeping *keeping)
{
	const struct store_call record = { .number = keeping->number };

	store_remove(keeping->store, STORE_CALL, &record, 1);
}

static void remove_dialogs(const struct keeping *keeping)
{
	const struct store_dialog dialog = { .call = keeping->number };
	const struct store_offer offer = { .call = keeping->number };
	const struct store_media media = { .call = keeping->number };

	store_remove(keeping->store, STORE_DIALOG, &dialog, 1);
	store_remove(keeping->store, STORE_OFFER, &offer, 1);
	store_remove(keeping->store, STORE_MEDIA, &media, 1);
}

static void remove_requests(const struct keeping *keeping)
{
	const struct store_request record = { .call = keeping->number };

	store_remove(keeping->store, STORE_REQUEST, &record, 1);
}

static void remove_pairs(const struct keeping *keeping)
{
	const struct store_pair record = { .call = keeping->number };

	store_remove(keeping->store, STORE_PAIR, &record, 1);
}

/* What changes together, and is written as a whole */
static const struct part {
	void (*save)(struct keeping *keeping, const struct call *call);
	void (*remove)(const struct keeping *keeping);
} parts[CALL_N_PARTS] = {
	{ save_self, remove_self },
	{ save_dialogs, remove_dialogs },
	{ save_requests, remove_requests },
	{ save_pairs, remove_pairs },
};

/* Most messages change little: what is in the store already is not written. */
static void keep_part(struct calls *calls, struct call *call, unsigned int i)
{
	struct keeping keeping = { .digest = STORE_DIGEST_EMPTY };

	call_number_write(call->number, keeping.number);
	parts[i].save(&keeping, call);
	if (keeping.digest == call->kept[i])
		return;
	call->kept[i] = keeping.digest;
	keeping.store = calls->store;
	parts[i].remove(&keeping);
	parts[i].save(&keeping, call);
}

void call_keep(struct calls *calls, struct call *call)
{
	unsigned int i;

	for (i = 0; calls->store && i < CALL_N_PARTS; i++)
		keep_part(calls, call, i);
}

void call_forget(struct calls *calls, const struct call *call)
{
	struct keeping keeping = { .store = calls->store };
	unsigned int i;

	call_number_write(call->number, keeping.number);
	for (i = 0; calls->store && i < CALL_N_PARTS; i++)
		parts[i].remove(&keeping);
}

void calls_keep_all(struct calls *calls)
{
	struct call *call, *next;

	HASH_ITER(by_number, calls->by_number, call, next) {
		memset(call->kept, 0, sizeof(call->kept));
		call_keep(calls, call);
	}
}
