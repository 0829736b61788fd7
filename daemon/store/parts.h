/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The store from inside: its state, and how a table is described.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_STORE_PARTS_H
#define SIPFAST_DAEMON_STORE_PARTS_H

#include <sqlite3.h>
#include <stddef.h>

#include "store/store.h"

/** Room for the SQL of any statement. */
#define STORE_SQL_LEN 1024

/** Most columns of a table that a row is found by. */
#define STORE_MAX_KEYS 4

/** enum store_type - what a member of a record is, and its column */
enum store_type {
	STORE_NUMBER,		/* int64_t: INTEGER */
	STORE_FLAG,		/* bool: INTEGER, 0 or 1 */
	STORE_TIME,		/* uint64_t: INTEGER, of the wall clock */
	STORE_TEXT,		/* const char *: TEXT */
	STORE_ADDRESS,		/* struct sockaddr_storage: TEXT, "host:port" */
};

/** struct store_column - a member of a record, and its column */
struct store_column {
	const char *name;
	enum store_type type;
	size_t offset;
};

/**
 * struct store_layout - a table
 * @name: its name
 * @n_keys: so many of the first columns are the primary key
 * @n_columns: how many of
 * @columns:	its columns
 */
struct store_layout {
	const char *name;
	unsigned int n_keys;
	unsigned int n_columns;
	const struct store_column *columns;
};

extern const struct store_layout store_layouts[STORE_N_TABLES];

/**
 * struct store - the store
 * @path: of the file
 * @db: the file; NULL where there is none
 * @puts: statement that writes a row, by table
 * @removes: statement that removes rows, by table and number of keys less 1
 * @open: a transaction is open
 * @behind: the file lacks something
 * @damaged: and cannot be written to any more
 * @said: and that was logged
 * @retry_ms: when to try again
 * @clock_ms: what the wall clock is ahead of the monotonic one
 * @counters: what has happened so far
 */
struct store {
	char *path;
	struct sqlite3 *db;
	struct sqlite3_stmt *puts[STORE_N_TABLES];
	struct sqlite3_stmt *removes[STORE_N_TABLES][STORE_MAX_KEYS];
	bool open;
	bool behind;
	bool damaged;
	bool said;
	uint64_t retry_ms;
	int64_t clock_ms;
	struct store_counters counters;
};

/* open.c */

/** store_open_file() - open @store->path, or leave @store->db NULL */
void store_open_file(struct store *store);

/** store_replace_file() - it is damaged: move it aside, and begin a new one */
void store_replace_file(struct store *store);

/** store_close_file() - the statements, and the file */
void store_close_file(struct store *store);

/* row.c */

/** store_sql_create() - CREATE TABLE */
void store_sql_create(enum store_table table, char sql[STORE_SQL_LEN]);

/** store_sql_put() - INSERT or REPLACE */
void store_sql_put(enum store_table table, char sql[STORE_SQL_LEN]);

/** store_sql_remove() - DELETE by the first @n_keys columns */
void store_sql_remove(enum store_table table, unsigned int n_keys,
		      char sql[STORE_SQL_LEN]);

/** store_sql_each() - SELECT in the order of the keys */
void store_sql_each(enum store_table table, char sql[STORE_SQL_LEN]);

/** store_bind() - the first @n columns of a record; Return: SQLITE_OK or not */
int store_bind(const struct store *store, sqlite3_stmt *statement,
	       enum store_table table, const void *record, unsigned int n);

/** store_read() - the row that a statement stands on; texts are SQLite's */
void store_read(const struct store *store, sqlite3_stmt *statement,
		enum store_table table, void *record);

#endif
