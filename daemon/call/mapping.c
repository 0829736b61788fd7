// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which public port stands for which transport of a LAN host, in one call: a
 * handful of pairs, walked from end to end.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/mapping.h"

#include <errno.h>
#include <stddef.h>

/* Which half stands for @lan, counted over all pairs; or -1. */
static int find_half(const struct call_mappings *mappings,
		     const union media_address *lan)
{
	unsigned int i;

	for (i = 0; i < 2 * mappings->n_pairs; i++)
		if (media_address_equal(&mappings->pairs[i / 2].lan[i % 2],
					lan))
			return i;
	return -1;
}

static bool is_spare(const struct call_pair *pair)
{
	return !media_address_is_set(&pair->lan[0]) &&
	       !media_address_is_set(&pair->lan[1]);
}

static bool is_half(const struct call_pair *pair,
		    const union media_address *ours)
{
	return media_address_is_set(ours) &&
	       (media_address_port(ours) & ~1) == pair->port;
}

static bool runs(const struct media_plan *plan, const struct call_pair *pair)
{
	unsigned int i;

	for (i = 0; i < plan->n_streams; i++)
		if (is_half(pair, &plan->streams[i].public) ||
		    is_half(pair, &plan->streams[i].inside))
			return true;
	return false;
}

/* The pair that can be missed best, or NULL. */
static struct call_pair *find_oldest(struct call_mappings *mappings,
				     const struct media_plan *plan)
{
	struct call_pair *oldest = NULL, *pair;

	for (pair = mappings->pairs;
	     pair < mappings->pairs + mappings->n_pairs; pair++) {
		if (pair->named == mappings->message || runs(plan, pair))
			continue;
		if (!oldest || pair->named < oldest->named)
			oldest = pair;
	}
	return oldest;
}

/* Makes *@pair a pair fresh from the pool; it is as it was where there is none. */
static int borrow(const struct call_mappings *mappings,
		  struct media_ports *ports, uint64_t now_ms,
		  struct call_pair *pair)
{
	int port = media_ports_get(ports, now_ms);

	if (port < 0)
		return port;
	*pair = (struct call_pair){
		.port = port,
		.named = mappings->message,
	};
	return 0;
}

static int add_pair(struct call_mappings *mappings, struct media_ports *ports,
		    uint64_t now_ms)
{
	int err;

	if (mappings->n_pairs == CALL_MAX_PAIRS)
		return -ENOSPC;
	err = borrow(mappings, ports, now_ms,
		     &mappings->pairs[mappings->n_pairs]);
	if (!err)
		mappings->n_pairs++;
	return err;
}

static int replace_pair(struct call_mappings *mappings,
			struct media_ports *ports, uint64_t now_ms,
			struct call_pair *pair)
{
	uint16_t port = pair->port;
	int err;

	err = borrow(mappings, ports, now_ms, pair);
	if (!err)
		media_ports_put(ports, port, now_ms);
	return err;
}

/* A spare pair, borrowed where there is none; *@spare gets it. */
static int get_spare(struct call_mappings *mappings, struct media_ports *ports,
		     const struct media_plan *plan, uint64_t now_ms,
		     struct call_pair **spare)
{
	struct call_pair *pair;

	for (pair = mappings->pairs;
	     pair < mappings->pairs + mappings->n_pairs; pair++) {
		if (is_spare(pair)) {
			*spare = pair;
			return 0;
		}
	}
	if (mappings->n_pairs == CALL_MAX_PAIRS) {
		*spare = find_oldest(mappings, plan);
		return *spare ? replace_pair(mappings, ports, now_ms, *spare)
			      : -ENOSPC;
	}
	*spare = &mappings->pairs[mappings->n_pairs];
	return add_pair(mappings, ports, now_ms);
}

uint16_t mappings_port(const struct call_mappings *mappings,
		       const union media_address *lan)
{
	int half;

	if (!media_address_is_set(lan))
		return 0;
	half = find_half(mappings, lan);
	return half < 0 ? 0 : mappings->pairs[half / 2].port + half % 2;
}

