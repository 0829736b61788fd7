// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Floods: how much one host may ask of us.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/flood.h"

#include <stdlib.h>

#include "alg/parts.h"

/* A token in its unit: at @rate tokens a second @rate units come in a ms. */
#define TOKEN 1000ull

static void fill(struct alg_bucket *bucket, uint32_t rate, uint32_t burst,
		 uint64_t now_ms)
{
	const uint64_t full = burst * TOKEN;
	uint64_t elapsed_ms = now_ms - bucket->filled_ms;

	/* Whatever is longer than it takes to fill it is as good as that. */
	if (!bucket->filled_ms || elapsed_ms >= full / rate + 1)
		bucket->level = full;
	else
		bucket->level += elapsed_ms * rate;
	if (bucket->level > full)
		bucket->level = full;
	bucket->filled_ms = now_ms;
}

bool alg_bucket_take(struct alg_bucket *bucket, uint32_t rate, uint32_t burst,
		     uint64_t now_ms)
{
	fill(bucket, rate, burst, now_ms);
	if (bucket->level < TOKEN)
		return false;
	bucket->level -= TOKEN;
	return true;
}

struct alg_source *alg_source_of(struct alg *alg,
				 const struct alg_address *lan)
{
	struct alg_address host = *lan;
	struct alg_source *source;

	host.port = 0;
	HASH_FIND(hh, alg->sources, &host, sizeof(host), source);
	if (source || HASH_COUNT(alg->sources) >= ALG_MAX_SOURCES)
		return source;
	source = calloc(1, sizeof(*source));
	if (!source)
		return NULL;
	source->host = host;
	HASH_ADD(hh, alg->sources, host, sizeof(source->host), source);
	return source;
}

bool alg_source_may_send(struct alg *alg, struct alg_source *source)
{
	const struct alg_limits *limits = &alg->policy.limits;

	return alg_bucket_take(&source->messages, limits->messages,
			       limits->messages_burst, alg_now_ms(alg));
}

bool alg_source_may_open(const struct alg *alg,
			 const struct alg_source *source)
{
	return source->n_endpoints < alg->policy.limits.max_endpoints &&
	       HASH_CNT(by_id, alg->by_id) < ALG_MAX_ENDPOINTS;
}

/* Which bucket cannot be foreseen from outside: the seed is the daemon's own. */
static struct alg_bucket *bucket_of(struct alg *alg,
				    const struct alg_address *host)
{
	uint32_t hash = alg->seed;
	size_t i;

	for (i = 0; i < sizeof(host->host); i++)
		hash = (hash ^ host->host[i]) * 16777619u;
	return &alg->strangers[(hash ^ hash >> 16) % ALG_STRANGER_BUCKETS];
}

bool alg_stranger_may_send(struct alg *alg, const struct alg_address *host)
{
	const uint32_t rate = alg->policy.limits.strangers;

	return alg_bucket_take(bucket_of(alg, host), rate,
			       rate * ALG_STRANGER_BURST_S, alg_now_ms(alg));
}

bool alg_is_answered(struct alg *alg, struct alg_source *source)
{
	fill(&source->answers, ALG_ANSWERS, ALG_ANSWERS_BURST, alg_now_ms(alg));
	return source->answers.level >= TOKEN;
}

bool alg_may_answer(struct alg *alg, struct alg_source *source)
{
	if (source)
		return alg_bucket_take(&source->answers, ALG_ANSWERS,
				       ALG_ANSWERS_BURST, alg_now_ms(alg));
	return alg_bucket_take(&alg->answers_outside, ALG_ANSWERS_OUTSIDE,
			       ALG_ANSWERS_OUTSIDE_BURST, alg_now_ms(alg));
}

bool alg_admit(struct alg *alg, uint32_t id, bool from_lan)
{
	const struct alg_limits *limits = &alg->policy.limits;
	struct alg_endpoint *endpoint = alg_endpoint_by_id(alg, id);

	if (!endpoint || !endpoint->source)
		return true;
	if (endpoint->source->n_calls >= limits->max_calls)
		return false;
	return !from_lan ||
	       alg_bucket_take(&endpoint->source->calls, limits->calls,
			       limits->calls_burst, alg_now_ms(alg));
}

static void forget(struct alg *alg, struct alg_source *source)
{
	HASH_DEL(alg->sources, source);
	free(source);
}

void alg_sources_expire(struct alg *alg, uint64_t now_ms)
{
	struct alg_source *source, *next;

	HASH_ITER(hh, alg->sources, source, next)
		if (!source->n_endpoints &&
		    now_ms - source->messages.filled_ms >= ALG_SOURCE_MS)
			forget(alg, source);
}

void alg_sources_free(struct alg *alg)
{
	struct alg_source *source, *next;

	HASH_ITER(hh, alg->sources, source, next)
		forget(alg, source);
}
