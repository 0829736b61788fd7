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
 * @run: packets in sequence that @received, @highest and @seen do not know of
 *	yet; see sf_rtp_source_settle()
 * @arrival_ns: when the packet came that was measured last
 * @ssrc: synchronization source seen last
 * @timestamp: timestamp of the packet measured last
 * @jitter: interarrival jitter in 1/16 of a tick
 * @ticks_per_ns: ticks of the timestamp per nanosecond, scaled by 2^32
 * @next: the payload type seen last and the sequence number behind the highest,
 *	as sf_rtp_next() has them, where the clock is known; else 0, which no
 *	packet has
 * @clock_rate: ticks of the timestamp per second; 0 where it is not known
 * @received: packets that belong to a count, duplicates included
 * @highest: highest extended sequence number of this count
 * @seen: bit n: the packet n behind @highest has come
 * @ssrc_changes: how often the synchronization source changed
 * @jump_sequence: the sequence number that would follow a jump, if @jumped
 * @payload_type: payload type seen last
 * @measured: the dynamic payload type that @clock_rate was measured of, or 0
 * @begun: there was a packet
 * @jumped: there was a jump in this count
 * @window_step: the clock is measured over 2^@window_step seconds
 * @reordered: those that came after one with a higher sequence number
 * @duplicates: those whose sequence number had come before; one that is more
 *	than 64 behind the highest is not recognised
 * @prior_expected: packets expected in earlier counts
 * @base: first extended sequence number of this count
 * @window_ns: when the packet came that the clock is measured from
 * @window_timestamp: its timestamp
 * @candidate_rate: what the clock was last measured to be
 *
 * What the usual packet touches comes first: up to @next, less than a cache line.
 * To be updated by one CPU at a time. All zero is a source not heard of yet.
 *
 * The clock of a payload type that RFC 3551 assigns is known. That of a dynamic
 * one is in the SDP, which the kernel does not see: it is measured against the
 * arrival of the packets and taken to be the nearest of the rates in use, once
 * two measurements agree, of a second each at first, and longer where delays
 * vary too much for that. No jitter is added up before.
 */
struct sf_rtp_source {
	u64	run;
	u64	arrival_ns;
	u32	ssrc;
	u32	timestamp;
	u32	jitter;
	u32	ticks_per_ns;
	u32	next;
	u32	clock_rate;

	u64	received;
	u64	highest;
	u64	seen;
	u32	ssrc_changes;
	u16	jump_sequence;
	u8	payload_type;
	u8	measured;
	u8	begun : 1;
	u8	jumped : 1;
	u8	window_step : 2;
	u64	reordered;
	u64	duplicates;
	u64	prior_expected;
	u64	base;
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
 * sf_rtp_source_settle() - bring the figures up to date
 * @source: the source, or a copy of it
 *
 * To be done before they are read: of a run of usual packets it is enough to
 * know how long it is. sf_rtp_source_update() has done it.
 */
void sf_rtp_source_settle(struct sf_rtp_source *source);

/* Five hours: a clock that steps back looks longer than that. */
#define SF_RTP_MAX_PAUSE_NS	BIT_ULL(44)

/*
 * RFC 3550 section 6.4.1, appendix A.8: every packet against the one that came
 * before it, whatever its number. Those of one timestamp are no exception: the
 * receiver's buffer has to make up for how a frame was sent, too (section
 * 6.4.4). A packet that is 2^32 ns late or early is not measured: the sender's
 * timestamps have stepped or stood.
 */
static __always_inline void sf_rtp_measure_jitter(struct sf_rtp_source *source,
						  u32 timestamp, u64 arrival_ns)
{
	u64 elapsed_ns = arrival_ns - source->arrival_ns;
	s32 ticks = timestamp - source->timestamp;
	s64 difference;

	source->timestamp = timestamp;
	source->arrival_ns = arrival_ns;
	if (unlikely(elapsed_ns > SF_RTP_MAX_PAUSE_NS))
		return;
	difference = (s64)(elapsed_ns * source->ticks_per_ns >> 28) -
		     (s64)ticks * 16;
	if (difference < 0)
		difference = -difference;
	if (unlikely(difference > (s64)source->ticks_per_ns * 16))
		return;
	source->jitter += ((s32)difference - (s32)source->jitter + 8) >> 4;
}

/*
 * Version and payload type, and the sequence number above them, so that one
 * more of it is an addition whose carry goes nowhere.
 */
#define SF_RTP_NEXT_MASK	0xffffc07f
#define SF_RTP_NEXT_VERSION	0x00008000
#define SF_RTP_NEXT_SEQUENCE	0x00010000

static __always_inline u32 sf_rtp_next(u32 first)
{
	return (first << 16 | first >> 16) & SF_RTP_NEXT_MASK;
}

/* Receives what is not the usual case: see sf_rtp_source_receive(). */
void sf_rtp_source_receive_rest(struct sf_rtp_source *source, u32 first,
				u32 timestamp, u32 ssrc, u64 arrival_ns);

/**
 * sf_rtp_source_receive() - a packet came
 * @source: the source
 * @words: the packet's header
 * @arrival_ns: when it came, on a clock that does not jump
 *
 * The same as sf_rtp_source_update(), the usual case done on the spot: one more
 * of the same source in sequence, with a clock that is known. Only @source->run
 * tells of it then.
 */
static __always_inline void
sf_rtp_source_receive(struct sf_rtp_source *source, struct sf_rtp_words words,
		      u64 arrival_ns)
{
	const u32 next = sf_rtp_next(words.first);

	if (unlikely(words.ssrc != source->ssrc || next != source->next)) {
		sf_rtp_source_receive_rest(source, words.first, words.timestamp,
					   words.ssrc, arrival_ns);
		return;
	}
	source->next = next + SF_RTP_NEXT_SEQUENCE;
	source->run++;
	sf_rtp_measure_jitter(source, words.timestamp, arrival_ns);
}

/**
 * sf_rtp_source_lost() - packets lost (RFC 3550 appendix A.3)
 * @source: the source, settled
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
