// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interarrival jitter, against the formula of RFC 3550 in floating point, and the
 * clock that it is measured with.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "datagram.h"
#include "rtp_stream.h"

/* The formula of RFC 3550 section 6.4.1, as it is printed. */
static void jitter_follows_the_formula(u8 payload_type, u32 rate)
{
	double jitter = 0, difference, ticks_late, last = 0;
	struct stream stream;
	unsigned int i;

	begin(&stream, payload_type, rate);
	for (i = 0; i < 5000; i++) {
		u64 late = datagram_random(15 * MS);

		next(&stream, late);
		ticks_late = late * (rate / 1e9);
		difference = fabs(ticks_late - last);
		if (i)
			jitter += (difference - jitter) / 16;
		last = ticks_late;
		assert_true(fabs(sf_rtp_source_jitter(&stream.source) -
				 jitter) < 2);
	}
}

static void jitter_of_every_static_clock(void **state)
{
	(void)state;
	jitter_follows_the_formula(0, 8000);
	jitter_follows_the_formula(9, 8000);
	jitter_follows_the_formula(6, 16000);
	jitter_follows_the_formula(11, 44100);
	jitter_follows_the_formula(17, 22050);
	jitter_follows_the_formula(34, 90000);
}

static void a_constant_delay_is_no_jitter(void **state)
{
	struct stream stream;
	unsigned int i;

	(void)state;
	begin(&stream, PCMU, 8000);
	for (i = 0; i < 1000; i++)
		next(&stream, 150 * MS);
	assert_int_equal(sf_rtp_source_jitter(&stream.source), 0);
}

static void pauses_and_steps_are_no_jitter(void **state)
{
	struct stream stream;
	unsigned int i;

	(void)state;
	begin(&stream, PCMU, 8000);
	for (i = 0; i < 10; i++) {
		next(&stream, 0);
		stream.now += 5 * SECOND;	/* a pause: the clock stood */
		next(&stream, 0);
		stream.header.timestamp += 0x40000000;	/* a step */
		next(&stream, 0);
		stream.header.timestamp -= 0x40000000;
		next(&stream, 0);
		stream.now -= SECOND;		/* another CPU's clock */
	}
	assert_int_equal(sf_rtp_source_jitter(&stream.source), 0);
}

/* Silence: the timestamps go on with the time, and nothing is left out. */
static void a_pause_is_one_more_sample(void **state)
{
	double jitter = 0, last = 0;
	struct stream stream;
	unsigned int i;

	(void)state;
	begin(&stream, 34, 90000);
	for (i = 0; i < 2000; i++) {
		u64 late = datagram_random(15 * MS);
		double ticks_late = late * (90000 / 1e9);

		if (datagram_random(20) == 0) {
			u32 seconds = datagram_random(100);

			stream.header.timestamp += seconds * 90000;
			stream.now += seconds * SECOND;
		}
		next(&stream, late);
		if (i)
			jitter += (fabs(ticks_late - last) - jitter) / 16;
		last = ticks_late;
		/* The clock's own error of 10 ppm counts, after a long pause. */
		assert_true(fabs(sf_rtp_source_jitter(&stream.source) -
				 jitter) < 10);
	}
}

/*
 * A frame's packets leave one after another, all with its timestamp; so does
 * a packet's second copy. The formula has no exception for them.
 */
static void packets_of_one_timestamp_are_measured(void **state)
{
	double jitter = 0, late, last = 0;
	struct stream stream;
	unsigned int i, part;

	(void)state;
	begin(&stream, 34, 90000);
	for (i = 0; i < 500; i++) {
		for (part = 0; part < 10; part++) {
			arrive(&stream, stream.header.sequence++, part * MS);
			if (part == 9)		/* a duplicate */
				arrive(&stream, stream.header.sequence - 1,
				       part * MS);
			late = part * 90;
			if (i || part)
				jitter += (fabs(late - last) - jitter) / 16;
			if (part == 9)
				jitter -= jitter / 16;
			last = late;
		}
		stream.header.timestamp += 1800;
		stream.now += 20 * MS;
	}
	assert_true(fabs(sf_rtp_source_jitter(&stream.source) - jitter) < 2);
	assert_int_equal(sf_rtp_source_lost(&stream.source), -500);
}

