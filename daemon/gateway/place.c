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

/* Addresses of an interface that are looked at, of one family */
#define MAX_ADDRESSES 16

/* Not reachable from the internet */
static const struct conf_prefix inner[] = {
	{ AF_INET, 8, { 10 } },				/* RFC 1918 */
	{ AF_INET, 12, { 172, 16 } },
	{ AF_INET, 16, { 192, 168 } },
	{ AF_INET, 10, { 100, 64 } },			/* RFC 6598 */
	{ AF_INET, 16, { 169, 254 } },			/* RFC 3927 */
	{ AF_INET6, 7, { 0xfc } },			/* RFC 4193 */
	{ AF_INET6, 10, { 0xfe, 0xc0 } },		/* RFC 3879 */
};

#define N_INNER (sizeof(inner) / sizeof(inner[0]))

static const int families[PLACE_N_FAMILIES] = {
	[PLACE_IPV4] = AF_INET,
	[PLACE_IPV6] = AF_INET6,
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

static bool is_in_one_of(const struct conf_prefix *prefixes, size_t n,
			 const struct sockaddr_storage *address)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (conf_prefix_holds(&prefixes[i], address))
			return true;
	return false;
}

static bool is_inner(const struct sockaddr_storage *address)
{
	return is_in_one_of(inner, N_INNER, address);
}

static struct conf_prefix network_of_one(const struct sockaddr_storage *host)
{
	return conf_prefix_of(host, host->ss_family == AF_INET6 ? 128 : 32);
}

static bool is_same_host(const struct sockaddr_storage *one,
			 const struct sockaddr_storage *other)
{
	struct conf_prefix host;

	if (!one->ss_family || !other->ss_family)
		return one->ss_family == other->ss_family;
	host = network_of_one(one);
	return conf_prefix_holds(&host, other);
}

static void add_prefix(struct place *place, const struct conf_prefix *prefix)
{
	if (prefix->len && place->n_prefixes < PLACE_MAX_PREFIXES)
		place->prefixes[place->n_prefixes++] = *prefix;
}

static void add_inside(struct place *place, const struct conf_prefix *network,
		       const struct sockaddr_storage *address)
{
	if (place->n_inside < PLACE_MAX_INSIDE)
		place->inside[place->n_inside++] = (struct place_inside){
			.network = *network, .own = network_of_one(address),
		};
}

/* Our address in @network, else the first: its hosts are behind another router. */
static const struct nl_prefix *own_in(const struct nl_prefix *own, int n,
				      const struct conf_prefix *network)
{
	int i;

	for (i = 0; i < n; i++)
		if (conf_prefix_holds(network, &own[i].address))
			return &own[i];
	return own;
}

/*
 * The interface's own addresses: their networks are served where no others are
 * given, and those that are given are told of us by them. How many, or -errno.
 */
static int look_at_own(const struct conf_lan *lan, int family,
		       struct place *place)
{
	struct nl_prefix own[MAX_ADDRESSES];
	const struct conf_prefix *given;
	struct conf_prefix network;
	int i, n;

	n = nl_link_prefixes(lan->ifname, family, own, MAX_ADDRESSES);
	for (i = 0; i < n; i++) {
		network = conf_prefix_of(&own[i].address, own[i].len);
		add_inside(place, &network, &own[i].address);
		if (!lan->n_prefixes)
			add_prefix(place, &network);
	}
	for (given = lan->prefixes;
	     n > 0 && given < lan->prefixes + lan->n_prefixes; given++)
		if (given->family == family)
			add_inside(place, given,
				   &own_in(own, n, given)->address);
	return n;
}

static int look_at_lan(const struct conf_lan *lan, struct place *place,
		       uint32_t *ifindex, char *why)
{
	unsigned int i;
	int n, total = 0;

	*ifindex = if_nametoindex(lan->ifname);
	if (!*ifindex)
		return say_why(why, -ENODEV, "there is no interface %s",
			       lan->ifname);
	for (i = 0; i < lan->n_prefixes; i++)
		add_prefix(place, &lan->prefixes[i]);
	for (i = 0; i < PLACE_N_FAMILIES; i++) {
		n = look_at_own(lan, families[i], place);
		if (n < 0)
			return say_why(why, n, "addresses of %s: %s",
				       lan->ifname, strerror(-n));
		total += n;
	}
	if (!total && !lan->n_prefixes)
		return say_why(why, -EADDRNOTAVAIL,
			       "%s has no address yet, and no prefixes are given for it",
			       lan->ifname);
	return 0;
}

/*
 * The address to serve by: the one that it has been, as long as it lasts; else
 * the first that the internet can reach; else the first. Or NULL.
 */
