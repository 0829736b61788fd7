/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a fuzz target and those who feed it know of each other.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SELFTESTS_FUZZ_H
#define _SELFTESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Like assert(), whatever NDEBUG says: the fuzzer keeps what does not hold. */
#define require(condition) do {						\
	if (!(condition))						\
		__builtin_trap();					\
} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len);

#endif /* _SELFTESTS_FUZZ_H */
