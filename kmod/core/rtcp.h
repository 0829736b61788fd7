/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far away a side is, from the reports that the two sides send each other
 * (RFC 3550 section 6.4). A sender report of one side that passes here is noted
 * with its NTP timestamp; when the other side's report says how long it has had
 * it, what remains of the time since is the way to that side and back. Nothing
 * is changed, and nothing is sent.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_CORE_RTCP_H
#define _SF_CORE_RTCP_H

#include "os.h"

/* How many sender reports of a side are remembered. */
#define SF_RTCP_N_NOTES		4

/* What takes longer than this is no round trip, but a mistake. */
#define SF_RTCP_MAX_ROUND_TRIP_NS	(30 * 1000000000ULL)

/**
 * struct sf_rtcp_note - a sender report that has passed
 * @passed_ns: when; 0 is no note
 * @ssrc: whose it is
 * @ntp: the middle 32 bits of its NTP timestamp, as LSR repeats them
 */
struct sf_rtcp_note {
	u64	passed_ns;
	u32	ssrc;
	u32	ntp;
};

/**
 * struct sf_rtcp_watch - what is remembered of the reports of two sides
 * @note: the last sender reports, by the side they came from
 * @next: where the next one goes
 * @round_trip_us: time to the side and back, in microseconds: what was measured
 *	last; 0 where nothing was
 *
 * To be updated by one CPU at a time. All zero is a beginning.
 */
struct sf_rtcp_watch {
	struct sf_rtcp_note	note[2][SF_RTCP_N_NOTES];
	u8			next[2];
	u32			round_trip_us[2];
};

/**
 * sf_rtcp_check() - is it a compound packet that begins with a report?
 * @payload: the UDP payload
 * @len: its bytes
 *
 * Checks headers and lengths as RFC 3550 appendix A.2 has it. A packet that
 * RFC 5506 lets go without a report has none to read, and what SRTCP has
 * encrypted hardly ever passes.
 *
 * Return: whether it is.
 */
bool sf_rtcp_check(const u8 *payload, unsigned int len);

/**
 * sf_rtcp_update() - reports pass
 * @watch: what is remembered
 * @side: 0 or 1: where they come from
 * @payload: what sf_rtcp_check() accepted
 * @len: its bytes
 * @now_ns: when, on a clock that does not jump
 *
 * A report counts where source and timestamp are those of a sender report that
 * is remembered, and the time that is left is neither negative nor more than
 * SF_RTCP_MAX_ROUND_TRIP_NS. What SRTCP has encrypted never meets that.
 */
void sf_rtcp_update(struct sf_rtcp_watch *watch, unsigned int side,
		    const u8 *payload, unsigned int len, u64 now_ns);

#endif /* _SF_CORE_RTCP_H */
