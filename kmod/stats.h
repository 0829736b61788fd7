/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is counted: of the namespace, per CPU, and of each flow. What becomes
 * of a packet that belongs to a stream has exactly one name here: relayed,
 * declined for a reason (the ordinary stack has it) or dropped for a reason.
 * The reasons are the netlink attributes of the sets "declined" and "dropped".
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_STATS_H
#define _SF_STATS_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

#include <uapi/linux/sipfast.h>

#include "core/jitter.h"

struct sf_net;
struct sf_rtt;

/* Why a packet of a stream was left to the ordinary stack. */
enum sf_decline {
	SF_DECLINE_FRAGMENT,
	SF_DECLINE_IP_OPTIONS,
	SF_DECLINE_MALFORMED,
	SF_DECLINE_TTL,
	SF_DECLINE_NO_ROUTE,
	SF_DECLINE_TOO_BIG,
	SF_DECLINE_GSO,
	SF_N_DECLINES
};

/* Why a packet of a stream was dropped. */
enum sf_drop {
	SF_DROP_SOURCE_MISMATCH,
	SF_DROP_REMOTE_UNKNOWN,
	SF_DROP_NOT_RTP,
	SF_DROP_POLICY,
	SF_DROP_RATE,
	SF_DROP_NO_MEMORY,
	SF_DROP_XMIT,
	SF_DROP_QUEUE_FULL,
	SF_DROP_NO_LISTENER,
	SF_N_DROPS
};

/* Their names, and the netlink attributes that carry their counters. */
struct sf_reason {
	const char	*name;
	int		attr;
};

extern const struct sf_reason sf_declines[SF_N_DECLINES];
extern const struct sf_reason sf_drops[SF_N_DROPS];

/**
 * struct sf_counters - what one CPU, or all of them, counted
 * @packets: packets relayed
 * @bytes: UDP payload bytes relayed
 * @declined: packets left to the stack, by enum sf_decline
 * @dropped: packets dropped, by enum sf_drop
 * @pinhole_admitted: packets let through a pinhole
 * @pinhole_refused: packets for a pinhole from somebody it does not name
 * @learned: remote endpoints learned
 * @queued: payloads handed to user space
 * @sent: payloads sent for user space
 */
struct sf_counters {
	u64	packets;
	u64	bytes;
	u64	declined[SF_N_DECLINES];
	u64	dropped[SF_N_DROPS];
	u64	pinhole_admitted;
	u64	pinhole_refused;
	u64	learned;
	u64	queued;
	u64	sent;
};

#define SF_N_COUNTERS	(sizeof(struct sf_counters) / sizeof(u64))

/**
 * struct sf_stats_cpu - the counters of one CPU
 * @v: one for each member of struct sf_counters, in its order
 * @syncp: lets 32-bit machines read them whole
 */
struct sf_stats_cpu {
	u64_stats_t		v[SF_N_COUNTERS];
	struct u64_stats_sync	syncp;
};

/**
 * sf_stats_init() - make a namespace's counters
 * @sn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sf_stats_init(struct sf_net *sn);

/**
 * sf_stats_exit() - free a namespace's counters
 * @sn: the namespace
 */
void sf_stats_exit(struct sf_net *sn);

/* Which counter of a CPU a member of struct sf_counters is. */
#define SF_STATS_SLOT(member)	(offsetof(struct sf_counters, member) / \
				 sizeof(u64))

/**
 * sf_stats_relayed() - count a relayed packet
 * @stats: the counters of its namespace
 * @len: UDP payload bytes
 *
 * Context: bottom halves disabled, as for all that counts packets.
 */
static inline void sf_stats_relayed(struct sf_stats_cpu __percpu *stats,
				    unsigned int len)
{
	struct sf_stats_cpu *cpu = this_cpu_ptr(stats);

	u64_stats_update_begin(&cpu->syncp);
	u64_stats_inc(&cpu->v[SF_STATS_SLOT(packets)]);
	u64_stats_add(&cpu->v[SF_STATS_SLOT(bytes)], len);
	u64_stats_update_end(&cpu->syncp);
}

/**
 * sf_stats_declined() - count a packet left to the stack
 * @sn: the namespace
 * @reason: why
 */
void sf_stats_declined(struct sf_net *sn, enum sf_decline reason);

/**
 * sf_stats_dropped() - count a dropped packet
 * @sn: the namespace
 * @reason: why
 */
void sf_stats_dropped(struct sf_net *sn, enum sf_drop reason);

/**
 * sf_stats_learned() - count a learned remote endpoint
 * @sn: the namespace
 */
