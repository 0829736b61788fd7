/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A limit of packets and bytes per second, committed under its lock; the sums
 * are in core/bucket.h. It is an object of its own, so that what has no limit
 * pays a null pointer, and it goes on from one version of a stream to the next:
 * a change of something else is no fresh start for a sender.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_RATE_H
#define _SF_RATE_H

#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "core/bucket.h"

/**
 * struct sf_rate - a limit in use
 * @lock: protects @limit; taken in softirq
 * @ref: each version of a stream holds one reference
 * @limit: see core/bucket.h
 */
struct sf_rate {
	spinlock_t		lock; /* protects the limit */
	refcount_t		ref;
	struct sf_limit		limit;
};

/**
 * sf_rate_new() - begin a limit
 * @packets: packets per second; 0 is no limit of packets
 * @bytes: UDP payload bytes per second; 0 is no limit of bytes
 *
 * Context: process.
 * Return: the limit, with one reference, or NULL.
 */
struct sf_rate *sf_rate_new(u32 packets, u32 bytes);

/**
 * sf_rate_inherit() - go on with the limit of an earlier version
 * @from: that limit, or NULL
 * @packets: packets per second
 * @bytes: UDP payload bytes per second
 *
 * Context: process.
 * Return: @from with another reference where it is a limit of the same two
 *	rates, else NULL.
 */
struct sf_rate *sf_rate_inherit(struct sf_rate *from, u32 packets, u32 bytes);

/**
 * sf_rate_put() - give a reference back
 * @rate: the limit, may be NULL
 *
 * Context: any.
 */
void sf_rate_put(struct sf_rate *rate);

/**
 * sf_rate_accept() - is there room for another packet?
 * @rate: the limit
 * @len: its UDP payload bytes
 * @now_ns: when it came, as ktime_get_ns() has it
 *
 * Packets of one flow on two CPUs are counted one after the other.
 *
 * Context: bottom halves disabled.
 * Return: whether it is within the limit; it is counted then.
 */
bool sf_rate_accept(struct sf_rate *rate, unsigned int len, u64 now_ns);

#endif /* _SF_RATE_H */
