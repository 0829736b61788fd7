// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rewriting headers. Per packet it is a few stores and an addition for each
 * checksum; what is added was worked out once for the flow.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "csum.h"
#include "rewrite.h"

#define IPV4_VERSION_IHL	0x45
#define IPV4_DONT_FRAGMENT	0x4000
#define ECN_MASK		0x03

/* A UDP checksum of zero would say that there is none (RFC 768). */
#define UDP_CSUM_ZERO		((__force __sum16)0xffff)

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

void sf_rewrite_init(struct sf_rewrite *rewrite,
		     const struct sf_five_tuple *from,
		     const struct sf_endpoint *src,
		     const struct sf_endpoint *dst, int dscp)
{
	u16 addresses = delta(sum_addresses(&from->src, &from->dst),
			      sum_addresses(src, dst));
	u16 ports = delta(sum_ports(&from->src, &from->dst),
			  sum_ports(src, dst));

	rewrite->src = *src;
	rewrite->dst = *dst;
	rewrite->dscp = dscp;
	rewrite->pseudo_delta = addresses;
	rewrite->udp_delta = sf_csum_fold((u32)addresses + ports);
	rewrite->header_delta = sf_csum_fold((u32)addresses + ttl_delta());
}

/* ECN belongs to the path, not to the stream: it is kept (RFC 3168). */
static u8 new_tos(u8 tos, const struct sf_rewrite *rewrite)
{
	if (rewrite->dscp == SF_DSCP_KEEP)
		return tos;
	return rewrite->dscp << 2 | (tos & ECN_MASK);
}

static void rewrite_ipv4(struct iphdr *ip, const struct sf_packet *packet,
			 const struct sf_rewrite *rewrite)
{
	u8 tos = new_tos(packet->tos, rewrite);
	u16 change = rewrite->header_delta;

	if (tos != packet->tos) {
		change = sf_csum_fold((u32)change +
				      delta((__force u16)htons(packet->tos),
					    (__force u16)htons(tos)));
		ip->tos = tos;
	}
	ip->ttl--;
	ip->check = sf_csum_replace(ip->check, change);
	ip->saddr = rewrite->src.ip4;
	ip->daddr = rewrite->dst.ip4;
}

/* The traffic class straddles the first two bytes. */
static void set_traffic_class(struct ipv6hdr *ip, u8 tos)
{
	u8 *byte = (u8 *)ip;

	byte[0] = 6 << 4 | tos >> 4;
	byte[1] = tos << 4 | (byte[1] & 0x0f);
}

static void rewrite_ipv6(struct ipv6hdr *ip, const struct sf_packet *packet,
			 const struct sf_rewrite *rewrite)
{
	u8 tos = new_tos(packet->tos, rewrite);

	if (tos != packet->tos)
		set_traffic_class(ip, tos);
	ip->hop_limit--;
	ip->saddr = rewrite->src.ip6;
	ip->daddr = rewrite->dst.ip6;
}

static void rewrite_udp(struct udphdr *udp, const struct sf_packet *packet,
			const struct sf_rewrite *rewrite,
			enum sf_csum_mode mode)
{
	__sum16 check;

	udp->source = rewrite->src.port;
	udp->dest = rewrite->dst.port;
	if (mode == SF_CSUM_PARTIAL) {
		udp->check = sf_csum_add(udp->check, rewrite->pseudo_delta);
	} else if (packet->has_csum) {
		check = sf_csum_replace(udp->check, rewrite->udp_delta);
		udp->check = check ? check : UDP_CSUM_ZERO;
	}
}

void sf_packet_rewrite(void *data, const struct sf_packet *packet,
		       const struct sf_rewrite *rewrite,
		       enum sf_csum_mode mode)
{
	if (rewrite->dst.family == AF_INET)
		rewrite_ipv4(data, packet, rewrite);
	else
		rewrite_ipv6(data, packet, rewrite);
	rewrite_udp(data + packet->udp_offset, packet, rewrite, mode);
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
	ip->saddr = rewrite->src.ip4;
	ip->daddr = rewrite->dst.ip4;
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
	ip->saddr = rewrite->src.ip6;
	ip->daddr = rewrite->dst.ip6;
}

void sf_packet_translate(void *data, const struct sf_packet *packet,
			 const struct sf_rewrite *rewrite,
			 enum sf_csum_mode mode)
{
	if (rewrite->dst.family == AF_INET)
		write_ipv4(data, packet, rewrite);
	else
		write_ipv6(data, packet, rewrite);
	rewrite_udp(data + sf_packet_rewrite_header_len(rewrite), packet,
		    rewrite, mode);
}
