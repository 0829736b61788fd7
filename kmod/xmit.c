// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding the way out and taking it. Packets are sent through the neighbour
 * straight to the device: no netfilter hook and no conntrack sees them leave,
 * but the queueing discipline and packet taps do.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip6_route.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "latch.h"
#include "xmit.h"

static struct dst_entry *route4(struct net *net,
				const struct sf_rewrite *rewrite,
				const struct sf_side_conf *conf)
{
	struct flowi4 fl4 = {
		.flowi4_oif	= conf->ifindex,
		.flowi4_mark	= conf->mark,
		.flowi4_proto	= IPPROTO_UDP,
		/* The source of what goes inwards on nat is not our own. */
		.flowi4_flags	= FLOWI_FLAG_ANYSRC,
		.flowi4_uid	= sock_net_uid(net, NULL),
		.saddr		= rewrite->src.ip4,
		.daddr		= rewrite->dst.ip4,
		.fl4_sport	= rewrite->src.port,
		.fl4_dport	= rewrite->dst.port,
	};
	struct rtable *rt;

	if (conf->dscp != SF_DSCP_KEEP)
		fl4.flowi4_tos = conf->dscp << 2;
	rt = ip_route_output_flow(net, &fl4, NULL);
	if (IS_ERR(rt))
		return ERR_CAST(rt);
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return ERR_PTR(-EHOSTUNREACH);
	}
	return &rt->dst;
}

static struct dst_entry *route6(struct net *net,
				const struct sf_rewrite *rewrite,
				const struct sf_side_conf *conf)
{
	struct flowi6 fl6 = {
		.flowi6_oif	= conf->ifindex,
		.flowi6_mark	= conf->mark,
		.flowi6_proto	= IPPROTO_UDP,
		.flowi6_flags	= FLOWI_FLAG_ANYSRC,
		.flowi6_uid	= sock_net_uid(net, NULL),
		.saddr		= rewrite->src.ip6,
		.daddr		= rewrite->dst.ip6,
		.fl6_sport	= rewrite->src.port,
		.fl6_dport	= rewrite->dst.port,
	};

	if (conf->dscp != SF_DSCP_KEEP)
		fl6.flowlabel = ip6_make_flowinfo(conf->dscp << 2, 0);
	return ip6_dst_lookup_flow(net, NULL, &fl6, NULL);
}

/* Whatever has an output of its own must be asked to do it. */
static bool has_own_output(const struct dst_entry *route)
{
	return dst_xfrm(route) || route->lwtstate;
}

/*
 * A device on its way out is closed before the core waits for a grace period
 * and tells us: a path through it that is published in this RCU read section
 * is found and dropped then.
 */
static int attach_neigh(struct sf_path *path)
{
	const struct sf_endpoint *dst = &path->rewrite.dst;
	const struct dst_entry *route = path->route;
	struct neighbour *neigh;

	if (!(READ_ONCE(route->dev->flags) & IFF_UP))
		return -EHOSTUNREACH;
	if (has_own_output(route))
		return 0;
	neigh = dst_neigh_lookup(route, dst->word);
	if (!neigh)
		return -ENOMEM;
	path->neigh = neigh;
	path->foreign_hop = neigh->tbl->family != dst->family;
	return 0;
}

static int find_route(struct net *net, struct sf_path *path,
		      const struct sf_side_conf *conf)
{
	struct dst_entry *route;

	if (path->rewrite.dst.family == AF_INET)
		route = route4(net, &path->rewrite, conf);
	else
		route = route6(net, &path->rewrite, conf);
	if (IS_ERR(route))
		return -EHOSTUNREACH;
	path->route = route;
	if (path->rewrite.dst.family == AF_INET6)
		path->cookie = rt6_get_cookie(dst_rt6_info(route));
	return 0;
}

