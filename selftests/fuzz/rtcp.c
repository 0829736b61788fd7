// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RTCP of two sides, each record 8 bytes of what comes before a packet: a
 * pause in units of 2^20 ns (4 bytes, sign included), the side (1), one unused,
 * and its length (2); then the packet.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "core/rtcp.h"
#include "fuzz.h"

#define RECORD_LEN	8

static void check(const struct sf_rtcp_watch *watch)
{
	unsigned int side;

	for (side = 0; side < 2; side++) {
		require(watch->next[side] < SF_RTCP_N_NOTES);
		require(watch->round_trip_us[side] <=
			SF_RTCP_MAX_ROUND_TRIP_NS / 1000);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
	struct sf_rtcp_watch watch = { 0 };
	uint16_t packet_len;
	u64 now = 1;
	s32 pause;

	while (len >= RECORD_LEN) {
		memcpy(&pause, input, sizeof(pause));
		memcpy(&packet_len, input + 6, sizeof(packet_len));
		now += (s64)pause * (1 << 20);
		len -= RECORD_LEN;
		if (packet_len > len)
			packet_len = len;
		if (sf_rtcp_check(input + RECORD_LEN, packet_len))
			sf_rtcp_update(&watch, input[4] & 1, input + RECORD_LEN,
				       packet_len, now);
		check(&watch);
		input += RECORD_LEN + packet_len;
		len -= packet_len;
	}
	return 0;
}
