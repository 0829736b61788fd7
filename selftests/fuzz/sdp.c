// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A session description: indexed, pointed elsewhere, and back
 * (selftests/daemon/sip_walk.c).
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "sip_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
	char *data = malloc(len + !len);	/* not a byte too long */

	require(data);
	if (len)
		memcpy(data, input, len);
	sip_walk_sdp(data, len);
	free(data);
	return 0;
}
