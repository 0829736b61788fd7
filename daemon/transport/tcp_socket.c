// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TCP sockets as flows need them: see tcp_socket.h.
 *
 * A public port is listened at and called from at the same time. SO_REUSEPORT
 * allows that among sockets of one user; only one of them ever listens.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "transport/tcp_socket.h"

#include <errno.h>
#include <linux/in6.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections that wait to be accepted: every phone comes after a power cut. */
#define BACKLOG 1024

/* A dead host is found out after IDLE + INTERVAL * COUNT seconds. */
#define KEEPALIVE_IDLE_S	60
#define KEEPALIVE_INTERVAL_S	15
#define KEEPALIVE_COUNT		6

/* ECN bits are the connection's own. */
#define DSCP_MASK 0xfc

static socklen_t address_len(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
						sizeof(struct sockaddr_in);
}

static int set_option(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

static int set_transparent(int fd, sa_family_t family)
{
	if (family == AF_INET6)
		return set_option(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, 1);
	return set_option(fd, IPPROTO_IP, IP_TRANSPARENT, 1);
}

/* What accepted sockets inherit, too. */
static int set_common(int fd, sa_family_t family, bool transparent)
{
	return set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) ?:
	       set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1) ?:
	       (family == AF_INET6 ?
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) : 0) ?:
	       (transparent ? set_transparent(fd, family) : 0);
}

static int set_connection(int fd)
{
	return set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1) ?:
	       set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1) ?:
	       set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S) ?:
	       set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL,
			  KEEPALIVE_INTERVAL_S) ?:
	       set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT);
}

static int open_socket(sa_family_t family, bool transparent)
{
	int fd, err;

	fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (!set_common(fd, family, transparent))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* So that the TOS byte of what is accepted can be read. */
static int set_ancillary(int fd, sa_family_t family)
{
	if (family == AF_INET6)
		return set_option(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
	return set_option(fd, IPPROTO_IP, IP_RECVTOS, 1);
}

/*
 * Somebody else's socket at the port is seen only by one that will not share it:
 * others listen with SO_REUSEPORT, too.
 */
static int probe(const struct sockaddr_storage *local, bool transparent)
{
	int fd = open_socket(local->ss_family, transparent);
	int err = 0;

	if (fd < 0)
		return fd;
	if (set_option(fd, SOL_SOCKET, SO_REUSEPORT, 0) ||
	    bind(fd, (const struct sockaddr *)local, address_len(local)))
		err = -errno;
	close(fd);
	return err;
}

int tcp_socket_listen(const struct sockaddr_storage *local, bool transparent)
{
	int fd, err = probe(local, transparent);

	if (err)
		return err;
	fd = open_socket(local->ss_family, transparent);
	if (fd < 0)
		return fd;
	if (!set_ancillary(fd, local->ss_family) &&
	    !bind(fd, (const struct sockaddr *)local, address_len(local)) &&
	    !listen(fd, BACKLOG))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int bind_any_port(int fd, struct sockaddr_storage from)
{
	if (from.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&from)->sin6_port = 0;
	else
		((struct sockaddr_in *)&from)->sin_port = 0;
	return set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1) ?:
	       bind(fd, (struct sockaddr *)&from, address_len(&from));
}

static void set_tos(int fd, sa_family_t family, uint8_t tos)
{
	if (family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, tos & DSCP_MASK);
	else
		set_option(fd, IPPROTO_IP, IP_TOS, tos & DSCP_MASK);
}

static int connect_from(const struct sockaddr_storage *from, bool own_port,
			const struct sockaddr_storage *to, uint8_t tos,
			bool transparent)
{
	int fd = open_socket(to->ss_family, transparent);
	int err = 0;

	if (fd < 0)
		return fd;
	set_tos(fd, to->ss_family, tos);
	if (set_connection(fd))
		err = -errno;
	else if (from && own_port && bind(fd, (const struct sockaddr *)from,
					  address_len(from)))
		err = -errno;
	else if (from && !own_port && bind_any_port(fd, *from))
		err = -errno;
	else if (connect(fd, (const struct sockaddr *)to, address_len(to)) &&
		 errno != EINPROGRESS)
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int tcp_socket_connect(const struct sockaddr_storage *from,
		       const struct sockaddr_storage *to, uint8_t tos,
		       bool transparent)
{
	int fd = connect_from(from, !transparent, to, tos, transparent);

	if (from && !transparent && (fd == -EADDRINUSE || fd == -EADDRNOTAVAIL))
		fd = connect_from(from, false, to, tos, transparent);
	return fd;
}

int tcp_socket_name(int fd, struct sockaddr_storage *local)
{
	socklen_t len = sizeof(*local);

	memset(local, 0, sizeof(*local));
	return getsockname(fd, (struct sockaddr *)local, &len) ? -errno : 0;
}

int tcp_socket_accepted(int fd, struct sockaddr_storage *local)
{
	return set_connection(fd) ? -errno : tcp_socket_name(fd, local);
}

uint8_t tcp_socket_tos(int fd, sa_family_t family)
{
	const bool is_ipv6 = family == AF_INET6;
	union {
		char bytes[256];
		struct cmsghdr align;
	} control;
	socklen_t len = sizeof(control);
	struct msghdr header = { .msg_control = &control };
	struct cmsghdr *c;
	int tclass = 0;

	if (is_ipv6 ? getsockopt(fd, IPPROTO_IPV6, IPV6_2292PKTOPTIONS,
				 &control, &len) :
		      getsockopt(fd, IPPROTO_IP, IP_PKTOPTIONS, &control, &len))
		return 0;
	header.msg_controllen = len;
	for (c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
			tclass = *CMSG_DATA(c);
		else if (c->cmsg_level == IPPROTO_IPV6 &&
			 c->cmsg_type == IPV6_TCLASS)
			memcpy(&tclass, CMSG_DATA(c), sizeof(tclass));
	}
	return tclass & DSCP_MASK;
}

void tcp_socket_reset_on_close(int fd)
{
	const struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}
