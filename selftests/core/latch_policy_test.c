// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose packets are accepted: each policy against each kind of source, inside
 * the window, at its end and after, before learning and after.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/latch_policy.h"
#include "datagram.h"

#define WINDOW_END	1000

#define ACCEPT		SF_LATCH_ACCEPT
#define LEARN		SF_LATCH_LEARN
#define MISMATCH	SF_LATCH_MISMATCH

static struct sf_endpoint remote, same_address, stranger, loopback;

static int setup(void **state)
{
	(void)state;
	remote = datagram_endpoint("192.0.2.1", 5004);
	same_address = datagram_endpoint("192.0.2.1", 6006);
	stranger = datagram_endpoint("198.51.100.1", 5004);
	loopback = datagram_endpoint("127.0.0.1", 5004);
	return 0;
}

static struct sf_latch_state with(enum sipfast_learn policy,
				  const struct sf_endpoint *told)
{
	struct sf_latch_state latch;

	memset(&latch, 0, sizeof(latch));
	latch.policy = policy;
	latch.window_end_ns = WINDOW_END;
	if (told)
		latch.remote = *told;
	return latch;
}

/* What the caller does, and what it gets. */
static enum sf_latch_verdict receive(struct sf_latch_state *latch,
				     const struct sf_endpoint *source,
				     bool is_fit, u64 now)
{
	enum sf_latch_verdict verdict;

	verdict = sf_latch_check(latch, source, is_fit, now);
	if (verdict == LEARN)
		latch->learned = *source;
	return verdict;
}

struct one {
	enum sipfast_learn	policy;
	const struct sf_endpoint *told;
	const struct sf_endpoint *source;
	bool			is_fit;
	bool			is_late;
	enum sf_latch_verdict	verdict;
};

static void the_first_packet(void **state)
{
	const struct one cases[] = {
		/* exact: one endpoint, at any time, whatever it sends */
		{ SIPFAST_LEARN_EXACT, &remote, &remote, 1, 0, ACCEPT },
		{ SIPFAST_LEARN_EXACT, &remote, &remote, 0, 1, ACCEPT },
		{ SIPFAST_LEARN_EXACT, &remote, &same_address, 1, 0, MISMATCH },
		{ SIPFAST_LEARN_EXACT, &remote, &stranger, 1, 0, MISMATCH },
		{ SIPFAST_LEARN_EXACT, NULL, &stranger, 1, 0, MISMATCH },

		/* same-address: the port is learned, from what is fit, in time */
		{ SIPFAST_LEARN_SAME_ADDRESS, &remote, &remote, 1, 0, LEARN },
		{ SIPFAST_LEARN_SAME_ADDRESS, &remote, &same_address, 1, 0, LEARN },
		{ SIPFAST_LEARN_SAME_ADDRESS, &remote, &stranger, 1, 0, MISMATCH },
		{ SIPFAST_LEARN_SAME_ADDRESS, &remote, &remote, 0, 0, ACCEPT },
		{ SIPFAST_LEARN_SAME_ADDRESS, &remote, &same_address, 0, 0, MISMATCH },
		{ SIPFAST_LEARN_SAME_ADDRESS, &remote, &remote, 1, 1, ACCEPT },
		{ SIPFAST_LEARN_SAME_ADDRESS, &remote, &same_address, 1, 1, MISMATCH },
		{ SIPFAST_LEARN_SAME_ADDRESS, NULL, &stranger, 1, 0, MISMATCH },

		/* learn-once: anybody, from what is fit, in time */
		{ SIPFAST_LEARN_LEARN_ONCE, &remote, &remote, 1, 0, LEARN },
		{ SIPFAST_LEARN_LEARN_ONCE, &remote, &stranger, 1, 0, LEARN },
		{ SIPFAST_LEARN_LEARN_ONCE, NULL, &stranger, 1, 0, LEARN },
		{ SIPFAST_LEARN_LEARN_ONCE, &remote, &remote, 0, 0, ACCEPT },
		{ SIPFAST_LEARN_LEARN_ONCE, &remote, &stranger, 0, 0, MISMATCH },
		{ SIPFAST_LEARN_LEARN_ONCE, &remote, &remote, 1, 1, ACCEPT },
		{ SIPFAST_LEARN_LEARN_ONCE, &remote, &stranger, 1, 1, MISMATCH },
		{ SIPFAST_LEARN_LEARN_ONCE, NULL, &stranger, 1, 1, MISMATCH },
		{ SIPFAST_LEARN_LEARN_ONCE, NULL, &loopback, 1, 0, MISMATCH },

		/* off: anybody, and nobody is learned */
		{ SIPFAST_LEARN_OFF, &remote, &remote, 1, 0, ACCEPT },
		{ SIPFAST_LEARN_OFF, &remote, &stranger, 1, 0, ACCEPT },
		{ SIPFAST_LEARN_OFF, NULL, &stranger, 0, 1, ACCEPT },
	};
	struct sf_latch_state latch;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct one *one = &cases[i];

		latch = with(one->policy, one->told);
		if (sf_latch_check(&latch, one->source, one->is_fit,
				   one->is_late ? WINDOW_END : 0) !=
		    one->verdict)
			fail_msg("case %u", i);
	}
}

