// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A packet off the wire, parsed and rewritten: what is accepted lies within the
 * packet, and what was a sound packet is one afterwards.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <stdlib.h>

#include "core/packet.h"
#include "core/rewrite.h"
#include "fuzz.h"

static void rewrite(u8 *data, unsigned int len, struct sf_packet *packet)
{
	const struct sf_five_tuple old = packet->tuple;
	struct sf_rewrite there, back;
	struct sf_packet after;

	sf_rewrite_init(&there, &old, &old.dst, &old.src, 46);
	sf_packet_rewrite(data, &there, SF_CSUM_FULL);
	if (packet->ttl == 2)		/* the last hop it could make */
		return;
	require(sf_packet_parse(data, len, len, &after) == SF_PACKET_OK);
	require(sf_endpoint_equal(&after.tuple.src, &old.dst));
	require(sf_endpoint_equal(&after.tuple.dst, &old.src));
	require(after.tos >> 2 == 46 && after.ttl == packet->ttl - 1);
	require(after.has_csum == packet->has_csum);

	sf_rewrite_init(&back, &after.tuple, &old.src, &old.dst,
			packet->tos >> 2);
	sf_packet_rewrite(data, &back, SF_CSUM_FULL);
	require(packet->ttl == 3 ||
		sf_packet_parse(data, len, len, &after) == SF_PACKET_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
	struct sf_packet packet;
	u8 *data = malloc(len + !len);	/* aligned, and not a byte too long */

	require(data);
	memcpy(data, input, len);
	if (sf_packet_parse(data, len, len, &packet) == SF_PACKET_OK) {
		require(packet.total_len <= len);
		require(packet.payload_offset + packet.payload_len ==
			packet.total_len);
		rewrite(data, len, &packet);
	}
	free(data);
	return 0;
}
