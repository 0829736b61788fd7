/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way out. A path is how what arrives in a flow leaves towards the other
 * side: the new addresses, the route and the neighbour. It is one immutable
 * object under RCU, made when a packet needs it and made anew when any part of
 * it has gone stale; a packet sees all of one path or all of another.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_XMIT_H
#define _SF_XMIT_H

#include <linux/llist.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "session.h"

/* Sources that are not settled: the word of nobody. */
#define SF_WORD_NOBODY		BIT_ULL(62)

/* What a packet that takes a path has to be asked or given besides. */
#define SF_PATH_OPAQUE		BIT(0)	/* any payload is as good as RTP */
#define SF_PATH_LIMITED		BIT(1)	/* a limit of packets or bytes */
#define SF_PATH_TRANSLATES	BIT(2)	/* to the other family */
#define SF_PATH_LOCAL		BIT(3)	/* to this very machine */
#define SF_PATH_OWN_OUTPUT	BIT(4)	/* the route's: IPsec, encapsulation */
#define SF_PATH_FOREIGN_HOP	BIT(5)	/* next hop of another family */

/**
 * struct sf_path - a way out
 * @route: the route
 * @neigh: the next hop; NULL with SF_PATH_OWN_OUTPUT
 * @retired: among those that no packet finds any more, to be freed
 * @from: word of the source that @rewrite was made for and that is accepted
 *	without asking; SF_WORD_NOBODY where each has to be asked for
 * @mark: mark to send with
 * @iif: the device that packets came in by
 * @small_len: IP packets of no more bytes fit, whatever becomes of the MTU
 * @headroom: bytes that have to be free in front, in units of SF_PATH_ROOM
 * @flags: SF_PATH_*
 * @rewrite: new source, where the other side sends to, and new destination,
 *	where the other side is
 * @cookie: says whether @route is still good, where it is IPv6
 * @from6: the address of @from where it is IPv6
 *
 * An IPv4 packet reads the first cache line of it and no more. From IPv4 to
 * IPv4, that is all there is of it.
 */
struct sf_path {
	struct dst_entry	*route;
	struct neighbour	*neigh;
	struct llist_node	retired;
	u64			from;
	u32			mark;
	int			iif;
	u16			small_len;
	u8			headroom;
	u8			flags;
	struct sf_rewrite	rewrite;
	u32			cookie;
	struct in6_addr		from6;
};

#define SF_PATH_ROOM		16

#define SF_PATH_IPV4_SIZE	offsetofend(struct sf_path, rewrite.ip4)

static_assert(SF_PATH_IPV4_SIZE <= 64);
static_assert(sizeof(struct sf_path) <= 128);

/*
 * What ipv4_dst_check() asks, without the two calls that lead there. What is not
 * plainly good here is left to dst_check() to judge.
 */
static __always_inline bool sf_xmit_is_route_good(struct net *net,
						  const struct sf_path *path)
{
	const struct rtable *rt = container_of(path->route, struct rtable, dst);

	if (path->rewrite.family != AF_INET)
		return dst_check(path->route, path->cookie);
	return likely(rt->dst.obsolete == DST_OBSOLETE_FORCE_CHK &&
		      rt->rt_genid == rt_genid_ipv4(net)) ||
	       dst_check(path->route, 0);
}

/**
 * sf_xmit_is_good() - can a packet take a path?
 * @net: the namespace
 * @path: the path
 *
 * Context: RCU read lock.
 * Return: whether neither route nor next hop has gone since it was made.
 */
static __always_inline bool sf_xmit_is_good(struct net *net,
					    const struct sf_path *path)
{
	return sf_xmit_is_route_good(net, path) &&
	       (!path->neigh || !READ_ONCE(path->neigh->dead));
}

/**
 * sf_xmit_path() - the way out of a flow
 * @net: the namespace
 * @flow: the flow that a packet arrived in
 * @from: the packet's five-tuple
 * @iif: the device it came in by
 *
 * Context: bottom halves disabled, RCU read lock; it protects the path.
 * Return: the path, or an ERR_PTR(): -EDESTADDRREQ where the other side's
 *	remote endpoint is not known, -ENOMEM, or -EHOSTUNREACH where there is
 *	no route to it.
 */
struct sf_path *sf_xmit_path(struct net *net, struct sf_flow *flow,
			     const struct sf_five_tuple *from, int iif);

/**
 * sf_xmit_path_new() - a way out for one packet
 * @net: the namespace
 * @flow: the flow that it would arrive in
 * @from: its five-tuple
 * @to: where it is to go, or NULL for the other side's remote endpoint
 *
 * Context: bottom halves disabled, RCU read lock, which is to be held until
 *	sf_xmit_path_put().
 * Return: as sf_xmit_path().
 */
struct sf_path *sf_xmit_path_new(struct net *net, struct sf_flow *flow,
				 const struct sf_five_tuple *from,
				 const struct sf_endpoint *to);

/**
 * sf_xmit_path_put() - free a path that no packet sees any more
 * @path: the path, may be NULL
 *
 * Context: any but hard interrupts.
 */
