/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIP over TCP: a phone's connection ends here, and another one goes on.
 *
 * A *flow* is such a pair. Its LAN side is a connection with a phone, in the
 * name of the server that the phone meant; its WAN side is one with that
 * server. Either may be missing: the phone's until it can be reached, when a
 * server has opened the flow; the server's until the first message has told
 * whose flow it is. What one side sends is cut into messages, and the owner of
 * the flow is shown each. Line ends between them, and all of a stream that is no
 * SIP, pass to the other side as they came.
 *
 * Nothing blocks, and nothing grows: who writes faster than the other side reads
 * is not read from until that has caught up.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_TRANSPORT_TCP_H
#define SIPFAST_DAEMON_TRANSPORT_TCP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "transport/message.h"

struct event_base;
struct tcp;
struct tcp_flow;
struct tcp_listener;

/** Flows at most; each takes two descriptors. */
#define TCP_MAX_FLOWS		16384

/** Flows that one host of the LAN may have. */
#define TCP_MAX_PER_PHONE	512

/** Flows that one host outside may have on which it has said nothing of use. */
#define TCP_MAX_UNPROVEN	32

/** Bytes that may wait to be sent; then the sender is not read from. */
#define TCP_MAX_QUEUED		(256 * 1024)

/** How long a connection may take to be made. */
#define TCP_CONNECT_MS		(10 * 1000)

/** How long a phone may be silent before its server is called all the same. */
#define TCP_SILENT_MS		(3 * 1000)

/** How long a host outside may be silent, or a flow half closed: 64 * T1. */
#define TCP_PATIENCE_MS		(32 * 1000)

/** How long one that is to end is waited for, to take what is left for it. */
#define TCP_LINGER_MS		(5 * 1000)

/** How long a flow that nobody needs may be idle; keepalives find dead ones. */
#define TCP_IDLE_MS		(2 * 60 * 60 * 1000)

/** enum tcp_side - one side of a flow */
enum tcp_side {
	TCP_LAN,
	TCP_WAN,
	TCP_N_SIDES,
};

/* name, what it says */
#define TCP_COUNTERS(X)							\
	X(accepted, "connections accepted")				\
	X(connected, "connections made")				\
	X(connect_failed, "connections that could not be made")		\
	X(refused_total, "connections refused: too many")		\
	X(refused_phone, "connections refused: too many of one phone")	\
	X(refused_stranger, "connections refused: too many of one host outside") \
	X(not_sip, "streams that are no SIP: forwarded as they came")	\
	X(faults, "streams ended: nobody could say where a message ends") \
	X(cut_off, "streams that ended in the midst of a message")	\
	X(held_back, "times that a sender had to wait for the other side") \
	X(timed_out, "flows ended: idle, or half closed, for too long")

struct tcp_counters {
#define X(name, text) uint64_t name;
	TCP_COUNTERS(X)
#undef X
};

/**
 * struct tcp_ops - what the owner of flows is asked and told
 * @is_lan: is this host inside? One that connects to a public port of ours is
 *	a phone then, and its flow goes on from the phone's own port.
 * @opened: somebody outside has connected to a public port; @owner is the one
 *	that tcp_listen_public() was told of
 * @recv: a message has come on side @from of @message->flow; one at fault is
 *	shown, too, to be refused, and the flow ends after that
 * @closed: a flow that has an owner is no more
 * @is_needed: does somebody rely on this flow, silent though it is?
 */
struct tcp_ops {
	bool (*is_lan)(void *arg, const struct sockaddr_storage *address);
	void (*opened)(void *arg, struct tcp_flow *flow, void *owner);
	void (*recv)(void *arg, enum tcp_side from,
		     const struct message *message);
	void (*closed)(void *arg, struct tcp_flow *flow);
	bool (*is_needed)(void *arg, struct tcp_flow *flow);
};

/**
 * tcp_new() - no flows yet
 * @base: event loop
 * @ops: copied
 * @arg: for @ops
 *
 * Return: what keeps them, or NULL with errno set.
 */
struct tcp *tcp_new(struct event_base *base, const struct tcp_ops *ops,
		    void *arg);

/** tcp_free() - end all flows, untold; all listeners have to be closed before */
void tcp_free(struct tcp *tcp);

