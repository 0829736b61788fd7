// SPDX-License-Identifier: GPL-2.0-only
/*
 * The long way of a packet. Here everything is asked that may be the matter
 * with it: a source that is not settled, another payload than RTP, a limit, an
 * MTU, an aggregate, the other family, or that both ends are behind this very
 * gateway. The usual packet does not come by, see datapath.c.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/if_vlan.h>
#include <net/ip6_checksum.h>
#include <net/xfrm.h>

#include "latch.h"
#include "queue.h"
#include "rate.h"
#include "relay.h"
#include "rtt.h"
#include "stats.h"
#include "trace.h"
#include "xmit.h"

/* What became of a packet, and whose it is now. */
enum outcome {
	RELAYED,	/* gone */
	TAKEN,		/* gone, but not relayed */
	DECLINED,	/* the caller's, unchanged */
	DROPPED,	/* the caller's, to be freed */
};

/* A packet on its way. */
struct passage {
	struct sf_net		*sn;
	struct sf_flow		*flow;
	struct sf_path		*path;
	u64			now_ns;
	bool			turned;	/* in the flow of another stream before */
};

static enum outcome decline(const struct passage *p, const struct sk_buff *skb,
			    const struct sf_packet *packet,
			    enum sf_decline reason)
{
	trace_sf_declined(p->flow, &packet->tuple, skb->len,
			  sf_declines[reason].name);
	sf_stats_declined(p->sn, reason);
	return DECLINED;
}

static enum outcome drop(const struct passage *p, const struct sk_buff *skb,
			 const struct sf_packet *packet, enum sf_drop reason)
{
	trace_sf_dropped(p->flow, &packet->tuple, skb->len,
			 sf_drops[reason].name);
	sf_stats_dropped(p->sn, reason);
	sf_flow_stats_dropped(p->flow->stats);
	return DROPPED;
}

void sf_relay_lost(struct sf_net *sn, struct sf_flow_stats *stats)
{
	sf_stats_dropped(sn, SF_DROP_XMIT);
	sf_flow_stats_dropped(stats);
}

void sf_relay_trace(struct sf_flow *flow, const struct sk_buff *skb,
		    const struct sf_rewrite *to)
{
	struct sf_endpoint dst = sf_rewrite_dst(to);
	struct sf_packet packet;

	if (sf_packet_peek(skb->data, skb_headlen(skb), &packet) ==
	    SF_PACKET_OK)
		sf_trace_forwarded(flow, &packet.tuple, skb->len, &dst);
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

static bool is_opaque(const struct passage *p)
{
	return sf_flow_stream(p->flow)->conf.kind == SIPFAST_KIND_OPAQUE;
}

static enum sf_rtp_class classify(const struct passage *p,
				  const struct sk_buff *skb,
				  const struct sf_packet *packet)
{
	if (is_opaque(p))
		return SF_RTP_CLASS_OTHER;
	return sf_rtp_classify(skb->data + packet->payload_offset,
			       packet->payload_len);
}

/* May a remote endpoint be learned from it? */
static bool is_fit(const struct passage *p, enum sf_rtp_class class)
{
	return is_opaque(p) || class == SF_RTP_CLASS_RTP ||
	       class == SF_RTP_CLASS_RTCP;
}

/* What a stream may have been told of a payload; SF_N_PAYLOADS for nothing. */
static enum sf_payload payload_of(enum sf_rtp_class class)
{
	switch (class) {
	case SF_RTP_CLASS_STUN:
		return SF_PAYLOAD_STUN;
	case SF_RTP_CLASS_DTLS:
		return SF_PAYLOAD_DTLS;
	case SF_RTP_CLASS_ZRTP:
		return SF_PAYLOAD_ZRTP;
	case SF_RTP_CLASS_TURN:
		return SF_PAYLOAD_TURN;
	default:
		return SF_N_PAYLOADS;
	}
}

static enum sipfast_disposition disposition(const struct passage *p,
					    enum sf_rtp_class class)
{
	enum sf_payload payload = payload_of(class);

	if (is_opaque(p) || payload == SF_N_PAYLOADS)
		return SIPFAST_DISPOSITION_RELAY;
	return sf_flow_stream(p->flow)->conf.disposition[payload];
}

static bool is_limited(const struct passage *p, const struct sf_packet *packet)
{
	struct sf_rate *rate = sf_flow_stream(p->flow)->rate[p->flow->dir];

	return rate && !sf_rate_accept(rate, packet->payload_len, p->now_ns);
}

/* Does the stream take the packet? TAKEN where user space has it now. */
static enum outcome admit(const struct passage *p, struct sk_buff *skb,
			  const struct sf_packet *packet,
			  enum sf_rtp_class class)
{
	struct sf_rate *rate = sf_flow_stream(p->flow)->queue_rate;
	enum sf_drop reason;

	/* An empty datagram keeps a NAT binding alive (RFC 6263 section 4.1). */
	if (class == SF_RTP_CLASS_OTHER && !is_opaque(p) &&
	    packet->payload_len)
		return drop(p, skb, packet, SF_DROP_NOT_RTP);
	if (is_limited(p, packet))
		return drop(p, skb, packet, SF_DROP_RATE);
	switch (disposition(p, class)) {
	case SIPFAST_DISPOSITION_RELAY:
		return RELAYED;
	case SIPFAST_DISPOSITION_USER:
		if (!sf_queue_payload(p->flow, rate, skb, packet,
				      payload_of(class), p->now_ns, &reason))
			return drop(p, skb, packet, reason);
		consume_skb(skb);
		return TAKEN;
	default:
		return drop(p, skb, packet, SF_DROP_POLICY);
	}
}

/* --- rewriting ------------------------------------------------------------ */

/* What IPv4 may send without a checksum, IPv6 may not. */
static void complete_csum(struct sk_buff *skb, unsigned int len)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);
	struct udphdr *udp = (struct udphdr *)(ip + 1);
	__wsum sum = skb_checksum(skb, sizeof(*ip), len, 0);

	udp->check = csum_ipv6_magic(&ip->saddr, &ip->daddr, len, IPPROTO_UDP,
				     sum);
	if (!udp->check)
		udp->check = CSUM_MANGLED_0;
}

