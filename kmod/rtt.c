// SPDX-License-Identifier: GPL-2.0-only
/*
 * Round-trip times: the object that core/rtcp.c keeps its figures in, and its
 * lock. It stays as long as the counters beside which it hangs, so whoever has
 * found it needs no reference.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/slab.h>
#include <linux/spinlock.h>

#include "core/rtcp.h"
#include "rtt.h"

struct sf_rtt {
	spinlock_t		lock; /* protects what follows; softirq */
	struct sf_rtcp_watch	watch;
};

/* What is found was made by get_or_make(), all of it. */
static struct sf_rtt *find(struct sf_rtt **slot)
{
	return smp_load_acquire(slot);	/* pairs with cmpxchg() there */
}

/* Two CPUs may make one at once; the first one stays. */
static struct sf_rtt *get_or_make(struct sf_rtt **slot)
{
	struct sf_rtt *rtt = find(slot);
	struct sf_rtt *first;

	if (rtt)
		return rtt;
	rtt = kzalloc(sizeof(*rtt), GFP_ATOMIC);
	if (!rtt)
		return NULL;
	spin_lock_init(&rtt->lock);
	first = cmpxchg(slot, NULL, rtt);
	if (!first)
		return rtt;
	kfree(rtt);
	return first;
}

void sf_rtt_read(struct sf_rtt **slot, enum sf_dir dir, struct sk_buff *skb,
		 const struct sf_packet *packet, u64 now_ns)
{
	unsigned int len = packet->payload_len;
	struct sf_rtt *rtt;
	const u8 *payload;

	if (!pskb_may_pull(skb, packet->payload_offset + len))
		return;
	payload = skb->data + packet->payload_offset;
	if (!sf_rtcp_check(payload, len))
		return;
	rtt = get_or_make(slot);
	if (!rtt)
		return;
	spin_lock(&rtt->lock);
	sf_rtcp_update(&rtt->watch, dir, payload, len, now_ns);
	spin_unlock(&rtt->lock);
}

u32 sf_rtt_us(struct sf_rtt **slot, enum sf_dir dir)
{
	struct sf_rtt *rtt = find(slot);
	u32 us;

	if (!rtt)
		return 0;
	spin_lock_bh(&rtt->lock);
	us = rtt->watch.round_trip_us[dir];
	spin_unlock_bh(&rtt->lock);
	return us;
}

void sf_rtt_free(struct sf_rtt **slot)
{
	kfree(*slot);
}
