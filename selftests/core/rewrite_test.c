// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rewriting packets. What the rewrite adjusts is compared with what a full
 * computation over the finished packet gives.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/csum.h"
#include "core/rewrite.h"
#include "datagram.h"

#define ROUNDS 20000

static struct datagram_spec random_spec(int family)
{
	struct datagram_spec spec = {
		.tuple.src = datagram_random_endpoint(family),
		.tuple.dst = datagram_random_endpoint(family),
		.payload_len = datagram_random(64),
		.ttl = 3 + datagram_random(253),
		.tos = datagram_random(256),
		.no_csum = family == AF_INET && !datagram_random(8),
	};

	return spec;
}

static int random_dscp(void)
{
	return datagram_random(2) ? SF_DSCP_KEEP : (int)datagram_random(64);
}

static u8 tos_after(u8 tos, int dscp)
{
	return dscp == SF_DSCP_KEEP ? tos : dscp << 2 | (tos & 3);
}

static struct sf_packet parsed(const struct datagram *datagram)
{
	struct sf_packet packet;

	assert_int_equal(sf_packet_parse(datagram->data, datagram->len,
					 datagram->len, &packet),
			 SF_PACKET_OK);
	return packet;
}

static u8 *udp_of(struct datagram *datagram, int family)
{
	return datagram->data + datagram_header_len(family);
}

/* All that a receiver looks at: RFC 791, 768, 8200. */
static void is_sound(struct datagram *datagram, int family, bool has_csum)
{
	u8 *udp = udp_of(datagram, family);

	if (family == AF_INET)
		assert_int_equal(datagram_get16(datagram->data + 10),
				 datagram_ip_csum(datagram->data));
	if (has_csum)
		assert_int_equal(datagram_get16(udp + 6),
				 datagram_udp_csum(datagram->data));
	else
		assert_int_equal(datagram_get16(udp + 6), 0);
}

static void has_become(struct datagram *datagram,
		       const struct datagram_spec *spec,
		       const struct sf_rewrite *rewrite)
{
	const struct sf_endpoint src = sf_rewrite_src(rewrite);
	const struct sf_endpoint dst = sf_rewrite_dst(rewrite);
	struct sf_packet after;

	is_sound(datagram, rewrite->family, !spec->no_csum);
	after = parsed(datagram);
	assert_true(sf_endpoint_equal(&after.tuple.src, &src));
	assert_true(sf_endpoint_equal(&after.tuple.dst, &dst));
	assert_int_equal(after.ttl, spec->ttl - 1);
	assert_int_equal(after.tos, tos_after(spec->tos, rewrite->dscp));
	assert_int_equal(after.payload_len, spec->payload_len);
}

static void rewrite_any(int family)
{
	struct sf_endpoint src, dst;
	struct sf_rewrite rewrite;
	struct datagram datagram, original;
	struct datagram_spec spec;
	struct sf_packet packet;
	unsigned int i, header = datagram_header_len(family);

	for (i = 0; i < ROUNDS; i++) {
		spec = random_spec(family);
		datagram_make(&datagram, &spec);
		original = datagram;
		packet = parsed(&datagram);
		src = datagram_random_endpoint(family);
		dst = datagram_random_endpoint(family);
		sf_rewrite_init(&rewrite, &packet.tuple, &src, &dst,
				random_dscp());
		sf_packet_rewrite(datagram.data, &rewrite,
				  SF_CSUM_FULL);
		has_become(&datagram, &spec, &rewrite);
		/* Identification, flow label, lengths and payload stay. */
		if (family == AF_INET6)
			assert_int_equal(datagram.data[1] & 0x0f,
					 original.data[1] & 0x0f);
		assert_memory_equal(datagram.data + 2, original.data + 2,
				    family == AF_INET ? 6 : 5);
		assert_memory_equal(datagram.data + header + 8,
				    original.data + header + 8,
				    spec.payload_len);
	}
}

static void ipv4_checksums_come_out_right(void **state)
{
	(void)state;
	rewrite_any(AF_INET);
}

static void ipv6_checksums_come_out_right(void **state)
{
	(void)state;
	rewrite_any(AF_INET6);
}

static void one_rewrite_serves_every_packet_of_a_flow(void **state)
{
	struct datagram_spec spec = random_spec(AF_INET);
	struct sf_endpoint src = datagram_random_endpoint(AF_INET);
	struct sf_endpoint dst = datagram_random_endpoint(AF_INET);
	struct sf_rewrite rewrite;
	struct datagram datagram;
	unsigned int i;

	(void)state;
	sf_rewrite_init(&rewrite, &spec.tuple, &src, &dst, SF_DSCP_KEEP);
	for (i = 0; i < ROUNDS; i++) {
		spec.payload_len = datagram_random(200);
		spec.ttl = 3 + datagram_random(253);
		spec.tos = datagram_random(256);
		spec.no_csum = !datagram_random(8);
		datagram_make(&datagram, &spec);
		sf_packet_rewrite(datagram.data, &rewrite, SF_CSUM_FULL);
		has_become(&datagram, &spec, &rewrite);
	}
}

