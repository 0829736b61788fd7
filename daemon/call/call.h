/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls: what their messages mean for media.
 *
 * alg/ shows every message that may carry or end a call's media. A call is
 * found by Call-ID and tags (RFC 3261 section 12), never by addresses. Offers
 * and answers (RFC 3264) become a media plan; the plan is made true in the
 * kernel before the answer leaves, and what a failed offer had changed is
 * rolled back. The verdict says how the SDP of this very message has to look
 * when it leaves.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_H
#define SIPFAST_DAEMON_CALL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "media/media.h"
#include "media/ports.h"
#include "sdp/sdp.h"
#include "sip/msg.h"

struct calls;
struct store;

/** enum call_side - where a message comes from */
enum call_side {
	CALL_LAN,
	CALL_WAN,
};

static inline enum call_side call_other_side(enum call_side side)
{
	return side == CALL_LAN ? CALL_WAN : CALL_LAN;
}

/**
 * enum call_ice - what becomes of ICE (RFC 8839), and of a message's own
 * @CALL_ICE_PASS: it is left alone, and with it the whole SDP
 * @CALL_ICE_ANCHOR: it is taken out on both sides, and media mapped like any
 * @CALL_ICE_INSERT: what a LAN host offers is mapped, and is a candidate, too
 *
 * Never c= and m= without the candidates (sip-alg C9): where not every m-line
 * can be mapped, an SDP with ICE passes whatever is wished.
 */
enum call_ice {
	CALL_ICE_PASS,
	CALL_ICE_ANCHOR,
	CALL_ICE_INSERT,
};

/**
 * struct call_policy - what the configuration says about media
 * @ice: what becomes of ICE
 * @learn: whose media the public ports accept
 * @dscp: DSCP for media, or -1 to keep what comes
 * @is_lan: may this address be mapped? Only LAN hosts' are; any other stays
 *	as it is (sip-alg: never an address that is not ours). @arg is @lan_arg.
 */
struct call_policy {
	enum call_ice ice;
	enum media_learn learn;
	int dscp;
	bool (*is_lan)(void *arg, const struct sockaddr_storage *address);
	void *lan_arg;
};

/**
 * struct call_message - one message of a call on its way through
 * @from: the side it comes from
 * @msg: its index
 * @sdp: its session description, or NULL
 * @endpoint: number of the signalling endpoint it passes; a call holds its
 *	endpoint as long as it lives
 * @public: the address that stands for the LAN side on this way out, as the
 *	world sees it; its port does not matter
 * @local: the same address as this machine has it, where media comes in; NULL
 *	where it is @public, as it is without a 1:1 NAT in front of us
 * @inside: our address as the LAN side has it, where its media is to come to
 *	as well; NULL where the LAN side sends straight to its peer
 * @now_ms: monotonic time
 */
struct call_message {
	enum call_side from;
	const struct sip_msg *msg;
	const struct sdp *sdp;
	uint32_t endpoint;
	const struct sockaddr_storage *public;
	const struct sockaddr_storage *local;
	const struct sockaddr_storage *inside;
	uint64_t now_ms;
};

/** enum call_left - why an m-line stays as it came */
enum call_left {
	CALL_LEFT_REJECTED,	/* port 0: off, or bundled away */
	CALL_LEFT_ICE,		/* its host uses ICE, which we leave alone */
	CALL_LEFT_FOREIGN,	/* its address is no LAN host's (sip-alg C21) */
	CALL_LEFT_PUBLIC,	/* its address is ours already (sip-alg C22) */
	CALL_LEFT_NAMED,	/* its host is a name (sip-alg C3) */
	CALL_LEFT_MULTICAST,	/* or a group (sip-alg C19) */
	CALL_LEFT_FAMILY,	/* of another family (sip-alg C25) */
	CALL_LEFT_RANGED,	/* it wants a block of ports (sip-alg C19) */
	CALL_LEFT_NO_UDP,	/* TCP, MSRP ... (sip-alg C24) */
	CALL_LEFT_HELD,		/* on hold, with no port to keep (sip-alg C4) */
};

/**
 * struct call_place - where one m-line of the message is to point
 * @mapped: false where the m-line stays as it came,
 * @left:	for this reason
 * @rtp: the address and port to write. The address is 0.0.0.0 or :: where the
 *	m-line itself says so (hold, RFC 2543): then only the port is ours.
 * @rtcp: likewise for RTCP, written where the m-line says a=rtcp, or needs to
 *	now because this is not @rtp's port + 1; AF_UNSPEC where it has no RTCP
 */
struct call_place {
	bool mapped;
	enum call_left left;
	struct sockaddr_storage rtp;
	struct sockaddr_storage rtcp;
};

/**
 * struct call_verdict - what becomes of the message
 * @n_places: m-lines judged, the SDP's own number of them, or 0: the SDP stays
 *	as it came, as every one from outside does without @inside
 * @places: one for each m-line
 * @ice: what is to be done to its ICE lines; CALL_ICE_PASS where nothing is, or
 *	where there are none
 */
struct call_verdict {
	unsigned int n_places;
	struct call_place places[SDP_MAX_MEDIA];
	enum call_ice ice;
};

/**
 * struct call_user_ops - what calls ask of the signalling below them
 * @admit: may one more call begin on @endpoint? NULL: any may
 * @hold: a call came to stand on @endpoint
 * @release: a call that stood on @endpoint has ended
 * @has: is there still @endpoint? Asked by calls_restore() alone.
 */
struct call_user_ops {
	bool (*admit)(void *arg, uint32_t endpoint, enum call_side caller);
	void (*hold)(void *arg, uint32_t endpoint);
	void (*release)(void *arg, uint32_t endpoint);
	bool (*has)(void *arg, uint32_t endpoint);
};

