// SPDX-License-Identifier: GPL-2.0-only
/*
 * Telling media protocols apart.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "rtp.h"

#define RTCP_HEADER_LEN		4
#define RTP_CSRC_COUNT		0x0f

/* The first two bits said version 2. */
static enum sf_rtp_class classify_rtp(const u8 *payload, unsigned int len)
{
	if (len < RTCP_HEADER_LEN)
		return SF_RTP_CLASS_OTHER;
	if ((sf_rtp_read32(payload) & SF_RTCP_TYPE_MASK) == SF_RTCP_TYPE)
		return SF_RTP_CLASS_RTCP;
	if (len < SF_RTP_HEADER_LEN + (payload[0] & RTP_CSRC_COUNT) * 4u)
		return SF_RTP_CLASS_OTHER;
	return SF_RTP_CLASS_RTP;
}

enum sf_rtp_class sf_rtp_classify(const u8 *payload, unsigned int len)
{
	if (!len)
		return SF_RTP_CLASS_OTHER;
	if (payload[0] >> 6 == 2)
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
