// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading IPv4, IPv6 and UDP headers of any shape. What is not plain is worth
 * only the ports, to be counted for the flow it belongs to.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "csum.h"
#include "packet.h"

#define IPV4_MORE_FRAGMENTS	0x2000
#define IPV4_FRAGMENT_OFFSET	0x1fff
#define IPV6_FRAGMENT_OFFSET	0xfff8

/* Extension headers (RFC 8200 section 4) that UDP may follow. */
#define NEXT_HOP_BY_HOP		0
#define NEXT_ROUTING		43
#define NEXT_FRAGMENT		44
#define NEXT_DESTINATION	60

/* More than these no honest sender puts in front of UDP. */
#define MAX_EXTENSIONS		8

static void set_ip4(struct sf_endpoint *endpoint, __be32 ip4)
{
	endpoint->word[0] = ip4;
	endpoint->word[1] = 0;
	endpoint->word[2] = 0;
	endpoint->word[3] = 0;
	endpoint->family = AF_INET;
}

static void set_ip6(struct sf_endpoint *endpoint, const struct in6_addr *ip6)
{
	endpoint->ip6 = *ip6;
	endpoint->family = AF_INET6;
}

static void set_ports(struct sf_packet *packet, const void *data,
		      unsigned int udp_offset)
{
	const struct udphdr *udp = data + udp_offset;

	packet->tuple.src.port = udp->source;
	packet->tuple.dst.port = udp->dest;
	packet->tuple.protocol = IPPROTO_UDP;
	packet->udp_offset = udp_offset;
}

static unsigned int ipv4_header_len(const void *data)
{
	return (*(const u8 *)data & 0xf) * 4;
}

static enum sf_packet_verdict peek_ipv4(const void *data, unsigned int len,
					struct sf_packet *packet)
{
	enum sf_packet_verdict verdict = SF_PACKET_OK;
	const struct iphdr *ip = data;
	unsigned int header_len;

	if (len < sizeof(*ip) || ip->protocol != IPPROTO_UDP)
		return SF_PACKET_OTHER;
	header_len = ipv4_header_len(data);
	if (header_len < sizeof(*ip) ||
	    len < header_len + sizeof(struct udphdr))
		return SF_PACKET_OTHER;
	if (unlikely(header_len > sizeof(*ip)))
		verdict = SF_PACKET_OPTIONS;
	if (unlikely(ip->frag_off & htons(IPV4_MORE_FRAGMENTS |
					  IPV4_FRAGMENT_OFFSET))) {
		if (ip->frag_off & htons(IPV4_FRAGMENT_OFFSET))
			return SF_PACKET_OTHER;
		verdict = SF_PACKET_FRAGMENT;
	}
	set_ip4(&packet->tuple.src, ip->saddr);
	set_ip4(&packet->tuple.dst, ip->daddr);
	set_ports(packet, data, header_len);
	return verdict;
}

/* Walk the extension headers to a UDP header, if there is one. */
static enum sf_packet_verdict skip_extensions(const u8 *data, unsigned int len,
					      unsigned int *offset)
{
	enum sf_packet_verdict verdict = SF_PACKET_OPTIONS;
	u8 next = ((const struct ipv6hdr *)data)->nexthdr;
	unsigned int at = *offset;
	int i;

	for (i = 0; i < MAX_EXTENSIONS && next != IPPROTO_UDP; i++) {
		if (len < at + 8)
			return SF_PACKET_OTHER;
		switch (next) {
		case NEXT_FRAGMENT:
			if ((data[at + 2] << 8 | data[at + 3]) &
			    IPV6_FRAGMENT_OFFSET)
				return SF_PACKET_OTHER;
			verdict = SF_PACKET_FRAGMENT;
			next = data[at];
			at += 8;
			break;
		case NEXT_HOP_BY_HOP:
		case NEXT_ROUTING:
		case NEXT_DESTINATION:
			next = data[at];
			at += 8 + data[at + 1] * 8;
			break;
		default:
			return SF_PACKET_OTHER;
		}
	}
	if (next != IPPROTO_UDP)
		return SF_PACKET_OTHER;
	*offset = at;
	return verdict;
}

