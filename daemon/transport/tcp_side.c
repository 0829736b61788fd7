// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One side of a flow: what it reads, and what waits to be written.
 *
 *   bytes --> frame --> message   --> the owner, who sends it where it belongs
 *                   --> line ends --> the other side
 *                   --> no SIP    --> the other side, from now on, both ways
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include <utlist.h>

#include "transport/tcp_parts.h"
#include "transport/tcp_socket.h"

/* When a queue is as short as this, its feeders go on. */
#define LOW_QUEUED (TCP_MAX_QUEUED / 4)

/* More than one message is not read before that is understood. */
#define MAX_UNREAD (128 * 1024)

/* Line ends that are kept for a side that is still to come */
#define MAX_HELD 256

struct tcp_end *tcp_end_other(struct tcp_end *end)
{
	return &end->flow->ends[!end->side];
}

size_t tcp_end_queued(const struct tcp_end *end)
{
	return evbuffer_get_length(bufferevent_get_output(end->bev));
}

static void go_on(struct tcp_end *end)
{
	DL_DELETE(end->waits_for->waiters, end);
	end->waits_for = NULL;
	if (end->flow->closing)
		return;
	bufferevent_enable(end->bev, EV_READ);
	tcp_end_read(end);
}

/* What one of them does may end the others' flows, or fill the queue again. */
static void let_waiters_go_on(struct tcp_end *end)
{
	while (end->waiters &&
	       (!end->bev || tcp_end_queued(end) <= LOW_QUEUED))
		go_on(end->waiters);
}

static void hold_back(struct tcp_end *end, struct tcp_end *until)
{
	if (end->waits_for)
		return;
	end->waits_for = until;
	DL_APPEND(until->waiters, end);
	bufferevent_disable(end->bev, EV_READ);
	end->flow->tcp->counters.held_back++;
}

void tcp_end_pushed(struct tcp_end *end)
{
	struct tcp_end *reading = end->flow->tcp->reading;

	if (reading && reading->bev && tcp_end_queued(end) > TCP_MAX_QUEUED)
		hold_back(reading, end);
}

/* Nothing of it is there any more for the other side to wait for. */
static void say_no_more(struct tcp_end *end)
{
	if (end->shut || !end->bev || end->connecting || tcp_end_queued(end))
		return;
	end->shut = true;
	shutdown(bufferevent_getfd(end->bev), SHUT_WR);
}

static void show(struct tcp_end *end, const char *bytes, size_t len)
{
	struct tcp *tcp = end->flow->tcp;
	const struct message message = {
		.data = bytes,
		.len = len,
		.src = end->remote,
		.dst = end->local,
		.flow = end->flow,
	};

	tcp->reading = end;
	tcp->ops.recv(tcp->arg, end->side, &message);
	tcp->reading = NULL;
}

/* Take @len bytes from the front, to be sent as they are. */
static void hand_on(struct tcp_end *end, struct evbuffer *input, size_t len)
{
	struct tcp *tcp = end->flow->tcp;
	struct tcp_end *other = tcp_end_other(end);

	if (!other->bev) {
		evbuffer_drain(input, len);
		return;
	}
	evbuffer_remove_buffer(input, bufferevent_get_output(other->bev), len);
	tcp->reading = end;
	tcp_end_pushed(other);
	tcp->reading = NULL;
}

/* A keepalive. Nobody is there to answer one that comes before anything else. */
static void take_line_ends(struct tcp_end *end, struct evbuffer *input,
			   size_t len)
{
	struct evbuffer *held = end->flow->held;

	if (!tcp_end_other(end)->bev && end->side == TCP_LAN &&
	    evbuffer_get_length(held) + len <= MAX_HELD)
		evbuffer_remove_buffer(input, held, len);
	else
		hand_on(end, input, len);
}

/*
 * No SIP. What a phone sends goes where it was meant to go, as by plain NAT. What
 * comes from outside without having been called for goes nowhere (sip-alg D8).
 */
void tcp_pass(struct tcp_flow *flow)
{
	flow->alien = true;
	if (!flow->ends[TCP_LAN].bev ||
	    (!flow->ends[TCP_WAN].bev &&
	     tcp_connect(flow, TCP_WAN, NULL, &flow->ends[TCP_LAN].local)))
		tcp_abort(flow);
	else
		tcp_end_read(&flow->ends[TCP_WAN]);
}

/* One piece. False: there is none to be had now. */
static bool read_piece(struct tcp_end *end, struct evbuffer *input)
{
	struct tcp_flow *flow = end->flow;
	size_t len = evbuffer_get_length(input), take;
	const char *bytes;

	if (flow->alien) {
		hand_on(end, input, len);
		return false;
	}
	bytes = (const char *)evbuffer_pullup(input, -1);
	switch (sip_frame_next(&end->frame, bytes, len, &take)) {
	case SIP_FRAME_MORE:
		return false;
	case SIP_FRAME_LINE_ENDS:
		take_line_ends(end, input, take);
		return true;
	case SIP_FRAME_MESSAGE:
		show(end, bytes, take);
		if (flow->closing)
			return false;
		if (flow->alien)
			return true;
		evbuffer_drain(input, take);
		return true;
	case SIP_FRAME_FAULT:
		flow->tcp->counters.faults++;
		show(end, bytes, take);
		tcp_close(flow);
		return false;
	case SIP_FRAME_ALIEN:
		flow->tcp->counters.not_sip++;
		tcp_pass(flow);
		tcp_end_read(tcp_end_other(end));
		return true;
	}
	return false;
}

