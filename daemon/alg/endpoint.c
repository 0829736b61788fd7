// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Endpoints: which public port stands for which phone, and for how long.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/endpoint.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "alg/form.h"
#include "alg/keep.h"
#include "alg/lease.h"
#include "alg/parts.h"
#include "alg/stream.h"
#include "alg/words.h"

const char *const alg_transport_words[N_TRANSPORTS] = {
	[TRANSPORT_UDP] = "udp",
	[TRANSPORT_TCP] = "tcp",
};

struct alg_endpoint *alg_endpoint_by_id(struct alg *alg, uint32_t id)
{
	struct alg_endpoint *endpoint;

	HASH_FIND(by_id, alg->by_id, &id, sizeof(id), endpoint);
	return endpoint;
}

/* An endpoint's key, as it lies in struct alg_endpoint */
struct key {
	struct alg_address lan;
	struct alg_address wan;
};

_Static_assert(offsetof(struct alg_endpoint, wan) -
	       offsetof(struct alg_endpoint, lan) == offsetof(struct key, wan),
	       "the parts of the key lie side by side");

struct alg_endpoint *alg_endpoint_by_lan(struct alg *alg,
					 enum transport transport,
					 const struct alg_address *lan,
					 const struct alg_address *wan)
{
	const struct key key = { *lan, *wan };
	struct alg_endpoint *endpoint;

	HASH_FIND(by_lan, alg->by_lan[transport], &key, sizeof(key), endpoint);
	return endpoint;
}

static enum transport other_transport(enum transport transport)
{
	return transport == TRANSPORT_UDP ? TRANSPORT_TCP : TRANSPORT_UDP;
}

struct alg_endpoint *alg_endpoint_twin(struct alg *alg,
				       const struct alg_endpoint *endpoint)
{
	return alg_endpoint_by_lan(alg, other_transport(endpoint->transport),
				   &endpoint->lan, &endpoint->wan);
}

static struct alg_address at_port(struct alg_address host, uint16_t port)
{
	host.port = port;
	return host;
}

static struct alg_endpoint *at_public(struct alg *alg, enum transport transport,
				      const struct alg_address *public)
{
	struct alg_endpoint *endpoint;

	HASH_FIND(by_public, alg->by_public[transport], public, sizeof(*public),
		  endpoint);
	return endpoint;
}

struct alg_endpoint *alg_endpoint_by_public(struct alg *alg,
					    enum transport transport,
					    const struct alg_address *address)
{
	struct alg_endpoint *endpoint = at_public(alg, transport, address);

	if (!endpoint)
		HASH_FIND(by_advertised, alg->by_advertised[transport], address,
			  sizeof(*address), endpoint);
	return endpoint;
}

/* One number stands for one phone, whatever it speaks by. */
static bool is_taken(struct alg *alg, const struct alg_endpoint *endpoint)
{
	const enum transport transport = endpoint->transport;
	const struct alg_endpoint *other =
		at_public(alg, other_transport(transport), &endpoint->public);

	return at_public(alg, transport, &endpoint->public) ||
	       (other && !alg_address_equal(&other->lan, &endpoint->lan));
}

/* Let @endpoint have @port; -EADDRINUSE where it is not to be had. */
static int open_at(struct alg *alg, struct alg_endpoint *endpoint,
		   uint16_t port)
{
	struct sockaddr_storage local;

	endpoint->public.port = port;
	endpoint->advertised.port = port;
	if (is_taken(alg, endpoint))
		return -EADDRINUSE;
	local = alg_address_to(&endpoint->public);
	return alg->ops.open(alg->arg, endpoint, endpoint->transport, &local,
			     &endpoint->socket, &endpoint->pinhole);
}

/* Where in the pool the search for @lan begins: always at the same place. */
static unsigned int first_choice(const struct alg *alg,
				 const struct alg_address *lan)
{
	const unsigned int n_ports =
		alg->policy.max_port - alg->policy.min_port + 1;
	unsigned int hash = lan->port;
	size_t i;

	for (i = 0; i < sizeof(lan->host); i++)
		hash = hash * 31 + lan->host[i];
	return hash % n_ports;
}

static int open_port(struct alg *alg, struct alg_endpoint *endpoint)
{
	const struct alg_policy *policy = &alg->policy;
	const unsigned int n_ports = policy->max_port - policy->min_port + 1;
	const unsigned int first = first_choice(alg, &endpoint->lan);
	const struct alg_endpoint *twin = alg_endpoint_twin(alg, endpoint);
	unsigned int i;
	int err;

	if (twin) {
		err = open_at(alg, endpoint, twin->public.port);
		if (err != -EADDRINUSE)
			return err;
	}
	if (!alg_port_is_privileged(endpoint->lan.port)) {
		err = open_at(alg, endpoint, endpoint->lan.port);
		if (err != -EADDRINUSE)
			return err;
	}
	for (i = 0; i < n_ports; i++) {
		err = open_at(alg, endpoint,
			      policy->min_port + (first + i) % n_ports);
		if (err != -EADDRINUSE)
			return err;
	}
	return -ENOSPC;
}

