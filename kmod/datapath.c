// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of a packet through the module. Each step that says no either leaves
 * the packet to the ordinary stack, which is always correct, or drops it; both
 * for a reason that has a name and a counter. Whatever may be declined is
 * declined before the first byte is changed.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/netdevice.h>
#include <linux/netfilter_bridge.h>
#include <linux/skbuff.h>
#include <net/dst.h>

#include "core/packet.h"
#include "core/rewrite.h"
#include "core/rtp.h"
#include "datapath.h"
#include "device.h"
#include "latch.h"
#include "net.h"
#include "session.h"
#include "stats.h"
#include "xmit.h"

/* The longest IPv4 header and the ports; IPv6, UDP and RTP headers are less. */
#define PEEK_LEN	68

static unsigned int decline(struct sf_net *sn, enum sf_decline reason)
{
	net_dbg_ratelimited("sipfast: declined: %s\n",
			    sf_declines[reason].name);
	sf_stats_declined(sn, reason);
	return NF_ACCEPT;
}

static unsigned int drop(struct sf_net *sn, struct sf_flow *flow,
			 enum sf_drop reason)
{
	net_dbg_ratelimited("sipfast: dropped: %s\n", sf_drops[reason].name);
	sf_stats_dropped(sn, reason);
	sf_flow_stats_dropped(flow->stats);
	return NF_DROP;
}

static enum sf_decline decline_reason(enum sf_packet_verdict verdict)
{
	switch (verdict) {
	case SF_PACKET_FRAGMENT:
		return SF_DECLINE_FRAGMENT;
	case SF_PACKET_OPTIONS:
		return SF_DECLINE_IP_OPTIONS;
	case SF_PACKET_TTL:
		return SF_DECLINE_TTL;
	default:
		return SF_DECLINE_MALFORMED;
	}
}

/* --- what a payload is, and what is to become of it ----------------------- */

static enum sf_rtp_class classify(const struct sf_stream *stream,
				  const struct sk_buff *skb,
				  const struct sf_packet *packet)
{
	if (stream->conf.kind == SIPFAST_KIND_OPAQUE)
		return SF_RTP_CLASS_OTHER;
	return sf_rtp_classify(skb->data + packet->payload_offset,
			       packet->payload_len);
}

/* May a remote endpoint be learned from it? */
static bool is_fit(const struct sf_stream *stream, enum sf_rtp_class class)
{
	return stream->conf.kind == SIPFAST_KIND_OPAQUE ||
	       class == SF_RTP_CLASS_RTP || class == SF_RTP_CLASS_RTCP;
}

static bool is_dropped(const struct sf_stream *stream, enum sf_payload payload)
{
	return stream->conf.disposition[payload] == SIPFAST_DISPOSITION_DROP;
}

/* Returns whether the stream takes the payload, and why if it does not. */
static bool is_taken(const struct sf_stream *stream, enum sf_rtp_class class,
		     const struct sf_packet *packet, enum sf_drop *reason)
{
	if (stream->conf.kind == SIPFAST_KIND_OPAQUE)
		return true;

	*reason = SF_DROP_POLICY;
	switch (class) {
	case SF_RTP_CLASS_RTP:
	case SF_RTP_CLASS_RTCP:
		return true;
	case SF_RTP_CLASS_STUN:
		return !is_dropped(stream, SF_PAYLOAD_STUN);
	case SF_RTP_CLASS_DTLS:
		return !is_dropped(stream, SF_PAYLOAD_DTLS);
	case SF_RTP_CLASS_ZRTP:
		return !is_dropped(stream, SF_PAYLOAD_ZRTP);
	case SF_RTP_CLASS_TURN:
		return !is_dropped(stream, SF_PAYLOAD_TURN);
	case SF_RTP_CLASS_OTHER:
		break;
	}
	*reason = SF_DROP_NOT_RTP;
	/* An empty datagram keeps a NAT binding alive (RFC 6263 section 4.1). */
	return !packet->payload_len;
}