/* The UDP header stays where it is; the IP header in front of it is another. */
static void translate(struct sk_buff *skb, const struct sf_packet *packet,
		      const struct sf_rewrite *rewrite, enum sf_csum_mode mode)
{
	__skb_pull(skb, packet->udp_offset);
	__skb_push(skb, sf_packet_rewrite_header_len(rewrite));
	skb_reset_network_header(skb);
	skb->protocol = rewrite->family == AF_INET ? htons(ETH_P_IP) :
						     htons(ETH_P_IPV6);
	sf_packet_translate(skb->data, packet, rewrite, mode);
	if (!packet->has_csum && mode == SF_CSUM_FULL)
		complete_csum(skb, packet->payload_len + sizeof(struct udphdr));
}

static void rewrite(const struct passage *p, struct sk_buff *skb,
		    const struct sf_packet *packet)
{
	const struct sf_rewrite *rewrite = &p->path->rewrite;
	enum sf_csum_mode mode = SF_CSUM_FULL;
	struct sf_endpoint src, dst;
	struct sf_rewrite once;

	/* Of VLAN 0, or it would not be here: a priority and no more. */
	__vlan_hwaccel_clear_tag(skb);
	skb_forward_csum(skb);
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		mode = SF_CSUM_PARTIAL;
	/* The path's deltas are those of the source it was settled for. */
	if (!sf_xmit_is_settled(p->path, &packet->tuple.src)) {
		src = sf_rewrite_src(rewrite);
		dst = sf_rewrite_dst(rewrite);
		sf_rewrite_init(&once, &packet->tuple, &src, &dst,
				rewrite->dscp);
		rewrite = &once;
	}
	if (p->path->flags & SF_PATH_TRANSLATES)
		translate(skb, packet, rewrite, mode);
	else
		sf_packet_rewrite(skb->data, rewrite, mode);
	skb_set_transport_header(skb, sf_packet_rewrite_header_len(rewrite));
	skb->priority = rt_tos2priority(rewrite->dscp == SF_DSCP_KEEP ?
					packet->tos : rewrite->dscp << 2);
}

/* --- sending it on -------------------------------------------------------- */

static enum outcome go(struct sf_net *sn, struct sf_flow *flow,
		       struct sk_buff *skb, bool turned);

/*
 * A packet for this very machine may be one that another stream sends on: both
 * ends are behind this gateway. Once is enough.
 */
static struct sf_flow *turning_flow(const struct passage *p,
				    const struct sk_buff *skb)
{
	struct sf_packet packet;

	if (!(p->path->flags & SF_PATH_LOCAL) || p->turned)
		return NULL;
	if (sf_packet_peek(skb->data, skb_headlen(skb), &packet) !=
	    SF_PACKET_OK)
		return NULL;
	return sf_flow_lookup(&p->sn->flows, &packet.tuple);
}

