/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a receiver can say of an RTP source from its packets alone: loss, order,
 * duplicates and interarrival jitter, after RFC 3550 appendix A. The figures
 * are a stream's, not one SSRC's: a new SSRC or a restarted sequence begins a
 * new count, and what was counted before is kept.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_CORE_JITTER_H
#define _SF_CORE_JITTER_H

#include "os.h"
#include "rtp.h"

/**
 * enum sf_rtp_arrival - how a packet stands to those before it
 * @SF_RTP_ARRIVAL_FIRST: it begins a count: the very first, a new SSRC, or a
 *	sequence that has begun anew
 * @SF_RTP_ARRIVAL_NEXT: it has the highest sequence number so far
 * @SF_RTP_ARRIVAL_REORDERED: it comes after one with a higher number
 * @SF_RTP_ARRIVAL_DUPLICATE: its number has come before
 * @SF_RTP_ARRIVAL_JUMP: it is too far off to belong to the count; the next one
 *	will show whether a new count has begun
 */
enum sf_rtp_arrival {
	SF_RTP_ARRIVAL_FIRST,
	SF_RTP_ARRIVAL_NEXT,
	SF_RTP_ARRIVAL_REORDERED,
	SF_RTP_ARRIVAL_DUPLICATE,
	SF_RTP_ARRIVAL_JUMP,
};

/**
 * struct sf_rtp_source - an RTP source as it is received
 * @received: packets that belong to a count, duplicates included
 * @reordered: those that came after one with a higher sequence number
 * @duplicates: those whose sequence number had come before; one that is more
 *	than 64 behind the highest is not recognised
 * @ssrc: synchronization source seen last
 * @ssrc_changes: how often it changed
 * @payload_type: payload type seen last
 * @clock_rate: ticks of the timestamp per second; 0 where it is not known
 * @begun: there was a packet
 * @prior_expected: packets expected in earlier counts
 * @base: first extended sequence number of this count
 * @highest: highest extended sequence number of this count
 * @seen: bit n: the packet n behind @highest has come
 * @jump_sequence: the sequence number that would follow a jump; above 0xffff
 *	where there was none
 * @jitter: interarrival jitter in 1/16 of a tick
 * @ticks_per_ns: the same per nanosecond, scaled by 2^32
 * @timestamp: timestamp of the packet measured last
 * @arrival_ns: when it came
 * @window_timestamp: timestamp of the packet that the clock is measured from
 * @window_ns: when it came
 * @candidate_rate: what the clock was last measured to be
 *
 * To be updated by one CPU at a time. All zero is a source not heard of yet.
 *
 * The clock of a payload type that RFC 3551 assigns is known. That of a dynamic
 * one is in the SDP, which the kernel does not see: it is measured against the
 * arrival of the packets and taken to be the nearest of the rates in use, once
 * two measurements of a second each agree. No jitter is added up before.
 */
struct sf_rtp_source {
	u64	received;
	u64	reordered;
	u64	duplicates;
	u32	ssrc;
	u32	ssrc_changes;
	u32	clock_rate;
	u8	payload_type;
	bool	begun;

	u64	prior_expected;
	u64	base;
	u64	highest;
	u64	seen;
	u32	jump_sequence;

	u32	jitter;
	u32	ticks_per_ns;
	u32	timestamp;
	u64	arrival_ns;

	u64	window_ns;
	u32	window_timestamp;
	u32	candidate_rate;
};

/**
 * sf_rtp_source_init() - begin with a source not heard of yet
 * @source: the source
 */
void sf_rtp_source_init(struct sf_rtp_source *source);

/**
 * sf_rtp_source_update() - a packet came
 * @source: the source
 * @header: the packet's header
 * @arrival_ns: when it came, on a clock that does not jump
 *
 * Return: any enum sf_rtp_arrival.
 */
enum sf_rtp_arrival sf_rtp_source_update(struct sf_rtp_source *source,
					 const struct sf_rtp_header *header,
					 u64 arrival_ns);

/**
 * sf_rtp_source_lost() - packets lost (RFC 3550 appendix A.3)
 * @source: the source
 *
 * Return: packets expected less those received; negative where duplicates
 *	outnumber losses.
 */
s64 sf_rtp_source_lost(const struct sf_rtp_source *source);

/**
 * sf_rtp_source_jitter() - interarrival jitter (RFC 3550 appendix A.8)
 * @source: the source
 *
 * Return: the jitter in units of the RTP timestamp; 0 as long as the clock is
 *	not known.
 */
static inline u32 sf_rtp_source_jitter(const struct sf_rtp_source *source)
{
	return source->jitter >> 4;
}

/**
 * sf_rtp_clock_rate() - the clock of a payload type
 * @payload_type: payload type, 0 to 127
 *
 * Return: ticks per second as RFC 3551 section 6 assigns them, 0 where it does
 *	not.
 */
u32 sf_rtp_clock_rate(u8 payload_type);

#endif /* _SF_CORE_JITTER_H */
