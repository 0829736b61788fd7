// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets of the daemon, on a loopback device of our own: what comes with a
 * datagram, from where it leaves, and that a transparent socket sees whom it was
 * sent to. Needs root for the network namespace and nft for the diversion.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "transport/udp.h"

#define SERVER "203.0.113.10"
#define SERVER6 "2001:db8:1::10"
#define TOS_EF 0xb8

static bool have_namespace;
static bool have_tproxy;

/* What a callback has seen */
struct seen {
	struct event_base *base;
	struct udp_socket *socket;
	unsigned int n;
	unsigned int close_after;
	struct sockaddr_storage src;
	struct sockaddr_storage dst;
	uint8_t tos;
	size_t len;
	char data[UDP_MAX_LEN];
};

static struct sockaddr_storage address(const char *host, uint16_t port)
{
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&storage;
	struct sockaddr_in *in = (struct sockaddr_in *)&storage;

	if (strchr(host, ':')) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		assert_int_equal(inet_pton(AF_INET6, host, &in6->sin6_addr), 1);
		return storage;
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	assert_int_equal(inet_pton(AF_INET, host, &in->sin_addr), 1);
	return storage;
}

static void assert_address(const struct sockaddr_storage *storage,
			   const char *host, uint16_t port)
{
	const struct sockaddr_storage same = address(host, port);

	assert_memory_equal(storage, &same, same.ss_family == AF_INET6 ?
			    sizeof(struct sockaddr_in6) :
			    sizeof(struct sockaddr_in));
}

static void see(void *arg, const struct message *datagram)
{
	struct seen *seen = arg;

	seen->n++;
	seen->src = datagram->src;
	seen->dst = datagram->dst;
	seen->tos = datagram->tos;
	seen->len = datagram->len;
	memcpy(seen->data, datagram->data, datagram->len);
	if (seen->n == seen->close_after) {
		udp_close(seen->socket);
		seen->socket = NULL;
	}
}

static struct seen *seen_new(void)
{
	struct seen *seen = calloc(1, sizeof(*seen));

	assert_non_null(seen);
	seen->base = event_base_new();
	assert_non_null(seen->base);
	return seen;
}

static void seen_free(struct seen *seen)
{
	udp_close(seen->socket);
	event_base_free(seen->base);
	free(seen);
}

static void open_at(struct seen *seen, const char *host, uint16_t port)
{
	struct sockaddr_storage local = address(host, port);

	seen->socket = udp_open_public(seen->base, &local, see, seen);
	assert_non_null(seen->socket);
}

static void open_public(struct seen *seen, uint16_t port)
{
	open_at(seen, "127.0.0.1", port);
}

static void open_divert(struct seen *seen, sa_family_t family)
{
	seen->socket = udp_open_divert(seen->base, family, 5060, see, seen);
	assert_non_null(seen->socket);
}

static int send_text(struct udp_socket *socket, uint16_t port, uint8_t tos,
		     const char *text)
{
	struct sockaddr_storage dst = address("127.0.0.1", port);
	/* In two pieces, as an edit list sends them */
	struct iovec iov[] = {
		{ .iov_base = (void *)text, .iov_len = 1 },
		{ .iov_base = (void *)(text + 1), .iov_len = strlen(text) - 1 },
	};

	return udp_send(socket, &dst, tos, iov, 2);
}

/* Let the loop run until there is nothing more to do. */
static void turn(struct seen *seen)
{
	unsigned int n;

	do {
		n = seen->n;
		event_base_loop(seen->base, EVLOOP_NONBLOCK);
	} while (seen->n != n);
}

#define NEED(what)			\
	do {				\
		if (!(what))		\
			skip();		\
	} while (0)

static void datagram_comes_with_addresses_and_tos(void **state)
{
	struct seen *a = seen_new(), *b = seen_new();

	(void)state;
	open_public(a, 40060);
	open_public(b, 40061);
	assert_int_equal(send_text(a->socket, 40061, TOS_EF, "hello"), 0);
	turn(b);
	assert_int_equal(b->n, 1);
	assert_int_equal(b->len, 5);
	assert_memory_equal(b->data, "hello", 5);
	assert_int_equal(b->tos, TOS_EF);
	assert_address(&b->src, "127.0.0.1", 40060);
	assert_address(&b->dst, "127.0.0.1", 40061);
	/* The TOS byte is the datagram's, it does not stay with the socket. */
	assert_int_equal(send_text(a->socket, 40061, 0, "again"), 0);
	turn(b);
	assert_int_equal(b->tos, 0);
	seen_free(a);
	seen_free(b);
}

static void empty_datagram_is_one(void **state)
{
	struct sockaddr_storage dst = address("127.0.0.1", 40061);
	struct seen *a = seen_new();

	(void)state;
	open_public(a, 40061);
	a->len = 1;
	assert_int_equal(udp_send(a->socket, &dst, 0, NULL, 0), 0);
	turn(a);
	assert_int_equal(a->n, 1);
	assert_int_equal(a->len, 0);
	seen_free(a);
}

static void taken_port_says_so(void **state)
{
	struct sockaddr_storage local = address("127.0.0.1", 40060);
	struct seen *a = seen_new();

	(void)state;
	open_public(a, 40060);
	errno = 0;
	assert_null(udp_open_public(a->base, &local, see, a));
	assert_int_equal(errno, EADDRINUSE);
	seen_free(a);
}

static void socket_may_be_closed_in_its_callback(void **state)
{
	struct seen *a = seen_new(), *b = seen_new();
	int i;

	(void)state;
	open_public(a, 40060);
	open_public(b, 40061);
	b->close_after = 2;
	for (i = 0; i < 5; i++)
		assert_int_equal(send_text(a->socket, 40061, 0, "x2"), 0);
	turn(b);
	assert_int_equal(b->n, 2);
	seen_free(a);
	seen_free(b);
}

