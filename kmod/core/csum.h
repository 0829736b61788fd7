/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Internet checksum as RFC 1071 and RFC 1624 have it. A sum is taken over
 * 16-bit words as they lie in memory: one's complement addition does not care
 * about byte order, so nothing is ever swapped.
 *
 * A delta is what must be added to a sum when some words are replaced: the new
 * words plus the one's complement of the old ones. It depends on these words
 * alone, so one delta serves every packet of a flow.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_CORE_CSUM_H
#define _SF_CORE_CSUM_H

#include "os.h"

/**
 * sf_csum_fold() - bring a sum down to 16 bits
 * @sum: a sum of 16-bit or 32-bit words
 *
 * Return: the same sum, carries added; 0 only where @sum is 0.
 */
static inline u16 sf_csum_fold(u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/**
 * sf_csum_words() - sum up 32-bit words
 * @words: the words
 * @n_words: how many
 *
 * Return: their sum, not folded.
 */
static inline u64 sf_csum_words(const __be32 *words, unsigned int n_words)
{
	u64 sum = 0;

	while (n_words--)
		sum += (__force u32)*words++;
	return sum;
}

/**
 * sf_csum_replace() - RFC 1624 equation 3: HC' = ~(~HC + ~m + m')
 * @csum: a checksum as it stands in a header
 * @delta: ~m + m', folded
 *
 * Return: the checksum after the change.
 */
static __always_inline __sum16 sf_csum_replace(__sum16 csum, u16 delta)
{
	/* ~(~HC + delta) is HC - delta, and the borrow goes round. */
	s32 sum = (__force u16)csum - delta;

	return (__force __sum16)(sum + (sum >> 16));
}

/**
 * sf_csum_add() - the same for a sum that is not complemented
 * @sum: a pseudo-header sum as CHECKSUM_PARTIAL leaves it in a header
 * @delta: ~m + m', folded
 *
 * Return: the sum after the change.
 */
static inline __sum16 sf_csum_add(__sum16 sum, u16 delta)
{
	return (__force __sum16)sf_csum_fold((u32)(__force u16)sum + delta);
}

#endif /* _SF_CORE_CSUM_H */
