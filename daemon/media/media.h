/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a call asks of whoever moves its media.
 *
 * call/ decides (RFC 3264) and says so in a media plan: which LAN transport is
 * to be reached at which public one, and which remote transport it talks to.
 * A back end behind struct media_ops makes it true; kernel.c is the one that
 * hands plans to sipfast.ko. Nothing here knows SIP, nothing here knows netlink.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_MEDIA_H
#define SIPFAST_DAEMON_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#include "media/address.h"

/** Most transports in one plan: the module's streams per session. */
#define MEDIA_MAX_STREAMS 16

/** Longest cookie, without its NUL; what SIPFAST_COOKIE_LEN allows. */
#define MEDIA_COOKIE_LEN 64

/** What every cookie of ours begins with, so that a later daemon knows them. */
#define MEDIA_COOKIE_PREFIX "sipfastd:"

/** In the id of a stream that is relayed on both sides: another than without. */
#define MEDIA_ID_RELAY 0x80

/** enum media_kind - what a transport carries (uapi SIPFAST_KIND_*) */
enum media_kind {
	MEDIA_RTP,
	MEDIA_RTCP,
	MEDIA_OPAQUE,
};

/** enum media_learn - who may send to the public transport (RFC 7362) */
enum media_learn {
	MEDIA_LEARN_EXACT,
	MEDIA_LEARN_SAME_ADDRESS,
	MEDIA_LEARN_ONCE,
};

/**
 * struct media_stream - one transport between a LAN host and its peer
 * @id:		the call's number for it, unique in the plan and stable over
 *		offers: m-line index * 4, plus 1 for RTCP, plus 2 for what is
 *		not RTP, plus MEDIA_ID_RELAY where @inside is set; so a stream
 *		of one id never changes its kind or rule
 * @kind:	what it carries
 * @lan:	the LAN host's transport address, from its SDP
 * @public:	ours, which stands for @lan in the SDP that leaves
 * @remote:	the peer's transport address, from its SDP
 * @inside:	ours, which stands for @remote in the SDP that the LAN host
 *		sees; none where that names @remote itself
 * @learn:	whose packets @public accepts
 * @dscp:	DSCP for both directions, or -1 to keep what comes
 */
struct media_stream {
	uint8_t id;
	enum media_kind kind;
	union media_address lan;
	union media_address public;
	union media_address remote;
	union media_address inside;
	enum media_learn learn;
	int dscp;
};

/**
 * struct media_plan - the transports of one call, as its last answer left them
 * @n_streams:	how many of @streams count
 * @streams:	in the order of their m-lines
 */
struct media_plan {
	unsigned int n_streams;
	struct media_stream streams[MEDIA_MAX_STREAMS];
};

/**
 * struct media_figures - what one direction of a stream has carried
 * @packets:	packets relayed
 * @bytes:	UDP payload bytes relayed
 * @lost:	RTP packets missing (RFC 3550 A.3), may be negative
 * @jitter:	interarrival jitter in RTP timestamp units (RFC 3550 A.8)
 * @dropped:	packets refused
 */
struct media_figures {
	uint64_t packets;
	uint64_t bytes;
	int64_t lost;
	uint32_t jitter;
	uint64_t dropped;
};

/** struct media_stream_figures - both directions of the stream called @id */
struct media_stream_figures {
	uint8_t id;
	struct media_figures from_lan;
	struct media_figures from_wan;
};

/**
 * struct media_ops - a back end
 *
 * All calls are synchronous: when they return 0 the first packet will be
 * relayed. They return -errno on failure and leave things as they were.
 *
 * @install:	make a session for @plan. @cookie (NUL-terminated) marks it, so
 *		that a later daemon knows it again. *@session gets its number.
 * @update:	change @session from @old to @plan: what is in both is kept,
 *		running. A changed remote opens learning anew.
 * @remove:	end @session. -ENOENT where it is gone already.
 * @figures:	fill @out (room for MEDIA_MAX_STREAMS) with what @session has
 *		carried; returns how many, or -errno.
 */
struct media_ops {
	int (*install)(void *backend, const char *cookie,
		       const struct media_plan *plan, uint32_t *session);
	int (*update)(void *backend, uint32_t session,
		      const struct media_plan *old,
		      const struct media_plan *plan);
	int (*remove)(void *backend, uint32_t session);
	int (*figures)(void *backend, uint32_t session,
		       struct media_stream_figures *out);
};

/** media_stream_equal() - do both describe the same relaying? */
bool media_stream_equal(const struct media_stream *one,
			const struct media_stream *other);

/** media_plan_find() - the stream called @id, or NULL */
const struct media_stream *media_plan_find(const struct media_plan *plan,
					   uint8_t id);

/** media_plan_equal() - the same streams? */
bool media_plan_equal(const struct media_plan *one,
		      const struct media_plan *other);

/** struct media - a back end and its state, as call/ holds it */
struct media {
	const struct media_ops *ops;
	void *backend;
};

#endif
