/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a packet says of itself: from whom, to whom, and where its payload is.
 * Reading goes in two steps, since most packets that pass a gateway are none of
 * ours: the peek takes no more than the look-up needs, the check pays for the
 * rest once the packet is known to belong to a flow.
 *
 * Nearly every packet is *plain*: no options, no fragment. For these the steps
 * can be taken inline, with what they read kept in registers.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_CORE_PACKET_H
#define _SF_CORE_PACKET_H

#include "os.h"

/**
 * struct sf_endpoint - a transport address
 * @ip4: IPv4 address; the rest of the union is zero then
 * @ip6: IPv6 address
 * @word: either of them, to compare and to hash
 * @port: UDP or TCP port
 * @family: AF_INET, AF_INET6, or AF_UNSPEC: no endpoint
 *
 * There is no padding, and no byte is left unset: equal endpoints are equal
 * byte for byte.
 */
struct sf_endpoint {
	union {
		__be32		ip4;
		struct in6_addr	ip6;
		__be32		word[4];
	};
	__be16	port;
	u16	family;
};

/**
 * struct sf_five_tuple - who talks to whom
 * @src: where the packet comes from
 * @dst: where it goes
 * @protocol: IPPROTO_UDP or IPPROTO_TCP
 */
struct sf_five_tuple {
	struct sf_endpoint	src;
	struct sf_endpoint	dst;
	u8			protocol;
};

/**
 * enum sf_packet_verdict - what a packet is to us
 * @SF_PACKET_OK: UDP that can be relayed
 * @SF_PACKET_OTHER: not UDP over IP, or its ports are not in sight
 * @SF_PACKET_FRAGMENT: a first fragment
 * @SF_PACKET_OPTIONS: an IPv4 header with options, or an IPv6 extension header
 * @SF_PACKET_MALFORMED: lengths that contradict each other, or IPv6 without a
 *	UDP checksum
 * @SF_PACKET_TTL: TTL or hop limit used up
 */
enum sf_packet_verdict {
	SF_PACKET_OK,
	SF_PACKET_OTHER,
	SF_PACKET_FRAGMENT,
	SF_PACKET_OPTIONS,
	SF_PACKET_MALFORMED,
	SF_PACKET_TTL,
};

/**
 * struct sf_packet - a UDP packet, read
 * @tuple: five-tuple
 * @udp_offset: where the UDP header is, from the IP header
 * @payload_offset: where the payload is, from the IP header
 * @payload_len: UDP payload bytes
 * @total_len: bytes of the whole packet as IP has it; what a buffer holds
 *	beyond is link-layer padding
 * @ttl: TTL or hop limit
 * @tos: TOS or traffic class: DSCP and ECN
 * @has_csum: the UDP checksum is not zero
 *
 * sf_packet_peek() sets @tuple and @udp_offset, sf_packet_check() the rest.
 */
struct sf_packet {
	struct sf_five_tuple	tuple;
	u16			udp_offset;
	u16			payload_offset;
	u16			payload_len;
	u32			total_len;
	u8			ttl;
	u8			tos;
	bool			has_csum;
};

/* More fragments, or an offset: all but the bit that says not to. */
#define SF_IPV4_FRAGMENT	0x3fff
#define SF_IPV4_PLAIN		0x45

/**
 * sf_packet_is_plain_ipv4() - whether a packet is UDP in a plain IPv4 header
 * @ip: the header; 20 bytes can be read
 */
static __always_inline bool sf_packet_is_plain_ipv4(const struct iphdr *ip)
{
	return ip->protocol == IPPROTO_UDP &&
	       *(const u8 *)ip == SF_IPV4_PLAIN &&
	       !(ip->frag_off & htons(SF_IPV4_FRAGMENT));
}

/**
 * sf_packet_is_plain_ipv6() - whether a packet is UDP in a plain IPv6 header
 * @ip: the header; 40 bytes can be read
 */
static __always_inline bool sf_packet_is_plain_ipv6(const struct ipv6hdr *ip)
{
	return ip->nexthdr == IPPROTO_UDP && *(const u8 *)ip >> 4 == 6;
}

/**
 * sf_packet_is_whole_ipv4() - whether a plain IPv4 packet is all there is
 * @ip: its header; 28 bytes can be read
 * @len: how many bytes there are
 *
 * Return: whether IP and UDP both end with the last byte, and the TTL is not
 *	used up: SF_PACKET_OK and no padding.
 */
static __always_inline bool sf_packet_is_whole_ipv4(const struct iphdr *ip,
						    unsigned int len)
{
	const struct udphdr *udp = (const void *)(ip + 1);

	return ntohs(ip->tot_len) == len &&
	       ntohs(udp->len) == len - (unsigned int)sizeof(*ip) &&
	       ip->ttl > 1;
}

/**
 * sf_packet_is_whole_ipv6() - whether a plain IPv6 packet is all there is
 * @ip: its header; 48 bytes can be read
 * @len: how many bytes there are
 *
 * Return: as sf_packet_is_whole_ipv4().
 */
static __always_inline bool sf_packet_is_whole_ipv6(const struct ipv6hdr *ip,
						    unsigned int len)
{
	const struct udphdr *udp = (const void *)(ip + 1);

	return ntohs(ip->payload_len) == len - sizeof(*ip) &&
	       ip->payload_len == udp->len && udp->check && ip->hop_limit > 1;
}