static void a_dynamic_clock_is_measured(void **state)
{
	static const u32 rates[] = {
		8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 90000
	};
	struct stream stream;
	unsigned int i, n;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		begin(&stream, DYNAMIC, rates[i]);
		for (n = 0; n < 40; n++) {
			next(&stream, datagram_random(15 * MS));
			assert_int_equal(stream.source.clock_rate, 0);
			assert_int_equal(stream.source.jitter, 0);
		}
		for (n = 0; n < 120; n++)
			next(&stream, datagram_random(15 * MS));
		assert_int_equal(stream.source.clock_rate, rates[i]);
		assert_in_range(sf_rtp_source_jitter(&stream.source),
				rates[i] / 1000, rates[i] * 12 / 1000);
	}
}

static void no_clock_is_made_up(void **state)
{
	struct stream stream;
	unsigned int n;

	(void)state;
	begin(&stream, DYNAMIC, 1000);
	for (n = 0; n < 1000; n++)
		next(&stream, 0);
	assert_int_equal(stream.source.clock_rate, 0);
	assert_int_equal(sf_rtp_source_jitter(&stream.source), 0);
}

/* Comfort noise and telephone-events come with the audio's timestamps. */
static void other_payload_types_keep_the_clock(void **state)
{
	struct stream stream;
	unsigned int n;

	(void)state;
	begin(&stream, DYNAMIC, 48000);
	for (n = 0; n < 200; n++)
		next(&stream, 0);
	assert_int_equal(stream.source.clock_rate, 48000);
	stream.header.payload_type = 13;
	next(&stream, 0);
	assert_int_equal(stream.source.payload_type, 13);
	assert_int_equal(stream.source.clock_rate, 48000);
	stream.header.payload_type = 101;
	next(&stream, 0);
	assert_int_equal(stream.source.payload_type, 101);
	assert_int_equal(stream.source.clock_rate, 48000);
}

/* 88 ms late at the end of a second, 48000 Hz look like 44100. */
static void one_late_packet_makes_no_clock(void **state)
{
	struct stream stream;
	unsigned int n;

	(void)state;
	begin(&stream, DYNAMIC, 48000);
	for (n = 0; n < 300; n++) {
		next(&stream, n == 50 ? 88 * MS : 0);
		assert_int_not_equal(stream.source.clock_rate, 44100);
	}
	assert_int_equal(stream.source.clock_rate, 48000);
}

/* As on a wireless link: a second is too short to tell 48000 Hz by. */
static void a_clock_is_found_in_much_jitter(void **state)
{
	struct stream stream;
	unsigned int n;

	(void)state;
	begin(&stream, DYNAMIC, 48000);
	for (n = 0; n < 800; n++)
		next(&stream, n % 100 < 50 ? 0 : 70 * MS);
	assert_int_equal(stream.source.clock_rate, 48000);
}

static void a_new_ssrc_has_no_jitter_yet(void **state)
{
	struct stream stream;
	unsigned int n;

	(void)state;
	begin(&stream, PCMU, 8000);
	for (n = 0; n < 100; n++)
		next(&stream, n % 2 * 10 * MS);
	assert_in_range(sf_rtp_source_jitter(&stream.source), 70, 80);
	stream.header.ssrc++;
	next(&stream, 0);
	assert_int_equal(sf_rtp_source_jitter(&stream.source), 0);
}

