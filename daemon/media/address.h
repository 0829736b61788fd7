/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transport address in little room.
 *
 * A call remembers many of them, and so does its plan. A sockaddr_storage is
 * five times as large as any of them is.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_MEDIA_ADDRESS_H
#define SIPFAST_DAEMON_MEDIA_ADDRESS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** union media_address - address and port; of family AF_UNSPEC (0) it is none */
union media_address {
	sa_family_t family;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static inline bool media_address_is_set(const union media_address *address)
{
	return address->family != AF_UNSPEC;
}

/** media_address_port() - the port, in host order */
static inline uint16_t media_address_port(const union media_address *address)
{
	return ntohs(address->family == AF_INET6 ? address->in6.sin6_port
						 : address->in.sin_port);
}

/** media_address_set_port() - change the port, given in host order */
static inline void media_address_set_port(union media_address *address,
					  uint16_t port)
{
	if (address->family == AF_INET6)
		address->in6.sin6_port = htons(port);
	else
		address->in.sin_port = htons(port);
}

/** media_address_set_any() - 0.0.0.0 or ::, whatever host it was */
static inline void media_address_set_any(union media_address *address)
{
	if (address->family == AF_INET6)
		address->in6.sin6_addr = in6addr_any;
	else
		address->in.sin_addr.s_addr = htonl(INADDR_ANY);
}

/** media_address_same_host() - the same host, whatever the ports? */
static inline bool media_address_same_host(const union media_address *one,
					   const union media_address *other)
{
	if (one->family != other->family)
		return false;
	if (one->family == AF_INET6)
		return !memcmp(&one->in6.sin6_addr, &other->in6.sin6_addr,
			       sizeof(one->in6.sin6_addr));
	return one->in.sin_addr.s_addr == other->in.sin_addr.s_addr;
}

/** media_address_equal() - the same address and port? Two that are none are. */
static inline bool media_address_equal(const union media_address *one,
				       const union media_address *other)
{
	if (one->family != other->family)
		return false;
	switch (one->family) {
	case AF_INET:
		return one->in.sin_port == other->in.sin_port &&
		       one->in.sin_addr.s_addr == other->in.sin_addr.s_addr;
	case AF_INET6:
		return one->in6.sin6_port == other->in6.sin6_port &&
		       !memcmp(&one->in6.sin6_addr, &other->in6.sin6_addr,
			       sizeof(one->in6.sin6_addr));
	default:
		return true;
	}
}

/** media_address_from() - take what a socket address says */
static inline union media_address
media_address_from(const struct sockaddr_storage *storage)
{
	union media_address address = { 0 };

	if (storage->ss_family == AF_INET)
		memcpy(&address.in, storage, sizeof(address.in));
	else if (storage->ss_family == AF_INET6)
		memcpy(&address.in6, storage, sizeof(address.in6));
	return address;
}

/** media_address_to() - the socket address for it */
static inline struct sockaddr_storage
media_address_to(const union media_address *address)
{
	struct sockaddr_storage storage = { 0 };

	memcpy(&storage, address, sizeof(*address));
	return storage;
}

#endif