void sf_xmit_path_put(struct sf_path *path);

/**
 * sf_xmit_exit() - free what packets have seen
 *
 * Context: process, module unload; nothing is relayed any more.
 */
void sf_xmit_exit(void);

/**
 * sf_xmit_forget_path() - forget a flow's way out
 * @flow: the flow
 *
 * Context: any but hard interrupts; RCU read lock.
 */
void sf_xmit_forget_path(struct sf_flow *flow);

/**
 * sf_xmit_drop_path() - forget a flow's way out where it leads through a device
 * @flow: the flow
 * @dev: the device
 *
 * Context: process.
 */
void sf_xmit_drop_path(struct sf_flow *flow, const struct net_device *dev);

/**
 * sf_xmit_is_spoofed() - does a packet come from where its source is not?
 * @net: the namespace
 * @flow: the flow it arrived in
 * @source: its source
 * @dev: the device it came in by
 *
 * The firewall that would have seen it is passed by, so this is asked here: a
 * packet that goes back out where it came in must be from there.
 *
 * Context: bottom halves disabled, RCU read lock.
 * Return: whether it does.
 */
bool sf_xmit_is_spoofed(struct net *net, struct sf_flow *flow,
			const struct sf_endpoint *source,
			const struct net_device *dev);

/**
 * sf_xmit_prepare() - make a packet's headers writable, with room in front
 * @path: the way it will go
 * @skb: the packet
 *
 * Context: bottom halves disabled.
 * Return: 0 or -ENOMEM.
 */
static __always_inline int sf_xmit_prepare(const struct sf_path *path,
					   struct sk_buff *skb)
{
	unsigned int headroom = path->headroom * SF_PATH_ROOM;

	if (likely(skb_headroom(skb) >= headroom && !skb_cloned(skb)))
		return 0;
	return skb_cow(skb, headroom);
}

/*
 * What the old packet has met on its way here goes: its socket, route,
 * extensions, conntrack entry and time. What it came in by may stay, as it does
 * when the kernel forwards.
 */
static __always_inline void sf_xmit_scrub(const struct sf_path *path,
					  struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_dst_drop(skb);
	skb_ext_reset(skb);
	nf_reset_ct(skb);
	skb_clear_tstamp(skb);
	skb->mark = path->mark;
}

/**
 * sf_xmit_neigh() - send a rewritten packet by way of its neighbour
 * @path: its way, without SF_PATH_OWN_OUTPUT
 * @skb: the packet, at its network header, no longer than fits; gone on return
 * @skip_cache: the neighbour is of another family than the packet
 *
 * The neighbour's link-layer address is not kept with the path: one that moves
 * is followed.
 *
 * Context: bottom halves disabled, RCU read lock.
 * Return: 0, or another value where the device or its queue refused it.
 */
static __always_inline int sf_xmit_neigh(const struct sf_path *path,
					 struct sk_buff *skb, bool skip_cache)
{
	struct net_device *dev = path->neigh->dev;
	int rc;

	sf_xmit_scrub(path, skb);
	skb->dev = dev;
	/* Most devices would give it away at once, unseen by anybody. */
	if (unlikely(!(dev->priv_flags & IFF_XMIT_DST_RELEASE))) {
		/* With a route, an error on the way looks for options here. */
		memset(skb->cb, 0, sizeof(skb->cb));
		skb_dst_set_noref(skb, path->route);
	}
	rc = neigh_output(path->neigh, skb, skip_cache);
	/* A queue that is congested has taken this one. */
	return rc == NET_XMIT_CN ? 0 : rc;
}

/**
 * sf_xmit_output() - send a rewritten packet
 * @net: the namespace
 * @path: its way
 * @skb: the packet, at its network header; gone on return
 *
 * What is too long for the route is sent in fragments.
 *
 * Context: bottom halves disabled, RCU read lock.
 * Return: 0, or a negative errno where the device or its queue refused it.
 */
int sf_xmit_output(struct net *net, const struct sf_path *path,
		   struct sk_buff *skb);

/**
 * sf_xmit_mtu() - what a packet may have before it is rewritten
 * @path: its way
 *
 * Return: bytes of an IP packet.
 */
unsigned int sf_xmit_mtu(const struct sf_path *path);

/**
 * sf_xmit_learn_mtu() - a packet was too big for a router further on
 * @flow: the flow that it arrived in
 * @skb: what the router sent, at its network header; unchanged
 * @quoted: where in it the packet begins, as it had left
 * @mtu: what would have fitted
 *
 * Context: bottom halves disabled, RCU read lock.
 */
void sf_xmit_learn_mtu(struct sf_flow *flow, struct sk_buff *skb,
		       unsigned int quoted, u32 mtu);

/**
 * sf_xmit_tell_too_big() - tell the sender of a packet what fits
 * @skb: the packet as it came, at its network header; unchanged
 * @mtu: what fits
 *
 * Context: bottom halves disabled, RCU read lock.
 */
void sf_xmit_tell_too_big(struct sk_buff *skb, unsigned int mtu);

#endif /* _SF_XMIT_H */
