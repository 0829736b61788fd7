/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The network devices whose packets the module looks at. Only those that were
 * named are touched. A device is held by its identity: it may be renamed, and
 * it is let go of when it goes away or moves to another namespace.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_DEVICE_H
#define _SF_DEVICE_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

#include <uapi/linux/sipfast.h>

#include "net.h"

/**
 * struct sf_device_cpu - the counters of one CPU
 * @packets: packets that belonged to a stream
 * @syncp: lets 32-bit machines read them whole
 */
struct sf_device_cpu {
	u64_stats_t		packets;
	struct u64_stats_sync	syncp;
};

/**
 * struct sf_device - an attached device
 * @sn: its namespace
 * @node: in the namespace's devices
 * @dev: the device; the notifier detaches it before it is freed
 * @tracker: of the reference to @dev
 * @hook: where its packets are taken
 * @ops: the ingress hook
 * @cpu: counters
 * @rcu: frees it when no packet sees it any more
 */
struct sf_device {
	struct sf_net		*sn;
	struct list_head	node;
	struct net_device	*dev;
	netdevice_tracker	tracker;
	enum sipfast_hook	hook;
	struct nf_hook_ops	ops;
	struct sf_device_cpu __percpu *cpu;
	struct rcu_head		rcu;
};

/**
 * sf_device_new() - attach a device
 * @sn: the namespace
 * @dev: the device, of that namespace
 * @hook: where its packets are to be taken
 *
 * Context: process, rtnl and the lock of the namespace.
 * Return: 0, -EEXIST where it is attached already, -EOPNOTSUPP where the
 *	kernel has no such hook, or -ENOMEM.
 */
int sf_device_new(struct sf_net *sn, struct net_device *dev,
		  enum sipfast_hook hook);

/**
 * sf_device_del() - detach a device
 * @device: the device; gone on return
 *
 * Context: process, the lock of the namespace.
 */
void sf_device_del(struct sf_device *device);

/**
 * sf_device_del_all() - detach all devices and tell nobody
 * @sn: the namespace, on its way out
 *
 * Context: process, the lock of the namespace.
 */
void sf_device_del_all(struct sf_net *sn);

/**
 * sf_device_find() - what is attached of a device
 * @sn: the namespace
 * @dev: the device
 *
 * Context: the lock of the namespace, or RCU read lock.
 * Return: the attached device or NULL.
 */
struct sf_device *sf_device_find(struct sf_net *sn,
				 const struct net_device *dev);

/**
 * sf_device_count() - count a packet that belonged to a stream
 * @device: the device it came by
 *
 * Context: bottom halves disabled.
 */
static inline void sf_device_count(struct sf_device *device)
{
	struct sf_device_cpu *cpu = this_cpu_ptr(device->cpu);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->packets);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * sf_device_packets() - how many packets were counted
 * @device: the device
 *
 * Context: any.
 */
u64 sf_device_packets(const struct sf_device *device);

/**
 * sf_device_init() - begin to watch devices go
 *
 * Context: process, module load.
 * Return: 0 or a negative errno.
 */
int sf_device_init(void);

/**
 * sf_device_exit() - watch no more
 *
 * Context: process, module unload.
 */
void sf_device_exit(void);

#endif /* _SF_DEVICE_H */
