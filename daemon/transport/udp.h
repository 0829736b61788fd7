/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIP over UDP: the daemon's sockets, on the event loop.
 *
 * There are two kinds. A *divert* socket is transparent: nft's tproxy hands it
 * the phones' datagrams whoever they were sent to, and it answers in the name
 * of that server. A *public* socket is bound to one of our own addresses and
 * stands for one phone: what leaves from it is what the world is told to answer
 * to.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_TRANSPORT_UDP_H
#define SIPFAST_DAEMON_TRANSPORT_UDP_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "transport/message.h"

struct event_base;
struct udp_socket;

/** Largest datagram taken; what is longer cannot be UDP. */
#define UDP_MAX_LEN 65535

typedef void (*udp_recv_fn)(void *arg, const struct message *datagram);

/**
 * udp_open_divert() - a transparent socket for a SIP port
 * @base: event loop
 * @family: AF_INET or AF_INET6
 * @port: destination port, host order, at which packets are diverted
 * @recv: called for each datagram
 * @arg: for @recv
 *
 * It is bound to 127.0.0.1 or ::1 at @port, where nft's tproxy delivers, so that a
 * SIP server of this machine's own keeps the port on its real addresses.
 *
 * Return: the socket, or NULL with errno set.
 */
struct udp_socket *udp_open_divert(struct event_base *base, sa_family_t family,
				   uint16_t port, udp_recv_fn recv, void *arg);

/**
 * udp_open_public() - a socket at an address of our own
 * @base: event loop
 * @local: address and port to bind to
 * @recv: called for each datagram
 * @arg: for @recv
 *
 * Return: the socket, or NULL with errno set (EADDRINUSE: choose another port).
 */
struct udp_socket *udp_open_public(struct event_base *base,
				   const struct sockaddr_storage *local,
				   udp_recv_fn recv, void *arg);

/** udp_close() - end a socket; NULL is fine; allowed inside its own callback */
void udp_close(struct udp_socket *socket);

/**
 * udp_send() - send from a public socket
 * @socket: the socket
 * @dst: destination
 * @tos: TOS byte
 * @iov: the datagram's pieces
 * @n_iov: how many
 *
 * Return: 0, or -errno.
 */
int udp_send(struct udp_socket *socket, const struct sockaddr_storage *dst,
	     uint8_t tos, const struct iovec *iov, unsigned int n_iov);

/**
 * udp_send_as() - send to a phone in the name of a server
 * @src: the server's address and port, which the phone shall see
 * @dst: the phone
 * @tos: TOS byte
 * @iov: the datagram's pieces
 * @n_iov: how many
 *
 * Any source port will do, a divert socket for it is not needed.
 *
 * Return: 0, or -errno.
 */
int udp_send_as(const struct sockaddr_storage *src,
		const struct sockaddr_storage *dst, uint8_t tos,
		const struct iovec *iov, unsigned int n_iov);

#endif
