// SPDX-License-Identifier: GPL-2.0-only
/*
 * Working out a rewrite, once for a flow, and those ways of rewriting that a
 * packet seldom goes.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "csum.h"
#include "rewrite.h"

#define IPV4_VERSION_IHL	0x45
#define IPV4_DONT_FRAGMENT	0x4000
#define ECN_MASK		0x03

static u16 sum_addresses(const struct sf_endpoint *x,
			 const struct sf_endpoint *y)
{
	return sf_csum_fold(sf_csum_words(x->word, 4) +
			    sf_csum_words(y->word, 4));
}

static u16 sum_ports(const struct sf_endpoint *x, const struct sf_endpoint *y)
{
	return sf_csum_fold((u32)(__force u16)x->port + (__force u16)y->port);
}

static u16 delta(u16 from, u16 to)
{
	return sf_csum_fold((u32)(u16)~from + to);
}

/* TTL is the upper byte of its word. */
static u16 ttl_delta(void)
{
	return ~(__force u16)htons(0x0100);
}

static void set_addresses(struct sf_rewrite *rewrite,
			  const struct sf_endpoint *src,
			  const struct sf_endpoint *dst)
{
	if (dst->family == AF_INET) {
		rewrite->ip4.saddr = src->ip4;
		rewrite->ip4.daddr = dst->ip4;
	} else {
		rewrite->ip6.saddr = src->ip6;
		rewrite->ip6.daddr = dst->ip6;
	}
}

void sf_rewrite_init(struct sf_rewrite *rewrite,
		     const struct sf_five_tuple *from,
		     const struct sf_endpoint *src,
		     const struct sf_endpoint *dst, int dscp)
{
	u16 addresses = delta(sum_addresses(&from->src, &from->dst),
			      sum_addresses(src, dst));
	u16 ports = delta(sum_ports(&from->src, &from->dst),
			  sum_ports(src, dst));

	rewrite->sport = src->port;
	rewrite->dport = dst->port;
	rewrite->family = dst->family;
	rewrite->dscp = dscp;
	set_addresses(rewrite, src, dst);
	rewrite->pseudo_delta = addresses;
	rewrite->udp_delta = sf_csum_fold((u32)addresses + ports);
	rewrite->header_delta = sf_csum_fold((u32)addresses + ttl_delta());
}

static u8 new_tos(u8 tos, const struct sf_rewrite *rewrite)
{
	if (rewrite->dscp == SF_DSCP_KEEP)
		return tos;
	return rewrite->dscp << 2 | (tos & ECN_MASK);
}

struct sf_endpoint sf_rewrite_src(const struct sf_rewrite *rewrite)
{
	struct sf_endpoint src = {
		.port	= rewrite->sport,
		.family	= rewrite->family,
	};

	if (rewrite->family == AF_INET)
		src.ip4 = rewrite->ip4.saddr;
	else
		src.ip6 = rewrite->ip6.saddr;
	return src;
}

struct sf_endpoint sf_rewrite_dst(const struct sf_rewrite *rewrite)
{
	struct sf_endpoint dst = {
		.port	= rewrite->dport,
		.family	= rewrite->family,
	};

	if (rewrite->family == AF_INET)
		dst.ip4 = rewrite->ip4.daddr;
	else
		dst.ip6 = rewrite->ip6.daddr;
	return dst;
}

/* ECN belongs to the path, not to the stream: it is kept (RFC 3168). */
void sf_set_dscp_ipv4(struct iphdr *ip, u8 dscp)
{
	u8 tos = dscp << 2 | (ip->tos & ECN_MASK);

	ip->check = sf_csum_replace(ip->check,
				    delta((__force u16)htons(ip->tos),
					  (__force u16)htons(tos)));
	ip->tos = tos;
}

/* The traffic class straddles the first two bytes. */
static void set_traffic_class(struct ipv6hdr *ip, u8 tos)
{
	u8 *byte = (u8 *)ip;

	byte[0] = 6 << 4 | tos >> 4;
	byte[1] = tos << 4 | (byte[1] & 0x0f);
}

void sf_set_dscp_ipv6(struct ipv6hdr *ip, u8 dscp)
{
	const u8 *byte = (const u8 *)ip;

	set_traffic_class(ip, dscp << 2 | (byte[1] >> 4 & ECN_MASK));
}

static void write_ipv4(struct iphdr *ip, const struct sf_packet *packet,
		       const struct sf_rewrite *rewrite)
{
	memset(ip, 0, sizeof(*ip));
	*(u8 *)ip = IPV4_VERSION_IHL;
	ip->tos = new_tos(packet->tos, rewrite);
	ip->tot_len = htons(sizeof(*ip) + sizeof(struct udphdr) +
			    packet->payload_len);
	ip->frag_off = htons(IPV4_DONT_FRAGMENT);
	ip->ttl = packet->ttl - 1;
	ip->protocol = IPPROTO_UDP;
	ip->saddr = rewrite->ip4.saddr;
	ip->daddr = rewrite->ip4.daddr;
	ip->check = (__force __sum16)
		~sf_csum_fold(sf_csum_words((const __be32 *)ip,
					    sizeof(*ip) / 4));
}

static void write_ipv6(struct ipv6hdr *ip, const struct sf_packet *packet,
		       const struct sf_rewrite *rewrite)
{
	memset(ip, 0, sizeof(*ip));
	set_traffic_class(ip, new_tos(packet->tos, rewrite));
	ip->payload_len = htons(sizeof(struct udphdr) + packet->payload_len);
	ip->nexthdr = IPPROTO_UDP;
	ip->hop_limit = packet->ttl - 1;
	ip->saddr = rewrite->ip6.saddr;
	ip->daddr = rewrite->ip6.daddr;
}

void sf_packet_translate(void *data, const struct sf_packet *packet,
			 const struct sf_rewrite *rewrite,
			 enum sf_csum_mode mode)
{
	if (rewrite->family == AF_INET)
		write_ipv4(data, packet, rewrite);
	else
		write_ipv6(data, packet, rewrite);
	sf_rewrite_udp(data + sf_packet_rewrite_header_len(rewrite), rewrite,
		       mode);
}
