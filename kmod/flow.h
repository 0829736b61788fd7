/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A flow is one direction of a stream: a key that says what arrives, and what
 * it takes to send it on. Flows live in a hash table that is read under RCU.
 * A relay flow is found by the local endpoint a packet was sent to, side a of
 * a nat stream by the whole five-tuple; the more exact key goes first.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_FLOW_H
#define _SF_FLOW_H

#include <linux/list.h>
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
 * struct sf_latch - where a side is, and whether it may still be learned
 * @lock: protects the other members
 * @state: see core/latch_policy.h
 * @generation: moves when the remote endpoint does; read without the lock
 */
struct sf_latch {
	spinlock_t		lock; /* protects what follows */
	struct sf_latch_state	state;
	u32			generation;
};

/**
 * struct sf_flow - what arrives from one side of a stream
 * @node: in the flow table
 * @key: which packets; constant while in the table
 * @dir: which of its stream's flows this is; constant
 * @latch: the remote endpoint of the side this arrives from
 * @path: how it leaves towards the other side; NULL until it is needed
 * @stats: what was counted; shared with later versions of the stream
 */
struct sf_flow {
	struct hlist_node	node;
	struct sf_flow_key	key;
	enum sf_dir		dir;
	struct sf_latch		latch;
	struct sf_path __rcu	*path;
	struct sf_flow_stats	*stats;
};

/**
 * struct sf_flow_table - the flows of a namespace
 * @buckets: chains of flows, made with the first flow; NULL until then
 * @bits: there are 2^@bits of them
 * @n_flows: how many flows there are, by whether the key is a five-tuple;
 *	read without a lock: who reads 0 may skip that look-up
 * @secret: odd multipliers of the hash
 */
struct sf_flow_table {
	struct hlist_head __rcu	*buckets;
	unsigned int		bits;
	unsigned int		n_flows[2];
	u64			secret[6];
};

/**
 * sf_flow_any() - whether a packet may belong to a flow at all
 * @table: the flows
 *
 * Context: any.
 */
static inline bool sf_flow_any(const struct sf_flow_table *table)
{
	return READ_ONCE(table->n_flows[0]) | READ_ONCE(table->n_flows[1]);
}

/**
 * sf_flow_lookup() - the flow that a packet belongs to
 * @table: the flows
 * @local: where the packet was sent to
 * @remote: where it comes from
 *
 * Context: RCU read lock; it protects the flow and its stream.
 * Return: the flow or NULL.
 */
struct sf_flow *sf_flow_lookup(const struct sf_flow_table *table,
			       const struct sf_endpoint *local,
			       const struct sf_endpoint *remote);

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
