// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Transactions, and what becomes of a failure.
 *
 * A write that fails, as on a full disk, may take with it all that its
 * transaction held. So nothing more is written then, calls go on in memory, and
 * after a while the whole state is written anew.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log/log.h"
#include "store/parts.h"

/* After a failure: how long until everything is written anew */
#define RETRY_MS 10000

/* A wall clock that is this far off was set; less is its being disciplined. */
#define CLOCK_STEP_MS 2000

static const struct store_counters nothing;

static int64_t clock_ahead(uint64_t now_ms)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	return wall.tv_sec * 1000ll + wall.tv_nsec / 1000000 - (int64_t)now_ms;
}

struct store *store_open(const char *path, uint64_t now_ms)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL;
	store->path = strdup(path);
	if (!store->path) {
		free(store);
		return NULL;
	}
	store->clock_ms = clock_ahead(now_ms);
	store_open_file(store);
	return store;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store_commit(store);
	store_close_file(store);
	free(store->path);
	free(store);
}

bool store_is_kept(const struct store *store)
{
	return store && store->db;
}

static bool is_writable(const struct store *store)
{
	return store_is_kept(store) && !store->behind;
}

static void fail(struct store *store)
{
	int err = sqlite3_errcode(store->db);

	store->counters.failed++;
	store->damaged = err == SQLITE_CORRUPT || err == SQLITE_NOTADB;
	if (!store->said)
		log_warning("%s: %s; calls go on, a restart would lose them",
			    store->path, sqlite3_errmsg(store->db));
	store->said = true;
	if (store->open && !sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	store->open = false;
	store->behind = true;
	store->retry_ms = 0;
}

static bool begin(struct store *store)
{
	if (store->open)
		return true;
	if (sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL)) {
		fail(store);
		return false;
	}
	store->open = true;
	return true;
}

static void run(struct store *store, sqlite3_stmt *statement,
		enum store_table table, const void *record, unsigned int n)
{
	int err;

	err = store_bind(store, statement, table, record, n);
	if (err == SQLITE_OK)
		err = sqlite3_step(statement);
	sqlite3_reset(statement);
	if (err != SQLITE_DONE)
		fail(store);
}

void store_put(struct store *store, enum store_table table, const void *record)
{
	if (is_writable(store) && begin(store))
		run(store, store->puts[table], table, record,
		    store_layouts[table].n_columns);
}

void store_remove(struct store *store, enum store_table table,
		  const void *record, unsigned int n_keys)
{
	if (is_writable(store) && begin(store))
		run(store, store->removes[table][n_keys - 1], table, record,
		    n_keys);
}

void store_commit(struct store *store)
{
	if (!store || !store->open)
		return;
	if (sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL)) {
		fail(store);
		return;
	}
	store->open = false;
	store->counters.commits++;
	if (store->said)
		log_notice("%s: can be written again", store->path);
	store->said = false;
}

void store_each(struct store *store, enum store_table table,
		void (*take)(void *arg, const void *record), void *arg)
{
	sqlite3_stmt *statement;
	union {
		struct store_endpoint endpoint;
		struct store_peer peer;
		struct store_form form;
		struct store_lease lease;
		struct store_branch branch;
		struct store_binding binding;
		struct store_call call;
		struct store_dialog dialog;
		struct store_offer offer;
		struct store_media media;
		struct store_request request;
		struct store_pair pair;
		struct store_diverted diverted;
	} record;
	char sql[STORE_SQL_LEN];
	int err;

	if (!is_writable(store))
		return;
	store_sql_each(table, sql);
	err = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);
	while (err == SQLITE_OK || err == SQLITE_ROW) {
		err = sqlite3_step(statement);
		if (err != SQLITE_ROW)
			break;
		store_read(store, statement, table, &record);
		take(arg, &record);
	}
	if (err != SQLITE_DONE)
		fail(store);
	sqlite3_finalize(statement);
}

bool store_is_behind(struct store *store, uint64_t now_ms)
{
	int64_t ahead = clock_ahead(now_ms);

	if (!store_is_kept(store))
		return false;
	if (llabs(ahead - store->clock_ms) > CLOCK_STEP_MS) {
		store->clock_ms = ahead;
		return true;
	}
	if (!store->behind)
		return false;
	if (!store->retry_ms)
		store->retry_ms = now_ms + RETRY_MS;
	return now_ms >= store->retry_ms;
}

void store_begin_anew(struct store *store)
{
	char sql[STORE_SQL_LEN];
	enum store_table table;

	if (!store_is_kept(store))
		return;
	store->behind = false;
	if (store->damaged) {
		store->damaged = false;
		store_replace_file(store);
	}
	if (!is_writable(store) || !begin(store))
		return;
	store->counters.rewrites++;
	for (table = 0; table < STORE_N_TABLES && store->open; table++) {
		store_sql_remove(table, 0, sql);
		if (sqlite3_exec(store->db, sql, NULL, NULL, NULL))
			fail(store);
	}
}

const struct store_counters *store_counters(const struct store *store)
{
	return store ? &store->counters : &nothing;
}
