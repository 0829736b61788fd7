/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy route that delivers diverted packets to this machine.
 *
 *	ip rule add fwmark MARK/MASK lookup TABLE
 *	ip route add local default dev lo table TABLE
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_ROUTE_H
#define SIPFAST_DAEMON_NL_ROUTE_H

#include <stdint.h>

/** Preference of our rule: behind `local`, before whatever the user added. */
#define NL_ROUTE_PREFERENCE 32

/**
 * struct nl_route_policy - what is added, and removed again
 * @family: AF_INET or AF_INET6
 * @mark: packets with this mark
 * @mask: under this mask
 * @table: routing table that is ours alone
 */
struct nl_route_policy {
	int family;
	uint32_t mark;
	uint32_t mask;
	uint32_t table;
};

/**
 * nl_route_add() - add rule and route
 * @policy: see there
 *
 * What a daemon left that was killed is put in place anew, never doubled.
 *
 * Return: 0; -EEXIST where @table holds a route that is not ours; another
 * -errno. Nothing is left behind on failure.
 */
int nl_route_add(const struct nl_route_policy *policy);

/**
 * nl_route_del() - remove rule and route
 * @policy: as it was added
 *
 * Return: 0, also where they were gone already, or -errno.
 */
int nl_route_del(const struct nl_route_policy *policy);

#endif
