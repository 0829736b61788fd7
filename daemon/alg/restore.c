// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Endpoints come back from the store, each to its public port.
 *
 * Where the address that a port was at is no more, the port is opened at the one
 * that has taken its place. To its calls that is another endpoint, so it gets
 * another number: their peers write to where nobody listens any more.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alg/form.h"
#include "alg/keep.h"
#include "alg/lease.h"
#include "alg/parts.h"
#include "alg/words.h"
#include "log/log.h"
#include "store/store.h"

/**
 * struct returned - an endpoint that is back
 * @id: its number as it was
 * @endpoint: itself
 * @hh: by @id
 */
struct returned {
	int64_t id;
	struct alg_endpoint *endpoint;
	UT_hash_handle hh;
};

/**
 * struct restoring - endpoints on their way back
 * @alg: the ALG
 * @now_ms: monotonic time
 * @returned: those that are
 * @n_lost: how many are not
 */
struct restoring {
	struct alg *alg;
	uint64_t now_ms;
	struct returned *returned;
	unsigned int n_lost;
};

static struct alg_endpoint *find(const struct restoring *restoring, int64_t id)
{
	struct returned *returned;

	HASH_FIND(hh, restoring->returned, &id, sizeof(id), returned);
	return returned ? returned->endpoint : NULL;
}

/* None that comes back may be given a number that another one has. */
static void note_id(void *arg, const void *record)
{
	const struct store_endpoint *stored = record;
	struct restoring *restoring = arg;

	if (stored->id > restoring->alg->last_id && stored->id <= UINT32_MAX)
		restoring->alg->last_id = stored->id;
}

static int find_word(const char *const *words, int n_words, const char *word)
{
	int i;

	for (i = 0; i < n_words && word; i++)
		if (!strcmp(words[i], word))
			return i;
	return -1;
}

/* The way out that @stored had, or the one that leads there by now. */
static bool find_egress(const struct restoring *restoring,
			const struct store_endpoint *stored,
			struct alg_egress *egress)
{
	const struct alg *alg = restoring->alg;

	return alg->ops.egress(alg->arg, &stored->lan, &stored->public, egress);
}

static bool is_moved(const struct store_endpoint *stored,
		     const struct alg_egress *egress)
{
	const struct alg_address public = alg_address_from(&stored->public);
	const struct alg_address advertised =
		alg_address_from(&stored->advertised);

	return !alg_address_same_host(&public, &egress->public) ||
	       !alg_address_same_host(&advertised, &egress->advertised);
}

static int open_again(struct restoring *restoring,
		      const struct store_endpoint *stored,
		      struct alg_endpoint **endpoint)
{
	const struct alg_address lan = alg_address_from(&stored->lan);
	const int transport = find_word(alg_transport_words, N_TRANSPORTS,
					stored->transport);
	struct alg_egress egress;

	if (transport < 0 || !lan.family || !stored->public.ss_family || stored->id <= 0 ||
	    !find_egress(restoring, stored, &egress))
		return -1;
	return alg_endpoint_again(restoring->alg,
				  is_moved(stored, &egress) ? 0 : stored->id,
				  transport, &lan, &egress,
				  alg_address_from(&stored->public).port,
				  endpoint);
}

static void take_endpoint(void *arg, const void *record)
{
	const struct store_endpoint *stored = record;
	struct restoring *restoring = arg;
	struct alg_endpoint *endpoint;
	struct returned *returned = malloc(sizeof(*returned));

	if (!returned || open_again(restoring, stored, &endpoint)) {
		restoring->n_lost++;
		free(returned);
		return;
	}
	endpoint->from_lan = stored->from_lan;
	endpoint->from_wan = stored->from_wan;
	endpoint->last_used_ms = stored->used_ms;
	endpoint->namer = stored->namer;
	endpoint->spoke = stored->spoke;
	returned->id = stored->id;
	returned->endpoint = endpoint;
	HASH_ADD(hh, restoring->returned, id, sizeof(returned->id), returned);
}

static void take_peer(void *arg, const void *record)
{
	const struct store_peer *stored = record;
	struct alg_endpoint *endpoint = find(arg, stored->endpoint);
	const struct alg_address peer = alg_address_from(&stored->address);

	if (endpoint && peer.family)
		alg_endpoint_add_peer(endpoint, &peer);
}

static void take_form(void *arg, const void *record)
{
	const struct store_form *stored = record;
	struct alg_endpoint *endpoint = find(arg, stored->endpoint);
	int place = find_word(alg_place_words, ALG_N_PLACES, stored->place);

	if (endpoint && place >= 0 && stored->user && stored->hostport)
		alg_form_remember(endpoint, place, stored->user,
				  strlen(stored->user), stored->hostport,
				  strlen(stored->hostport));
}

