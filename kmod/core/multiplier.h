/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What makes a multiplier a good one for the flow table, where the upper bits of
 * a word times the multiplier are the number of a chain.
 *
 * Words are no random numbers: the ports of an address are neighbours, and where
 * a multiplier takes two of them into one chain it does so with all that are as
 * far apart. A chain may be short on the average and hold a hundred of them.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_CORE_MULTIPLIER_H
#define _SF_CORE_MULTIPLIER_H

#include "os.h"

/**
 * sf_multiplier_n_bad() - how many distances of ports a multiplier may bring together
 * @multiplier: odd
 * @shift: there are 2^(64 - @shift) chains; less than 63
 * @most: so many are enough to know
 *
 * A distance is how far apart the words of two ports of one address are
 * (sf_endpoint_word()).
 *
 * Context: any; takes a fraction of a millisecond.
 * Return: the number of distances, at most @most. With 0 no two ports of an
 *	address share a chain.
 */
unsigned int sf_multiplier_n_bad(u64 multiplier, unsigned int shift,
				 unsigned int most);

#endif /* _SF_CORE_MULTIPLIER_H */
