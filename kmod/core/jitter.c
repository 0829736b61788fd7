// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reception statistics after RFC 3550: appendix A.1 for the sequence, A.3 for
 * loss, A.8 for jitter. Beyond it: no probation, since the source was accepted
 * before it came here; packets that arrive before the first one in sequence
 * are expected, too; duplicates are recognised; the clock of a dynamic payload
 * type is measured.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "jitter.h"

/* RFC 3550 appendix A.1 */
#define MAX_DROPOUT	3000
#define MAX_MISORDER	100

#define SEQUENCE_MOD	0x10000
#define SEEN_BITS	64

/* The clock is measured over one second, two, or four, that is below 2^32 ns. */
#define CLOCK_WINDOW_NS	1000000000ULL
#define MAX_WINDOW_STEP	2
#define MAX_WINDOW_NS	0xffffffff

/* Less than half of what two neighbouring rates differ by: 1/12. */
#define CLOCK_TOLERANCE	24

/* Comfort noise of any stream, whatever its clock (RFC 3389 says 8000). */
#define PT_COMFORT_NOISE	13

enum {
	CLOCK_UNKNOWN,
	CLOCK_8000,
	CLOCK_11025,
	CLOCK_16000,
	CLOCK_22050,
	CLOCK_24000,
	CLOCK_32000,
	CLOCK_44100,
	CLOCK_48000,
	CLOCK_90000,
	N_CLOCKS
};

struct clock {
	u32	rate;
	u32	ticks_per_ns;	/* scaled by 2^32: the ticks of 2^32 ns */
};

#define TICKS_PER_NS(rate)	((u32)(((u64)(rate) << 32) / 1000000000))

/* The rates that payload formats in use have. */
static const struct clock clocks[N_CLOCKS] = {
	[CLOCK_8000] = { 8000, TICKS_PER_NS(8000) },
	[CLOCK_11025] = { 11025, TICKS_PER_NS(11025) },
	[CLOCK_16000] = { 16000, TICKS_PER_NS(16000) },
	[CLOCK_22050] = { 22050, TICKS_PER_NS(22050) },
	[CLOCK_24000] = { 24000, TICKS_PER_NS(24000) },
	[CLOCK_32000] = { 32000, TICKS_PER_NS(32000) },
	[CLOCK_44100] = { 44100, TICKS_PER_NS(44100) },
	[CLOCK_48000] = { 48000, TICKS_PER_NS(48000) },
	[CLOCK_90000] = { 90000, TICKS_PER_NS(90000) },
};

/* RFC 3551 tables 4 and 5 */
static const u8 static_clocks[] = {
	[0] = CLOCK_8000,		/* PCMU */
	[3 ... 5] = CLOCK_8000,		/* GSM, G723, DVI4 */
	[6] = CLOCK_16000,		/* DVI4 */
	[7 ... 9] = CLOCK_8000,		/* LPC, PCMA, G722 */
	[10 ... 11] = CLOCK_44100,	/* L16 */
	[12 ... 13] = CLOCK_8000,	/* QCELP, CN */
	[14] = CLOCK_90000,		/* MPA */
	[15] = CLOCK_8000,		/* G728 */
	[16] = CLOCK_11025,		/* DVI4 */
	[17] = CLOCK_22050,		/* DVI4 */
	[18] = CLOCK_8000,		/* G729 */
	[25 ... 26] = CLOCK_90000,	/* CelB, JPEG */
	[28] = CLOCK_90000,		/* nv */
	[31 ... 34] = CLOCK_90000,	/* H261, MPV, MP2T, H263 */
};

static const struct clock *static_clock(u8 payload_type)
{
	if (payload_type >= sizeof(static_clocks))
		return &clocks[CLOCK_UNKNOWN];
	return &clocks[static_clocks[payload_type]];
}

u32 sf_rtp_clock_rate(u8 payload_type)
{
	return static_clock(payload_type)->rate;
}

static void set_clock(struct sf_rtp_source *source, const struct clock *clock)
{
	if (source->clock_rate == clock->rate)
		return;
	source->clock_rate = clock->rate;
	source->ticks_per_ns = clock->ticks_per_ns;
	source->jitter = 0;
}

