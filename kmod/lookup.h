/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which flow a packet belongs to. Asked for every packet that an attached
 * device receives, so the answer for most of them, none, comes first, from one
 * bit for either kind of key.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_LOOKUP_H
#define _SF_LOOKUP_H

#include <net/ipv6.h>

#include "session.h"

static_assert(SF_N_FLOW_SLOTS >> SF_FLOW_SLOT_BITS == 1);

/* Of a local endpoint, and of a five-tuple: the upper bits are the good ones. */
static __always_inline u64 sf_flow_hash(const struct sf_flow_index *index,
					u64 local)
{
	return local * index->multipliers[0];
}

static __always_inline u64 sf_flow_hash_add(const struct sf_flow_index *index,
					    u64 hash, u64 remote)
{
	return hash + remote * index->multipliers[1];
}

/* @hash is that of the local endpoint. */
static __always_inline unsigned int sf_flow_slot(u64 hash)
{
	return hash >> (64 - SF_FLOW_SLOT_BITS);
}

static __always_inline bool sf_flow_may_be(const struct sf_flow_filter *filter,
					   u64 hash)
{
	return test_bit(sf_flow_slot(hash), filter->used);
}

/**
 * sf_flow_may_be_to() - whether any flow may have a local endpoint
 * @table: the flows
 * @local: its word
 *
 * Context: RCU read lock.
 * Return: false for most of what is not ours.
 */
static __always_inline bool
sf_flow_may_be_to(const struct sf_flow_table *table, u64 local)
{
	const struct sf_flow_index *index = rcu_dereference(table->index);
	u64 hash;

	if (!index)
		return false;
	hash = sf_flow_hash(index, local);
	return sf_flow_may_be(&index->plain, hash) ||
	       sf_flow_may_be(&index->exact, hash);
}

/* The words are the same; are the addresses? Those of IPv4 are in the words. */
static __always_inline bool sf_flow_is_same(struct sf_flow *flow,
					    const struct ipv6hdr *ip6)
{
	const struct sf_side_conf *side = sf_flow_side(flow);

	return ipv6_addr_equal(&side->local.ip6, &ip6->daddr) &&
	       (!flow->remote ||
		ipv6_addr_equal(&side->remote.ip6, &ip6->saddr));
}

static __always_inline struct sf_flow *
sf_flow_search(const struct sf_flow_index *index, u64 hash, u64 local,
	       u64 remote, const struct ipv6hdr *ip6)
{
	struct sf_flow *flow;

	hlist_for_each_entry_rcu(flow, &index->chains[hash >> index->shift],
				 node)
		if (flow->local == local && flow->remote == remote &&
		    (!ip6 || sf_flow_is_same(flow, ip6)))
			return flow;
	return NULL;
}

/**
 * sf_flow_lookup_ipv4() - the flow that a packet belongs to
 * @table: the flows
 * @local: word of where the packet was sent to
 * @remote: word of where it comes from
 *
 * Context: RCU read lock; it protects the flow and its stream.
 * Return: the flow or NULL.
 */
static __always_inline struct sf_flow *
sf_flow_lookup_ipv4(const struct sf_flow_table *table, u64 local, u64 remote)
{
	const struct sf_flow_index *index = rcu_dereference(table->index);
	struct sf_flow *flow;
	u64 hash;

	if (!index)
		return NULL;
	hash = sf_flow_hash(index, local);
	if (sf_flow_may_be(&index->exact, hash)) {
		flow = sf_flow_search(index,
				      sf_flow_hash_add(index, hash, remote),
				      local, remote, NULL);
		if (flow)
			return flow;
	}
	if (!sf_flow_may_be(&index->plain, hash))
		return NULL;
	return sf_flow_search(index, hash, local, 0, NULL);
}

/**
 * sf_flow_local_ipv6() - the word of the local endpoint of an IPv6 packet
 * @table: the flows
 * @ip: the packet's header
 * @local: the port that it was sent to
 */
static __always_inline u64 sf_flow_local_ipv6(const struct sf_flow_table *table,
					      const struct ipv6hdr *ip,
					      __be16 local)
{
	return sf_word_ipv6(&ip->daddr, local, table->secret);
}

/**
 * sf_flow_lookup_ipv6() - the flow that a packet belongs to
 * @table: the flows
 * @ip: the packet's header
 * @local: its sf_flow_local_ipv6()
 * @remote: the port that it comes from
 *
 * Context: RCU read lock; it protects the flow and its stream.
 * Return: the flow or NULL.
 */
static __always_inline struct sf_flow *
sf_flow_lookup_ipv6(const struct sf_flow_table *table, const struct ipv6hdr *ip,
		    u64 local, __be16 remote)
{
	const struct sf_flow_index *index = rcu_dereference(table->index);
	struct sf_flow *flow;
	u64 from, hash;

	if (!index)
		return NULL;
	hash = sf_flow_hash(index, local);
	if (sf_flow_may_be(&index->exact, hash)) {
		from = sf_word_ipv6(&ip->saddr, remote, table->secret);
		flow = sf_flow_search(index,
				      sf_flow_hash_add(index, hash, from),
				      local, from, ip);
		if (flow)
			return flow;
	}
	if (!sf_flow_may_be(&index->plain, hash))
		return NULL;
	return sf_flow_search(index, hash, local, 0, ip);
}

#endif /* _SF_LOOKUP_H */
