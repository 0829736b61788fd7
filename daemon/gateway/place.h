/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the router stands just now: which interfaces there are, and under which
 * address the world sees it.
 *
 * A router boots before its uplink does, and an uplink comes back with another
 * address. So the place is looked at again and again; sipfastd serves at one,
 * and serves anew where it has become another.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_GATEWAY_PLACE_H
#define SIPFAST_DAEMON_GATEWAY_PLACE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"

/** Room for why a place cannot be served at. */
#define PLACE_WHY_LEN 160

/** Most prefixes of all LANs together. */
#define PLACE_MAX_PREFIXES (CONF_MAX_LANS * CONF_MAX_PREFIXES)

/**
 * struct place - where we are
 * @lan_ifindex: the LAN interfaces, in the order of struct conf
 * @wan_ifindex: the WAN interface
 * @public: its address, from which we send
 * @advertised: the address that the world sees, differs behind a 1:1 NAT
 * @n_prefixes: how many of
 * @prefixes:	addresses inside that may be mapped
 */
struct place {
	uint32_t lan_ifindex[CONF_MAX_LANS];
	uint32_t wan_ifindex;
	struct in_addr public;
	struct in_addr advertised;
	unsigned int n_prefixes;
	struct conf_prefix prefixes[PLACE_MAX_PREFIXES];
};

/**
 * place_look() - look where we are
 * @conf: which interfaces
 * @place: filled in
 * @why: PLACE_WHY_LEN bytes; on failure, what is missing for serving here
 *
 * An address that is not the internet's (RFC 1918, RFC 6598) with none given
 * to advertise is no place to serve at: phones would hide behind another
 * wrong address.
 *
 * Return: 0, or -errno.
 */
int place_look(const struct conf *conf, struct place *place, char *why);

/** place_is_same() - would we send and listen in the same way at both? */
bool place_is_same(const struct place *one, const struct place *other);

/** place_is_lan() - is this address inside? */
bool place_is_lan(const struct place *place,
		  const struct sockaddr_storage *address);

#endif
