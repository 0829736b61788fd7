// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looking at what is about to enter a local socket, just before the filter
 * chains do. A packet that a pinhole admits skips them, and only them: the
 * hooks from the security table on still see it, so that conntrack confirms its
 * entry and nat, where there is any, has its turn as for every accepted packet.
 *
 * The hooks are in place only while there is a pinhole: an idle module costs
 * local traffic nothing.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>
#include <net/inet_hashtables.h>
#include <net/ipv6.h>

#include "event.h"
#include "gc.h"
#include "net.h"
#include "pinhole.h"
#include "stats.h"

/* Where a packet that was let in goes on. */
#define FIRST_PRIORITY_AFTER_FILTER	NF_IP_PRI_SECURITY

enum match {
	MATCH_NONE,		/* no pinhole is meant */
	MATCH_REFUSED,		/* one is, but not for this peer */
	MATCH_ADMITTED,
};

/* A packet as pinholes look at it. */
struct arrival {
	struct sf_five_tuple	tuple;
	int			ifindex;
	int			slave_ifindex;	/* below the VRF @ifindex */
};

static u32 port_key(u8 protocol, __be16 port)
{
	return (u32)protocol << 16 | (__force u16)port;
}

static bool read_ports(struct arrival *arrival, const struct sk_buff *skb,
		       unsigned int offset)
{
	const __be16 *ports;
	__be16 buffer[2];

	switch (arrival->tuple.protocol) {
	case IPPROTO_UDP:
	case IPPROTO_TCP:
		ports = skb_header_pointer(skb, offset, sizeof(buffer), buffer);
		if (!ports)
			return false;
		arrival->tuple.src.port = ports[0];
		arrival->tuple.dst.port = ports[1];
		return true;
	default:
		return false;
	}
}

static bool read_ipv4(struct arrival *arrival, const struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);

	if (ip_is_fragment(ip))
		return false;
	arrival->tuple.protocol = ip->protocol;
	arrival->tuple.src.family = AF_INET;
	arrival->tuple.src.ip4 = ip->saddr;
	arrival->tuple.dst.family = AF_INET;
	arrival->tuple.dst.ip4 = ip->daddr;
	arrival->slave_ifindex = inet_sdif(skb);
	return read_ports(arrival, skb, skb_network_offset(skb) + ip->ihl * 4);
}

/* IPv6 reassembles behind this hook, unless conntrack did in front of it. */
static bool read_ipv6(struct arrival *arrival, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);
	u8 protocol = ip->nexthdr;
	__be16 fragment;
	int offset;

	offset = ipv6_skip_exthdr(skb, skb_network_offset(skb) + sizeof(*ip),
				  &protocol, &fragment);
	if (offset < 0 || fragment)
		return false;
	arrival->tuple.protocol = protocol;
	arrival->tuple.src.family = AF_INET6;
	arrival->tuple.src.ip6 = ip->saddr;
	arrival->tuple.dst.family = AF_INET6;
	arrival->tuple.dst.ip6 = ip->daddr;
	arrival->slave_ifindex = inet6_sdif(skb);
	return read_ports(arrival, skb, offset);
}

static bool has_peer_of(const struct sf_pinhole_spec *spec, u16 family)
{
	unsigned int i;

	for (i = 0; i < spec->n_peers; i++) {
		if (spec->peers[i].family == family)
			return true;
	}
	return !spec->n_peers;
}

/* Without an address it stands for every one of its peers' families. */
static bool is_local(const struct sf_pinhole_spec *spec,
		     const struct sf_endpoint *dst)
{
	if (spec->local.family)
		return sf_endpoint_equal(&spec->local, dst);
	return spec->local.port == dst->port && has_peer_of(spec, dst->family);
}

static bool is_device(const struct sf_pinhole_spec *spec,
		      const struct arrival *arrival)
{
	return !spec->ifindex || spec->ifindex == arrival->ifindex ||
	       spec->ifindex == arrival->slave_ifindex;
}

static bool is_peer(const struct sf_pinhole_spec *spec,
		    const struct sf_endpoint *src)
{
	unsigned int i;

	if (!spec->n_peers)
		return true;
	for (i = 0; i < spec->n_peers; i++) {
		const struct sf_endpoint *peer = &spec->peers[i];

		if (sf_endpoint_equal_addr(peer, src) &&
		    (!peer->port || peer->port == src->port))
			return true;
	}
	return false;
}

/* Over, though the work that ends it has not come round yet? */
static bool is_over(const struct sf_pinhole *pinhole)
{
	return pinhole->deadline != KTIME_MAX &&
	       ktime_compare(pinhole->deadline, ktime_get_coarse()) <= 0;
}

