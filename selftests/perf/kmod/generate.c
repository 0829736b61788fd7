// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generator: RTP as phones send it, made in the kernel, so that what a
 * packet costs before it reaches the gateway is little, and always the same.
 * Bursts are sent with bottom halves off: the network stack has its turn after
 * each, as it has after an interrupt, and the next one waits for the sink.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/timekeeping.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "sf_bench.h"

/* Room for whatever a gateway may put in front. */
#define HEADROOM	256

/* Whatever has not arrived by then was lost. */
#define PATIENCE	HZ

#define TTL		64
#define SAMPLES		160	/* 20 ms of 8 kHz */
#define SSRC_BASE	0x5f000000

/* Says to profile.c, if it listens, where to begin and to end. */
#define mark(n) \
	asm volatile(".byte 0x0f, 0x1f, 0x84, 0x00, 'S', 'F', 'B', " #n)

static void write_ip(struct sf_bench_stream *stream, unsigned int payload)
{
	const struct sf_bench_tuple *in = &stream->record.in;
	unsigned int len = stream->l4_len + payload;
	void *l3 = stream->headers + ETH_HLEN;

	if (stream->record.family == 4) {
		struct iphdr *iph = l3;

		*iph = (struct iphdr){
			.version	= 4,
			.ihl		= 5,
			.tot_len	= htons(sizeof(*iph) + len),
			.frag_off	= htons(IP_DF),
			.ttl		= TTL,
			.protocol	= stream->record.protocol,
		};
		memcpy(&iph->saddr, in->src, sizeof(iph->saddr));
		memcpy(&iph->daddr, in->dst, sizeof(iph->daddr));
		ip_send_check(iph);
	} else {
		struct ipv6hdr *ip6h = l3;

		*ip6h = (struct ipv6hdr){
			.version	= 6,
			.payload_len	= htons(len),
			.hop_limit	= TTL,
			.nexthdr	= stream->record.protocol,
		};
		memcpy(&ip6h->saddr, in->src, sizeof(ip6h->saddr));
		memcpy(&ip6h->daddr, in->dst, sizeof(ip6h->daddr));
	}
}

static void write_l4(struct sf_bench_stream *stream, unsigned int payload)
{
	const struct sf_bench_tuple *in = &stream->record.in;
	void *l4 = stream->headers + ETH_HLEN + stream->l3_len;

	if (stream->record.protocol == IPPROTO_UDP) {
		*(struct udphdr *)l4 = (struct udphdr){
			.source	= in->sport,
			.dest	= in->dport,
			.len	= htons(sizeof(struct udphdr) + payload),
		};
	} else {
		*(struct tcphdr *)l4 = (struct tcphdr){
			.source	= in->sport,
			.dest	= in->dport,
			.doff	= 5,
			.ack	= 1,
			.window	= htons(1000),
		};
	}
}

static void write_rtp(struct sf_bench_stream *stream)
{
	__be16 *rtp = (void *)(stream->headers + ETH_HLEN + stream->l3_len +
			       stream->l4_len);

	rtp[0] = htons(0x8000);
	*(__be32 *)(rtp + 4) = htonl(SSRC_BASE + (stream - sf_bench_streams));
}

/* All that is the same in each packet of a run. */
static void prepare(struct sf_bench_stream *stream, unsigned int payload)
{
	const struct sf_bench_end *end = &sf_bench_ends[stream->record.end];
	struct ethhdr *eth = (struct ethhdr *)stream->headers;

	stream->l3_len = stream->record.family == 4 ? sizeof(struct iphdr) :
						      sizeof(struct ipv6hdr);
	stream->l4_len = stream->record.protocol == IPPROTO_UDP ?
			 sizeof(struct udphdr) : sizeof(struct tcphdr);
	ether_addr_copy(eth->h_dest, end->gateway);
	ether_addr_copy(eth->h_source, end->dev->dev_addr);
	eth->h_proto = stream->record.family == 4 ? htons(ETH_P_IP) :
						    htons(ETH_P_IPV6);
	write_ip(stream, payload);
	write_l4(stream, payload);
	write_rtp(stream);
	stream->expected = stream->sequence;
}

/* @rest: the sum of the payload behind the RTP header */
static __sum16 checksum(const struct sf_bench_stream *stream,
			unsigned int payload, __wsum rest)
{
	const void *l3 = stream->headers + ETH_HLEN;
	unsigned int len = stream->l4_len + payload;
	__sum16 sum;

	rest = csum_partial(l3 + stream->l3_len,
			    stream->l4_len + SF_BENCH_RTP_LEN, rest);
	if (stream->record.family == 4) {
		const struct iphdr *iph = l3;

		sum = csum_tcpudp_magic(iph->saddr, iph->daddr, len,
					stream->record.protocol, rest);
	} else {
		const struct ipv6hdr *ip6h = l3;

		sum = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
				      stream->record.protocol, rest);
	}
	return sum ?: CSUM_MANGLED_0;
}

