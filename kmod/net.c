// SPDX-License-Identifier: GPL-2.0-only
/*
 * A namespace's life in the module. Going away has two halves: pre_exit takes
 * the hooks away, the core waits until no packet can be inside them any more,
 * and only then exit frees what they looked at.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/module.h>
#include <net/netns/generic.h>

#include "device.h"
#include "gc.h"
#include "net.h"
#include "pinhole.h"
#include "session.h"

static unsigned int max_sessions = 65536;
module_param(max_sessions, uint, 0644);
MODULE_PARM_DESC(max_sessions, "Most sessions in a network namespace");

static unsigned int max_pinholes = 4096;
module_param(max_pinholes, uint, 0644);
MODULE_PARM_DESC(max_pinholes, "Most pinholes in a network namespace");

static unsigned int net_id __read_mostly;

struct sf_net *sf_net(const struct net *net)
{
	return net_generic(net, net_id);
}

unsigned int sf_net_max_sessions(void)
{
	return READ_ONCE(max_sessions);
}

unsigned int sf_net_max_pinholes(void)
{
	return READ_ONCE(max_pinholes);
}

static int __net_init net_init(struct net *net)
{
	struct sf_net *sn = sf_net(net);

	sn->net = net;
	/* 0 would be a dump without a generation. */
	sn->generation = 1;
	mutex_init(&sn->lock);
	xa_init_flags(&sn->sessions, XA_FLAGS_ALLOC1);
	INIT_LIST_HEAD(&sn->devices);
	sf_flow_table_init(&sn->flows);
	sf_event_init(sn);
	sf_queue_init(sn);
	sf_gc_init(sn);
	sf_pinhole_init(sn);
	return sf_stats_init(sn);
}

static void __net_exit net_pre_exit(struct net *net)
{
	struct sf_net *sn = sf_net(net);

	mutex_lock(&sn->lock);
	sf_device_del_all(sn);
	sf_pinhole_pre_exit(sn);
	mutex_unlock(&sn->lock);
}

static void __net_exit net_exit(struct net *net)
{
	struct sf_net *sn = sf_net(net);

	sf_gc_exit(sn);
	mutex_lock(&sn->lock);
	sf_session_del_all(sn);
	mutex_unlock(&sn->lock);
	sf_event_exit(sn);
	sf_queue_exit(sn);
	sf_pinhole_exit(sn);
	sf_flow_table_exit(&sn->flows);
	sf_stats_exit(sn);
	xa_destroy(&sn->sessions);
	mutex_destroy(&sn->lock);
}

static struct pernet_operations net_ops = {
	.init		= net_init,
	.pre_exit	= net_pre_exit,
	.exit		= net_exit,
	.id		= &net_id,
	.size		= sizeof(struct sf_net),
};

int sf_net_init(void)
{
	return register_pernet_subsys(&net_ops);
}

void sf_net_exit(void)
{
	unregister_pernet_subsys(&net_ops);
	rcu_barrier();
}
