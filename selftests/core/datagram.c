// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making packets and knowing their checksums, straight from RFC 791, 768, 1071
 * and 8200.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "datagram.h"

void datagram_seed(void)
{
	const char *given = getenv("SEED");
	unsigned int seed = given ? strtoul(given, NULL, 0) :
				    (unsigned long)time(NULL);

	printf("# SEED=%u\n", seed);
	srandom(seed);
}

u32 datagram_random(u32 below)
{
	return ((u64)random() << 16 ^ random()) % below;
}

struct sf_endpoint datagram_endpoint(const char *text, unsigned int port)
{
	struct sf_endpoint endpoint;

	memset(&endpoint, 0, sizeof(endpoint));
	endpoint.family = strchr(text, ':') ? AF_INET6 : AF_INET;
	endpoint.port = htons(port);
	if (inet_pton(endpoint.family, text, endpoint.word) != 1)
		abort();
	return endpoint;
}

struct sf_endpoint datagram_random_endpoint(int family)
{
	struct sf_endpoint endpoint;
	unsigned int i;

	memset(&endpoint, 0, sizeof(endpoint));
	endpoint.family = family;
	endpoint.port = htons(datagram_random(0x10000));
	for (i = 0; i < (family == AF_INET ? 1 : 4); i++)
		endpoint.word[i] = htonl(datagram_random(0xffffffff));
	return endpoint;
}

unsigned int datagram_header_len(int family)
{
	return family == AF_INET ? 20 : 40;
}

u16 datagram_get16(const u8 *from)
{
	return from[0] << 8 | from[1];
}

void datagram_put16(u8 *to, u16 value)
{
	to[0] = value >> 8;
	to[1] = value & 0xff;
}

/* RFC 1071: end-around carry after every word, an odd byte padded with zero. */
static u32 add(u32 sum, const u8 *data, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++) {
		sum += i % 2 ? data[i] : data[i] << 8;
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return sum;
}

static unsigned int header_len(const u8 *data)
{
	return data[0] >> 4 == 4 ? (data[0] & 0xf) * 4 : 40;
}

u16 datagram_ip_csum(const u8 *data)
{
	return ~add(add(0, data, 10), data + 12, 8);
}

u16 datagram_pseudo_sum(const u8 *data)
{
	const u8 *udp = data + header_len(data);
	const u8 protocol[2] = { 0, 17 };
	u32 sum;

	if (data[0] >> 4 == 4)
		sum = add(0, data + 12, 8);
	else
		sum = add(0, data + 8, 32);
	sum = add(sum, protocol, 2);
	return add(sum, udp + 4, 2);
}

u16 datagram_udp_csum(const u8 *data)
{
	const u8 *udp = data + header_len(data);
	u32 sum = datagram_pseudo_sum(data);
	u16 csum;

	sum = add(sum, udp, 6);
	sum = add(sum, udp + 8, datagram_get16(udp + 4) - 8);
	csum = ~sum;
	return csum ? csum : 0xffff;
}

static void make_ipv4(u8 *data, const struct datagram_spec *spec)
{
	data[0] = 0x45;
	data[1] = spec->tos;
	datagram_put16(data + 2, 28 + spec->payload_len);
	datagram_put16(data + 4, datagram_random(0x10000));
	datagram_put16(data + 6, 0x4000);
	data[8] = spec->ttl;
	data[9] = 17;
	memcpy(data + 12, &spec->tuple.src.ip4, 4);
	memcpy(data + 16, &spec->tuple.dst.ip4, 4);
	datagram_put16(data + 10, datagram_ip_csum(data));
}

static void make_ipv6(u8 *data, const struct datagram_spec *spec)
{
	data[0] = 0x60 | spec->tos >> 4;
	data[1] = spec->tos << 4 | datagram_random(16);
	datagram_put16(data + 2, datagram_random(0x10000));
	datagram_put16(data + 4, 8 + spec->payload_len);
	data[6] = 17;
	data[7] = spec->ttl;
	memcpy(data + 8, &spec->tuple.src.ip6, 16);
	memcpy(data + 24, &spec->tuple.dst.ip6, 16);
}

void datagram_make(struct datagram *datagram, const struct datagram_spec *spec)
{
	unsigned int offset = datagram_header_len(spec->tuple.src.family);
	u8 *udp = datagram->data + offset;
	unsigned int i;

	datagram->len = offset + 8 + spec->payload_len;
	assert(datagram->len <= DATAGRAM_MAX);
	memset(datagram->data, 0, sizeof(datagram->data));
	if (spec->tuple.src.family == AF_INET)
		make_ipv4(datagram->data, spec);
	else
		make_ipv6(datagram->data, spec);
	memcpy(udp, &spec->tuple.src.port, 2);
	memcpy(udp + 2, &spec->tuple.dst.port, 2);
	datagram_put16(udp + 4, 8 + spec->payload_len);
	for (i = 0; i < spec->payload_len; i++)
		udp[8 + i] = datagram_random(256);
	if (!spec->no_csum)
		datagram_put16(udp + 6, datagram_udp_csum(datagram->data));
}
