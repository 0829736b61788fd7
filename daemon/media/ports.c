// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pool of public media ports: who has which pair, and which pairs rest.
 *
 * The free pairs stand in an array without order, so that one can be drawn at
 * random and any one be taken out, both in one step. The resting ones stand in
 * a list in the order they came back, which is the order they get up in.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "media/ports.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/random.h>
#include <utlist.h>

#define QUARANTINE_MS (MEDIA_PORTS_QUARANTINE_S * 1000ULL)

enum pair_state {
	PAIR_FREE,
	PAIR_LENT,
	PAIR_RESTING,
};

/**
 * struct pair - an even port and the one above it
 * @state: where it is
 * @slot: its place among the free ones, while it is one
 * @rests_until_ms: when it becomes free, while it rests
 * @prev: its neighbours among the resting ones
 * @next: likewise
 */
struct pair {
	enum pair_state state;
	unsigned int slot;
	uint64_t rests_until_ms;
	struct pair *prev, *next;
};

/**
 * struct media_ports - the pool
 * @first: even port of pair 0
 * @n_pairs: how many pairs there are
 * @pairs: all of them, by port
 * @n_free: how many of @free count
 * @free: numbers of the free pairs, in no order
 * @n_lent: how many are lent
 * @resting: those in quarantine, longest first
 */
struct media_ports {
	uint16_t first;
	unsigned int n_pairs;
	struct pair *pairs;
	unsigned int n_free;
	unsigned int *free;
	unsigned int n_lent;
	struct pair *resting;
};

static uint16_t port_of(const struct media_ports *ports,
			const struct pair *pair)
{
	return ports->first + 2 * (pair - ports->pairs);
}

/* The pair that @port is one half of, or NULL. */
static struct pair *pair_of(const struct media_ports *ports, uint16_t port)
{
	unsigned int number;

	if (port < ports->first)
		return NULL;
	number = (port - ports->first) / 2;
	return number < ports->n_pairs ? &ports->pairs[number] : NULL;
}

static void add_free(struct media_ports *ports, struct pair *pair)
{
	pair->state = PAIR_FREE;
	pair->slot = ports->n_free;
	ports->free[ports->n_free++] = pair - ports->pairs;
}

/* The last free pair moves to the slot that becomes empty. */
static void remove_free(struct media_ports *ports, struct pair *pair)
{
	unsigned int last = ports->free[--ports->n_free];

	ports->free[pair->slot] = last;
	ports->pairs[last].slot = pair->slot;
}

static void lend(struct media_ports *ports, struct pair *pair)
{
	remove_free(ports, pair);
	pair->state = PAIR_LENT;
	ports->n_lent++;
}

static void wake_rested(struct media_ports *ports, uint64_t now_ms)
{
	struct pair *pair;

	while ((pair = ports->resting) && pair->rests_until_ms <= now_ms) {
		DL_DELETE(ports->resting, pair);
		add_free(ports, pair);
	}
}

/* A number below @n that cannot be guessed, or -errno. */
static int draw(unsigned int n)
{
	uint64_t number;
	ssize_t len;

	do {
		len = getrandom(&number, sizeof(number), 0);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	return number % n;
}

struct media_ports *media_ports_new(uint16_t min, uint16_t max)
{
	unsigned int first = (min + 1U) & ~1U;
	struct media_ports *ports;
	unsigned int i;

	if (!min || first >= max) {
		errno = EINVAL;
		return NULL;
	}

	ports = calloc(1, sizeof(*ports));
	if (!ports)
		return NULL;
	ports->first = first;
	ports->n_pairs = (max + 1U - first) / 2;
	ports->pairs = calloc(ports->n_pairs, sizeof(*ports->pairs));
	ports->free = calloc(ports->n_pairs, sizeof(*ports->free));
	if (!ports->pairs || !ports->free) {
		media_ports_free(ports);
		errno = ENOMEM;
		return NULL;
	}
	for (i = 0; i < ports->n_pairs; i++)
		add_free(ports, &ports->pairs[i]);
	return ports;
}

void media_ports_free(struct media_ports *ports)
{
	if (!ports)
		return;
	free(ports->free);
	free(ports->pairs);
	free(ports);
}

int media_ports_get(struct media_ports *ports, uint64_t now_ms)
{
	struct pair *pair;
	int slot;

	wake_rested(ports, now_ms);
	if (!ports->n_free)
		return -ENOSPC;
	slot = draw(ports->n_free);
	if (slot < 0)
		return slot;
	pair = &ports->pairs[ports->free[slot]];
	lend(ports, pair);
	return port_of(ports, pair);
}

int media_ports_take(struct media_ports *ports, uint16_t port)
{
	struct pair *pair = pair_of(ports, port);

	if (!pair)
		return -ERANGE;
	if (pair->state == PAIR_LENT)
		return -EBUSY;
	if (pair->state == PAIR_RESTING) {
		DL_DELETE(ports->resting, pair);
		add_free(ports, pair);
	}
	lend(ports, pair);
	return 0;
}

void media_ports_put(struct media_ports *ports, uint16_t port, uint64_t now_ms)
{
	struct pair *pair = pair_of(ports, port);

	if (!pair || pair->state != PAIR_LENT)
		return;
	ports->n_lent--;
	pair->state = PAIR_RESTING;
	pair->rests_until_ms = now_ms + QUARANTINE_MS;
	DL_APPEND(ports->resting, pair);
}

unsigned int media_ports_used(const struct media_ports *ports,
			      unsigned int *total)
{
	if (total)
		*total = ports->n_pairs;
	return ports->n_lent;
}