static void a_new_codec_has_its_own_clock(void **state)
{
	struct stream stream;
	unsigned int n;

	(void)state;
	begin(&stream, DYNAMIC, 48000);
	for (n = 0; n < 200; n++)
		next(&stream, 0);
	stream.header.payload_type = PCMU;
	stream.rate = 8000;
	next(&stream, 0);
	assert_int_equal(stream.source.clock_rate, 8000);
	stream.header.payload_type = DYNAMIC;
	stream.rate = 16000;
	for (n = 0; n < 200; n++)
		next(&stream, 0);
	assert_int_equal(stream.source.clock_rate, 16000);
}

static void a_new_ssrc_may_have_another_clock(void **state)
{
	struct stream stream;
	unsigned int n;

	(void)state;
	begin(&stream, DYNAMIC, 48000);
	for (n = 0; n < 200; n++)
		next(&stream, 0);
	stream.header.ssrc++;
	next(&stream, 0);
	assert_int_equal(stream.source.clock_rate, 48000);
	stream.header.ssrc++;
	stream.header.payload_type++;
	next(&stream, 0);
	assert_int_equal(stream.source.clock_rate, 0);
}

static void static_clocks_are_those_of_rfc3551(void **state)
{
	static const struct { u8 payload_type; u32 rate; } cases[] = {
		{ 0, 8000 }, { 3, 8000 }, { 4, 8000 }, { 5, 8000 },
		{ 6, 16000 }, { 7, 8000 }, { 8, 8000 }, { 9, 8000 },
		{ 10, 44100 }, { 11, 44100 }, { 12, 8000 }, { 13, 8000 },
		{ 14, 90000 }, { 15, 8000 }, { 16, 11025 }, { 17, 22050 },
		{ 18, 8000 }, { 25, 90000 }, { 26, 90000 }, { 28, 90000 },
		{ 31, 90000 }, { 32, 90000 }, { 33, 90000 }, { 34, 90000 },
	};
	unsigned int i, at = 0;

	(void)state;
	for (i = 0; i < 256; i++) {
		if (at < sizeof(cases) / sizeof(cases[0]) &&
		    cases[at].payload_type == i)
			assert_int_equal(sf_rtp_clock_rate(i),
					 cases[at++].rate);
		else
			assert_int_equal(sf_rtp_clock_rate(i), 0);
	}
}

/* UBSan sees an overflow, whatever a sender makes up. */
static void random_headers_do_no_harm(void **state)
{
	struct stream stream;
	unsigned int i;

	(void)state;
	begin(&stream, PCMU, 8000);
	for (i = 0; i < 200000; i++) {
		stream.header.timestamp = datagram_random(0xffffffff);
		stream.header.payload_type = datagram_random(128);
		stream.header.ssrc = datagram_random(50) ? 1 : i;
		stream.now += datagram_random(0xffffffff);
		arrive(&stream, datagram_random(0x10000), 0);
		assert_true(sf_rtp_source_jitter(&stream.source) < 0x10000000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jitter_of_every_static_clock),
		cmocka_unit_test(a_constant_delay_is_no_jitter),
		cmocka_unit_test(pauses_and_steps_are_no_jitter),
		cmocka_unit_test(a_pause_is_one_more_sample),
		cmocka_unit_test(packets_of_one_timestamp_are_measured),
		cmocka_unit_test(a_dynamic_clock_is_measured),
		cmocka_unit_test(no_clock_is_made_up),
		cmocka_unit_test(other_payload_types_keep_the_clock),
		cmocka_unit_test(one_late_packet_makes_no_clock),
		cmocka_unit_test(a_clock_is_found_in_much_jitter),
		cmocka_unit_test(a_new_ssrc_has_no_jitter_yet),
		cmocka_unit_test(a_new_codec_has_its_own_clock),
		cmocka_unit_test(a_new_ssrc_may_have_another_clock),
		cmocka_unit_test(static_clocks_are_those_of_rfc3551),
		cmocka_unit_test(random_headers_do_no_harm),
	};

	datagram_seed();
	return cmocka_run_group_tests_name("jitter", tests, NULL, NULL);
}
