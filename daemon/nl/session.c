// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sessions to and from the wire: see session.h.
 *
 * For each attribute set there is one *_attr_cb(), which reads it, and one
 * put_*(), which writes what of it is given, inner sets first. The requests at
 * the end are a few lines each.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "nl/attr.h"
#include "nl/genl.h"
#include "nl/session.h"

static int flow_stats_attr_cb(void *arg, const struct nlattr *attr)
{
	struct nl_flow_stats *stats = arg;

	switch (mnl_attr_get_type(attr)) {
	case SIPFAST_A_FLOW_STATS_PACKETS:
		stats->packets = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_FLOW_STATS_BYTES:
		stats->bytes = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_FLOW_STATS_RTP_PACKETS:
		stats->rtp_packets = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_FLOW_STATS_RTCP_PACKETS:
		stats->rtcp_packets = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_FLOW_STATS_LOST:
		stats->lost = (int64_t)mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_FLOW_STATS_REORDERED:
		stats->reordered = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_FLOW_STATS_DUPLICATES:
		stats->duplicates = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_FLOW_STATS_JITTER:
		stats->jitter = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_FLOW_STATS_SSRC:
		stats->ssrc = mnl_attr_get_u32(attr);
		stats->has.ssrc = true;
		break;
	case SIPFAST_A_FLOW_STATS_SSRC_CHANGES:
		stats->ssrc_changes = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_FLOW_STATS_PAYLOAD_TYPE:
		stats->payload_type = mnl_attr_get_u8(attr);
		break;
	case SIPFAST_A_FLOW_STATS_DSCP:
		stats->dscp = mnl_attr_get_u8(attr);
		break;
	case SIPFAST_A_FLOW_STATS_LAST_SEEN_MS:
		stats->last_seen_ms = mnl_attr_get_u64(attr);
		stats->has.last_seen_ms = true;
		break;
	case SIPFAST_A_FLOW_STATS_DROPPED:
		stats->dropped = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_FLOW_STATS_ROUND_TRIP_US:
		stats->round_trip_us = mnl_attr_get_u32(attr);
		stats->has.round_trip_us = true;
		break;
	}
	return 0;
}

static int side_attr_cb(void *arg, const struct nlattr *attr)
{
	struct nl_side *side = arg;

	switch (mnl_attr_get_type(attr)) {
	case SIPFAST_A_SIDE_LOCAL:
		side->has.local = true;
		return nl_endpoint_parse(attr, &side->local);
	case SIPFAST_A_SIDE_REMOTE:
		side->has.remote = true;
		return nl_endpoint_parse(attr, &side->remote);
	case SIPFAST_A_SIDE_LEARN:
		side->has.learn = true;
		side->learn = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SIDE_LEARN_WINDOW_MS:
		side->has.learn_window_ms = true;
		side->learn_window_ms = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SIDE_LEARNED:
		side->has.learned = true;
		return nl_endpoint_parse(attr, &side->learned);
	case SIPFAST_A_SIDE_DSCP:
		side->has.dscp = true;
		side->dscp = mnl_attr_get_u8(attr);
		break;
	case SIPFAST_A_SIDE_MARK:
		side->has.mark = true;
		side->mark = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SIDE_IFINDEX:
		side->has.ifindex = true;
		side->ifindex = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SIDE_RATE_PACKETS:
		side->has.rate_packets = true;
		side->rate_packets = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SIDE_RATE_BYTES:
		side->has.rate_bytes = true;
		side->rate_bytes = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SIDE_STATS:
		side->has.stats = true;
		return nl_attr_each(attr, &nl_flow_stats_attrs,
				    flow_stats_attr_cb, &side->stats);
	}
	return 0;
}

static int stream_attr_cb(void *arg, const struct nlattr *attr)
{
	struct nl_stream *stream = arg;

	switch (mnl_attr_get_type(attr)) {
	case SIPFAST_A_STREAM_ID:
		stream->has.id = true;
		stream->id = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_STREAM_RULE:
		stream->has.rule = true;
		stream->rule = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_STREAM_KIND:
		stream->has.kind = true;
		stream->kind = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_STREAM_A:
		return nl_attr_each(attr, &nl_side_attrs, side_attr_cb,
				    &stream->a);
	case SIPFAST_A_STREAM_B:
		return nl_attr_each(attr, &nl_side_attrs, side_attr_cb,
				    &stream->b);
	case SIPFAST_A_STREAM_STUN:
		stream->has.stun = true;
		stream->stun = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_STREAM_DTLS:
		stream->has.dtls = true;
		stream->dtls = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_STREAM_ZRTP:
		stream->has.zrtp = true;
		stream->zrtp = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_STREAM_TURN:
		stream->has.turn = true;
		stream->turn = mnl_attr_get_u32(attr);
		break;
	}
	return 0;
}

