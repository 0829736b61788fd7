// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A source's packets, each 4 bytes of pause (milliseconds, sign included) and a
 * fixed RTP header: told apart, read, and counted.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "core/jitter.h"
#include "core/rtp.h"
#include "fuzz.h"

#define RECORD_LEN	(4 + SF_RTP_HEADER_LEN)

static void check(const struct sf_rtp_source *source, u64 n)
{
	require(source->received <= n);
	require(source->reordered + source->duplicates <= n);
	require(source->highest >= source->base);
	require(sf_rtp_source_lost(source) >= -(s64)source->duplicates -
					      (s64)source->reordered);
	/* No D is measured of more than 2^32 ns, forth or back. */
	require(sf_rtp_source_jitter(source) <= 2 * source->ticks_per_ns);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
	struct sf_rtp_source source;
	struct sf_rtp_header header;
	u64 now = 1, n = 0;
	s32 pause;

	sf_rtp_classify(input, len);
	sf_rtp_source_init(&source);
	for (; len >= RECORD_LEN; len -= RECORD_LEN, input += RECORD_LEN) {
		memcpy(&pause, input, sizeof(pause));
		now += (s64)pause * 1000000;
		if (sf_rtp_classify(input + 4, SF_RTP_HEADER_LEN) !=
		    SF_RTP_CLASS_RTP)
			continue;
		sf_rtp_parse(input + 4, &header);
		sf_rtp_source_update(&source, &header, now);
		check(&source, ++n);
	}
	return 0;
}
