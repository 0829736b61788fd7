/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What conntrack has done with an address of ours before it was ours.
 *
 * NAT gives a LAN host's flow any port of this router that no other flow has,
 * and knows nothing of sockets: a flow that was there first would get what is
 * said to our port (sip-alg D11). It is forgotten when the port becomes ours,
 * and its next packet is given another one, by the chain *guard*.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_CONNTRACK_H
#define SIPFAST_DAEMON_NL_CONNTRACK_H

#include <netinet/in.h>
#include <stdint.h>

/**
 * nl_conntrack_release() - forget the flows whose answers come to an address
 * @protocol: IPPROTO_UDP or IPPROTO_TCP
 * @local: address and port of ours, which are not tracked from now on
 *
 * Return: how many there were, 0 where nothing is tracked at all; or -errno.
 */
int nl_conntrack_release(uint8_t protocol,
			 const struct sockaddr_storage *local);

#endif
