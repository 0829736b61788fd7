/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Giving a packet its new addresses and ports. Checksums are adjusted, not
 * recomputed (RFC 1624): an error that a packet brought along stays visible to
 * its receiver. What the adjustment comes to is the same for every packet from
 * one endpoint to another and is worked out beforehand.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_CORE_REWRITE_H
#define _SF_CORE_REWRITE_H

#include "csum.h"
#include "os.h"
#include "packet.h"

/* The packet keeps the DSCP it came with. */
#define SF_DSCP_KEEP		-1

/**
 * enum sf_csum_mode - what the UDP checksum field holds
 * @SF_CSUM_FULL: the checksum, to be sent as it is
 * @SF_CSUM_PARTIAL: the sum of the pseudo-header, the rest being left to the
 *	device: ports are none of its business
 */
enum sf_csum_mode {
	SF_CSUM_FULL,
	SF_CSUM_PARTIAL,
};

/**
 * struct sf_rewrite - what becomes of packets from one endpoint to another
 * @sport: new source port
 * @dport: new destination port
 * @ports: both, as they lie in the header
 * @header_delta: for the IPv4 header checksum: addresses, and TTL less one
 * @udp_delta: for the UDP checksum: addresses and ports
 * @pseudo_delta: for the pseudo-header: addresses
 * @dscp: new DSCP, or SF_DSCP_KEEP
 * @family: AF_INET or AF_INET6
 * @ip4: new addresses, as they lie in the header
 * @ip6: the same
 *
 * The deltas hold for packets with the five-tuple that they were made for, and
 * for no other.
 */
struct sf_rewrite {
	union {
		struct {
			__be16	sport;
			__be16	dport;
		};
		__be32	ports;
	};
	u16	header_delta;
	u16	udp_delta;
	u16	pseudo_delta;
	s8	dscp;
	u8	family;
	union {
		struct {
			__be32	saddr;
			__be32	daddr;
		} ip4;
		struct {
			struct in6_addr	saddr;
			struct in6_addr	daddr;
		} ip6;
	};
};

/**
 * sf_rewrite_init() - work out a rewrite
 * @rewrite: out: the rewrite
 * @from: five-tuple of the packets as they arrive
 * @src: their new source
 * @dst: their new destination
 * @dscp: their new DSCP, 0 to 63, or SF_DSCP_KEEP
 *
 * Cheap enough to be done for a single packet, where the source may be anybody.
 * @from and the new endpoints may be of different families, for
 * sf_packet_translate().
 */
void sf_rewrite_init(struct sf_rewrite *rewrite,
		     const struct sf_five_tuple *from,
		     const struct sf_endpoint *src,
		     const struct sf_endpoint *dst, int dscp);

/**
 * sf_rewrite_src() - the new source
 * @rewrite: the rewrite
 */
struct sf_endpoint sf_rewrite_src(const struct sf_rewrite *rewrite);

/**
 * sf_rewrite_dst() - the new destination
 * @rewrite: the rewrite
 */
struct sf_endpoint sf_rewrite_dst(const struct sf_rewrite *rewrite);

/**
 * sf_set_dscp_ipv4() - give a packet a new DSCP
 * @ip: its header
 * @dscp: 0 to 63
 */
void sf_set_dscp_ipv4(struct iphdr *ip, u8 dscp);

/**
 * sf_set_dscp_ipv6() - give a packet a new DSCP
 * @ip: its header
 * @dscp: 0 to 63
 */
void sf_set_dscp_ipv6(struct ipv6hdr *ip, u8 dscp);

/* A UDP checksum of zero would say that there is none (RFC 768). */
#define SF_UDP_CSUM_ZERO	((__force __sum16)0xffff)

static __always_inline void sf_rewrite_udp(struct udphdr *udp,
					   const struct sf_rewrite *rewrite,
					   enum sf_csum_mode mode)
{
	__sum16 check = udp->check;

