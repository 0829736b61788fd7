/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A store in a directory of its own, which goes with the test.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_SELFTESTS_STORE_FILE_H
#define SIPFAST_SELFTESTS_STORE_FILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/store.h"

/** What time it is, by the monotonic clock of these tests. */
#define NOW_MS (100 * 3600 * 1000ull)

/** store_setup() - make the directory */
int store_setup(void **state);

/** store_teardown() - remove it */
int store_teardown(void **state);

const char *dir_of_store(void);
const char *path_of_store(void);

/** open_store() - the store there, at NOW_MS; fails where there is none */
struct store *open_store(void);

/** sql() - do that in the file; fails where it cannot be done */
void sql(const char *text);

/** address() - host and port as a socket address */
struct sockaddr_storage address(const char *host, uint16_t port);

/** the_row() - the only record of a table, valid until the next one is read */
const void *the_row(struct store *store, enum store_table table);

/** n_rows() - how many records a table has */
unsigned int n_rows(struct store *store, enum store_table table);

/** assert_about() - the same time, but for what it took to get there */
void assert_about(uint64_t time_ms, uint64_t expected_ms);

#endif
