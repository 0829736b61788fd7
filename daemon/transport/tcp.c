// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Flows: which there are, what they are asked to do, and when they end.
 *
 * A flow may end while its own message is being looked at. It is only buried
 * then, and freed when the loop has turned.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <utlist.h>

#include "transport/tcp_parts.h"
#include "transport/tcp_socket.h"

uint64_t tcp_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static void reap(evutil_socket_t fd, short what, void *arg)
{
	struct tcp *tcp = arg;
	struct tcp_flow *flow, *next;

	(void)fd;
	(void)what;
	DL_FOREACH_SAFE(tcp->dead, flow, next) {
		DL_DELETE(tcp->dead, flow);
		evbuffer_free(flow->held);
		free(flow);
	}
}

struct tcp *tcp_new(struct event_base *base, const struct tcp_ops *ops,
		    void *arg)
{
	struct tcp *tcp = calloc(1, sizeof(*tcp));

	if (!tcp)
		return NULL;
	tcp->base = base;
	tcp->ops = *ops;
	tcp->arg = arg;
	tcp->reaper = event_new(base, -1, 0, reap, tcp);
	if (tcp->reaper)
		return tcp;
	free(tcp);
	errno = ENOMEM;
	return NULL;
}

void tcp_free(struct tcp *tcp)
{
	struct tcp_flow *flow, *next;

	if (!tcp)
		return;
	DL_FOREACH_SAFE(tcp->flows, flow, next) {
		flow->owner = NULL;
		tcp_abort(flow);
	}
	reap(-1, 0, tcp);
	event_free(tcp->reaper);
	free(tcp);
}

struct tcp_flow *tcp_flow_new(struct tcp *tcp, enum tcp_side opener)
{
	struct tcp_flow *flow = calloc(1, sizeof(*flow));
	enum tcp_side side;

	if (!flow)
		return NULL;
	flow->held = evbuffer_new();
	if (!flow->held) {
		free(flow);
		return NULL;
	}
	flow->tcp = tcp;
	flow->opener = opener;
	flow->began_ms = flow->last_ms = tcp_now_ms();
	for (side = 0; side < TCP_N_SIDES; side++) {
		flow->ends[side].flow = flow;
		flow->ends[side].side = side;
	}
	DL_APPEND(tcp->flows, flow);
	tcp->n_flows++;
	return flow;
}

void tcp_bury(struct tcp_flow *flow)
{
	struct tcp *tcp = flow->tcp;

	if (flow->buried || flow->ends[TCP_LAN].bev || flow->ends[TCP_WAN].bev)
		return;
	flow->buried = true;
	tcp_source_leave(flow);
	DL_DELETE(tcp->flows, flow);
	tcp->n_flows--;
	DL_APPEND(tcp->dead, flow);
	event_active(tcp->reaper, EV_TIMEOUT, 0);
}

/* Its owner has heard of it for the last time. */
static void say_closed(struct tcp_flow *flow)
{
	flow->closing = true;
	if (flow->owner)
		flow->tcp->ops.closed(flow->tcp->arg, flow);
	flow->owner = NULL;
}

void tcp_close(struct tcp_flow *flow)
{
	if (flow->closing)
		return;
	say_closed(flow);
	flow->deadline_ms = tcp_now_ms() + TCP_LINGER_MS;
	tcp_end_finish(&flow->ends[TCP_LAN]);
	tcp_end_finish(&flow->ends[TCP_WAN]);
	tcp_bury(flow);
}

void tcp_abort(struct tcp_flow *flow)
{
	enum tcp_side side;

	if (!flow->closing)
		say_closed(flow);
	for (side = 0; side < TCP_N_SIDES; side++) {
		if (!flow->ends[side].bev)
			continue;
		tcp_socket_reset_on_close(
			bufferevent_getfd(flow->ends[side].bev));
		tcp_end_close(&flow->ends[side]);
	}
	tcp_bury(flow);
}

void *tcp_flow_owner(const struct tcp_flow *flow)
{
	return flow->owner;
}

void tcp_flow_own(struct tcp_flow *flow, void *owner)
{
	flow->owner = owner;
}

void tcp_flow_prove(struct tcp_flow *flow)
{
	if (flow->proven)
		return;
	flow->proven = true;
	if (flow->source)
		flow->source->n_unproven--;
	if (flow->opener == TCP_WAN)
		flow->deadline_ms = 0;
}

bool tcp_flow_is_proven(const struct tcp_flow *flow)
{
	return flow->proven;
}

bool tcp_flow_has(const struct tcp_flow *flow, enum tcp_side side)
{
	return !flow->closing && flow->ends[side].bev;
}

