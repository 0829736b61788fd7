/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stage for the ALG: phones and a provider that hand it datagrams, and see
 * what comes out on the other side, byte by byte.
 *
 *	const char *in = message("OPTIONS ...", "Via: ...", NULL);
 *	phone_sends(b, P, S, in);
 *	assert_left(b, G, S, with(in, "192.168.1.10:5060", "203.0.113.1:5060"));
 *
 * sip/, sdp/ and call/ are the real ones. The sockets and the kernel's media are
 * doubles that record: real sockets are tried by the network selftests.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_SELFTESTS_ALG_BENCH_H
#define SIPFAST_SELFTESTS_ALG_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alg/alg.h"
#include "call/call.h"
#include "store/store.h"

/* The cast of sip-alg.md: phones, our gateway, a provider, somebody else */
#define P "192.168.1.10:5060"
#define P2 "192.168.1.10:5061"
#define Q "192.168.1.11:5060"
#define G "203.0.113.1:5060"
#define S "203.0.113.10:5060"
#define T "203.0.113.20:5060"

/* Behind another WAN, whose address is G2; and one that is behind no WAN */
#define G2 "192.0.2.1:5060"
#define U "192.0.2.10:5060"
#define VPN "10.9.0.10:5060"

/* The same over IPv6 */
#define P6 "[fd00:1::10]:5060"
#define Q6 "[fd00:1::11]:5060"
#define G6 "[2001:db8:1::1]:5060"
#define S6 "[2001:db8:1::10]:5060"

/* Room for any of them */
#define SPEC_LEN 64

/* The pool of public signalling ports */
#define POOL_MIN 6000
#define POOL_MAX 6003

#define MAX_SENT 64
#define MAX_TEXTS 256
#define MAX_BUSY 16

/**
 * struct sent - a datagram that has left
 * @to_phone: to a phone, as @src; else from the public port @src
 * @borrowed: by udp_send_as(), in a name that is not ours
 */
struct sent {
	bool to_phone;
	bool borrowed;
	char src[SPEC_LEN];
	char dst[SPEC_LEN];
	uint8_t tos;
	char *data;
	size_t len;
};

/**
 * struct bench - the stage
 * @now_ms: what time it is
 * @advertised: what the world sees instead of G's address, or NULL
 * @moved: what G has become, or NULL
 * @open_error: what opening any public port fails with, or 0
 * @busy: public ports that somebody else has,
 * @n_busy:	so many
 * @n_open: public ports that are open
 * @diverted: to whom phones answer, as was said last
 * @media_error: what the kernel refuses sessions with, or 0
 * @n_sessions: sessions in the kernel
 * @n_all: how many datagrams have left, and
 * @is_crowded:	no more than that is to be known of them
 * @policy: what the rooms were opened with,
 * @n_pairs:	and so many pairs of media ports,
 * @ice:	and this for ICE
 * @store: where what must survive is written, or NULL,
 * @dir:	in this directory,
 * @n_restarts:	after so many restarts
 * @sent: what has left,
 * @n_sent:	so much,
 * @n_seen:	and so much of it has been looked at
 */
struct bench {
	struct alg *alg;
	struct calls *calls;
	struct media media;
	struct media_ports *ports;
	uint64_t now_ms;
	const char *advertised;
	const char *moved;
	int open_error;
	uint16_t busy[MAX_BUSY];
	unsigned int n_busy;
	struct udp_socket *sockets;
	unsigned int n_open;
	struct sockaddr_storage diverted;
	int media_error;
	unsigned int n_sessions;
	unsigned int n_all;
	bool is_crowded;
	struct alg_policy policy;
	unsigned int n_pairs;
	enum call_ice ice;
	struct store *store;
	char dir[64];
	unsigned int n_restarts;
	struct sent sent[MAX_SENT];
	unsigned int n_sent;
	unsigned int n_seen;
	char *texts[MAX_TEXTS];
	unsigned int n_texts;
};

/** bench_setup() - an empty stage: known peers only, 100 pairs of media ports */
int bench_setup(void **state);

/** bench_setup_with() - likewise, by this policy and with so many pairs */
int bench_setup_with(void **state, const struct alg_policy *policy,
		     unsigned int n_pairs);

/** bench_setup_ice() - as bench_setup(), with this policy for ICE */
int bench_setup_ice(void **state, enum call_ice ice);
/** bench_setup_kept() - as bench_setup(), with a store */
int bench_setup_kept(void **state);

/**
 * restart() - the daemon is killed, and the next one begins
 *
 * It finds in the store what was there when the last message left, or later() came
 * to its end.
 */
void restart(struct bench *b);

/** write_anew() - everything into the store */
void write_anew(struct bench *b);

/** bench_teardown() - ends it; fails where anything is left open */
int bench_teardown(void **state);

/** bench_policy() - what bench_setup() uses */
struct alg_policy bench_policy(void);

/** message() - lines, each with CRLF, up to a NULL, and the empty line */
const char *message(const char *line, ...) __attribute__((sentinel));

/** body() - a message with this body, whose length it tells */
const char *body(const char *msg, const char *type, const char *bytes);

/** kept() - @made, allocated, lives as long as the stage */
char *kept(char *made);

/** text() - a text made by printf's rules; lives as long as the stage */
const char *text(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/** with() - @whole with @old, which stands there once, replaced */
const char *with(const char *whole, const char *old, const char *new);

/** response() - answer @request with @status, with these lines after Via...CSeq */
const char *response(const char *request, const char *status,
		     const char *lines);

/** phone_sends() - a datagram of the phone at @src arrives, meant for @dst */
void phone_sends(struct bench *b, const char *src, const char *dst,
		 const char *msg);
void phone_sends_bytes(struct bench *b, const char *src, const char *dst,
		       const void *bytes, size_t len);

/** world_sends() - a datagram from outside arrives at the public port @dst */
void world_sends(struct bench *b, const char *src, const char *dst,
		 const char *msg);
void world_sends_bytes(struct bench *b, const char *src, const char *dst,
		       const void *bytes, size_t len);

/** assert_left() - the next one left public port @src for @dst, just so */
void assert_left(struct bench *b, const char *src, const char *dst,
		 const char *msg);

/** assert_reached() - the next one was sent to the phone @dst as @src, just so */
void assert_reached(struct bench *b, const char *src, const char *dst,
		    const char *msg);

/** next_sent() - the next one, whatever it is; fails where there is none */
const struct sent *next_sent(struct bench *b);

/** assert_silent() - nothing has left that was not looked at */
void assert_silent(struct bench *b);

/** forwarded() - what became of the message that the phone at @src sends */
const char *forwarded(struct bench *b, const char *src, const char *dst,
		      const char *msg);

/** delivered() - what became of the message that comes from outside */
const char *delivered(struct bench *b, const char *src, const char *dst,
		      const char *msg);

/** later() - time goes by, in steps of a second, and the ALG is told */
void later(struct bench *b, uint64_t ms);

/** counter() - so many times this has happened */
#define counter(b, name) (alg_counters((b)->alg)->name)

/** n_endpoints() - how many there are */
unsigned int n_endpoints(struct bench *b);

/** endpoint_of() - what is shown of the phone at @lan; fails where it is none */
struct alg_endpoint_view endpoint_of(struct bench *b, const char *lan);

/** leases_of() - "kind what seconds", one a line, of the phone at @lan */
const char *leases_of(struct bench *b, const char *lan);

/** public_of() - the public port that stands for @lan, as "address:port" */
const char *public_of(struct bench *b, const char *lan);

#endif
