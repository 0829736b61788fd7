// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where packets end: ingress hooks at both ends that count and free, and look
 * at each packet where the run is one to verify. Then nothing but what its
 * stream should have become is good: addresses, ports, checksums, one hop less,
 * the payload as it was sent, and in the order it was sent.
 *
 * The null wire is a hook in the gateway that does nothing but pass a frame on
 * to the other device; what it costs is subtracted from everything else.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "sf_bench.h"

bool sf_bench_is_traffic(const struct sk_buff *skb)
{
	u8 protocol;

	if (skb->protocol == htons(ETH_P_IP))
		protocol = ip_hdr(skb)->protocol;
	else if (skb->protocol == htons(ETH_P_IPV6))
		protocol = ipv6_hdr(skb)->nexthdr;
	else
		return false;
	return protocol == IPPROTO_UDP || protocol == IPPROTO_TCP;
}

/* --- what is wrong with a packet ------------------------------------------ */

static struct sf_bench_stream *stream_of(const u8 *rtp)
{
	u32 ssrc = ntohl(*(__be32 *)(rtp + 8)) & 0xffffff;

	return ssrc < sf_bench_n_streams ? &sf_bench_streams[ssrc] : NULL;
}

static bool is_port(__be16 seen, __be16 wanted)
{
	return !wanted || seen == wanted;
}

/* A sender that leaves the checksum to the device has summed the addresses. */
static bool is_sum_good(const struct sk_buff *skb, const void *l4,
			unsigned int len, __sum16 check, __wsum pseudo)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return check == (__force __sum16)~csum_fold(pseudo);
	return check && !csum_fold(csum_partial(l4, len, pseudo));
}

static const char *examine_ip(const struct sk_buff *skb,
			      const struct sf_bench_record *record,
			      unsigned int *l3_len, __wsum *pseudo)
{
	unsigned int len;

	if (record->out_family == 4) {
		const struct iphdr *iph = ip_hdr(skb);

		if (skb->protocol != htons(ETH_P_IP) || iph->ihl != 5)
			return "no plain IPv4";
		if (ip_fast_csum(iph, iph->ihl))
			return "IP checksum";
		if (memcmp(&iph->saddr, record->out.src, sizeof(iph->saddr)))
			return "source address";
		if (memcmp(&iph->daddr, record->out.dst, sizeof(iph->daddr)))
			return "destination address";
		if (ntohs(iph->tot_len) != skb->len)
			return "IP length";
		*l3_len = sizeof(*iph);
		len = skb->len - *l3_len;
		*pseudo = csum_tcpudp_nofold(iph->saddr, iph->daddr, len,
					     record->protocol, 0);
	} else {
		const struct ipv6hdr *ip6h = ipv6_hdr(skb);

		if (skb->protocol != htons(ETH_P_IPV6))
			return "no IPv6";
		if (memcmp(&ip6h->saddr, record->out.src, sizeof(ip6h->saddr)))
			return "source address";
		if (memcmp(&ip6h->daddr, record->out.dst, sizeof(ip6h->daddr)))
			return "destination address";
		*l3_len = sizeof(*ip6h);
		len = skb->len - *l3_len;
		if (ntohs(ip6h->payload_len) != len)
			return "IPv6 length";
		*pseudo = ~csum_unfold(csum_ipv6_magic(&ip6h->saddr,
						       &ip6h->daddr, len,
						       record->protocol, 0));
	}
	return NULL;
}

static const char *examine(const struct sf_bench_end *end,
			   const struct sk_buff *skb)
{
	const struct sf_bench_run *run = &sf_bench_run;
	const struct sf_bench_record *record;
	unsigned int l3_len, l4_len, len;
	struct sf_bench_stream *stream;
	const char *complaint;
	__sum16 check;
	__wsum pseudo;
	const u8 *l4;

	if (skb_is_nonlinear(skb) || skb->len < run->payload)
		return "length";
	stream = stream_of(skb_tail_pointer(skb) - run->payload);
	if (!stream)
		return "SSRC";
	record = &stream->record;
	if (end != &sf_bench_ends[!record->end])
		return "arrived at the wrong end";
	complaint = examine_ip(skb, record, &l3_len, &pseudo);
	if (complaint)
		return complaint;

	l4 = skb->data + l3_len;
	len = skb->len - l3_len;
	if (record->protocol == IPPROTO_UDP) {
		l4_len = sizeof(struct udphdr);
		check = ((const struct udphdr *)l4)->check;
	} else {
		l4_len = sizeof(struct tcphdr);
		check = ((const struct tcphdr *)l4)->check;
	}
	if (len != l4_len + run->payload)
		return "length of the payload";
	if (!is_port(*(const __be16 *)l4, record->out.sport))
		return "source port";
	if (!is_port(*(const __be16 *)(l4 + 2), record->out.dport))
		return "destination port";
	if (!is_sum_good(skb, l4, len, check, pseudo))
		return "UDP checksum";
	if (ntohs(*(const __be16 *)(l4 + l4_len + 2)) != stream->expected)
		return "sequence";
	stream->expected++;
	if (memcmp(l4 + l4_len + SF_BENCH_RTP_LEN, sf_bench_payload,
		   run->payload - SF_BENCH_RTP_LEN))
		return "payload";
	return NULL;
}

/* --- hooks ---------------------------------------------------------------- */

static void verify(const struct sf_bench_end *end, const struct sk_buff *skb)
{
	struct sf_bench_run *run = &sf_bench_run;
	const char *complaint = examine(end, skb);

	if (!complaint || run->bad++)
		return;
	snprintf(run->complaint, sizeof(run->complaint), "%s in %*ph",
		 complaint, min_t(int, skb_headlen(skb), 48), skb->data);
}

unsigned int sf_bench_sink(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	struct sf_bench_run *run = &sf_bench_run;

	if (!sf_bench_is_traffic(skb))
		return NF_ACCEPT;
	if (run->verify)
		verify(priv, skb);
	consume_skb(skb);
	if (atomic_inc_return(&run->received) == READ_ONCE(run->awaited))
		wake_up(&run->arrived);
	return NF_STOLEN;
}

unsigned int sf_bench_wire(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	struct net_device *out = priv;

	if (!sf_bench_is_traffic(skb))
		return NF_ACCEPT;
	__skb_push(skb, ETH_HLEN);
	skb->dev = out;
	netdev_start_xmit(skb, out, netdev_get_tx_queue(out, 0), false);
	return NF_STOLEN;
}
