// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Token buckets: never more than the rate and the burst allow, never less, at
 * any rate and whatever the clock does.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/bucket.h"

#define SECOND	1000000000ULL

/* How many units one by one can be taken at a time. */
static u64 drain(struct sf_bucket *bucket, u64 now_ns)
{
	u64 n = 0;

	while (sf_bucket_holds(bucket, 1, now_ns)) {
		sf_bucket_take(bucket, 1);
		n++;
	}
	return n;
}

static void a_second_at_once_and_then_the_rate(void **state)
{
	struct sf_bucket bucket;
	u64 now = 12345;

	(void)state;
	sf_bucket_init(&bucket, 50, 1, now);
	assert_int_equal(drain(&bucket, now), 50);
	/* 20 ms a unit, to the nanosecond */
	assert_false(sf_bucket_holds(&bucket, 1, now + SECOND / 50 - 1));
	assert_true(sf_bucket_holds(&bucket, 1, now + SECOND / 50));
	assert_int_equal(drain(&bucket, now + SECOND / 10), 5);
}

/* Asked at odd times, it loses nothing to rounding. */
static void nothing_is_lost_to_rounding(void **state)
{
	struct sf_bucket bucket;
	u64 now = 0, n = 0, i;

	(void)state;
	sf_bucket_init(&bucket, 7, 1, now);
	for (i = 0; i < 1000000; i++) {
		now += 10007;
		n += drain(&bucket, now);
	}
	/* 10.007 s and the first second's worth */
	assert_int_equal(n, 7 + 7 * now / SECOND);
}

static void a_refusal_costs_nothing(void **state)
{
	struct sf_bucket bucket;

	(void)state;
	sf_bucket_init(&bucket, 10, 1, 0);
	assert_false(sf_bucket_holds(&bucket, 11, 0));
	assert_true(sf_bucket_holds(&bucket, 10, 0));
	assert_int_equal(drain(&bucket, 0), 10);
}

static void idle_time_is_worth_a_burst_at_most(void **state)
{
	static const u64 pauses[] = {
		SECOND, SECOND + 1, 3600 * SECOND, 1ULL << 32, 1ULL << 62,
		1ULL << 63, ~0ULL - 1
	};
	static const u32 rates[] = { 1, 2, 50, 65537, 0x7fffffff };
	struct sf_bucket bucket;
	unsigned int i, j;

	(void)state;
	for (i = 0; i < sizeof(pauses) / sizeof(*pauses); i++) {
		for (j = 0; j < sizeof(rates) / sizeof(*rates); j++) {
			sf_bucket_init(&bucket, rates[j], 1, 1);
			sf_bucket_take(&bucket, rates[j]);
			assert_false(sf_bucket_holds(&bucket, 1, 1));
			assert_true(sf_bucket_holds(&bucket, rates[j],
						    1 + pauses[i]));
			assert_false(sf_bucket_holds(&bucket, rates[j] + 1,
						     1 + pauses[i]));
		}
	}
}

static void the_highest_rate(void **state)
{
	const u32 most = 0xffffffff;
	struct sf_bucket bucket;

	(void)state;
	sf_bucket_init(&bucket, most, 1, 0);
	assert_true(sf_bucket_holds(&bucket, most, 0));
	sf_bucket_take(&bucket, most);
	assert_false(sf_bucket_holds(&bucket, 1, 0));
	/* 4.29 units in a nanosecond */
	assert_true(sf_bucket_holds(&bucket, 4, 1));
	assert_false(sf_bucket_holds(&bucket, 5, 1));
	assert_true(sf_bucket_holds(&bucket, most, SECOND));
	sf_bucket_take(&bucket, most);
	assert_true(sf_bucket_holds(&bucket, most, ~0ULL));
	sf_bucket_take(&bucket, most);
	assert_false(sf_bucket_holds(&bucket, 1, ~0ULL));
}

