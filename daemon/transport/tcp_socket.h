/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP sockets as flows need them (transport/tcp.h): bound to addresses that are
 * not ours, to ports that are listened at, and never waited for.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_TRANSPORT_TCP_SOCKET_H
#define SIPFAST_DAEMON_TRANSPORT_TCP_SOCKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * tcp_socket_listen() - listen at @local
 * @local: address and port
 * @transparent: take what is diverted to it
 *
 * Return: the descriptor, or -errno.
 */
int tcp_socket_listen(const struct sockaddr_storage *local, bool transparent);

/**
 * tcp_socket_connect() - begin to connect
 * @from: in whose name, or NULL; the port is left to the kernel where this one
 *	is taken, or has been used for @to a moment ago
 * @to: whom to
 * @tos: TOS byte
 * @transparent: @from is not ours, and only its host is taken
 *
 * Return: the descriptor, or -errno.
 */
int tcp_socket_connect(const struct sockaddr_storage *from,
		       const struct sockaddr_storage *to, uint8_t tos,
		       bool transparent);

/**
 * tcp_socket_accepted() - make an accepted descriptor as the others are
 * @local: set to whom the other side has connected to
 *
 * Return: 0, or -errno.
 */
int tcp_socket_accepted(int fd, struct sockaddr_storage *local);

/** tcp_socket_tos() - the TOS byte that an accepted connection came with */
uint8_t tcp_socket_tos(int fd, sa_family_t family);

/** tcp_socket_name() - what @fd is bound to */
int tcp_socket_name(int fd, struct sockaddr_storage *local);

/** tcp_socket_reset_on_close() - let its end look as if it had never been */
void tcp_socket_reset_on_close(int fd);

#endif