void mappings_begin(struct call_mappings *mappings)
{
	mappings->message++;
}

/*
 * Makes @lan one half's own: that of a pair that stands for it already, the odd
 * half of @beside where it is free, or the even one of a spare pair. *@pair gets
 * the pair.
 */
static int add_half(struct call_mappings *mappings, struct media_ports *ports,
		    const union media_address *lan, struct call_pair *beside,
		    const struct media_plan *plan, uint64_t now_ms,
		    struct call_pair **pair)
{
	int half = find_half(mappings, lan);
	int err;

	if (half >= 0) {
		*pair = &mappings->pairs[half / 2];
	} else if (beside && !media_address_is_set(&beside->lan[1])) {
		*pair = beside;
		(*pair)->lan[1] = *lan;
	} else {
		err = get_spare(mappings, ports, plan, now_ms, pair);
		if (err)
			return err;
		(*pair)->lan[0] = *lan;
	}
	(*pair)->named = mappings->message;
	return 0;
}

int mappings_add(struct call_mappings *mappings, struct media_ports *ports,
		 const union media_address *rtp,
		 const union media_address *rtcp,
		 const struct media_plan *plan, uint64_t now_ms)
{
	struct call_pair *pair, *beside;
	int err;

	err = add_half(mappings, ports, rtp, NULL, plan, now_ms, &pair);
	if (err || !media_address_is_set(rtcp))
		return err;
	beside = media_address_equal(&pair->lan[0], rtp) ? pair : NULL;
	return add_half(mappings, ports, rtcp, beside, plan, now_ms, &pair);
}

int mappings_reserve(struct call_mappings *mappings, struct media_ports *ports,
		     unsigned int n, uint64_t now_ms)
{
	int err = 0;

	while (!err && mappings->n_pairs < n)
		err = add_pair(mappings, ports, now_ms);
	return err;
}

void mappings_advertise(struct call_mappings *mappings)
{
	struct call_pair *pair;

	for (pair = mappings->pairs;
	     pair < mappings->pairs + mappings->n_pairs; pair++)
		if (!is_spare(pair) && pair->named == mappings->message)
			pair->advertised = true;
}

int mappings_renew(struct call_mappings *mappings, struct media_ports *ports,
		   uint64_t now_ms)
{
	struct call_pair *pair;
	int port, err = -ENOENT;

	for (pair = mappings->pairs;
	     pair < mappings->pairs + mappings->n_pairs; pair++) {
		if (pair->advertised || is_spare(pair))
			continue;
		port = media_ports_get(ports, now_ms);
		if (port < 0)
			return port;
		media_ports_put(ports, pair->port, now_ms);
		pair->port = port;
		err = 0;
	}
	return err;
}

static bool has_pair(const struct call_mappings *mappings, uint16_t port)
{
	unsigned int i;

	for (i = 0; i < mappings->n_pairs; i++)
		if (mappings->pairs[i].port == port)
			return true;
	return false;
}

void mappings_restore(struct call_mappings *mappings, struct media_ports *ports,
		      const struct call_mappings *before, uint64_t now_ms)
{
	unsigned int i;

	for (i = 0; i < mappings->n_pairs; i++)
		if (!has_pair(before, mappings->pairs[i].port))
			media_ports_put(ports, mappings->pairs[i].port, now_ms);
	/* What was given back a moment ago still rests, so it can be had. */
	for (i = 0; i < before->n_pairs; i++)
		if (!has_pair(mappings, before->pairs[i].port))
			media_ports_take(ports, before->pairs[i].port);
	*mappings = *before;
}

void mappings_end(struct call_mappings *mappings, struct media_ports *ports,
		  uint64_t now_ms)
{
	while (mappings->n_pairs)
		media_ports_put(ports,
				mappings->pairs[--mappings->n_pairs].port,
				now_ms);
}