/**
 * calls_new() - make the table of calls
 * @policy: copied
 * @media: back end, borrowed
 * @ports: pool, borrowed
 * @ops: copied
 * @arg: for @ops
 *
 * Return: the table, or NULL with errno set.
 */
struct calls *calls_new(const struct call_policy *policy, struct media *media,
			struct media_ports *ports,
			const struct call_user_ops *ops, void *arg);

/**
 * calls_set_store() - tell it where to write what must survive; NULL is nowhere
 *
 * Whoever sends a message has to commit before what it rests on.
 */
void calls_set_store(struct calls *calls, struct store *store);

/**
 * calls_restore() - let the calls in the store come back
 * @calls: the table, with a store and nothing else yet
 * @now_ms: monotonic time
 *
 * After the endpoints that they stand on. Sessions are joined to them by
 * calls_adopt() and calls_resume(), in this order.
 *
 * Return: how many came back.
 */
unsigned int calls_restore(struct calls *calls, uint64_t now_ms);

/**
 * calls_adopt() - the kernel has a session that an earlier daemon made
 * @calls: the table
 * @cookie: its cookie
 * @session: its number
 * @plan: what it does
 *
 * Return: true where a call is there for it; false where it is nobody's.
 */
bool calls_adopt(struct calls *calls, const char *cookie, uint32_t session,
		 const struct media_plan *plan);

/**
 * calls_resume() - see to it that every call has the media that it agreed on
 *
 * A session that is as it should be is not touched.
 *
 * Return: how many sessions had to be made, because they were gone.
 */
unsigned int calls_resume(struct calls *calls, uint64_t now_ms);

/** calls_keep_all() - after store_begin_anew(): put everything */
void calls_keep_all(struct calls *calls);

/**
 * calls_free() - end the table
 * @calls: the table
 * @keep: leave the kernel's sessions running, and the calls in the store (the
 *	daemon is to be restarted)
 */
void calls_free(struct calls *calls, bool keep);

/**
 * call_message() - let a message take effect
 * @calls: the table
 * @message: the message
 * @verdict: filled in
 *
 * Knows INVITE, ACK, PRACK, UPDATE, BYE, CANCEL and their responses; any other
 * method has no effect and no places (sip-alg C20).
 *
 * Return: 0, and the message may leave as @verdict says; -ENOSPC where no port
 * or no room is left for an offer (503), -EDQUOT where no call more may begin
 * there (503), -errno where the kernel refused it. A
 * request that failed has changed nothing, and when it comes again it is as new.
 * A response or an ACK cannot be refused: it may leave as @verdict says even
 * then, and what it says holds. What failed is tried again when it comes again;
 * what the kernel refused, by calls_expire() as well.
 */
int call_message(struct calls *calls, const struct call_message *message,
		 struct call_verdict *verdict);

/**
 * call_withdraw() - a request that took effect will not leave after all
 *
 * Its offer is as if it had not been made; a call that began with it ends.
 */
void call_withdraw(struct calls *calls, const struct call_message *message);

/**
 * call_is_dialog() - does this message belong to a call that we know?
 *
 * Call-ID and tags have to match; alg/ lets such a message in whoever sends it.
 */
bool call_is_dialog(struct calls *calls, const struct sip_msg *msg);

/**
 * calls_expire() - end what has run out
 * @now_ms: monotonic time
 *
 * Calls whose BYE was never answered, INVITEs that never were, dialogs whose
 * session the kernel has ended. What the kernel has refused is tried again. To
 * be called about once a second.
 */
void calls_expire(struct calls *calls, uint64_t now_ms);

/**
 * calls_session_ended() - the kernel has ended a session by itself
 * @session: its number
 *
 * Return: true where a call stood on it, which will end soon; false where it was
 * none of ours, but perhaps an earlier daemon's.
 */
bool calls_session_ended(struct calls *calls, uint32_t session);

/**
 * calls_leave() - an address of ours is gone
 * @local: the address, as messages had it; its port does not matter
 * @now_ms: monotonic time
 *
 * Every call on this way out ends, and gives its endpoint back.
 */
void calls_leave(struct calls *calls, const struct sockaddr_storage *local,
		 uint64_t now_ms);

/**
 * struct call_view - a call as a person is shown it
 * @call_id: its Call-ID
 * @from_uri: who calls
 * @to_uri: who is called
 * @state: "calling", "ringing", "up", "ending"
 * @caller: the side that called
 * @endpoint: number of its signalling endpoint
 * @session: the kernel's number for its media, or 0
 * @age_ms: how long ago it began
 * @ice: its LAN host uses ICE, so its media was left alone
 * @plan: its media; its streams go without figures where @n_figures is 0
 * @n_figures: how many of @figures count
 * @figures: what the streams have carried
 *
 * All pointers are borrowed for the time of the callback.
 */
struct call_view {
	const char *call_id;
	const char *from_uri;
	const char *to_uri;
	const char *state;
	enum call_side caller;
	uint32_t endpoint;
	uint32_t session;
	uint64_t age_ms;
	bool ice;
	const struct media_plan *plan;
	unsigned int n_figures;
	const struct media_stream_figures *figures;
};

/** calls_each() - show every call; the figures are asked of the kernel */
void calls_each(struct calls *calls, uint64_t now_ms,
		void (*show)(void *arg, const struct call_view *view),
		void *arg);

/**
 * calls_each_session() - show the session of every call that has one
 *
 * Asks the kernel nothing. The calls must not change meanwhile.
 */
void calls_each_session(struct calls *calls,
			void (*show)(void *arg, uint32_t session), void *arg);

/** calls_count() - how many calls there are */
unsigned int calls_count(const struct calls *calls);

#endif
