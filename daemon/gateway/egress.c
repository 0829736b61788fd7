// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * By which WAN a phone's message leaves.
 *
 * With one WAN the nft table has decided it by diverting the message. With more
 * the routing tables are asked what they would do with a packet from that phone
 * to that server. No bits of the packet mark are spent on it, and it can be asked
 * when there is no packet. A conversation is many messages, so the answer is
 * remembered for a moment.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "gateway/parts.h"
#include "log/log.h"
#include "nl/link.h"

/* For how long an answer is believed */
#define BELIEVED_MS 1000

/* Answers remembered; when there are more, all are forgotten */
#define MAX_ROUTES 4096

/**
 * struct egress_cache - an answer
 * @key: phone and server, their ports 0
 * @ifindex: by which it leaves; 0 where by none
 * @asked_ms: when
 * @hh: in the table
 */
struct egress_cache {
	struct {
		struct alg_address phone;
		struct alg_address server;
	} key;
	uint32_t ifindex;
	uint64_t asked_ms;
	UT_hash_handle hh;
};

void gateway_forget_routes(struct gateway *gateway)
{
	struct egress_cache *route, *next;

	HASH_ITER(hh, gateway->routes, route, next) {
		HASH_DEL(gateway->routes, route);
		free(route);
	}
}

/*
 * The way of a packet that is forwarded depends on where it has come in: there,
 * where the phone is. Where the tables do not like a packet of the phone's, they
 * are asked for one of ours.
 */
static uint32_t ask(const struct sockaddr_storage *phone,
		    const struct sockaddr_storage *server)
{
	struct nl_egress inside, outside;

	if (!nl_link_egress(phone, &inside) && !inside.local &&
	    !nl_link_forward(phone, inside.ifindex, server, &outside))
		return outside.ifindex;
	return nl_link_egress(server, &outside) ? 0 : outside.ifindex;
}

static uint32_t look_up(struct gateway *gateway,
			const struct sockaddr_storage *phone,
			const struct sockaddr_storage *server)
{
	const uint64_t now_ms = gateway_now_ms();
	struct egress_cache *route, new = {
		.key = { alg_address_from(phone), alg_address_from(server) },
		.asked_ms = now_ms,
	};

	new.key.phone.port = new.key.server.port = 0;
	HASH_FIND(hh, gateway->routes, &new.key, sizeof(new.key), route);
	if (route && now_ms - route->asked_ms < BELIEVED_MS)
		return route->ifindex;
	new.ifindex = ask(phone, server);
	if (!route) {
		if (HASH_COUNT(gateway->routes) >= MAX_ROUTES)
			gateway_forget_routes(gateway);
		route = malloc(sizeof(*route));
		if (!route)
			return new.ifindex;
		*route = new;
		HASH_ADD(hh, gateway->routes, key, sizeof(route->key), route);
	}
	route->ifindex = new.ifindex;
	route->asked_ms = now_ms;
	return route->ifindex;
}

/* The only one that serves this family, or NULL where there are more, or none. */
static const struct place_egress *only(const struct place *place,
				       enum place_family family)
{
	const struct place_egress *found = NULL;
	unsigned int i, n = 0;

	for (i = 0; i < CONF_MAX_WANS; i++) {
		if (!place->wans[i].egresses[family].public.ss_family)
			continue;
		found = &place->wans[i].egresses[family];
		n++;
	}
	return n == 1 ? found : NULL;
}

static const struct place_egress *by_ifindex(const struct place *place,
					     enum place_family family,
					     uint32_t ifindex)
{
	unsigned int i;

	for (i = 0; i < CONF_MAX_WANS; i++)
		if (ifindex && place->wans[i].ifindex == ifindex &&
		    place->wans[i].egresses[family].public.ss_family)
			return &place->wans[i].egresses[family];
	return NULL;
}

bool gateway_egress(void *arg, const struct sockaddr_storage *phone,
		    const struct sockaddr_storage *server,
		    struct alg_egress *egress)
{
	const enum place_family family = place_family_of(server->ss_family);
	struct gateway *gateway = arg;
	const struct place *place = &gateway->place;
	const struct place_egress *found;

	/* A phone that writes to our own address goes out by that very one. */
	found = place_egress_at(place, server);
	if (!found)
		found = only(place, family);
	if (!found)
		found = by_ifindex(place, family,
				   look_up(gateway, phone, server));
	if (!found)
		return false;
	egress->public = alg_address_from(&found->public);
	egress->advertised = alg_address_from(&found->advertised);
	egress->public.port = egress->advertised.port = 0;
	return true;
}
