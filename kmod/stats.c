// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting: each CPU adds to its own counters, a reader sums them up. The
 * namespace's are named by struct sf_counters; a CPU keeps them as an array in
 * that order. What needs the packet before (RFC 3550 loss and jitter) is kept
 * once per flow, under a lock that its packets hardly ever contend for.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include <uapi/linux/sipfast.h>

#include "net.h"
#include "stats.h"

const struct sf_reason sf_declines[SF_N_DECLINES] = {
	[SF_DECLINE_FRAGMENT] = {
		"fragment", SIPFAST_A_DECLINED_FRAGMENT
	},
	[SF_DECLINE_IP_OPTIONS] = {
		"ip-options", SIPFAST_A_DECLINED_IP_OPTIONS
	},
	[SF_DECLINE_MALFORMED] = {
		"malformed", SIPFAST_A_DECLINED_MALFORMED
	},
	[SF_DECLINE_TTL] = {
		"ttl", SIPFAST_A_DECLINED_TTL
	},
	[SF_DECLINE_NO_ROUTE] = {
		"no-route", SIPFAST_A_DECLINED_NO_ROUTE
	},
	[SF_DECLINE_TOO_BIG] = {
		"too-big", SIPFAST_A_DECLINED_TOO_BIG
	},
	[SF_DECLINE_GSO] = {
		"gso", SIPFAST_A_DECLINED_GSO
	},
};

const struct sf_reason sf_drops[SF_N_DROPS] = {
	[SF_DROP_SOURCE_MISMATCH] = {
		"source-mismatch", SIPFAST_A_DROPPED_SOURCE_MISMATCH
	},
	[SF_DROP_REMOTE_UNKNOWN] = {
		"remote-unknown", SIPFAST_A_DROPPED_REMOTE_UNKNOWN
	},
	[SF_DROP_NOT_RTP] = {
		"not-rtp", SIPFAST_A_DROPPED_NOT_RTP
	},
	[SF_DROP_POLICY] = {
		"policy", SIPFAST_A_DROPPED_POLICY
	},
	[SF_DROP_RATE] = {
		"rate", SIPFAST_A_DROPPED_RATE
	},
	[SF_DROP_NO_MEMORY] = {
		"no-memory", SIPFAST_A_DROPPED_NO_MEMORY
	},
	[SF_DROP_XMIT] = {
		"xmit", SIPFAST_A_DROPPED_XMIT
	},
};

/* --- of a namespace ------------------------------------------------------- */

#define SLOT(member)	(offsetof(struct sf_counters, member) / sizeof(u64))

int sf_stats_init(struct sf_net *sn)
{
	sn->stats = netdev_alloc_pcpu_stats(struct sf_stats_cpu);
	return sn->stats ? 0 : -ENOMEM;
}

void sf_stats_exit(struct sf_net *sn)
{
	free_percpu(sn->stats);
}

static void count(struct sf_net *sn, unsigned int slot)
{
	struct sf_stats_cpu *cpu = this_cpu_ptr(sn->stats);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->v[slot]);
	u64_stats_update_end(&cpu->syncp);
}

void sf_stats_relayed(struct sf_net *sn, unsigned int len)
{
	struct sf_stats_cpu *cpu = this_cpu_ptr(sn->stats);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->v[SLOT(packets)]);
	u64_stats_add(&cpu->v[SLOT(bytes)], len);
	u64_stats_update_end(&cpu->syncp);
}

void sf_stats_declined(struct sf_net *sn, enum sf_decline reason)
{
	count(sn, SLOT(declined[0]) + reason);
}

void sf_stats_dropped(struct sf_net *sn, enum sf_drop reason)
{
	count(sn, SLOT(dropped[0]) + reason);
}

void sf_stats_learned(struct sf_net *sn)
{
	count(sn, SLOT(learned));
}

void sf_stats_pinhole(struct sf_net *sn, bool admitted)
{
	count(sn, admitted ? SLOT(pinhole_admitted) : SLOT(pinhole_refused));
}

static void add_stats_cpu(struct sf_net *sn, int cpu, u64 sum[SF_N_COUNTERS])
{
	const struct sf_stats_cpu *from = per_cpu_ptr(sn->stats, cpu);
	u64 v[SF_N_COUNTERS];
	unsigned int start, i;

	do {
		start = u64_stats_fetch_begin(&from->syncp);
		for (i = 0; i < SF_N_COUNTERS; i++)
			v[i] = u64_stats_read(&from->v[i]);
	} while (u64_stats_fetch_retry(&from->syncp, start));

	for (i = 0; i < SF_N_COUNTERS; i++)
		sum[i] += v[i];
}

