// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects into attributes. Every function either puts all of its object or
 * says -EMSGSIZE, and the message is thrown away.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <net/netlink.h>

#include "latch.h"
#include "netlink_attr.h"
#include "queue.h"

static int put_endpoint(struct sk_buff *skb, int type,
			const struct sf_endpoint *endpoint)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, type);
	if (!nest)
		return -EMSGSIZE;
	if (endpoint->family == AF_INET &&
	    nla_put_in_addr(skb, SIPFAST_A_ENDPOINT_ADDR4, endpoint->ip4))
		return -EMSGSIZE;
	if (endpoint->family == AF_INET6 &&
	    nla_put_in6_addr(skb, SIPFAST_A_ENDPOINT_ADDR6, &endpoint->ip6))
		return -EMSGSIZE;
	if (endpoint->port &&
	    nla_put_be16(skb, SIPFAST_A_ENDPOINT_PORT, endpoint->port))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* --- sessions ------------------------------------------------------------- */

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, SIPFAST_A_FLOW_STATS_PAD);
}

static int put_rtp(struct sk_buff *skb, const struct sf_flow_figures *f)
{
	const struct sf_rtp_source *rtp = &f->rtp;

	if (nla_put_s64(skb, SIPFAST_A_FLOW_STATS_LOST, sf_rtp_source_lost(rtp),
			SIPFAST_A_FLOW_STATS_PAD) ||
	    put_u64(skb, SIPFAST_A_FLOW_STATS_REORDERED, rtp->reordered) ||
	    put_u64(skb, SIPFAST_A_FLOW_STATS_DUPLICATES, rtp->duplicates) ||
	    nla_put_u32(skb, SIPFAST_A_FLOW_STATS_JITTER,
			sf_rtp_source_jitter(rtp)) ||
	    nla_put_u32(skb, SIPFAST_A_FLOW_STATS_SSRC, rtp->ssrc) ||
	    nla_put_u32(skb, SIPFAST_A_FLOW_STATS_SSRC_CHANGES,
			rtp->ssrc_changes) ||
	    nla_put_u8(skb, SIPFAST_A_FLOW_STATS_PAYLOAD_TYPE,
		       rtp->payload_type))
		return -EMSGSIZE;
	return 0;
}

