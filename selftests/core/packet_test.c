// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading packets: every verdict, every boundary, every truncation.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "datagram.h"

static struct datagram_spec spec4(void)
{
	return (struct datagram_spec) {
		.tuple.src = datagram_endpoint("192.0.2.7", 40000),
		.tuple.dst = datagram_endpoint("198.51.100.9", 5004),
		.payload_len = 172,
		.ttl = 64,
		.tos = 0xb9,
	};
}

static struct datagram_spec spec6(void)
{
	return (struct datagram_spec) {
		.tuple.src = datagram_endpoint("2001:db8::7", 40000),
		.tuple.dst = datagram_endpoint("2001:db8:1::9", 5004),
		.payload_len = 172,
		.ttl = 64,
		.tos = 0xb9,
	};
}

/* ASan sees a read behind the last readable byte of this copy. */
static enum sf_packet_verdict parse(const struct datagram *datagram,
				    unsigned int readable, unsigned int len,
				    struct sf_packet *packet)
{
	enum sf_packet_verdict verdict;
	u8 *copy = malloc(readable ? readable : 1);

	assert_non_null(copy);
	memcpy(copy, datagram->data, readable);
	memset(packet, 0x5a, sizeof(*packet));
	verdict = sf_packet_parse(copy, readable, len, packet);
	free(copy);
	return verdict;
}

/* The short cut for plain packets may not see more than the long way does. */
static bool is_plain_and_whole(const struct datagram *datagram)
{
	const void *ip = datagram->data;

	if (datagram->len < 48)
		return false;
	if (datagram->data[0] >> 4 == 4)
		return sf_packet_is_plain_ipv4(ip) &&
		       sf_packet_is_whole_ipv4(ip, datagram->len);
	return sf_packet_is_plain_ipv6(ip) &&
	       sf_packet_is_whole_ipv6(ip, datagram->len);
}

static enum sf_packet_verdict verdict_of(const struct datagram *datagram)
{
	struct sf_packet packet;
	enum sf_packet_verdict verdict;

	verdict = parse(datagram, datagram->len, datagram->len, &packet);
	if (datagram->len >= 48)
		assert_int_equal(is_plain_and_whole(datagram),
				 verdict == SF_PACKET_OK &&
				 packet.total_len == datagram->len);
	return verdict;
}

static void fix_ip_csum(struct datagram *datagram)
{
	datagram_put16(datagram->data + 10, datagram_ip_csum(datagram->data));
}

static void read_back(struct datagram_spec spec)
{
	unsigned int header = datagram_header_len(spec.tuple.src.family);
	struct sf_packet packet;
	struct datagram datagram;

	datagram_make(&datagram, &spec);
	assert_int_equal(parse(&datagram, datagram.len, datagram.len, &packet),
			 SF_PACKET_OK);
	assert_memory_equal(&packet.tuple.src, &spec.tuple.src,
			    sizeof(struct sf_endpoint));
	assert_memory_equal(&packet.tuple.dst, &spec.tuple.dst,
			    sizeof(struct sf_endpoint));
	assert_int_equal(packet.tuple.protocol, IPPROTO_UDP);
	assert_int_equal(packet.udp_offset, header);
	assert_int_equal(packet.payload_offset, header + 8);
	assert_int_equal(packet.payload_len, spec.payload_len);
	assert_int_equal(packet.total_len, datagram.len);
	assert_int_equal(packet.ttl, spec.ttl);
	assert_int_equal(packet.tos, spec.tos);
	assert_int_equal(packet.has_csum, !spec.no_csum);
}

static void ipv4_is_read(void **state)
{
	struct datagram_spec spec = spec4();

	(void)state;
	read_back(spec);
	spec.no_csum = true;
	read_back(spec);
	spec.payload_len = 0;
	read_back(spec);
}

static void ipv6_is_read(void **state)
{
	struct datagram_spec spec = spec6();

	(void)state;
	read_back(spec);
	spec.payload_len = 0;
	read_back(spec);
}

static void truncate(struct datagram_spec spec)
{
	unsigned int headers = datagram_header_len(spec.tuple.src.family) + 8;
	struct sf_packet packet;
	struct datagram datagram;
	unsigned int len;

	datagram_make(&datagram, &spec);
	for (len = 0; len < datagram.len; len++)
		assert_int_equal(parse(&datagram, len, len, &packet),
				 len < headers ? SF_PACKET_OTHER :
						 SF_PACKET_MALFORMED);
	/* The payload need not be in sight. */
	for (len = headers; len < datagram.len; len++)
		assert_int_equal(parse(&datagram, len, datagram.len, &packet),
				 SF_PACKET_OK);
}

