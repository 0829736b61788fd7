/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The long way of a packet: what datapath.c does not do on the spot.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_RELAY_H
#define _SF_RELAY_H

#include <linux/skbuff.h>

#include "net.h"

/* The longest IPv4 header and the ports; IPv6, UDP and RTP headers are less. */
#define SF_RELAY_PEEK_LEN	68

/**
 * sf_relay() - do what has to be done with a packet of a flow
 * @sn: the namespace
 * @flow: the flow it arrived in
 * @skb: the packet, nobody else's, at its network header
 *
 * Context: bottom halves disabled, RCU read lock.
 * Return: NF_ACCEPT where the packet is left to the stack, NF_STOLEN or
 *	NF_DROP where it is not.
 */
unsigned int sf_relay(struct sf_net *sn, struct sf_flow *flow,
		      struct sk_buff *skb);

/**
 * sf_relay_lost() - the device or its queue refused a packet
 * @sn: the namespace
 * @stats: the counters of the flow it arrived in
 *
 * Context: bottom halves disabled.
 */
void sf_relay_lost(struct sf_net *sn, struct sf_flow_stats *stats);

/**
 * sf_relay_trace() - tell of a packet that is about to leave
 * @flow: the flow it arrived in
 * @skb: the packet as it came, at its network header
 * @to: where it goes
 *
 * Context: bottom halves disabled, RCU read lock.
 */
void sf_relay_trace(struct sf_flow *flow, const struct sk_buff *skb,
		    const struct sf_rewrite *to);

#endif /* _SF_RELAY_H */
