/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session is one call's media; it has streams, a stream has two flows. What
 * a stream was told is constant while packets can see it: a change makes a new
 * version of the stream, which takes the old one's place in the flow table at
 * once and goes on with its counters. A session's own life is counted in
 * references; a stream ends with its session, after a grace period.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_SESSION_H
#define _SF_SESSION_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/refcount.h>

#include <uapi/linux/sipfast.h>

#include "core/rewrite.h"
#include "event.h"
#include "flow.h"

struct sf_net;
struct sf_rate;
struct sf_stream_stats;

/* A session that has not ended has no enum sipfast_end_reason. */
#define SF_END_REASON_NONE	-1

/* What may be told of a payload that is neither RTP nor RTCP. */
enum sf_payload {
	SF_PAYLOAD_STUN,
	SF_PAYLOAD_DTLS,
	SF_PAYLOAD_ZRTP,
	SF_PAYLOAD_TURN,
	SF_N_PAYLOADS
};

/**
 * struct sf_side_conf - what a side of a stream was told
 * @local: where this side sends to
 * @remote: where this side is; of no family where it was not said
 * @learn_window_ms: how long learning stays open; 0 is for ever
 * @mark: mark of packets sent to this side, and of their route
 * @ifindex: device or VRF of their route; 0 is any
 * @rate_packets: most packets per second accepted from this side; 0 is no limit
 * @rate_bytes: most UDP payload bytes per second; 0 is no limit
 * @learn: whose packets are accepted: enum sipfast_learn
 * @local_given: false where @local stands for the other side's remote endpoint
 * @dscp: DSCP of packets sent to this side, or SF_DSCP_KEEP
 */
struct sf_side_conf {
	struct sf_endpoint	local;
	struct sf_endpoint	remote;
	u32			learn_window_ms;
	u32			mark;
	u32			ifindex;
	u32			rate_packets;
	u32			rate_bytes;
	u8			learn;
	bool			local_given;
	s8			dscp;
};

/**
 * struct sf_stream_conf - what a stream was told
 * @side: the two sides, by enum sf_dir
 * @id: the owner's number for it, unique in its session
 * @rule: how it is addressed: enum sipfast_rule
 * @kind: what it carries: enum sipfast_kind
 * @disposition: what becomes of other payloads, by enum sf_payload: enum
 *	sipfast_disposition
 */
struct sf_stream_conf {
	struct sf_side_conf	side[SF_N_DIRS];
	u32			id;
	u8			rule;
	u8			kind;
	u8			disposition[SF_N_PAYLOADS];
};

/**
 * struct sf_stream - one relayed transport of a session
 * @flow: its two directions
 * @conf: what it was told; constant
 * @leaving: about to be replaced or removed; under the lock of the namespace
 * @latch_closed: by side: nothing more is learned here, a later version goes on
 * @learned: by side: its endpoint as learned; of no family until it is
 * @window_end_ns: by side: when learning ends; 0 is never
 * @session: whose it is; constant
 * @node: in the session's streams, under the lock of the namespace
 * @rcu: frees it when no packet sees it any more and it is in no list
 * @stats: counters of both flows, kept from version to version
 * @rate: by side: what it may send, or NULL
 * @queue_rate: what of it user space may get, or NULL
 *
 * @latch_closed, @learned and @window_end_ns are protected by the lock of the
 * flow that arrives from the side.
 */
struct sf_stream {
	struct sf_flow		flow[SF_N_DIRS];
	struct sf_stream_conf	conf;
	bool			leaving;
	bool			latch_closed[SF_N_DIRS];
	struct sf_endpoint	learned[SF_N_DIRS];
	u64			window_end_ns[SF_N_DIRS];
	struct sf_session	*session;
	union {
		struct list_head	node;
		struct rcu_head		rcu;
	};
	struct sf_stream_stats	*stats;
	struct sf_rate		*rate[SF_N_DIRS];
	struct sf_rate		*queue_rate;
};