static void truncated_at_every_length(void **state)
{
	(void)state;
	truncate(spec4());
	truncate(spec6());
}

static void padding_is_not_the_packet(void **state)
{
	struct datagram_spec spec = spec4();
	struct sf_packet packet;
	struct datagram datagram;

	(void)state;
	spec.payload_len = 12;
	datagram_make(&datagram, &spec);
	assert_int_equal(parse(&datagram, 60, 60, &packet), SF_PACKET_OK);
	assert_int_equal(packet.total_len, 40);
	assert_int_equal(packet.payload_len, 12);
}

static void other_protocols_are_not_ours(void **state)
{
	struct datagram_spec spec = spec4();
	struct datagram datagram;
	int version;

	(void)state;
	datagram_make(&datagram, &spec);
	datagram.data[9] = IPPROTO_TCP;
	fix_ip_csum(&datagram);
	assert_int_equal(verdict_of(&datagram), SF_PACKET_OTHER);

	for (version = 0; version < 16; version++) {
		datagram_make(&datagram, &spec);
		datagram.data[0] = version << 4 | 5;
		if (version != 4 && version != 6)
			assert_int_equal(verdict_of(&datagram),
					 SF_PACKET_OTHER);
	}

	spec = spec6();
	datagram_make(&datagram, &spec);
	datagram.data[6] = IPPROTO_TCP;
	assert_int_equal(verdict_of(&datagram), SF_PACKET_OTHER);
}

static void ipv4_fragments(void **state)
{
	struct datagram_spec spec = spec4();
	struct datagram datagram;
	struct sf_packet packet;

	(void)state;
	datagram_make(&datagram, &spec);
	datagram_put16(datagram.data + 6, 0x2000);
	assert_int_equal(parse(&datagram, datagram.len, datagram.len, &packet),
			 SF_PACKET_FRAGMENT);
	assert_int_equal(packet.tuple.dst.port, spec.tuple.dst.port);
	datagram_put16(datagram.data + 6, 0x2001);
	assert_int_equal(verdict_of(&datagram), SF_PACKET_OTHER);
	datagram_put16(datagram.data + 6, 0x0001);
	assert_int_equal(verdict_of(&datagram), SF_PACKET_OTHER);
}

/* Put @n bytes behind the header that is @at bytes long. */
static void insert(struct datagram *datagram, unsigned int at, unsigned int n)
{
	memmove(datagram->data + at + n, datagram->data + at,
		datagram->len - at);
	memset(datagram->data + at, 0, n);
	datagram->len += n;
}

static void ipv4_options(void **state)
{
	struct datagram_spec spec = spec4();
	struct datagram datagram;
	struct sf_packet packet;
	unsigned int ihl;

	(void)state;
	for (ihl = 0; ihl < 16; ihl++) {
		datagram_make(&datagram, &spec);
		if (ihl > 5)
			insert(&datagram, 20, (ihl - 5) * 4);
		datagram.data[0] = 0x40 | ihl;
		if (ihl < 5) {
			assert_int_equal(verdict_of(&datagram),
					 SF_PACKET_OTHER);
		} else if (ihl > 5) {
			assert_int_equal(parse(&datagram, datagram.len,
					       datagram.len, &packet),
					 SF_PACKET_OPTIONS);
			assert_int_equal(packet.tuple.dst.port,
					 spec.tuple.dst.port);
			assert_int_equal(parse(&datagram, ihl * 4 + 7,
					       datagram.len, &packet),
					 SF_PACKET_OTHER);
		}
	}
}

static void extend(struct datagram *datagram, u8 type, unsigned int words)
{
	struct datagram_spec spec = spec6();

	datagram_make(datagram, &spec);
	insert(datagram, 40, 8 + words * 8);
	datagram->data[40] = IPPROTO_UDP;
	datagram->data[41] = words;
	datagram->data[6] = type;
}