static void a_clock_that_goes_back_gains_nothing(void **state)
{
	struct sf_bucket bucket;

	(void)state;
	sf_bucket_init(&bucket, 1000, 1, 5 * SECOND);
	assert_int_equal(drain(&bucket, 5 * SECOND), 1000);
	assert_false(sf_bucket_holds(&bucket, 1, 4 * SECOND));
	assert_false(sf_bucket_holds(&bucket, 1, 5 * SECOND));
	assert_int_equal(drain(&bucket, 5 * SECOND + SECOND / 1000), 1);
}

static void no_rate_is_no_limit(void **state)
{
	struct sf_limit limit;
	unsigned int i;

	(void)state;
	sf_limit_init(&limit, 0, 0, 0);
	for (i = 0; i < 100000; i++)
		assert_true(sf_limit_accept(&limit, 65535, 0));
}

static void the_longest_payload_passes_some_time(void **state)
{
	struct sf_limit limit;

	(void)state;
	sf_limit_init(&limit, 0, 1, 0);
	assert_true(sf_limit_accept(&limit, SF_BUCKET_MIN_BYTES, 0));
	assert_false(sf_limit_accept(&limit, 1, SECOND - 1));
	assert_true(sf_limit_accept(&limit, 1, SECOND));
	assert_false(sf_limit_accept(&limit, SF_BUCKET_MIN_BYTES,
				     65535 * SECOND));
	assert_true(sf_limit_accept(&limit, SF_BUCKET_MIN_BYTES,
				    65537 * SECOND));
}

/* Each of the two refuses by itself, and neither charges the other then. */
static void packets_and_bytes(void **state)
{
	struct sf_limit limit;
	unsigned int n = 0;

	(void)state;
	sf_limit_init(&limit, 100, 100000, 0);
	while (sf_limit_accept(&limit, 10, 0))
		n++;
	assert_int_equal(n, 100);
	assert_true(sf_bucket_holds(&limit.bytes, 100000 - 1000, 0));
	assert_false(sf_bucket_holds(&limit.bytes, 100000 - 999, 0));

	sf_limit_init(&limit, 100, 100000, 0);
	for (n = 0; sf_limit_accept(&limit, 1472, 0); n++)
		;
	assert_int_equal(n, 100000 / 1472);
	assert_true(sf_bucket_holds(&limit.packets, 100 - n, 0));
	assert_false(sf_bucket_holds(&limit.packets, 101 - n, 0));
}

/* Against the sum that a bucket must never exceed, in 128 bits. */
static void never_more_than_rate_and_burst(void **state)
{
	unsigned __int128 taken, allowed;
	struct sf_bucket bucket;
	unsigned int i, round;
	u32 rate, amount;
	u64 now, pause;

	(void)state;
	srand(3);
	for (round = 0; round < 300; round++) {
		rate = ((u32)rand() << 1) >> (round % 32) | 1;
		now = (u64)rand() << (round % 30);
		sf_bucket_init(&bucket, rate, 1, now);
		taken = 0;
		allowed = (unsigned __int128)rate * SECOND;
		for (i = 0; i < 1000; i++) {
			pause = (u64)rand() >> (rand() % 31);
			now += pause;
			allowed += (unsigned __int128)rate * pause;
			amount = 1 + (u32)rand() % rate;
			if (!sf_bucket_holds(&bucket, amount, now))
				continue;
			sf_bucket_take(&bucket, amount);
			taken += (unsigned __int128)amount * SECOND;
			assert_true(taken <= allowed);
			assert_true(bucket.credit <= bucket.full);
		}
		assert_true(taken > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_at_once_and_then_the_rate),
		cmocka_unit_test(nothing_is_lost_to_rounding),
		cmocka_unit_test(a_refusal_costs_nothing),
		cmocka_unit_test(idle_time_is_worth_a_burst_at_most),
		cmocka_unit_test(the_highest_rate),
		cmocka_unit_test(a_clock_that_goes_back_gains_nothing),
		cmocka_unit_test(no_rate_is_no_limit),
		cmocka_unit_test(the_longest_payload_passes_some_time),
		cmocka_unit_test(packets_and_bytes),
		cmocka_unit_test(never_more_than_rate_and_burst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