static struct alg_endpoint *new_endpoint(struct alg *alg,
					 enum transport transport,
					 const struct alg_address *lan,
					 const struct alg_egress *egress)
{
	struct alg_endpoint *endpoint = calloc(1, sizeof(*endpoint));

	if (!endpoint)
		return NULL;
	endpoint->alg = alg;
	endpoint->transport = transport;
	endpoint->lan = *lan;
	endpoint->wan = at_port(egress->public, 0);
	endpoint->public = egress->public;
	endpoint->advertised = egress->advertised;
	return endpoint;
}

/* It has a port now, and is to be found by its addresses. */
static void list(struct alg *alg, struct alg_endpoint *endpoint)
{
	const enum transport transport = endpoint->transport;

	HASH_ADD(by_lan, alg->by_lan[transport], lan, sizeof(struct key),
		 endpoint);
	HASH_ADD(by_public, alg->by_public[transport], public,
		 sizeof(endpoint->public), endpoint);
	HASH_ADD(by_advertised, alg->by_advertised[transport], advertised,
		 sizeof(endpoint->advertised), endpoint);
}

static void unlist(struct alg *alg, struct alg_endpoint *endpoint)
{
	const enum transport transport = endpoint->transport;

	HASH_DELETE(by_lan, alg->by_lan[transport], endpoint);
	HASH_DELETE(by_public, alg->by_public[transport], endpoint);
	HASH_DELETE(by_advertised, alg->by_advertised[transport], endpoint);
}

static void add(struct alg *alg, struct alg_endpoint *endpoint)
{
	endpoint->source = alg_source_of(alg, &endpoint->lan);
	if (endpoint->source)
		endpoint->source->n_endpoints++;
	HASH_ADD(by_id, alg->by_id, id, sizeof(endpoint->id), endpoint);
	list(alg, endpoint);
	alg_keep(alg, endpoint, ALG_PART_ALL);
}

int alg_endpoint_of(struct alg *alg, enum transport transport,
		    const struct alg_address *lan,
		    const struct alg_egress *egress,
		    struct alg_endpoint **endpoint)
{
	const struct alg_address wan = at_port(egress->public, 0);
	const struct alg_source *source;
	struct alg_endpoint *new;
	int err;

	*endpoint = alg_endpoint_by_lan(alg, transport, lan, &wan);
	if (*endpoint)
		return 0;
	source = alg_source_of(alg, lan);
	if (!source || !alg_source_may_open(alg, source))
		return -EDQUOT;
	new = new_endpoint(alg, transport, lan, egress);
	if (!new)
		return -ENOMEM;
	err = open_port(alg, new);
	if (err) {
		free(new);
		return err;
	}
	new->id = ++alg->last_id;
	new->last_used_ms = alg_now_ms(alg);
	add(alg, new);
	*endpoint = new;
	return 0;
}

int alg_endpoint_again(struct alg *alg, uint32_t id, enum transport transport,
		       const struct alg_address *lan,
		       const struct alg_egress *egress, uint16_t port,
		       struct alg_endpoint **endpoint)
{
	const struct alg_address wan = at_port(egress->public, 0);
	struct alg_endpoint *again;
	int err;

	if (alg_endpoint_by_lan(alg, transport, lan, &wan) ||
	    alg_endpoint_by_id(alg, id))
		return -EEXIST;
	again = new_endpoint(alg, transport, lan, egress);
	if (!again)
		return -ENOMEM;
	err = open_at(alg, again, port);
	if (err) {
		free(again);
		return err;
	}
	again->id = id ? id : ++alg->last_id;
	add(alg, again);
	*endpoint = again;
	return 0;
}

struct alg_endpoint *alg_endpoint_named(struct alg *alg,
					struct alg_endpoint *namer,
					enum transport transport,
					uint16_t port)
{
	const struct alg_egress egress = { namer->public, namer->advertised };
	const struct alg_address lan = at_port(namer->lan, port);
	struct alg_endpoint *endpoint;

	endpoint = alg_endpoint_by_lan(alg, transport, &lan, &namer->wan);
	if (endpoint)
		return endpoint;
	if (alg_port_is_privileged(port) || namer->n_named >= ALG_MAX_NAMED ||
	    alg_endpoint_of(alg, transport, &lan, &egress, &endpoint))
		return NULL;
	endpoint->namer = namer->id;
	alg_keep(alg, endpoint, ALG_PART_SELF);
	namer->n_named++;
	return endpoint;
}