/**
 * sf_packet_peek() - read as much of a packet as the look-up needs
 * @data: the packet from its IP header on, aligned to 4 bytes
 * @len: how many bytes of it can be read
 * @packet: out: its five-tuple and @udp_offset
 *
 * Fragments and packets with options are told apart so that they can be counted
 * for the flow they belong to; one that is neither, and is not SF_PACKET_OTHER,
 * goes on to sf_packet_check().
 *
 * Return: SF_PACKET_OK, SF_PACKET_FRAGMENT or SF_PACKET_OPTIONS with @packet
 *	set; SF_PACKET_OTHER with @packet undefined.
 */
enum sf_packet_verdict sf_packet_peek(const void *data, unsigned int len,
				      struct sf_packet *packet);

/**
 * sf_packet_check() - read the rest, and see whether it holds together
 * @data: the packet, as for sf_packet_peek()
 * @len: how many bytes the packet has, readable or not
 * @packet: in and out: as sf_packet_peek() left it with SF_PACKET_OK
 *
 * The IPv4 header checksum is not verified: what is added to it later keeps an
 * error an error (RFC 1624), so the next hop finds what we did not look for, and
 * a sound packet does not pay for it. Who writes a new header instead must ask
 * sf_packet_has_ip_csum() first.
 *
 * Return: SF_PACKET_OK with @packet complete, SF_PACKET_MALFORMED or
 *	SF_PACKET_TTL.
 */
enum sf_packet_verdict sf_packet_check(const void *data, unsigned int len,
				       struct sf_packet *packet);

/**
 * sf_packet_has_ip_csum() - whether a plain IPv4 header has its right checksum
 * @ip: the header
 */
bool sf_packet_has_ip_csum(const struct iphdr *ip);

/**
 * sf_packet_parse() - sf_packet_peek() and sf_packet_check() in one
 * @data: the packet, as for sf_packet_peek()
 * @readable: how many bytes of it can be read
 * @len: how many bytes the packet has
 * @packet: out: the packet
 *
 * Return: any enum sf_packet_verdict.
 */
static inline enum sf_packet_verdict
sf_packet_parse(const void *data, unsigned int readable, unsigned int len,
		struct sf_packet *packet)
{
	enum sf_packet_verdict verdict;

	verdict = sf_packet_peek(data, readable, packet);
	if (verdict != SF_PACKET_OK)
		return verdict;
	return sf_packet_check(data, len, packet);
}

/**
 * sf_endpoint_equal_addr() - whether two endpoints have the same address
 * @x: one
 * @y: the other
 */
static inline bool sf_endpoint_equal_addr(const struct sf_endpoint *x,
					  const struct sf_endpoint *y)
{
	return !((__force u32)(x->word[0] ^ y->word[0]) |
		 (__force u32)(x->word[1] ^ y->word[1]) |
		 (__force u32)(x->word[2] ^ y->word[2]) |
		 (__force u32)(x->word[3] ^ y->word[3]) |
		 (x->family ^ y->family));
}

/**
 * sf_endpoint_equal() - whether two endpoints are the same
 * @x: one
 * @y: the other
 */
static inline bool sf_endpoint_equal(const struct sf_endpoint *x,
				     const struct sf_endpoint *y)
{
	return x->port == y->port && sf_endpoint_equal_addr(x, y);
}

/**
 * sf_word_ipv4() - all of an IPv4 endpoint in one word
 * @ip4: its address
 * @port: its port
 *
 * Return: the word; equal words are equal endpoints.
 */
static __always_inline u64 sf_word_ipv4(__be32 ip4, __be16 port)
{
	return (u64)(__force u32)ip4 << 16 | (__force u16)port;
}

/* No word of an IPv4 endpoint has it. */
#define SF_WORD_IPV6	BIT_ULL(63)

/**
 * sf_word_ipv6() - a digest of an IPv6 endpoint, its port kept whole
 * @ip6: its address
 * @port: its port
 * @secret: odd multipliers that the sender of a packet does not know
 *
 * Return: the word; where words are equal, ports are, and addresses are left to
 *	compare.
 */
static __always_inline u64 sf_word_ipv6(const struct in6_addr *ip6, __be16 port,
					const u64 secret[2])
{
	u64 prefix, host, sum;

	/* Not an array: that would cost every caller a stack protector. */
	memcpy(&prefix, ip6, sizeof(prefix));
	memcpy(&host, &ip6->s6_addr[8], sizeof(host));
	sum = (prefix ^ prefix >> 32) * secret[0] +
	      (host ^ host >> 32) * secret[1];
	return (sum & ~0xffffULL) | SF_WORD_IPV6 | (__force u16)port;
}

/**
 * sf_endpoint_word() - the word of an endpoint
 * @endpoint: the endpoint
 * @secret: as for sf_word_ipv6()
 *
 * To be hashed by one multiplication, of which the upper bits are the good ones.
 *
 * Return: the word; 0 for no endpoint.
 */
static inline u64 sf_endpoint_word(const struct sf_endpoint *endpoint,
				   const u64 secret[2])
{
	if (endpoint->family == AF_INET6)
		return sf_word_ipv6(&endpoint->ip6, endpoint->port, secret);
	return sf_word_ipv4(endpoint->ip4, endpoint->port);
}

/**
 * sf_endpoint_is_host() - whether an endpoint can be one host's, seen from afar
 * @endpoint: the endpoint
 *
 * Return: false for port 0 and for the unspecified, loopback, multicast and
 *	broadcast addresses: nothing is to be sent to such an endpoint because a
 *	packet claims to come from it.
 */
bool sf_endpoint_is_host(const struct sf_endpoint *endpoint);

#endif /* _SF_CORE_PACKET_H */
