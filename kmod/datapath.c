// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of a packet through the module. The usual one, RTP of a flow whose
 * source and way out are settled, goes through walk() from top to bottom. What
 * is not ours is left to the ordinary stack, which is always correct; what is
 * ours but in any way unusual takes the long way, sf_relay(), which asks
 * everything.
 *
 * Everything on this page is inline and keeps what it reads in registers: no
 * local variable has its address taken by a function that is called.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/netfilter_bridge.h>
#include <linux/skbuff.h>
#include <net/dsfield.h>

#include "core/packet.h"
#include "core/rewrite.h"
#include "core/rtp.h"
#include "datapath.h"
#include "device.h"
#include "lookup.h"
#include "net.h"
#include "relay.h"
#include "stats.h"
#include "trace.h"
#include "xmit.h"

/* IP, UDP and RTP headers; every Ethernet frame has that many bytes of IPv4. */
#define HEADERS_IPV4	(20 + 8 + SF_RTP_HEADER_LEN)
#define HEADERS_IPV6	(40 + 8 + SF_RTP_HEADER_LEN)

/* What a device may be that passes on to another what it gets. */
#define PASSES_ON	(IFF_BRIDGE_PORT | IFF_OVS_DATAPATH | IFF_TEAM_PORT | \
			 IFF_BONDING)

/*
 * A tagged frame belongs to the VLAN device, that of a bridge port or bond
 * slave to the device above: it is seen there once more. A tag of VLAN 0 says
 * nothing but a priority.
 */
static __always_inline bool is_passing_through(const struct sk_buff *skb)
{
	if (skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb))
		return true;
	return unlikely(skb->dev->priv_flags & PASSES_ON) &&
	       (netif_is_any_bridge_port(skb->dev) ||
		netif_is_lag_port(skb->dev));
}

static __always_inline bool is_for_us(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST && !skb_shared(skb) &&
	       !is_passing_through(skb);
}

/* --- a packet of any shape ------------------------------------------------ */

static noinline unsigned int walk_any(struct sf_device *device,
				      struct sk_buff *skb)
{
	unsigned int len = min_t(unsigned int, skb->len, SF_RELAY_PEEK_LEN);
	struct sf_net *sn = device->sn;
	struct sf_packet packet;
	struct sf_flow *flow;

	if (!sf_flow_any(&sn->flows) || !is_for_us(skb) ||
	    !pskb_may_pull(skb, len) ||
	    sf_packet_peek(skb->data, skb_headlen(skb), &packet) ==
	    SF_PACKET_OTHER)
		return NF_ACCEPT;
	flow = sf_flow_lookup(&sn->flows, &packet.tuple);
	if (!flow)
		return NF_ACCEPT;
	sf_device_count(device);
	return sf_relay(sn, flow, skb);
}

/* --- the usual packet ----------------------------------------------------- */

static __always_inline unsigned int payload_offset(int family)
{
	return sizeof(struct udphdr) + (family == AF_INET ?
					sizeof(struct iphdr) :
					sizeof(struct ipv6hdr));
}

static __always_inline u8 tos_of(const void *data, int family)
{
	return family == AF_INET ? ipv4_get_dsfield(data) :
				   ipv6_get_dsfield(data);
}

static __always_inline const struct udphdr *udp_of(const struct sk_buff *skb,
						   int family)
{
	return (const void *)(skb->data + payload_offset(family) -
			      sizeof(struct udphdr));
}

/* Where the packet was sent to, as sf_flow.local has it. */
static __always_inline u64 local_of(const struct sf_flow_table *table,
				    const struct sk_buff *skb, int family)
{
	const struct iphdr *ip = (const void *)skb->data;
	const __be16 port = udp_of(skb, family)->dest;

	return family == AF_INET ?
	       sf_word_ipv4(ip->daddr, port) :
	       sf_flow_local_ipv6(table, (const void *)skb->data, port);
}

/* The source as sf_path.from has it. */
static __always_inline u64 source_of(const struct sk_buff *skb, int family)
{
	const struct iphdr *ip = (const void *)skb->data;
	const __be16 port = udp_of(skb, family)->source;

	return family == AF_INET ? sf_word_ipv4(ip->saddr, port) :
				   sf_word_port6(port);
}

static __always_inline struct sf_flow *lookup(const struct sf_flow_table *table,
					      u64 local, u64 source,
					      const struct sk_buff *skb,
					      int family)
{
	if (family == AF_INET)
		return sf_flow_lookup_ipv4(table, local, source);
	return sf_flow_lookup_ipv6(table, (const void *)skb->data, local,
				   udp_of(skb, family)->source);
}

