/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Floods: how much one host may ask of us.
 *
 * Each LAN host is a *source* with token buckets, for its messages, the calls
 * that it begins and our own answers to it, and with its share of endpoints and
 * calls. What one asks beyond that is answered 503, as long as it is few, and
 * then not at all, so the others get what they need (sip-alg D19, D06). Hosts
 * outside that no phone has written to share a few buckets: there are as many
 * of them as somebody likes to invent.
 *
 * A datagram's source address can be forged. On a LAN that is so to speak among
 * friends: a host that writes in another's name uses up its tokens, and cannot
 * move its mapping, which is bound to the address and port (sip-alg D04).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_FLOOD_H
#define SIPFAST_DAEMON_ALG_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#include <uthash.h>

#include "alg/address.h"

struct alg;

/** LAN hosts that are known at a time; a new one beyond them is not served. */
#define ALG_MAX_SOURCES 8192

/** Endpoints of all LAN hosts together. */
#define ALG_MAX_ENDPOINTS 16384

/** Our own answers, 400 and 503 and 513, a second and at once: to a LAN host, */
#define ALG_ANSWERS 20
#define ALG_ANSWERS_BURST 40

/** and to all hosts outside together, who might be names for a victim. */
#define ALG_ANSWERS_OUTSIDE 50
#define ALG_ANSWERS_OUTSIDE_BURST 100

/** Buckets of strangers, and how many seconds' worth they may come with at once. */
#define ALG_STRANGER_BUCKETS 256
#define ALG_STRANGER_BURST_S 5

/** How long a source that has nothing here is remembered. */
#define ALG_SOURCE_MS (60 * 1000)

/**
 * struct alg_bucket - a token bucket
 * @filled_ms: when it was looked at last; 0 is a new one, which is full
 * @level: thousandths of a token in it
 */
struct alg_bucket {
	uint64_t filled_ms;
	uint64_t level;
};

/**
 * struct alg_source - a LAN host
 * @host: its address, port 0
 * @messages: for its messages,
 * @calls:	the calls that it begins,
 * @answers:	and our own answers to it
 * @n_endpoints: its endpoints
 * @n_calls: calls that stand on them
 * @hh: in the table
 */
struct alg_source {
	struct alg_address host;
	struct alg_bucket messages;
	struct alg_bucket calls;
	struct alg_bucket answers;
	unsigned int n_endpoints;
	unsigned int n_calls;
	UT_hash_handle hh;
};

/**
 * alg_bucket_take() - take a token
 * @bucket: the bucket
 * @rate: tokens that it gets in a second
 * @burst: tokens that it holds
 * @now_ms: monotonic time
 *
 * Return: false where there is none.
 */
bool alg_bucket_take(struct alg_bucket *bucket, uint32_t rate, uint32_t burst,
		     uint64_t now_ms);

/** alg_source_of() - the source that @lan is of, made if need be; NULL: no room */
struct alg_source *alg_source_of(struct alg *alg,
				 const struct alg_address *lan);

/** alg_source_may_send() - one message more? */
bool alg_source_may_send(struct alg *alg, struct alg_source *source);

/** alg_source_may_open() - one endpoint more? */
bool alg_source_may_open(const struct alg *alg,
			 const struct alg_source *source);

/** alg_stranger_may_send() - one message more of a host outside? */
bool alg_stranger_may_send(struct alg *alg, const struct alg_address *host);

/** alg_may_answer() - one answer of our own more? @source is NULL for outside */
bool alg_may_answer(struct alg *alg, struct alg_source *source);

/** alg_is_answered() - would one more answer go to @source? None is taken. */
bool alg_is_answered(struct alg *alg, struct alg_source *source);

/** alg_sources_expire() - forget those that have nothing here */
void alg_sources_expire(struct alg *alg, uint64_t now_ms);

/** alg_sources_free() - forget all */
void alg_sources_free(struct alg *alg);

#endif
