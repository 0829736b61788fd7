// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A relay as a program: what user space can do at best, to compare with. It
 * knows nothing of RTP, learns nothing and counts nothing; it reads a packet
 * from one socket and sends it from another.
 *
 *	relay single	recvfrom() and sendto(), a packet a call
 *	relay many	recvmmsg() and sendmmsg(), all a socket has
 *
 * Standard input has a line for each stream: where a side sends to and where
 * that side is, for both sides:
 *
 *	A-LOCAL PORT A-REMOTE PORT B-LOCAL PORT B-REMOTE PORT
 *
 * "ready" is printed when all sockets are open; a signal ends it.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#define _GNU_SOURCE /* recvmmsg, sendmmsg */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_PACKET	1500
#define N_PACKETS	64	/* read in one call */
#define N_EVENTS	64

/* One end of a stream: what arrives at @fd leaves from @other's. */
struct end {
	int fd;
	struct sockaddr_storage remote;
	socklen_t len;
	struct end *other;
};

static char packets[N_PACKETS][MAX_PACKET];
static struct iovec vectors[N_PACKETS];
static struct mmsghdr messages[N_PACKETS];

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- the two ways to relay ------------------------------------------------ */

/*
 * Sockets do not block, so this ends when there is no packet left. A packet
 * that cannot be sent is lost, as on any network.
 */
static void relay_single(struct end *end)
{
	struct end *other = end->other;
	ssize_t n;

	while ((n = recvfrom(end->fd, packets[0], MAX_PACKET, 0, NULL,
			     NULL)) >= 0)
		sendto(other->fd, packets[0], n, 0,
		       (struct sockaddr *)&other->remote, other->len);
}

/* Sends what was received, and asks again only when there may be more. */
static void relay_many(struct end *end)
{
	struct end *other = end->other;
	int i, n;

	do {
		for (i = 0; i < N_PACKETS; i++) {
			vectors[i].iov_len = MAX_PACKET;
			messages[i].msg_hdr.msg_name = NULL;
			messages[i].msg_hdr.msg_namelen = 0;
		}
		n = recvmmsg(end->fd, messages, N_PACKETS, 0, NULL);
		for (i = 0; i < n; i++) {
			vectors[i].iov_len = messages[i].msg_len;
			messages[i].msg_hdr.msg_name = &other->remote;
			messages[i].msg_hdr.msg_namelen = other->len;
		}
		if (n > 0)
			sendmmsg(other->fd, messages, n, 0);
	} while (n == N_PACKETS);
}

static void prepare_messages(void)
{
	unsigned int i;

	for (i = 0; i < N_PACKETS; i++) {
		vectors[i].iov_base = packets[i];
		messages[i].msg_hdr.msg_iov = &vectors[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
}

/* --- streams -------------------------------------------------------------- */

static socklen_t parse_address(struct sockaddr_storage *to, const char *text,
			       unsigned int port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *in = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		return sizeof(*in6);
	}
	errno = EINVAL;
	die(text);
}

static struct end *open_end(int epoll, const char *local, unsigned int port,
			    const char *remote, unsigned int remote_port)
{
	struct end *end = calloc(1, sizeof(*end));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = end };
	struct sockaddr_storage at;
	socklen_t len = parse_address(&at, local, port);

	if (!end)
		die("memory");
	end->len = parse_address(&end->remote, remote, remote_port);
	end->fd = socket(at.ss_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (end->fd < 0)
		die("socket");
	if (bind(end->fd, (struct sockaddr *)&at, len))
		die("bind");
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, end->fd, &event))
		die("epoll_ctl");
	return end;
}

static void open_streams(int epoll)
{
	char local[2][INET6_ADDRSTRLEN], remote[2][INET6_ADDRSTRLEN];
	unsigned int port[2], remote_port[2];
	struct end *a, *b;
	int n;

	while ((n = scanf("%45s %u %45s %u %45s %u %45s %u",
			  local[0], &port[0], remote[0], &remote_port[0],
			  local[1], &port[1], remote[1],
			  &remote_port[1])) == 8) {
		a = open_end(epoll, local[0], port[0], remote[0],
			     remote_port[0]);
		b = open_end(epoll, local[1], port[1], remote[1],
			     remote_port[1]);
		a->other = b;
		b->other = a;
	}
	if (n != EOF) {
		errno = EINVAL;
		die("standard input");
	}
}

static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		die("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("setrlimit");
}

int main(int argc, char **argv)
{
	struct epoll_event events[N_EVENTS];
	void (*relay)(struct end *end);
	int epoll, i, n;

	if (argc != 2 || (strcmp(argv[1], "single") &&
			  strcmp(argv[1], "many"))) {
		fputs("usage: relay single|many <STREAMS\n", stderr);
		return 2;
	}
	relay = strcmp(argv[1], "many") ? relay_single : relay_many;
	raise_limit();
	prepare_messages();
	epoll = epoll_create1(0);
	if (epoll < 0)
		die("epoll_create1");
	open_streams(epoll);
	puts("ready");
	fflush(stdout);
	for (;;) {
		n = epoll_wait(epoll, events, N_EVENTS, -1);
		if (n < 0 && errno != EINTR)
			die("epoll_wait");
		for (i = 0; i < n; i++)
			relay(events[i].data.ptr);
	}
}
