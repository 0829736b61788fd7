// SPDX-License-Identifier: GPL-2.0-only
/*
 * Telling media protocols apart, and reading the fixed RTP header.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "rtp.h"

#define RTCP_HEADER_LEN		4
#define RTCP_FIRST_TYPE		192
#define RTCP_LAST_TYPE		223
#define RTP_CSRC_COUNT		0x0f
#define RTP_MARKER		0x80
#define RTP_PAYLOAD_TYPE	0x7f

static u16 read16(const u8 *from)
{
	return from[0] << 8 | from[1];
}

static u32 read32(const u8 *from)
{
	return (u32)read16(from) << 16 | read16(from + 2);
}

/* The first two bits said version 2. */
static enum sf_rtp_class classify_rtp(const u8 *payload, unsigned int len)
{
	if (len < RTCP_HEADER_LEN)
		return SF_RTP_CLASS_OTHER;
	if (payload[1] >= RTCP_FIRST_TYPE && payload[1] <= RTCP_LAST_TYPE)
		return SF_RTP_CLASS_RTCP;
	if (len < SF_RTP_HEADER_LEN + (payload[0] & RTP_CSRC_COUNT) * 4u)
		return SF_RTP_CLASS_OTHER;
	return SF_RTP_CLASS_RTP;
}

enum sf_rtp_class sf_rtp_classify(const u8 *payload, unsigned int len)
{
	if (!len)
		return SF_RTP_CLASS_OTHER;
	if (likely(payload[0] >> 6 == 2))
		return classify_rtp(payload, len);
	switch (payload[0]) {
	case 0 ... 3:
		return SF_RTP_CLASS_STUN;
	case 16 ... 19:
		return SF_RTP_CLASS_ZRTP;
	case 20 ... 63:
		return SF_RTP_CLASS_DTLS;
	case 64 ... 79:
		return SF_RTP_CLASS_TURN;
	default:
		return SF_RTP_CLASS_OTHER;
	}
}

void sf_rtp_parse(const u8 *payload, struct sf_rtp_header *header)
{
	header->marker = payload[1] & RTP_MARKER;
	header->payload_type = payload[1] & RTP_PAYLOAD_TYPE;
	header->sequence = read16(payload + 2);
	header->timestamp = read32(payload + 4);
	header->ssrc = read32(payload + 8);
}