static int session_attr_cb(void *arg, const struct nlattr *attr)
{
	struct nl_session *session = arg;

	switch (mnl_attr_get_type(attr)) {
	case SIPFAST_A_SESSION_ID:
		session->has.id = true;
		session->id = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SESSION_COOKIE:
		session->has.cookie = true;
		strcpy(session->cookie, mnl_attr_get_str(attr));
		break;
	case SIPFAST_A_SESSION_STREAM:
		if (session->n_streams == SIPFAST_MAX_STREAMS)
			return -EBADMSG;
		return nl_attr_each(attr, &nl_stream_attrs, stream_attr_cb,
				    &session->streams[session->n_streams++]);
	case SIPFAST_A_SESSION_STREAM_REMOVE:
		if (session->n_removes == SIPFAST_MAX_STREAMS)
			return -EBADMSG;
		session->removes[session->n_removes++] = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SESSION_LIFETIME_MS:
		session->has.lifetime_ms = true;
		session->lifetime_ms = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SESSION_IDLE_NOTIFY_MS:
		session->has.idle_notify_ms = true;
		session->idle_notify_ms = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SESSION_IDLE_EXPIRE_MS:
		session->has.idle_expire_ms = true;
		session->idle_expire_ms = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_SESSION_AGE_MS:
		session->has.age_ms = true;
		session->age_ms = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_SESSION_IDLE_MS:
		session->has.idle_ms = true;
		session->idle_ms = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_SESSION_END_REASON:
		session->has.end_reason = true;
		session->end_reason = mnl_attr_get_u32(attr);
		break;
	}
	return 0;
}

int nl_session_parse(const struct nlmsghdr *nlh, struct nl_session *session)
{
	memset(session, 0, sizeof(*session));
	return nl_attr_each_in(nlh, &nl_session_attrs, session_attr_cb,
			       session);
}

/* One optional u32 of a set; @ok carries on whether all had room so far. */
static bool put_u32(bool ok, struct nlmsghdr *nlh, uint32_t room, bool given,
		    uint16_t number, uint32_t value)
{
	if (!ok || !given)
		return ok;
	return mnl_attr_put_u32_check(nlh, room, number, value);
}

static bool put_endpoint(bool ok, struct nlmsghdr *nlh, uint32_t room,
			 bool given, uint16_t number,
			 const struct nl_endpoint *endpoint)
{
	if (!ok || !given)
		return ok;
	return !nl_endpoint_put(nlh, room, number, endpoint);
}

static bool is_given(const struct nl_side *side)
{
	return side->has.local || side->has.remote || side->has.learn ||
	       side->has.learn_window_ms || side->has.dscp || side->has.mark ||
	       side->has.ifindex || side->has.rate_packets ||
	       side->has.rate_bytes;
}

static bool put_side(bool ok, struct nlmsghdr *nlh, uint32_t room,
		     uint16_t number, const struct nl_side *side)
{
	struct nlattr *nest;

	if (!ok || !is_given(side))
		return ok;
	nest = mnl_attr_nest_start_check(nlh, room, number);
	if (!nest)
		return false;
	ok = put_endpoint(ok, nlh, room, side->has.local,
			  SIPFAST_A_SIDE_LOCAL, &side->local);
	ok = put_endpoint(ok, nlh, room, side->has.remote,
			  SIPFAST_A_SIDE_REMOTE, &side->remote);
	ok = put_u32(ok, nlh, room, side->has.learn, SIPFAST_A_SIDE_LEARN,
		     side->learn);
	ok = put_u32(ok, nlh, room, side->has.learn_window_ms,
		     SIPFAST_A_SIDE_LEARN_WINDOW_MS, side->learn_window_ms);
	if (ok && side->has.dscp)
		ok = mnl_attr_put_u8_check(nlh, room, SIPFAST_A_SIDE_DSCP,
					   side->dscp);
	ok = put_u32(ok, nlh, room, side->has.mark, SIPFAST_A_SIDE_MARK,
		     side->mark);
	ok = put_u32(ok, nlh, room, side->has.ifindex, SIPFAST_A_SIDE_IFINDEX,
		     side->ifindex);
	ok = put_u32(ok, nlh, room, side->has.rate_packets,
		     SIPFAST_A_SIDE_RATE_PACKETS, side->rate_packets);
	ok = put_u32(ok, nlh, room, side->has.rate_bytes,
		     SIPFAST_A_SIDE_RATE_BYTES, side->rate_bytes);
	mnl_attr_nest_end(nlh, nest);
	return ok;
}

static bool put_stream(bool ok, struct nlmsghdr *nlh, uint32_t room,
		       const struct nl_stream *stream)
{
	struct nlattr *nest;

	if (!ok)
		return false;
	nest = mnl_attr_nest_start_check(nlh, room, SIPFAST_A_SESSION_STREAM);
	if (!nest)
		return false;
	ok = put_u32(ok, nlh, room, stream->has.id, SIPFAST_A_STREAM_ID,
		     stream->id);
	ok = put_u32(ok, nlh, room, stream->has.rule, SIPFAST_A_STREAM_RULE,
		     stream->rule);
	ok = put_u32(ok, nlh, room, stream->has.kind, SIPFAST_A_STREAM_KIND,
		     stream->kind);
	ok = put_side(ok, nlh, room, SIPFAST_A_STREAM_A, &stream->a);
	ok = put_side(ok, nlh, room, SIPFAST_A_STREAM_B, &stream->b);
	ok = put_u32(ok, nlh, room, stream->has.stun, SIPFAST_A_STREAM_STUN,
		     stream->stun);
	ok = put_u32(ok, nlh, room, stream->has.dtls, SIPFAST_A_STREAM_DTLS,
		     stream->dtls);
	ok = put_u32(ok, nlh, room, stream->has.zrtp, SIPFAST_A_STREAM_ZRTP,
		     stream->zrtp);
	ok = put_u32(ok, nlh, room, stream->has.turn, SIPFAST_A_STREAM_TURN,
		     stream->turn);
	mnl_attr_nest_end(nlh, nest);
	return ok;
}