/** tcp_tick() - end what has taken too long; to be called once a second */
void tcp_tick(struct tcp *tcp);

/**
 * tcp_listen_divert() - take the connections that phones make to a SIP port
 * @tcp: what keeps flows
 * @local: loopback address and port, where nft's tproxy delivers
 *
 * Return: the listener, or NULL with errno set.
 */
struct tcp_listener *tcp_listen_divert(struct tcp *tcp,
				       const struct sockaddr_storage *local);

/**
 * tcp_listen_public() - take the connections that servers make to a phone
 * @tcp: what keeps flows
 * @local: address of our own, and port
 * @owner: for tcp_ops.opened()
 *
 * tcp_connect() may use @local at the same time.
 *
 * Return: the listener, or NULL with errno set (EADDRINUSE: choose another port).
 */
struct tcp_listener *tcp_listen_public(struct tcp *tcp,
				       const struct sockaddr_storage *local,
				       void *owner);

/** tcp_unlisten() - close a listener, not its flows; NULL is fine */
void tcp_unlisten(struct tcp_listener *listener);

/** tcp_flow_owner() - whose flow it is; NULL where nobody has said so */
void *tcp_flow_owner(const struct tcp_flow *flow);

/** tcp_flow_own() - say whose flow it is */
void tcp_flow_own(struct tcp_flow *flow, void *owner);

/** tcp_flow_prove() - who has opened it has said something of use */
void tcp_flow_prove(struct tcp_flow *flow);

/** tcp_flow_is_proven() - has it? */
bool tcp_flow_is_proven(const struct tcp_flow *flow);

/** tcp_flow_has() - is there a connection on this side, made or in the making? */
bool tcp_flow_has(const struct tcp_flow *flow, enum tcp_side side);

/** tcp_flow_is_open() - likewise, and will more come from there? */
bool tcp_flow_is_open(const struct tcp_flow *flow, enum tcp_side side);

/**
 * tcp_connect() - make the connection of a side that has none
 * @flow: the flow
 * @side: which
 * @from: in whose name; another port is taken where that one is not free. NULL:
 *	as the route says.
 * @to: whom to
 *
 * What is sent meanwhile waits. When the connection cannot be made, the flow
 * ends, and the other side's connection is reset.
 *
 * Return: 0, or -errno.
 */
int tcp_connect(struct tcp_flow *flow, enum tcp_side side,
		const struct sockaddr_storage *from,
		const struct sockaddr_storage *to);

/**
 * tcp_pass() - this is none of ours
 *
 * Called from tcp_ops.recv(): what a phone says, this message first, passes as it
 * comes, and so does what it is answered.
 */
void tcp_pass(struct tcp_flow *flow);

/**
 * tcp_send() - send
 * @flow: the flow
 * @side: to whom
 * @iov: the pieces
 * @n_iov: how many
 *
 * Called from tcp_ops.recv(), it holds back whose message that is when too much
 * waits to be sent.
 *
 * Return: 0, or -errno (ENOTCONN where that side has no connection).
 */
int tcp_send(struct tcp_flow *flow, enum tcp_side side,
	     const struct iovec *iov, unsigned int n_iov);

/** tcp_close() - end a flow, when what waits has been sent; @closed is told */
void tcp_close(struct tcp_flow *flow);

/**
 * struct tcp_view - a flow as a person is shown it
 * @remote: phone and server; AF_UNSPEC where there is no connection
 * @local: the server as the phone sees it, and the phone as the server does
 * @state: "open", "connecting", "waiting" for a side, "closing", "not-sip"
 * @bytes: that came from either side
 * @age_ms: since it began
 * @idle_ms: since something last came
 */
struct tcp_view {
	const struct sockaddr_storage *remote[TCP_N_SIDES];
	const struct sockaddr_storage *local[TCP_N_SIDES];
	const char *state;
	uint64_t bytes[TCP_N_SIDES];
	uint64_t age_ms;
	uint64_t idle_ms;
};

/** tcp_each_flow() - show every flow; pointers live for the callback */
void tcp_each_flow(struct tcp *tcp,
		   void (*show)(void *arg, const struct tcp_view *view),
		   void *arg);

/** tcp_counters() - what has happened so far, by name */
const struct tcp_counters *tcp_counters(const struct tcp *tcp);

#endif
