// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kill -9 at any moment: a process that writes without pause is killed, again and
 * again, and what its commits had promised is there each time, whole, and no more.
 *
 * The n-th transaction is always the same, so that whoever reads the file knows
 * what has to be in it after so many of them.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store_file.h"

#define N_KILLS 250
#define N_ROWS 64

/* A life is as long as this at most, and mostly shorter. */
#define MAX_LIFE_US 20000

/** struct state - which transaction wrote each row last; 0: it is not there */
struct state {
	uint32_t rows[N_ROWS];
};

/* Written by the one that is killed: so many commits have returned. */
static volatile uint32_t *n_committed;

static uint32_t random_of(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* One transaction, to the store where there is one, and to @state. */
static void transact(struct store *store, struct state *state, uint32_t number)
{
	uint32_t seed = number, n_steps = 1 + random_of(&seed) % 8;
	struct store_endpoint endpoint = { 0 };
	struct store_peer peer = { 0 };

	while (n_steps--) {
		endpoint.id = peer.endpoint = random_of(&seed) % N_ROWS;
		endpoint.from_lan = peer.position = number;
		state->rows[endpoint.id] = 0;
		/* Two tables, which have to agree. */
		store_remove(store, STORE_PEER, &peer, 1);
		if (random_of(&seed) % 4) {
			state->rows[endpoint.id] = number;
			store_put(store, STORE_PEER, &peer);
			store_put(store, STORE_ENDPOINT, &endpoint);
		} else {
			store_remove(store, STORE_ENDPOINT, &endpoint, 1);
		}
	}
}

/* SIGKILL comes by itself, at a moment that nobody here knows. */
static void live_for(uint32_t us)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL,
	};
	struct itimerspec when = {
		.it_value = { .tv_nsec = 1 + us * 1000l },
	};
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) ||
	    timer_settime(timer, 0, &when, NULL))
		_exit(2);
}

static void live(uint32_t us)
{
	struct state state = { 0 };
	struct store *store;

	live_for(us);
	store = store_open(path_of_store(), NOW_MS);
	while (store_is_kept(store) && !store_counters(store)->failed) {
		transact(store, &state, *n_committed + 1);
		store_commit(store);
		(*n_committed)++;
	}
	_exit(3);
}

static void read_endpoint(void *arg, const void *record)
{
	const struct store_endpoint *endpoint = record;
	struct state *state = arg;

	assert_in_range(endpoint->id, 0, N_ROWS - 1);
	state->rows[endpoint->id] = endpoint->from_lan;
}

static void read_peer(void *arg, const void *record)
{
	const struct store_peer *peer = record;
	const struct state *state = arg;

	assert_in_range(peer->endpoint, 0, N_ROWS - 1);
	assert_int_equal(state->rows[peer->endpoint], peer->position);
}

static void read_state(struct state *state)
{
	struct store *store = open_store();
	unsigned int i, n = 0;

	assert_true(store_is_kept(store));
	*state = (struct state){ 0 };
	store_each(store, STORE_ENDPOINT, read_endpoint, state);
	store_each(store, STORE_PEER, read_peer, state);
	for (i = 0; i < N_ROWS; i++)
		n += state->rows[i] != 0;
	assert_int_equal(n_rows(store, STORE_PEER), n);
	assert_int_equal(store_counters(store)->failed, 0);
	store_close(store);
}

static void what_was_committed_is_there(void **unused)
{
	struct state expected = { 0 }, found;
	uint32_t i, n_applied = 0, seed = 1;
	unsigned int n_in_between = 0;
	int status;
	pid_t pid;

	(void)unused;
	n_committed = mmap(NULL, sizeof(*n_committed), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(n_committed, MAP_FAILED);
	for (i = 0; i < N_KILLS; i++) {
		fflush(NULL);
		pid = fork();
		if (!pid)
			live(random_of(&seed) % MAX_LIFE_US);
		random_of(&seed);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGKILL);

		while (n_applied < *n_committed)
			transact(NULL, &expected, ++n_applied);
		read_state(&found);
		/* The last commit may be done, and nobody told. */
		if (memcmp(&found, &expected, sizeof(found))) {
			transact(NULL, &expected, ++n_applied);
			*n_committed = n_applied;
			n_in_between++;
		}
		assert_memory_equal(&found, &expected, sizeof(found));
	}
	print_message("%u transactions, %u kills, %u of them between a commit and the word of it\n",
		      n_applied, N_KILLS, n_in_between);
	assert_true(n_applied > N_KILLS);
	munmap((void *)n_committed, sizeof(*n_committed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_committed_is_there,
						store_setup, store_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
