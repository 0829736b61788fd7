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
#include <net/ip6_fib.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "session.h"

/* Sources that are not settled: the word of nobody. */
#define SF_WORD_NOBODY		BIT_ULL(62)

/* What a packet that takes a path has to be asked or given besides. */
#define SF_PATH_NOT_RTP		BIT(0)	/* the stream is not for RTP */
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
 * @from: the source that @rewrite was made for and that is accepted without
 *	asking: its word, of IPv6 only sf_word_port6(); SF_WORD_NOBODY where each
 *	has to be asked for
 * @mark: mark to send with
 * @iif: the device that packets came in by
 * @small_len: IP packets of no more bytes fit, whatever becomes of the MTU
 * @headroom: bytes that have to be free in front, in units of SF_PATH_ROOM; one
 *	at least
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

/* As much as the cached header of a neighbour may be (HH_DATA_MOD). */
#define SF_PATH_ROOM		16

#define SF_PATH_IPV4_SIZE	offsetofend(struct sf_path, rewrite.ip4)

static_assert(SF_PATH_IPV4_SIZE <= 64);
static_assert(sizeof(struct sf_path) <= 128);

/*
 * What ipv4_dst_check() and ip6_dst_check() ask of most routes, without the
 * calls that lead there. What is not plainly good here is left to dst_check() to
 * judge.
 */
static __always_inline bool sf_xmit_is_plain_good4(struct net *net,
						   const struct sf_path *path)
{
	const struct rtable *rt = container_of(path->route, struct rtable, dst);

	return likely(rt->dst.obsolete == DST_OBSOLETE_FORCE_CHK) &&
	       likely(rt->rt_genid == rt_genid_ipv4(net));
}

/* A CPU's own copy of a route that does not expire. */
static __always_inline bool sf_xmit_is_plain_good6(const struct sf_path *path)
{
	const struct rt6_info *rt = dst_rt6_info(path->route);
	const struct fib6_info *from = rcu_dereference(rt->from);
	u32 now;

	return likely(from && !rt->sernum &&
		      rt->dst.obsolete == DST_OBSOLETE_FORCE_CHK &&
		      (rt->rt6i_flags & (RTF_PCPU | RTF_EXPIRES)) == RTF_PCPU &&
		      !(from->fib6_flags & RTF_EXPIRES) &&
		      fib6_get_cookie_safe(from, &now) &&
		      now == path->cookie);
}

static __always_inline bool sf_xmit_is_route_good(struct net *net,
						  const struct sf_path *path,
						  int family)
{
	if (likely(family == AF_INET ? sf_xmit_is_plain_good4(net, path) :
				       sf_xmit_is_plain_good6(path)))
		return true;
	return dst_check(path->route,
			 family == AF_INET ? 0 : path->cookie);
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
	return sf_xmit_is_route_good(net, path, path->rewrite.family) &&
	       (!path->neigh || !READ_ONCE(path->neigh->dead));
}

/**
 * sf_xmit_is_plain_good() - the same of a path without flags
 * @net: the namespace
 * @path: the path
 * @family: the packet's family
 *
 * Context: RCU read lock.
 */
static __always_inline bool sf_xmit_is_plain_good(struct net *net,
						  const struct sf_path *path,
						  int family)
{
	return sf_xmit_is_route_good(net, path, family) &&
	       !READ_ONCE(path->neigh->dead);
}

/* An IPv6 source: the port, to go with the address in @from6. */
static __always_inline u64 sf_word_port6(__be16 port)
{
	return SF_WORD_IPV6 | (__force u16)port;
}

/**
 * sf_xmit_is_settled() - is a path settled for a source?
 * @path: the path
 * @source: the source
 */