static void a_rewrite_to_the_same_endpoints(void **state)
{
	struct datagram datagram, original;
	struct datagram_spec spec;
	struct sf_rewrite rewrite;
	unsigned int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		spec = random_spec(i % 2 ? AF_INET : AF_INET6);
		datagram_make(&datagram, &spec);
		original = datagram;
		sf_rewrite_init(&rewrite, &spec.tuple, &spec.tuple.src,
				&spec.tuple.dst, SF_DSCP_KEEP);
		sf_packet_rewrite(datagram.data, &rewrite, SF_CSUM_FULL);
		has_become(&datagram, &spec, &rewrite);
		assert_memory_equal(udp_of(&datagram, rewrite.family),
				    udp_of(&original, rewrite.family),
				    8 + spec.payload_len);
	}
}

/* The header checksum is not verified: its error has to survive, as it was. */
static void a_wrong_header_checksum_stays_as_wrong(void **state)
{
	struct datagram_spec spec = random_spec(AF_INET);
	struct sf_endpoint src = datagram_random_endpoint(AF_INET);
	struct sf_endpoint dst = datagram_random_endpoint(AF_INET);
	struct sf_rewrite rewrite;
	struct datagram datagram;
	u16 right, wrong;
	unsigned int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		spec.ttl = 3 + datagram_random(253);
		datagram_make(&datagram, &spec);
		right = datagram_get16(datagram.data + 10);
		wrong = right ^ (1 << datagram_random(16));
		datagram_put16(datagram.data + 10, wrong);
		sf_rewrite_init(&rewrite, &spec.tuple, &src, &dst,
				datagram_random(2) ? 46 : SF_DSCP_KEEP);
		assert_false(sf_packet_has_ip_csum((void *)datagram.data));
		sf_packet_rewrite(datagram.data, &rewrite, SF_CSUM_FULL);
		assert_false(sf_packet_has_ip_csum((void *)datagram.data));
	}
}

static void a_damaged_payload_stays_visible(void **state)
{
	struct datagram_spec spec = random_spec(AF_INET);
	struct sf_endpoint src = datagram_random_endpoint(AF_INET);
	struct sf_endpoint dst = datagram_random_endpoint(AF_INET);
	struct sf_rewrite rewrite;
	struct datagram datagram;
	struct sf_packet packet;

	(void)state;
	spec.payload_len = 160;
	spec.no_csum = false;
	datagram_make(&datagram, &spec);
	datagram.data[100] ^= 0x10;
	packet = parsed(&datagram);
	sf_rewrite_init(&rewrite, &packet.tuple, &src, &dst, SF_DSCP_KEEP);
	sf_packet_rewrite(datagram.data, &rewrite, SF_CSUM_FULL);
	assert_int_not_equal(datagram_get16(datagram.data + 26),
			     datagram_udp_csum(datagram.data));
}

/* The last payload word is chosen so that the sum comes to all ones. */
static void make_zero(struct datagram *datagram, struct datagram_spec *spec)
{
	u8 *last;
	u16 csum;

	spec->payload_len = 2;
	spec->no_csum = false;
	datagram_make(datagram, spec);
	last = udp_of(datagram, spec->tuple.src.family) + 8;
	datagram_put16(last, 0);
	csum = datagram_udp_csum(datagram->data);
	datagram_put16(last, csum);
	datagram_put16(last - 2, datagram_udp_csum(datagram->data));
}

static void a_checksum_of_zero_is_sent_as_ones(void **state)
{
	struct datagram datagram;
	struct datagram_spec spec, wanted;
	struct sf_rewrite rewrite;
	struct sf_packet packet;
	unsigned int i;
	u8 payload[2];
	u8 *udp;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		int family = i % 2 ? AF_INET : AF_INET6;

		/* This payload brings the rewritten packet to zero. */
		wanted = random_spec(family);
		make_zero(&datagram, &wanted);
		udp = udp_of(&datagram, family);
		assert_int_equal(datagram_get16(udp + 6), 0xffff);
		memcpy(payload, udp + 8, 2);

		spec = random_spec(family);
		spec.payload_len = 2;
		spec.no_csum = false;
		datagram_make(&datagram, &spec);
		memcpy(udp + 8, payload, 2);
		datagram_put16(udp + 6, datagram_udp_csum(datagram.data));
		packet = parsed(&datagram);
		sf_rewrite_init(&rewrite, &packet.tuple, &wanted.tuple.src,
				&wanted.tuple.dst, SF_DSCP_KEEP);
		sf_packet_rewrite(datagram.data, &rewrite,
				  SF_CSUM_FULL);
		assert_int_equal(datagram_get16(udp + 6), 0xffff);
	}
}

