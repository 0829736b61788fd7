// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Leases: for how long somebody outside will come back to a phone's port.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/lease.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "alg/branch.h"
#include "alg/endpoint.h"
#include "alg/keep.h"
#include "alg/words.h"

const char *const alg_lease_words[ALG_N_LEASE_KINDS] = {
	[ALG_REGISTRATION] = "registration",
	[ALG_SUBSCRIPTION] = "subscription",
};

void alg_ask_free(struct alg_ask *ask)
{
	unsigned int i;

	if (!ask)
		return;
	for (i = 0; i < ask->n_bindings; i++)
		free(ask->bindings[i].user);
	free(ask->event);
	free(ask);
}

void alg_ask_set(struct alg_branch *branch, struct alg_ask *ask)
{
	alg_ask_free(branch->ask);
	branch->ask = ask;
}

struct alg_lease *alg_lease_find(const struct alg_endpoint *endpoint,
				 enum alg_lease_kind kind, const char *what,
				 const char *key)
{
	struct alg_lease *lease;

	DL_FOREACH(endpoint->leases, lease)
		if (lease->kind == kind && !strcmp(lease->key, key) &&
		    (!what || !strcmp(lease->what, what)))
			return lease;
	return NULL;
}

static void forget(struct alg_endpoint *endpoint, struct alg_lease *lease)
{
	DL_DELETE(endpoint->leases, lease);
	free(lease->what);
	free(lease->key);
	free(lease);
}

static struct alg_lease *add(struct alg_endpoint *endpoint,
			     enum alg_lease_kind kind, const char *what,
			     const char *key)
{
	struct alg_lease *lease;
	int n_leases;

	DL_COUNT(endpoint->leases, lease, n_leases);
	if (n_leases >= ALG_MAX_LEASES)
		return NULL;
	lease = calloc(1, sizeof(*lease));
	if (!lease)
		return NULL;
	lease->kind = kind;
	lease->what = strdup(what);
	lease->key = strdup(key);
	DL_APPEND(endpoint->leases, lease);
	if (lease->what && lease->key)
		return lease;
	forget(endpoint, lease);
	return NULL;
}

void alg_lease_grant(struct alg_endpoint *endpoint, enum alg_lease_kind kind,
		     const char *what, const char *key, uint64_t expires_ms)
{
	const char *of = kind == ALG_REGISTRATION ? what : NULL;
	struct alg_lease *lease = alg_lease_find(endpoint, kind, of, key);

	if (!lease)
		lease = add(endpoint, kind, what, key);
	if (lease)
		alg_lease_renew(endpoint, lease, expires_ms);
}

void alg_lease_renew(struct alg_endpoint *endpoint, struct alg_lease *lease,
		     uint64_t expires_ms)
{
	lease->expires_ms = expires_ms;
	alg_keep(endpoint->alg, endpoint, ALG_PART_LEASES);
}

void alg_lease_end(struct alg_endpoint *endpoint, struct alg_lease *lease,
		   uint64_t now_ms)
{
	forget(endpoint, lease);
	endpoint->last_used_ms = now_ms;
	alg_keep(endpoint->alg, endpoint, ALG_PART_SELF | ALG_PART_LEASES);
}

void alg_leases_expire(struct alg_endpoint *endpoint, uint64_t now_ms)
{
	struct alg_lease *lease, *next;

	DL_FOREACH_SAFE(endpoint->leases, lease, next)
		if (lease->expires_ms <= now_ms)
			alg_lease_end(endpoint, lease, now_ms);
}

void alg_leases_free(struct alg_endpoint *endpoint)
{
	while (endpoint->leases)
		forget(endpoint, endpoint->leases);
}