/* Takes the packet, as it is to leave. */
static enum outcome output(const struct passage *p, struct sk_buff *skb,
			   unsigned int len)
{
	struct sf_flow *next = turning_flow(p, skb);
	enum outcome outcome;

	if (next) {
		outcome = go(p->sn, next, skb, true);
		if (outcome == RELAYED || outcome == TAKEN)
			return outcome;
		kfree_skb(skb);
		return TAKEN;
	}
	if (sf_xmit_output(p->sn->net, p->path, skb)) {
		sf_relay_lost(p->sn, p->flow->stats);
		return TAKEN;
	}
	sf_stats_relayed(p->sn->stats, len);
	return RELAYED;
}

/* The path is good until the RCU read section ends. */
static enum outcome send(const struct passage *p, struct sk_buff *skb,
			 const struct sf_packet *packet,
			 enum sf_rtp_class class)
{
	struct sf_stream *stream = sf_flow_stream(p->flow);
	struct sf_arrival arrival = {
		.class	= class,
		.len	= packet->payload_len,
		.now_ns	= p->now_ns,
	};
	enum outcome outcome;

	if (sf_xmit_prepare(p->path, skb))
		return drop(p, skb, packet, SF_DROP_NO_MEMORY);
	if (class == SF_RTP_CLASS_RTP)
		arrival.rtp = sf_rtp_read(skb->data + packet->payload_offset);
	else if (class == SF_RTP_CLASS_RTCP)
		sf_rtt_read(&stream->stats->rtt, p->flow->dir, skb, packet,
			    p->now_ns);
	if (trace_sf_forwarded_enabled())
		sf_relay_trace(p->flow, skb, &p->path->rewrite);
	sf_flow_stats_came(p->flow->stats, packet->tos);
	rewrite(p, skb, packet);
	outcome = output(p, skb, arrival.len);
	if (outcome == RELAYED)
		sf_flow_stats_relayed(p->flow->stats, &arrival);
	return outcome;
}

/* --- aggregates ----------------------------------------------------------- */

static enum outcome send_segment(const struct passage *p, struct sk_buff *skb)
{
	unsigned int readable = min_t(unsigned int, skb->len,
				      SF_RELAY_PEEK_LEN);
	enum sf_rtp_class class;
	struct sf_packet packet = {};
	enum outcome outcome;

	if (!pskb_may_pull(skb, readable) ||
	    sf_packet_parse(skb->data, skb_headlen(skb), skb->len,
			    &packet) != SF_PACKET_OK)
		return drop(p, skb, &packet, SF_DROP_NO_MEMORY);
	class = classify(p, skb, &packet);
	outcome = admit(p, skb, &packet, class);
	return outcome == RELAYED ? send(p, skb, &packet, class) : outcome;
}

/*
 * Datagrams that GRO has put together, or that a local sender has not split
 * yet: each has a payload of its own to be looked at. Checksums are completed
 * on the way.
 */
static enum outcome send_segments(const struct passage *p, struct sk_buff *skb,
				  const struct sf_packet *packet)
{
	unsigned int mac_len = -skb_mac_offset(skb);
	struct sk_buff *segs, *seg, *next;

	/* The other kind is one datagram, to be cut into fragments. */
	if (!(skb_shinfo(skb)->gso_type & (SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST)))
		return decline(p, skb, packet, SF_DECLINE_GSO);
	__skb_push(skb, mac_len);
	segs = __skb_gso_segment(skb, 0, false);
	if (IS_ERR_OR_NULL(segs)) {
		__skb_pull(skb, mac_len);
		return decline(p, skb, packet, SF_DECLINE_GSO);
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		__skb_pull(seg, mac_len);
		skb_reset_network_header(seg);
		if (send_segment(p, seg) == DROPPED)
			kfree_skb(seg);
	}
	return TAKEN;
}

/* --- the way -------------------------------------------------------------- */

static bool is_too_big(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb_is_gso(skb))
		return !skb_gso_validate_network_len(skb, mtu);
	return skb->len > mtu;
}

/* An aggregate is not: its datagrams are as long as their sender wants them. */
static bool may_be_fragmented(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) && !skb_is_gso(skb) &&
	       !(ip_hdr(skb)->frag_off & htons(IP_DF));
}

static enum outcome refuse_too_big(const struct passage *p,
				   struct sk_buff *skb,
				   const struct sf_packet *packet,
				   unsigned int mtu)
{
	decline(p, skb, packet, SF_DECLINE_TOO_BIG);
	sf_xmit_tell_too_big(skb, mtu);
	return DROPPED;
}

