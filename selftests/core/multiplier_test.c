// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A multiplier is bad where ports of one address share a chain, which is tried
 * here with all of them.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/multiplier.h"
#include "core/packet.h"
#include "datagram.h"

#define BITS	20
#define SHIFT	(64 - BITS)

/* How many ports of an address are in a chain with another one of its ports? */
static unsigned int n_shared(const char *host, u64 multiplier)
{
	const u64 secret[2] = { 0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f };
	struct sf_endpoint endpoint = datagram_endpoint(host, 0);
	bool *used = calloc(1 << BITS, sizeof(*used));
	unsigned int port, n = 0;
	u64 chain;

	assert_non_null(used);
	for (port = 0; port <= USHRT_MAX; port++) {
		endpoint.port = htons(port);
		chain = sf_endpoint_word(&endpoint, secret) * multiplier >>
			SHIFT;
		n += used[chain];
		used[chain] = true;
	}
	free(used);
	return n;
}

static u64 random_multiplier(void)
{
	u64 multiplier = 1;
	int i;

	for (i = 0; i < 64; i += 16)
		multiplier ^= (u64)(rand() & 0xffff) << i;
	return multiplier | 1;
}

/* More than half of all that there are have no bad distance. */
static void what_is_not_bad_spreads_ports(void **state)
{
	unsigned int i, n_good = 0;
	u64 multiplier;

	(void)state;
	srand(1);
	for (i = 0; i < 100; i++) {
		multiplier = random_multiplier();
		if (sf_multiplier_n_bad(multiplier, SHIFT, 1))
			continue;
		n_good++;
		assert_int_equal(n_shared("192.0.2.1", multiplier), 0);
		assert_int_equal(n_shared("2001:db8::1", multiplier), 0);
	}
	assert_in_range(n_good, 51, 99);
}

/* Ports two apart, as RTP's are, and 256 apart, are an arc's tenth apart */
static void what_piles_ports_up_is_bad(void **state)
{
	static const u64 distances[] = { 512, 2, 256, 1 };
	u64 multiplier;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(distances) / sizeof(distances[0]); i++) {
		multiplier = (BIT_ULL(SHIFT) / 10 / distances[i]) | 1;
		assert_in_range(sf_multiplier_n_bad(multiplier, SHIFT,
						    UINT_MAX), 1, UINT_MAX);
		assert_in_range(n_shared("192.0.2.1", multiplier), 1000,
				USHRT_MAX);
	}
}

static void no_more_are_counted_than_was_asked_for(void **state)
{
	(void)state;
	assert_int_equal(sf_multiplier_n_bad(1, SHIFT, UINT_MAX),
			 255 * 511 + 255);
	assert_int_equal(sf_multiplier_n_bad(1, SHIFT, 3), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_bad_spreads_ports),
		cmocka_unit_test(what_piles_ports_up_is_bad),
		cmocka_unit_test(no_more_are_counted_than_was_asked_for),
	};

	return cmocka_run_group_tests_name("multiplier", tests, NULL, NULL);
}