	memcpy(udp, &rewrite->ports, sizeof(rewrite->ports));
	if (unlikely(mode == SF_CSUM_PARTIAL)) {
		udp->check = sf_csum_add(check, rewrite->pseudo_delta);
	} else if (likely(check)) {
		check = sf_csum_replace(check, rewrite->udp_delta);
		udp->check = check ? check : SF_UDP_CSUM_ZERO;
	}
}

/**
 * sf_rewrite_ipv4() - rewrite a plain IPv4 packet where it lies
 * @ip: its header, aligned to 4 bytes; the headers can be written
 * @rewrite: made for its five-tuple, to IPv4
 * @mode: what the UDP checksum field holds
 *
 * The TTL goes down by one. A UDP checksum of zero stays zero, and one that
 * comes to zero is sent as all ones (RFC 768).
 */
static __always_inline void sf_rewrite_ipv4(struct iphdr *ip,
					    const struct sf_rewrite *rewrite,
					    enum sf_csum_mode mode)
{
	if (unlikely(rewrite->dscp != SF_DSCP_KEEP))
		sf_set_dscp_ipv4(ip, rewrite->dscp);
	ip->ttl--;
	ip->check = sf_csum_replace(ip->check, rewrite->header_delta);
	memcpy(&ip->addrs, &rewrite->ip4, sizeof(ip->addrs));
	sf_rewrite_udp((struct udphdr *)(ip + 1), rewrite, mode);
}

/**
 * sf_rewrite_ipv6() - rewrite a plain IPv6 packet where it lies
 * @ip: its header, aligned to 4 bytes; the headers can be written
 * @rewrite: made for its five-tuple, to IPv6
 * @mode: what the UDP checksum field holds
 */
static __always_inline void sf_rewrite_ipv6(struct ipv6hdr *ip,
					    const struct sf_rewrite *rewrite,
					    enum sf_csum_mode mode)
{
	if (unlikely(rewrite->dscp != SF_DSCP_KEEP))
		sf_set_dscp_ipv6(ip, rewrite->dscp);
	ip->hop_limit--;
	memcpy(&ip->addrs, &rewrite->ip6, sizeof(ip->addrs));
	sf_rewrite_udp((struct udphdr *)(ip + 1), rewrite, mode);
}

/**
 * sf_packet_rewrite() - rewrite a plain packet where it lies
 * @data: the packet from its IP header on, aligned to 4 bytes; its IP and UDP
 *	headers can be written
 * @rewrite: made for its five-tuple, to endpoints of its family
 * @mode: what the UDP checksum field holds
 */
static inline void sf_packet_rewrite(void *data,
				     const struct sf_rewrite *rewrite,
				     enum sf_csum_mode mode)
{
	if (rewrite->family == AF_INET)
		sf_rewrite_ipv4(data, rewrite, mode);
	else
		sf_rewrite_ipv6(data, rewrite, mode);
}

/**
 * sf_packet_rewrite_header_len() - bytes of the IP header after a rewrite
 * @rewrite: the rewrite
 *
 * Return: 20 or 40.
 */
static inline unsigned int
sf_packet_rewrite_header_len(const struct sf_rewrite *rewrite)
{
	return rewrite->family == AF_INET ? sizeof(struct iphdr) :
						sizeof(struct ipv6hdr);
}

/**
 * sf_packet_translate() - rewrite a packet into one of the other family
 * @data: where the new IP header will begin, aligned to 4 bytes: as far in
 *	front of the UDP header as sf_packet_rewrite_header_len() says. Both can
 *	be written; the old IP header is not read.
 * @packet: the packet as sf_packet_check() accepted it
 * @rewrite: made for @packet's five-tuple, to endpoints of the other family
 * @mode: what the UDP checksum field holds
 *
 * An IPv4 packet without a UDP checksum must get one from the caller, since
 * IPv6 cannot do without: it is left zero here. An IPv4 packet made here is
 * not to be fragmented and has identification 0 (RFC 6864 section 4.1).
 */
void sf_packet_translate(void *data, const struct sf_packet *packet,
			 const struct sf_rewrite *rewrite,
			 enum sf_csum_mode mode);

#endif /* _SF_CORE_REWRITE_H */
