// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Flows over loopback: a server listens, a phone connects to a public listener
 * and is taken for one, and what it says goes on to the server.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "transport/tcp.h"

#define OPTIONS "OPTIONS sip:a@b SIP/2.0\r\nl: 0\r\n\r\n"
#define ENDLESS "OPTIONS sip:a@b SIP/2.0\r\n\r\n"
#define REFUSAL "SIP/2.0 400 Bad Request\r\nl: 0\r\n\r\n"

#define MANY 50000

/* One flow, seen from all sides */
static struct {
	struct event_base *base;
	struct tcp *tcp;
	struct tcp_listener *listener;
	int server_listener;
	struct sockaddr_storage server_at;
	int phone;
	int server;
	unsigned int n_messages;
	unsigned int n_closed;
	unsigned int n_flows;
	bool is_lan;
	bool refuse;
	struct tcp_flow *flow;
} t;

static bool is_lan(void *arg, const struct sockaddr_storage *address)
{
	(void)arg;
	(void)address;
	return t.is_lan;
}

static void opened(void *arg, struct tcp_flow *flow, void *owner)
{
	(void)arg;
	t.flow = flow;
	tcp_flow_own(flow, owner);
}

/* What a phone says goes to the server, whatever it is. */
static void recv_message(void *arg, enum tcp_side from,
			 const struct message *message)
{
	struct iovec iov = { (char *)message->data, message->len };

	(void)arg;
	t.n_messages++;
	t.flow = message->flow;
	if (t.refuse && t.n_messages == 2) {
		iov = (struct iovec){ REFUSAL, strlen(REFUSAL) };
		assert_int_equal(tcp_send(t.flow, from, &iov, 1), 0);
		return;
	}
	if (!tcp_flow_owner(t.flow)) {
		tcp_flow_own(t.flow, &t);
		assert_int_equal(tcp_connect(t.flow, TCP_WAN, NULL,
					     &t.server_at), 0);
	}
	if (tcp_flow_has(t.flow, !from))
		assert_int_equal(tcp_send(t.flow, !from, &iov, 1), 0);
}

static void closed(void *arg, struct tcp_flow *flow)
{
	(void)arg;
	assert_non_null(tcp_flow_owner(flow));
	t.n_closed++;
}

static bool is_needed(void *arg, struct tcp_flow *flow)
{
	(void)arg;
	(void)flow;
	return false;
}

static const struct tcp_ops ops = {
	.is_lan = is_lan,
	.opened = opened,
	.recv = recv_message,
	.closed = closed,
	.is_needed = is_needed,
};

static struct sockaddr_storage loopback(uint16_t port)
{
	struct sockaddr_storage address = { .ss_family = AF_INET };
	struct sockaddr_in *in = (struct sockaddr_in *)&address;

	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in->sin_port = htons(port);
	return address;
}

static struct sockaddr_storage name_of(int fd)
{
	struct sockaddr_storage name = { 0 };
	socklen_t len = sizeof(name);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
	return name;
}

static int listen_somewhere(void)
{
	struct sockaddr_storage any = loopback(0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&any,
			      sizeof(struct sockaddr_in)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static int connect_to(const struct sockaddr_storage *address)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (const struct sockaddr *)address,
				 sizeof(struct sockaddr_in)), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static int setup(void **state)
{
	struct sockaddr_storage at;
	int fd = listen_somewhere();

	(void)state;
	memset(&t, 0, sizeof(t));
	t.phone = t.server = -1;
	t.is_lan = true;
	at = name_of(fd);
	close(fd);
	t.base = event_base_new();
	t.tcp = tcp_new(t.base, &ops, NULL);
	t.listener = tcp_listen_public(t.tcp, &at, &t);
	assert_non_null(t.listener);
	t.server_listener = listen_somewhere();
	t.server_at = name_of(t.server_listener);
	t.phone = connect_to(&at);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tcp_unlisten(t.listener);
	tcp_free(t.tcp);
	event_base_free(t.base);
	close(t.server_listener);
	close(t.phone);
	if (t.server >= 0)
		close(t.server);
	return 0;
}

/* The loop turns until @fd can be read from, or for long enough. */
static bool is_readable(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	unsigned int i;

	for (i = 0; i < 2000; i++) {
		event_base_loop(t.base, EVLOOP_NONBLOCK);
		if (poll(&ready, 1, 1) > 0)
			return true;
	}
	return false;
}

static void say(int fd, const char *text, size_t len)
{
	assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), len);
}

