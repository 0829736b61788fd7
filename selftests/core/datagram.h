/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole packets for tests, made and judged byte by byte, the slow way: nothing
 * here shares a line with the code that is tried.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SELFTESTS_CORE_DATAGRAM_H
#define _SELFTESTS_CORE_DATAGRAM_H

#include "core/packet.h"

#define DATAGRAM_MAX	2048

/**
 * struct datagram - a packet on the wire
 * @data: its bytes
 * @len: how many
 */
struct datagram {
	u8		data[DATAGRAM_MAX] __attribute__((__aligned__(8)));
	unsigned int	len;
};

/**
 * datagram_spec - what a packet is to be
 * @tuple: its endpoints, both of one family
 * @payload_len: bytes of payload, chosen at random
 * @ttl: TTL or hop limit
 * @tos: TOS or traffic class
 * @no_csum: send it without a UDP checksum
 */
struct datagram_spec {
	struct sf_five_tuple	tuple;
	unsigned int		payload_len;
	u8			ttl;
	u8			tos;
	bool			no_csum;
};

/** datagram_seed() - begin a sequence of random numbers, and say so */
void datagram_seed(void);

/** datagram_random() - a random number below @below */
u32 datagram_random(u32 below);

/** datagram_endpoint() - an endpoint from its text, port included */
struct sf_endpoint datagram_endpoint(const char *text, unsigned int port);

/** datagram_random_endpoint() - any endpoint of a family */
struct sf_endpoint datagram_random_endpoint(int family);

/** datagram_make() - write a packet with the right lengths and checksums */
void datagram_make(struct datagram *datagram, const struct datagram_spec *spec);

/** datagram_header_len() - 20 or 40 */
unsigned int datagram_header_len(int family);

/** datagram_ip_csum() - the IPv4 header checksum as it should be */
u16 datagram_ip_csum(const u8 *data);

/** datagram_udp_csum() - the UDP checksum as it should be, never 0 */
u16 datagram_udp_csum(const u8 *data);

/** datagram_pseudo_sum() - the folded sum of the pseudo-header */
u16 datagram_pseudo_sum(const u8 *data);

/** datagram_get16() - two bytes in network order */
u16 datagram_get16(const u8 *from);

/** datagram_put16() - two bytes in network order */
void datagram_put16(u8 *to, u16 value);

#endif /* _SELFTESTS_CORE_DATAGRAM_H */
