// SPDX-License-Identifier: GPL-2.0-only
/*
 * Multipliers, judged. A product is a place on a circle of 2^64, a chain an arc of
 * 2^shift of it: words whose products are an arc apart, or more, are in different
 * chains, and how far apart they are follows from the distance of the words alone.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include "multiplier.h"

static bool is_bad(u64 distance, u64 multiplier, u64 arc)
{
	/* Less than an arc, either way round. */
	return distance * multiplier + arc < 2 * arc;
}

/*
 * A word has the two bytes of a port in either order, so a distance is any number
 * of 256s and any number of 1s; one and its negative are the same.
 */
unsigned int sf_multiplier_n_bad(u64 multiplier, unsigned int shift,
				 unsigned int most)
{
	const u64 arc = BIT_ULL(shift);
	unsigned int n = 0;
	int high, low;

	for (high = 0; high < 256; high++)
		for (low = high ? -255 : 1; low < 256 && n < most; low++)
			n += is_bad(256 * high + low, multiplier, arc);
	return n;
}
