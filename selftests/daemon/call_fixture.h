/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stage for calls: a table of calls over a pool of ports and a media back end
 * that only records what it is asked for (a double: no packet moves here), and a
 * way to speak SIP to it, message by message.
 *
 *	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
 *	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .sdp = audio(PEER, 50000) });
 *	assert_int_equal(the_session(f)->plan.n_streams, 2);
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_SELFTESTS_CALL_FIXTURE_H
#define SIPFAST_SELFTESTS_CALL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call/call.h"
#include "store/store.h"

#define PHONE "192.168.1.10"
#define OTHER_PHONE "192.168.1.11"
#define GATEWAY "203.0.113.1"
#define PEER "203.0.113.10"
#define OTHER_PEER "203.0.113.20"

#define PORT_MIN 30000
#define PORT_MAX 30199

#define MAX_SESSIONS 16
#define MAX_ENDPOINTS 8

/** struct session - what the double believes to run in the kernel */
struct session {
	uint32_t id;
	char cookie[MEDIA_COOKIE_LEN + 1];
	struct media_plan plan;
};

/**
 * struct fixture - the stage
 * @fail: errno of the next @n_fails sessions to be made or changed, and of the
 *	next @n_keeps to be removed
 * @held: calls that hold each endpoint
 * @ice: what becomes of ICE
 * @inside: our address inside, where media = anchor-both; else NULL
 * @store: where calls are written, or NULL,
 * @dir:	in this directory
 * @restarts: "always": after each message; "once": when the test says
 * @n_made: sessions that the last restart had to make again
 * @gone: an endpoint that does not come back, or 0
 * @verdict: of the last message
 */
struct fixture {
	struct calls *calls;
	struct media media;
	struct media_ports *ports;
	uint64_t now_ms;
	unsigned int n_sessions;
	struct session sessions[MAX_SESSIONS];
	uint32_t last_session;
	unsigned int n_installs;
	unsigned int n_updates;
	unsigned int n_removes;
	int fail;
	unsigned int n_fails;
	unsigned int n_keeps;
	int held[MAX_ENDPOINTS];
	enum call_ice ice;
	const char *inside;
	struct store *store;
	char dir[64];
	const char *restarts;
	unsigned int n_made;
	uint32_t gone;
	struct call_verdict verdict;
};

/**
 * struct words - one message
 * @method: of the request, or of that which is answered
 * @from: the side it comes from
 * @status: of a response; 0 is a request
 * @call_id: "call" unless given
 * @caller: From tag, "a" unless given
 * @to: To tag; none unless given
 * @cseq: 1 unless given
 * @branch: made of method and CSeq unless given
 * @more: further header lines, each with its CRLF
 * @sdp: body, or NULL
 * @endpoint: 1 unless given
 */
struct words {
	const char *method;
	enum call_side from;
	unsigned int status;
	const char *call_id;
	const char *caller;
	const char *to;
	unsigned int cseq;
	const char *branch;
	const char *more;
	const char *sdp;
	uint32_t endpoint;
};

#define RELIABLE "Require: 100rel\r\nRSeq: 1\r\n"

/** fixture_setup() - an empty stage */
int fixture_setup(void **state);

/** fixture_setup_ice() - likewise, by this policy for ICE */
int fixture_setup_ice(void **state, enum call_ice ice);
/** fixture_setup_kept() - likewise, with a store */
int fixture_setup_kept(void **state);

/** restart() - the daemon is killed, the kernel goes on, the next daemon begins */
void restart(struct fixture *f);

/** fixture_teardown() - ends it, and fails where anything has been left behind */
int fixture_teardown(void **state);

/** say() - let a message take effect; Return: what call_message() does */
#define say(f, ...) fixture_say(f, &(struct words)__VA_ARGS__)
int fixture_say(struct fixture *f, const struct words *words);

/** is_dialog() - what call_is_dialog() says of a message */
#define is_dialog(f, ...) fixture_is_dialog(f, &(struct words)__VA_ARGS__)
bool fixture_is_dialog(struct fixture *f, const struct words *words);

/** sdp() - a description with one c= at session level and these further lines */
const char *sdp(const char *host, const char *lines);

/** audio() - a description with one RTP stream */
const char *audio(const char *host, unsigned int port);

/** later() - time goes by, and the table is told */
void later(struct fixture *f, uint64_t ms);

/** the_session() - the only one there is; fails where there are none or more */
struct session *the_session(struct fixture *f);

/** port_of() - the port of a socket address, or of a media_address */
uint16_t port_of(const void *address);

/** host_is() - is this its address? */
bool host_is(const void *address, const char *host);

/**
 * place() - the public port that m-line number @line is to point to
 *
 * Fails where it is not mapped to the gateway.
 */
uint16_t place(struct fixture *f, unsigned int line);

/** place_rtcp() - likewise of its RTCP */
uint16_t place_rtcp(struct fixture *f, unsigned int line);

/** assert_left_alone() - the last message's SDP leaves as it came */
void assert_left_alone(struct fixture *f);

/** assert_talks() - the only session's stream number @index relays just this */
void assert_talks(struct fixture *f, unsigned int index, const char *lan,
		  uint16_t lan_port, uint16_t public_port, const char *remote,
		  uint16_t remote_port);

/** set_up() - a call of the phone's, answered; Return: its public port */
uint16_t set_up(struct fixture *f);

/** hang_up() - and its end, by the phone */
void hang_up(struct fixture *f);

#endif
