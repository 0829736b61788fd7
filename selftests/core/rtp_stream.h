/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sender of RTP and what its receiver makes of it, for tests.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SELFTESTS_CORE_RTP_STREAM_H
#define _SELFTESTS_CORE_RTP_STREAM_H

#include "core/jitter.h"

#define MS		1000000ULL
#define SECOND		(1000 * MS)
#define PCMU		0
#define DYNAMIC		96

/* A sender of 20 ms packets, and what has become of its packets on the way. */
struct stream {
	struct sf_rtp_source	source;
	struct sf_rtp_header	header;
	u64			now;
	u32			rate;
};

static inline void begin(struct stream *stream, u8 payload_type, u32 rate)
{
	memset(stream, 0, sizeof(*stream));
	sf_rtp_source_init(&stream->source);
	stream->header.payload_type = payload_type;
	stream->header.ssrc = 1;
	stream->header.sequence = 1000;
	stream->header.timestamp = 0xfffff000;
	stream->rate = rate;
	stream->now = 5 * SECOND;
}

/* @sequence arrives, @late_ns after its time. */
static inline enum sf_rtp_arrival arrive(struct stream *stream, u16 sequence,
					 u64 late_ns)
{
	struct sf_rtp_header header = stream->header;

	header.sequence = sequence;
	return sf_rtp_source_update(&stream->source, &header,
				    stream->now + late_ns);
}

static inline enum sf_rtp_arrival next(struct stream *stream, u64 late_ns)
{
	enum sf_rtp_arrival arrival;

	arrival = arrive(stream, stream->header.sequence, late_ns);
	stream->header.sequence++;
	stream->header.timestamp += stream->rate / 50;
	stream->now += 20 * MS;
	return arrival;
}

static inline void lose(struct stream *stream, unsigned int n)
{
	stream->header.sequence += n;
	stream->header.timestamp += n * (stream->rate / 50);
	stream->now += n * 20 * MS;
}

#endif /* _SELFTESTS_CORE_RTP_STREAM_H */
