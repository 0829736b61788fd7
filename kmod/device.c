// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaching and detaching: a netdev ingress hook on each device, or one pair
 * of PRE_ROUTING hooks for all the devices of a namespace that are to be
 * served from there. A notifier lets go of what goes away.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/rculist.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>

#include "datapath.h"
#include "device.h"
#include "event.h"
#include "pmtu.h"
#include "session.h"

/* Before defragmentation and conntrack, as early as PRE_ROUTING can be. */
static const struct nf_hook_ops pre_routing_ops[] = {
	{
		.hook		= sf_datapath_pre_routing,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP_PRI_RAW_BEFORE_DEFRAG,
	},
	{
		.hook		= sf_datapath_pre_routing,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= NF_IP6_PRI_RAW_BEFORE_DEFRAG,
	},
};

static int hook_ingress(struct sf_device *device)
{
	device->ops.hook = sf_datapath_ingress;
	device->ops.pf = NFPROTO_NETDEV;
	device->ops.hooknum = NF_NETDEV_INGRESS;
	device->ops.dev = device->dev;
	device->ops.priv = device;
	return nf_register_net_hook(device->sn->net, &device->ops);
}

static int hook_pre_routing(struct sf_net *sn)
{
	int err = 0;

	if (!sn->n_pre_routing)
		err = nf_register_net_hooks(sn->net, pre_routing_ops,
					    ARRAY_SIZE(pre_routing_ops));
	if (!err)
		sn->n_pre_routing++;
	return err;
}

static int hook(struct sf_device *device)
{
	if (device->hook == SIPFAST_HOOK_INGRESS)
		return hook_ingress(device);
	return hook_pre_routing(device->sn);
}

static void unhook(struct sf_device *device)
{
	struct sf_net *sn = device->sn;

	if (device->hook == SIPFAST_HOOK_INGRESS)
		nf_unregister_net_hook(sn->net, &device->ops);
	else if (!--sn->n_pre_routing)
		nf_unregister_net_hooks(sn->net, pre_routing_ops,
					ARRAY_SIZE(pre_routing_ops));
}

struct sf_device *sf_device_find(struct sf_net *sn,
				 const struct net_device *dev)
{
	struct sf_device *device;

	list_for_each_entry_rcu(device, &sn->devices, node,
				lockdep_is_held(&sn->lock)) {
		if (device->dev == dev)
			return device;
	}
	return NULL;
}

int sf_device_new(struct sf_net *sn, struct net_device *dev,
		  enum sipfast_hook where)
{
	struct sf_device *device;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&sn->lock);

	if (sf_device_find(sn, dev))
		return -EEXIST;
	device = kzalloc(sizeof(*device), GFP_KERNEL);
	if (!device)
		return -ENOMEM;
	err = -ENOMEM;
	device->cpu = netdev_alloc_pcpu_stats(struct sf_device_cpu);
	if (!device->cpu)
		goto err_device;
	device->sn = sn;
	device->dev = dev;
	device->hook = where;
	netdev_hold(dev, &device->tracker, GFP_KERNEL);

	list_add_tail_rcu(&device->node, &sn->devices);
	err = hook(device);
	if (err)
		goto err_listed;
	if (list_is_singular(&sn->devices)) {
		err = sf_pmtu_hook(sn);
		if (err)
			goto err_hooked;
	}
	sn->generation++;
	sf_event_send(sn, SF_EVENT_DEVICE_NEW, device);
	return 0;

err_hooked:
	unhook(device);
err_listed:
	list_del_rcu(&device->node);
	synchronize_rcu();
	netdev_put(dev, &device->tracker);
	free_percpu(device->cpu);
err_device:
	kfree(device);
	return err;
}

static void free_device(struct rcu_head *rcu)
{
	struct sf_device *device = container_of(rcu, struct sf_device, rcu);

	free_percpu(device->cpu);
	kfree(device);
}

static void detach(struct sf_device *device)
{
	struct sf_net *sn = device->sn;

	lockdep_assert_held(&sn->lock);
	unhook(device);
	list_del_rcu(&device->node);
	if (list_empty(&sn->devices))
		sf_pmtu_unhook(sn);
	sn->generation++;
	netdev_put(device->dev, &device->tracker);
	call_rcu(&device->rcu, free_device);
}

void sf_device_del(struct sf_device *device)
{
	sf_event_send(device->sn, SF_EVENT_DEVICE_DEL, device);
	detach(device);
}

void sf_device_del_all(struct sf_net *sn)
{
	struct sf_device *device, *next;

	list_for_each_entry_safe(device, next, &sn->devices, node)
		detach(device);
}

u64 sf_device_packets(const struct sf_device *device)
{
	const struct sf_device_cpu *from;
	unsigned int start;
	u64 sum = 0, packets;
	int cpu;

	for_each_possible_cpu(cpu) {
		from = per_cpu_ptr(device->cpu, cpu);
		do {
			start = u64_stats_fetch_begin(&from->syncp);
			packets = u64_stats_read(&from->packets);
		} while (u64_stats_fetch_retry(&from->syncp, start));
		sum += packets;
	}
	return sum;
}

/*
 * A device that goes takes its attachment and every cached way out through it
 * along. No new one comes: the core has closed the device and has waited for a
 * grace period before it calls here, and xmit.c takes no way out through a
 * device that is not IFF_UP. Moving to another namespace is going, too;
 * renaming is not.
 */
static int device_event(struct notifier_block *nb, unsigned long event,
			void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);
	struct sf_net *sn = sf_net(dev_net(dev));
	struct sf_device *device;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	mutex_lock(&sn->lock);
	device = sf_device_find(sn, dev);
	if (device)
		sf_device_del(device);
	sf_session_drop_paths(sn, dev);
	mutex_unlock(&sn->lock);
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

int sf_device_init(void)
{
	return register_netdevice_notifier(&device_notifier);
}

void sf_device_exit(void)
{
	unregister_netdevice_notifier(&device_notifier);
}