static int put_flow_stats(struct sk_buff *skb, const struct sf_flow *flow)
{
	struct sf_flow_figures f;
	struct nlattr *nest;

	sf_flow_stats_read(flow->stats, &f);
	nest = nla_nest_start(skb, SIPFAST_A_SIDE_STATS);
	if (!nest ||
	    put_u64(skb, SIPFAST_A_FLOW_STATS_PACKETS, f.packets) ||
	    put_u64(skb, SIPFAST_A_FLOW_STATS_BYTES, f.bytes) ||
	    put_u64(skb, SIPFAST_A_FLOW_STATS_RTP_PACKETS, f.rtp_packets) ||
	    put_u64(skb, SIPFAST_A_FLOW_STATS_RTCP_PACKETS, f.rtcp_packets) ||
	    put_u64(skb, SIPFAST_A_FLOW_STATS_DROPPED, f.dropped))
		return -EMSGSIZE;
	if (f.rtp_packets && put_rtp(skb, &f))
		return -EMSGSIZE;
	if (f.round_trip_us &&
	    nla_put_u32(skb, SIPFAST_A_FLOW_STATS_ROUND_TRIP_US,
			f.round_trip_us))
		return -EMSGSIZE;
	if (f.last_seen_ns &&
	    (nla_put_u8(skb, SIPFAST_A_FLOW_STATS_DSCP, f.dscp) ||
	     put_u64(skb, SIPFAST_A_FLOW_STATS_LAST_SEEN_MS,
		     ktime_ms_delta(ktime_get(), f.last_seen_ns))))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_side(struct sk_buff *skb, int type, struct sf_stream *stream,
		    enum sf_dir dir)
{
	const struct sf_side_conf *side = &stream->conf.side[dir];
	struct sf_endpoint remote;
	struct nlattr *nest;
	bool learned;

	sf_latch_remote(&stream->flow[dir], &remote, &learned);
	nest = nla_nest_start(skb, type);
	if (!nest ||
	    put_endpoint(skb, SIPFAST_A_SIDE_LOCAL, &side->local) ||
	    (side->remote.family &&
	     put_endpoint(skb, SIPFAST_A_SIDE_REMOTE, &side->remote)) ||
	    (learned && put_endpoint(skb, SIPFAST_A_SIDE_LEARNED, &remote)) ||
	    nla_put_u32(skb, SIPFAST_A_SIDE_LEARN, side->learn) ||
	    nla_put_u32(skb, SIPFAST_A_SIDE_LEARN_WINDOW_MS,
			side->learn_window_ms) ||
	    (side->dscp != SF_DSCP_KEEP &&
	     nla_put_u8(skb, SIPFAST_A_SIDE_DSCP, side->dscp)) ||
	    nla_put_u32(skb, SIPFAST_A_SIDE_MARK, side->mark) ||
	    (side->ifindex &&
	     nla_put_u32(skb, SIPFAST_A_SIDE_IFINDEX, side->ifindex)) ||
	    (side->rate_packets &&
	     nla_put_u32(skb, SIPFAST_A_SIDE_RATE_PACKETS,
			 side->rate_packets)) ||
	    (side->rate_bytes &&
	     nla_put_u32(skb, SIPFAST_A_SIDE_RATE_BYTES, side->rate_bytes)) ||
	    put_flow_stats(skb, &stream->flow[dir]))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_dispositions(struct sk_buff *skb,
			    const struct sf_stream_conf *conf)
{
	if (conf->kind == SIPFAST_KIND_OPAQUE)
		return 0;
	if (nla_put_u32(skb, SIPFAST_A_STREAM_STUN,
			conf->disposition[SF_PAYLOAD_STUN]) ||
	    nla_put_u32(skb, SIPFAST_A_STREAM_DTLS,
			conf->disposition[SF_PAYLOAD_DTLS]) ||
	    nla_put_u32(skb, SIPFAST_A_STREAM_ZRTP,
			conf->disposition[SF_PAYLOAD_ZRTP]) ||
	    nla_put_u32(skb, SIPFAST_A_STREAM_TURN,
			conf->disposition[SF_PAYLOAD_TURN]))
		return -EMSGSIZE;
	return 0;
}

static int put_stream(struct sk_buff *skb, struct sf_stream *stream)
{
	const struct sf_stream_conf *conf = &stream->conf;
	struct nlattr *nest;

	nest = nla_nest_start(skb, SIPFAST_A_SESSION_STREAM);
	if (!nest ||
	    nla_put_u32(skb, SIPFAST_A_STREAM_ID, conf->id) ||
	    nla_put_u32(skb, SIPFAST_A_STREAM_RULE, conf->rule) ||
	    nla_put_u32(skb, SIPFAST_A_STREAM_KIND, conf->kind) ||
	    put_side(skb, SIPFAST_A_STREAM_A, stream, SF_DIR_A) ||
	    put_side(skb, SIPFAST_A_STREAM_B, stream, SF_DIR_B) ||
	    put_dispositions(skb, conf))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Bytes of one endpoint, one side, one stream at most. */
#define ENDPOINT_SIZE	(nla_total_size(0) + nla_total_size(16) + \
			 nla_total_size(2))
#define SIDE_SIZE	(nla_total_size(0) + 3 * ENDPOINT_SIZE + \
			 7 * nla_total_size(4) + nla_total_size(0) + \
			 9 * nla_total_size_64bit(8) + 6 * nla_total_size(4))
#define STREAM_SIZE	(nla_total_size(0) + 7 * nla_total_size(4) + \
			 2 * SIDE_SIZE)

size_t sf_netlink_session_size(unsigned int n_streams)
{
	return nla_total_size(SIPFAST_COOKIE_LEN + 1) +
	       5 * nla_total_size(4) + 2 * nla_total_size_64bit(8) +
	       n_streams * STREAM_SIZE;
}