static void accept_server(void)
{
	assert_true(is_readable(t.server_listener));
	t.server = accept(t.server_listener, NULL, NULL);
	fcntl(t.server, F_SETFL, O_NONBLOCK);
}

static void must_hear(int fd, const char *text)
{
	size_t len = strlen(text), at = 0;
	char got[512];
	ssize_t n;

	while (at < len) {
		assert_true(is_readable(fd));
		n = read(fd, got + at, len - at);
		assert_true(n > 0);
		at += n;
	}
	assert_memory_equal(got, text, len);
}

static void must_end(int fd)
{
	char byte;

	assert_true(is_readable(fd));
	assert_int_equal(read(fd, &byte, 1), 0);
}

static void count_flow(void *arg, const struct tcp_view *view)
{
	(void)arg;
	(void)view;
	t.n_flows++;
}

static unsigned int n_flows(void)
{
	t.n_flows = 0;
	tcp_each_flow(t.tcp, count_flow, NULL);
	return t.n_flows;
}

static void turn_until_none_is_left(void)
{
	unsigned int i;

	for (i = 0; i < 2000 && n_flows(); i++) {
		event_base_loop(t.base, EVLOOP_NONBLOCK);
		poll(NULL, 0, 1);
	}
	assert_int_equal(n_flows(), 0);
}

static void messages_go_on_and_answers_come_back(void **state)
{
	(void)state;
	say(t.phone, "\r\n\r\n" OPTIONS, strlen("\r\n\r\n" OPTIONS));
	accept_server();
	must_hear(t.server, "\r\n\r\n" OPTIONS);
	say(t.server, "\r\n", 2);
	must_hear(t.phone, "\r\n");
	assert_int_equal(t.n_messages, 1);
}

static void what_waits_is_sent_before_the_end(void **state)
{
	(void)state;
	say(t.phone, OPTIONS OPTIONS, 2 * strlen(OPTIONS));
	shutdown(t.phone, SHUT_WR);
	accept_server();
	must_hear(t.server, OPTIONS OPTIONS);
	must_end(t.server);
	/* One may still answer who has nothing more to say. */
	say(t.server, OPTIONS, strlen(OPTIONS));
	must_hear(t.phone, OPTIONS);
	close(t.server);
	t.server = -1;
	must_end(t.phone);
	turn_until_none_is_left();
	assert_int_equal(t.n_closed, 1);
}

static void a_fault_is_answered_before_the_end(void **state)
{
	(void)state;
	t.refuse = true;
	say(t.phone, OPTIONS ENDLESS OPTIONS OPTIONS,
	    strlen(OPTIONS ENDLESS OPTIONS OPTIONS));
	accept_server();
	must_hear(t.server, OPTIONS);
	must_end(t.server);
	must_hear(t.phone, REFUSAL);
	must_end(t.phone);
	assert_int_equal(tcp_counters(t.tcp)->faults, 1);
	assert_int_equal(t.n_messages, 2);
}

static void nobody_there_is_told_by_a_reset(void **state)
{
	char byte;

	(void)state;
	close(t.server_listener);
	say(t.phone, OPTIONS, strlen(OPTIONS));
	assert_true(is_readable(t.phone));
	assert_int_equal(read(t.phone, &byte, 1), -1);
	assert_int_equal(errno, ECONNRESET);
	assert_int_equal(tcp_counters(t.tcp)->connect_failed, 1);
	turn_until_none_is_left();
	t.server_listener = listen_somewhere();
}