static void ipv6_extension_headers(void **state)
{
	static const u8 types[] = { 0, 43, 60 };
	struct sf_packet packet;
	struct datagram datagram;
	unsigned int i, words, len;

	(void)state;
	for (i = 0; i < sizeof(types); i++) {
		for (words = 0; words < 8; words++) {
			extend(&datagram, types[i], words);
			assert_int_equal(parse(&datagram, datagram.len,
					       datagram.len, &packet),
					 SF_PACKET_OPTIONS);
			assert_int_equal(ntohs(packet.tuple.dst.port), 5004);
			for (len = 0; len < 48 + words * 8 + 8; len++)
				assert_int_equal(parse(&datagram, len, len,
						       &packet),
						 SF_PACKET_OTHER);
		}
	}
	extend(&datagram, 0, 0);
	insert(&datagram, 48, 16);	/* destination options behind it */
	datagram.data[40] = 60;
	datagram.data[48] = IPPROTO_UDP;
	datagram.data[49] = 1;
	assert_int_equal(parse(&datagram, datagram.len, datagram.len, &packet),
			 SF_PACKET_OPTIONS);
	assert_int_equal(ntohs(packet.tuple.dst.port), 5004);

	extend(&datagram, 50, 0);	/* ESP hides what follows */
	assert_int_equal(verdict_of(&datagram), SF_PACKET_OTHER);
	extend(&datagram, 0, 0);
	datagram.data[40] = 59;		/* no next header */
	assert_int_equal(verdict_of(&datagram), SF_PACKET_OTHER);
}

static void ipv6_extension_headers_without_end(void **state)
{
	struct datagram datagram;

	(void)state;
	memset(&datagram, 0, sizeof(datagram));
	datagram.data[0] = 0x60;
	datagram.len = DATAGRAM_MAX;
	assert_int_equal(verdict_of(&datagram), SF_PACKET_OTHER);
}

static void ipv6_fragments(void **state)
{
	struct datagram datagram;

	(void)state;
	extend(&datagram, 44, 0);
	assert_int_equal(verdict_of(&datagram), SF_PACKET_FRAGMENT);
	datagram_put16(datagram.data + 42, 0x0001);
	assert_int_equal(verdict_of(&datagram), SF_PACKET_FRAGMENT);
	datagram_put16(datagram.data + 42, 0x0008);
	assert_int_equal(verdict_of(&datagram), SF_PACKET_OTHER);
}

/* By those who ask: what is only rewritten keeps its error. */
static void any_damaged_ipv4_header_bit_is_seen(void **state)
{
	struct datagram_spec spec = spec4();
	struct datagram datagram;
	unsigned int bit;

	(void)state;
	datagram_make(&datagram, &spec);
	assert_true(sf_packet_has_ip_csum((void *)datagram.data));
	for (bit = 0; bit < 160; bit++) {
		datagram_make(&datagram, &spec);
		datagram.data[bit / 8] ^= 1 << bit % 8;
		assert_false(sf_packet_has_ip_csum((void *)datagram.data));
	}
}

static void lengths_must_agree(struct datagram_spec spec)
{
	unsigned int header = datagram_header_len(spec.tuple.src.family);
	struct datagram datagram;
	unsigned int right, len;

	datagram_make(&datagram, &spec);
	right = datagram_get16(datagram.data + header + 4);
	for (len = 0; len < 0x10000; len++) {
		datagram_put16(datagram.data + header + 4, len);
		assert_int_equal(verdict_of(&datagram),
				 len == right ? SF_PACKET_OK :
						SF_PACKET_MALFORMED);
	}
}

static void udp_and_ip_lengths_must_agree(void **state)
{
	struct datagram_spec spec = spec6();
	struct datagram datagram;

	(void)state;
	lengths_must_agree(spec4());
	lengths_must_agree(spec6());

	/* A jumbogram has no length here (RFC 2675). */
	datagram_make(&datagram, &spec);
	datagram_put16(datagram.data + 4, 0);
	datagram_put16(datagram.data + 44, 0);
	assert_int_equal(verdict_of(&datagram), SF_PACKET_MALFORMED);
}

static void ipv6_needs_a_udp_checksum(void **state)
{
	struct datagram_spec spec = spec6();
	struct datagram datagram;

	(void)state;
	spec.no_csum = true;
	datagram_make(&datagram, &spec);
	assert_int_equal(verdict_of(&datagram), SF_PACKET_MALFORMED);
}

static void ttl_must_outlive_us(void **state)
{
	struct datagram_spec spec;
	struct datagram datagram;
	unsigned int ttl;

	(void)state;
	for (ttl = 0; ttl < 256; ttl++) {
		spec = spec4();
		spec.ttl = ttl;
		datagram_make(&datagram, &spec);
		assert_int_equal(verdict_of(&datagram),
				 ttl > 1 ? SF_PACKET_OK : SF_PACKET_TTL);
		spec = spec6();
		spec.ttl = ttl;
		datagram_make(&datagram, &spec);
		assert_int_equal(verdict_of(&datagram),
				 ttl > 1 ? SF_PACKET_OK : SF_PACKET_TTL);
	}
}

