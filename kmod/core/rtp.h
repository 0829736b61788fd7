/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a UDP payload on a media port is. Several protocols share the port and
 * are told apart by their first byte (RFC 7983), RTP and RTCP by their second
 * (RFC 5761). Of RTP the fixed header is read, nothing behind it.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_CORE_RTP_H
#define _SF_CORE_RTP_H

#include "os.h"

/* The fixed header (RFC 3550 section 5.1): what sf_rtp_*() read at most. */
#define SF_RTP_HEADER_LEN	12

/**
 * enum sf_rtp_class - what a payload is by its first bytes
 * @SF_RTP_CLASS_RTP: RTP version 2, with the whole fixed header
 * @SF_RTP_CLASS_RTCP: RTCP, packet types 192 to 223 (RFC 5761 section 4)
 * @SF_RTP_CLASS_STUN: first byte 0 to 3
 * @SF_RTP_CLASS_ZRTP: first byte 16 to 19
 * @SF_RTP_CLASS_DTLS: first byte 20 to 63
 * @SF_RTP_CLASS_TURN: first byte 64 to 79: TURN channel data
 * @SF_RTP_CLASS_OTHER: none of these, or too short to be what it says. QUIC is
 *	among them: its range (RFC 9443) is no part of a SIP call.
 */
enum sf_rtp_class {
	SF_RTP_CLASS_RTP,
	SF_RTP_CLASS_RTCP,
	SF_RTP_CLASS_STUN,
	SF_RTP_CLASS_ZRTP,
	SF_RTP_CLASS_DTLS,
	SF_RTP_CLASS_TURN,
	SF_RTP_CLASS_OTHER,
};

/**
 * struct sf_rtp_header - the fixed RTP header, read
 * @timestamp: timestamp, in units of the payload type's clock
 * @ssrc: synchronization source
 * @sequence: sequence number
 * @payload_type: payload type, 0 to 127
 * @marker: the marker bit
 */
struct sf_rtp_header {
	u32	timestamp;
	u32	ssrc;
	u16	sequence;
	u8	payload_type;
	bool	marker;
};

/* Version 2 and no CSRC, padding and extension as they like. */
#define SF_RTP_PLAIN_MASK	0xcf000000
#define SF_RTP_PLAIN		0x80000000

/* Packet types 192 to 223 are RTCP's (RFC 5761 section 4). */
#define SF_RTCP_TYPE_MASK	0x00e00000
#define SF_RTCP_TYPE		0x00c00000

/**
 * sf_rtp_is_plain() - whether a payload is RTP with no more than a fixed header
 * @payload: the payload; its first four bytes can be read
 */
static __always_inline bool sf_rtp_is_plain(const u8 *payload)
{
	__be32 first;

	memcpy(&first, payload, sizeof(first));
	return (first & htonl(SF_RTP_PLAIN_MASK)) == htonl(SF_RTP_PLAIN) &&
	       (first & htonl(SF_RTCP_TYPE_MASK)) != htonl(SF_RTCP_TYPE);
}

/**
 * sf_rtp_classify() - tell what a payload is
 * @payload: the payload; its first SF_RTP_HEADER_LEN bytes, or all where it is
 *	shorter, can be read
 * @len: bytes of the whole payload
 *
 * Return: any enum sf_rtp_class.
 */
enum sf_rtp_class sf_rtp_classify(const u8 *payload, unsigned int len);

/**
 * struct sf_rtp_words - the fixed RTP header as it lies, in host byte order
 * @first: version, flags, payload type and sequence number
 * @timestamp: timestamp
 * @ssrc: synchronization source
 */
struct sf_rtp_words {
	u32	first;
	u32	timestamp;
	u32	ssrc;
};

static __always_inline u32 sf_rtp_read32(const u8 *from)
{
	__be32 value;

	memcpy(&value, from, sizeof(value));
	return ntohl(value);
}

/**
 * sf_rtp_read() - read the fixed header
 * @payload: a payload that is SF_RTP_CLASS_RTP
 *
 * Return: the header.
 */
static __always_inline struct sf_rtp_words sf_rtp_read(const u8 *payload)
{
	return (struct sf_rtp_words) {
		.first		= sf_rtp_read32(payload),
		.timestamp	= sf_rtp_read32(payload + 4),
		.ssrc		= sf_rtp_read32(payload + 8),
	};
}

/**
 * sf_rtp_unpack() - take the fixed header apart
 * @words: the header
 *
 * Return: the same, by name.
 */
static inline struct sf_rtp_header sf_rtp_unpack(struct sf_rtp_words words)
{
	return (struct sf_rtp_header) {
		.sequence	= words.first,
		.payload_type	= words.first >> 16 & 0x7f,
		.marker		= words.first & 0x800000,
		.timestamp	= words.timestamp,
		.ssrc		= words.ssrc,
	};
}

/**
 * sf_rtp_parse() - read the fixed header by name
 * @payload: a payload that is SF_RTP_CLASS_RTP
 * @header: out: the header
 */
static inline void sf_rtp_parse(const u8 *payload, struct sf_rtp_header *header)
{
	*header = sf_rtp_unpack(sf_rtp_read(payload));
}

#endif /* _SF_CORE_RTP_H */