static enum outcome no_path(const struct passage *p, const struct sk_buff *skb,
			    const struct sf_packet *packet)
{
	switch (PTR_ERR(p->path)) {
	case -EDESTADDRREQ:
		return drop(p, skb, packet, SF_DROP_REMOTE_UNKNOWN);
	case -ENOMEM:
		return drop(p, skb, packet, SF_DROP_NO_MEMORY);
	default:
		return decline(p, skb, packet, SF_DECLINE_NO_ROUTE);
	}
}

/* A new header would make a sound packet of one whose own was not. */
static bool is_unsound(const struct passage *p, const struct sk_buff *skb)
{
	return (p->path->flags & SF_PATH_TRANSLATES) &&
	       skb->protocol == htons(ETH_P_IP) &&
	       !sf_packet_has_ip_csum(ip_hdr(skb));
}

/* The stack would have asked; what it refuses it may refuse itself. */
static bool is_allowed(struct sk_buff *skb)
{
	unsigned short family = skb->protocol == htons(ETH_P_IP) ? AF_INET :
								   AF_INET6;

	/* At ingress the control block is not IP's yet. */
	if (family == AF_INET)
		IPCB(skb)->flags &= ~IPSKB_NOPOLICY;
	return xfrm_policy_check(NULL, XFRM_POLICY_IN, skb, family) &&
	       xfrm_policy_check(NULL, XFRM_POLICY_FWD, skb, family);
}

/*
 * A path that is settled for the source has been asked all of it. Whoever makes
 * a side known or changes the stream takes the path away or hides the flow, and
 * a route that changed makes it stale; a path that is made anew settles only
 * where IPsec has no say.
 */
static bool is_known(const struct passage *p, const struct sf_endpoint *source,
		     int iif)
{
	const struct sf_path *path = rcu_dereference(p->flow->path);

	return path && path->iif == iif && sf_xmit_is_settled(path, source) &&
	       sf_xmit_is_good(p->sn->net, path);
}

static enum outcome relay(struct passage *p, struct sk_buff *skb,
			  const struct sf_packet *packet)
{
	const struct sf_endpoint *source = &packet->tuple.src;
	int iif = p->turned ? LOOPBACK_IFINDEX : skb->dev->ifindex;
	enum sf_rtp_class class = classify(p, skb, packet);
	enum outcome outcome;
	unsigned int mtu;

	if (!is_known(p, source, iif)) {
		if (!p->turned &&
		    (sf_xmit_is_spoofed(p->sn->net, p->flow, source,
					skb->dev) ||
		     !is_allowed(skb)))
			return decline(p, skb, packet, SF_DECLINE_NO_ROUTE);
		if (!sf_latch_accept(p->flow, source, is_fit(p, class),
				     p->now_ns))
			return drop(p, skb, packet, SF_DROP_SOURCE_MISMATCH);
	}
	if (!skb_is_gso(skb)) {
		outcome = admit(p, skb, packet, class);
		if (outcome != RELAYED)
			return outcome;
	}
	p->path = sf_xmit_path(p->sn->net, p->flow, &packet->tuple, iif);
	if (IS_ERR(p->path))
		return no_path(p, skb, packet);
	if (is_unsound(p, skb))
		return decline(p, skb, packet, SF_DECLINE_MALFORMED);
	mtu = sf_xmit_mtu(p->path);
	if (is_too_big(skb, mtu) && !may_be_fragmented(skb))
		return refuse_too_big(p, skb, packet, mtu);
	if (skb_is_gso(skb))
		return send_segments(p, skb, packet);
	return send(p, skb, packet, class);
}

static enum outcome go(struct sf_net *sn, struct sf_flow *flow,
		       struct sk_buff *skb, bool turned)
{
	struct passage p = {
		.sn	= sn,
		.flow	= flow,
		.now_ns	= ktime_get_ns(),
		.turned	= turned,
	};
	enum sf_packet_verdict verdict;
	struct sf_packet packet;

	verdict = sf_packet_parse(skb->data, skb_headlen(skb), skb->len,
				  &packet);
	if (verdict != SF_PACKET_OK)
		return decline(&p, skb, &packet, decline_reason(verdict));
	if (pskb_trim_rcsum(skb, packet.total_len))
		return drop(&p, skb, &packet, SF_DROP_NO_MEMORY);
	return relay(&p, skb, &packet);
}

unsigned int sf_relay(struct sf_net *sn, struct sf_flow *flow,
		      struct sk_buff *skb)
{
	switch (go(sn, flow, skb, false)) {
	case DECLINED:
		return NF_ACCEPT;
	case DROPPED:
		return NF_DROP;
	default:
		return NF_STOLEN;
	}
}
