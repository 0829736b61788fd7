/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transport address as a key, and as the bytes that SIP writes.
 *
 * Socket addresses have holes and must not be compared byte by byte; this has
 * none. Either family fits.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_ADDRESS_H
#define SIPFAST_DAEMON_ALG_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Room for "[IPv6]:port" and its NUL. */
#define ALG_ADDRESS_TEXT_LEN (INET6_ADDRSTRLEN + 8)

/**
 * struct alg_address - host and port
 * @family: AF_INET, AF_INET6; AF_UNSPEC (0) is no address
 * @port: in host order
 * @host: its first 4 bytes for AF_INET, the rest then is 0
 */
struct alg_address {
	uint16_t family;
	uint16_t port;
	uint8_t host[16];
};

/** alg_address_from() - the key for a socket address */
struct alg_address alg_address_from(const struct sockaddr_storage *storage);

/** alg_address_to() - the socket address for a key */
struct sockaddr_storage alg_address_to(const struct alg_address *address);

/** alg_address_same_host() - the same host, whatever the ports? */
bool alg_address_same_host(const struct alg_address *one,
			   const struct alg_address *other);

/** alg_address_equal() - the same host and port? */
bool alg_address_equal(const struct alg_address *one,
		       const struct alg_address *other);

/**
 * alg_address_host_read() - a host as SIP writes it, or with brackets left out
 * @text: bytes
 * @len: how many
 * @address: gets family and host; its port becomes 0
 *
 * RFC 3261 25.1 has brackets around IPv6 in a host and none in received, and
 * both are seen in either place (RFC 5118 4.5).
 *
 * Return: false where it is a name, or nothing at all.
 */
bool alg_address_host_read(const char *text, size_t len,
			   struct alg_address *address);

/**
 * alg_address_host_write() - the host as SIP writes it, IPv6 in brackets
 * @text: ALG_ADDRESS_TEXT_LEN bytes
 *
 * Return: its length, without the NUL.
 */
unsigned int alg_address_host_write(const struct alg_address *address,
				    char *text);

/** alg_address_bare_write() - the host without brackets, as above */
unsigned int alg_address_bare_write(const struct alg_address *address,
				    char *text);

/** alg_address_write() - "host:port", as above */
unsigned int alg_address_write(const struct alg_address *address, char *text);

#endif
