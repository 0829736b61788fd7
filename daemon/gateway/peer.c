// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Peers that phones answer to at other ports than SIP's.
 *
 * Phones' SIP is known by the port that it is for. A request may come from any
 * port, and its answer goes there: so whoever has sent one in is diverted, too,
 * by an element in the nft table and a pinhole through the input chain. The one
 * that has been silent longest makes room for another. They are in the store: a
 * phone goes on answering, and asking in its calls, when this daemon is another.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "gateway/parts.h"
#include "log/log.h"
#include "nl/nft.h"
#include "nl/pinhole.h"
#include "store/store.h"

/** Most of them at a time. */
#define MAX_PEERS 256

/**
 * struct peer - one of them
 * @address: as alg_address_from() makes it, without a byte that is not set
 * @number: in the store, where the order is that in which they came
 * @pinhole: lets what is for it past the input chain
 * @hh: by address; who was heard last is at the end
 */
struct peer {
	struct alg_address address;
	int64_t number;
	uint32_t pinhole;
	UT_hash_handle hh;
};

static bool is_sip_port(const struct conf *conf, uint16_t port)
{
	unsigned int i;

	for (i = 0; i < conf->n_sip_ports; i++)
		if (conf->sip_ports[i] == port)
			return true;
	return false;
}

static int open_pinhole(struct gateway *gateway,
			const struct sockaddr_storage *local, uint32_t *id)
{
	const struct nl_pinhole pinhole = {
		.has = { .cookie = true, .local = true, .protocol = true },
		.cookie = MEDIA_COOKIE_PREFIX "peer",
		.local = nl_endpoint_from(local),
		.protocol = IPPROTO_UDP,
	};
	int err = nl_pinhole_new(gateway->genl, &pinhole, id);

	if (err)
		log_debug("pinhole: %s", nl_error(gateway->genl));
	return err;
}

static void forget(struct gateway *gateway, struct peer *peer)
{
	const struct sockaddr_storage address = alg_address_to(&peer->address);
	int err = nl_pinhole_del(gateway->genl, peer->pinhole);

	if (err && err != -ENOENT)
		log_warning("removing a pinhole: %s", nl_error(gateway->genl));
	if (nl_nft_peer_del(gateway->nft, &address))
		log_warning("nft: %s", nl_nft_error(gateway->nft));
	HASH_DEL(gateway->peers, peer);
	free(peer);
}

/* Begin to divert what is for @peer; 0, or -errno. */
static int divert(struct gateway *gateway, struct peer *peer)
{
	const struct sockaddr_storage address = alg_address_to(&peer->address);
	int err = open_pinhole(gateway, &address, &peer->pinhole);

	if (err)
		return err;
	err = nl_nft_peer_add(gateway->nft, &address);
	if (err) {
		log_debug("nft: %s", nl_nft_error(gateway->nft));
		nl_pinhole_del(gateway->genl, peer->pinhole);
	}
	return err;
}

static void keep(struct gateway *gateway, const struct peer *peer)
{
	const struct store_diverted record = {
		.number = peer->number,
		.address = alg_address_to(&peer->address),
	};

	store_put(gateway->store, STORE_DIVERTED, &record);
}

static void make_room(struct gateway *gateway)
{
	struct peer *peer = gateway->peers;
	const struct store_diverted record = { .number = peer->number };

	store_remove(gateway->store, STORE_DIVERTED, &record, 1);
	forget(gateway, peer);
}

/* The peer, diverted; NULL where it cannot be, which is said. */
static struct peer *add(struct gateway *gateway,
			const struct alg_address *address, int64_t number)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int err = -ENOMEM;

	if (HASH_COUNT(gateway->peers) >= MAX_PEERS)
		make_room(gateway);
	if (peer) {
		peer->address = *address;
		peer->number = number;
		err = divert(gateway, peer);
	}
	if (err) {
		log_warning("a phone's answer to port %u will leave as it is: %s",
			    address->port, strerror(-err));
		free(peer);
		return NULL;
	}
	HASH_ADD(hh, gateway->peers, address, sizeof(peer->address), peer);
	gateway->last_peer = number;
	return peer;
}

static struct peer *find(const struct gateway *gateway,
			 const struct alg_address *address)
{
	struct peer *peer;

	HASH_FIND(hh, gateway->peers, address, sizeof(*address), peer);
	return peer;
}

void gateway_divert_peer(void *arg, const struct sockaddr_storage *storage)
{
	const struct alg_address address = alg_address_from(storage);
	struct gateway *gateway = arg;
	struct peer *peer;

	if (is_sip_port(gateway->conf, address.port))
		return;
	peer = find(gateway, &address);
	if (peer) {
		HASH_DEL(gateway->peers, peer);
		HASH_ADD(hh, gateway->peers, address, sizeof(address), peer);
		return;
	}
	peer = add(gateway, &address, gateway->last_peer + 1);
	if (peer)
		keep(gateway, peer);
}

static void restore(void *arg, const void *record)
{
	const struct store_diverted *stored = record;
	const struct alg_address address = alg_address_from(&stored->address);
	struct gateway *gateway = arg;

	/* SIP's ports may be others by now. */
	if (address.family && !is_sip_port(gateway->conf, address.port) &&
	    !find(gateway, &address))
		add(gateway, &address, stored->number);
}

void gateway_restore_peers(struct gateway *gateway)
{
	store_each(gateway->store, STORE_DIVERTED, restore, gateway);
}

void gateway_keep_peers(struct gateway *gateway)
{
	const struct peer *peer;

	for (peer = gateway->peers; peer; peer = peer->hh.next)
		keep(gateway, peer);
}

void gateway_forget_peers(struct gateway *gateway)
{
	while (gateway->peers)
		forget(gateway, gateway->peers);
}
