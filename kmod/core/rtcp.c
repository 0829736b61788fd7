// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading RTCP: the walk over a compound packet, its sender reports, and its
 * report blocks.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "rtcp.h"

#define TYPE_SR		200
#define TYPE_RR		201

#define HEADER_LEN	4	/* of any RTCP packet */
#define SSRC_LEN	4	/* the sender's, behind it */
#define SENDER_INFO_LEN	20	/* of a sender report: timestamps, counts */
#define BLOCK_LEN	24	/* one report block */

/* What begins a compound packet: version 2, no padding, SR or RR. */
#define VERSION_PADDING	0xe0
#define VERSION_2	0x80

/* LSR and DLSR count in 1/65536 of a second. */
#define NS_PER_SECOND	1000000000ULL
#define NS_PER_TICK	(NS_PER_SECOND / 65536 + 1)

static u32 read32(const u8 *from)
{
	return (u32)from[0] << 24 | from[1] << 16 | from[2] << 8 | from[3];
}

/* Bytes of a packet, from its length field: 32-bit words less one. */
static unsigned int packet_len(const u8 *packet)
{
	return 4 * ((packet[2] << 8 | packet[3]) + 1);
}

static unsigned int report_len(const u8 *packet)
{
	unsigned int n_blocks = packet[0] & 0x1f;
	unsigned int len = HEADER_LEN + SSRC_LEN + n_blocks * BLOCK_LEN;

	return packet[1] == TYPE_SR ? len + SENDER_INFO_LEN : len;
}

static bool is_report(const u8 *packet)
{
	return packet[1] == TYPE_SR || packet[1] == TYPE_RR;
}

/* Is there a whole packet, and is what it says it holds inside it? */
static bool is_whole(const u8 *packet, unsigned int left)
{
	if (left < HEADER_LEN || packet[0] >> 6 != 2 ||
	    packet_len(packet) > left)
		return false;
	return !is_report(packet) || report_len(packet) <= packet_len(packet);
}

bool sf_rtcp_check(const u8 *payload, unsigned int len)
{
	if (len < HEADER_LEN || (payload[0] & VERSION_PADDING) != VERSION_2 ||
	    !is_report(payload))
		return false;
	while (len) {
		if (!is_whole(payload, len))
			return false;
		len -= packet_len(payload);
		payload += packet_len(payload);
	}
	return true;
}

static const struct sf_rtcp_note *find_note(const struct sf_rtcp_watch *watch,
					    unsigned int side, u32 ssrc,
					    u32 ntp)
{
	const struct sf_rtcp_note *note = watch->note[side];
	unsigned int i;

	for (i = 0; i < SF_RTCP_N_NOTES; i++, note++) {
		if (note->passed_ns && note->ssrc == ssrc && note->ntp == ntp)
			return note;
	}
	return NULL;
}

/* One that comes twice has passed when it came first. */
static void read_sender(struct sf_rtcp_watch *watch, unsigned int side,
			const u8 *packet, u64 now_ns)
{
	struct sf_rtcp_note *note = &watch->note[side][watch->next[side]];
	u32 ssrc = read32(packet + HEADER_LEN);
	/* The low half of the seconds, the high half of the fraction. */
	u32 ntp = read32(packet + HEADER_LEN + SSRC_LEN + 2);

	if (!ntp || find_note(watch, side, ssrc, ntp))
		return;
	note->passed_ns = now_ns;
	note->ssrc = ssrc;
	note->ntp = ntp;
	watch->next[side] = (watch->next[side] + 1) % SF_RTCP_N_NOTES;
}

/*
 * What is shorter than DLSR can tell is rounded up to a microsecond: 0 says
 * that nothing was measured.
 */
static void measure(u32 *round_trip_us, u64 since_ns, u32 dlsr)
{
	u64 held_ns = (dlsr * NS_PER_SECOND) >> 16;
	u64 round_trip_ns;

	if (since_ns + NS_PER_TICK < held_ns)
		return;
	round_trip_ns = since_ns > held_ns ? since_ns - held_ns : 0;
	if (round_trip_ns > SF_RTCP_MAX_ROUND_TRIP_NS)
		return;
	/* It fits into 35 bits. Dividing 32 of them is enough for all CPUs. */
	*round_trip_us = (u32)(round_trip_ns >> 3) / 125;
	if (!*round_trip_us)
		*round_trip_us = 1;
}

/* A receiver's word on one source; LSR is 0 before it has a sender report. */
static void read_block(struct sf_rtcp_watch *watch, unsigned int side,
		       const u8 *block, u64 now_ns)
{
	const struct sf_rtcp_note *note;
	u32 lsr = read32(block + 16);

	note = find_note(watch, !side, read32(block), lsr);
	if (!note || now_ns < note->passed_ns)
		return;
	measure(&watch->round_trip_us[side], now_ns - note->passed_ns,
		read32(block + 20));
}

static void read_report(struct sf_rtcp_watch *watch, unsigned int side,
			const u8 *packet, u64 now_ns)
{
	const u8 *block = packet + HEADER_LEN + SSRC_LEN;
	unsigned int n_blocks = packet[0] & 0x1f;

	if (packet[1] == TYPE_SR) {
		read_sender(watch, side, packet, now_ns);
		block += SENDER_INFO_LEN;
	}
	for (; n_blocks; n_blocks--, block += BLOCK_LEN)
		read_block(watch, side, block, now_ns);
}

void sf_rtcp_update(struct sf_rtcp_watch *watch, unsigned int side,
		    const u8 *payload, unsigned int len, u64 now_ns)
{
	while (len) {
		if (is_report(payload))
			read_report(watch, side, payload, now_ns);
		len -= packet_len(payload);
		payload += packet_len(payload);
	}
}