/* elapsed_ns is at most MAX_WINDOW_NS */
static u64 ticks_in(const struct clock *clock, u64 elapsed_ns)
{
	return elapsed_ns * clock->ticks_per_ns >> 32;
}

static const struct clock *find_clock(u64 elapsed_ns, u32 ticks)
{
	int i;

	for (i = CLOCK_UNKNOWN + 1; i < N_CLOCKS; i++) {
		u32 expected = ticks_in(&clocks[i], elapsed_ns);
		u32 slack = expected / CLOCK_TOLERANCE;

		if (ticks >= expected - slack && ticks <= expected + slack)
			return &clocks[i];
	}
	return &clocks[CLOCK_UNKNOWN];
}

static void open_clock_window(struct sf_rtp_source *source, u32 timestamp,
			      u64 arrival_ns)
{
	source->window_timestamp = timestamp;
	source->window_ns = arrival_ns;
}

/*
 * A packet that is late at the end of one window makes that window's clock
 * slow and the next one's fast: two that agree are not both wrong. Where two do
 * not, delays vary by more than so short a window can tell from a clock.
 */
static void measure_clock(struct sf_rtp_source *source, u32 timestamp,
			  u64 arrival_ns)
{
	u64 elapsed_ns = arrival_ns - source->window_ns;
	const struct clock *clock = &clocks[CLOCK_UNKNOWN];

	if (elapsed_ns < CLOCK_WINDOW_NS << source->window_step)
		return;
	if (elapsed_ns <= MAX_WINDOW_NS)
		clock = find_clock(elapsed_ns,
				   timestamp - source->window_timestamp);
	if (clock->rate && clock->rate == source->candidate_rate) {
		set_clock(source, clock);
		source->measured = source->payload_type;
	} else if ((source->candidate_rate || !clock->rate) &&
		   source->window_step < MAX_WINDOW_STEP) {
		source->window_step++;
	}
	source->candidate_rate = clock->rate;
	open_clock_window(source, timestamp, arrival_ns);
}

static void open_jitter(struct sf_rtp_source *source, u32 timestamp,
			u64 arrival_ns)
{
	source->timestamp = timestamp;
	source->arrival_ns = arrival_ns;
}

static u64 expected(const struct sf_rtp_source *source)
{
	return source->highest - source->base + 1;
}

/* One cycle up, so that there is room below the first packet. */
static void begin_count(struct sf_rtp_source *source, u16 first, u16 highest)
{
	source->base = SEQUENCE_MOD + first;
	source->highest = source->base + (u16)(highest - first);
	source->seen = 1;
	source->jumped = false;
}

static enum sf_rtp_arrival come_late(struct sf_rtp_source *source,
				     unsigned int behind)
{
	u64 sequence = source->highest - behind;

	source->received++;
	if (behind < SEEN_BITS) {
		u64 bit = 1ULL << behind;

		if (source->seen & bit) {
			source->duplicates++;
			return SF_RTP_ARRIVAL_DUPLICATE;
		}
		source->seen |= bit;
	}
	if (sequence < source->base)
		source->base = sequence;
	source->reordered++;
	return SF_RTP_ARRIVAL_REORDERED;
}

/* Two packets in a row that are off alike: the sender has begun anew. */
static enum sf_rtp_arrival come_far_off(struct sf_rtp_source *source,
					u16 sequence)
{
	if (!source->jumped || sequence != source->jump_sequence) {
		source->jumped = true;
		source->jump_sequence = sequence + 1;
		return SF_RTP_ARRIVAL_JUMP;
	}
	source->prior_expected += expected(source);
	begin_count(source, sequence - 1, sequence);
	source->seen |= 1 << 1;
	source->received += 2;
	return SF_RTP_ARRIVAL_FIRST;
}

static enum sf_rtp_arrival count(struct sf_rtp_source *source, u16 sequence)
{
	u16 ahead = sequence - (u16)source->highest;

	if (ahead && ahead < MAX_DROPOUT) {
		source->highest += ahead;
		source->seen = ahead < SEEN_BITS ? source->seen << ahead : 0;
		source->seen |= 1;
		source->received++;
		return SF_RTP_ARRIVAL_NEXT;
	}
	if (ahead && ahead <= SEQUENCE_MOD - MAX_MISORDER)
		return come_far_off(source, sequence);
	return come_late(source, (u16)-ahead);
}