static enum match match(struct sf_pinholes *pinholes,
			const struct arrival *arrival)
{
	const struct sf_five_tuple *tuple = &arrival->tuple;
	enum match match = MATCH_NONE;
	struct sf_pinhole *pinhole;

	hash_for_each_possible_rcu(pinholes->by_port, pinhole, node,
				   port_key(tuple->protocol, tuple->dst.port)) {
		const struct sf_pinhole_spec *spec = &pinhole->spec;

		if (spec->protocol != tuple->protocol ||
		    !is_local(spec, &tuple->dst) ||
		    !is_device(spec, arrival) || is_over(pinhole))
			continue;
		if (is_peer(spec, &tuple->src)) {
			atomic64_inc(&pinhole->packets);
			return MATCH_ADMITTED;
		}
		match = MATCH_REFUSED;
	}
	return match;
}

static const struct nf_hook_entries *
local_in_entries(const struct nf_hook_state *state)
{
	const struct netns_nf *nf = &state->net->nf;

	if (state->pf == NFPROTO_IPV4)
		return rcu_dereference(nf->hooks_ipv4[NF_INET_LOCAL_IN]);
	return rcu_dereference(nf->hooks_ipv6[NF_INET_LOCAL_IN]);
}

/* Hand the packet to the hooks behind the filter, then to its socket. */
static void skip_filter(struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct nf_hook_entries *entries = local_in_entries(state);
	struct nf_hook_state rest = *state;
	struct nf_hook_ops **ops;
	unsigned int i = 0;

	if (entries) {
		ops = nf_hook_entries_get_hook_ops(entries);
		while (i < entries->num_hook_entries &&
		       ops[i]->priority < FIRST_PRIORITY_AFTER_FILTER)
			i++;
		if (nf_hook_slow(skb, &rest, entries, i) != 1)
			return;
	}
	state->okfn(state->net, state->sk, skb);
}

static unsigned int admit(struct sf_net *sn, struct sk_buff *skb,
			  const struct nf_hook_state *state,
			  const struct arrival *arrival)
{
	enum match matched = match(&sn->pinholes, arrival);

	if (matched == MATCH_NONE)
		return NF_ACCEPT;
	sf_stats_pinhole(sn, matched == MATCH_ADMITTED);
	if (matched == MATCH_REFUSED)
		return NF_ACCEPT;
	skip_filter(skb, state);
	return NF_STOLEN;
}

static unsigned int local_in(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct arrival arrival = { .ifindex = state->in->ifindex };
	bool is_read;

	/* No pinhole is made for broadcast. */
	if (skb->pkt_type != PACKET_HOST)
		return NF_ACCEPT;
	if (state->pf == NFPROTO_IPV4)
		is_read = read_ipv4(&arrival, skb);
	else
		is_read = read_ipv6(&arrival, skb);
	if (!is_read)
		return NF_ACCEPT;
	return admit(priv, skb, state, &arrival);
}

static const struct nf_hook_ops hooks[SF_PINHOLE_HOOKS] = {
	{
		.hook		= local_in,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= NF_IP_PRI_FILTER - 1,
	}, {
		.hook		= local_in,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= NF_IP6_PRI_FILTER - 1,
	},
};

static int hook(struct sf_net *sn)
{
	struct sf_pinholes *pinholes = &sn->pinholes;
	int err;

	if (pinholes->is_hooked)
		return 0;
	err = nf_register_net_hooks(sn->net, pinholes->hooks,
				    SF_PINHOLE_HOOKS);
	pinholes->is_hooked = !err;
	return err;
}

static void unhook(struct sf_net *sn)
{
	struct sf_pinholes *pinholes = &sn->pinholes;

	if (!pinholes->is_hooked)
		return;
	nf_unregister_net_hooks(sn->net, pinholes->hooks, SF_PINHOLE_HOOKS);
	pinholes->is_hooked = false;
}

static bool is_taken(struct sf_net *sn, const struct sf_pinhole_spec *spec)
{
	struct sf_pinhole *pinhole;

	hash_for_each_possible(sn->pinholes.by_port, pinhole, node,
			       port_key(spec->protocol, spec->local.port)) {
		if (pinhole->spec.protocol == spec->protocol &&
		    pinhole->spec.ifindex == spec->ifindex &&
		    sf_endpoint_equal(&pinhole->spec.local, &spec->local))
			return true;
	}
	return false;
}

static struct sf_pinhole *make(const struct sf_pinhole_spec *spec)
{
	struct sf_pinhole *pinhole;

