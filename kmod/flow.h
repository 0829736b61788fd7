/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A flow is one direction of a stream: a key that says what arrives, and what
 * it takes to send it on. Flows live in a hash table that is read under RCU.
 * A relay flow is found by the local endpoint a packet was sent to, side a of
 * a nat stream by the whole five-tuple; the more exact key goes first.
 *
 * What a packet reads of its flow is one cache line. An IPv4 key is in it as
 * two words; of an IPv6 key it has a digest, and the addresses are compared in
 * the stream.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_FLOW_H
#define _SF_FLOW_H

#include <linux/bitmap.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "core/latch_policy.h"
#include "core/packet.h"

struct sf_flow_stats;
struct sf_path;

/* The two directions of a stream: what arrives from side a, from side b. */
enum sf_dir {
	SF_DIR_A,
	SF_DIR_B,
	SF_N_DIRS
};

/**
 * struct sf_flow_key - which packets belong to a flow
 * @local: where they were sent to
 * @remote: where they come from; of no family where the local endpoint decides
 */
struct sf_flow_key {
	struct sf_endpoint	local;
	struct sf_endpoint	remote;
};

/**
 * struct sf_flow - what arrives from one side of a stream
 * @node: in the flow table
 * @local: word of the local endpoint; see core/packet.h; constant
 * @remote: word of the remote endpoint where the key has one, or 0; constant
 * @path: how it leaves towards the other side; NULL until it is needed
 * @stats: what was counted; shared with later versions of the stream
 * @latch_lock: protects the latch of this side, and @generation
 * @generation: moves when this side's remote endpoint does; read without lock
 * @dir: which of its stream's flows this is; constant
 *
 * A packet writes none of it, but for one that makes a side known or finds a
 * path.
 */
struct sf_flow {
	struct hlist_node	node;
	u64			local;
	u64			remote;
	struct sf_path __rcu	*path;
	struct sf_flow_stats	*stats;
	spinlock_t		latch_lock; /* protects the latch */
	u32			generation;
	u8			dir;
} ____cacheline_aligned;

/* Debugging and PREEMPT_RT make a spinlock larger. */
static_assert(sizeof(spinlock_t) > 4 || SMP_CACHE_BYTES > 64 ||
	      sizeof(struct sf_flow) == 64);

#define SF_FLOW_SLOT_BITS	16
#define SF_N_FLOW_SLOTS		0x10000

/**
 * struct sf_flow_filter - which local endpoints may have a flow
 * @used: slots, by the hash of a local endpoint, that some flow has
 * @n_flows: how many flows have it; changed under the lock of the namespace
 */
struct sf_flow_filter {
	DECLARE_BITMAP(used, SF_N_FLOW_SLOTS);
	u32			n_flows[SF_N_FLOW_SLOTS];
};

/**
 * struct sf_flow_index - where flows are found
 * @exact: of flows whose key is a five-tuple
 * @plain: of those whose key is a local endpoint
 * @multipliers: of the local and of the remote endpoint's word; secret, odd
 * @shift: there are 2^(64 - @shift) chains
 * @chains: chains of flows
 *
 * A packet of somebody else's is told by one bit for either kind, as a rule, and
 * touches no chain. A bit is set before the first flow of its slot is published
 * and cleared after the last one is gone.
 */
struct sf_flow_index {
	struct sf_flow_filter	exact;
	struct sf_flow_filter	plain;
	u64			multipliers[2];
	unsigned int		shift;
	struct hlist_head	chains[];
};

/**
 * struct sf_flow_table - the flows of a namespace
 * @index: made with the first flow; NULL until then
 * @secret: odd multipliers that make words of IPv6 endpoints
 */
struct sf_flow_table {
	struct sf_flow_index __rcu *index;
	u64			secret[2];
};

/**
 * sf_flow_any() - whether a packet may belong to a flow at all
 * @table: the flows
 *
 * Context: any.
 */
static inline bool sf_flow_any(const struct sf_flow_table *table)
{
	return rcu_access_pointer(table->index);
}

/**
 * sf_flow_lookup() - the flow that a five-tuple belongs to
 * @table: the flows
 * @tuple: the five-tuple of a packet
 *
 * Context: RCU read lock; it protects the flow and its stream.
 * Return: the flow or NULL.
 */
struct sf_flow *sf_flow_lookup(const struct sf_flow_table *table,
			       const struct sf_five_tuple *tuple);

/**
 * sf_flow_find() - the flow that has a key
 * @table: the flows
 * @key: the key
 *
 * Context: process, the lock of the namespace.
 * Return: the flow or NULL.
 */
struct sf_flow *sf_flow_find(const struct sf_flow_table *table,
			     const struct sf_flow_key *key);

/**
 * sf_flow_key() - the key of a flow
 * @flow: the flow
 *
 * Context: any.
 */
struct sf_flow_key sf_flow_key(struct sf_flow *flow);

/**
 * sf_flow_key_equal() - whether two keys are the same
 * @x: one
 * @y: the other
 */
bool sf_flow_key_equal(const struct sf_flow_key *x,
		       const struct sf_flow_key *y);

/**
 * sf_flow_add() - let packets find a flow
 * @table: the flows
 * @flow: the flow; of two with one key the one added last is found
 *
 * Context: process, the lock of the namespace, sf_flow_table_prepare() done.
 */
void sf_flow_add(struct sf_flow_table *table, struct sf_flow *flow);

/**
 * sf_flow_remove() - let packets find a flow no more
 * @table: the flows
 * @flow: the flow; to be freed after a grace period
 *
 * Context: process, the lock of the namespace.
 */
void sf_flow_remove(struct sf_flow_table *table, struct sf_flow *flow);

/**
 * sf_flow_table_init() - make an empty table
 * @table: the table
 */
void sf_flow_table_init(struct sf_flow_table *table);

/**
 * sf_flow_table_prepare() - make room for flows, once
 * @table: the table
 * @n_flows: how many are to be expected at most
 *
 * Context: process, the lock of the namespace.
 * Return: 0 or -ENOMEM.
 */
int sf_flow_table_prepare(struct sf_flow_table *table, unsigned int n_flows);

/**
 * sf_flow_table_exit() - free an empty table that no packet sees any more
 * @table: the table
 */
void sf_flow_table_exit(struct sf_flow_table *table);

#endif /* _SF_FLOW_H */
