// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Latching against a model that writes down all that was told and all that
 * came, and looks up in it what is to become of the next packet. Thousands of
 * random lives of a side, with sources that like to be taken for another.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/latch_policy.h"
#include "datagram.h"

#define LIVES		3000
#define PACKETS		60
#define N_SOURCES	12

static struct sf_endpoint sources[N_SOURCES];
static bool is_host[N_SOURCES];

static int setup(void **state)
{
	static const struct {
		const char	*text;
		unsigned int	port;
		bool		is_host;
	} table[N_SOURCES] = {
		{ "192.0.2.1", 5004, true },
		{ "192.0.2.1", 5005, true },
		{ "192.0.2.2", 5004, true },
		{ "198.51.100.1", 5004, true },
		{ "2001:db8::1", 5004, true },
		{ "2001:db8::1", 6006, true },
		{ "2001:db8::2", 5004, true },
		{ "192.0.2.1", 0, false },
		{ "127.0.0.1", 5004, false },
		{ "224.0.0.1", 5004, false },
		{ "255.255.255.255", 5004, false },
		{ "ff02::1", 5004, false },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < N_SOURCES; i++) {
		sources[i] = datagram_endpoint(table[i].text, table[i].port);
		is_host[i] = table[i].is_host;
	}
	return 0;
}

/* The first two, and the fifth and sixth, differ in their ports only. */
static bool same_address(unsigned int x, unsigned int y)
{
	return sf_endpoint_equal_addr(&sources[x], &sources[y]);
}

/* What a side was told, and who was the first to be trusted. */
struct model {
	enum sipfast_learn	policy;
	int			told;		/* -1: nothing */
	int			trusted;	/* -1: nobody */
	u64			end;		/* 0: never */
};

static bool is_trustworthy(const struct model *model, unsigned int source,
			   bool is_fit, u64 now)
{
	if (model->trusted >= 0 || !is_fit || !is_host[source])
		return false;
	if (model->end && now >= model->end)
		return false;
	if (model->policy == SIPFAST_LEARN_LEARN_ONCE)
		return true;
	return model->policy == SIPFAST_LEARN_SAME_ADDRESS &&
	       model->told >= 0 && same_address(model->told, source);
}

static enum sf_latch_verdict expect(struct model *model, unsigned int source,
				    bool is_fit, u64 now)
{
	if (model->policy == SIPFAST_LEARN_OFF)
		return SF_LATCH_ACCEPT;
	if (is_trustworthy(model, source, is_fit, now)) {
		model->trusted = source;
		return SF_LATCH_LEARN;
	}
	if (model->trusted >= 0)
		return model->trusted == (int)source ? SF_LATCH_ACCEPT :
						       SF_LATCH_MISMATCH;
	return model->told == (int)source ? SF_LATCH_ACCEPT : SF_LATCH_MISMATCH;
}

/* A new offer or answer. */
static void tell(struct model *model, struct sf_latch_state *state, u64 now)
{
	static const enum sipfast_learn policies[] = {
		SIPFAST_LEARN_EXACT, SIPFAST_LEARN_SAME_ADDRESS,
		SIPFAST_LEARN_LEARN_ONCE, SIPFAST_LEARN_OFF,
	};

	model->policy = policies[datagram_random(4)];
	model->told = (int)datagram_random(N_SOURCES + 1) - 1;
	model->trusted = -1;
	model->end = datagram_random(2) ? now + datagram_random(40) : 0;
	memset(state, 0, sizeof(*state));
	state->policy = model->policy;
	state->window_end_ns = model->end;
	if (model->told >= 0)
		state->remote = sources[model->told];
}

static void check_remote(const struct model *model,
			 const struct sf_latch_state *state)
{
	const struct sf_endpoint *remote = sf_latch_state_remote(state);

	if (model->trusted >= 0)
		assert_true(sf_endpoint_equal(remote, &sources[model->trusted]));
	else if (model->told >= 0)
		assert_true(sf_endpoint_equal(remote, &sources[model->told]));
	else
		assert_int_equal(remote->family, AF_UNSPEC);
}

static void live(void)
{
	struct sf_latch_state state;
	struct model model;
	u64 now = 1;
	unsigned int i;

	tell(&model, &state, now);
	for (i = 0; i < PACKETS; i++) {
		unsigned int source = datagram_random(N_SOURCES);
		bool is_fit = datagram_random(3);
		enum sf_latch_verdict verdict;

		now += datagram_random(3);
		if (datagram_random(30) == 0)
			tell(&model, &state, now);
		verdict = sf_latch_check(&state, &sources[source], is_fit, now);
		if (verdict == SF_LATCH_LEARN)
			state.learned = sources[source];
		assert_int_equal(verdict, expect(&model, source, is_fit, now));
		check_remote(&model, &state);
	}
}

static void random_lives(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < LIVES; i++)
		live();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_lives),
	};

	datagram_seed();
	return cmocka_run_group_tests_name("latch_random", tests, setup, NULL);
}
