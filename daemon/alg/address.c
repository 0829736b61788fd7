// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A transport address as a key, and as the bytes that SIP writes.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

struct alg_address alg_address_from(const struct sockaddr_storage *storage)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)storage;
	const struct sockaddr_in *in = (const struct sockaddr_in *)storage;
	struct alg_address address = { .family = storage->ss_family };

	if (address.family == AF_INET6) {
		address.port = ntohs(in6->sin6_port);
		memcpy(address.host, &in6->sin6_addr, sizeof(in6->sin6_addr));
	} else {
		address.port = ntohs(in->sin_port);
		memcpy(address.host, &in->sin_addr, sizeof(in->sin_addr));
	}
	return address;
}

struct sockaddr_storage alg_address_to(const struct alg_address *address)
{
	struct sockaddr_storage storage = { .ss_family = address->family };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&storage;
	struct sockaddr_in *in = (struct sockaddr_in *)&storage;

	if (address->family == AF_INET6) {
		in6->sin6_port = htons(address->port);
		memcpy(&in6->sin6_addr, address->host, sizeof(in6->sin6_addr));
	} else {
		in->sin_port = htons(address->port);
		memcpy(&in->sin_addr, address->host, sizeof(in->sin_addr));
	}
	return storage;
}

bool alg_address_same_host(const struct alg_address *one,
			   const struct alg_address *other)
{
	return one->family == other->family &&
	       !memcmp(one->host, other->host, sizeof(one->host));
}

bool alg_address_equal(const struct alg_address *one,
		       const struct alg_address *other)
{
	return one->port == other->port && alg_address_same_host(one, other);
}

bool alg_address_host_read(const char *text, size_t len,
			   struct alg_address *address)
{
	char host[INET6_ADDRSTRLEN] = "";

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	*address = (struct alg_address){
		.family = memchr(host, ':', len) ? AF_INET6 : AF_INET,
	};
	return inet_pton(address->family, host, address->host) == 1;
}

/* Every message has some of them, and printf() would cost more than the rest. */
static unsigned int write_number(unsigned int number, char *text)
{
	char digits[10];
	unsigned int n = 0, len;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	for (len = 0; n; len++)
		text[len] = digits[--n];
	text[len] = '\0';
	return len;
}

static unsigned int write_ipv4(const uint8_t *host, char *text)
{
	unsigned int i, len = 0;

	for (i = 0; i < sizeof(struct in_addr); i++) {
		if (i)
			text[len++] = '.';
		len += write_number(host[i], text + len);
	}
	return len;
}

unsigned int alg_address_bare_write(const struct alg_address *address,
				    char *text)
{
	text[0] = '\0';
	if (address->family == AF_INET)
		return write_ipv4(address->host, text);
	inet_ntop(address->family, address->host, text, INET6_ADDRSTRLEN);
	return strlen(text);
}

unsigned int alg_address_host_write(const struct alg_address *address,
				    char *text)
{
	char host[ALG_ADDRESS_TEXT_LEN];

	if (address->family != AF_INET6)
		return alg_address_bare_write(address, text);
	alg_address_bare_write(address, host);
	return snprintf(text, ALG_ADDRESS_TEXT_LEN, "[%.*s]",
			INET6_ADDRSTRLEN, host);
}

unsigned int alg_address_write(const struct alg_address *address, char *text)
{
	unsigned int len = alg_address_host_write(address, text);

	text[len++] = ':';
	return len + write_number(address->port, text + len);
}