/* Is the source the one that the path was settled for? */
static __always_inline bool is_from(const struct sf_path *path, u64 source,
				    const struct sk_buff *skb, int family)
{
	const struct ipv6hdr *ip6 = (const void *)skb->data;

	return path->from == source &&
	       (family == AF_INET ||
		ipv6_addr_equal(&path->from6, &ip6->saddr));
}

/* Exactly one datagram, as long as its headers say? */
static __always_inline bool is_whole(const struct sk_buff *skb, int family)
{
	const void *data = skb->data;

	if (skb_is_gso(skb))
		return false;
	if (family == AF_INET)
		return sf_packet_is_whole_ipv4(data, skb->len);
	return sf_packet_is_whole_ipv6(data, skb->len);
}

static __always_inline bool fits(const struct sf_path *path, unsigned int len)
{
	return likely(len <= path->small_len) || sf_xmit_fits(path, len);
}

/* HEADERS_* are there; how much of them is payload is_whole() has asked. */
static __always_inline bool is_plain_rtp(const struct sk_buff *skb, int family)
{
	return sf_rtp_is_plain(skb->data + payload_offset(family));
}

/* A checksum that the device has summed up, or that one is to complete. */
static noinline void rewrite_offloaded(struct sk_buff *skb,
				       const struct sf_path *path)
{
	skb_forward_csum(skb);
	sf_packet_rewrite(skb->data, &path->rewrite,
			  skb->ip_summed == CHECKSUM_PARTIAL ?
			  SF_CSUM_PARTIAL : SF_CSUM_FULL);
}

static __always_inline void rewrite(struct sk_buff *skb, void *data,
				    const struct sf_path *path, int family)
{
	if (unlikely(skb->ip_summed != CHECKSUM_NONE &&
		     skb->ip_summed != CHECKSUM_UNNECESSARY))
		rewrite_offloaded(skb, path);
	else if (family == AF_INET)
		sf_rewrite_ipv4(data, &path->rewrite, SF_CSUM_FULL);
	else
		sf_rewrite_ipv6(data, &path->rewrite, SF_CSUM_FULL);
	skb->transport_header = skb->network_header + payload_offset(family) -
				sizeof(struct udphdr);
	skb->priority = rt_tos2priority(tos_of(data, family));
}

static __always_inline void send(struct sf_net *sn, struct sf_flow *flow,
				 const struct sf_path *path,
				 struct sk_buff *skb, int family)
{
	const u64 now_ns = ktime_get_ns();
	struct sf_flow_stats *stats = flow->stats;
	void *data = skb->data;
	const struct sf_arrival arrival = {
		.class	= SF_RTP_CLASS_RTP,
		.rtp	= sf_rtp_read(data + payload_offset(family)),
		.len	= skb->len - payload_offset(family),
		.now_ns	= now_ns,
	};

	sf_flow_stats_came(stats, tos_of(data, family));
	if (trace_sf_forwarded_enabled())
		sf_relay_trace(flow, skb, &path->rewrite);
	rewrite(skb, data, path, family);
	if (unlikely(sf_xmit_neigh(path, skb, false))) {
		sf_relay_lost(sn, stats);
		return;
	}
	sf_stats_relayed(sn->stats, arrival.len);
	sf_flow_stats_relayed_rtp(stats, &arrival);
}

/* --- the walk ------------------------------------------------------------- */

static __always_inline unsigned int walk(struct sf_device *device,
					 struct sk_buff *skb, u64 local,
					 int family)
{
	struct sf_net *sn = device->sn;
	const struct sf_path *path;
	struct sf_flow *flow;
	u64 source;

	source = source_of(skb, family);
	flow = lookup(&sn->flows, local, source, skb, family);
	if (!flow)
		return NF_ACCEPT;
	if (unlikely(skb_vlan_tag_present(skb)))
		return walk_any(device, skb);
	if (!is_for_us(skb))
		return NF_ACCEPT;

	path = rcu_dereference(flow->path);
	if (likely(path && !path->flags && path->iif == skb->dev->ifindex &&
		   is_from(path, source, skb, family) &&
		   sf_xmit_is_plain_good(sn->net, path, family) &&
		   is_whole(skb, family) && is_plain_rtp(skb, family) &&
		   fits(path, skb->len) && !sf_xmit_prepare(path, skb))) {
		sf_device_count(device);
		send(sn, flow, path, skb, family);
		return NF_STOLEN;
	}
	sf_device_count(device);
	return sf_relay(sn, flow, skb);
}