static void a_partial_checksum_follows_the_addresses(void **state)
{
	struct sf_endpoint src, dst;
	struct datagram datagram;
	struct datagram_spec spec;
	struct sf_rewrite rewrite;
	struct sf_packet packet;
	unsigned int i;
	u8 *udp;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		int family = i % 2 ? AF_INET : AF_INET6;

		spec = random_spec(family);
		spec.no_csum = false;
		datagram_make(&datagram, &spec);
		udp = udp_of(&datagram, family);
		datagram_put16(udp + 6, datagram_pseudo_sum(datagram.data));
		packet = parsed(&datagram);
		src = datagram_random_endpoint(family);
		dst = datagram_random_endpoint(family);
		sf_rewrite_init(&rewrite, &packet.tuple, &src, &dst,
				random_dscp());
		sf_packet_rewrite(datagram.data, &rewrite,
				  SF_CSUM_PARTIAL);
		assert_int_equal(datagram_get16(udp + 6),
				 datagram_pseudo_sum(datagram.data));
	}
}

/* Into the other family, the UDP header staying where it is. */
static void translate(int from, int to, enum sf_csum_mode mode)
{
	unsigned int old_len = datagram_header_len(from);
	unsigned int new_len = datagram_header_len(to);
	struct datagram datagram, original;
	struct sf_endpoint src, dst;
	struct datagram_spec spec;
	struct sf_rewrite rewrite;
	struct sf_packet packet;
	u16 before;

	spec = random_spec(from);
	spec.no_csum = false;
	datagram_make(&original, &spec);
	packet = parsed(&original);
	src = datagram_random_endpoint(to);
	dst = datagram_random_endpoint(to);
	sf_rewrite_init(&rewrite, &packet.tuple, &src, &dst, random_dscp());
	assert_int_equal(sf_packet_rewrite_header_len(&rewrite), new_len);

	before = datagram_pseudo_sum(original.data);
	if (mode == SF_CSUM_PARTIAL)
		datagram_put16(original.data + old_len + 6, before);
	memset(&datagram, 0xa5, sizeof(datagram));
	datagram.len = original.len - old_len + new_len;
	memcpy(datagram.data + new_len, original.data + old_len,
	       original.len - old_len);
	sf_packet_translate(datagram.data, &packet, &rewrite, mode);
	if (mode == SF_CSUM_PARTIAL)
		assert_int_equal(datagram_get16(datagram.data + new_len + 6),
				 datagram_pseudo_sum(datagram.data));
	else
		has_become(&datagram, &spec, &rewrite);
}

static void between_the_families(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		translate(AF_INET, AF_INET6, SF_CSUM_FULL);
		translate(AF_INET6, AF_INET, SF_CSUM_FULL);
		translate(AF_INET, AF_INET6, SF_CSUM_PARTIAL);
		translate(AF_INET6, AF_INET, SF_CSUM_PARTIAL);
	}
}

/* The example of RFC 1624 section 4: the older equations fail it. */
static void rfc1624_example(void **state)
{
	u16 m = (u16)~0x5555, delta;

	(void)state;
	delta = sf_csum_fold((u32)m + 0x3285);
	assert_int_equal((__force u16)sf_csum_replace((__force __sum16)0xdd2f,
						      delta), 0x0000);
}

static void fold_carries_all_the_way(void **state)
{
	(void)state;
	assert_int_equal(sf_csum_fold(0), 0);
	assert_int_equal(sf_csum_fold(0xffff), 0xffff);
	assert_int_equal(sf_csum_fold(0x10000), 1);
	assert_int_equal(sf_csum_fold(0xffffffff), 0xffff);
	assert_int_equal(sf_csum_fold(0x100000000), 1);
	assert_int_equal(sf_csum_fold(0x1ffffffff), 1);
	assert_int_equal(sf_csum_fold(0x00010000ffffffff), 1);
	assert_int_equal(sf_csum_fold(0xffffffffffffffff), 0xffff);
	assert_int_equal(sf_csum_fold(0xfffefffffffeffff), 0xfffd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fold_carries_all_the_way),
		cmocka_unit_test(rfc1624_example),
		cmocka_unit_test(ipv4_checksums_come_out_right),
		cmocka_unit_test(ipv6_checksums_come_out_right),
		cmocka_unit_test(one_rewrite_serves_every_packet_of_a_flow),
		cmocka_unit_test(a_rewrite_to_the_same_endpoints),
		cmocka_unit_test(a_wrong_header_checksum_stays_as_wrong),
		cmocka_unit_test(a_damaged_payload_stays_visible),
		cmocka_unit_test(a_checksum_of_zero_is_sent_as_ones),
		cmocka_unit_test(a_partial_checksum_follows_the_addresses),
		cmocka_unit_test(between_the_families),
	};

	datagram_seed();
	return cmocka_run_group_tests_name("rewrite", tests, NULL, NULL);
}
