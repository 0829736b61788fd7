// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The schema: which table has which columns. All SQL is made from it, so a column
 * is added here and in its struct, and nowhere else. A file of before is brought up
 * to it in open.c.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "store/parts.h"

#define COLUMN(record, type, member) \
	{ #member, STORE_##type, offsetof(struct store_##record, member) }

static const struct store_column endpoint[] = {
	COLUMN(endpoint, NUMBER, id),
	COLUMN(endpoint, TEXT, transport),
	COLUMN(endpoint, ADDRESS, lan),
	COLUMN(endpoint, ADDRESS, public),
	COLUMN(endpoint, ADDRESS, advertised),
	COLUMN(endpoint, NUMBER, namer),
	COLUMN(endpoint, FLAG, spoke),
	COLUMN(endpoint, NUMBER, from_lan),
	COLUMN(endpoint, NUMBER, from_wan),
	COLUMN(endpoint, TIME, used_ms),
};

static const struct store_column peer[] = {
	COLUMN(peer, NUMBER, endpoint),
	COLUMN(peer, NUMBER, position),
	COLUMN(peer, ADDRESS, address),
};

static const struct store_column form[] = {
	COLUMN(form, NUMBER, endpoint),
	COLUMN(form, NUMBER, position),
	COLUMN(form, TEXT, place),
	COLUMN(form, TEXT, user),
	COLUMN(form, TEXT, hostport),
};

static const struct store_column lease[] = {
	COLUMN(lease, NUMBER, endpoint),
	COLUMN(lease, TEXT, kind),
	COLUMN(lease, TEXT, what),
	COLUMN(lease, TEXT, key),
	COLUMN(lease, TIME, expires_ms),
};

static const struct store_column branch[] = {
	COLUMN(branch, NUMBER, endpoint),
	COLUMN(branch, TEXT, method),
	COLUMN(branch, TEXT, branch),
	COLUMN(branch, TEXT, sent_by),
	COLUMN(branch, FLAG, maddr),
	COLUMN(branch, ADDRESS, reply),
	COLUMN(branch, TIME, expires_ms),
	COLUMN(branch, FLAG, asks),
	COLUMN(branch, FLAG, asks_all),
	COLUMN(branch, NUMBER, asks_s),
	COLUMN(branch, TEXT, event),
};

static const struct store_column binding[] = {
	COLUMN(binding, NUMBER, endpoint),
	COLUMN(binding, TEXT, method),
	COLUMN(binding, TEXT, branch),
	COLUMN(binding, NUMBER, position),
	COLUMN(binding, NUMBER, contact),
	COLUMN(binding, TEXT, user),
	COLUMN(binding, NUMBER, expires_s),
};

static const struct store_column call[] = {
	COLUMN(call, TEXT, number),
	COLUMN(call, TEXT, call_id),
	COLUMN(call, TEXT, caller),
	COLUMN(call, TEXT, caller_tag),
	COLUMN(call, TEXT, from_uri),
	COLUMN(call, TEXT, to_uri),
	COLUMN(call, NUMBER, endpoint),
	COLUMN(call, ADDRESS, local),
	COLUMN(call, ADDRESS, inside),
	COLUMN(call, TEXT, state),
	COLUMN(call, TIME, since_ms),
	COLUMN(call, TIME, deadline_ms),
	COLUMN(call, NUMBER, last_request),
};

static const struct store_column dialog[] = {
	COLUMN(dialog, TEXT, call),
	COLUMN(dialog, NUMBER, dialog),
	COLUMN(dialog, TEXT, tag),
	COLUMN(dialog, TEXT, state),
	COLUMN(dialog, FLAG, active),
	COLUMN(dialog, TIME, deadline_ms),
	COLUMN(dialog, NUMBER, done_lan),
	COLUMN(dialog, NUMBER, done_wan),
};

static const struct store_column offer[] = {
	COLUMN(offer, TEXT, call),
	COLUMN(offer, NUMBER, dialog),
	COLUMN(offer, TEXT, side),
	COLUMN(offer, TEXT, state),
	COLUMN(offer, NUMBER, request),
};

static const struct store_column media[] = {
	COLUMN(media, TEXT, call),
	COLUMN(media, NUMBER, dialog),
	COLUMN(media, TEXT, said),
	COLUMN(media, NUMBER, line),
	COLUMN(media, TEXT, kind),
	COLUMN(media, FLAG, ice),
	COLUMN(media, FLAG, mux),
	COLUMN(media, FLAG, held),
	COLUMN(media, NUMBER, port),
	COLUMN(media, ADDRESS, rtp),
	COLUMN(media, ADDRESS, rtcp),
};

static const struct store_column request[] = {
	COLUMN(request, TEXT, call),
	COLUMN(request, NUMBER, number),
	COLUMN(request, TEXT, side),
	COLUMN(request, TEXT, method),
	COLUMN(request, NUMBER, cseq),
	COLUMN(request, TEXT, branch),
	COLUMN(request, NUMBER, dialog),
	COLUMN(request, TEXT, offer),
	COLUMN(request, FLAG, done),
};

static const struct store_column pair[] = {
	COLUMN(pair, TEXT, call),
	COLUMN(pair, NUMBER, port),
	COLUMN(pair, FLAG, advertised),
	COLUMN(pair, NUMBER, named),
	COLUMN(pair, ADDRESS, rtp),
	COLUMN(pair, ADDRESS, rtcp),
};

static const struct store_column diverted[] = {
	COLUMN(diverted, NUMBER, number),
	COLUMN(diverted, ADDRESS, address),
};

#define TABLE(record, n_keys) \
	{ #record, n_keys, sizeof(record) / sizeof(record[0]), record }

/* @n_keys is at most STORE_MAX_KEYS. */
const struct store_layout store_layouts[STORE_N_TABLES] = {
	[STORE_ENDPOINT] = TABLE(endpoint, 1),
	[STORE_PEER] = TABLE(peer, 2),
	[STORE_FORM] = TABLE(form, 2),
	[STORE_LEASE] = TABLE(lease, 4),
	[STORE_BRANCH] = TABLE(branch, 3),
	[STORE_BINDING] = TABLE(binding, 4),
	[STORE_CALL] = TABLE(call, 1),
	[STORE_DIALOG] = TABLE(dialog, 2),
	[STORE_OFFER] = TABLE(offer, 3),
	[STORE_MEDIA] = TABLE(media, 4),
	[STORE_REQUEST] = TABLE(request, 2),
	[STORE_PAIR] = TABLE(pair, 2),
	[STORE_DIVERTED] = TABLE(diverted, 1),
};
