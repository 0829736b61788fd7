/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces, their addresses, and by which of them a packet would leave.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_LINK_H
#define SIPFAST_DAEMON_NL_LINK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct nl_prefix - an address of an interface and the network it is in
 * @address: family and address, host bits included; the port is 0
 * @len: prefix length in bits
 * @lasting: others can be told of it: it is neither tentative nor deprecated, nor
 *	a temporary one (RFC 8981), and no other host has it
 */
struct nl_prefix {
	struct sockaddr_storage address;
	uint8_t len;
	bool lasting;
};

/**
 * nl_link_prefixes() - the addresses of an interface
 * @ifname: its name
 * @family: AF_INET or AF_INET6
 * @prefixes: filled in; primary addresses first, in the kernel's order
 * @max: room in @prefixes
 *
 * Link-local IPv6 addresses are left out.
 *
 * Return: how many there are, @max at most; -ENODEV; another -errno.
 */
int nl_link_prefixes(const char *ifname, int family,
		     struct nl_prefix *prefixes, unsigned int max);

/**
 * struct nl_egress - the way to somewhere
 * @ifindex: the interface by which it leaves
 * @local: it is an address of this machine
 * @source: the source address that it would have; AF_UNSPEC where none is
 *	said
 */
struct nl_egress {
	uint32_t ifindex;
	bool local;
	struct sockaddr_storage source;
};

/**
 * nl_link_egress() - by which way a packet of ours would leave
 * @destination: its address
 * @egress: filled in
 *
 * Return: 0; -ENETUNREACH, -EHOSTUNREACH or what else the routing table says;
 * another -errno.
 */
int nl_link_egress(const struct sockaddr_storage *destination,
		   struct nl_egress *egress);

/**
 * nl_link_forward() - by which way a packet of somebody else's would leave
 * @source: whose
 * @ifindex: the interface that it has come by
 * @destination: its address, of the same family
 * @egress: filled in
 *
 * Rules for that source and interface have their say, as they would if it were
 * forwarded.
 *
 * Return: as nl_link_egress(); -EINVAL or -EXDEV where a packet from there would
 * not be taken.
 */
int nl_link_forward(const struct sockaddr_storage *source, uint32_t ifindex,
		    const struct sockaddr_storage *destination,
		    struct nl_egress *egress);

#endif
