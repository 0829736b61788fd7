/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the router stands just now: which interfaces there are, and under which
 * addresses the world sees it.
 *
 * A router boots before its uplinks do, and an uplink comes back with another
 * address. So the place is looked at again and again. It is served at as soon
 * as one WAN has an address; what changes at one WAN changes nothing at another.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_GATEWAY_PLACE_H
#define SIPFAST_DAEMON_GATEWAY_PLACE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"

/** Room for why a place or a WAN cannot be served at. */
#define PLACE_WHY_LEN 160

/** Most prefixes of all LANs together, given ones or both families' own. */
#define PLACE_MAX_PREFIXES (2 * CONF_MAX_LANS * CONF_MAX_PREFIXES)

/** Most prefixes of phones whose IPv6 addresses are mapped. */
#define PLACE_MAX_MAPPED 16

/** Most networks inside that know us by an address of ours. */
#define PLACE_MAX_INSIDE (2 * PLACE_MAX_PREFIXES)

/** enum place_family - AF_INET and AF_INET6 as indices */
enum place_family {
	PLACE_IPV4,
	PLACE_IPV6,
	PLACE_N_FAMILIES,
};

/** place_family_of() - the index of AF_INET or AF_INET6 */
static inline enum place_family place_family_of(sa_family_t family)
{
	return family == AF_INET6 ? PLACE_IPV6 : PLACE_IPV4;
}

/**
 * struct place_egress - an address of ours by which phones are served
 * @public: from which we send; AF_UNSPEC where there is none, and nothing is
 *	served by this WAN in this family
 * @advertised: that the world sees, differs behind a 1:1 NAT
 */
struct place_egress {
	struct sockaddr_storage public;
	struct sockaddr_storage advertised;
};

/**
 * struct place_wan - one way out
 * @ifindex: the interface, 0 where there is none of its name
 * @egresses: its addresses, by family
 * @why: why nothing is served by it, or not in IPv4; empty where all is well
 */
struct place_wan {
	uint32_t ifindex;
	struct place_egress egresses[PLACE_N_FAMILIES];
	char why[PLACE_WHY_LEN];
};

/**
 * struct place_inside - by which address a network inside knows this router
 * @network: the address's own, or one behind another router
 * @own: the address, as a network of one host
 */
struct place_inside {
	struct conf_prefix network;
	struct conf_prefix own;
};

/**
 * struct place - where we are
 * @lan_ifindex: the LAN interfaces, in the order of struct conf
 * @wans: the WANs, in the order of struct conf
 * @n_prefixes: how many of
 * @prefixes:	addresses inside that may be mapped
 * @n_mapped: how many of
 * @mapped:	IPv6 networks; a phone of no such network is left alone
 * @n_inside: how many of
 * @inside:	our own addresses inside, by the networks that know us by them
 */
struct place {
	uint32_t lan_ifindex[CONF_MAX_LANS];
	struct place_wan wans[CONF_MAX_WANS];
	unsigned int n_prefixes;
	struct conf_prefix prefixes[PLACE_MAX_PREFIXES];
	unsigned int n_mapped;
	struct conf_prefix mapped[PLACE_MAX_MAPPED];
	unsigned int n_inside;
	struct place_inside inside[PLACE_MAX_INSIDE];
};

/**
 * place_look() - look where we are
 * @conf: which interfaces
 * @before: what it was like the last time; an address that was used is used as
 *	long as it is there. NULL the first time.
 * @place: filled in
 * @why: PLACE_WHY_LEN bytes; on failure, what is missing for serving here
 *
 * An address that is not the internet's (RFC 1918, RFC 6598, RFC 4193) with none
 * given to advertise is none to serve by: phones would hide behind another wrong
 * address.
 *
 * Return: 0 where one WAN at least can be served by, or -errno.
 */
int place_look(const struct conf *conf, const struct place *before,
	       struct place *place, char *why);

/**
 * place_map() - phones of one IPv6 network more are mapped
 *
 * The networks stay apart from each other. Where there is no room for another one
 * it is left out.
 */
void place_map(struct place *place, const struct conf_prefix *network);

/** place_is_inside_same() - are the LAN interfaces the same at both? */
bool place_is_inside_same(const struct place *one, const struct place *other);

/** place_is_outside_same() - would we send and listen in the same way at both? */
bool place_is_outside_same(const struct place *one, const struct place *other);

/** place_is_lan() - is this the address of a host inside that may be mapped? */
bool place_is_lan(const struct place *place,
		  const struct sockaddr_storage *address);

/**
 * place_egress_at() - the egress whose address this is, or NULL
 *
 * @address may be the one that we send from or the one that the world sees; its
 * port does not matter.
 */
const struct place_egress *
place_egress_at(const struct place *place,
		const struct sockaddr_storage *address);

/**
 * place_keeps() - can what stands on @public go on?
 * @before: where we were
 * @now: where we are
 * @public: an address that we sent from before
 *
 * Not where the world sees it under another one by now.
 */
bool place_keeps(const struct place *before, const struct place *now,
		 const struct sockaddr_storage *public);

/** place_has() - do we send from @address? Its port does not matter. */
bool place_has(const struct place *place,
	       const struct sockaddr_storage *address);

/**
 * place_inside() - the address of this router that a LAN host has it under
 * @place: where we are
 * @lan: the LAN host
 * @inside: filled in, port 0
 *
 * That of the host's own network; for a host behind another router, one of the LAN
 * for which its network is given.
 *
 * Return: false where there is none.
 */
bool place_inside(const struct place *place,
		  const struct sockaddr_storage *lan,
		  struct sockaddr_storage *inside);

#endif
