/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of sf_bench.ko know of each other: streams, the two ends they
 * run between, and one run of the generator.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_BENCH_H
#define _SF_BENCH_H

#include <linux/atomic.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/wait.h>

/* The phone's end and the peer's; the gateway is between them. */
#define SF_BENCH_N_ENDS		2

#define SF_BENCH_RTP_LEN	12
#define SF_BENCH_MAX_PAYLOAD	1400

/**
 * struct sf_bench_tuple - addresses and ports of a packet
 * @src: source address; IPv4 in the first four bytes
 * @dst: destination address
 * @sport: source port
 * @dport: destination port
 */
struct sf_bench_tuple {
	__u8	src[16];
	__u8	dst[16];
	__be16	sport;
	__be16	dport;
};

/**
 * struct sf_bench_record - a stream as it is written to the file "streams"
 * @end: which end sends it
 * @protocol: IPPROTO_UDP, or IPPROTO_TCP for what is nobody's media
 * @family: 4 or 6, as it is sent
 * @out_family: 4 or 6, as it is to arrive
 * @in: addresses and ports as it is sent
 * @out: ... as it is to arrive; a port of 0 is any
 */
struct sf_bench_record {
	__u8	end;
	__u8	protocol;
	__u8	family;
	__u8	out_family;
	struct sf_bench_tuple in;
	struct sf_bench_tuple out;
};

/* Ethernet, IPv6, TCP and RTP headers: the longest there is. */
#define SF_BENCH_MAX_HEADERS	(ETH_HLEN + 40 + 20 + SF_BENCH_RTP_LEN)

/**
 * struct sf_bench_stream - a stream in the making
 * @record: what was asked for
 * @headers: all headers as they were last sent, in network order
 * @l3_len: length of the IP header
 * @l4_len: length of the UDP or TCP header
 * @sequence: of the next packet to be sent
 * @expected: of the next packet to arrive
 */
struct sf_bench_stream {
	struct sf_bench_record	record;
	u8			headers[SF_BENCH_MAX_HEADERS];
	u8			l3_len;
	u8			l4_len;
	u16			sequence;
	u16			expected;
};

/**
 * struct sf_bench_end - where packets are sent from, and where they end
 * @dev: the device, NULL where there is none
 * @gateway: the link-layer address of the gateway on this side
 * @ops: the hook that is the sink
 */
struct sf_bench_end {
	struct net_device	*dev;
	u8			gateway[ETH_ALEN];
	struct nf_hook_ops	ops;
};

/**
 * struct sf_bench_run - what one run is to do, and what came of it
 * @count: packets to be sent
 * @payload: bytes of UDP payload, RTP header included
 * @burst: packets sent before the network stack has its turn
 * @verify: look at every packet that arrives
 * @sent: packets that were sent
 * @ns: how long that took; an instruction each under icount
 * @received: packets that arrived
 * @bad: packets that arrived otherwise than they should
 * @complaint: what was wrong with the first of these
 * @awaited: how many are to arrive before the generator goes on
 * @arrived: wakes it
 */
struct sf_bench_run {
	unsigned int		count;
	unsigned int		payload;
	unsigned int		burst;
	unsigned int		verify;
	unsigned int		sent;
	u64			ns;
	atomic_t		received;
	unsigned int		bad;
	char			complaint[160];
	unsigned int		awaited;
	wait_queue_head_t	arrived;
};

extern struct sf_bench_run sf_bench_run;
extern struct sf_bench_end sf_bench_ends[SF_BENCH_N_ENDS];
extern struct sf_bench_stream *sf_bench_streams;
extern unsigned int sf_bench_n_streams;

/*
 * The sequence number that new streams begin with: none that was sent before
 * goes on behind it. One that began anew would look like late packets to who
 * keeps statistics, and those are another path.
 */
extern u16 sf_bench_sequence;

extern u8 sf_bench_payload[SF_BENCH_MAX_PAYLOAD];

/* Whether a packet is the generator's, and none of ARP, NDP and the like. */
bool sf_bench_is_traffic(const struct sk_buff *skb);

int sf_bench_generate(void);

unsigned int sf_bench_sink(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state);

unsigned int sf_bench_wire(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state);

#endif /* _SF_BENCH_H */
