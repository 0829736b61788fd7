/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the module holds in one network namespace: the attached devices, the
 * sessions and their flows, the pinholes, the counters, and the work that ends
 * what is over. Nothing is shared between namespaces.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_NET_H
#define _SF_NET_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "event.h"
#include "flow.h"
#include "gc.h"
#include "pinhole.h"
#include "queue.h"
#include "stats.h"

/* what info-get and modinfo say */
#define SF_VERSION	"0.1.0"

/**
 * struct sf_net - a network namespace
 * @net: the namespace this belongs to
 * @lock: the control plane: every member below it is written under it, and
 *	read under it where nothing else is said. Taken inside rtnl.
 * @sessions: sessions by id
 * @next_session: where to look for the next free id
 * @n_sessions: how many there are
 * @n_streams: how many streams they have
 * @sessions_made: how many there ever were
 * @sessions_expired: how many of them the module ended
 * @generation: counts the changes of @sessions, @devices and @pinholes: a dump
 *	that sees it move is inconsistent
 * @flows: where a packet is looked up; read under RCU
 * @devices: attached devices; read under RCU
 * @n_pre_routing: how many of them use the PRE_ROUTING hooks
 * @pinholes: see pinhole.h
 * @events: see event.h; has a lock of its own
 * @queue: see queue.h; has a lock of its own
 * @gc: see gc.h
 * @stats: per CPU, written without a lock
 */
struct sf_net {
	struct net		*net;
	struct mutex		lock; /* protects the control plane */

	struct xarray		sessions;
	u32			next_session;
	unsigned int		n_sessions;
	unsigned int		n_streams;
	u64			sessions_made;
	u64			sessions_expired;
	unsigned int		generation;

	struct sf_flow_table	flows;

	struct list_head	devices;
	unsigned int		n_pre_routing;

	struct sf_pinholes	pinholes;

	struct sf_events	events;
	struct sf_queue		queue;
	struct sf_gc		gc;
	struct sf_stats_cpu __percpu *stats;
};

/**
 * sf_net() - what the module holds in a namespace
 * @net: the namespace
 *
 * Return: never NULL while the module is loaded.
 */
struct sf_net *sf_net(const struct net *net);

/**
 * sf_net_max_sessions() - the limit of sessions in a namespace
 *
 * Return: the module parameter max_sessions as it is now.
 */
unsigned int sf_net_max_sessions(void);

/**
 * sf_net_max_pinholes() - the limit of pinholes in a namespace
 *
 * Return: the module parameter max_pinholes as it is now.
 */
unsigned int sf_net_max_pinholes(void);

/**
 * sf_net_init() - begin to serve all namespaces
 *
 * Context: process, module load.
 * Return: 0 or a negative errno.
 */
int sf_net_init(void);

/**
 * sf_net_exit() - end all that is held in any namespace
 *
 * On return no packet, work or RCU callback of the module is left.
 *
 * Context: process, module unload.
 */
void sf_net_exit(void);

#endif /* _SF_NET_H */
