// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file: found, made, brought up to date, or moved aside.
 *
 * None of it may keep the gateway from serving.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/log.h"
#include "store/parts.h"

/* enum verdict - what a file is found to be */
enum verdict {
	SOUND,
	DAMAGED,
	LATER,		/* of a later daemon */
	UNUSABLE,	/* not to be opened, read or written here */
};

/*
 * With a write-ahead log a commit is one write and no fsync: it is safe from our
 * own end, and the file from the machine's. NORMAL, for it is the checkpoints
 * that then have to wait for the disk.
 */
static const char pragmas[] =
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = NORMAL;"
	"PRAGMA temp_store = MEMORY;";

/* SQLITE_ERROR: its tables are not those that its version should have. */
static enum verdict judge(int err)
{
	switch (err & 0xff) {
	case SQLITE_OK:
		return SOUND;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR:
		return DAMAGED;
	default:
		return UNUSABLE;
	}
}

static int read_version(sqlite3 *db, int *version)
{
	sqlite3_stmt *statement;
	int err;

	err = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement,
				 NULL);
	if (!err && sqlite3_step(statement) == SQLITE_ROW)
		*version = sqlite3_column_int(statement, 0);
	return err ? err : sqlite3_finalize(statement);
}

/* Is every page of it where it belongs? */
static int check_pages(sqlite3 *db)
{
	sqlite3_stmt *statement;
	const char *answer;
	bool is_sound = false;
	int err;

	err = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &statement,
				 NULL);
	if (err)
		return err;
	if (sqlite3_step(statement) == SQLITE_ROW) {
		answer = (const char *)sqlite3_column_text(statement, 0);
		is_sound = answer && !strcmp(answer, "ok");
	}
	err = sqlite3_finalize(statement);
	return err || is_sound ? err : SQLITE_CORRUPT;
}

static int create_table(sqlite3 *db, enum store_table table)
{
	char sql[STORE_SQL_LEN];

	store_sql_create(table, sql);
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* From nothing at all to version 1 */
static int create_tables(sqlite3 *db)
{
	enum store_table table;
	int err = SQLITE_OK;

	for (table = 0; table < STORE_DIVERTED && !err; table++)
		err = create_table(db, table);
	return err;
}

/* To version 2 */
static int create_diverted(sqlite3 *db)
{
	return create_table(db, STORE_DIVERTED);
}

/* What leads from each version of the schema to the next */
static int (*const steps[STORE_SCHEMA])(sqlite3 *db) = {
	create_tables,
	create_diverted,
};

static int migrate(sqlite3 *db, int version)
{
	char sql[64];
	int err;

	if (version == STORE_SCHEMA)
		return SQLITE_OK;
	err = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	for (; version < STORE_SCHEMA && !err; version++)
		err = steps[version](db);
	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d; COMMIT",
		 STORE_SCHEMA);
	if (!err)
		err = sqlite3_exec(db, sql, NULL, NULL, NULL);
	return err;
}

/* All statements; tables that are not as they should be are found out here. */
static int prepare(struct store *store)
{
	char sql[STORE_SQL_LEN];
	enum store_table table;
	unsigned int n;
	int err = SQLITE_OK;

	for (table = 0; table < STORE_N_TABLES && !err; table++) {
		store_sql_put(table, sql);
		err = sqlite3_prepare_v3(store->db, sql, -1,
					 SQLITE_PREPARE_PERSISTENT,
					 &store->puts[table], NULL);
		for (n = 1; n <= store_layouts[table].n_keys && !err; n++) {
			store_sql_remove(table, n, sql);
			err = sqlite3_prepare_v3(store->db, sql, -1,
				SQLITE_PREPARE_PERSISTENT,
				&store->removes[table][n - 1], NULL);
		}
	}
	return err;
}

/* Of a later daemon's file not even the pragmas are any business of ours. */
static enum verdict look(struct store *store)
{
	int err, version = 0;

	err = read_version(store->db, &version);
	if (!err && version > STORE_SCHEMA)
		return LATER;
	if (!err)
		err = check_pages(store->db);
	if (!err)
		err = sqlite3_exec(store->db, pragmas, NULL, NULL, NULL);
	if (!err)
		err = migrate(store->db, version);
	if (!err)
		err = prepare(store);
	return judge(err);
}

/* What is known of phones and their calls is the daemon's affair alone. */
static int make_file(const char *path)
{
	char *copy = strdup(path);
	int fd, err = 0;

	if (!copy)
		return -ENOMEM;
	if (mkdir(dirname(copy), 0700) && errno != EEXIST)
		err = -errno;
	free(copy);
	if (err)
		return err;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static enum verdict try(struct store *store)
{
	enum verdict verdict;
	int err;

	err = sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE,
			      NULL);
	verdict = err ? judge(err) : look(store);
	if (verdict == UNUSABLE)
		log_warning("%s: %s; nothing is kept for the next start",
			    store->path, sqlite3_errmsg(store->db));
	if (verdict != SOUND)
		store_close_file(store);
	return verdict;
}

/* The file and the log that belongs to it. */
static int move_aside(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char *from, *to;
	int err = 0;
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]) && !err; i++) {
		if (asprintf(&from, "%s%s", path, ends[i]) < 0)
			return -ENOMEM;
		if (asprintf(&to, "%s.damaged%s", path, ends[i]) < 0) {
			free(from);
			return -ENOMEM;
		}
		if (rename(from, to) && errno != ENOENT)
			err = -errno;
		free(from);
		free(to);
	}
	return err;
}

void store_replace_file(struct store *store)
{
	int err;

	store_close_file(store);
	err = move_aside(store->path);
	if (!err)
		err = make_file(store->path);
	if (err) {
		log_warning("%s: damaged, and cannot be moved aside (%s); nothing is kept for the next start",
			    store->path, strerror(-err));
		return;
	}
	log_warning("%s: damaged, and moved aside as %s.damaged; begun anew",
		    store->path, store->path);
	if (try(store) == DAMAGED)
		log_warning("%s: damaged again; nothing is kept for the next start",
			    store->path);
}

void store_open_file(struct store *store)
{
	int err = make_file(store->path);

	if (err) {
		log_warning("%s: %s; nothing is kept for the next start",
			    store->path, strerror(-err));
		return;
	}
	switch (try(store)) {
	case DAMAGED:
		store_replace_file(store);
		break;
	case LATER:
		log_warning("%s: of a later sipfastd, and left alone; nothing is kept for the next start",
			    store->path);
		break;
	case SOUND:
	case UNUSABLE:
		break;
	}
}

void store_close_file(struct store *store)
{
	enum store_table table;
	unsigned int i;

	for (table = 0; table < STORE_N_TABLES; table++) {
		sqlite3_finalize(store->puts[table]);
		store->puts[table] = NULL;
		for (i = 0; i < STORE_MAX_KEYS; i++) {
			sqlite3_finalize(store->removes[table][i]);
			store->removes[table][i] = NULL;
		}
	}
	sqlite3_close(store->db);
	store->db = NULL;
}
