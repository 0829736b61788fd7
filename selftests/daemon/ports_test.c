// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pool of public media ports: pairs, chance, quarantine, exhaustion.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "media/ports.h"

#define QUARANTINE_MS (MEDIA_PORTS_QUARANTINE_S * 1000)

static void pairs_begin_even_and_lie_in_the_range(void **state)
{
	struct media_ports *ports = media_ports_new(30001, 30008);
	unsigned int total;
	int i, port;

	(void)state;
	assert_non_null(ports);
	assert_int_equal(media_ports_used(ports, &total), 0);
	assert_int_equal(total, 3);
	for (i = 0; i < 3; i++) {
		port = media_ports_get(ports, 0);
		assert_in_range(port, 30002, 30006);
		assert_int_equal(port % 2, 0);
	}
	media_ports_free(ports);
}

static void range_without_a_pair_is_refused(void **state)
{
	static const struct { uint16_t min, max; } ranges[] = {
		{ 30001, 30002 }, { 30000, 30000 }, { 30001, 30000 },
		{ 65535, 65535 }, { 0, 100 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		errno = 0;
		assert_null(media_ports_new(ranges[i].min, ranges[i].max));
		assert_int_equal(errno, EINVAL);
	}
}

static void topmost_pair_is_in_the_pool(void **state)
{
	struct media_ports *ports = media_ports_new(65534, 65535);

	(void)state;
	assert_non_null(ports);
	assert_int_equal(media_ports_get(ports, 0), 65534);
	media_ports_free(ports);
}

static void no_pair_is_lent_twice(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30199);
	char seen[100] = { 0 };
	int i, port;

	(void)state;
	for (i = 0; i < 100; i++) {
		port = media_ports_get(ports, 0);
		assert_in_range(port, 30000, 30198);
		assert_int_equal(seen[(port - 30000) / 2]++, 0);
	}
	assert_int_equal(media_ports_used(ports, NULL), 100);
	media_ports_free(ports);
}

/* 1000 pairs in order by chance: 1 / 1000!. One hundred are proof enough. */
static void order_cannot_be_guessed(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 31999);
	int i, port, last = 0, followed = 0;

	(void)state;
	for (i = 0; i < 100; i++) {
		port = media_ports_get(ports, 0);
		if (port == last + 2)
			followed++;
		last = port;
	}
	assert_in_range(followed, 0, 10);
	media_ports_free(ports);
}

static void D10_exhausted_pool_says_so(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30003);

	(void)state;
	assert_true(media_ports_get(ports, 0) > 0);
	assert_true(media_ports_get(ports, 0) > 0);
	assert_int_equal(media_ports_get(ports, 0), -ENOSPC);
	media_ports_free(ports);
}

static void returned_pair_rests_before_it_is_lent_again(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30001);

	(void)state;
	assert_int_equal(media_ports_get(ports, 5), 30000);
	media_ports_put(ports, 30000, 1000);
	assert_int_equal(media_ports_used(ports, NULL), 0);
	assert_int_equal(media_ports_get(ports, 1000 + QUARANTINE_MS - 1),
			 -ENOSPC);
	assert_int_equal(media_ports_get(ports, 1000 + QUARANTINE_MS), 30000);
	media_ports_free(ports);
}

static void returning_twice_returns_once(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30001);

	(void)state;
	media_ports_get(ports, 0);
	media_ports_put(ports, 30000, 0);
	media_ports_put(ports, 30000, 0);
	media_ports_put(ports, 1, 0);
	assert_int_equal(media_ports_used(ports, NULL), 0);
	assert_int_equal(media_ports_get(ports, QUARANTINE_MS), 30000);
	assert_int_equal(media_ports_get(ports, QUARANTINE_MS), -ENOSPC);
	media_ports_free(ports);
}

static void taken_pair_is_not_lent(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30003);

	(void)state;
	assert_int_equal(media_ports_take(ports, 30003), 0);
	assert_int_equal(media_ports_take(ports, 30002), -EBUSY);
	assert_int_equal(media_ports_take(ports, 29999), -ERANGE);
	assert_int_equal(media_ports_take(ports, 30004), -ERANGE);
	assert_int_equal(media_ports_get(ports, 0), 30000);
	assert_int_equal(media_ports_get(ports, 0), -ENOSPC);
	media_ports_free(ports);
}

static void resting_pair_can_be_taken(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30001);

	(void)state;
	media_ports_get(ports, 0);
	media_ports_put(ports, 30000, 0);
	assert_int_equal(media_ports_take(ports, 30000), 0);
	assert_int_equal(media_ports_get(ports, QUARANTINE_MS), -ENOSPC);
	assert_int_equal(media_ports_used(ports, NULL), 1);
	media_ports_free(ports);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_begin_even_and_lie_in_the_range),
		cmocka_unit_test(range_without_a_pair_is_refused),
		cmocka_unit_test(topmost_pair_is_in_the_pool),
		cmocka_unit_test(no_pair_is_lent_twice),
		cmocka_unit_test(order_cannot_be_guessed),
		cmocka_unit_test(D10_exhausted_pool_says_so),
		cmocka_unit_test(returned_pair_rests_before_it_is_lent_again),
		cmocka_unit_test(returning_twice_returns_once),
		cmocka_unit_test(taken_pair_is_not_lent),
		cmocka_unit_test(resting_pair_can_be_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
