// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A datagram, and the same bytes as a stream: read as far as they can be read,
 * all hosts in them moved elsewhere and back (selftests/daemon/sip_walk.c).
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "sip/opinion.h"
#include "sip_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
	static bool awake;
	char *data = malloc(len + !len);	/* not a byte too long */

	require(data);
	if (!awake)
		require(!sip_opinion_init());
	awake = true;
	if (len)
		memcpy(data, input, len);
	sip_walk_message(data, len, SIP_DATAGRAM, NULL);
	sip_walk_message(data, len, SIP_STREAM, NULL);
	free(data);
	return 0;
}
