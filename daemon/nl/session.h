/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sessions of sipfast.ko as plain structs.
 *
 * The structs are the attribute sets of the YAML, field by field; its doc:
 * lines say what each means. Each has a `has`, which says what of it is given:
 * a request carries just that, so session-set changes nothing else, and in a
 * reply it says what the module told. Zeroed memory is an empty request.
 *
 *	struct nl_session session = { .has.cookie = true, .n_streams = 1 };
 *	struct nl_side *b = &session.streams[0].b;
 *
 *	b->remote = nl_endpoint_from(&peer);
 *	b->has.remote = true;
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_SESSION_H
#define SIPFAST_DAEMON_NL_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/sipfast.h>

#include "nl/endpoint.h"

struct nl_genl;
struct nlmsghdr;

/** struct nl_flow_stats - what came from one side; replies only */
struct nl_flow_stats {
	struct {
		bool last_seen_ms : 1;
		bool ssrc : 1;
		bool round_trip_us : 1;
	} has;
	uint64_t packets;
	uint64_t bytes;
	uint64_t rtp_packets;
	uint64_t rtcp_packets;
	int64_t lost;
	uint64_t reordered;
	uint64_t duplicates;
	uint32_t jitter;
	uint32_t ssrc;
	uint32_t ssrc_changes;
	uint8_t payload_type;
	uint8_t dscp;
	uint64_t last_seen_ms;
	uint64_t dropped;
	uint32_t round_trip_us;
};

/** struct nl_side - one of the two sides of a stream */
struct nl_side {
	struct {
		bool local : 1;
		bool remote : 1;
		bool learn : 1;
		bool learn_window_ms : 1;
		bool learned : 1;
		bool dscp : 1;
		bool mark : 1;
		bool ifindex : 1;
		bool rate_packets : 1;
		bool rate_bytes : 1;
		bool stats : 1;
	} has;
	struct nl_endpoint local;
	struct nl_endpoint remote;
	enum sipfast_learn learn;
	uint32_t learn_window_ms;
	struct nl_endpoint learned;
	uint8_t dscp;
	uint32_t mark;
	uint32_t ifindex;
	uint32_t rate_packets;
	uint32_t rate_bytes;
	struct nl_flow_stats stats;
};

/** struct nl_stream - one relayed transport; a and b are given if not empty */
struct nl_stream {
	struct {
		bool id : 1;
		bool rule : 1;
		bool kind : 1;
		bool stun : 1;
		bool dtls : 1;
		bool zrtp : 1;
		bool turn : 1;
	} has;
	uint32_t id;
	enum sipfast_rule rule;
	enum sipfast_kind kind;
	struct nl_side a;
	struct nl_side b;
	enum sipfast_disposition stun;
	enum sipfast_disposition dtls;
	enum sipfast_disposition zrtp;
	enum sipfast_disposition turn;
};

/*
 * struct nl_session - one call's media
 *
 * @n_streams says how many of @streams are given, @n_removes how many of
 * @removes, ids of streams to be removed.
 */
struct nl_session {
	struct {
		bool id : 1;
		bool cookie : 1;
		bool lifetime_ms : 1;
		bool idle_notify_ms : 1;
		bool idle_expire_ms : 1;
		bool age_ms : 1;
		bool idle_ms : 1;
		bool end_reason : 1;
	} has;
	uint32_t id;
	char cookie[SIPFAST_COOKIE_LEN + 1];
	unsigned int n_streams;
	struct nl_stream streams[SIPFAST_MAX_STREAMS];
	unsigned int n_removes;
	uint32_t removes[SIPFAST_MAX_STREAMS];
	uint32_t lifetime_ms;
	uint32_t idle_notify_ms;
	uint32_t idle_expire_ms;
	uint64_t age_ms;
	uint64_t idle_ms;
	enum sipfast_end_reason end_reason;
};

/**
 * typedef nl_session_fn - takes one session of a dump
 * @arg: as given with the dump
 * @session: the session; valid for the time of the call
 *
 * Return: 0, or -errno, which ends the dump with that.
 */
typedef int (*nl_session_fn)(void *arg, const struct nl_session *session);

/**
 * nl_session_new() - make a session
 * @genl: socket
 * @session: what it shall be; without id
 * @reply: gets it as the module made it, id and all; may be NULL, and may be
 *	@session itself
 *
 * Return: 0; -EEXIST where a stream's key is taken; -ENOSPC where the table is
 * full; -EOPNOTSUPP; another -errno. nl_error() tells more.
 */
int nl_session_new(struct nl_genl *genl, const struct nl_session *session,
		   struct nl_session *reply);

/**
 * nl_session_set() - change a session in what is given
 * @genl: socket
 * @session: id, and what shall be different
 * @reply: gets it as it is now; may be NULL, and may be @session itself
 *
 * Return: 0; -ENOENT where there is no such session; another -errno.
 */
int nl_session_set(struct nl_genl *genl, const struct nl_session *session,
		   struct nl_session *reply);

/**
 * nl_session_del() - end a session
 * @genl: socket
 * @id: its number
 * @reply: gets its last figures; may be NULL
 *
 * Return: 0; -ENOENT where there is no such session; another -errno.
 */
int nl_session_del(struct nl_genl *genl, uint32_t id,
		   struct nl_session *reply);

/**
 * nl_session_get() - look at a session
 * @genl: socket
 * @id: its number
 * @reply: gets it
 *
 * Return: 0; -ENOENT where there is no such session; another -errno.
 */
int nl_session_get(struct nl_genl *genl, uint32_t id,
		   struct nl_session *reply);

/**
 * nl_session_dump() - look at all sessions
 * @genl: socket
 * @show: called for each; may make requests on @genl
 * @arg: for @show
 *
 * Return: 0; 1 where it was disturbed (nl_genl_dump()); -errno.
 */
int nl_session_dump(struct nl_genl *genl, nl_session_fn show, void *arg);

/**
 * nl_session_flush() - end many sessions
 * @genl: socket
 * @prefix: those whose cookie begins so; NULL is all of the netns
 *
 * Return: 0, or -errno.
 */
int nl_session_flush(struct nl_genl *genl, const char *prefix);

/**
 * nl_session_put() - add what is given of a session to a message
 * @nlh: message
 * @room: bytes that the message may have
 * @session: session
 *
 * Return: 0; -EINVAL where a count is out of range; -EMSGSIZE.
 */
int nl_session_put(struct nlmsghdr *nlh, uint32_t room,
		   const struct nl_session *session);

/**
 * nl_session_parse() - read a session from a message
 * @nlh: reply or notification
 * @session: filled in; what is unknown in @nlh is passed over
 *
 * Return: 0, or -EBADMSG.
 */
int nl_session_parse(const struct nlmsghdr *nlh, struct nl_session *session);

#endif