static enum sf_packet_verdict peek_ipv6(const void *data, unsigned int len,
					struct sf_packet *packet)
{
	enum sf_packet_verdict verdict = SF_PACKET_OK;
	const struct ipv6hdr *ip = data;
	unsigned int offset = sizeof(*ip);

	if (len < sizeof(*ip) + sizeof(struct udphdr))
		return SF_PACKET_OTHER;
	if (unlikely(ip->nexthdr != IPPROTO_UDP)) {
		verdict = skip_extensions(data, len, &offset);
		if (verdict == SF_PACKET_OTHER ||
		    len < offset + sizeof(struct udphdr))
			return SF_PACKET_OTHER;
	}
	set_ip6(&packet->tuple.src, &ip->saddr);
	set_ip6(&packet->tuple.dst, &ip->daddr);
	set_ports(packet, data, offset);
	return verdict;
}

enum sf_packet_verdict sf_packet_peek(const void *data, unsigned int len,
				      struct sf_packet *packet)
{
	if (!len)
		return SF_PACKET_OTHER;
	switch (*(const u8 *)data >> 4) {
	case 4:
		return peek_ipv4(data, len, packet);
	case 6:
		return peek_ipv6(data, len, packet);
	default:
		return SF_PACKET_OTHER;
	}
}

static void read_ipv4(const struct iphdr *ip, struct sf_packet *packet)
{
	packet->total_len = ntohs(ip->tot_len);
	packet->ttl = ip->ttl;
	packet->tos = ip->tos;
}

static void read_ipv6(const struct ipv6hdr *ip, struct sf_packet *packet)
{
	const u8 *byte = (const u8 *)ip;

	packet->total_len = sizeof(*ip) + ntohs(ip->payload_len);
	packet->ttl = ip->hop_limit;
	packet->tos = byte[0] << 4 | byte[1] >> 4;
}

/* Without a checksum of its own IPv6 depends on that of UDP (RFC 8200 8.1). */
static bool needs_csum(const struct sf_packet *packet)
{
	return packet->tuple.src.family == AF_INET6;
}

enum sf_packet_verdict sf_packet_check(const void *data, unsigned int len,
				       struct sf_packet *packet)
{
	const struct udphdr *udp = data + packet->udp_offset;
	unsigned int udp_len = ntohs(udp->len);

	packet->has_csum = udp->check;
	if (packet->tuple.src.family == AF_INET)
		read_ipv4(data, packet);
	else
		read_ipv6(data, packet);

	if (packet->total_len > len || udp_len < sizeof(*udp) ||
	    packet->total_len != packet->udp_offset + udp_len ||
	    (needs_csum(packet) && !packet->has_csum))
		return SF_PACKET_MALFORMED;
	if (packet->ttl <= 1)
		return SF_PACKET_TTL;
	packet->payload_offset = packet->udp_offset + sizeof(*udp);
	packet->payload_len = udp_len - sizeof(*udp);
	return SF_PACKET_OK;
}

bool sf_packet_has_ip_csum(const struct iphdr *ip)
{
	return sf_csum_fold(sf_csum_words((const __be32 *)ip,
					  sizeof(*ip) / 4)) == 0xffff;
}

static bool is_ip4_host(u32 ip4)
{
	return ip4 >> 24 != 0 &&		/* this network, RFC 1122 */
	       ip4 >> 24 != 127 &&		/* loopback */
	       ip4 >> 28 != 0xe &&		/* multicast */
	       ip4 != 0xffffffff;		/* broadcast */
}

static bool is_ip6_host(const __be32 word[4])
{
	if (word[0] & htonl(0xff000000))
		return (word[0] & htonl(0xff000000)) != htonl(0xff000000);
	if (word[0] || word[1])
		return true;
	if (word[2] == htonl(0xffff))		/* IPv4-mapped, not on the wire */
		return false;
	return word[2] || ntohl(word[3]) > 1;	/* not ::, not ::1 */
}

bool sf_endpoint_is_host(const struct sf_endpoint *endpoint)
{
	if (!endpoint->port)
		return false;
	switch (endpoint->family) {
	case AF_INET:
		return is_ip4_host(ntohl(endpoint->ip4));
	case AF_INET6:
		return is_ip6_host(endpoint->word);
	default:
		return false;
	}
}
