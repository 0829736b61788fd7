/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pinholes let packets for a socket of this machine past an input chain that
 * would drop them, so that nobody has to change the firewall for the daemon's
 * signalling ports. They end at LOCAL_IN: nothing behind the gateway is reached
 * through one.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_PINHOLE_H
#define _SF_PINHOLE_H

#include <linux/atomic.h>
#include <linux/hashtable.h>
#include <linux/ktime.h>
#include <linux/netfilter.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include <uapi/linux/sipfast.h>

#include "core/packet.h"

struct sf_net;

#define SF_PINHOLE_HOOKS	2	/* IPv4, IPv6 */
#define SF_PINHOLE_HASH_BITS	8

/**
 * struct sf_pinhole_spec - what a pinhole is told
 * @cookie: the owner's own mark; empty where none was given
 * @local: the socket's endpoint; of no family where it has no address
 * @peers: who may send; port 0 is any port
 * @n_peers: how many they are; 0 is everybody
 * @ifindex: only what came in by this device, or by this VRF; 0 is any
 * @lifetime_ms: it ends after this long; 0 is never
 * @protocol: IPPROTO_UDP or IPPROTO_TCP
 */
struct sf_pinhole_spec {
	char			cookie[SIPFAST_COOKIE_LEN + 1];
	struct sf_endpoint	local;
	struct sf_endpoint	peers[SIPFAST_MAX_PEERS];
	unsigned int		n_peers;
	u32			ifindex;
	u32			lifetime_ms;
	u8			protocol;
};

/**
 * struct sf_pinhole - a pinhole
 * @spec: what it was told; constant
 * @id: the module's number for it; constant
 * @deadline: when it ends, or KTIME_MAX; constant
 * @end_reason: enum sipfast_end_reason, or SF_PINHOLE_OPEN; under the lock of
 *	the namespace
 * @packets: packets admitted
 * @node: in the pinholes of its port
 * @rcu: frees it when no packet sees it any more
 */
struct sf_pinhole {
	struct sf_pinhole_spec	spec;
	u32			id;
	ktime_t			deadline;
	int			end_reason;
	atomic64_t		packets;
	struct hlist_node	node;
	struct rcu_head		rcu;
};

/* A pinhole that has not ended has no enum sipfast_end_reason. */
#define SF_PINHOLE_OPEN		-1

/**
 * struct sf_pinholes - the pinholes of a namespace
 * @by_id: all of them, by id
 * @by_port: the same by protocol and local port; read under RCU
 * @next_id: where to look for the next free id
 * @n_pinholes: how many there are
 * @hooks: what LOCAL_IN calls, while there is a pinhole
 * @is_hooked: it does
 *
 * Written under the lock of the namespace.
 */
struct sf_pinholes {
	struct xarray		by_id;
	DECLARE_HASHTABLE(by_port, SF_PINHOLE_HASH_BITS);
	u32			next_id;
	unsigned int		n_pinholes;
	struct nf_hook_ops	hooks[SF_PINHOLE_HOOKS];
	bool			is_hooked;
};

/**
 * sf_pinhole_init() - begin with no pinhole
 * @sn: the namespace
 */
void sf_pinhole_init(struct sf_net *sn);

/**
 * sf_pinhole_pre_exit() - let no packet in any more
 * @sn: the namespace, on its way out
 *
 * Context: process, the lock of the namespace. A grace period has to pass
 *	before sf_pinhole_exit().
 */
void sf_pinhole_pre_exit(struct sf_net *sn);

/**
 * sf_pinhole_exit() - end all pinholes and tell nobody
 * @sn: the namespace, with no packet left in it
 *
 * Context: process.
 */
void sf_pinhole_exit(struct sf_net *sn);

/**
 * sf_pinhole_new() - make a pinhole
 * @sn: the namespace
 * @spec: how it is to be
 * @made: out: the pinhole, good as long as the lock is held
 *
 * Sends pinhole-new-ntf.
 *
 * Context: process, the lock of the namespace.
 * Return: 0, -EEXIST where protocol, local endpoint and device are taken,
 *	-ENOSPC where the table is full, or -ENOMEM.
 */
int sf_pinhole_new(struct sf_net *sn, const struct sf_pinhole_spec *spec,
		   struct sf_pinhole **made);

/**
 * sf_pinhole_del() - end a pinhole
 * @sn: the namespace
 * @pinhole: the pinhole; gone on return
 * @reason: why
 *
 * Sends pinhole-end-ntf.
 *
 * Context: process, the lock of the namespace.
 */
void sf_pinhole_del(struct sf_net *sn, struct sf_pinhole *pinhole,
		    enum sipfast_end_reason reason);

/**
 * sf_pinhole_find() - the pinhole that has an id
 * @sn: the namespace
 * @id: the id
 *
 * Context: process, the lock of the namespace.
 * Return: the pinhole or NULL.
 */
struct sf_pinhole *sf_pinhole_find(struct sf_net *sn, u32 id);

/**
 * sf_pinhole_next() - the pinhole that has an id or the next higher one
 * @sn: the namespace
 * @id: the id; 0 begins
 *
 * Context: process, the lock of the namespace.
 * Return: the pinhole or NULL.
 */
struct sf_pinhole *sf_pinhole_next(struct sf_net *sn, u32 id);

/**
 * sf_pinhole_expire() - end the pinholes that are out of their lifetime
 * @sn: the namespace
 * @now: the time, as ktime_get() has it
 *
 * Context: process, the lock of the namespace.
 * Return: when the next one will be, or KTIME_MAX.
 */
ktime_t sf_pinhole_expire(struct sf_net *sn, ktime_t now);

#endif /* _SF_PINHOLE_H */