static void take_lease(void *arg, const void *record)
{
	const struct store_lease *stored = record;
	struct restoring *restoring = arg;
	struct alg_endpoint *endpoint = find(arg, stored->endpoint);
	int kind = find_word(alg_lease_words, ALG_N_LEASE_KINDS, stored->kind);

	if (endpoint && kind >= 0 && stored->what && stored->key &&
	    stored->expires_ms > restoring->now_ms)
		alg_lease_grant(endpoint, kind, stored->what, stored->key,
				stored->expires_ms);
}

static struct alg_branch_key key_of(int64_t endpoint, const char *method,
				    const char *id)
{
	return (struct alg_branch_key){
		.endpoint = endpoint,
		.method = method,
		.method_len = strlen(method),
		.id = id,
		.id_len = strlen(id),
	};
}

static struct alg_ask *read_ask(const struct store_branch *stored)
{
	struct alg_ask *ask = calloc(1, sizeof(*ask));

	if (!ask)
		return NULL;
	ask->expires_s = stored->asks_s;
	ask->all = stored->asks_all;
	ask->event = stored->event ? strdup(stored->event) : NULL;
	return ask;
}

/* The Via of a request names the endpoint as it was: one that has moved has none. */
static void take_branch(void *arg, const void *record)
{
	const struct store_branch *stored = record;
	struct restoring *restoring = arg;
	struct alg_endpoint *endpoint = find(arg, stored->endpoint);
	struct alg_branch_key key;
	struct alg_branch *branch;

	if (!endpoint || endpoint->id != stored->endpoint || !stored->sent_by ||
	    stored->expires_ms <= restoring->now_ms)
		return;
	key = key_of(endpoint->id, stored->method, stored->branch);
	branch = alg_branch_remember(restoring->alg, &key, stored->sent_by,
				     strlen(stored->sent_by));
	if (!branch)
		return;
	branch->maddr = stored->maddr;
	branch->reply = alg_address_from(&stored->reply);
	/* As a phone's datagrams; of its streams none is left to be answered on. */
	branch->source_port = endpoint->lan.port;
	branch->expires_ms = stored->expires_ms;
	if (stored->asks)
		alg_ask_set(branch, read_ask(stored));
}

static void take_binding(void *arg, const void *record)
{
	const struct store_binding *stored = record;
	struct restoring *restoring = arg;
	const struct alg_branch_key key =
		key_of(stored->endpoint, stored->method, stored->branch);
	struct alg_branch *branch = alg_branch_find(restoring->alg, &key);
	struct alg_binding *binding;

	if (!branch || !branch->ask || !stored->user ||
	    branch->ask->n_bindings == ALG_MAX_BINDINGS)
		return;
	binding = &branch->ask->bindings[branch->ask->n_bindings];
	binding->user = strdup(stored->user);
	if (!binding->user)
		return;
	binding->endpoint = stored->contact;
	binding->expires_s = stored->expires_s;
	branch->ask->n_bindings++;
}

/* Whoever was named by one that is not back stands for itself. */
static void join_namers(struct restoring *restoring)
{
	struct returned *returned;
	struct alg_endpoint *namer, *endpoint;

	for (returned = restoring->returned; returned;
	     returned = returned->hh.next) {
		endpoint = returned->endpoint;
		namer = find(restoring, endpoint->namer);
		endpoint->namer = namer ? namer->id : 0;
		if (namer)
			namer->n_named++;
	}
}

static void forget_returned(struct restoring *restoring)
{
	struct returned *returned, *next;

	HASH_ITER(hh, restoring->returned, returned, next) {
		HASH_DEL(restoring->returned, returned);
		free(returned);
	}
}

unsigned int alg_restore(struct alg *alg)
{
	struct restoring restoring = { .alg = alg, .now_ms = alg_now_ms(alg) };
	struct store *store = alg->store;
	unsigned int n_returned;

	store_each(store, STORE_ENDPOINT, note_id, &restoring);
	store_each(store, STORE_ENDPOINT, take_endpoint, &restoring);
	store_each(store, STORE_PEER, take_peer, &restoring);
	store_each(store, STORE_FORM, take_form, &restoring);
	store_each(store, STORE_LEASE, take_lease, &restoring);
	store_each(store, STORE_BRANCH, take_branch, &restoring);
	store_each(store, STORE_BINDING, take_binding, &restoring);
	join_namers(&restoring);
	n_returned = HASH_COUNT(restoring.returned);
	forget_returned(&restoring);
	if (restoring.n_lost)
		log_warning("phones whose public port could not be had again: %u",
			    restoring.n_lost);
	return n_returned;
}
