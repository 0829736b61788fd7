/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flows from inside (transport/tcp.h), and which file does what with them.
 *
 *   tcp.c         what flows are there, what they are asked, when they end
 *   tcp_accept.c  connections that are made to us, and who may make how many
 *   tcp_side.c    one connection: what it reads, what waits to be written
 *   tcp_socket.c  descriptors and their options
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_TRANSPORT_TCP_PARTS_H
#define SIPFAST_DAEMON_TRANSPORT_TCP_PARTS_H

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <uthash.h>

#include "sip/frame.h"
#include "transport/tcp.h"

/**
 * struct tcp_end - a connection: one side of a flow
 * @flow: its flow
 * @side: which side of it
 * @bev: the connection; NULL where there is none
 * @local: as whom we are there
 * @remote: who is there
 * @frame: where its stream has got to
 * @connecting: it is in the making
 * @ended: nothing more will come
 * @shut: nothing more will be sent
 * @bytes: that have come
 * @waits_for: whose queue has to shrink before more is read here,
 * @waiters:	and those who wait for this one's
 * @prev: in @waits_for's @waiters
 * @next:	likewise
 */
struct tcp_end {
	struct tcp_flow *flow;
	enum tcp_side side;
	struct bufferevent *bev;
	struct sockaddr_storage local;
	struct sockaddr_storage remote;
	struct sip_frame frame;
	bool connecting;
	bool ended;
	bool shut;
	uint64_t bytes;
	struct tcp_end *waits_for;
	struct tcp_end *waiters;
	struct tcp_end *prev;
	struct tcp_end *next;
};

/**
 * struct tcp_source - a host that has connected to us
 * @host: which; its port is 0
 * @n_flows: how many flows it has
 * @n_unproven: on how many of them it has said nothing of use
 * @hh: by @host
 */
struct tcp_source {
	struct sockaddr_storage host;
	unsigned int n_flows;
	unsigned int n_unproven;
	UT_hash_handle hh;
};

/**
 * struct tcp_flow - two connections, of which one may be missing
 * @tcp: what keeps it
 * @ends: its sides
 * @opener: the side that was there first
 * @source: who is on it
 * @owner: whose flow it is
 * @held: line ends that came before there was another side
 * @tos: TOS byte that the first connection came with
 * @proven: @source has said something of use
 * @alien: this is no SIP; bytes pass as they come
 * @closing: it ends when what waits has been sent
 * @buried: nothing is left of it but its memory
 * @began_ms: when it began
 * @last_ms: when something came last
 * @deadline_ms: when it is to end, or to be connected; 0: not before it is idle
 * @prev: in the list of all
 * @next:	likewise
 */
struct tcp_flow {
	struct tcp *tcp;
	struct tcp_end ends[TCP_N_SIDES];
	enum tcp_side opener;
	struct tcp_source *source;
	void *owner;
	struct evbuffer *held;
	uint8_t tos;
	bool proven;
	bool alien;
	bool closing;
	bool buried;
	uint64_t began_ms;
	uint64_t last_ms;
	uint64_t deadline_ms;
	struct tcp_flow *prev;
	struct tcp_flow *next;
};

/**
 * struct tcp - what keeps flows
 * @base: event loop
 * @ops: their owner
 * @arg: for @ops
 * @counters: what has happened so far
 * @flows: all of them, oldest first,
 * @n_flows:	so many
 * @dead: flows that have ended, and are freed when nobody looks at them,
 * @reaper:	by this
 * @reading: whose message is being shown to the owner
 * @sources: hosts that have connected to us
 * @listeners: where they can
 */
struct tcp {
	struct event_base *base;
	struct tcp_ops ops;
	void *arg;
	struct tcp_counters counters;
	struct tcp_flow *flows;
	unsigned int n_flows;
	struct tcp_flow *dead;
	struct event *reaper;
	struct tcp_end *reading;
	struct tcp_source *sources;
	struct tcp_listener *listeners;
};

/* tcp.c */

/** tcp_now_ms() - monotonic time */
uint64_t tcp_now_ms(void);

/** tcp_flow_new() - a flow that @opener has opened; NULL where memory is short */
struct tcp_flow *tcp_flow_new(struct tcp *tcp, enum tcp_side opener);

/** tcp_abort() - end a flow at once, and reset its connections */
void tcp_abort(struct tcp_flow *flow);

/** tcp_bury() - end a flow of which nothing waits to be sent */
void tcp_bury(struct tcp_flow *flow);

/* tcp_accept.c */

/** tcp_source_leave() - a flow of its is no more */
void tcp_source_leave(struct tcp_flow *flow);

/** tcp_listeners_wake() - accept again, where there were no descriptors */
void tcp_listeners_wake(struct tcp *tcp);

/* tcp_side.c */

/** tcp_end_open() - @fd is this side's connection, made or in the making */
int tcp_end_open(struct tcp_end *end, int fd, bool connecting);

/** tcp_end_close() - it has none any more */
void tcp_end_close(struct tcp_end *end);

/** tcp_end_other() - the other side */
struct tcp_end *tcp_end_other(struct tcp_end *end);

/** tcp_end_queued() - how many bytes wait to be sent */
size_t tcp_end_queued(const struct tcp_end *end);

/** tcp_end_read() - look at what has come */
void tcp_end_read(struct tcp_end *end);

/** tcp_end_pushed() - something was added to its queue; hold back who did */
void tcp_end_pushed(struct tcp_end *end);

/** tcp_end_finish() - read no more, and be closed when the queue is empty */
void tcp_end_finish(struct tcp_end *end);

#endif
