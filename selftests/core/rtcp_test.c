// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading RTCP reports: what is a compound packet, cut off anywhere, and the
 * round-trip time that two sides' reports come to.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/rtcp.h"

#define MS	1000000ULL
#define START	(1000 * MS)
#define A	0
#define B	1
#define SSRC_A	0xaaaaaaaa
#define SSRC_B	0xbbbbbbbb

/* --- making packets ------------------------------------------------------- */

struct compound {
	u8		data[1500];
	unsigned int	len;
	u8		*header;	/* of the packet being written */
};

static void put32(struct compound *c, u32 value)
{
	u8 *to = c->data + c->len;

	to[0] = value >> 24;
	to[1] = value >> 16;
	to[2] = value >> 8;
	to[3] = value;
	c->len += 4;
	if (c->header) {
		unsigned int words = (c->data + c->len - c->header) / 4 - 1;

		c->header[2] = words >> 8;
		c->header[3] = words;
	}
}

static void begin(struct compound *c, u8 type, u32 ssrc)
{
	u8 *header = c->data + c->len;

	c->header = NULL;
	put32(c, 0x80000000 | type << 16);
	c->header = header;
	put32(c, ssrc);
}

/* @ntp is the middle of the timestamp; what surrounds it must not matter. */
static void put_sender(struct compound *c, u32 ssrc, u32 ntp)
{
	begin(c, 200, ssrc);
	put32(c, 0xe8520000 | ntp >> 16);
	put32(c, ntp << 16 | 0x1234);
	put32(c, 160000);
	put32(c, 1000);
	put32(c, 160 * 1000);
}

static void put_receiver(struct compound *c, u32 ssrc)
{
	begin(c, 201, ssrc);
}

static void put_block(struct compound *c, u32 ssrc, u32 lsr, u32 dlsr)
{
	c->header[0]++;
	put32(c, ssrc);
	put32(c, 0x00000003);
	put32(c, 1000);
	put32(c, 12);
	put32(c, lsr);
	put32(c, dlsr);
}

static void put_description(struct compound *c, u32 ssrc)
{
	begin(c, 202, ssrc);
	c->header[0]++;
	put32(c, 0x01046465);
	put32(c, 0x65720000);
}

/* Milliseconds in the unit of DLSR. */
static u32 ticks(unsigned int ms)
{
	return (u64)ms * 65536 / 1000;
}

/* As the module does it; from the heap, so that ASan sees a read beyond. */
static bool pass(struct sf_rtcp_watch *watch, unsigned int side,
		 const u8 *data, unsigned int len, u64 now_ns)
{
	u8 *payload = malloc(len ? len : 1);
	bool is_report;

	assert_non_null(payload);
	memcpy(payload, data, len);
	is_report = sf_rtcp_check(payload, len);
	if (is_report)
		sf_rtcp_update(watch, side, payload, len, now_ns);
	free(payload);
	return is_report;
}

static void pass_sender(struct sf_rtcp_watch *watch, unsigned int side,
			u32 ssrc, u32 ntp, u64 now_ns)
{
	struct compound c = { .len = 0 };

	put_sender(&c, ssrc, ntp);
	put_description(&c, ssrc);
	assert_true(pass(watch, side, c.data, c.len, now_ns));
}

static void pass_block(struct sf_rtcp_watch *watch, unsigned int side,
		       u32 ssrc, u32 lsr, u32 dlsr, u64 now_ns)
{
	struct compound c = { .len = 0 };

	put_receiver(&c, 0x77);
	put_block(&c, ssrc, lsr, dlsr);
	assert_true(pass(watch, side, c.data, c.len, now_ns));
}

/* DLSR counts in 15.3 microseconds, and the figure in whole ones. */
static void near(u32 us, u32 expected_us)
{
	assert_in_range(us, expected_us - 16, expected_us + 17);
}

/* --- what is a compound packet -------------------------------------------- */

static void reports_are_accepted(void **state)
{
	struct sf_rtcp_watch watch = { 0 };
	struct compound c = { .len = 0 };

	(void)state;
	put_receiver(&c, SSRC_A);
	assert_true(pass(&watch, A, c.data, c.len, START));
	put_block(&c, SSRC_B, 0, 0);
	put_sender(&c, SSRC_A, 77);
	put_block(&c, SSRC_B, 0, 0);
	put_block(&c, SSRC_B + 1, 0, 0);
	put_description(&c, SSRC_A);
	assert_true(pass(&watch, A, c.data, c.len, START));
	assert_int_equal(watch.round_trip_us[A], 0);
	assert_int_equal(watch.round_trip_us[B], 0);
}