static struct sf_path *make_path(struct net *net, struct sf_flow *flow,
				 const struct sf_five_tuple *from)
{
	struct sf_flow *other = sf_flow_other(flow);
	const struct sf_side_conf *conf;
	struct sf_endpoint dst;
	struct sf_path *path;
	int err;

	path = kzalloc(sizeof(*path), GFP_ATOMIC);
	if (!path)
		return ERR_PTR(-ENOMEM);
	path->from = from->src;
	path->generation[flow->dir] = sf_latch_generation(flow);
	path->generation[other->dir] = sf_latch_remote(other, &dst, NULL);
	err = -EDESTADDRREQ;
	if (!dst.family)
		goto err_path;

	conf = &sf_flow_stream(flow)->conf.side[other->dir];
	path->mark = conf->mark;
	sf_rewrite_init(&path->rewrite, from, &conf->local, &dst, conf->dscp);
	err = find_route(net, path, conf);
	if (err)
		goto err_path;
	err = attach_neigh(path);
	if (err)
		goto err_path;
	return path;

err_path:
	sf_xmit_path_put(path);
	return ERR_PTR(err);
}

void sf_xmit_path_put(struct sf_path *path)
{
	if (!path)
		return;
	if (path->neigh)
		neigh_release(path->neigh);
	dst_release(path->route);
	kfree(path);
}

static void free_path(struct rcu_head *rcu)
{
	sf_xmit_path_put(container_of(rcu, struct sf_path, rcu));
}

/* Two CPUs may make a path at once; the later one stays. */
static void publish(struct sf_flow *flow, struct sf_path *path)
{
	struct sf_path *old;

	old = unrcu_pointer(xchg(&flow->path, RCU_INITIALIZER(path)));
	if (old)
		call_rcu(&old->rcu, free_path);
}

static bool is_good(const struct sf_path *path, struct sf_flow *flow)
{
	struct sf_flow *other = sf_flow_other(flow);

	if (path->generation[flow->dir] != sf_latch_generation(flow) ||
	    path->generation[other->dir] != sf_latch_generation(other))
		return false;
	if (!dst_check(path->route, path->cookie))
		return false;
	return !path->neigh || !READ_ONCE(path->neigh->dead);
}

struct sf_path *sf_xmit_path(struct net *net, struct sf_flow *flow,
			     const struct sf_five_tuple *from)
{
	struct sf_path *path = rcu_dereference(flow->path);

	if (likely(path && is_good(path, flow)))
		return path;
	path = make_path(net, flow, from);
	if (!IS_ERR(path))
		publish(flow, path);
	return path;
}

void sf_xmit_drop_path(struct sf_flow *flow, const struct net_device *dev)
{
	struct sf_path *path;

	rcu_read_lock();
	path = rcu_dereference(flow->path);
	if (path && (path->route->dev == dev ||
		     (path->neigh && path->neigh->dev == dev)))
		publish(flow, NULL);
	rcu_read_unlock();
}

int sf_xmit_prepare(const struct sf_path *path, struct sk_buff *skb)
{
	const struct dst_entry *route = path->route;

	return skb_cow(skb, LL_RESERVED_SPACE(route->dev) + route->header_len);
}

/* Nothing that the old packet met on its way here is to stay with it. */
static void scrub(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, true);
	skb_forward_csum(skb);
	memset(skb->cb, 0, sizeof(skb->cb));
	skb->priority = 0;
}

int sf_xmit_output(struct net *net, const struct sf_path *path,
		   struct sk_buff *skb)
{
	int rc;

	scrub(skb);
	skb->mark = path->mark;
	if (path->neigh) {
		/* The queue of an unresolved neighbour takes a reference. */
		skb_dst_set_noref(skb, path->route);
		skb->dev = path->neigh->dev;
		rc = neigh_output(path->neigh, skb, path->foreign_hop);
	} else {
		skb_dst_set(skb, dst_clone(path->route));
		skb->dev = path->route->dev;
		rc = dst_output(net, NULL, skb);
	}
	return rc > 0 ? net_xmit_errno(rc) : rc;
}
