/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network of either family, and which addresses are in it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CONF_PREFIX_H
#define SIPFAST_DAEMON_CONF_PREFIX_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct conf_prefix - a network
 * @family: AF_INET or AF_INET6
 * @len: its length in bits
 * @address: in network order, 4 or 16 bytes; host bits are 0
 */
struct conf_prefix {
	sa_family_t family;
	uint8_t len;
	uint8_t address[16];
};

/** conf_prefix_of() - the network of length @len that @address is in */
struct conf_prefix conf_prefix_of(const struct sockaddr_storage *address,
				  uint8_t len);

/** conf_prefix_holds() - is @address in @prefix? Never where families differ. */
bool conf_prefix_holds(const struct conf_prefix *prefix,
		       const struct sockaddr_storage *address);

#endif
