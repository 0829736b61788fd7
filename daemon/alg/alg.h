/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mode A: the transparent SIP ALG.
 *
 * Phones believe that they talk to their server, the server that it talks to
 * hosts of this gateway. The ALG adds no hop: no Via, no Record-Route, no
 * Max-Forwards change. It rewrites, in place, the addresses that it stands for,
 * and nothing else.
 *
 *   phone --message--> alg_from_lan()           request.c, response.c
 *                         endpoint.c: whose is it, which public port stands for it
 *                         via.c:      whose answers come back where
 *                         headers.c:  which values name a phone, and their twins
 *                         body.c:     what call/ makes of its SDP
 *                       --> server, from the endpoint's public socket
 *   server --message--> alg_from_wan()  the mirror image
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_H
#define SIPFAST_DAEMON_ALG_H

#include <stdbool.h>
#include <stdint.h>

#include "alg/address.h"
#include "alg/counters.h"
#include "transport/tcp.h"
#include "transport/udp.h"

struct alg;
struct alg_endpoint;
struct calls;
struct store;

/**
 * struct alg_egress - the address of ours by which a message leaves
 * @public: what we send from and listen on; its port is 0
 * @advertised: what the world sees; @public unless a 1:1 NAT is in front of us
 */
struct alg_egress {
	struct alg_address public;
	struct alg_address advertised;
};

/**
 * struct alg_limits - how much one host may ask of us; none of it is 0
 * @messages: messages a second of one LAN host,
 * @messages_burst:	and so many at once
 * @calls: calls a second that one LAN host may begin,
 * @calls_burst:	and so many at once
 * @max_endpoints: endpoints of one LAN host
 * @max_calls: calls of one LAN host at a time
 * @strangers: messages a second of one host outside that no phone has written to
 */
struct alg_limits {
	uint32_t messages;
	uint32_t messages_burst;
	uint32_t calls;
	uint32_t calls_burst;
	uint32_t max_endpoints;
	uint32_t max_calls;
	uint32_t strangers;
};

/**
 * struct alg_policy - what the configuration says about signalling
 * @min_port: pool of public signalling ports,
 * @max_port:	both in it
 * @inbound_any: let requests in from anybody; otherwise only from those that
 *	the endpoint has sent SIP to, and inside dialogs
 * @n_sip_ports: how many of
 * @sip_ports:	ports at which phones' SIP is awaited; borrowed
 * @limits: how much one host may ask of us
 * @is_lan: is this an address of ours inside? @arg is @lan_arg.
 * @auth_int_bypass: a body that credentials hold for (qop=auth-int) stays as it is
 * @inside: our address as the phone at @lan has it, where its media is to come to
 *	as well (media = anchor-both); false where there is none. NULL: phones
 *	send media straight to their peers. @arg is @lan_arg.
 */
struct alg_policy {
	uint16_t min_port;
	uint16_t max_port;
	bool inbound_any;
	bool auth_int_bypass;
	unsigned int n_sip_ports;
	const uint16_t *sip_ports;
	struct alg_limits limits;
	bool (*is_lan)(void *arg, const struct sockaddr_storage *address);
	bool (*inside)(void *arg, const struct sockaddr_storage *lan,
		       struct sockaddr_storage *inside);
	void *lan_arg;
};

/** union alg_socket - what is open at a public port, by transport */
union alg_socket {
	struct udp_socket *udp;
	struct tcp_listener *tcp;
};

/**
 * struct alg_ops - what the ALG asks of the machine
 *
 * @open: make @local ours: a public socket that calls alg_from_wan() for
 *	@endpoint, or a listener that calls alg_stream_opened(); its number in
 *	the nft set of ports in use, and a pinhole in the module that lets what
 *	comes there past the input chain. *@socket gets the socket, *@pinhole
 *	the pinhole's id. -EADDRINUSE: take another port, this one is somebody
 *	else's or set aside for something else.
 * @close: undo it
 * @egress: by which address does what @phone sends to @server leave? Always one
 *	of their own family. False: by none that we serve.
 * @divert: a phone is going to answer to @peer, over UDP: what phones send there is
 *	to come to alg_from_lan(), even if that port is none of the SIP ports
 * @now_ms: monotonic time
 */
struct alg_ops {
	int (*open)(void *arg, struct alg_endpoint *endpoint,
		    enum transport transport,
		    const struct sockaddr_storage *local,
		    union alg_socket *socket, uint32_t *pinhole);
	void (*close)(void *arg, enum transport transport,
		      const struct sockaddr_storage *local,
		      union alg_socket socket, uint32_t pinhole);
	bool (*egress)(void *arg, const struct sockaddr_storage *phone,
		       const struct sockaddr_storage *server,
		       struct alg_egress *egress);
	void (*divert)(void *arg, const struct sockaddr_storage *peer);
	uint64_t (*now_ms)(void *arg);
};

/**
 * alg_new() - make the ALG
 * @policy: copied
 * @ops: copied
 * @arg: for @ops
 *
 * Return: the ALG, or NULL with errno set.
 */
struct alg *alg_new(const struct alg_policy *policy, const struct alg_ops *ops,
		    void *arg);

/** alg_set_calls() - tell it where calls are kept; before the first message */
void alg_set_calls(struct alg *alg, struct calls *calls);

/** alg_set_store() - tell it where to write what must survive; NULL is nowhere */
void alg_set_store(struct alg *alg, struct store *store);

/**
 * alg_restore() - let the endpoints in the store come back
 *
 * To be called once, after alg_set_store() and before the first message; what it
 * has found is to be written anew then, with alg_keep_all(). What has run out
 * meanwhile is left out.
 *
 * Return: how many came back.
 */
