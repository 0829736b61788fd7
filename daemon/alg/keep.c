// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Endpoints, leases and branches on their way into the store.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/keep.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "alg/form.h"
#include "alg/lease.h"
#include "alg/parts.h"
#include "alg/words.h"
#include "store/store.h"

void alg_keep(struct alg *alg, struct alg_endpoint *endpoint,
	      unsigned int parts)
{
	if (!alg->store)
		return;
	if (!endpoint->unsaved)
		DL_APPEND2(alg->unsaved, endpoint, prev_unsaved, next_unsaved);
	endpoint->unsaved |= parts;
}

static void saved(struct alg *alg, struct alg_endpoint *endpoint)
{
	if (endpoint->unsaved)
		DL_DELETE2(alg->unsaved, endpoint, prev_unsaved, next_unsaved);
	endpoint->unsaved = 0;
}

static void save_self(struct alg *alg, struct alg_endpoint *endpoint)
{
	const struct store_endpoint record = {
		.id = endpoint->id,
		.transport = alg_transport_words[endpoint->transport],
		.lan = alg_address_to(&endpoint->lan),
		.public = alg_address_to(&endpoint->public),
		.advertised = alg_address_to(&endpoint->advertised),
		.namer = endpoint->namer,
		.spoke = endpoint->spoke,
		.from_lan = endpoint->from_lan,
		.from_wan = endpoint->from_wan,
		.used_ms = endpoint->last_used_ms,
	};

	store_put(alg->store, STORE_ENDPOINT, &record);
	endpoint->saved_used_ms = endpoint->last_used_ms;
}

static void save_peers(struct alg *alg, const struct alg_endpoint *endpoint)
{
	struct store_peer record = { .endpoint = endpoint->id };
	const unsigned int first = endpoint->n_peers < ALG_MAX_PEERS ?
				   0 : endpoint->next_peer;
	unsigned int i;

	store_remove(alg->store, STORE_PEER, &record, 1);
	for (i = 0; i < endpoint->n_peers; i++) {
		record.position = i;
		record.address = alg_address_to(
			&endpoint->peers[(first + i) % ALG_MAX_PEERS]);
		store_put(alg->store, STORE_PEER, &record);
	}
}

struct form_count {
	struct store *store;
	struct store_form record;
};

static void save_form(void *arg, enum alg_place place, const char *user,
		      size_t user_len, const char *hostport)
{
	struct form_count *count = arg;

	/* A NUL in it: the phone will read "address:port", which is as true. */
	if (strlen(user) != user_len)
		return;
	count->record.place = alg_place_words[place];
	count->record.user = user;
	count->record.hostport = hostport;
	store_put(count->store, STORE_FORM, &count->record);
	count->record.position++;
}

static void save_forms(struct alg *alg, const struct alg_endpoint *endpoint)
{
	struct form_count count = {
		.store = alg->store,
		.record = { .endpoint = endpoint->id },
	};

	store_remove(alg->store, STORE_FORM, &count.record, 1);
	alg_forms_each(endpoint, save_form, &count);
}

static void save_leases(struct alg *alg, const struct alg_endpoint *endpoint)
{
	struct store_lease record = { .endpoint = endpoint->id };
	const struct alg_lease *lease;

	store_remove(alg->store, STORE_LEASE, &record, 1);
	DL_FOREACH(endpoint->leases, lease) {
		record.kind = alg_lease_words[lease->kind];
		record.what = lease->what;
		record.key = lease->key;
		record.expires_ms = lease->expires_ms;
		store_put(alg->store, STORE_LEASE, &record);
	}
}

static void save(struct alg *alg, struct alg_endpoint *endpoint)
{
	const unsigned int parts = endpoint->unsaved;

	if (parts & ALG_PART_SELF)
		save_self(alg, endpoint);
	if (parts & ALG_PART_PEERS)
		save_peers(alg, endpoint);
	if (parts & ALG_PART_FORMS)
		save_forms(alg, endpoint);
	if (parts & ALG_PART_LEASES)
		save_leases(alg, endpoint);
	saved(alg, endpoint);
}

void alg_commit(struct alg *alg)
{
	while (alg->unsaved)
		save(alg, alg->unsaved);
	store_commit(alg->store);
}

