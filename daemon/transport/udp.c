// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SIP over UDP: receive in batches, send from where we are asked to.
 *
 * What happens to a datagram's ancillary data is all here: the address that it
 * was sent to before it was diverted (IP_RECVORIGDSTADDR), and its TOS byte.
 * Datagrams leave without DF, for one that our edits made longer than the path's
 * MTU must be fragmented, not lost.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "transport/udp.h"

#include <errno.h>
#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utlist.h>

/* Datagrams taken per wakeup, so that one socket does not starve the rest */
#define BATCH 32

/* Signalling comes in bursts: every phone registers after a power cut. */
#define RECEIVE_BUFFER (1024 * 1024)

/**
 * struct udp_socket - one socket on the loop
 * @fd: the socket
 * @event: its readiness
 * @local: what a public socket is bound to; a divert socket's datagrams say
 *	whom they were sent to themselves
 * @divert: which kind it is
 * @recv: called for each datagram
 * @arg: for @recv
 * @closed: set by udp_close() while @recv runs, for the loop that called it
 * @prev: in the list of divert sockets,
 * @next:	where it is one
 */
struct udp_socket {
	int fd;
	struct event *event;
	struct sockaddr_storage local;
	bool divert;
	udp_recv_fn recv;
	void *arg;
	bool *closed;
	struct udp_socket *prev;
	struct udp_socket *next;
};

/* An original destination or a packet info, and a TOS byte or traffic class */
union ancillary {
	char bytes[CMSG_SPACE(sizeof(struct sockaddr_in6)) +
		   CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

/* The sockets that udp_send_as() may borrow: those that have its source port */
static struct udp_socket *diverts;

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

static int set_fragmentable(int fd, sa_family_t family)
{
	if (family == AF_INET6)
		return set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER,
				  IPV6_PMTUDISC_DONT);
	return set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
}

static int set_ancillary(int fd, sa_family_t family)
{
	if (family == AF_INET6)
		return set_option(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1) ?:
		       set_option(fd, IPPROTO_IPV6, IPV6_RECVORIGDSTADDR, 1);
	return set_option(fd, IPPROTO_IP, IP_RECVTOS, 1) ?:
	       set_option(fd, IPPROTO_IP, IP_RECVORIGDSTADDR, 1);
}

/* A bound socket, or -1 with errno set. */
static int open_bound(const struct sockaddr_storage *local, bool transparent)
{
	int fd, err;

	fd = socket(local->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    0);
	if (fd < 0)
		return -1;
	if (local->ss_family == AF_INET6 &&
	    set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1))
		goto err_close;
	if (transparent && set_transparent(fd, local->ss_family))
		goto err_close;
	if (set_fragmentable(fd, local->ss_family))
		goto err_close;
	if (bind(fd, (const struct sockaddr *)local, address_len(local)))
		goto err_close;
	return fd;

err_close:
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

static void read_ancillary(struct msghdr *header,
			   struct message *datagram)
{
	struct cmsghdr *c;
	int tclass;

	for (c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		if (c->cmsg_level == IPPROTO_IP &&
		    c->cmsg_type == IP_ORIGDSTADDR) {
			memcpy(&datagram->dst, CMSG_DATA(c),
			       sizeof(struct sockaddr_in));
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
			   c->cmsg_type == IPV6_ORIGDSTADDR) {
			memcpy(&datagram->dst, CMSG_DATA(c),
			       sizeof(struct sockaddr_in6));
		} else if (c->cmsg_level == IPPROTO_IP &&
			   c->cmsg_type == IP_TOS) {
			datagram->tos = *CMSG_DATA(c);
		} else if (c->cmsg_level == IPPROTO_IPV6 &&
			   c->cmsg_type == IPV6_TCLASS) {
			memcpy(&tclass, CMSG_DATA(c), sizeof(tclass));
			datagram->tos = tclass;
		}
	}
}

/* Take one datagram into @buffer. False: there is none now. */
static bool receive(struct udp_socket *sock, char *buffer,
		    struct message *datagram)
{
	union ancillary control;
	struct iovec iov = { .iov_base = buffer, .iov_len = UDP_MAX_LEN };
	struct msghdr header = {
		.msg_name = &datagram->src,
		.msg_namelen = sizeof(datagram->src),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len;