/**
 * struct sf_session - one call's media
 * @sn: its namespace
 * @id: the module's number for it
 * @cookie: the owner's own mark, or NULL where none was given
 * @streams: its streams
 * @n_streams: how many
 * @made: when it was made
 * @lifetime_set: when @lifetime_ms was last set
 * @lifetime_ms: it ends this long after @lifetime_set; 0 is never
 * @idle_notify_ms: said once when idle for this long; 0 is never
 * @idle_expire_ms: it ends when idle for this long; 0 is never
 * @idle_notified: since when it was idle when that was last said; or 0
 * @end_reason: enum sipfast_end_reason, or SF_END_REASON_NONE
 * @ref: the table holds one reference, a waiting event another
 * @event: see event.h
 * @rcu: frees it after its streams' grace period
 *
 * All but @ref and @event is written under the lock of the namespace, and read
 * under it, too.
 */
struct sf_session {
	struct sf_net		*sn;
	u32			id;
	char			*cookie;
	struct list_head	streams;
	unsigned int		n_streams;
	ktime_t			made;
	ktime_t			lifetime_set;
	u32			lifetime_ms;
	u32			idle_notify_ms;
	u32			idle_expire_ms;
	ktime_t			idle_notified;
	int			end_reason;
	refcount_t		ref;
	struct sf_event_entry	event;
	struct rcu_head		rcu;
};

/**
 * struct sf_stream_plan - one stream of a request
 * @conf: how it is to be
 * @reopen: by side: learning starts anew
 */
struct sf_stream_plan {
	struct sf_stream_conf	conf;
	bool			reopen[SF_N_DIRS];
};

/**
 * struct sf_session_plan - a request to make or to change a session
 * @cookie: the cookie, empty to take it away, or NULL to leave it
 * @lifetime_ms: the lifetime, where @has_lifetime
 * @idle_notify_ms: as in struct sf_session, where @has_idle_notify
 * @idle_expire_ms: as in struct sf_session, where @has_idle_expire
 * @has_lifetime: @lifetime_ms is given
 * @has_idle_notify: @idle_notify_ms is given
 * @has_idle_expire: @idle_expire_ms is given
 * @n_remove: how many streams are to be removed
 * @remove: their ids; each is known, and none of them is in @stream
 * @n_streams: how many streams are to be made or changed
 * @stream: the streams, ids differ
 * @clash: out, with -EEXIST: which stream's key is taken
 * @clash_dir: out, with -EEXIST: which side's key it is
 */
struct sf_session_plan {
	const char		*cookie;
	u32			lifetime_ms;
	u32			idle_notify_ms;
	u32			idle_expire_ms;
	bool			has_lifetime;
	bool			has_idle_notify;
	bool			has_idle_expire;
	unsigned int		n_remove;
	u32			remove[SIPFAST_MAX_STREAMS];
	unsigned int		n_streams;
	struct sf_stream_plan	stream[SIPFAST_MAX_STREAMS];
	unsigned int		clash;
	enum sf_dir		clash_dir;
};

/**
 * sf_flow_stream() - the stream that a flow is a direction of
 * @flow: the flow
 */
static inline struct sf_stream *sf_flow_stream(struct sf_flow *flow)
{
	return container_of(flow - flow->dir, struct sf_stream, flow[0]);
}

/**
 * sf_flow_side() - what the side was told that a flow arrives from
 * @flow: the flow
 */
static inline const struct sf_side_conf *sf_flow_side(struct sf_flow *flow)
{
	return &sf_flow_stream(flow)->conf.side[flow->dir];
}

/**
 * sf_flow_other() - the other direction of the same stream
 * @flow: the flow
 */
static inline struct sf_flow *sf_flow_other(struct sf_flow *flow)
{
	return flow->dir == SF_DIR_A ? flow + 1 : flow - 1;
}

/**
 * sf_session_init() - begin to make sessions
 *
 * Context: process, module load.
 * Return: 0 or -ENOMEM.
 */