static inline bool sf_xmit_is_settled(const struct sf_path *path,
				      const struct sf_endpoint *source)
{
	if (source->family == AF_INET)
		return path->from == sf_word_ipv4(source->ip4, source->port);
	return path->from == sf_word_port6(source->port) &&
	       ipv6_addr_equal(&path->from6, &source->ip6);
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

static __always_inline unsigned int
sf_xmit_headroom(const struct sf_path *path)
{
	return path->headroom * SF_PATH_ROOM;
}

/* The same for a packet that has too little room, or is somebody else's, too. */
int sf_xmit_make_room(const struct sf_path *path, struct sk_buff *skb);

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
	if (likely(skb_headroom(skb) >= sf_xmit_headroom(path) &&
		   !skb_cloned(skb)))
		return 0;
	return sf_xmit_make_room(path, skb);
}

/* Takes from a packet what it has met on its way here. */
void sf_xmit_strip(struct sk_buff *skb);

/*
 * What the old packet has met on its way here goes: its socket, route,
 * extensions, conntrack entry and time. What it came in by may stay, as it does
 * when the kernel forwards.
 */
static __always_inline void sf_xmit_scrub(const struct sf_path *path,
					  struct sk_buff *skb)
{
	/* One that comes from a device has nothing of the kind, as a rule. */
	if (unlikely(((unsigned long)skb->destructor | skb->_skb_refdst |
		      skb_get_nfct(skb)) || skb_has_extensions(skb)))
		sf_xmit_strip(skb);
	skb_clear_tstamp(skb);
	skb->mark = path->mark;
}

/*
 * What neigh_hh_output() does for Ethernet and the like, inline. The room was
 * made with the path's headroom. False where there is no such header.
 */
static __always_inline bool sf_xmit_push_hh(struct sk_buff *skb,
					    const struct hh_cache *hh)
{
	unsigned int seq, len;

	do {
		seq = read_seqbegin(&hh->hh_lock);
		len = READ_ONCE(hh->hh_len);
		if (unlikely(!len || len > HH_DATA_MOD))
			return false;
		memcpy(skb->data - HH_DATA_MOD, hh->hh_data, HH_DATA_MOD);
	} while (read_seqretry(&hh->hh_lock, seq));
	__skb_push(skb, len);
	return true;
}

/**
 * sf_xmit_neigh() - send a rewritten packet by way of its neighbour
 * @path: its way, without SF_PATH_OWN_OUTPUT
 * @skb: the packet, at its network header, no longer than fits and with the
 *	path's headroom in front; gone on return
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
	struct neighbour *neigh = path->neigh;
	struct net_device *dev = neigh->dev;
	int rc;

	sf_xmit_scrub(path, skb);
	skb->dev = dev;
	/* Most devices would give it away at once, unseen by anybody. */
	if (unlikely(!(dev->priv_flags & IFF_XMIT_DST_RELEASE))) {
		/* With a route, an error on the way looks for options here. */
		memset(skb->cb, 0, sizeof(skb->cb));
		skb_dst_set_noref(skb, path->route);
	}
	if (likely(!skip_cache &&
		   READ_ONCE(neigh->nud_state) & NUD_CONNECTED &&
		   sf_xmit_push_hh(skb, &neigh->hh)))
		rc = dev_queue_xmit(skb);
	else
		rc = neigh_output(neigh, skb, skip_cache);
	/* A queue that is congested has taken this one. */
	return rc == NET_XMIT_CN ? 0 : rc;
}

/**
 * sf_xmit_output() - send a rewritten packet
 * @net: the namespace
 * @path: its way
 * @skb: the packet, at its network header, with the path's headroom in front;
 *	gone on return
 *
 * What is too long for the route is sent in fragments.
 *
 * Context: bottom halves disabled, RCU read lock.
 * Return: 0, or a negative errno where the device or its queue refused it.
 */
int sf_xmit_output(struct net *net, const struct sf_path *path,
		   struct sk_buff *skb);

/**
 * sf_xmit_fits() - does a packet fit the route of a path without flags?
 * @path: the path
 * @len: length of the IP packet; to be asked where it is above small_len
 *
 * Context: RCU read lock.
 */
bool sf_xmit_fits(const struct sf_path *path, unsigned int len);

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