	memset(datagram, 0, sizeof(*datagram));
	len = recvmsg(sock->fd, &header, 0);
	if (len < 0)
		return false;
	datagram->data = buffer;
	datagram->len = len;
	datagram->dst = sock->local;
	read_ancillary(&header, datagram);
	return true;
}

/*
 * A divert socket can be reached without being diverted, by a program of this
 * machine that sends to it. That is no phone, and has no server to go on to.
 */
static bool is_diverted(const struct udp_socket *sock,
			const struct message *datagram)
{
	return memcmp(&datagram->dst, &sock->local,
		      address_len(&sock->local)) != 0;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	static char buffer[UDP_MAX_LEN];
	struct udp_socket *sock = arg;
	struct message datagram;
	bool closed = false;
	int i;

	(void)fd;
	(void)what;
	sock->closed = &closed;
	for (i = 0; i < BATCH && receive(sock, buffer, &datagram); i++) {
		if (sock->divert && !is_diverted(sock, &datagram))
			continue;
		sock->recv(sock->arg, &datagram);
		if (closed)
			return;
	}
	sock->closed = NULL;
}

static struct udp_socket *open_on_loop(struct event_base *base,
				       const struct sockaddr_storage *local,
				       bool divert, udp_recv_fn recv, void *arg)
{
	struct udp_socket *sock = calloc(1, sizeof(*sock));
	int err;

	if (!sock)
		return NULL;
	sock->local = *local;
	sock->divert = divert;
	sock->recv = recv;
	sock->arg = arg;
	sock->fd = open_bound(local, divert);
	if (sock->fd < 0)
		goto err_free;
	if (set_ancillary(sock->fd, local->ss_family))
		goto err_close;
	/* Beyond rmem_max only root may go; what we get will do. */
	if (set_option(sock->fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER))
		set_option(sock->fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
	sock->event = event_new(base, sock->fd, EV_READ | EV_PERSIST,
				on_readable, sock);
	if (!sock->event || event_add(sock->event, NULL)) {
		errno = ENOMEM;
		goto err_close;
	}
	if (divert)
		DL_APPEND(diverts, sock);
	return sock;

err_close:
	err = errno;
	if (sock->event)
		event_free(sock->event);
	close(sock->fd);
	errno = err;
err_free:
	err = errno;
	free(sock);
	errno = err;
	return NULL;
}

static struct sockaddr_storage loopback(sa_family_t family, uint16_t port)
{
	struct sockaddr_storage local = { .ss_family = family };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&local;
	struct sockaddr_in *in = (struct sockaddr_in *)&local;

	if (family == AF_INET6) {
		in6->sin6_addr = in6addr_loopback;
		in6->sin6_port = htons(port);
	} else {
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		in->sin_port = htons(port);
	}
	return local;
}

struct udp_socket *udp_open_divert(struct event_base *base, sa_family_t family,
				   uint16_t port, udp_recv_fn recv, void *arg)
{
	const struct sockaddr_storage local = loopback(family, port);

	return open_on_loop(base, &local, true, recv, arg);
}

struct udp_socket *udp_open_public(struct event_base *base,
				   const struct sockaddr_storage *local,
				   udp_recv_fn recv, void *arg)
{
	return open_on_loop(base, local, false, recv, arg);
}

void udp_close(struct udp_socket *socket)
{
	if (!socket)
		return;
	if (socket->closed)
		*socket->closed = true;
	if (socket->divert)
		DL_DELETE(diverts, socket);
	event_free(socket->event);
	close(socket->fd);
	free(socket);
}

static void add_ancillary(struct msghdr *header, int level, int type,
			  const void *value, size_t len)
{
	struct cmsghdr *c = (struct cmsghdr *)((char *)header->msg_control +
					       header->msg_controllen);

	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), value, len);
	header->msg_controllen += CMSG_SPACE(len);
}

static void add_source(struct msghdr *header,
		       const struct sockaddr_storage *src)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)src;
	const struct sockaddr_in *in = (const struct sockaddr_in *)src;
	struct in6_pktinfo from6 = { .ipi6_ifindex = 0 };
	struct in_pktinfo from = { .ipi_ifindex = 0 };

	if (src->ss_family == AF_INET6) {
		from6.ipi6_addr = in6->sin6_addr;
		add_ancillary(header, IPPROTO_IPV6, IPV6_PKTINFO, &from6,
			      sizeof(from6));
	} else {
		from.ipi_spec_dst = in->sin_addr;
		add_ancillary(header, IPPROTO_IP, IP_PKTINFO, &from,
			      sizeof(from));
	}
}

/* Send from @fd, in the name of @src unless that is NULL. */
static int send_from(int fd, const struct sockaddr_storage *src,
		     const struct sockaddr_storage *dst, uint8_t tos,
		     const struct iovec *iov, unsigned int n_iov)
{
	union ancillary control = { 0 };
	struct msghdr header = {
		.msg_name = (void *)dst,
		.msg_namelen = address_len(dst),
		.msg_iov = (struct iovec *)iov,
		.msg_iovlen = n_iov,
		.msg_control = &control,
	};
	int tclass = tos;

	if (dst->ss_family == AF_INET6)
		add_ancillary(&header, IPPROTO_IPV6, IPV6_TCLASS, &tclass,
			      sizeof(tclass));
	else
		add_ancillary(&header, IPPROTO_IP, IP_TOS, &tclass,
			      sizeof(tclass));
	if (src)
		add_source(&header, src);
	return sendmsg(fd, &header, 0) < 0 ? -errno : 0;
}

int udp_send(struct udp_socket *socket, const struct sockaddr_storage *dst,
	     uint8_t tos, const struct iovec *iov, unsigned int n_iov)
{
	return send_from(socket->fd, NULL, dst, tos, iov, n_iov);
}

static in_port_t port_of(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6 ?
	       ((const struct sockaddr_in6 *)address)->sin6_port :
	       ((const struct sockaddr_in *)address)->sin_port;
}

/* The divert socket of the family and at the port of @address, or NULL. */
static struct udp_socket *divert_at(const struct sockaddr_storage *address)
{
	struct udp_socket *sock;

	DL_FOREACH(diverts, sock)
		if (sock->local.ss_family == address->ss_family &&
		    port_of(&sock->local) == port_of(address))
			return sock;
	return NULL;
}

/*
 * A server mostly has the port at which its phones' datagrams are diverted, and
 * the divert socket can lend its port. For any other port a transparent socket
 * is made and ended again: it never is connected, so that tproxy hands it
 * nothing in the meantime. Neither carries a mark, for that of diverted packets
 * would route the datagram back to ourselves.
 */
int udp_send_as(const struct sockaddr_storage *src,
		const struct sockaddr_storage *dst, uint8_t tos,
		const struct iovec *iov, unsigned int n_iov)
{
	struct udp_socket *divert = divert_at(src);
	int fd, err;

	if (divert)
		return send_from(divert->fd, src, dst, tos, iov, n_iov);
	fd = open_bound(src, true);
	if (fd < 0)
		return -errno;
	err = send_from(fd, NULL, dst, tos, iov, n_iov);
	close(fd);
	return err;
}