static void one_wakeup_takes_a_bounded_batch(void **state)
{
	struct seen *a = seen_new(), *b = seen_new();
	unsigned int i;

	(void)state;
	open_public(a, 40060);
	open_public(b, 40061);
	for (i = 0; i < 100; i++)
		assert_int_equal(send_text(a->socket, 40061, 0, "x2"), 0);
	event_base_loop(b->base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
	assert_in_range(b->n, 1, 50);
	turn(b);
	assert_int_equal(b->n, 100);
	seen_free(a);
	seen_free(b);
}

static void longer_than_the_mtu_is_fragmented(void **state)
{
	static char big[60000];
	struct iovec iov = { .iov_base = big, .iov_len = sizeof(big) };
	struct sockaddr_storage dst = address("127.0.0.1", 40061);
	struct seen *a = seen_new(), *b = seen_new();

	(void)state;
	NEED(have_namespace);
	open_public(a, 40060);
	open_public(b, 40061);
	memset(big, 'x', sizeof(big));
	assert_int_equal(udp_send(a->socket, &dst, 0, &iov, 1), 0);
	turn(b);
	assert_int_equal(b->len, sizeof(big));
	assert_memory_equal(b->data, big, sizeof(big));
	seen_free(a);
	seen_free(b);
}

static void send_as_server(const char *server, const char *host, uint16_t port)
{
	struct iovec iov = { .iov_base = "reply", .iov_len = 5 };
	struct sockaddr_storage src = address(server, port);
	struct sockaddr_storage dst = address(host, 40061);
	struct seen *phone = seen_new();

	open_at(phone, host, 40061);
	assert_int_equal(udp_send_as(&src, &dst, TOS_EF, &iov, 1), 0);
	turn(phone);
	assert_int_equal(phone->n, 1);
	assert_int_equal(phone->tos, TOS_EF);
	assert_address(&phone->src, server, port);
	seen_free(phone);
}

static void send_as_both(uint16_t port)
{
	send_as_server(SERVER, "127.0.0.1", port);
	send_as_server(SERVER6, "::1", port);
}

static void phone_sees_the_server(void **state)
{
	(void)state;
	NEED(have_namespace);
	send_as_both(5080);
}

static void divert_socket_lends_its_port(void **state)
{
	struct seen *divert = seen_new(), *divert6 = seen_new();

	(void)state;
	NEED(have_namespace);
	open_divert(divert, AF_INET);
	open_divert(divert6, AF_INET6);
	send_as_both(5060);
	send_as_both(5080);
	assert_int_equal(divert->n, 0);
	assert_int_equal(divert6->n, 0);
	seen_free(divert);
	seen_free(divert6);
}

static void divert_from(const char *host, const char *server)
{
	struct sockaddr_storage dst = address(server, 5060);
	struct iovec iov = { .iov_base = "REGISTER", .iov_len = 8 };
	struct seen *phone = seen_new(), *divert = seen_new();

	open_at(phone, host, 40060);
	open_divert(divert, dst.ss_family);
	assert_int_equal(udp_send(phone->socket, &dst, TOS_EF, &iov, 1), 0);
	turn(divert);
	assert_int_equal(divert->n, 1);
	assert_int_equal(divert->tos, TOS_EF);
	assert_address(&divert->dst, server, 5060);
	assert_address(&divert->src, host, 40060);
	seen_free(phone);
	seen_free(divert);
}

static void diverted_datagram_names_its_server(void **state)
{
	(void)state;
	NEED(have_tproxy);
	divert_from("127.0.0.1", SERVER);
	divert_from("::1", SERVER6);
}

static void what_was_not_diverted_is_ignored(void **state)
{
	struct seen *local = seen_new(), *divert = seen_new();

	(void)state;
	NEED(have_namespace);
	open_public(local, 40060);
	open_divert(divert, AF_INET);
	assert_int_equal(send_text(local->socket, 5060, 0, "loop"), 0);
	turn(divert);
	assert_int_equal(divert->n, 0);
	seen_free(local);
	seen_free(divert);
}

/* A namespace with a loopback device like a link, and SERVER behind tproxy */
static void prepare(void)
{
	have_namespace = !geteuid() && !unshare(CLONE_NEWNET) &&
		!system("ip link set lo up mtu 1500");
	have_tproxy = have_namespace &&
		!system("ip route add local 203.0.113.0/24 dev lo && "
			"ip -6 route add local 2001:db8:1::/64 dev lo && "
			"nft 'add table inet t; "
			"add chain inet t c { type filter hook prerouting priority mangle; }; "
			"add rule inet t c ip daddr 203.0.113.0/24 udp dport 5060 "
			"tproxy ip to 127.0.0.1:5060 accept; "
			"add rule inet t c ip6 daddr 2001:db8:1::/64 udp dport 5060 "
			"tproxy ip6 to [::1]:5060 accept'");
	if (!have_tproxy)
		printf("# some tests need root, ip and nft with tproxy\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagram_comes_with_addresses_and_tos),
		cmocka_unit_test(empty_datagram_is_one),
		cmocka_unit_test(taken_port_says_so),
		cmocka_unit_test(socket_may_be_closed_in_its_callback),
		cmocka_unit_test(one_wakeup_takes_a_bounded_batch),
		cmocka_unit_test(longer_than_the_mtu_is_fragmented),
		cmocka_unit_test(phone_sees_the_server),
		cmocka_unit_test(divert_socket_lends_its_port),
		cmocka_unit_test(diverted_datagram_names_its_server),
		cmocka_unit_test(what_was_not_diverted_is_ignored),
	};

	prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