/* The next packet of a stream, as far as its headers go. */
static void advance(struct sf_bench_stream *stream, unsigned int payload,
		    __wsum rest)
{
	void *l4 = stream->headers + ETH_HLEN + stream->l3_len;
	__be16 *rtp = l4 + stream->l4_len;
	__sum16 *check;

	if (stream->record.protocol == IPPROTO_UDP)
		check = &((struct udphdr *)l4)->check;
	else
		check = &((struct tcphdr *)l4)->check;
	rtp[1] = htons(stream->sequence);
	*(__be32 *)(rtp + 2) = htonl(stream->sequence * SAMPLES);
	stream->sequence++;
	*check = 0;
	*check = checksum(stream, payload, rest);
}

static struct sk_buff *build(const struct sf_bench_stream *stream,
			     unsigned int payload)
{
	unsigned int headers = ETH_HLEN + stream->l3_len + stream->l4_len +
			       SF_BENCH_RTP_LEN;
	unsigned int rest = payload - SF_BENCH_RTP_LEN;
	unsigned int size = SKB_DATA_ALIGN(HEADROOM + headers + rest) +
			    SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
	struct sk_buff *skb;
	void *data;

	data = netdev_alloc_frag(size);
	if (!data)
		return NULL;
	skb = build_skb(data, size);
	if (!skb) {
		skb_free_frag(data);
		return NULL;
	}
	skb_reserve(skb, HEADROOM);
	skb_put_data(skb, stream->headers, headers);
	skb_put_data(skb, sf_bench_payload, rest);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	return skb;
}

static int send(const struct sf_bench_stream *stream, unsigned int payload)
{
	struct net_device *dev = sf_bench_ends[stream->record.end].dev;
	struct sk_buff *skb = build(stream, payload);

	if (!skb)
		return -ENOMEM;
	skb->dev = dev;
	netdev_start_xmit(skb, dev, netdev_get_tx_queue(dev, 0), false);
	return 0;
}

/* Who relays in the kernel is done by now; other relays have yet to run. */
static bool wait_for_sink(struct sf_bench_run *run)
{
	if (atomic_read(&run->received) >= run->sent)
		return true;
	return wait_event_timeout(run->arrived,
				  atomic_read(&run->received) >= run->sent,
				  PATIENCE);
}

static int send_burst(struct sf_bench_run *run, unsigned int *next,
		      __wsum rest)
{
	unsigned int n = min(run->burst, run->count - run->sent);
	int err = 0;

	WRITE_ONCE(run->awaited, run->sent + n);
	local_bh_disable();
	while (n-- && !err) {
		struct sf_bench_stream *stream = &sf_bench_streams[*next];

		advance(stream, run->payload, rest);
		err = send(stream, run->payload);
		run->sent++;
		if (++*next == sf_bench_n_streams)
			*next = 0;
	}
	local_bh_enable();
	return err;
}

/*
 * Sends what the run asks for and waits for it to arrive. Streams take turns,
 * beginning with the first.
 */
int sf_bench_generate(void)
{
	struct sf_bench_run *run = &sf_bench_run;
	unsigned int i, next = 0;
	u64 begun_ns;
	__wsum rest;
	int err = 0;

	for (i = 0; i < sf_bench_n_streams; i++) {
		prepare(&sf_bench_streams[i], run->payload);
		cond_resched();
	}
	rest = csum_partial(sf_bench_payload, run->payload - SF_BENCH_RTP_LEN,
			    0);
	mark(1);
	begun_ns = ktime_get_raw_ns();
	while (!err && run->sent < run->count) {
		err = send_burst(run, &next, rest);
		if (!wait_for_sink(run))
			break;
		cond_resched();
	}
	run->ns = ktime_get_raw_ns() - begun_ns;
	mark(2);
	sf_bench_sequence += DIV_ROUND_UP(run->sent, sf_bench_n_streams);
	return err;
}