int sf_session_init(void);

/**
 * sf_session_exit() - make none any more
 *
 * Context: process, module unload; all are freed.
 */
void sf_session_exit(void);

/**
 * sf_session_new() - make a session, all of it or nothing
 * @sn: the namespace
 * @plan: how it is to be
 * @made: out: the session
 *
 * It relays from now on, but nobody is told of it: either of
 * sf_session_announce() and sf_session_withdraw() is to follow under the same
 * lock.
 *
 * Context: process, the lock of the namespace.
 * Return: 0, -ENOSPC where the table is full, -EEXIST where a key is taken,
 *	or -ENOMEM.
 */
int sf_session_new(struct sf_net *sn, struct sf_session_plan *plan,
		   struct sf_session **made);

/**
 * sf_session_announce() - tell that a session was made
 * @session: the session, as sf_session_new() gave it
 *
 * Context: process, the lock of the namespace.
 */
void sf_session_announce(struct sf_session *session);

/**
 * sf_session_withdraw() - end a session that nobody was told of
 * @session: the session, as sf_session_new() gave it; gone on return
 *
 * Context: process, the lock of the namespace.
 */
void sf_session_withdraw(struct sf_session *session);

/**
 * sf_session_set() - change a session, all that is said or nothing
 * @session: the session
 * @plan: how it is to be
 *
 * Context: process, the lock of the namespace.
 * Return: 0, -EEXIST where a key is taken, or -ENOMEM.
 */
int sf_session_set(struct sf_session *session, struct sf_session_plan *plan);

/**
 * sf_session_del() - end a session
 * @session: the session; the caller's pointer stays good under the lock only
 *	where it holds a reference
 * @reason: why
 *
 * Sends session-end-ntf.
 *
 * Context: process, the lock of the namespace.
 */
void sf_session_del(struct sf_session *session, enum sipfast_end_reason reason);

/**
 * sf_session_flush() - end the sessions whose cookie begins with a prefix
 * @sn: the namespace
 * @prefix: the prefix; the empty one begins every cookie
 *
 * Context: process, the lock of the namespace.
 */
void sf_session_flush(struct sf_net *sn, const char *prefix);

/**
 * sf_session_del_all() - end all sessions and tell nobody
 * @sn: the namespace, on its way out
 *
 * Context: process, the lock of the namespace.
 */
void sf_session_del_all(struct sf_net *sn);

/**
 * sf_session_find() - the session that has an id
 * @sn: the namespace
 * @id: the id
 *
 * Context: process, the lock of the namespace.
 * Return: the session, without a reference, or NULL.
 */
struct sf_session *sf_session_find(struct sf_net *sn, u32 id);

/**
 * sf_session_stream() - the stream of a session that has an id
 * @session: the session
 * @id: the owner's number for the stream
 *
 * Context: process, the lock of the namespace.
 * Return: the stream or NULL.
 */
struct sf_stream *sf_session_stream(struct sf_session *session, u32 id);

/**
 * sf_session_idle_since() - when a packet was last relayed
 * @session: the session
 *
 * Context: process, the lock of the namespace.
 * Return: that time, or when the session was made.
 */
ktime_t sf_session_idle_since(struct sf_session *session);

/**
 * sf_session_get() - take a reference, unless the last one is gone
 * @session: the session
 *
 * Context: any; RCU read lock or a reference.
 * Return: whether there is one more reference.
 */
bool sf_session_get(struct sf_session *session);

/**
 * sf_session_put() - give a reference back
 * @session: the session
 *
 * Context: any.
 */
void sf_session_put(struct sf_session *session);

/**
 * sf_session_drop_paths() - forget every way out through a device
 * @sn: the namespace
 * @dev: the device, on its way out
 *
 * Context: process, the lock of the namespace.
 */
void sf_session_drop_paths(struct sf_net *sn, const struct net_device *dev);

#endif /* _SF_SESSION_H */