static const struct sockaddr_storage *
choose(const struct nl_prefix *own, int n, const struct sockaddr_storage *before)
{
	const struct sockaddr_storage *chosen = NULL;
	int i;

	for (i = 0; i < n; i++) {
		if (!own[i].lasting)
			continue;
		if (before && is_same_host(&own[i].address, before))
			return &own[i].address;
		if (!chosen || (is_inner(chosen) && !is_inner(&own[i].address)))
			chosen = &own[i].address;
	}
	return chosen;
}

static const char *write_host(const struct sockaddr_storage *address,
			      char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(address->ss_family, address->ss_family == AF_INET6 ?
			 (void *)&((struct sockaddr_in6 *)address)->sin6_addr :
			 (void *)&((struct sockaddr_in *)address)->sin_addr,
			 text, INET6_ADDRSTRLEN);
}

/*
 * Return: 0 where @egress can be served by; -EADDRNOTAVAIL where there is no
 * address; -ENETUNREACH where it is of no use; another -errno.
 */
static int look_at_egress(const char *ifname, int family,
			  const struct sockaddr_storage *external,
			  const struct sockaddr_storage *before,
			  struct place_egress *egress, char *why)
{
	struct nl_prefix own[MAX_ADDRESSES];
	const struct sockaddr_storage *chosen;
	char text[INET6_ADDRSTRLEN];
	int n;

	n = nl_link_prefixes(ifname, family, own, MAX_ADDRESSES);
	if (n < 0)
		return say_why(why, n, "addresses of %s: %s", ifname,
			       strerror(-n));
	chosen = choose(own, n, before);
	if (!chosen)
		return say_why(why, -EADDRNOTAVAIL, "%s has no address yet",
			       ifname);
	if (external->ss_family || !is_inner(chosen)) {
		egress->public = *chosen;
		egress->advertised = external->ss_family ? *external : *chosen;
		return 0;
	}
	return say_why(why, -ENETUNREACH,
		       "%s has %s, which the internet cannot reach; behind a 1:1 NAT give external-address",
		       ifname, write_host(chosen, text));
}

/*
 * No IPv6 is nothing to complain of where there is IPv4. A private IPv4 address
 * is, also where there is IPv6: somebody may believe that it is served.
 */
static int look_at_wan(const struct conf_wan *conf, bool ipv6,
		       const struct place_wan *before, struct place_wan *wan)
{
	const struct sockaddr_storage *external[] = {
		[PLACE_IPV4] = &conf->external4,
		[PLACE_IPV6] = &conf->external6,
	};
	char why[PLACE_N_FAMILIES][PLACE_WHY_LEN] = { "", "" };
	int err[PLACE_N_FAMILIES] = { 0, -EADDRNOTAVAIL };
	enum place_family said;
	unsigned int i;

	wan->ifindex = if_nametoindex(conf->ifname);
	if (!wan->ifindex)
		return say_why(wan->why, -ENODEV, "there is no interface %s",
			       conf->ifname);
	for (i = 0; i < (ipv6 ? PLACE_N_FAMILIES : PLACE_IPV6); i++)
		err[i] = look_at_egress(conf->ifname, families[i], external[i],
					before ? &before->egresses[i].public
					       : NULL,
					&wan->egresses[i], why[i]);
	said = err[PLACE_IPV4] != -ENETUNREACH &&
	       err[PLACE_IPV6] == -ENETUNREACH ? PLACE_IPV6 : PLACE_IPV4;
	if (err[PLACE_IPV4] && (err[PLACE_IPV6] || err[said] == -ENETUNREACH))
		memcpy(wan->why, why[said], PLACE_WHY_LEN);
	return err[PLACE_IPV4] && err[PLACE_IPV6] ? err[said] : 0;
}

/* Which phones the world cannot answer, whatever NAT there is or not. */
static void look_at_mapped(const struct conf *conf, struct place *place)
{
	static const struct conf_prefix all = { .family = AF_INET6 };
	unsigned int i;

	if (conf->ipv6 == CONF_IPV6_ALWAYS)
		place_map(place, &all);
	for (i = 0; conf->ipv6 == CONF_IPV6_AUTO && i < N_INNER; i++)
		if (inner[i].family == AF_INET6)
			place_map(place, &inner[i]);
}

int place_look(const struct conf *conf, const struct place *before,
	       struct place *place, char *why)
{
	int err, served = 0, first = 0;
	unsigned int i;