int sf_netlink_fill_session(struct sk_buff *skb, struct sf_session *session)
{
	ktime_t now = ktime_get();
	struct sf_stream *stream;

	if (nla_put_u32(skb, SIPFAST_A_SESSION_ID, session->id) ||
	    (session->cookie &&
	     nla_put_string(skb, SIPFAST_A_SESSION_COOKIE, session->cookie)) ||
	    nla_put_u32(skb, SIPFAST_A_SESSION_LIFETIME_MS,
			session->lifetime_ms) ||
	    nla_put_u32(skb, SIPFAST_A_SESSION_IDLE_NOTIFY_MS,
			session->idle_notify_ms) ||
	    nla_put_u32(skb, SIPFAST_A_SESSION_IDLE_EXPIRE_MS,
			session->idle_expire_ms) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_SESSION_AGE_MS,
			      ktime_ms_delta(now, session->made),
			      SIPFAST_A_SESSION_PAD) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_SESSION_IDLE_MS,
			      ktime_ms_delta(now,
					     sf_session_idle_since(session)),
			      SIPFAST_A_SESSION_PAD))
		return -EMSGSIZE;
	if (session->end_reason != SF_END_REASON_NONE &&
	    nla_put_u32(skb, SIPFAST_A_SESSION_END_REASON, session->end_reason))
		return -EMSGSIZE;
	list_for_each_entry(stream, &session->streams, node)
		if (put_stream(skb, stream))
			return -EMSGSIZE;
	return 0;
}

/* --- payloads ------------------------------------------------------------- */

/* The names of sides and classes are ours. */
static_assert((int)SIPFAST_SIDE_NAME_A == SF_DIR_A);
static_assert((int)SIPFAST_SIDE_NAME_B == SF_DIR_B);
static_assert((int)SIPFAST_PAYLOAD_CLASS_STUN == SF_PAYLOAD_STUN);
static_assert((int)SIPFAST_PAYLOAD_CLASS_DTLS == SF_PAYLOAD_DTLS);
static_assert((int)SIPFAST_PAYLOAD_CLASS_ZRTP == SF_PAYLOAD_ZRTP);
static_assert((int)SIPFAST_PAYLOAD_CLASS_TURN == SF_PAYLOAD_TURN);

size_t sf_netlink_payload_size(const struct sf_queue_entry *entry)
{
	return nla_total_size(SIPFAST_COOKIE_LEN + 1) + 4 * nla_total_size(4) +
	       2 * ENDPOINT_SIZE + nla_total_size(entry->len);
}

int sf_netlink_fill_payload(struct sk_buff *skb,
			    const struct sf_queue_entry *entry)
{
	const struct sf_session *session = entry->session;

	if (nla_put_u32(skb, SIPFAST_A_PAYLOAD_SESSION, session->id) ||
	    (session->cookie &&
	     nla_put_string(skb, SIPFAST_A_PAYLOAD_COOKIE, session->cookie)) ||
	    nla_put_u32(skb, SIPFAST_A_PAYLOAD_STREAM, entry->stream_id) ||
	    nla_put_u32(skb, SIPFAST_A_PAYLOAD_SIDE, entry->side) ||
	    nla_put_u32(skb, SIPFAST_A_PAYLOAD_CLASS, entry->payload) ||
	    put_endpoint(skb, SIPFAST_A_PAYLOAD_LOCAL, &entry->tuple.dst) ||
	    put_endpoint(skb, SIPFAST_A_PAYLOAD_REMOTE, &entry->tuple.src) ||
	    nla_put(skb, SIPFAST_A_PAYLOAD_DATA, entry->len, entry->data))
		return -EMSGSIZE;
	return 0;
}

/* --- pinholes ------------------------------------------------------------- */