/* --- sending it on -------------------------------------------------------- */

/* Where the source is not the usual one, the checksum deltas are not, either. */
static void rewrite(struct sk_buff *skb, const struct sf_packet *packet,
		    const struct sf_path *path)
{
	const struct sf_rewrite *usual = &path->rewrite;
	enum sf_csum_mode mode = SF_CSUM_FULL;
	struct sf_rewrite once;

	if (skb->ip_summed == CHECKSUM_PARTIAL)
		mode = SF_CSUM_PARTIAL;
	if (likely(sf_endpoint_equal(&path->from, &packet->tuple.src))) {
		sf_packet_rewrite(skb->data, packet, usual, mode);
		return;
	}
	sf_rewrite_init(&once, &packet->tuple, &usual->src, &usual->dst,
			usual->dscp);
	sf_packet_rewrite(skb->data, packet, &once, mode);
}

/* Takes the packet; the path is good until the RCU read section ends. */
static void send(struct sf_net *sn, struct sf_flow *flow,
		 const struct sf_path *path, struct sk_buff *skb,
		 const struct sf_packet *packet, enum sf_rtp_class class,
		 u64 now_ns)
{
	struct sf_arrival arrival = {
		.class	= class,
		.len	= packet->payload_len,
		.dscp	= packet->tos >> 2,
		.now_ns	= now_ns,
	};
	enum sf_drop reason;

	if (!is_taken(sf_flow_stream(flow), class, packet, &reason))
		goto drop;
	if (class == SF_RTP_CLASS_RTP)
		sf_rtp_parse(skb->data + packet->payload_offset, &arrival.rtp);
	reason = SF_DROP_NO_MEMORY;
	if (sf_xmit_prepare(path, skb))
		goto drop;
	rewrite(skb, packet, path);
	skb_set_transport_header(skb, packet->udp_offset);
	if (sf_xmit_output(sn->net, path, skb)) {
		drop(sn, flow, SF_DROP_XMIT);
		return;
	}
	sf_stats_relayed(sn, arrival.len);
	sf_flow_stats_relayed(flow->stats, &arrival);
	return;

drop:
	drop(sn, flow, reason);
	kfree_skb(skb);
}

/*
 * Datagrams that GRO has put together, or that a local sender has not split
 * yet: each has a payload of its own to be looked at. Checksums are completed
 * on the way.
 */
static unsigned int send_segments(struct sf_net *sn, struct sf_flow *flow,
				  const struct sf_path *path,
				  struct sk_buff *skb, u64 now_ns)
{
	unsigned int mac_len = -skb_mac_offset(skb);
	struct sk_buff *segs, *seg, *next;
	struct sf_packet packet;

	__skb_push(skb, mac_len);
	segs = __skb_gso_segment(skb, 0, false);
	if (IS_ERR_OR_NULL(segs)) {
		__skb_pull(skb, mac_len);
		return decline(sn, SF_DECLINE_GSO);
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		__skb_pull(seg, mac_len);
		skb_reset_network_header(seg);
		if (!pskb_may_pull(seg, min_t(unsigned int, seg->len,
					      PEEK_LEN)) ||
		    sf_packet_parse(seg->data, skb_headlen(seg), seg->len,
				    &packet) != SF_PACKET_OK) {
			drop(sn, flow, SF_DROP_NO_MEMORY);
			kfree_skb(seg);
			continue;
		}
		send(sn, flow, path, seg, &packet,
		     classify(sf_flow_stream(flow), seg, &packet), now_ns);
	}
	return NF_STOLEN;
}

/* --- the walk ------------------------------------------------------------- */

static bool is_too_big(const struct sk_buff *skb,
		       const struct sf_packet *packet,
		       const struct sf_path *path)
{
	unsigned int mtu = dst_mtu(path->route);

	if (skb_is_gso(skb))
		return !skb_gso_validate_network_len(skb, mtu);
	return packet->total_len > mtu;
}

