// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits in use: the lock and the references.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/ktime.h>
#include <linux/slab.h>

#include "rate.h"

struct sf_rate *sf_rate_new(u32 packets, u32 bytes)
{
	struct sf_rate *rate;

	rate = kmalloc(sizeof(*rate), GFP_KERNEL_ACCOUNT);
	if (!rate)
		return NULL;
	spin_lock_init(&rate->lock);
	refcount_set(&rate->ref, 1);
	sf_limit_init(&rate->limit, packets, bytes, ktime_get_ns());
	return rate;
}

struct sf_rate *sf_rate_inherit(struct sf_rate *from, u32 packets, u32 bytes)
{
	if (!from || from->limit.packets.rate != packets ||
	    from->limit.bytes.rate != bytes)
		return NULL;
	refcount_inc(&from->ref);
	return from;
}

void sf_rate_put(struct sf_rate *rate)
{
	if (rate && refcount_dec_and_test(&rate->ref))
		kfree(rate);
}

bool sf_rate_accept(struct sf_rate *rate, unsigned int len, u64 now_ns)
{
	bool accepted;

	spin_lock(&rate->lock);
	accepted = sf_limit_accept(&rate->limit, len, now_ns);
	spin_unlock(&rate->lock);
	return accepted;
}