int sf_netlink_fill_pinhole(struct sk_buff *skb, struct sf_pinhole *pinhole)
{
	const struct sf_pinhole_spec *spec = &pinhole->spec;
	unsigned int i;

	if (nla_put_u32(skb, SIPFAST_A_PINHOLE_ID, pinhole->id) ||
	    (spec->cookie[0] &&
	     nla_put_string(skb, SIPFAST_A_PINHOLE_COOKIE, spec->cookie)) ||
	    put_endpoint(skb, SIPFAST_A_PINHOLE_LOCAL, &spec->local) ||
	    nla_put_u8(skb, SIPFAST_A_PINHOLE_PROTOCOL, spec->protocol) ||
	    (spec->ifindex &&
	     nla_put_u32(skb, SIPFAST_A_PINHOLE_IFINDEX, spec->ifindex)) ||
	    nla_put_u32(skb, SIPFAST_A_PINHOLE_LIFETIME_MS,
			spec->lifetime_ms) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_PINHOLE_PACKETS,
			      atomic64_read(&pinhole->packets),
			      SIPFAST_A_PINHOLE_PAD))
		return -EMSGSIZE;
	for (i = 0; i < spec->n_peers; i++)
		if (put_endpoint(skb, SIPFAST_A_PINHOLE_PEER, &spec->peers[i]))
			return -EMSGSIZE;
	if (pinhole->end_reason != SF_PINHOLE_OPEN &&
	    nla_put_u32(skb, SIPFAST_A_PINHOLE_END_REASON, pinhole->end_reason))
		return -EMSGSIZE;
	return 0;
}

/* --- devices -------------------------------------------------------------- */

int sf_netlink_fill_device(struct sk_buff *skb, struct sf_device *device)
{
	if (nla_put_u32(skb, SIPFAST_A_DEVICE_IFINDEX, device->dev->ifindex) ||
	    nla_put_string(skb, SIPFAST_A_DEVICE_IFNAME, device->dev->name) ||
	    nla_put_u32(skb, SIPFAST_A_DEVICE_HOOK, device->hook) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_DEVICE_PACKETS,
			      sf_device_packets(device), SIPFAST_A_DEVICE_PAD))
		return -EMSGSIZE;
	return 0;
}

/* --- the namespace's counters --------------------------------------------- */

static int put_reasons(struct sk_buff *skb, int type,
		       const struct sf_reason *reasons, unsigned int n,
		       const u64 *counters, int pad)
{
	struct nlattr *nest;
	unsigned int i;

	nest = nla_nest_start(skb, type);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < n; i++)
		if (nla_put_u64_64bit(skb, reasons[i].attr, counters[i], pad))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_counter(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, SIPFAST_A_STATS_PAD);
}

int sf_netlink_fill_overrun(struct sk_buff *skb, struct sf_net *sn)
{
	return put_counter(skb, SIPFAST_A_STATS_EVENTS_LOST, sn->events.lost);
}

int sf_netlink_fill_stats(struct sk_buff *skb, struct sf_net *sn, int cpu)
{
	struct sf_counters sum;

	sf_stats_read(sn, cpu, &sum);
	if (put_counter(skb, SIPFAST_A_STATS_PACKETS, sum.packets) ||
	    put_counter(skb, SIPFAST_A_STATS_BYTES, sum.bytes) ||
	    put_reasons(skb, SIPFAST_A_STATS_DECLINED, sf_declines,
			SF_N_DECLINES, sum.declined, SIPFAST_A_DECLINED_PAD) ||
	    put_reasons(skb, SIPFAST_A_STATS_DROPPED, sf_drops, SF_N_DROPS,
			sum.dropped, SIPFAST_A_DROPPED_PAD) ||
	    put_counter(skb, SIPFAST_A_STATS_QUEUED, sum.queued) ||
	    put_counter(skb, SIPFAST_A_STATS_SENT, sum.sent) ||
	    put_counter(skb, SIPFAST_A_STATS_PINHOLE_ADMITTED,
			sum.pinhole_admitted) ||
	    put_counter(skb, SIPFAST_A_STATS_PINHOLE_REFUSED,
			sum.pinhole_refused) ||
	    put_counter(skb, SIPFAST_A_STATS_LEARNED, sum.learned) ||
	    nla_put_u32(skb, SIPFAST_A_STATS_SESSIONS, sn->n_sessions) ||
	    nla_put_u32(skb, SIPFAST_A_STATS_STREAMS, sn->n_streams) ||
	    nla_put_u32(skb, SIPFAST_A_STATS_PINHOLES,
			sn->pinholes.n_pinholes) ||
	    put_counter(skb, SIPFAST_A_STATS_SESSIONS_MADE,
			sn->sessions_made) ||
	    put_counter(skb, SIPFAST_A_STATS_SESSIONS_EXPIRED,
			sn->sessions_expired) ||
	    sf_netlink_fill_overrun(skb, sn))
		return -EMSGSIZE;
	return 0;
}