static noinline unsigned int walk_ipv4(struct sf_device *device,
				       struct sk_buff *skb)
{
	const u64 local = local_of(&device->sn->flows, skb, AF_INET);

	return walk(device, skb, local, AF_INET);
}

static noinline unsigned int walk_ipv6(struct sf_device *device,
				       struct sk_buff *skb, u64 local)
{
	if (unlikely(!sf_packet_is_plain_ipv6((const void *)skb->data)))
		return walk_any(device, skb);
	return walk(device, skb, local, AF_INET6);
}

/* --- strangers ------------------------------------------------------------ */

/*
 * Most packets that are not ours are told from the rest here, before a register
 * is saved, and each instruction counts. Those of IPv4 that are UDP are told by
 * walk(): that costs them no more than 155 instructions, and a check here would
 * cost ours ten.
 *
 * The headers of a linear buffer are read before its length is: behind the data
 * is struct skb_shared_info, so it is the buffer's own memory. What was read
 * counts for nothing but leaving the packet alone until is_long_enough().
 */

static __always_inline bool is_long_enough(const struct sk_buff *skb,
					   unsigned int headers)
{
	BUILD_BUG_ON(HEADERS_IPV6 > sizeof(struct skb_shared_info));
	return skb->len >= headers;
}

static __always_inline unsigned int begin_ipv4(struct sf_device *device,
					       struct sk_buff *skb)
{
	const struct iphdr *ip = (const void *)skb->data;

	if (ip->protocol != IPPROTO_UDP)
		return NF_ACCEPT;
	if (unlikely(!is_long_enough(skb, HEADERS_IPV4) ||
		     !sf_packet_is_plain_ipv4(ip)))
		return walk_any(device, skb);
	return walk_ipv4(device, skb);
}

static __always_inline unsigned int begin_ipv6(struct sf_device *device,
					       struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = (const void *)skb->data;
	const struct sf_flow_table *flows;
	u64 local;

	if (skb->protocol != htons(ETH_P_IPV6))
		return NF_ACCEPT;
	if (unlikely(ip6->nexthdr != IPPROTO_UDP ||
		     !is_long_enough(skb, HEADERS_IPV6)))
		return walk_any(device, skb);
	flows = &device->sn->flows;
	local = local_of(flows, skb, AF_INET6);
	if (!sf_flow_may_be_to(flows, local))
		return NF_ACCEPT;
	return walk_ipv6(device, skb, local);
}

/*
 * TCP over IPv6 goes before the question whether it is IPv6: if it is not, it is
 * none of ours either. What a packet was asked here is read anew for those who
 * stay: to keep it would cost those who leave an instruction for each value.
 */
static __always_inline unsigned int begin_linear(struct sf_device *device,
						 struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = (const void *)skb->data;

	if (skb->protocol == htons(ETH_P_IP))
		return begin_ipv4(device, skb);
	if (ip6->nexthdr == IPPROTO_TCP)
		return NF_ACCEPT;
	OPTIMIZER_HIDE_VAR(skb);
	return begin_ipv6(device, skb);
}

static noinline unsigned int begin_nonlinear(struct sf_device *device,
					     struct sk_buff *skb)
{
	if (skb_headlen(skb) >= HEADERS_IPV6)
		return begin_linear(device, skb);
	if (skb->protocol != htons(ETH_P_IP) &&
	    skb->protocol != htons(ETH_P_IPV6))
		return NF_ACCEPT;
	return walk_any(device, skb);
}

static __always_inline unsigned int begin(struct sf_device *device,
					  struct sk_buff *skb)
{
	if (unlikely(skb_is_nonlinear(skb)))
		return begin_nonlinear(device, skb);
	return begin_linear(device, skb);
}

unsigned int sf_datapath_ingress(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	return begin(priv, skb);
}

unsigned int sf_datapath_pre_routing(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	struct sf_net *sn = sf_net(state->net);
	struct sf_device *device;

	/* br_netfilter shows us what a bridge passes on between its ports. */
	if (!sf_flow_any(&sn->flows) || nf_bridge_info_exists(skb))
		return NF_ACCEPT;
	device = sf_device_find(sn, state->in);
	if (!device || device->hook != SIPFAST_HOOK_PRE_ROUTING)
		return NF_ACCEPT;
	return begin(device, skb);
}
