// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loss, order and duplicates, against a model that knows every number that was
 * sent.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "datagram.h"
#include "rtp_stream.h"

static void nothing_yet(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 0);
	assert_int_equal(sf_rtp_source_jitter(&stream.source), 0);
}

static void a_perfect_stream(void **state)
{
	struct stream stream;
	unsigned int i;

	(void)state;
	begin(&stream, PCMU, 8000);
	assert_int_equal(next(&stream, 0), SF_RTP_ARRIVAL_FIRST);
	for (i = 1; i < 200000; i++)	/* three times around */
		assert_int_equal(next(&stream, 0), SF_RTP_ARRIVAL_NEXT);
	assert_int_equal(stream.source.received, 200000);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 0);
	assert_int_equal(stream.source.reordered, 0);
	assert_int_equal(stream.source.duplicates, 0);
	assert_int_equal(sf_rtp_source_jitter(&stream.source), 0);
}

static void gaps_are_losses(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	next(&stream, 0);
	lose(&stream, 5);
	assert_int_equal(next(&stream, 0), SF_RTP_ARRIVAL_NEXT);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 5);
	lose(&stream, 2998);		/* MAX_DROPOUT - 1 ahead */
	assert_int_equal(next(&stream, 0), SF_RTP_ARRIVAL_NEXT);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 3003);
	lose(&stream, 2999);
	assert_int_equal(next(&stream, 0), SF_RTP_ARRIVAL_JUMP);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 3003);
}

static void late_ones_fill_the_gap(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	assert_int_equal(arrive(&stream, 10, 0), SF_RTP_ARRIVAL_FIRST);
	assert_int_equal(arrive(&stream, 13, 0), SF_RTP_ARRIVAL_NEXT);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 2);
	assert_int_equal(arrive(&stream, 11, 0), SF_RTP_ARRIVAL_REORDERED);
	assert_int_equal(arrive(&stream, 12, 0), SF_RTP_ARRIVAL_REORDERED);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 0);
	assert_int_equal(stream.source.reordered, 2);
}

static void earlier_than_the_first(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	arrive(&stream, 1, 0);
	assert_int_equal(arrive(&stream, 0, 0), SF_RTP_ARRIVAL_REORDERED);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 0);
	assert_int_equal(arrive(&stream, 0xfffe, 0), SF_RTP_ARRIVAL_REORDERED);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 1);
	assert_int_equal(arrive(&stream, 0xffff, 0), SF_RTP_ARRIVAL_REORDERED);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 0);
}

static void how_late_is_too_late(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	arrive(&stream, 1000, 0);
	assert_int_equal(arrive(&stream, 901, 0), SF_RTP_ARRIVAL_REORDERED);
	assert_int_equal(arrive(&stream, 900, 0), SF_RTP_ARRIVAL_JUMP);
}

static void duplicates_are_told_from_late_ones(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	arrive(&stream, 100, 0);
	assert_int_equal(arrive(&stream, 100, 0), SF_RTP_ARRIVAL_DUPLICATE);
	arrive(&stream, 163, 0);
	assert_int_equal(arrive(&stream, 100, 0), SF_RTP_ARRIVAL_DUPLICATE);
	assert_int_equal(arrive(&stream, 101, 0), SF_RTP_ARRIVAL_REORDERED);
	assert_int_equal(arrive(&stream, 101, 0), SF_RTP_ARRIVAL_DUPLICATE);
	/* Further back than that nobody remembers. */
	arrive(&stream, 164, 0);
	assert_int_equal(arrive(&stream, 100, 0), SF_RTP_ARRIVAL_REORDERED);
	assert_int_equal(stream.source.duplicates, 3);
	assert_int_equal(stream.source.reordered, 2);
	/* Nor anything that was before a gap of that size. */
	arrive(&stream, 164 + 67, 0);
	assert_int_equal(arrive(&stream, 164 + 64, 0),
			 SF_RTP_ARRIVAL_REORDERED);
}

