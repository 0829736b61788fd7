// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding the way out and taking it. Packets are sent through the neighbour
 * straight to the device: no netfilter hook of the IP layer and no conntrack
 * sees them leave, but the device's egress hook, its queueing discipline and
 * packet taps do.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/inetdevice.h>
#include <linux/workqueue.h>
#include <net/addrconf.h>
#include <net/icmp.h>
#include <net/ip6_route.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/xfrm.h>

#include "latch.h"
#include "net.h"
#include "xmit.h"

/* As small as the MTU of an IPv6 path can be; IPv4 has a setting for it. */
#define HEADER_DIFFERENCE	(sizeof(struct ipv6hdr) - sizeof(struct iphdr))

/* --- routes --------------------------------------------------------------- */

static struct dst_entry *route4(struct net *net, const struct sf_endpoint *src,
				const struct sf_endpoint *dst,
				const struct sf_side_conf *conf)
{
	struct flowi4 fl4 = {
		.flowi4_oif	= conf->ifindex,
		.flowi4_mark	= conf->mark,
		.flowi4_proto	= IPPROTO_UDP,
		/* The source of what goes inwards on nat is not our own. */
		.flowi4_flags	= FLOWI_FLAG_ANYSRC,
		.flowi4_uid	= sock_net_uid(net, NULL),
		.saddr		= src->ip4,
		.daddr		= dst->ip4,
		.fl4_sport	= src->port,
		.fl4_dport	= dst->port,
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

static struct dst_entry *route6(struct net *net, const struct sf_endpoint *src,
				const struct sf_endpoint *dst,
				const struct sf_side_conf *conf)
{
	struct flowi6 fl6 = {
		.flowi6_oif	= conf->ifindex,
		.flowi6_mark	= conf->mark,
		.flowi6_proto	= IPPROTO_UDP,
		.flowi6_flags	= FLOWI_FLAG_ANYSRC,
		.flowi6_uid	= sock_net_uid(net, NULL),
		.saddr		= src->ip6,
		.daddr		= dst->ip6,
		.fl6_sport	= src->port,
		.fl6_dport	= dst->port,
	};
	struct dst_entry *route;

	if (conf->dscp != SF_DSCP_KEEP)
		fl6.flowlabel = ip6_make_flowinfo(conf->dscp << 2, 0);
	/* With a source, it would not mind the device unless told to. */
	route = ip6_route_output_flags(net, NULL, &fl6, conf->ifindex ?
				       RT6_LOOKUP_F_IFACE : 0);
	if (route->error) {
		dst_release(route);
		return ERR_PTR(-EHOSTUNREACH);
	}
	return xfrm_lookup_route(net, route, flowi6_to_flowi(&fl6), NULL, 0);
}

/* The way to a side. */
static struct dst_entry *route_to(struct net *net,
				  const struct sf_endpoint *src,
				  const struct sf_endpoint *dst,
				  const struct sf_side_conf *conf)
{
	struct dst_entry *route;

	if (dst->family == AF_INET)
		route = route4(net, src, dst, conf);
	else
		route = route6(net, src, dst, conf);
	return IS_ERR(route) ? ERR_PTR(-EHOSTUNREACH) : route;
}

static bool is_local(const struct dst_entry *route)
{
	return route->dev->flags & IFF_LOOPBACK;
}

/* A device and the VRF above it are one place. */
static bool is_same_place(const struct net_device *x,
			  const struct net_device *y)
{
	return x == y || (l3mdev_master_ifindex_rcu(x) &&
			  l3mdev_master_ifindex_rcu(x) ==
			  l3mdev_master_ifindex_rcu(y));
}

static bool leads_through(struct net *net, const struct sf_endpoint *src,
			  const struct sf_endpoint *dst,
			  const struct sf_side_conf *conf,
			  const struct net_device *dev)
{
	struct dst_entry *route = route_to(net, src, dst, conf);
	bool does;

	if (IS_ERR(route))
		return false;
	does = is_same_place(route->dev, dev);
	dst_release(route);
	return does;
}

static bool is_our_own(struct net *net, const struct sf_endpoint *source)
{
	if (source->family == AF_INET)
		return inet_addr_type(net, source->ip4) == RTN_LOCAL;
	return ipv6_chk_addr(net, &source->ip6, NULL, 0);
}

/* Where IPsec has a say in what comes in, each packet has to be asked for. */
static bool is_ipsec_quiet(const struct net *net)
{
	return !net->xfrm.policy_count[XFRM_POLICY_IN] &&
	       !net->xfrm.policy_count[XFRM_POLICY_FWD];
}

bool sf_xmit_is_spoofed(struct net *net, struct sf_flow *flow,
			const struct sf_endpoint *source,
			const struct net_device *dev)
{
	struct sf_flow *other = sf_flow_other(flow);
	const struct sf_side_conf *side = sf_flow_side(flow);
	const struct sf_side_conf *far = sf_flow_side(other);
	struct sf_endpoint remote;

	if (is_our_own(net, source))
		return true;
	if (leads_through(net, &side->local, source, side, dev))
		return false;
	sf_latch_remote(other, &remote, NULL);
	return !remote.family ||
	       leads_through(net, &far->local, &remote, far, dev);
}

/* --- making a path -------------------------------------------------------- */

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
static int attach_neigh(struct sf_path *path, const struct sf_endpoint *dst)
{
	const struct dst_entry *route = path->route;
	struct neighbour *neigh;

	if (!(READ_ONCE(route->dev->flags) & IFF_UP))
		return -EHOSTUNREACH;
	/* An IPsec policy whose keys are still being agreed upon. */
	if (route->output == dst_discard_out)
		return -EHOSTUNREACH;
	if (has_own_output(route)) {
		path->flags |= SF_PATH_OWN_OUTPUT;
		return 0;
	}
	neigh = dst_neigh_lookup(route, dst->word);
	if (!neigh)
		return -ENOMEM;
	path->neigh = neigh;
	if (neigh->tbl->family != dst->family)
		path->flags |= SF_PATH_FOREIGN_HOP;
	return 0;
}

/*
 * Most packets are so small that they fit whatever becomes of the route's MTU
 * while it is not obsolete: a path MTU never gets below this.
 */
static u16 small_len(struct net *net, const struct sf_path *path)
{
	unsigned int floor = IPV6_MIN_MTU;

	if (path->flags & SF_PATH_TRANSLATES)
		return 0;
	if (path->rewrite.family == AF_INET)
		floor = READ_ONCE(net->ipv4.ip_rt_min_pmtu);
	return min3(floor, dst_mtu(path->route), (u32)U16_MAX);
}

static u8 headroom(const struct sf_path *path)
{
	unsigned int room = LL_RESERVED_SPACE(path->route->dev) +
			    path->route->header_len;

	if (path->flags & SF_PATH_TRANSLATES)
		room += HEADER_DIFFERENCE;
	return clamp(DIV_ROUND_UP(room, SF_PATH_ROOM), 1U, (u32)U8_MAX);
}

static u8 flags_of(struct sf_flow *flow, const struct sf_five_tuple *from,
		   const struct sf_endpoint *dst)
{
	const struct sf_stream *stream = sf_flow_stream(flow);
	u8 flags = 0;

	if (stream->conf.kind != SIPFAST_KIND_RTP)
		flags |= SF_PATH_NOT_RTP;
	if (stream->rate[flow->dir])
		flags |= SF_PATH_LIMITED;
	if (dst->family != from->src.family)
		flags |= SF_PATH_TRANSLATES;
	return flags;
}

/* Fills in what follows from the route. */
static int follow_route(struct net *net, struct sf_path *path,
			const struct sf_endpoint *dst)
{
	int err;

	if (dst->family == AF_INET6)
		path->cookie = rt6_get_cookie(dst_rt6_info(path->route));
	if (is_local(path->route))
		path->flags |= SF_PATH_LOCAL;
	err = attach_neigh(path, dst);
	if (err)
		return err;
	path->small_len = small_len(net, path);
	path->headroom = headroom(path);
	return 0;
}

/* Kept small where it can be: there are four for each call. */
static struct sf_path *alloc(u16 from, u16 to)
{
	if (from == AF_INET && to == AF_INET)
		return kzalloc(SF_PATH_IPV4_SIZE, GFP_ATOMIC);
	return kzalloc(sizeof(struct sf_path), GFP_ATOMIC);
}

struct sf_path *sf_xmit_path_new(struct net *net, struct sf_flow *flow,
				 const struct sf_five_tuple *from,
				 const struct sf_endpoint *to)
{
	struct sf_flow *other = sf_flow_other(flow);
	const struct sf_side_conf *conf = sf_flow_side(other);
	struct sf_endpoint remote;
	struct sf_path *path;
	int err;

	if (!to) {
		sf_latch_remote(other, &remote, NULL);
		to = &remote;
	}
	if (!to->family)
		return ERR_PTR(-EDESTADDRREQ);
	path = alloc(from->src.family, to->family);
	if (!path)
		return ERR_PTR(-ENOMEM);
	path->from = SF_WORD_NOBODY;
	path->mark = conf->mark;
	path->flags = flags_of(flow, from, to);
	sf_rewrite_init(&path->rewrite, from, &conf->local, to, conf->dscp);
	path->route = route_to(net, &conf->local, to, conf);
	err = PTR_ERR_OR_ZERO(path->route);
	if (err) {
		kfree(path);
		return ERR_PTR(err);
	}
	err = follow_route(net, path, to);
	if (err) {
		sf_xmit_path_put(path);
		return ERR_PTR(err);
	}
	return path;
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

/* --- putting it up for packets, and taking it away ------------------------ */

/*
 * A route change retires all paths at once: they share one grace period, and a
 * link is smaller than an rcu_head.
 */
static LLIST_HEAD(retired);

static void free_retired(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&retired);
	struct sf_path *path, *next;

	synchronize_rcu();
	llist_for_each_entry_safe(path, next, list, retired) {
		sf_xmit_path_put(path);
		cond_resched();
	}
}

static DECLARE_WORK(retire_work, free_retired);

static void retire(struct sf_path *path)
{
	if (llist_add(&path->retired, &retired))
		queue_work(system_unbound_wq, &retire_work);
}

void sf_xmit_exit(void)
{
	flush_work(&retire_work);
}

/* Two CPUs may make a path at once; the later one stays. */
static void publish(struct sf_flow *flow, struct sf_path *path)
{
	struct sf_path *old;

	old = unrcu_pointer(xchg(&flow->path, RCU_INITIALIZER(path)));
	if (old)
		retire(old);
}

void sf_xmit_forget_path(struct sf_flow *flow)
{
	publish(flow, NULL);
}

/* From now on packets from the same source need not be asked for. */
static void settle(struct sf_path *path, const struct sf_endpoint *source)
{
	if (source->family == AF_INET) {
		path->from = sf_word_ipv4(source->ip4, source->port);
		return;
	}
	path->from = sf_word_port6(source->port);
	path->from6 = source->ip6;
}

/*
 * Whoever makes a side known takes the paths away afterwards. One that was made
 * before and published behind that is found here: xchg() orders both.
 */
static struct sf_path *make_path(struct net *net, struct sf_flow *flow,
				 const struct sf_five_tuple *from, int iif)
{
	struct sf_flow *other = sf_flow_other(flow);
	u32 generation = sf_latch_generation(flow);
	u32 generation_of_other = sf_latch_generation(other);
	struct sf_path *path;

	path = sf_xmit_path_new(net, flow, from, NULL);
	if (IS_ERR(path))
		return path;
	path->iif = iif;
	if (is_ipsec_quiet(net) &&
	    sf_latch_is_settled(flow, &from->src, ktime_get_ns()))
		settle(path, &from->src);
	publish(flow, path);
	if (sf_latch_generation(flow) != generation ||
	    sf_latch_generation(other) != generation_of_other)
		sf_xmit_forget_path(flow);
	return path;
}

/* A window may have closed, or a source been told, since it was made. */
static bool can_be_settled(struct net *net, const struct sf_path *path,
			   struct sf_flow *flow,
			   const struct sf_endpoint *source)
{
	return path->from == SF_WORD_NOBODY && is_ipsec_quiet(net) &&
	       sf_latch_is_settled(flow, source, ktime_get_ns());
}

struct sf_path *sf_xmit_path(struct net *net, struct sf_flow *flow,
			     const struct sf_five_tuple *from, int iif)
{
	struct sf_path *path = rcu_dereference(flow->path);

	if (path && path->iif == iif && sf_xmit_is_good(net, path) &&
	    !can_be_settled(net, path, flow, &from->src))
		return path;
	return make_path(net, flow, from, iif);
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

/* --- taking it ------------------------------------------------------------ */

int sf_xmit_make_room(const struct sf_path *path, struct sk_buff *skb)
{
	return skb_cow(skb, sf_xmit_headroom(path));
}

void sf_xmit_strip(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_dst_drop(skb);
	skb_ext_reset(skb);
	nf_reset_ct(skb);
}

/*
 * Most routes of IPv4 have the MTU of their device, and are asked without the
 * calls that lead there. A path MTU may come to any of them at any time.
 */
bool sf_xmit_fits(const struct sf_path *path, unsigned int len)
{
	const struct dst_entry *route = path->route;
	const struct rtable *rt = container_of(route, struct rtable, dst);

	if (path->rewrite.family == AF_INET &&
	    likely(!rt->rt_pmtu && !dst_metric_raw(route, RTAX_MTU)))
		return len <= READ_ONCE(route->dev->mtu);
	return len <= dst_mtu(route);
}

unsigned int sf_xmit_mtu(const struct sf_path *path)
{
	unsigned int mtu = dst_mtu(path->route);

	if (!(path->flags & SF_PATH_TRANSLATES))
		return mtu;
	if (path->rewrite.family == AF_INET6)
		return mtu - HEADER_DIFFERENCE;
	return mtu + HEADER_DIFFERENCE;
}

/*
 * A route that learns keeps that apart, for the one destination, and marks
 * itself as stale; but one that is not in the route cache does not.
 */
void sf_xmit_learn_mtu(struct sf_flow *flow, struct sk_buff *skb,
		       unsigned int quoted, u32 mtu)
{
	const struct sf_path *path = rcu_dereference(flow->path);
	unsigned int header = skb_network_offset(skb);
	struct net_device *dev = skb->dev;
	struct dst_entry *route;
	u32 mark = skb->mark;

	if (!path || mtu >= dst_mtu(path->route))
		return;
	/* It looks the packet up once more: as it was sent. */
	route = path->route;
	skb_set_network_header(skb, header + quoted);
	skb->dev = route->dev;
	skb->mark = path->mark;
	route->ops->update_pmtu(route, NULL, skb, mtu, false);
	skb->mark = mark;
	skb->dev = dev;
	skb_set_network_header(skb, header);
	sf_xmit_forget_path(flow);
}

/* A fragment finds its next hop by itself: it has lost sight of its path. */
static int send_fragment(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	bool is_ipv4 = skb->protocol == htons(ETH_P_IP);
	const void *daddr = &ip_hdr(skb)->daddr;
	struct neighbour *neigh;
	int rc;

	if (!is_ipv4)
		daddr = &ipv6_hdr(skb)->daddr;
	neigh = dst_neigh_lookup(skb_dst(skb), daddr);
	if (!neigh) {
		kfree_skb(skb);
		return -ENOMEM;
	}
	skb->dev = neigh->dev;
	rc = neigh_output(neigh, skb, neigh->tbl->family !=
				      (is_ipv4 ? AF_INET : AF_INET6));
	neigh_release(neigh);
	return rc;
}

static int send_fragments(struct net *net, const struct sf_path *path,
			  struct sk_buff *skb)
{
	sf_xmit_scrub(path, skb);
	skb_dst_set(skb, dst_clone(path->route));
	skb->dev = path->route->dev;
	memset(skb->cb, 0, sizeof(skb->cb));
	if (path->rewrite.family == AF_INET)
		return ip_do_fragment(net, NULL, skb, send_fragment);
	/* Its sender was IPv4 and let it be fragmented. */
	skb->ignore_df = 1;
	return ipv6_stub->ipv6_fragment(net, NULL, skb, send_fragment);
}

/* As the route would have it; it fragments by itself. */
static int send_by_route(struct net *net, const struct sf_path *path,
			 struct sk_buff *skb)
{
	sf_xmit_scrub(path, skb);
	memset(skb->cb, 0, sizeof(skb->cb));
	skb_dst_set(skb, dst_clone(path->route));
	skb->dev = path->route->dev;
	return dst_output(net, NULL, skb);
}

int sf_xmit_output(struct net *net, const struct sf_path *path,
		   struct sk_buff *skb)
{
	int rc;

	if (path->flags & SF_PATH_OWN_OUTPUT)
		rc = send_by_route(net, path, skb);
	else if (skb->len > path->small_len && !skb_is_gso(skb) &&
		 skb->len > dst_mtu(path->route))
		rc = send_fragments(net, path, skb);
	else
		rc = sf_xmit_neigh(path, skb,
				   path->flags & SF_PATH_FOREIGN_HOP);
	return rc > 0 ? net_xmit_errno(rc) : rc;
}

static void tell_ipv4(struct sk_buff *skb, unsigned int mtu)
{
	const struct iphdr *ip = ip_hdr(skb);

	/* ICMP wants to know which way the packet would have gone. */
	if (!skb_dst(skb) &&
	    ip_route_input_noref(skb, ip->daddr, ip->saddr, ip->tos, skb->dev))
		return;
	icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
}

void sf_xmit_tell_too_big(struct sk_buff *skb, unsigned int mtu)
{
	memset(skb->cb, 0, sizeof(skb->cb));
	if (skb->protocol == htons(ETH_P_IP))
		tell_ipv4(skb, mtu);
	else
		icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0,
			    max_t(unsigned int, mtu, IPV6_MIN_MTU));
}