bool tcp_flow_is_open(const struct tcp_flow *flow, enum tcp_side side)
{
	return tcp_flow_has(flow, side) && !flow->ends[side].ended &&
	       !flow->ends[side].shut;
}

int tcp_connect(struct tcp_flow *flow, enum tcp_side side,
		const struct sockaddr_storage *from,
		const struct sockaddr_storage *to)
{
	struct tcp_end *end = &flow->ends[side];
	int fd, err;

	if (flow->closing || end->bev)
		return flow->closing ? -ENOTCONN : -EISCONN;
	fd = tcp_socket_connect(from, to, flow->tos, side == TCP_LAN);
	if (fd < 0)
		return fd;
	end->remote = *to;
	tcp_socket_name(fd, &end->local);
	err = tcp_end_open(end, fd, true);
	if (err)
		return err;
	flow->deadline_ms = tcp_now_ms() + TCP_CONNECT_MS;
	evbuffer_add_buffer(bufferevent_get_output(end->bev), flow->held);
	return 0;
}

int tcp_send(struct tcp_flow *flow, enum tcp_side side,
	     const struct iovec *iov, unsigned int n_iov)
{
	struct tcp_end *end = &flow->ends[side];
	struct evbuffer *output;
	unsigned int i;

	if (flow->closing || !end->bev || end->shut)
		return -ENOTCONN;
	output = bufferevent_get_output(end->bev);
	for (i = 0; i < n_iov; i++)
		if (evbuffer_add(output, iov[i].iov_base, iov[i].iov_len))
			return -ENOMEM;
	tcp_end_pushed(end);
	return 0;
}

/* A phone that waits to be spoken to first gets to hear its server. */
static void call_server(struct tcp_flow *flow)
{
	if (tcp_connect(flow, TCP_WAN, NULL, &flow->ends[TCP_LAN].local)) {
		flow->tcp->counters.connect_failed++;
		tcp_abort(flow);
	}
}

static bool is_connecting(const struct tcp_flow *flow)
{
	return flow->ends[TCP_LAN].connecting || flow->ends[TCP_WAN].connecting;
}

static void meet_deadline(struct tcp_flow *flow)
{
	struct tcp_counters *counters = &flow->tcp->counters;

	flow->deadline_ms = 0;
	if (flow->closing) {
		tcp_abort(flow);
	} else if (is_connecting(flow)) {
		counters->connect_failed++;
		tcp_abort(flow);
	} else if (flow->opener == TCP_LAN && !flow->ends[TCP_WAN].bev) {
		call_server(flow);
	} else {
		counters->timed_out++;
		tcp_close(flow);
	}
}

static bool is_needed(const struct tcp_flow *flow)
{
	struct tcp *tcp = flow->tcp;

	return flow->owner &&
	       tcp->ops.is_needed(tcp->arg, (struct tcp_flow *)flow);
}

void tcp_tick(struct tcp *tcp)
{
	const uint64_t now_ms = tcp_now_ms();
	struct tcp_flow *flow, *next;

	tcp_listeners_wake(tcp);
	DL_FOREACH_SAFE(tcp->flows, flow, next) {
		if (flow->deadline_ms && flow->deadline_ms <= now_ms) {
			meet_deadline(flow);
		} else if (!flow->closing &&
			   flow->last_ms + TCP_IDLE_MS <= now_ms &&
			   !is_needed(flow)) {
			tcp->counters.timed_out++;
			tcp_close(flow);
		}
	}
}

static const char *state_of(const struct tcp_flow *flow)
{
	if (flow->closing)
		return "closing";
	if (is_connecting(flow))
		return "connecting";
	if (flow->alien)
		return "not-sip";
	return flow->ends[TCP_LAN].bev && flow->ends[TCP_WAN].bev ? "open" :
								    "waiting";
}

void tcp_each_flow(struct tcp *tcp,
		   void (*show)(void *arg, const struct tcp_view *view),
		   void *arg)
{
	const uint64_t now_ms = tcp_now_ms();
	struct tcp_view view;
	struct tcp_flow *flow;
	enum tcp_side side;

	DL_FOREACH(tcp->flows, flow) {
		view = (struct tcp_view){
			.state = state_of(flow),
			.age_ms = now_ms - flow->began_ms,
			.idle_ms = now_ms - flow->last_ms,
		};
		for (side = 0; side < TCP_N_SIDES; side++) {
			view.remote[side] = &flow->ends[side].remote;
			view.local[side] = &flow->ends[side].local;
			view.bytes[side] = flow->ends[side].bytes;
		}
		show(arg, &view);
	}
}

const struct tcp_counters *tcp_counters(const struct tcp *tcp)
{
	return &tcp->counters;
}
