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

#include "core/multiplier.h"
#include "lookup.h"
#include "net.h"

#define MIN_BITS	8
#define MAX_BITS	20

/* Multipliers that are tried. */
#define MAX_TRIES	16

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

struct sf_flow *sf_flow_lookup(const struct sf_flow_table *table,
			       const struct sf_five_tuple *tuple)
{
	struct ipv6hdr ip;

	if (tuple->dst.family == AF_INET)
		return sf_flow_lookup_ipv4(table,
			sf_word_ipv4(tuple->dst.ip4, tuple->dst.port),
			sf_word_ipv4(tuple->src.ip4, tuple->src.port));
	ip.saddr = tuple->src.ip6;
	ip.daddr = tuple->dst.ip6;
	return sf_flow_lookup_ipv6(table, &ip,
				   sf_flow_local_ipv6(table, &ip,
						      tuple->dst.port),
				   tuple->src.port);
}

/* --- changing ------------------------------------------------------------- */

/* The index, for those who may change it. */
static struct sf_flow_index *index_of(const struct sf_flow_table *table)
{
	const struct sf_net *sn = container_of(table, struct sf_net, flows);

	return rcu_dereference_protected(table->index,
					 lockdep_is_held(&sn->lock));
}

/* The chain of a key. */
static struct hlist_head *chain(const struct sf_flow_table *table, u64 local,
				u64 remote)
{
	struct sf_flow_index *index = index_of(table);
	u64 hash = sf_flow_hash_add(index, sf_flow_hash(index, local), remote);

	return &index->chains[hash >> index->shift];
}

/* Where a flow is counted. */
static struct sf_flow_filter *filter_of(const struct sf_flow_table *table,
					const struct sf_flow *flow)
{
	struct sf_flow_index *index = index_of(table);

	return flow->remote ? &index->exact : &index->plain;
}

static void announce(const struct sf_flow_table *table,
		     const struct sf_flow *flow)
{
	const u64 hash = sf_flow_hash(index_of(table), flow->local);
	struct sf_flow_filter *filter = filter_of(table, flow);
	const unsigned int slot = sf_flow_slot(hash);

	if (!filter->n_flows[slot]++)
		set_bit(slot, filter->used);
}

static void withdraw(const struct sf_flow_table *table,
		     const struct sf_flow *flow)
{
	const u64 hash = sf_flow_hash(index_of(table), flow->local);
	struct sf_flow_filter *filter = filter_of(table, flow);
	const unsigned int slot = sf_flow_slot(hash);

	if (!--filter->n_flows[slot])
		clear_bit(slot, filter->used);
}

struct sf_flow *sf_flow_find(const struct sf_flow_table *table,
			     const struct sf_flow_key *key)
{
	u64 local = sf_endpoint_word(&key->local, table->secret);
	u64 remote = sf_endpoint_word(&key->remote, table->secret);
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

	flow->local = sf_endpoint_word(&key.local, table->secret);
	flow->remote = sf_endpoint_word(&key.remote, table->secret);
	announce(table, flow);
	hlist_add_head_rcu(&flow->node,
			   chain(table, flow->local, flow->remote));
}

void sf_flow_remove(struct sf_flow_table *table, struct sf_flow *flow)
{
	hlist_del_rcu(&flow->node);
	withdraw(table, flow);
}

/* --- the table ------------------------------------------------------------ */

void sf_flow_table_init(struct sf_flow_table *table)
{
	unsigned int i;

	get_random_bytes(table->secret, sizeof(table->secret));
	for (i = 0; i < ARRAY_SIZE(table->secret); i++)
		table->secret[i] |= 1;
}

/* The least bad of some; with a large table there is nothing bad about it. */
static u64 pick_multiplier(unsigned int shift)
{
	unsigned int best = UINT_MAX, tries, n;
	u64 picked = 1, multiplier;

	for (tries = 0; tries < MAX_TRIES && best; tries++) {
		multiplier = get_random_u64() | 1;
		n = sf_multiplier_n_bad(multiplier, shift, best);
		if (n < best) {
			best = n;
			picked = multiplier;
		}
		cond_resched();
	}
	return picked;
}

int sf_flow_table_prepare(struct sf_flow_table *table, unsigned int n_flows)
{
	struct sf_flow_index *index;
	unsigned int bits, i;

	if (rcu_access_pointer(table->index))
		return 0;
	bits = clamp(order_base_2(n_flows), MIN_BITS, MAX_BITS);
	index = kvzalloc(struct_size(index, chains, 1U << bits),
			 GFP_KERNEL_ACCOUNT);
	if (!index)
		return -ENOMEM;
	index->shift = 64 - bits;
	for (i = 0; i < ARRAY_SIZE(index->multipliers); i++)
		index->multipliers[i] = pick_multiplier(index->shift);
	rcu_assign_pointer(table->index, index);
	return 0;
}

void sf_flow_table_exit(struct sf_flow_table *table)
{
	kvfree(rcu_dereference_protected(table->index, true));
}