unsigned int alg_restore(struct alg *alg);

/** alg_keep_all() - after store_begin_anew(): put everything */
void alg_keep_all(struct alg *alg);

/**
 * alg_commit() - write what has changed, in calls as well
 *
 * Done before anything is sent; beyond that after alg_expire() and its like.
 */
void alg_commit(struct alg *alg);

/** alg_free() - end the ALG and every endpoint; the store keeps them */
void alg_free(struct alg *alg);

/** alg_from_lan() - a diverted message of a phone */
void alg_from_lan(struct alg *alg, const struct message *message);

/** alg_from_wan() - a message that came to the public socket of @endpoint */
void alg_from_wan(struct alg *alg, struct alg_endpoint *endpoint,
		  const struct message *message);

/** alg_stream_opened() - somebody outside has connected to @endpoint's port */
void alg_stream_opened(struct alg *alg, struct tcp_flow *flow,
		       struct alg_endpoint *endpoint);

/** alg_stream_message() - a message has come on side @from of a flow */
void alg_stream_message(struct alg *alg, enum tcp_side from,
			const struct message *message);

/** alg_stream_closed() - a flow that was somebody's is no more */
void alg_stream_closed(struct alg *alg, struct tcp_flow *flow);

/** alg_stream_is_needed() - may something still come on this flow? */
bool alg_stream_is_needed(struct alg *alg, struct tcp_flow *flow);

/** alg_admit() - struct call_user_ops.admit: may one more call begin there? */
bool alg_admit(struct alg *alg, uint32_t id, bool from_lan);

/** alg_hold() - struct call_user_ops.hold: a call stands on endpoint @id */
void alg_hold(struct alg *alg, uint32_t id);

/** alg_release() - struct call_user_ops.release */
void alg_release(struct alg *alg, uint32_t id);

/** alg_has() - struct call_user_ops.has: is there endpoint @id? */
bool alg_has(struct alg *alg, uint32_t id);

/**
 * alg_leave() - an address of ours is gone: close every port at it
 * @public: the address; its port does not matter
 *
 * Calls that stand on these ports have to be ended before.
 */
void alg_leave(struct alg *alg, const struct sockaddr_storage *public);

/**
 * alg_move() - an address of ours has become another one
 * @alg: the ALG
 * @public: what it was; its port does not matter
 * @egress: what it is
 *
 * Phones keep their public ports, and whatever they have leased, at the new address
 * (sip-alg D13). A port that is not to be had there is closed. Calls that stand on
 * these ports have to be ended before.
 */
void alg_move(struct alg *alg, const struct sockaddr_storage *public,
	      const struct alg_egress *egress);

/** alg_expire() - end leases, branches and endpoints that have run out */
void alg_expire(struct alg *alg, uint64_t now_ms);

/**
 * struct alg_lease_view - why an endpoint is kept
 * @kind: "registration", "subscription"
 * @what: address-of-record or event package
 * @left_s: seconds to go
 */
struct alg_lease_view {
	const char *kind;
	const char *what;
	uint32_t left_s;
};

/** struct alg_endpoint_view - an endpoint as a person is shown it */
struct alg_endpoint_view {
	uint32_t id;
	enum transport transport;
	const struct sockaddr_storage *lan;
	const struct sockaddr_storage *public;
	unsigned int n_calls;
	unsigned int n_leases;
	const struct alg_lease_view *leases;
	uint64_t from_lan;
	uint64_t from_wan;
	uint64_t idle_ms;
};

/** alg_each_endpoint() - show every endpoint; pointers live for the callback */
void alg_each_endpoint(struct alg *alg,
		       void (*show)(void *arg,
				    const struct alg_endpoint_view *view),
		       void *arg);

/**
 * struct alg_entry_view - one thing that was changed or left alone
 * @age_ms: how long ago
 * @endpoint: number of the phone's endpoint
 * @out: in a message that went out, else in
 * @message: "INVITE", "200 to INVITE"
 * @where: "Contact", "m=audio", "Request-URI"; "" for the whole message
 * @from: the bytes that came; long ones end in three dots
 * @to: those that left, or NULL where nothing was changed
 * @reason: name of the counter
 * @why: the reason, for a person
 *
 * The texts are somebody else's, and may hold any byte.
 */
struct alg_entry_view {
	uint64_t age_ms;
	uint32_t endpoint;
	bool out;
	const char *message;
	const char *where;
	const char *from;
	const char *to;
	const char *reason;
	const char *why;
};

/**
 * alg_why_call() - what was done to the messages of a call, oldest first
 * @alg: the ALG
 * @call_id: its Call-ID; the call may have ended, or never begun
 * @n_forgotten: gets how many entries there were before the oldest
 * @show: called for each
 * @arg: for @show
 *
 * Return: false where nothing is remembered of such a call.
 */
bool alg_why_call(struct alg *alg, const char *call_id, uint64_t *n_forgotten,
		  void (*show)(void *arg, const struct alg_entry_view *view),
		  void *arg);

/** alg_why_endpoint() - likewise to an endpoint's messages that are no call's */
bool alg_why_endpoint(struct alg *alg, uint32_t id, uint64_t *n_forgotten,
		      void (*show)(void *arg,
				   const struct alg_entry_view *view),
		      void *arg);

/** alg_each_journal() - show the Call-IDs of which something is remembered */
void alg_each_journal(struct alg *alg,
		      void (*show)(void *arg, const char *call_id), void *arg);

/** alg_counters() - what has happened so far, by name (alg/counters.h) */
const struct alg_counters *alg_counters(const struct alg *alg);

#endif
