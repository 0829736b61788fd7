/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP connections: whose one is, and by which one a message travels.
 *
 * A phone's connection comes from a port that means nothing. Its endpoint is
 * the one that its first message names, so that it gets the same public port
 * each time that it connects. What either side of a flow says goes to the other
 * side. A server that opens a flow itself finds no phone on the other side: it
 * reaches it by a connection that the phone has, or by a new one, to a port that
 * has proven to be a phone's (sip-alg D8).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_STREAM_H
#define SIPFAST_DAEMON_ALG_STREAM_H

#include <sys/uio.h>

struct alg;
struct alg_egress;
struct alg_endpoint;
struct alg_passage;
struct message;
struct sip_msg;

/**
 * alg_stream_endpoint() - whose message is it that a phone's flow has brought?
 * @alg: the ALG
 * @egress: the address of ours by which it goes out
 * @message: what came on the LAN side
 * @msg: its index
 * @endpoint: set on success
 *
 * The first message of a flow decides, and has the flow go on to the server.
 *
 * Return: 0, or -errno as alg_endpoint_of() and tcp_connect() give it.
 */
int alg_stream_endpoint(struct alg *alg, const struct alg_egress *egress,
			const struct message *message,
			const struct sip_msg *msg,
			struct alg_endpoint **endpoint);

/**
 * alg_stream_send() - a message goes on
 * @passage: the message
 * @iov: its pieces
 * @n_iov: how many
 *
 * Return: 0, or -errno (EHOSTUNREACH: no connection leads to the phone).
 */
int alg_stream_send(struct alg_passage *passage, const struct iovec *iov,
		    unsigned int n_iov);

/** alg_links_close() - end all connections of @endpoint */
void alg_links_close(struct alg_endpoint *endpoint);

#endif