void sf_stats_read(struct sf_net *sn, int cpu, struct sf_counters *sum)
{
	memset(sum, 0, sizeof(*sum));
	if (cpu >= 0) {
		add_stats_cpu(sn, cpu, (u64 *)sum);
		return;
	}
	for_each_possible_cpu(cpu)
		add_stats_cpu(sn, cpu, (u64 *)sum);
}

/* --- of a flow ------------------------------------------------------------ */

struct sf_flow_cpu {
	u64_stats_t		packets;
	u64_stats_t		bytes;
	u64_stats_t		rtp_packets;
	u64_stats_t		rtcp_packets;
	u64_stats_t		dropped;
	struct u64_stats_sync	syncp;
};

static int init_flow(struct sf_flow_stats *stats)
{
	spin_lock_init(&stats->lock);
	sf_rtp_source_init(&stats->rtp);
	stats->cpu = netdev_alloc_pcpu_stats(struct sf_flow_cpu);
	return stats->cpu ? 0 : -ENOMEM;
}

struct sf_stream_stats *sf_stream_stats_new(void)
{
	struct sf_stream_stats *stats;

	stats = kzalloc(sizeof(*stats), GFP_KERNEL_ACCOUNT);
	if (!stats)
		return NULL;
	if (init_flow(&stats->flow[0]))
		goto err_stats;
	if (init_flow(&stats->flow[1]))
		goto err_flow;
	refcount_set(&stats->ref, 1);
	return stats;

err_flow:
	free_percpu(stats->flow[0].cpu);
err_stats:
	kfree(stats);
	return NULL;
}

struct sf_stream_stats *sf_stream_stats_get(struct sf_stream_stats *stats)
{
	refcount_inc(&stats->ref);
	return stats;
}

void sf_stream_stats_put(struct sf_stream_stats *stats)
{
	if (!refcount_dec_and_test(&stats->ref))
		return;
	free_percpu(stats->flow[0].cpu);
	free_percpu(stats->flow[1].cpu);
	kfree(stats);
}

void sf_flow_stats_relayed(struct sf_flow_stats *stats,
			   const struct sf_arrival *arrival)
{
	struct sf_flow_cpu *cpu = this_cpu_ptr(stats->cpu);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->packets);
	u64_stats_add(&cpu->bytes, arrival->len);
	if (arrival->class == SF_RTP_CLASS_RTP)
		u64_stats_inc(&cpu->rtp_packets);
	else if (arrival->class == SF_RTP_CLASS_RTCP)
		u64_stats_inc(&cpu->rtcp_packets);
	u64_stats_update_end(&cpu->syncp);

	spin_lock(&stats->lock);
	if (arrival->class == SF_RTP_CLASS_RTP)
		sf_rtp_source_update(&stats->rtp, &arrival->rtp,
				     arrival->now_ns);
	stats->last_seen_ns = arrival->now_ns;
	stats->dscp = arrival->dscp;
	spin_unlock(&stats->lock);
}

void sf_flow_stats_dropped(struct sf_flow_stats *stats)
{
	struct sf_flow_cpu *cpu = this_cpu_ptr(stats->cpu);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->dropped);
	u64_stats_update_end(&cpu->syncp);
}

u64 sf_flow_stats_last_seen(struct sf_flow_stats *stats)
{
	u64 last_seen_ns;

	spin_lock_bh(&stats->lock);
	last_seen_ns = stats->last_seen_ns;
	spin_unlock_bh(&stats->lock);
	return last_seen_ns;
}

static void add_flow_cpu(const struct sf_flow_cpu *from,
			 struct sf_flow_figures *sum)
{
	u64 packets, bytes, rtp_packets, rtcp_packets, dropped;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&from->syncp);
		packets = u64_stats_read(&from->packets);
		bytes = u64_stats_read(&from->bytes);
		rtp_packets = u64_stats_read(&from->rtp_packets);
		rtcp_packets = u64_stats_read(&from->rtcp_packets);
		dropped = u64_stats_read(&from->dropped);
	} while (u64_stats_fetch_retry(&from->syncp, start));

	sum->packets += packets;
	sum->bytes += bytes;
	sum->rtp_packets += rtp_packets;
	sum->rtcp_packets += rtcp_packets;
	sum->dropped += dropped;
}

void sf_flow_stats_read(struct sf_flow_stats *stats,
			struct sf_flow_figures *sum)
{
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu)
		add_flow_cpu(per_cpu_ptr(stats->cpu, cpu), sum);
	spin_lock_bh(&stats->lock);
	sum->rtp = stats->rtp;
	sum->last_seen_ns = stats->last_seen_ns;
	sum->dscp = stats->dscp;
	spin_unlock_bh(&stats->lock);
}