static void the_window_ends_on_the_dot(void **state)
{
	struct sf_latch_state latch = with(SIPFAST_LEARN_LEARN_ONCE, NULL);

	(void)state;
	assert_int_equal(sf_latch_check(&latch, &stranger, true,
					WINDOW_END - 1), LEARN);
	assert_int_equal(sf_latch_check(&latch, &stranger, true, WINDOW_END),
			 MISMATCH);
	latch.window_end_ns = 0;
	assert_int_equal(sf_latch_check(&latch, &stranger, true, ~0ULL), LEARN);
}

static void learned_once_means_once(void **state)
{
	struct sf_latch_state latch = with(SIPFAST_LEARN_LEARN_ONCE, &remote);

	(void)state;
	assert_int_equal(receive(&latch, &stranger, true, 0), LEARN);
	assert_int_equal(receive(&latch, &stranger, true, 0), ACCEPT);
	assert_int_equal(receive(&latch, &stranger, false, 0), ACCEPT);
	assert_int_equal(receive(&latch, &stranger, true, WINDOW_END), ACCEPT);
	/* Inside the window and out of it, the endpoint as told included. */
	assert_int_equal(receive(&latch, &remote, true, 0), MISMATCH);
	assert_int_equal(receive(&latch, &same_address, true, 0), MISMATCH);
	assert_int_equal(receive(&latch, &remote, true, WINDOW_END), MISMATCH);
}

static void a_learned_port_is_locked(void **state)
{
	struct sf_latch_state latch = with(SIPFAST_LEARN_SAME_ADDRESS, &remote);

	(void)state;
	assert_int_equal(receive(&latch, &same_address, true, 0), LEARN);
	assert_int_equal(receive(&latch, &remote, true, 0), MISMATCH);
	assert_int_equal(receive(&latch, &same_address, true, 0), ACCEPT);
}

/* After a new offer or answer the caller forgets what was learned. */
static void learning_is_opened_anew(void **state)
{
	struct sf_latch_state latch = with(SIPFAST_LEARN_LEARN_ONCE, NULL);

	(void)state;
	assert_int_equal(receive(&latch, &stranger, true, 0), LEARN);
	assert_int_equal(receive(&latch, &remote, true, 0), MISMATCH);
	memset(&latch.learned, 0, sizeof(latch.learned));
	assert_int_equal(receive(&latch, &remote, true, 0), LEARN);
	assert_int_equal(receive(&latch, &stranger, true, 0), MISMATCH);
}

static void packets_go_to_the_learned_endpoint(void **state)
{
	struct sf_latch_state latch = with(SIPFAST_LEARN_LEARN_ONCE, NULL);

	(void)state;
	assert_int_equal(sf_latch_state_remote(&latch)->family, AF_UNSPEC);
	latch.remote = remote;
	assert_true(sf_endpoint_equal(sf_latch_state_remote(&latch), &remote));
	latch.learned = stranger;
	assert_true(sf_endpoint_equal(sf_latch_state_remote(&latch),
				      &stranger));
}

static void ipv6_is_no_different(void **state)
{
	struct sf_endpoint told = datagram_endpoint("2001:db8::1", 5004);
	struct sf_endpoint moved = datagram_endpoint("2001:db8::1", 6006);
	struct sf_endpoint other = datagram_endpoint("2001:db8::2", 5004);
	struct sf_latch_state latch = with(SIPFAST_LEARN_SAME_ADDRESS, &told);

	(void)state;
	assert_int_equal(receive(&latch, &other, true, 0), MISMATCH);
	assert_int_equal(receive(&latch, &moved, true, 0), LEARN);
	assert_int_equal(receive(&latch, &told, true, 0), MISMATCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_packet),
		cmocka_unit_test(the_window_ends_on_the_dot),
		cmocka_unit_test(learned_once_means_once),
		cmocka_unit_test(a_learned_port_is_locked),
		cmocka_unit_test(learning_is_opened_anew),
		cmocka_unit_test(packets_go_to_the_learned_endpoint),
		cmocka_unit_test(ipv6_is_no_different),
	};

	return cmocka_run_group_tests_name("latch_policy", tests, setup, NULL);
}