void sf_stats_learned(struct sf_net *sn);

/**
 * sf_stats_pinhole() - count a packet for a pinhole
 * @sn: the namespace
 * @admitted: whether it was let through
 */
void sf_stats_pinhole(struct sf_net *sn, bool admitted);

/**
 * sf_stats_queued() - count a payload handed to user space
 * @sn: the namespace
 */
void sf_stats_queued(struct sf_net *sn);

/**
 * sf_stats_sent() - count a payload sent for user space
 * @sn: the namespace
 */
void sf_stats_sent(struct sf_net *sn);

/**
 * sf_stats_read() - sum the counters up
 * @sn: the namespace
 * @cpu: the CPU whose counters are asked for, or -1 for the sum of all
 * @sum: where to
 *
 * Context: any.
 */
void sf_stats_read(struct sf_net *sn, int cpu, struct sf_counters *sum);

/**
 * struct sf_flow_stats - what came in a flow
 * @lock: bit 0 protects the other members, and the RTP source
 * @tos: TOS or traffic class of the packet that came last; not under @lock
 * @dir: which of its stream's flows this is; constant
 * @rtp_at: where its RTP source is, bytes from here; 0 where the stream is not
 *	RTP's; constant
 * @packets: packets relayed
 * @bytes: UDP payload bytes relayed
 * @last_seen_ns: when a packet was relayed, as ktime_get_ns() has it; or 0
 * @n_rtcp: RTCP packets among @packets
 * @n_other: what is neither RTP nor RTCP among them
 * @dropped: packets dropped; not under @lock, lest a flood of them is felt
 *
 * A flow's packets come on one CPU, as a rule: they have one five-tuple, and so
 * one receive queue. The lock is for when they do not: a bit, since it costs
 * two instructions where a spinlock_t costs two calls. Counters per CPU would
 * need it nonetheless, for the RTP source, and a line for every CPU.
 */
struct sf_flow_stats {
	unsigned long		lock;
	u8			tos;
	u8			dir;
	u16			rtp_at;
	u64			packets;
	u64			bytes;
	u64			last_seen_ns;
	u64			n_rtcp;
	u64			n_other;
	atomic64_t		dropped;
} ____cacheline_aligned;

static_assert(SMP_CACHE_BYTES > 64 || sizeof(struct sf_flow_stats) == 64);

/**
 * struct sf_stream_stats - what came in both flows of a stream
 * @flow: the flows, by enum sf_dir
 * @ref: each version of the stream holds one reference
 * @rtt: round-trip times, see rtt.h
 * @rtp: the RTP sources, by enum sf_dir, on a stream that carries RTP
 *
 * The two flows may arrive on two CPUs: they share no cache line that packets
 * write.
 */
struct sf_stream_stats {
	struct sf_flow_stats	flow[2];
	refcount_t		ref;
	struct sf_rtt		*rtt;
	struct sf_rtp_source	rtp[];
};

#define SF_RTP_SOURCE_AT(dir)	(offsetof(struct sf_stream_stats, rtp) + \
				 (dir) * sizeof(struct sf_rtp_source))

/* What usual RTP writes of either source is in one line. */
static_assert(SF_RTP_SOURCE_AT(0) % 64 +
	      offsetofend(struct sf_rtp_source, next) <= 64);
static_assert(SF_RTP_SOURCE_AT(1) % 64 +
	      offsetofend(struct sf_rtp_source, next) <= 64);

/**
 * struct sf_arrival - what is to be remembered of a relayed packet
 * @class: what it is
 * @rtp: its header where it is RTP
 * @len: UDP payload bytes
 * @now_ns: when it came
 */
struct sf_arrival {
	enum sf_rtp_class	class;
	struct sf_rtp_words	rtp;
	unsigned int		len;
	u64			now_ns;
};

/**
 * struct sf_flow_figures - what came in a flow, summed up
 * @packets: packets relayed
 * @bytes: UDP payload bytes relayed
 * @rtp_packets: RTP packets among them
 * @rtcp_packets: RTCP packets among them
 * @dropped: packets dropped
 * @rtp: the RTP source
 * @last_seen_ns: as in struct sf_flow_stats
 * @dscp: the DSCP of the packet that came last
 * @round_trip_us: time to the side and back; 0 where it is not known
 */
struct sf_flow_figures {
	u64			packets;
	u64			bytes;
	u64			rtp_packets;
	u64			rtcp_packets;
	u64			dropped;
	struct sf_rtp_source	rtp;
	u64			last_seen_ns;
	u8			dscp;
	u32			round_trip_us;
};

