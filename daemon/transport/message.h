/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has come, by whatever transport: some bytes, from whom, and for whom.
 *
 * Over UDP it is a datagram, over TCP what the framer has cut out of the stream
 * (sip/frame.h). Who reads messages need not care; what answers one or sends it
 * on has to know by which connection it came.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_TRANSPORT_MESSAGE_H
#define SIPFAST_DAEMON_TRANSPORT_MESSAGE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct tcp_flow;

/** enum transport - by what SIP travels */
enum transport {
	TRANSPORT_UDP,
	TRANSPORT_TCP,
	N_TRANSPORTS,
};

/**
 * struct message - one that came
 * @data: its bytes; valid for the time of the callback, NUL does not follow
 * @len: how many
 * @src: who sent it
 * @dst: whom it was sent to, before it was diverted
 * @tos: TOS byte of a datagram, to be copied to what is sent on
 * @flow: the connections that it came by; NULL for a datagram
 */
struct message {
	const char *data;
	size_t len;
	struct sockaddr_storage src;
	struct sockaddr_storage dst;
	uint8_t tos;
	struct tcp_flow *flow;
};

/** message_transport() - what it came by */
static inline enum transport message_transport(const struct message *message)
{
	return message->flow ? TRANSPORT_TCP : TRANSPORT_UDP;
}

#endif