static void endpoints_compare(void **state)
{
	struct sf_endpoint x, y;
	unsigned int i;

	(void)state;
	x = datagram_endpoint("2001:db8::1", 1000);
	y = x;
	assert_true(sf_endpoint_equal(&x, &y));
	for (i = 0; i < sizeof(x); i++) {
		y = x;
		((u8 *)&y)[i] ^= 1;
		assert_false(sf_endpoint_equal(&x, &y));
		assert_int_equal(sf_endpoint_equal_addr(&x, &y),
				 i == 16 || i == 17);
	}
}

/* Consecutive ports, which is what a gateway has, spread over the buckets. */
static void endpoints_hash_apart(void **state)
{
	static const u64 secret[3] = {
		0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9
	};
	static const char * const address[] = { "203.0.113.5", "2001:db8::5" };
	unsigned int fill[256], i, port, most;
	struct sf_endpoint endpoint;
	u64 word;

	(void)state;
	for (i = 0; i < 2; i++) {
		memset(fill, 0, sizeof(fill));
		most = 0;
		for (port = 20000; port < 20000 + 8 * 256; port++) {
			endpoint = datagram_endpoint(address[i], port);
			word = sf_endpoint_word(&endpoint, secret + 1);
			fill[word * secret[0] >> 56]++;
		}
		for (port = 0; port < 256; port++)
			most = fill[port] > most ? fill[port] : most;
		assert_in_range(most, 8, 32);
	}
}

static void hosts_are_told_from_the_rest(void **state)
{
	static const struct { const char *address; bool is_host; } cases[] = {
		{ "192.0.2.1", true },		{ "10.0.0.1", true },
		{ "126.255.255.255", true },	{ "128.0.0.0", true },
		{ "223.255.255.255", true },	{ "240.0.0.1", true },
		{ "0.0.0.0", false },		{ "0.1.2.3", false },
		{ "127.0.0.1", false },		{ "127.255.255.255", false },
		{ "224.0.0.1", false },		{ "239.255.255.255", false },
		{ "255.255.255.255", false },
		{ "2001:db8::1", true },	{ "fe80::1", true },
		{ "fd00::1", true },		{ "::2", true },
		{ "64:ff9b::192.0.2.1", true },
		{ "::", false },		{ "::1", false },
		{ "ff02::1", false },		{ "ffff::", false },
		{ "::ffff:192.0.2.1", false },
	};
	struct sf_endpoint endpoint;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		endpoint = datagram_endpoint(cases[i].address, 5004);
		assert_int_equal(sf_endpoint_is_host(&endpoint),
				 cases[i].is_host);
		endpoint.port = 0;
		assert_false(sf_endpoint_is_host(&endpoint));
	}
	memset(&endpoint, 0xff, sizeof(endpoint));
	assert_false(sf_endpoint_is_host(&endpoint));
}

static void random_bytes_do_no_harm(void **state)
{
	struct sf_packet packet;
	struct datagram datagram;
	unsigned int i, j;

	(void)state;
	for (i = 0; i < 20000; i++) {
		datagram.len = datagram_random(128);
		for (j = 0; j < datagram.len; j++)
			datagram.data[j] = datagram_random(256);
		datagram.data[0] = datagram_random(2) ? 0x45 : 0x60;
		parse(&datagram, datagram.len, datagram.len, &packet);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_is_read),
		cmocka_unit_test(ipv6_is_read),
		cmocka_unit_test(truncated_at_every_length),
		cmocka_unit_test(padding_is_not_the_packet),
		cmocka_unit_test(other_protocols_are_not_ours),
		cmocka_unit_test(ipv4_fragments),
		cmocka_unit_test(ipv4_options),
		cmocka_unit_test(ipv6_extension_headers),
		cmocka_unit_test(ipv6_extension_headers_without_end),
		cmocka_unit_test(ipv6_fragments),
		cmocka_unit_test(any_damaged_ipv4_header_bit_is_seen),
		cmocka_unit_test(udp_and_ip_lengths_must_agree),
		cmocka_unit_test(ipv6_needs_a_udp_checksum),
		cmocka_unit_test(ttl_must_outlive_us),
		cmocka_unit_test(endpoints_compare),
		cmocka_unit_test(endpoints_hash_apart),
		cmocka_unit_test(hosts_are_told_from_the_rest),
		cmocka_unit_test(random_bytes_do_no_harm),
	};

	datagram_seed();
	return cmocka_run_group_tests_name("packet", tests, NULL, NULL);
}
