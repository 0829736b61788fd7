/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Token buckets: how much may pass in a time. A bucket of rate r gains r credits
 * in a nanosecond, and a unit (a packet, a byte) costs as many credits as a
 * second has nanoseconds: the books are kept in whole numbers, without a
 * division and without rounding, for rates up to 2^32 - 1 units per second.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_CORE_BUCKET_H
#define _SF_CORE_BUCKET_H

#include "os.h"

/* The longest UDP payload: a bucket of bytes has always room for that. */
#define SF_BUCKET_MIN_BYTES	65535

/**
 * struct sf_bucket - a token bucket
 * @credit: what is in it; a unit costs 10^9
 * @full: what it holds at most
 * @filled_ns: when it was last filled up
 * @rate: units per second, and credits per nanosecond; 0 is no limit
 *
 * To be used by one CPU at a time. Times are of a clock that counts
 * nanoseconds; it may stand still, and where it goes back, nothing is gained.
 */
struct sf_bucket {
	u64	credit;
	u64	full;
	u64	filled_ns;
	u32	rate;
};

/**
 * sf_bucket_init() - begin with a full bucket
 * @bucket: the bucket
 * @rate: units per second; 0 is no limit
 * @burst: units that it holds at least; a second's worth where that is more
 * @now_ns: the time
 */
void sf_bucket_init(struct sf_bucket *bucket, u32 rate, u32 burst, u64 now_ns);

/**
 * sf_bucket_holds() - fill up for the time that has gone by, and look
 * @bucket: the bucket
 * @amount: units
 * @now_ns: the time
 *
 * Return: whether @amount can be taken.
 */
bool sf_bucket_holds(struct sf_bucket *bucket, u32 amount, u64 now_ns);

/**
 * sf_bucket_take() - take units out
 * @bucket: the bucket
 * @amount: units; sf_bucket_holds() said yes to them
 */
void sf_bucket_take(struct sf_bucket *bucket, u32 amount);

/**
 * struct sf_limit - a limit of packets and of bytes
 * @packets: packets
 * @bytes: bytes
 */
struct sf_limit {
	struct sf_bucket	packets;
	struct sf_bucket	bytes;
};

/**
 * sf_limit_init() - begin a limit
 * @limit: the limit
 * @packets: packets per second; 0 is no limit of packets
 * @bytes: bytes per second; 0 is no limit of bytes
 * @now_ns: the time
 *
 * At first, and after a long pause, a second's worth may come at once; of bytes
 * at least SF_BUCKET_MIN_BYTES.
 */
void sf_limit_init(struct sf_limit *limit, u32 packets, u32 bytes, u64 now_ns);

/**
 * sf_limit_accept() - is there room for another packet?
 * @limit: the limit
 * @len: its bytes, SF_BUCKET_MIN_BYTES at most
 * @now_ns: when it came
 *
 * A packet that is refused costs nothing: neither of the two.
 *
 * Return: whether it is within the limit; it is counted then.
 */
bool sf_limit_accept(struct sf_limit *limit, u32 len, u64 now_ns);

#endif /* _SF_CORE_BUCKET_H */