	pinhole = kzalloc(sizeof(*pinhole), GFP_KERNEL);
	if (!pinhole)
		return NULL;
	pinhole->spec = *spec;
	pinhole->deadline = KTIME_MAX;
	if (spec->lifetime_ms)
		pinhole->deadline = ktime_add_ms(ktime_get(),
						 spec->lifetime_ms);
	pinhole->end_reason = SF_PINHOLE_OPEN;
	return pinhole;
}

int sf_pinhole_new(struct sf_net *sn, const struct sf_pinhole_spec *spec,
		   struct sf_pinhole **made)
{
	struct sf_pinholes *pinholes = &sn->pinholes;
	struct sf_pinhole *pinhole;
	int err;

	lockdep_assert_held(&sn->lock);
	if (is_taken(sn, spec))
		return -EEXIST;
	if (pinholes->n_pinholes >= sf_net_max_pinholes())
		return -ENOSPC;
	pinhole = make(spec);
	if (!pinhole)
		return -ENOMEM;
	err = xa_alloc_cyclic(&pinholes->by_id, &pinhole->id, pinhole,
			      xa_limit_31b, &pinholes->next_id, GFP_KERNEL);
	if (err < 0)
		goto err_free;
	err = hook(sn);
	if (err)
		goto err_id;

	hash_add_rcu(pinholes->by_port, &pinhole->node,
		     port_key(spec->protocol, spec->local.port));
	pinholes->n_pinholes++;
	sn->generation++;
	sf_gc_within(sn, spec->lifetime_ms);
	sf_event_send(sn, SF_EVENT_PINHOLE_NEW, pinhole);
	*made = pinhole;
	return 0;

err_id:
	xa_erase(&pinholes->by_id, pinhole->id);
err_free:
	kfree(pinhole);
	return err == -EBUSY ? -ENOSPC : err;
}

static void remove(struct sf_net *sn, struct sf_pinhole *pinhole)
{
	hash_del_rcu(&pinhole->node);
	xa_erase(&sn->pinholes.by_id, pinhole->id);
	sn->pinholes.n_pinholes--;
	sn->generation++;
}

void sf_pinhole_del(struct sf_net *sn, struct sf_pinhole *pinhole,
		    enum sipfast_end_reason reason)
{
	lockdep_assert_held(&sn->lock);
	remove(sn, pinhole);
	if (!sn->pinholes.n_pinholes)
		unhook(sn);
	pinhole->end_reason = reason;
	sf_event_send(sn, SF_EVENT_PINHOLE_END, pinhole);
	kfree_rcu(pinhole, rcu);
}

struct sf_pinhole *sf_pinhole_find(struct sf_net *sn, u32 id)
{
	lockdep_assert_held(&sn->lock);
	return xa_load(&sn->pinholes.by_id, id);
}

struct sf_pinhole *sf_pinhole_next(struct sf_net *sn, u32 id)
{
	unsigned long index = id;

	lockdep_assert_held(&sn->lock);
	return xa_find(&sn->pinholes.by_id, &index, U32_MAX, XA_PRESENT);
}

ktime_t sf_pinhole_expire(struct sf_net *sn, ktime_t now)
{
	struct sf_pinhole *pinhole;
	ktime_t next = KTIME_MAX;
	unsigned long id;

	lockdep_assert_held(&sn->lock);
	xa_for_each(&sn->pinholes.by_id, id, pinhole) {
		if (ktime_compare(pinhole->deadline, now) <= 0)
			sf_pinhole_del(sn, pinhole,
				       SIPFAST_END_REASON_LIFETIME);
		else
			next = min(next, pinhole->deadline);
	}
	return next;
}

void sf_pinhole_init(struct sf_net *sn)
{
	struct sf_pinholes *pinholes = &sn->pinholes;
	unsigned int i;

	xa_init_flags(&pinholes->by_id, XA_FLAGS_ALLOC1);
	hash_init(pinholes->by_port);
	for (i = 0; i < SF_PINHOLE_HOOKS; i++) {
		pinholes->hooks[i] = hooks[i];
		pinholes->hooks[i].priv = sn;
	}
}

void sf_pinhole_pre_exit(struct sf_net *sn)
{
	lockdep_assert_held(&sn->lock);
	unhook(sn);
}

void sf_pinhole_exit(struct sf_net *sn)
{
	struct sf_pinhole *pinhole;
	unsigned long id;

	xa_for_each(&sn->pinholes.by_id, id, pinhole) {
		remove(sn, pinhole);
		kfree(pinhole);
	}
	xa_destroy(&sn->pinholes.by_id);
}
