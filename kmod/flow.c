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
#include <net/ipv6.h>

#include "flow.h"
#include "net.h"
#include "session.h"

#define MIN_BITS	8
#define MAX_BITS	20

struct sf_flow_key sf_flow_key(struct sf_flow *flow)
{
	const struct sf_stream_conf *conf = &sf_flow_stream(flow)->conf;
	const struct sf_side_conf *side = &conf->side[flow->dir];
	struct sf_flow_key key = { .local = side->local };

	/* Side a of nat sends straight to its peer, as others may. */
	if (conf->rule == SIPFAST_RULE_NAT && flow->dir == SF_DIR_A)
		key.remote = side->remote;
	return key;
}

bool sf_flow_key_equal(const struct sf_flow_key *x,
		       const struct sf_flow_key *y)
{
	return sf_endpoint_equal(&x->local, &y->local) &&
	       sf_endpoint_equal(&x->remote, &y->remote);
}

/* --- looking up ----------------------------------------------------------- */

/* The words are the same; are the addresses? */
static bool is_same(struct sf_flow *flow, const struct ipv6hdr *ip)
{
	const struct sf_side_conf *side = sf_flow_side(flow);

	if (!ipv6_addr_equal(&side->local.ip6, &ip->daddr))
		return false;
	return !flow->remote || ipv6_addr_equal(&side->remote.ip6, &ip->saddr);
}

static struct sf_flow *search(const struct sf_flow_table *table,
			      const struct hlist_head *buckets, u64 hash,
			      u64 local, u64 remote, const struct ipv6hdr *ip)
{
	struct sf_flow *flow;

	hlist_for_each_entry_rcu(flow, &buckets[hash >> table->shift], node)
		if (flow->local == local && flow->remote == remote &&
		    is_same(flow, ip))
			return flow;
	return NULL;
}

struct sf_flow *sf_flow_lookup_ipv6(const struct sf_flow_table *table,
				    u64 local, u64 remote,
				    const struct ipv6hdr *ip)
{
	const struct hlist_head *buckets = rcu_dereference(table->buckets);
	struct sf_flow *flow;
	u64 hash;

	if (!buckets)
		return NULL;
	hash = sf_flow_hash(table, local);
	flow = search(table, buckets, sf_flow_hash_add(table, hash, remote),
		      local, remote, ip);
	if (!flow)
		flow = search(table, buckets, hash, local, 0, ip);
	return flow;
}

struct sf_flow *sf_flow_lookup(const struct sf_flow_table *table,
			       const struct sf_five_tuple *tuple)
{
	u64 local = sf_endpoint_word(&tuple->dst, table->secret + 2);
	u64 remote = sf_endpoint_word(&tuple->src, table->secret + 2);
	struct ipv6hdr ip;

	if (tuple->dst.family == AF_INET)
		return sf_flow_lookup_ipv4(table, local, remote);
	ip.saddr = tuple->src.ip6;
	ip.daddr = tuple->dst.ip6;
	return sf_flow_lookup_ipv6(table, local, remote, &ip);
}

/* --- changing ------------------------------------------------------------- */

/* The chain of a flow, for those who may change it. */
static struct hlist_head *chain(const struct sf_flow_table *table, u64 local,
				u64 remote)
{
	const struct sf_net *sn = container_of(table, struct sf_net, flows);
	struct hlist_head *buckets;
	u64 hash;

	buckets = rcu_dereference_protected(table->buckets,
					    lockdep_is_held(&sn->lock));
	hash = sf_flow_hash_add(table, sf_flow_hash(table, local), remote);
	return &buckets[hash >> table->shift];
}

struct sf_flow *sf_flow_find(const struct sf_flow_table *table,
			     const struct sf_flow_key *key)
{
	u64 local = sf_endpoint_word(&key->local, table->secret + 2);
	u64 remote = sf_endpoint_word(&key->remote, table->secret + 2);
	struct sf_flow_key of_flow;
	struct sf_flow *flow;

	hlist_for_each_entry(flow, chain(table, local, remote), node) {
		of_flow = sf_flow_key(flow);
		if (sf_flow_key_equal(&of_flow, key))
			return flow;
	}
	return NULL;
}

void sf_flow_add(struct sf_flow_table *table, struct sf_flow *flow)
{
	const struct sf_flow_key key = sf_flow_key(flow);

	flow->local = sf_endpoint_word(&key.local, table->secret + 2);
	flow->remote = sf_endpoint_word(&key.remote, table->secret + 2);
	hlist_add_head_rcu(&flow->node,
			   chain(table, flow->local, flow->remote));
}

void sf_flow_remove(struct sf_flow_table *table, struct sf_flow *flow)
{
	hlist_del_rcu(&flow->node);
}

/* --- the table ------------------------------------------------------------ */

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
	unsigned int bits;

	if (rcu_access_pointer(table->buckets))
		return 0;
	bits = clamp(order_base_2(n_flows), MIN_BITS, MAX_BITS);
	buckets = kvcalloc(1U << bits, sizeof(*buckets), GFP_KERNEL_ACCOUNT);
	if (!buckets)
		return -ENOMEM;
	table->shift = 64 - bits;
	rcu_assign_pointer(table->buckets, buckets);
	return 0;
}

void sf_flow_table_exit(struct sf_flow_table *table)
{
	kvfree(rcu_dereference_protected(table->buckets, true));
}