/**
 * sf_stream_stats_init() - begin to make counters
 *
 * Context: process, module load.
 * Return: 0 or -ENOMEM.
 */
int sf_stream_stats_init(void);

/**
 * sf_stream_stats_exit() - make none any more
 *
 * Context: process, module unload; all are freed.
 */
void sf_stream_stats_exit(void);

/**
 * sf_stream_stats_new() - make the counters of a stream
 * @kind: what it carries
 *
 * Context: process.
 * Return: the counters, with one reference, or NULL.
 */
struct sf_stream_stats *sf_stream_stats_new(enum sipfast_kind kind);

/**
 * sf_stream_stats_get() - take another reference
 * @stats: the counters
 *
 * Return: @stats.
 */
struct sf_stream_stats *sf_stream_stats_get(struct sf_stream_stats *stats);

/**
 * sf_stream_stats_put() - give a reference back
 * @stats: the counters
 *
 * Context: any but hard interrupts.
 */
void sf_stream_stats_put(struct sf_stream_stats *stats);

/**
 * sf_flow_stats_rtp() - the RTP source of a flow
 * @stats: the flow's counters
 *
 * Return: the source, or NULL where the stream is not RTP's.
 */
static __always_inline struct sf_rtp_source *
sf_flow_stats_rtp(struct sf_flow_stats *stats)
{
	return stats->rtp_at ? (void *)stats + stats->rtp_at : NULL;
}

/**
 * sf_flow_stats_lock() - keep other CPUs off a flow's counters
 * @stats: the counters
 *
 * bit_spin_lock(), less what keeps from being preempted: that is done already.
 *
 * Context: bottom halves disabled.
 */
static __always_inline void sf_flow_stats_lock(struct sf_flow_stats *stats)
{
	/* There, a bottom half may be preempted. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
	while (unlikely(test_and_set_bit_lock(0, &stats->lock)))
		cpu_relax();
}

/**
 * sf_flow_stats_unlock() - let other CPUs at a flow's counters
 * @stats: the counters
 */
static __always_inline void sf_flow_stats_unlock(struct sf_flow_stats *stats)
{
	__clear_bit_unlock(0, &stats->lock);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
}

/**
 * sf_flow_stats_came() - note what a packet that is to be relayed says of itself
 * @stats: the flow's counters
 * @tos: its TOS or traffic class
 *
 * Context: bottom halves disabled.
 */
static __always_inline void sf_flow_stats_came(struct sf_flow_stats *stats,
					       u8 tos)
{
	WRITE_ONCE(stats->tos, tos);
}

/**
 * sf_flow_stats_relayed_rtp() - count relayed RTP of a flow that keeps an RTP
 *	source
 * @stats: the flow's counters
 * @arrival: the packet
 *
 * Context: bottom halves disabled.
 */
static __always_inline void
sf_flow_stats_relayed_rtp(struct sf_flow_stats *stats,
			  const struct sf_arrival *arrival)
{
	struct sf_rtp_source *rtp = (void *)stats + stats->rtp_at;

	sf_flow_stats_lock(stats);
	stats->packets++;
	stats->bytes += arrival->len;
	stats->last_seen_ns = arrival->now_ns;
	sf_rtp_source_receive(rtp, arrival->rtp, arrival->now_ns);
	sf_flow_stats_unlock(stats);
}

/**
 * sf_flow_stats_relayed() - count a relayed packet of a flow
 * @stats: the flow's counters
 * @arrival: the packet
 *
 * Context: bottom halves disabled.
 */
void sf_flow_stats_relayed(struct sf_flow_stats *stats,
			   const struct sf_arrival *arrival);

/**
 * sf_flow_stats_dropped() - count a dropped packet of a flow
 * @stats: the flow's counters
 *
 * Context: bottom halves disabled.
 */
void sf_flow_stats_dropped(struct sf_flow_stats *stats);

/**
 * sf_flow_stats_last_seen() - when a packet was last relayed
 * @stats: the flow's counters
 *
 * Context: any but hard interrupts.
 * Return: that time, as ktime_get_ns() has it, or 0.
 */
u64 sf_flow_stats_last_seen(struct sf_flow_stats *stats);

/**
 * sf_flow_stats_read() - sum a flow's counters up
 * @stats: the counters
 * @sum: where to
 *
 * Context: any but hard interrupts.
 */
void sf_flow_stats_read(struct sf_flow_stats *stats,
			struct sf_flow_figures *sum);

#endif /* _SF_STATS_H */
