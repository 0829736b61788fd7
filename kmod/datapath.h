/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where packets enter the module: one walk behind two kinds of hook.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_DATAPATH_H
#define _SF_DATAPATH_H

struct nf_hook_state;
struct sk_buff;

/**
 * sf_datapath_ingress() - the netdev ingress hook of an attached device
 * @priv: the struct sf_device
 * @skb: the packet, before the IP layer has seen it
 * @state: the hook's state
 *
 * Context: softirq or bottom halves disabled, RCU read lock.
 * Return: NF_ACCEPT where the packet is left to the stack, NF_STOLEN or
 *	NF_DROP where it is not.
 */
unsigned int sf_datapath_ingress(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state);

/**
 * sf_datapath_pre_routing() - the PRE_ROUTING hook of a namespace
 * @priv: unused
 * @skb: the packet
 * @state: the hook's state
 *
 * Context: softirq or bottom halves disabled, RCU read lock.
 * Return: as sf_datapath_ingress().
 */
unsigned int sf_datapath_pre_routing(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state);

#endif /* _SF_DATAPATH_H */