static void duplicates_make_losses_negative(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	arrive(&stream, 100, 0);
	arrive(&stream, 100, 0);
	arrive(&stream, 100, 0);
	assert_true(sf_rtp_source_lost(&stream.source) == -2);
}

static void two_in_a_row_begin_anew(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	arrive(&stream, 100, 0);
	arrive(&stream, 102, 0);
	assert_int_equal(arrive(&stream, 40000, 0), SF_RTP_ARRIVAL_JUMP);
	assert_int_equal(arrive(&stream, 103, 0), SF_RTP_ARRIVAL_NEXT);
	assert_int_equal(arrive(&stream, 50000, 0), SF_RTP_ARRIVAL_JUMP);
	assert_int_equal(stream.source.received, 3);
	assert_int_equal(arrive(&stream, 50001, 0), SF_RTP_ARRIVAL_FIRST);
	assert_int_equal(stream.source.received, 5);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 1);
	assert_int_equal(arrive(&stream, 50000, 0), SF_RTP_ARRIVAL_DUPLICATE);
	assert_int_equal(arrive(&stream, 50003, 0), SF_RTP_ARRIVAL_NEXT);
	assert_true(sf_rtp_source_lost(&stream.source) == 1);
}

static void a_restart_across_the_wrap(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	arrive(&stream, 30000, 0);
	assert_int_equal(arrive(&stream, 0xffff, 0), SF_RTP_ARRIVAL_JUMP);
	assert_int_equal(arrive(&stream, 0, 0), SF_RTP_ARRIVAL_FIRST);
	assert_int_equal(arrive(&stream, 1, 0), SF_RTP_ARRIVAL_NEXT);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 0);
	assert_int_equal(stream.source.received, 4);
}

static void a_new_ssrc_keeps_what_was_counted(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	arrive(&stream, 100, 0);
	arrive(&stream, 104, 0);
	stream.header.ssrc = 2;
	assert_int_equal(arrive(&stream, 105, 0), SF_RTP_ARRIVAL_FIRST);
	assert_int_equal(arrive(&stream, 107, 0), SF_RTP_ARRIVAL_NEXT);
	assert_int_equal(stream.source.ssrc, 2);
	assert_int_equal(stream.source.ssrc_changes, 1);
	assert_int_equal(stream.source.received, 4);
	assert_int_equal(sf_rtp_source_lost(&stream.source), 4);
}

static void a_jump_is_of_its_ssrc(void **state)
{
	struct stream stream;

	(void)state;
	begin(&stream, PCMU, 8000);
	arrive(&stream, 30000, 0);
	assert_int_equal(arrive(&stream, 0, 0), SF_RTP_ARRIVAL_JUMP);
	stream.header.ssrc = 2;
	arrive(&stream, 30000, 0);
	assert_int_equal(arrive(&stream, 1, 0), SF_RTP_ARRIVAL_JUMP);
}

/*
 * The model numbers packets without wrapping and remembers each that came.
 * Every packet is moved back by at most 50 places, so none is out of range.
 */
static void random_loss_and_order(void **state)
{
	enum { N = 150000, REACH = 50 };
	static u32 order[2 * N];
	static bool came[N];
	unsigned int i, n = 0, first, highest, lowest;
	u64 reordered = 0, duplicates = 0;
	struct stream stream;

	(void)state;
	for (i = 0; i < N; i++) {
		if (datagram_random(20) == 0)
			continue;
		order[n++] = i;
		if (datagram_random(30) == 0)
			order[n++] = i;
	}
	for (i = 0; i + REACH / 4 < n; i++) {
		unsigned int with = i + datagram_random(REACH / 4);
		u32 swap = order[i];

		if (datagram_random(10))
			continue;
		order[i] = order[with];
		order[with] = swap;
	}

	begin(&stream, PCMU, 8000);
	first = order[0];
	highest = first;
	lowest = first;
	for (i = 0; i < n; i++) {
		u32 number = order[i];

		if (i && number + 63 < highest)
			continue;	/* beyond what is remembered */
		arrive(&stream, 65000 + number, 0);
		if (i && came[number])
			duplicates++;
		else if (i && number < highest)
			reordered++;
		came[number] = true;
		highest = number > highest ? number : highest;
		lowest = number < lowest ? number : lowest;
	}

	assert_int_equal(stream.source.duplicates, duplicates);
	assert_int_equal(stream.source.reordered, reordered);
	for (n = 0, i = lowest; i <= highest; i++)
		n += !came[i];
	assert_true(sf_rtp_source_lost(&stream.source) ==
		    (s64)n - (s64)duplicates);
}