void alg_forget(struct alg *alg, struct alg_endpoint *endpoint)
{
	const struct store_endpoint record = { .id = endpoint->id };
	const struct store_peer peer = { .endpoint = endpoint->id };
	const struct store_form form = { .endpoint = endpoint->id };
	const struct store_lease lease = { .endpoint = endpoint->id };

	saved(alg, endpoint);
	store_remove(alg->store, STORE_ENDPOINT, &record, 1);
	store_remove(alg->store, STORE_PEER, &peer, 1);
	store_remove(alg->store, STORE_FORM, &form, 1);
	store_remove(alg->store, STORE_LEASE, &lease, 1);
}

/* The names of a branch's row, allocated; false where it can have none. */
static bool name_branch(const struct alg_branch *branch, char **method,
			char **id, int64_t *endpoint)
{
	struct alg_branch_key key = alg_branch_key_of(branch);

	*endpoint = key.endpoint;
	*method = strndup(key.method, key.method_len);
	*id = strndup(key.id, key.id_len);
	if (*method && *id && strlen(*method) == key.method_len &&
	    strlen(*id) == key.id_len)
		return true;
	free(*method);
	free(*id);
	return false;
}

static void save_bindings(struct alg *alg, const struct alg_branch *branch,
			  const struct store_branch *of)
{
	struct store_binding record = {
		.endpoint = of->endpoint,
		.method = of->method,
		.branch = of->branch,
	};
	const struct alg_ask *ask = branch->ask;
	unsigned int i;

	store_remove(alg->store, STORE_BINDING, &record, 3);
	for (i = 0; ask && i < ask->n_bindings; i++) {
		record.position = i;
		record.contact = ask->bindings[i].endpoint;
		record.user = ask->bindings[i].user;
		record.expires_s = ask->bindings[i].expires_s;
		store_put(alg->store, STORE_BINDING, &record);
	}
}

static void save_branch(struct alg *alg, const struct alg_branch *branch)
{
	const struct alg_ask *ask = branch->ask;
	struct store_branch record = {
		.sent_by = branch->sent_by,
		.maddr = branch->maddr,
		.reply = alg_address_to(&branch->reply),
		.expires_ms = branch->expires_ms,
		.asks = ask,
		.asks_all = ask && ask->all,
		.asks_s = ask ? ask->expires_s : 0,
		.event = ask ? ask->event : NULL,
	};
	char *method, *id;

	if (!name_branch(branch, &method, &id, &record.endpoint))
		return;
	record.method = method;
	record.branch = id;
	store_put(alg->store, STORE_BRANCH, &record);
	save_bindings(alg, branch, &record);
	free(method);
	free(id);
}

/* Would its responses come home without a record of it? (alg_via_restore()) */
static bool can_be_missed(struct alg *alg, const struct alg_branch *branch)
{
	const struct alg_endpoint *endpoint =
		alg_endpoint_by_id(alg, alg_branch_key_of(branch).endpoint);
	char text[ALG_ADDRESS_TEXT_LEN];

	if (!endpoint)
		return true;
	alg_address_write(&endpoint->lan, text);
	return !branch->ask && !branch->maddr &&
	       !strcmp(branch->sent_by, text) &&
	       alg_address_equal(&branch->reply, &endpoint->lan);
}

void alg_keep_branch(struct alg *alg, struct alg_branch *branch)
{
	if (!alg->store || (!branch->saved && can_be_missed(alg, branch)))
		return;
	save_branch(alg, branch);
	branch->saved = true;
}

void alg_forget_branch(struct alg *alg, const struct alg_branch *branch)
{
	struct store_binding binding = { 0 };
	struct store_branch record = { 0 };
	char *method, *id;

	if (!alg->store || !branch->saved ||
	    !name_branch(branch, &method, &id, &record.endpoint))
		return;
	record.method = binding.method = method;
	record.branch = binding.branch = id;
	binding.endpoint = record.endpoint;
	store_remove(alg->store, STORE_BRANCH, &record, 3);
	store_remove(alg->store, STORE_BINDING, &binding, 3);
	free(method);
	free(id);
}

void alg_keep_all(struct alg *alg)
{
	struct alg_endpoint *endpoint, *next_endpoint;
	struct alg_branch *branch, *next;

	HASH_ITER(by_id, alg->by_id, endpoint, next_endpoint)
		alg_keep(alg, endpoint, ALG_PART_ALL);
	HASH_ITER(hh, alg->branches, branch, next)
		alg_keep_branch(alg, branch);
}