static unsigned int no_path(struct sf_net *sn, struct sf_flow *flow, int err)
{
	switch (err) {
	case -EDESTADDRREQ:
		return drop(sn, flow, SF_DROP_REMOTE_UNKNOWN);
	case -ENOMEM:
		return drop(sn, flow, SF_DROP_NO_MEMORY);
	default:
		return decline(sn, SF_DECLINE_NO_ROUTE);
	}
}

static unsigned int relay(struct sf_net *sn, struct sf_flow *flow,
			  struct sk_buff *skb, const struct sf_packet *packet)
{
	const struct sf_stream *stream = sf_flow_stream(flow);
	enum sf_rtp_class class = classify(stream, skb, packet);
	u64 now_ns = ktime_get_ns();
	struct sf_path *path;

	if (!sf_latch_accept(flow, &packet->tuple.src, is_fit(stream, class),
			     now_ns))
		return drop(sn, flow, SF_DROP_SOURCE_MISMATCH);
	path = sf_xmit_path(sn->net, flow, &packet->tuple);
	if (IS_ERR(path))
		return no_path(sn, flow, PTR_ERR(path));
	if (is_too_big(skb, packet, path))
		return decline(sn, SF_DECLINE_TOO_BIG);
	if (skb_is_gso(skb))
		return send_segments(sn, flow, path, skb, now_ns);
	send(sn, flow, path, skb, packet, class, now_ns);
	return NF_STOLEN;
}

static unsigned int walk(struct sf_device *device, struct sk_buff *skb)
{
	struct sf_net *sn = device->sn;
	enum sf_packet_verdict verdict;
	struct sf_packet packet;
	struct sf_flow *flow;

	if (!pskb_may_pull(skb, min_t(unsigned int, skb->len, PEEK_LEN)))
		return NF_ACCEPT;
	verdict = sf_packet_peek(skb->data, skb_headlen(skb), &packet);
	if (verdict == SF_PACKET_OTHER)
		return NF_ACCEPT;
	flow = sf_flow_lookup(&sn->flows, &packet.tuple.dst, &packet.tuple.src);
	if (!flow)
		return NF_ACCEPT;

	sf_device_count(device);
	if (verdict == SF_PACKET_OK)
		verdict = sf_packet_check(skb->data, skb->len, &packet);
	if (verdict != SF_PACKET_OK)
		return decline(sn, decline_reason(verdict));
	if (pskb_trim_rcsum(skb, packet.total_len))
		return drop(sn, flow, SF_DROP_NO_MEMORY);
	return relay(sn, flow, skb, &packet);
}

/* Most packets that are not ours are told from the rest here. */
static bool is_candidate(const struct sf_net *sn, const struct sk_buff *skb)
{
	if (!sf_flow_any(&sn->flows))
		return false;
	if (skb->pkt_type != PACKET_HOST || skb_shared(skb))
		return false;
	return skb->protocol == htons(ETH_P_IP) ||
	       skb->protocol == htons(ETH_P_IPV6);
}

/*
 * A tagged frame belongs to the VLAN device, that of a bridge port or bond
 * slave to the device above: it is seen there once more.
 */
static bool is_passing_through(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) || netif_is_any_bridge_port(skb->dev) ||
	       netif_is_lag_port(skb->dev);
}

unsigned int sf_datapath_ingress(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct sf_device *device = priv;

	if (!is_candidate(device->sn, skb) || is_passing_through(skb))
		return NF_ACCEPT;
	return walk(device, skb);
}

unsigned int sf_datapath_pre_routing(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	struct sf_net *sn = sf_net(state->net);
	struct sf_device *device;

	/* br_netfilter shows us what a bridge passes on between its ports. */
	if (!is_candidate(sn, skb) || nf_bridge_info_exists(skb))
		return NF_ACCEPT;
	device = sf_device_find(sn, state->in);
	if (!device || device->hook != SIPFAST_HOOK_PRE_ROUTING)
		return NF_ACCEPT;
	return walk(device, skb);
}