int nl_session_put(struct nlmsghdr *nlh, uint32_t room,
		   const struct nl_session *session)
{
	unsigned int i;
	bool ok = true;

	if (session->n_streams > SIPFAST_MAX_STREAMS ||
	    session->n_removes > SIPFAST_MAX_STREAMS)
		return -EINVAL;
	ok = put_u32(ok, nlh, room, session->has.id, SIPFAST_A_SESSION_ID,
		     session->id);
	if (ok && session->has.cookie)
		ok = mnl_attr_put_strz_check(nlh, room,
					     SIPFAST_A_SESSION_COOKIE,
					     session->cookie);
	for (i = 0; i < session->n_streams; i++)
		ok = put_stream(ok, nlh, room, &session->streams[i]);
	for (i = 0; i < session->n_removes; i++)
		ok = put_u32(ok, nlh, room, true,
			     SIPFAST_A_SESSION_STREAM_REMOVE,
			     session->removes[i]);
	ok = put_u32(ok, nlh, room, session->has.lifetime_ms,
		     SIPFAST_A_SESSION_LIFETIME_MS, session->lifetime_ms);
	ok = put_u32(ok, nlh, room, session->has.idle_notify_ms,
		     SIPFAST_A_SESSION_IDLE_NOTIFY_MS,
		     session->idle_notify_ms);
	ok = put_u32(ok, nlh, room, session->has.idle_expire_ms,
		     SIPFAST_A_SESSION_IDLE_EXPIRE_MS,
		     session->idle_expire_ms);
	return ok ? 0 : -EMSGSIZE;
}

static int take_session(void *arg, const struct nlmsghdr *nlh)
{
	return arg ? nl_session_parse(nlh, arg) : 0;
}

static int request(struct nl_genl *genl, uint8_t cmd,
		   const struct nl_session *session, struct nl_session *reply)
{
	struct nlmsghdr *nlh = nl_genl_begin(genl, cmd);
	int err;

	err = nl_session_put(nlh, nl_genl_room(genl), session);
	if (err)
		return nl_genl_refuse(genl, err);
	return nl_genl_request(genl, nlh, take_session, reply);
}

int nl_session_new(struct nl_genl *genl, const struct nl_session *session,
		   struct nl_session *reply)
{
	return request(genl, SIPFAST_CMD_SESSION_NEW, session, reply);
}

int nl_session_set(struct nl_genl *genl, const struct nl_session *session,
		   struct nl_session *reply)
{
	return request(genl, SIPFAST_CMD_SESSION_SET, session, reply);
}

static int request_by_id(struct nl_genl *genl, uint8_t cmd, uint32_t id,
			 struct nl_session *reply)
{
	struct nlmsghdr *nlh = nl_genl_begin(genl, cmd);

	mnl_attr_put_u32(nlh, SIPFAST_A_SESSION_ID, id);
	return nl_genl_request(genl, nlh, take_session, reply);
}

int nl_session_del(struct nl_genl *genl, uint32_t id, struct nl_session *reply)
{
	return request_by_id(genl, SIPFAST_CMD_SESSION_DEL, id, reply);
}

int nl_session_get(struct nl_genl *genl, uint32_t id, struct nl_session *reply)
{
	return request_by_id(genl, SIPFAST_CMD_SESSION_GET, id, reply);
}

struct dump {
	nl_session_fn show;
	void *arg;
};

static int show_session(void *arg, const struct nlmsghdr *nlh)
{
	struct nl_session session;
	struct dump *dump = arg;
	int err;

	err = nl_session_parse(nlh, &session);
	return err ? err : dump->show(dump->arg, &session);
}

int nl_session_dump(struct nl_genl *genl, nl_session_fn show, void *arg)
{
	struct dump dump = { show, arg };

	return nl_genl_dump(genl, SIPFAST_CMD_SESSION_GET, show_session, &dump);
}

int nl_session_flush(struct nl_genl *genl, const char *prefix)
{
	struct nlmsghdr *nlh = nl_genl_begin(genl, SIPFAST_CMD_SESSION_FLUSH);

	if (prefix && !mnl_attr_put_strz_check(nlh, nl_genl_room(genl),
					       SIPFAST_A_SESSION_COOKIE,
					       prefix))
		return nl_genl_refuse(genl, -EMSGSIZE);
	return nl_genl_request(genl, nlh, NULL, NULL);
}