/* Nothing more comes from here, and what came has been dealt with. */
static void take_leave(struct tcp_end *end, struct evbuffer *input)
{
	struct tcp_flow *flow = end->flow;
	struct tcp_end *other = tcp_end_other(end);

	if (evbuffer_get_length(input) && sip_frame_is_open(&end->frame))
		hand_on(end, input, evbuffer_get_length(input));
	else if (evbuffer_get_length(input) && !flow->alien)
		flow->tcp->counters.cut_off++;
	if (!other->bev || other->ended) {
		tcp_close(flow);
		return;
	}
	flow->deadline_ms = tcp_now_ms() + TCP_PATIENCE_MS;
	say_no_more(other);
}

void tcp_end_read(struct tcp_end *end)
{
	struct evbuffer *input;

	if (!end->bev || end->flow->closing)
		return;
	input = bufferevent_get_input(end->bev);
	while (!end->waits_for && !end->flow->closing &&
	       evbuffer_get_length(input) && read_piece(end, input))
		;
	if (end->ended && !end->waits_for && !end->flow->closing)
		take_leave(end, input);
}

static void count_bytes(struct evbuffer *input,
			const struct evbuffer_cb_info *info, void *arg)
{
	struct tcp_end *end = arg;

	(void)input;
	end->bytes += info->n_added;
	if (info->n_added)
		end->flow->last_ms = tcp_now_ms();
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct tcp_end *end = arg;
	struct evbuffer *input = bufferevent_get_input(bev);

	if (end->flow->closing)
		evbuffer_drain(input, evbuffer_get_length(input));
	else
		tcp_end_read(end);
}

/* The queue is short; with none, it may be time to go. */
static void on_written(struct bufferevent *bev, void *arg)
{
	struct tcp_end *end = arg;
	struct tcp_flow *flow = end->flow;

	(void)bev;
	if (flow->closing) {
		tcp_end_finish(end);
		return;
	}
	let_waiters_go_on(end);
	if (!flow->closing && tcp_end_other(end)->ended)
		say_no_more(end);
}

static void on_connected(struct tcp_end *end)
{
	struct tcp_flow *flow = end->flow;

	end->connecting = false;
	flow->tcp->counters.connected++;
	flow->deadline_ms = tcp_end_other(end)->ended ?
			    tcp_now_ms() + TCP_PATIENCE_MS : 0;
	tcp_socket_name(bufferevent_getfd(end->bev), &end->local);
	bufferevent_enable(end->bev, EV_READ);
	if (tcp_end_other(end)->ended)
		say_no_more(end);
}

/* What is left for it is sent as long as it will be taken. */
static void on_closing_event(struct tcp_end *end, short what)
{
	if (what & BEV_EVENT_CONNECTED) {
		end->connecting = false;
		tcp_end_finish(end);
	} else if ((what & BEV_EVENT_EOF) && tcp_end_queued(end)) {
		end->ended = true;
	} else {
		tcp_end_close(end);
		tcp_bury(end->flow);
	}
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct tcp_end *end = arg;
	struct tcp_flow *flow = end->flow;

	(void)bev;
	if (flow->closing) {
		on_closing_event(end, what);
	} else if (what & BEV_EVENT_CONNECTED) {
		on_connected(end);
	} else if (end->connecting) {
		flow->tcp->counters.connect_failed++;
		tcp_abort(flow);
	} else if (what & BEV_EVENT_EOF) {
		end->ended = true;
		tcp_end_read(end);
	} else {
		tcp_end_close(end);
		tcp_close(flow);
	}
}

int tcp_end_open(struct tcp_end *end, int fd, bool connecting)
{
	struct tcp *tcp = end->flow->tcp;

	end->bev = bufferevent_socket_new(tcp->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!end->bev)
		return -ENOMEM;
	end->connecting = connecting;
	bufferevent_setcb(end->bev, on_read, on_written, on_event, end);
	bufferevent_setwatermark(end->bev, EV_READ, 0, MAX_UNREAD);
	bufferevent_setwatermark(end->bev, EV_WRITE, LOW_QUEUED, 0);
	if (!evbuffer_add_cb(bufferevent_get_input(end->bev), count_bytes, end))
		goto err_free;
	if (connecting ? bufferevent_socket_connect(end->bev, NULL, 0) :
			 bufferevent_enable(end->bev, EV_READ | EV_WRITE))
		goto err_free;
	return 0;

err_free:
	bufferevent_free(end->bev);
	end->bev = NULL;
	return -ENOMEM;
}

void tcp_end_close(struct tcp_end *end)
{
	if (!end->bev)
		return;
	if (end->waits_for) {
		DL_DELETE(end->waits_for->waiters, end);
		end->waits_for = NULL;
	}
	bufferevent_free(end->bev);
	end->bev = NULL;
	let_waiters_go_on(end);
}

/*
 * To close a descriptor that was not read to its end resets the connection, and
 * with it goes what the other side has not read: that we refuse its message, for
 * one. So it is read on, for a while, and nobody looks at it.
 */
void tcp_end_finish(struct tcp_end *end)
{
	if (!end->bev)
		return;
	if ((end->connecting || end->ended) && !tcp_end_queued(end)) {
		tcp_end_close(end);
		tcp_bury(end->flow);
		return;
	}
	bufferevent_setwatermark(end->bev, EV_WRITE, 0, 0);
	if (end->connecting)
		return;
	bufferevent_enable(end->bev, EV_READ);
	say_no_more(end);
}