/* The phone goes on and on, and the server reads nothing. */
static size_t fill(void)
{
	static size_t at;
	size_t sent = 0;
	unsigned int i, idle = 0;
	ssize_t n;

	for (i = 0; i < MANY && idle < 50; i++) {
		n = send(t.phone, OPTIONS + at, strlen(OPTIONS) - at,
			 MSG_NOSIGNAL);
		idle = n > 0 ? 0 : idle + 1;
		at = n > 0 ? (at + n) % strlen(OPTIONS) : at;
		sent += n > 0 ? n : 0;
		event_base_loop(t.base, EVLOOP_NONBLOCK);
	}
	return sent;
}

static void who_is_too_fast_is_held_back(void **state)
{
	static const int small = 4096;
	char got[4096];
	size_t sent, heard = 0;
	ssize_t n;

	(void)state;
	setsockopt(t.server_listener, SOL_SOCKET, SO_RCVBUF, &small,
		   sizeof(small));
	setsockopt(t.phone, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	say(t.phone, OPTIONS, strlen(OPTIONS));
	accept_server();
	sent = strlen(OPTIONS) + fill();
	while (sent < 8u << 20 && !tcp_counters(t.tcp)->held_back)
		sent += fill();
	assert_true(tcp_counters(t.tcp)->held_back > 0);
	/* It was held back, and no whole message of it was lost. */
	sent -= sent % strlen(OPTIONS);
	while (heard < sent) {
		assert_true(is_readable(t.server));
		n = read(t.server, got, sizeof(got));
		assert_true(n > 0);
		assert_true(heard % strlen(OPTIONS) ||
			    got[0] == OPTIONS[0]);
		heard += n;
	}
	assert_int_equal(heard, sent);
}

static void strangers_are_counted(void **state)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t len = sizeof(peer);
	int fds[TCP_MAX_UNPROVEN + 1];
	unsigned int i;

	(void)state;
	t.is_lan = false;
	assert_int_equal(getpeername(t.phone, (struct sockaddr *)&peer, &len),
			 0);
	for (i = 0; i <= TCP_MAX_UNPROVEN; i++) {
		fds[i] = connect_to(&peer);
		event_base_loop(t.base, EVLOOP_NONBLOCK);
	}
	assert_true(is_readable(fds[TCP_MAX_UNPROVEN]));
	assert_true(tcp_counters(t.tcp)->refused_stranger >= 1);
	assert_int_equal(n_flows(), TCP_MAX_UNPROVEN);
	for (i = 0; i <= TCP_MAX_UNPROVEN; i++)
		close(fds[i]);
	close(t.phone);
	t.phone = -1;
	turn_until_none_is_left();
}

static void no_sip_passes_both_ways(void **state)
{
	(void)state;
	t.is_lan = true;
	say(t.phone, OPTIONS, strlen(OPTIONS));
	accept_server();
	must_hear(t.server, OPTIONS);
	say(t.server, "OPT", 3);
	say(t.phone, "\x16\x03" OPTIONS, 2 + strlen(OPTIONS));
	must_hear(t.server, "\x16\x03" OPTIONS);
	must_hear(t.phone, "OPT");
	assert_int_equal(t.n_messages, 1);
	assert_int_equal(tcp_counters(t.tcp)->not_sip, 1);
}

#define flow_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		flow_test(messages_go_on_and_answers_come_back),
		flow_test(what_waits_is_sent_before_the_end),
		flow_test(a_fault_is_answered_before_the_end),
		flow_test(nobody_there_is_told_by_a_reset),
		flow_test(who_is_too_fast_is_held_back),
		flow_test(strangers_are_counted),
		flow_test(no_sip_passes_both_ways),
	};

	return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