/* Whole packets are whole; a byte more or less is not. */
static void every_truncation(void **state)
{
	struct sf_rtcp_watch watch = { 0 };
	struct compound c = { .len = 0 };
	unsigned int len, sender, all;

	(void)state;
	put_sender(&c, SSRC_A, 1);
	put_block(&c, SSRC_B, 2, 3);
	sender = c.len;
	put_description(&c, SSRC_A);
	all = c.len;
	for (len = 0; len <= all + 8; len++)
		assert_int_equal(pass(&watch, A, c.data, len, START),
				 len == sender || len == all);
}

static void every_count_of_blocks(void **state)
{
	struct sf_rtcp_watch watch = { 0 };
	struct compound c = { .len = 0 };
	unsigned int n;

	(void)state;
	put_sender(&c, SSRC_A, 1);
	put_block(&c, SSRC_B, 2, 3);
	put_block(&c, SSRC_B, 2, 3);
	for (n = 0; n < 32; n++) {
		c.data[0] = 0x80 | n;
		assert_int_equal(pass(&watch, A, c.data, c.len, START), n <= 2);
	}
}

static void every_length_field(void **state)
{
	struct sf_rtcp_watch watch = { 0 };
	struct compound c = { .len = 0 };
	unsigned int words;

	(void)state;
	put_sender(&c, SSRC_A, 1);
	for (words = 0; words < 65536; words++) {
		c.data[2] = words >> 8;
		c.data[3] = words;
		assert_int_equal(pass(&watch, A, c.data, c.len, START),
				 words == 6);
	}
}

/* RFC 3550 appendix A.2: version 2, no padding in the first, SR or RR first. */
static void every_first_and_second_byte(void **state)
{
	struct sf_rtcp_watch watch = { 0 };
	struct compound c = { .len = 0 };
	unsigned int first, second;

	(void)state;
	put_sender(&c, SSRC_A, 1);
	for (first = 0; first < 256; first++) {
		for (second = 0; second < 256; second++) {
			c.data[0] = first;
			c.data[1] = second;
			assert_int_equal(pass(&watch, A, c.data, c.len, START),
					 first == 0x80 && (second == 200 ||
							   second == 201));
		}
	}
}

static void a_later_packet_of_another_version(void **state)
{
	struct sf_rtcp_watch watch = { 0 };
	struct compound c = { .len = 0 };

	(void)state;
	put_receiver(&c, SSRC_A);
	put_description(&c, SSRC_A);
	assert_true(pass(&watch, A, c.data, c.len, START));
	c.header[0] = 0x41;
	assert_false(pass(&watch, A, c.data, c.len, START));
	/* Padding is for the last one. */
	c.header[0] = 0xa1;
	assert_true(pass(&watch, A, c.data, c.len, START));
}

/* --- how far it is -------------------------------------------------------- */

static void there_and_back(void **state)
{
	struct sf_rtcp_watch watch = { 0 };

	(void)state;
	pass_sender(&watch, A, SSRC_A, 0x12345678, START);
	pass_block(&watch, B, SSRC_A, 0x12345678, ticks(1000),
		   START + 1040 * MS);
	near(watch.round_trip_us[B], 40000);
	assert_int_equal(watch.round_trip_us[A], 0);

	pass_sender(&watch, B, SSRC_B, 0xfedcba98, START + 2000 * MS);
	pass_block(&watch, A, SSRC_B, 0xfedcba98, ticks(1), START + 2006 * MS);
	near(watch.round_trip_us[A], 5000);
	near(watch.round_trip_us[B], 40000);
}

/* A sender that hears reports in a sender report of its own. */
static void a_sender_report_answers(void **state)
{
	struct sf_rtcp_watch watch = { 0 };
	struct compound c = { .len = 0 };

	(void)state;
	pass_sender(&watch, A, SSRC_A, 5, START);
	put_sender(&c, SSRC_B, 9);
	put_block(&c, SSRC_B + 1, 5, 0);
	put_block(&c, SSRC_A, 5, ticks(200));
	assert_true(pass(&watch, B, c.data, c.len, START + 300 * MS));
	near(watch.round_trip_us[B], 100000);
	pass_block(&watch, A, SSRC_B, 9, ticks(50), START + 360 * MS);
	near(watch.round_trip_us[A], 10000);
}

