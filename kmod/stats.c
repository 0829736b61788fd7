// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting: for a namespace each CPU adds to its own counters, named by struct
 * sf_counters and kept as an array in that order; a reader sums them up. For a
 * flow there is one object, under a lock that its packets hardly ever contend
 * for.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include <uapi/linux/sipfast.h>

#include "net.h"
#include "rtt.h"
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
	[SF_DROP_QUEUE_FULL] = {
		"queue-full", SIPFAST_A_DROPPED_QUEUE_FULL
	},
	[SF_DROP_NO_LISTENER] = {
		"no-listener", SIPFAST_A_DROPPED_NO_LISTENER
	},
};

/* --- of a namespace ------------------------------------------------------- */

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

void sf_stats_declined(struct sf_net *sn, enum sf_decline reason)
{
	count(sn, SF_STATS_SLOT(declined[0]) + reason);
}

void sf_stats_dropped(struct sf_net *sn, enum sf_drop reason)
{
	count(sn, SF_STATS_SLOT(dropped[0]) + reason);
}

void sf_stats_learned(struct sf_net *sn)
{
	count(sn, SF_STATS_SLOT(learned));
}

void sf_stats_pinhole(struct sf_net *sn, bool admitted)
{
	count(sn, admitted ? SF_STATS_SLOT(pinhole_admitted) : SF_STATS_SLOT(pinhole_refused));
}

void sf_stats_queued(struct sf_net *sn)
{
	count(sn, SF_STATS_SLOT(queued));
}

void sf_stats_sent(struct sf_net *sn)
{
	count(sn, SF_STATS_SLOT(sent));
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

/* With RTP sources, and without. */
static struct kmem_cache *rtp_cache, *plain_cache;

int sf_stream_stats_init(void)
{
	plain_cache = kmem_cache_create("sipfast_stats",
					sizeof(struct sf_stream_stats), 0,
					SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT,
					NULL);
	/* Not struct_size(): the padding is put to use. */
	rtp_cache = kmem_cache_create("sipfast_stats_rtp",
				      SF_RTP_SOURCE_AT(2), 0,
				      SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT, NULL);
	if (plain_cache && rtp_cache)
		return 0;
	sf_stream_stats_exit();
	return -ENOMEM;
}

void sf_stream_stats_exit(void)
{
	kmem_cache_destroy(rtp_cache);
	kmem_cache_destroy(plain_cache);
}

struct sf_stream_stats *sf_stream_stats_new(enum sipfast_kind kind)
{
	bool has_rtp = kind == SIPFAST_KIND_RTP;
	struct sf_stream_stats *stats;
	unsigned int dir;

	stats = kmem_cache_zalloc(has_rtp ? rtp_cache : plain_cache,
				  GFP_KERNEL_ACCOUNT);
	if (!stats)
		return NULL;
	refcount_set(&stats->ref, 1);
	for (dir = 0; dir < ARRAY_SIZE(stats->flow); dir++) {
		stats->flow[dir].dir = dir;
		if (!has_rtp)
			continue;
		stats->flow[dir].rtp_at = (void *)&stats->rtp[dir] -
						  (void *)&stats->flow[dir];
		sf_rtp_source_init(&stats->rtp[dir]);
	}
	return stats;
}

struct sf_stream_stats *sf_stream_stats_get(struct sf_stream_stats *stats)
{
	refcount_inc(&stats->ref);
	return stats;
}

void sf_stream_stats_put(struct sf_stream_stats *stats)
{
	if (!stats || !refcount_dec_and_test(&stats->ref))
		return;
	sf_rtt_free(&stats->rtt);
	kmem_cache_free(stats->flow[0].rtp_at ? rtp_cache : plain_cache, stats);
}

void sf_flow_stats_relayed(struct sf_flow_stats *stats,
			   const struct sf_arrival *arrival)
{
	if (arrival->class == SF_RTP_CLASS_RTP && stats->rtp_at) {
		sf_flow_stats_relayed_rtp(stats, arrival);
		return;
	}
	sf_flow_stats_lock(stats);
	stats->packets++;
	stats->bytes += arrival->len;
	stats->last_seen_ns = arrival->now_ns;
	if (arrival->class == SF_RTP_CLASS_RTCP)
		stats->n_rtcp++;
	else if (arrival->class != SF_RTP_CLASS_RTP)
		stats->n_other++;
	sf_flow_stats_unlock(stats);
}

void sf_flow_stats_dropped(struct sf_flow_stats *stats)
{
	atomic64_inc(&stats->dropped);
}

u64 sf_flow_stats_last_seen(struct sf_flow_stats *stats)
{
	u64 last_seen_ns;

	local_bh_disable();
	sf_flow_stats_lock(stats);
	last_seen_ns = stats->last_seen_ns;
	sf_flow_stats_unlock(stats);
	local_bh_enable();
	return last_seen_ns;
}

static struct sf_stream_stats *of_stream(struct sf_flow_stats *stats)
{
	return container_of(stats - stats->dir, struct sf_stream_stats,
			    flow[0]);
}

void sf_flow_stats_read(struct sf_flow_stats *stats,
			struct sf_flow_figures *sum)
{
	const struct sf_rtp_source *rtp;

	memset(sum, 0, sizeof(*sum));
	local_bh_disable();
	sf_flow_stats_lock(stats);
	sum->packets = stats->packets;
	sum->bytes = stats->bytes;
	sum->rtcp_packets = stats->n_rtcp;
	sum->rtp_packets = stats->packets - stats->n_rtcp - stats->n_other;
	sum->last_seen_ns = stats->last_seen_ns;
	rtp = sf_flow_stats_rtp(stats);
	if (rtp)
		sum->rtp = *rtp;
	sf_flow_stats_unlock(stats);
	local_bh_enable();
	sf_rtp_source_settle(&sum->rtp);
	sum->dscp = READ_ONCE(stats->tos) >> 2;
	sum->dropped = atomic64_read(&stats->dropped);
	sum->round_trip_us = sf_rtt_us(&of_stream(stats)->rtt, stats->dir);
}