/* One packet of a sender that mostly, but not always, goes on as it did. */
static void vary(struct sf_rtp_header *header)
{
	header->marker = !datagram_random(20);
	switch (datagram_random(60)) {
	case 0:
		header->sequence += datagram_random(200) - 100;
		break;
	case 1:
		header->sequence = datagram_random(0x10000);
		break;
	case 2:
		header->ssrc = datagram_random(3);
		break;
	case 3:
		header->payload_type = datagram_random(2) ? PCMU : DYNAMIC;
		break;
	case 4:
		header->payload_type = datagram_random(128);
		break;
	case 5:
		header->timestamp += datagram_random(0xffffffff);
		break;
	default:
		header->sequence++;
	}
	header->timestamp += 160;
}

static struct sf_rtp_words words_of(const struct sf_rtp_header *header)
{
	const struct sf_rtp_words words = {
		.first = 0x80000000 | datagram_random(4) << 28 |
			 (u32)header->marker << 23 |
			 (u32)header->payload_type << 16 | header->sequence,
		.timestamp = header->timestamp,
		.ssrc = header->ssrc,
	};

	return words;
}

/* All of it, read at times of which neither knows. */
static void the_short_way_is_the_same(void **state)
{
	struct sf_rtp_source shortly, fully, settled;
	struct sf_rtp_header header;
	unsigned int i, round;
	u64 now;

	(void)state;
	for (round = 0; round < 50; round++) {
		sf_rtp_source_init(&shortly);
		sf_rtp_source_init(&fully);
		memset(&header, 0, sizeof(header));
		/* Nothing heard of yet is not sequence 0 of SSRC 0, either. */
		if (round)
			header.sequence = 65000 + datagram_random(500);
		now = datagram_random(2) * 5 * SECOND;
		for (i = 0; i < 4000; i++) {
			sf_rtp_source_receive(&shortly, words_of(&header), now);
			sf_rtp_source_update(&fully, &header, now);
			settled = shortly;
			sf_rtp_source_settle(&settled);
			assert_memory_equal(&settled, &fully, sizeof(fully));
			vary(&header);
			now += datagram_random(40 * MS);
			if (!datagram_random(500))
				now -= datagram_random(SECOND);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_yet),
		cmocka_unit_test(a_perfect_stream),
		cmocka_unit_test(gaps_are_losses),
		cmocka_unit_test(late_ones_fill_the_gap),
		cmocka_unit_test(earlier_than_the_first),
		cmocka_unit_test(how_late_is_too_late),
		cmocka_unit_test(duplicates_are_told_from_late_ones),
		cmocka_unit_test(duplicates_make_losses_negative),
		cmocka_unit_test(two_in_a_row_begin_anew),
		cmocka_unit_test(a_restart_across_the_wrap),
		cmocka_unit_test(a_new_ssrc_keeps_what_was_counted),
		cmocka_unit_test(a_jump_is_of_its_ssrc),
		cmocka_unit_test(random_loss_and_order),
		cmocka_unit_test(the_short_way_is_the_same),
	};

	datagram_seed();
	return cmocka_run_group_tests_name("jitter_sequence", tests, NULL, NULL);
}
