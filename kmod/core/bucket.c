// SPDX-License-Identifier: GPL-2.0-only
/*
 * Token buckets in whole numbers. The largest rate fills its bucket with less
 * than 2^62 credits, so that no sum here overflows; the time that has gone by
 * may be anything, and its product is checked.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "bucket.h"

#define CREDITS_PER_UNIT	1000000000ULL

void sf_bucket_init(struct sf_bucket *bucket, u32 rate, u32 burst, u64 now_ns)
{
	bucket->rate = rate;
	bucket->full = (rate > burst ? rate : burst) * CREDITS_PER_UNIT;
	bucket->credit = bucket->full;
	bucket->filled_ns = now_ns;
}

static void fill(struct sf_bucket *bucket, u64 now_ns)
{
	u64 room = bucket->full - bucket->credit;
	u64 gain;

	/* Another CPU may have asked for the time first and come here last. */
	if (now_ns <= bucket->filled_ns)
		return;
	if (__builtin_mul_overflow(now_ns - bucket->filled_ns,
				   (u64)bucket->rate, &gain) || gain > room)
		gain = room;
	bucket->credit += gain;
	bucket->filled_ns = now_ns;
}

bool sf_bucket_holds(struct sf_bucket *bucket, u32 amount, u64 now_ns)
{
	if (!bucket->rate)
		return true;
	fill(bucket, now_ns);
	return bucket->credit >= amount * CREDITS_PER_UNIT;
}

void sf_bucket_take(struct sf_bucket *bucket, u32 amount)
{
	if (bucket->rate)
		bucket->credit -= amount * CREDITS_PER_UNIT;
}

void sf_limit_init(struct sf_limit *limit, u32 packets, u32 bytes, u64 now_ns)
{
	sf_bucket_init(&limit->packets, packets, 1, now_ns);
	sf_bucket_init(&limit->bytes, bytes, SF_BUCKET_MIN_BYTES, now_ns);
}

bool sf_limit_accept(struct sf_limit *limit, u32 len, u64 now_ns)
{
	if (!sf_bucket_holds(&limit->packets, 1, now_ns) ||
	    !sf_bucket_holds(&limit->bytes, len, now_ns))
		return false;
	sf_bucket_take(&limit->packets, 1);
	sf_bucket_take(&limit->bytes, len);
	return true;
}
