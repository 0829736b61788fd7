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

#include <linux/skbuff.h>

#include "session.h"

/**
 * struct sf_path - a way out
 * @from: source that @rewrite was made for
 * @rewrite: new source, where the other side sends to, and new destination,
 *	where the other side is
 * @route: the route
 * @neigh: the next hop; NULL where the packet has to go through the route's
 *	own output: IPsec, encapsulation
 * @cookie: says whether @route is still good
 * @generation: says, by side, whether @from and @rewrite are still good
 * @mark: mark to send with
 * @foreign_hop: @neigh is of another family than the packet
 * @rcu: frees it when no packet sees it any more
 */
struct sf_path {
	struct sf_endpoint	from;
	struct sf_rewrite	rewrite;
	struct dst_entry	*route;
	struct neighbour	*neigh;
	u32			cookie;
	u32			generation[SF_N_DIRS];
	u32			mark;
	bool			foreign_hop;
	struct rcu_head		rcu;
};

/**
 * sf_xmit_path() - the way out of a flow
 * @net: the namespace
 * @flow: the flow that a packet arrived in
 * @from: the packet's five-tuple
 *
 * Context: bottom halves disabled, RCU read lock; it protects the path.
 * Return: the path, or an ERR_PTR(): -EDESTADDRREQ where the other side's
 *	remote endpoint is not known, -ENOMEM, or -EHOSTUNREACH where there is
 *	no route to it.
 */
struct sf_path *sf_xmit_path(struct net *net, struct sf_flow *flow,
			     const struct sf_five_tuple *from);

/**
 * sf_xmit_path_put() - free a path that no packet sees any more
 * @path: the path, may be NULL
 *
 * Context: any but hard interrupts.
 */
void sf_xmit_path_put(struct sf_path *path);

/**
 * sf_xmit_drop_path() - forget a flow's way out where it leads through a device
 * @flow: the flow
 * @dev: the device
 *
 * Context: process.
 */
void sf_xmit_drop_path(struct sf_flow *flow, const struct net_device *dev);

/**
 * sf_xmit_prepare() - make a packet's headers writable, with room in front
 * @path: the way it will go
 * @skb: the packet
 *
 * Context: bottom halves disabled.
 * Return: 0 or -ENOMEM.
 */
int sf_xmit_prepare(const struct sf_path *path, struct sk_buff *skb);

/**
 * sf_xmit_output() - send a rewritten packet
 * @net: the namespace
 * @path: its way
 * @skb: the packet, at its network header; gone on return
 *
 * Context: bottom halves disabled, RCU read lock.
 * Return: 0, or a negative errno where the device or its queue refused it.
 */
int sf_xmit_output(struct net *net, const struct sf_path *path,
		   struct sk_buff *skb);

#endif /* _SF_XMIT_H */