/* A phone speaks often. That it has is written now and then. */
void alg_endpoint_used(struct alg_endpoint *endpoint, uint64_t now_ms)
{
	endpoint->last_used_ms = now_ms;
	if (now_ms - endpoint->saved_used_ms >= ALG_KEEP_USED_MS)
		alg_keep(endpoint->alg, endpoint, ALG_PART_SELF);
}

static struct alg_address *find_peer(const struct alg_endpoint *endpoint,
				     const struct alg_address *peer)
{
	unsigned int i;

	for (i = 0; i < endpoint->n_peers; i++)
		if (alg_address_same_host(&endpoint->peers[i], peer))
			return (struct alg_address *)&endpoint->peers[i];
	return NULL;
}

void alg_endpoint_add_peer(struct alg_endpoint *endpoint,
			   const struct alg_address *peer)
{
	if (find_peer(endpoint, peer))
		return;
	endpoint->peers[endpoint->next_peer] = *peer;
	endpoint->next_peer = (endpoint->next_peer + 1) % ALG_MAX_PEERS;
	if (endpoint->n_peers < ALG_MAX_PEERS)
		endpoint->n_peers++;
	alg_keep(endpoint->alg, endpoint, ALG_PART_PEERS);
}

bool alg_endpoint_knows(const struct alg_endpoint *endpoint,
			const struct alg_address *peer)
{
	return find_peer(endpoint, peer);
}

void alg_endpoint_forget_peers(struct alg_endpoint *endpoint)
{
	endpoint->n_peers = 0;
	endpoint->next_peer = 0;
	alg_keep(endpoint->alg, endpoint, ALG_PART_PEERS);
}

static void close_port(struct alg *alg, struct alg_endpoint *endpoint)
{
	struct sockaddr_storage local = alg_address_to(&endpoint->public);

	alg_links_close(endpoint);
	unlist(alg, endpoint);
	alg->ops.close(alg->arg, endpoint->transport, &local, endpoint->socket,
		       endpoint->pinhole);
}

/* It has no port any more. */
static void forget(struct alg *alg, struct alg_endpoint *endpoint)
{
	struct alg_endpoint *namer = alg_endpoint_by_id(alg, endpoint->namer);

	if (namer)
		namer->n_named--;
	if (endpoint->source)
		endpoint->source->n_endpoints--;
	alg_forget(alg, endpoint);
	HASH_DELETE(by_id, alg->by_id, endpoint);
	alg_leases_free(endpoint);
	alg_forms_free(endpoint);
	alg_journal_end(&endpoint->journal);
	free(endpoint);
}

static void end(struct alg *alg, struct alg_endpoint *endpoint)
{
	close_port(alg, endpoint);
	forget(alg, endpoint);
}

static bool is_needed(struct alg *alg, const struct alg_endpoint *endpoint,
		      uint64_t now_ms)
{
	return endpoint->n_calls || endpoint->leases || endpoint->links ||
	       now_ms < endpoint->last_used_ms + ALG_ENDPOINT_GRACE_MS ||
	       alg_endpoint_by_id(alg, endpoint->namer);
}

void alg_endpoints_leave(struct alg *alg, const struct alg_address *public)
{
	struct alg_endpoint *endpoint, *next;

	HASH_ITER(by_id, alg->by_id, endpoint, next)
		if (alg_address_same_host(&endpoint->public, public))
			end(alg, endpoint);
}

/* To the same port at another address, where that is free. */
static void move(struct alg *alg, struct alg_endpoint *endpoint,
		 const struct alg_egress *egress)
{
	const uint16_t port = endpoint->public.port;

	close_port(alg, endpoint);
	endpoint->wan = at_port(egress->public, 0);
	endpoint->public = egress->public;
	endpoint->advertised = egress->advertised;
	if (alg_endpoint_by_lan(alg, endpoint->transport, &endpoint->lan,
				&endpoint->wan) ||
	    open_at(alg, endpoint, port)) {
		forget(alg, endpoint);
		return;
	}
	list(alg, endpoint);
	alg_keep(alg, endpoint, ALG_PART_SELF);
}

void alg_endpoints_move(struct alg *alg, const struct alg_address *public,
			const struct alg_egress *egress)
{
	struct alg_endpoint *endpoint, *next;

	HASH_ITER(by_id, alg->by_id, endpoint, next)
		if (alg_address_same_host(&endpoint->public, public))
			move(alg, endpoint, egress);
}

void alg_endpoints_expire(struct alg *alg, uint64_t now_ms)
{
	struct alg_endpoint *endpoint, *next;

	HASH_ITER(by_id, alg->by_id, endpoint, next) {
		alg_leases_expire(endpoint, now_ms);
		if (!is_needed(alg, endpoint, now_ms))
			end(alg, endpoint);
	}
}

void alg_endpoints_free(struct alg *alg)
{
	struct alg_endpoint *endpoint, *next;

	HASH_ITER(by_id, alg->by_id, endpoint, next)
		end(alg, endpoint);
}
