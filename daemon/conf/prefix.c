// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A network of either family, and which addresses are in it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "conf/prefix.h"

#include <string.h>

/* The bytes of an address, as many as its family has; *@n gets how many. */
static const uint8_t *bytes_of(const struct sockaddr_storage *address,
			       unsigned int *n)
{
	if (address->ss_family == AF_INET6) {
		*n = sizeof(struct in6_addr);
		return (const uint8_t *)
		       &((const struct sockaddr_in6 *)address)->sin6_addr;
	}
	*n = sizeof(struct in_addr);
	return (const uint8_t *)
	       &((const struct sockaddr_in *)address)->sin_addr;
}

/* Which bits of byte @i a prefix of @len bits covers. */
static uint8_t mask_of(unsigned int i, unsigned int len)
{
	if (len >= 8 * (i + 1))
		return 0xff;
	return len > 8 * i ? 0xff << (8 * (i + 1) - len) : 0;
}

struct conf_prefix conf_prefix_of(const struct sockaddr_storage *address,
				  uint8_t len)
{
	struct conf_prefix prefix = {
		.family = address->ss_family,
		.len = len,
	};
	const uint8_t *bytes;
	unsigned int i, n;

	bytes = bytes_of(address, &n);
	for (i = 0; i < n; i++)
		prefix.address[i] = bytes[i] & mask_of(i, len);
	return prefix;
}

bool conf_prefix_holds(const struct conf_prefix *prefix,
		       const struct sockaddr_storage *address)
{
	struct conf_prefix same;

	if (address->ss_family != prefix->family)
		return false;
	same = conf_prefix_of(address, prefix->len);
	return !memcmp(same.address, prefix->address, sizeof(same.address));
}
