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
 * @src: new source
 * @dst: new destination, of the same family
 * @header_delta: for the IPv4 header checksum: addresses, and TTL less one
 * @pseudo_delta: for the pseudo-header: addresses
 * @udp_delta: for the UDP checksum: addresses and ports
 * @dscp: new DSCP, or SF_DSCP_KEEP
 *
 * The deltas hold for packets with the five-tuple that they were made for, and
 * for no other.
 */
struct sf_rewrite {
	struct sf_endpoint	src;
	struct sf_endpoint	dst;
	u16			header_delta;
	u16			pseudo_delta;
	u16			udp_delta;
	s16			dscp;
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
 * sf_packet_rewrite() - rewrite a packet where it lies
 * @data: the packet from its IP header on, aligned to 4 bytes; its IP and UDP
 *	headers can be written
 * @packet: the packet as sf_packet_check() accepted it
 * @rewrite: made for @packet's five-tuple, to endpoints of its family
 * @mode: what the UDP checksum field holds
 *
 * TTL or hop limit goes down by one. A UDP checksum of zero stays zero, and one
 * that comes to zero is sent as all ones (RFC 768).
 */
void sf_packet_rewrite(void *data, const struct sf_packet *packet,
		       const struct sf_rewrite *rewrite,
		       enum sf_csum_mode mode);

/**
 * sf_packet_rewrite_header_len() - bytes of the IP header after a rewrite
 * @rewrite: the rewrite
 *
 * Return: 20 or 40.
 */
static inline unsigned int
sf_packet_rewrite_header_len(const struct sf_rewrite *rewrite)
{
	return rewrite->dst.family == AF_INET ? sizeof(struct iphdr) :
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
