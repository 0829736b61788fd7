// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flow table: chains of flows under RCU, one multiplication to find the
 * chain. The multipliers are secret, since the far end of a call has a say in
 * the keys. The table is as large as the limit of sessions wants it, made with
 * the first session; it never grows, chains do.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rculist.h>

#include "flow.h"
#include "net.h"

#define MIN_BITS	8
#define MAX_BITS	20

static unsigned int bucket(const struct sf_flow_table *table,
			   const struct sf_endpoint *local,
			   const struct sf_endpoint *remote)
{
	u64 hash = sf_endpoint_hash(local, table->secret);

	if (remote->family)
		hash += sf_endpoint_hash(remote, table->secret + 3);
	return hash >> (64 - table->bits);
}

bool sf_flow_key_equal(const struct sf_flow_key *x,
		       const struct sf_flow_key *y)
{
	return sf_endpoint_equal(&x->local, &y->local) &&
	       sf_endpoint_equal(&x->remote, &y->remote);
}

static bool is_five_tuple(const struct sf_flow *flow)
{
	return flow->key.remote.family;
}

static struct sf_flow *search(const struct sf_flow_table *table,
			      const struct hlist_head *buckets,
			      const struct sf_endpoint *local,
			      const struct sf_endpoint *remote)
{
	struct sf_flow *flow;

	hlist_for_each_entry_rcu(flow, &buckets[bucket(table, local, remote)],
				 node) {
		if (sf_endpoint_equal(&flow->key.local, local) &&
		    sf_endpoint_equal(&flow->key.remote, remote))
			return flow;
	}
	return NULL;
}

struct sf_flow *sf_flow_lookup(const struct sf_flow_table *table,
			       const struct sf_endpoint *local,
			       const struct sf_endpoint *remote)
{
	static const struct sf_endpoint anybody;
	const struct hlist_head *buckets = rcu_dereference(table->buckets);
	struct sf_flow *flow = NULL;

	if (!buckets)
		return NULL;
	if (READ_ONCE(table->n_flows[true]))
		flow = search(table, buckets, local, remote);
	if (!flow && READ_ONCE(table->n_flows[false]))
		flow = search(table, buckets, local, &anybody);
	return flow;
}

/* The chain of a key, for those who may change it. */
static struct hlist_head *chain(const struct sf_flow_table *table,
				const struct sf_flow_key *key)
{
	const struct sf_net *sn = container_of(table, struct sf_net, flows);
	struct hlist_head *buckets;

	buckets = rcu_dereference_protected(table->buckets,
					    lockdep_is_held(&sn->lock));
	return &buckets[bucket(table, &key->local, &key->remote)];
}

struct sf_flow *sf_flow_find(const struct sf_flow_table *table,
			     const struct sf_flow_key *key)
{
	struct sf_flow *flow;

	hlist_for_each_entry(flow, chain(table, key), node) {
		if (sf_flow_key_equal(&flow->key, key))
			return flow;
	}
	return NULL;
}

static void count(struct sf_flow_table *table, const struct sf_flow *flow,
		  int by)
{
	unsigned int *n = &table->n_flows[is_five_tuple(flow)];

	WRITE_ONCE(*n, *n + by);
}

void sf_flow_add(struct sf_flow_table *table, struct sf_flow *flow)
{
	count(table, flow, 1);
	hlist_add_head_rcu(&flow->node, chain(table, &flow->key));
}

void sf_flow_remove(struct sf_flow_table *table, struct sf_flow *flow)
{
	hlist_del_rcu(&flow->node);
	count(table, flow, -1);
}

void sf_flow_table_init(struct sf_flow_table *table)
{
	unsigned int i;

	get_random_bytes(table->secret, sizeof(table->secret));
	for (i = 0; i < ARRAY_SIZE(table->secret); i++)
		table->secret[i] |= 1;
}

int sf_flow_table_prepare(struct sf_flow_table *table, unsigned int n_flows)
{
	struct hlist_head *buckets;

	if (rcu_access_pointer(table->buckets))
		return 0;
	table->bits = clamp(order_base_2(n_flows), MIN_BITS, MAX_BITS);
	buckets = kvcalloc(1U << table->bits, sizeof(*buckets),
			   GFP_KERNEL_ACCOUNT);
	if (!buckets)
		return -ENOMEM;
	rcu_assign_pointer(table->buckets, buckets);
	return 0;
}

void sf_flow_table_exit(struct sf_flow_table *table)
{
	kvfree(rcu_dereference_protected(table->buckets, true));
}