	memset(place, 0, sizeof(*place));
	for (i = 0; i < conf->n_lans; i++) {
		err = look_at_lan(&conf->lans[i], place,
				  &place->lan_ifindex[i], why);
		if (err)
			return err;
	}
	look_at_mapped(conf, place);
	for (i = 0; i < conf->n_wans; i++) {
		err = look_at_wan(&conf->wans[i], conf->ipv6 != CONF_IPV6_NEVER,
				  before ? &before->wans[i] : NULL,
				  &place->wans[i]);
		served += !err;
		first = first ? first : err;
	}
	if (served)
		return 0;
	for (i = 0; !place->wans[i].why[0]; i++)
		;
	memcpy(why, place->wans[i].why, PLACE_WHY_LEN);
	return first;
}

/* One in another: are all addresses of @inside also those of @prefix? */
static bool is_part_of(const struct conf_prefix *inside,
		       const struct conf_prefix *prefix)
{
	struct sockaddr_in6 first = { .sin6_family = AF_INET6 };
	struct sockaddr_storage storage = { 0 };

	memcpy(&first.sin6_addr, inside->address, sizeof(first.sin6_addr));
	memcpy(&storage, &first, sizeof(first));
	return inside->len >= prefix->len &&
	       conf_prefix_holds(prefix, &storage);
}

void place_map(struct place *place, const struct conf_prefix *network)
{
	const struct conf_prefix added = *network;
	unsigned int i, n = 0;

	for (i = 0; i < place->n_mapped; i++)
		if (is_part_of(&added, &place->mapped[i]))
			return;
	for (i = 0; i < place->n_mapped; i++)
		if (!is_part_of(&place->mapped[i], &added))
			place->mapped[n++] = place->mapped[i];
	if (n < PLACE_MAX_MAPPED)
		place->mapped[n++] = added;
	place->n_mapped = n;
}

bool place_is_inside_same(const struct place *one, const struct place *other)
{
	return !memcmp(one->lan_ifindex, other->lan_ifindex,
		       sizeof(one->lan_ifindex));
}

static bool is_egress_same(const struct place_egress *one,
			   const struct place_egress *other)
{
	return is_same_host(&one->public, &other->public) &&
	       is_same_host(&one->advertised, &other->advertised);
}

bool place_is_outside_same(const struct place *one, const struct place *other)
{
	unsigned int i, j;

	for (i = 0; i < CONF_MAX_WANS; i++) {
		if (one->wans[i].ifindex != other->wans[i].ifindex)
			return false;
		for (j = 0; j < PLACE_N_FAMILIES; j++)
			if (!is_egress_same(&one->wans[i].egresses[j],
					    &other->wans[i].egresses[j]))
				return false;
	}
	return true;
}

const struct place_egress *
place_egress_at(const struct place *place,
		const struct sockaddr_storage *address)
{
	const enum place_family family = place_family_of(address->ss_family);
	const struct place_egress *egress;
	unsigned int i;

	for (i = 0; i < CONF_MAX_WANS; i++) {
		egress = &place->wans[i].egresses[family];
		if (egress->public.ss_family &&
		    (is_same_host(&egress->public, address) ||
		     is_same_host(&egress->advertised, address)))
			return egress;
	}
	return NULL;
}

bool place_has(const struct place *place,
	       const struct sockaddr_storage *address)
{
	const struct place_egress *egress = place_egress_at(place, address);

	return egress && is_same_host(&egress->public, address);
}

bool place_keeps(const struct place *before, const struct place *now,
		 const struct sockaddr_storage *public)
{
	return place_has(now, public) &&
	       is_egress_same(place_egress_at(before, public),
			      place_egress_at(now, public));
}

bool place_is_lan(const struct place *place,
		  const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET6 &&
	    !is_in_one_of(place->mapped, place->n_mapped, address))
		return false;
	return is_in_one_of(place->prefixes, place->n_prefixes, address) &&
	       !place_has(place, address);
}

static struct sockaddr_storage address_of(const struct conf_prefix *host)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_storage storage = { 0 };

	memcpy(&in6.sin6_addr, host->address, sizeof(in6.sin6_addr));
	memcpy(&in.sin_addr, host->address, sizeof(in.sin_addr));
	if (host->family == AF_INET6)
		memcpy(&storage, &in6, sizeof(in6));
	else
		memcpy(&storage, &in, sizeof(in));
	return storage;
}

bool place_inside(const struct place *place,
		  const struct sockaddr_storage *lan,
		  struct sockaddr_storage *inside)
{
	const struct place_inside *at, *found = NULL;

	for (at = place->inside; at < place->inside + place->n_inside; at++)
		if (conf_prefix_holds(&at->network, lan) &&
		    (!found || at->network.len > found->network.len))
			found = at;
	if (!found)
		return false;
	*inside = address_of(&found->own);
	return true;
}