/* A clock that was known for the payload type serves the next SSRC, too. */
static void forget_measurements(struct sf_rtp_source *source)
{
	source->candidate_rate = 0;
	source->measured = 0;
	source->window_step = 0;
}

static void begin_ssrc(struct sf_rtp_source *source,
		       const struct sf_rtp_header *header)
{
	if (source->begun) {
		source->prior_expected += expected(source);
		source->ssrc_changes++;
	}
	if (!source->begun || header->payload_type != source->payload_type)
		set_clock(source, static_clock(header->payload_type));
	source->begun = true;
	source->payload_type = header->payload_type;
	source->ssrc = header->ssrc;
	forget_measurements(source);
	source->jitter = 0;
	source->received++;
	begin_count(source, header->sequence, header->sequence);
}

static void change_payload_type(struct sf_rtp_source *source, u8 payload_type)
{
	const struct clock *clock = static_clock(payload_type);

	if (clock->rate && payload_type != PT_COMFORT_NOISE) {
		set_clock(source, clock);
		forget_measurements(source);
	}
	source->payload_type = payload_type;
}

static void open_measurements(struct sf_rtp_source *source, u32 timestamp,
			      u64 arrival_ns)
{
	open_jitter(source, timestamp, arrival_ns);
	open_clock_window(source, timestamp, arrival_ns);
}

void sf_rtp_source_settle(struct sf_rtp_source *source)
{
	u64 run = source->run;

	source->run = 0;
	source->received += run;
	source->highest += run;
	if (run < SEEN_BITS)
		source->seen = source->seen << run | ((1ULL << run) - 1);
	else
		source->seen = ~0ULL;
}

/* Nothing is to be measured but jitter. */
static bool has_clock(const struct sf_rtp_source *source)
{
	return sf_rtp_clock_rate(source->payload_type) ||
	       (source->measured && source->measured == source->payload_type);
}

static u32 next(const struct sf_rtp_source *source)
{
	if (!has_clock(source))
		return 0;
	return (u32)(u16)(source->highest + 1) << 16 | SF_RTP_NEXT_VERSION |
	       source->payload_type;
}

enum sf_rtp_arrival sf_rtp_source_update(struct sf_rtp_source *source,
					 const struct sf_rtp_header *header,
					 u64 arrival_ns)
{
	enum sf_rtp_arrival arrival = SF_RTP_ARRIVAL_FIRST;

	sf_rtp_source_settle(source);
	if (unlikely(!source->begun || header->ssrc != source->ssrc))
		begin_ssrc(source, header);
	else
		arrival = count(source, header->sequence);
	if (unlikely(header->payload_type != source->payload_type)) {
		change_payload_type(source, header->payload_type);
		open_clock_window(source, header->timestamp, arrival_ns);
	}
	source->next = next(source);

	switch (arrival) {
	case SF_RTP_ARRIVAL_FIRST:
		open_measurements(source, header->timestamp, arrival_ns);
		break;
	case SF_RTP_ARRIVAL_NEXT:
		if (!has_clock(source))
			measure_clock(source, header->timestamp, arrival_ns);
		sf_rtp_measure_jitter(source, header->timestamp, arrival_ns);
		break;
	case SF_RTP_ARRIVAL_REORDERED:
	case SF_RTP_ARRIVAL_DUPLICATE:
		sf_rtp_measure_jitter(source, header->timestamp, arrival_ns);
		break;
	case SF_RTP_ARRIVAL_JUMP:
		break;
	}
	return arrival;
}

void sf_rtp_source_receive_rest(struct sf_rtp_source *source, u32 first,
				u32 timestamp, u32 ssrc, u64 arrival_ns)
{
	const struct sf_rtp_words words = { first, timestamp, ssrc };
	struct sf_rtp_header header = sf_rtp_unpack(words);

	sf_rtp_source_update(source, &header, arrival_ns);
}

s64 sf_rtp_source_lost(const struct sf_rtp_source *source)
{
	if (!source->begun)
		return 0;
	return source->prior_expected + expected(source) - source->received;
}

void sf_rtp_source_init(struct sf_rtp_source *source)
{
	memset(source, 0, sizeof(*source));
}
