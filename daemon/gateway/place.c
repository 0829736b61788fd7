// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Looking at interfaces and their addresses.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "gateway/place.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nl/link.h"

/* Not reachable from the internet: RFC 1918, RFC 6598, RFC 3927 */
static const struct { uint32_t address; uint8_t len; } inner[] = {
	{ 0x0a000000, 8 }, { 0xac100000, 12 }, { 0xc0a80000, 16 },
	{ 0x64400000, 10 }, { 0xa9fe0000, 16 },
};

static int say_why(char *why, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int say_why(char *why, int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, PLACE_WHY_LEN, format, ap);
	va_end(ap);
	return err;
}

static bool is_in(struct in_addr address, uint32_t prefix, uint8_t len)
{
	return !((ntohl(address.s_addr) ^ prefix) >> (32 - len));
}

static bool is_inner(struct in_addr address)
{
	size_t i;

	for (i = 0; i < sizeof(inner) / sizeof(inner[0]); i++)
		if (is_in(address, inner[i].address, inner[i].len))
			return true;
	return false;
}

static void add_prefix(struct place *place, struct in_addr address,
		       uint8_t len)
{
	struct conf_prefix *prefix = &place->prefixes[place->n_prefixes];

	if (place->n_prefixes == PLACE_MAX_PREFIXES || !len)
		return;
	prefix->len = len;
	prefix->address.s_addr = address.s_addr & htonl(~0u << (32 - len));
	place->n_prefixes++;
}

static int look_at_lan(const struct conf_lan *lan, struct place *place,
		       uint32_t *ifindex, char *why)
{
	struct nl_prefix own[CONF_MAX_PREFIXES];
	const struct sockaddr_in *in;
	unsigned int i;
	int n;

	*ifindex = if_nametoindex(lan->ifname);
	if (!*ifindex)
		return say_why(why, -ENODEV, "there is no interface %s",
			       lan->ifname);
	for (i = 0; i < lan->n_prefixes; i++)
		add_prefix(place, lan->prefixes[i].address,
			   lan->prefixes[i].len);
	if (lan->n_prefixes)
		return 0;
	n = nl_link_prefixes(lan->ifname, AF_INET, own, CONF_MAX_PREFIXES);
	if (n < 0)
		return say_why(why, n, "addresses of %s: %s", lan->ifname,
			       strerror(-n));
	if (!n)
		return say_why(why, -EADDRNOTAVAIL,
			       "%s has no address yet, and no prefixes are given for it",
			       lan->ifname);
	for (i = 0; i < (unsigned int)n; i++) {
		in = (const struct sockaddr_in *)&own[i].address;
		add_prefix(place, in->sin_addr, own[i].len);
	}
	return 0;
}

static int look_at_wan(const struct conf_wan *wan, struct place *place,
		       char *why)
{
	struct sockaddr_storage address;
	char text[INET_ADDRSTRLEN];
	int err;

	place->wan_ifindex = if_nametoindex(wan->ifname);
	if (!place->wan_ifindex)
		return say_why(why, -ENODEV, "there is no interface %s",
			       wan->ifname);
	err = nl_link_address(wan->ifname, AF_INET, &address);
	if (err == -EADDRNOTAVAIL)
		return say_why(why, err, "%s has no address yet", wan->ifname);
	if (err)
		return say_why(why, err, "address of %s: %s", wan->ifname,
			       strerror(-err));
	place->public = ((struct sockaddr_in *)&address)->sin_addr;
	place->advertised = place->public;
	if (wan->external.s_addr != INADDR_ANY)
		place->advertised = wan->external;
	else if (is_inner(place->public))
		return say_why(why, -EADDRNOTAVAIL,
			       "%s has %s, which the internet cannot reach; behind a 1:1 NAT give external-address",
			       wan->ifname,
			       inet_ntop(AF_INET, &place->public, text,
					 sizeof(text)));
	return 0;
}

int place_look(const struct conf *conf, struct place *place, char *why)
{
	unsigned int i;
	int err;

	memset(place, 0, sizeof(*place));
	for (i = 0; i < conf->n_lans; i++) {
		err = look_at_lan(&conf->lans[i], place,
				  &place->lan_ifindex[i], why);
		if (err)
			return err;
	}
	return look_at_wan(&conf->wan, place, why);
}

bool place_is_same(const struct place *one, const struct place *other)
{
	return !memcmp(one->lan_ifindex, other->lan_ifindex,
		       sizeof(one->lan_ifindex)) &&
	       one->wan_ifindex == other->wan_ifindex &&
	       one->public.s_addr == other->public.s_addr &&
	       one->advertised.s_addr == other->advertised.s_addr;
}

bool place_is_lan(const struct place *place,
		  const struct sockaddr_storage *address)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	const struct conf_prefix *prefix;
	unsigned int i;

	if (address->ss_family != AF_INET ||
	    in->sin_addr.s_addr == place->public.s_addr)
		return false;
	for (i = 0; i < place->n_prefixes; i++) {
		prefix = &place->prefixes[i];
		if (is_in(in->sin_addr, ntohl(prefix->address.s_addr),
			  prefix->len))
			return true;
	}
	return false;
}