static void an_earlier_report_is_remembered(void **state)
{
	struct sf_rtcp_watch watch = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < SF_RTCP_N_NOTES; i++)
		pass_sender(&watch, A, SSRC_A, 100 + i, START + i * 100 * MS);
	pass_block(&watch, B, SSRC_A, 100, ticks(500), START + 520 * MS);
	near(watch.round_trip_us[B], 20000);

	/* One more, and the first is forgotten. */
	pass_sender(&watch, A, SSRC_A, 200, START + 600 * MS);
	pass_block(&watch, B, SSRC_A, 100, ticks(500), START + 700 * MS);
	near(watch.round_trip_us[B], 20000);
	pass_block(&watch, B, SSRC_A, 101, ticks(500), START + 700 * MS);
	near(watch.round_trip_us[B], 100000);
}

static void one_that_comes_twice_counts_once(void **state)
{
	struct sf_rtcp_watch watch = { 0 };
	unsigned int i;

	(void)state;
	pass_sender(&watch, A, SSRC_A, 1, START);
	for (i = 0; i < 2 * SF_RTCP_N_NOTES; i++)
		pass_sender(&watch, A, SSRC_A, 2, START + 10 * MS);
	pass_block(&watch, B, SSRC_A, 1, ticks(100), START + 130 * MS);
	near(watch.round_trip_us[B], 30000);
	pass_sender(&watch, A, SSRC_A, 2, START + 200 * MS);
	pass_block(&watch, B, SSRC_A, 2, ticks(100), START + 210 * MS);
	near(watch.round_trip_us[B], 100000);
}

static void others_are_not_measured(void **state)
{
	struct sf_rtcp_watch watch = { 0 };

	(void)state;
	pass_sender(&watch, A, SSRC_A, 1, START);
	/* another source, another timestamp, its own side, none heard of */
	pass_block(&watch, B, SSRC_B, 1, 0, START + 10 * MS);
	pass_block(&watch, B, SSRC_A, 2, 0, START + 10 * MS);
	pass_block(&watch, A, SSRC_A, 1, 0, START + 10 * MS);
	pass_block(&watch, B, 0, 0, 0, START + 10 * MS);
	assert_int_equal(watch.round_trip_us[A], 0);
	assert_int_equal(watch.round_trip_us[B], 0);
}

static void a_source_without_a_clock(void **state)
{
	struct sf_rtcp_watch watch = { 0 };

	(void)state;
	pass_sender(&watch, A, SSRC_A, 0, START);
	pass_block(&watch, B, SSRC_A, 0, 0, START + 10 * MS);
	assert_int_equal(watch.round_trip_us[B], 0);
}

static void what_cannot_be_is_discarded(void **state)
{
	struct sf_rtcp_watch watch = { 0 };

	(void)state;
	pass_sender(&watch, A, SSRC_A, 1, START);
	/* held for longer than it was here, by little and by all there is */
	pass_block(&watch, B, SSRC_A, 1, ticks(12), START + 10 * MS);
	pass_block(&watch, B, SSRC_A, 1, 0xffffffff, START + 10 * MS);
	/* before it came */
	pass_block(&watch, B, SSRC_A, 1, 0, START - 1);
	/* too long on its way */
	pass_block(&watch, B, SSRC_A, 1, 0, START + 30001 * MS);
	pass_block(&watch, B, SSRC_A, 1, ticks(60000), ~0ULL);
	assert_int_equal(watch.round_trip_us[B], 0);

	pass_block(&watch, B, SSRC_A, 1, 0, START + 30000 * MS);
	assert_int_equal(watch.round_trip_us[B], 30000000);
}

/* The far end rounds, too: a neighbour is not farther than nowhere. */
static void what_is_too_short_to_tell_is_one(void **state)
{
	struct sf_rtcp_watch watch = { 0 };

	(void)state;
	pass_sender(&watch, A, SSRC_A, 1, START);
	pass_block(&watch, B, SSRC_A, 1, 66, START + 1 * MS);
	assert_int_equal(watch.round_trip_us[B], 1);
	pass_block(&watch, B, SSRC_A, 1, 0, START + 20000);
	assert_int_equal(watch.round_trip_us[B], 20);
	pass_block(&watch, B, SSRC_A, 1, 67, START + 1 * MS);
	assert_int_equal(watch.round_trip_us[B], 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_are_accepted),
		cmocka_unit_test(every_truncation),
		cmocka_unit_test(every_count_of_blocks),
		cmocka_unit_test(every_length_field),
		cmocka_unit_test(every_first_and_second_byte),
		cmocka_unit_test(a_later_packet_of_another_version),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(a_sender_report_answers),
		cmocka_unit_test(an_earlier_report_is_remembered),
		cmocka_unit_test(one_that_comes_twice_counts_once),
		cmocka_unit_test(others_are_not_measured),
		cmocka_unit_test(a_source_without_a_clock),
		cmocka_unit_test(what_cannot_be_is_discarded),
		cmocka_unit_test(what_is_too_short_to_tell_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
