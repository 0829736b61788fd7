// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A record to a row, and back; and the SQL for it, made from the schema.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/parts.h"

/* Room for "[IPv6]:port" and its NUL */
#define ADDRESS_LEN (INET6_ADDRSTRLEN + 8)

static void add(char sql[STORE_SQL_LEN], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(char sql[STORE_SQL_LEN], const char *format, ...)
{
	size_t len = strlen(sql);
	va_list ap;

	va_start(ap, format);
	vsnprintf(sql + len, STORE_SQL_LEN - len, format, ap);
	va_end(ap);
}

/* The names of the first @n columns. */
static void add_names(char sql[STORE_SQL_LEN],
		      const struct store_layout *layout, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		add(sql, "%s\"%s\"", i ? ", " : "", layout->columns[i].name);
}

static const char *sql_type(enum store_type type)
{
	return type == STORE_TEXT || type == STORE_ADDRESS ? "TEXT" : "INTEGER";
}

void store_sql_create(enum store_table table, char sql[STORE_SQL_LEN])
{
	const struct store_layout *layout = &store_layouts[table];
	unsigned int i;

	*sql = '\0';
	add(sql, "CREATE TABLE \"%s\" (", layout->name);
	for (i = 0; i < layout->n_columns; i++)
		add(sql, "\"%s\" %s%s, ", layout->columns[i].name,
		    sql_type(layout->columns[i].type),
		    i < layout->n_keys ? " NOT NULL" : "");
	add(sql, "PRIMARY KEY (");
	add_names(sql, layout, layout->n_keys);
	add(sql, ")) WITHOUT ROWID");
}

void store_sql_put(enum store_table table, char sql[STORE_SQL_LEN])
{
	const struct store_layout *layout = &store_layouts[table];
	unsigned int i;

	*sql = '\0';
	add(sql, "INSERT OR REPLACE INTO \"%s\" (", layout->name);
	add_names(sql, layout, layout->n_columns);
	add(sql, ") VALUES (");
	for (i = 0; i < layout->n_columns; i++)
		add(sql, i ? ", ?" : "?");
	add(sql, ")");
}

void store_sql_remove(enum store_table table, unsigned int n_keys,
		      char sql[STORE_SQL_LEN])
{
	const struct store_layout *layout = &store_layouts[table];
	unsigned int i;

	*sql = '\0';
	add(sql, "DELETE FROM \"%s\"", layout->name);
	for (i = 0; i < n_keys; i++)
		add(sql, " %s \"%s\" = ?", i ? "AND" : "WHERE",
		    layout->columns[i].name);
}

void store_sql_each(enum store_table table, char sql[STORE_SQL_LEN])
{
	const struct store_layout *layout = &store_layouts[table];

	*sql = '\0';
	add(sql, "SELECT ");
	add_names(sql, layout, layout->n_columns);
	add(sql, " FROM \"%s\" ORDER BY ", layout->name);
	add_names(sql, layout, layout->n_keys);
}

static int bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	return text ? sqlite3_bind_text(statement, at, text, -1,
					SQLITE_TRANSIENT)
		    : sqlite3_bind_null(statement, at);
}

static int bind_address(sqlite3_stmt *statement, int at,
			const struct sockaddr_storage *address)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	char host[INET6_ADDRSTRLEN], text[ADDRESS_LEN];

	switch (address->ss_family) {
	case AF_INET:
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(text, sizeof(text), "%s:%u", host,
			 ntohs(in->sin_port));
		break;
	case AF_INET6:
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(text, sizeof(text), "[%s]:%u", host,
			 ntohs(in6->sin6_port));
		break;
	default:
		return sqlite3_bind_null(statement, at);
	}
	return bind_text(statement, at, text);
}

/* 0 is no time: then nothing ends. */
static int bind_time(const struct store *store, sqlite3_stmt *statement, int at,
		     uint64_t time_ms)
{
	return sqlite3_bind_int64(statement, at,
				  time_ms ? (int64_t)time_ms + store->clock_ms
					  : 0);
}

int store_bind(const struct store *store, sqlite3_stmt *statement,
	       enum store_table table, const void *record, unsigned int n)
{
	const struct store_column *column = store_layouts[table].columns;
	int err = SQLITE_OK;
	const char *member;
	unsigned int i;

	for (i = 0; i < n && err == SQLITE_OK; i++, column++) {
		member = (const char *)record + column->offset;
		switch (column->type) {
		case STORE_NUMBER:
			err = sqlite3_bind_int64(statement, i + 1,
						 *(const int64_t *)member);
			break;
		case STORE_FLAG:
			err = sqlite3_bind_int(statement, i + 1,
					       *(const bool *)member);
			break;
		case STORE_TIME:
			err = bind_time(store, statement, i + 1,
					*(const uint64_t *)member);
			break;
		case STORE_TEXT:
			err = bind_text(statement, i + 1,
					*(const char *const *)member);
			break;
		case STORE_ADDRESS:
			err = bind_address(statement, i + 1,
				(const struct sockaddr_storage *)member);
			break;
		}
	}
	return err;
}

/* FNV-1a */
static uint64_t mix(uint64_t digest, const void *bytes, size_t len)
{
	const uint8_t *byte = bytes;

	while (len--)
		digest = (digest ^ *byte++) * 0x100000001b3;
	return digest;
}

static uint64_t mix_address(uint64_t digest,
			    const struct sockaddr_storage *address)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;

	digest = mix(digest, &in->sin_port, sizeof(in->sin_port));
	if (address->ss_family == AF_INET6)
		return mix(digest, &in6->sin6_addr, sizeof(in6->sin6_addr));
	return mix(digest, &in->sin_addr, sizeof(in->sin_addr));
}

uint64_t store_digest(enum store_table table, const void *record,
		      uint64_t digest)
{
	const struct store_layout *layout = &store_layouts[table];
	const struct store_column *column;
	const char *member, *text;

	digest = mix(digest, &table, sizeof(table));
	for (column = layout->columns;
	     column < layout->columns + layout->n_columns; column++) {
		member = (const char *)record + column->offset;
		switch (column->type) {
		case STORE_NUMBER:
		case STORE_TIME:
			digest = mix(digest, member, sizeof(int64_t));
			break;
		case STORE_FLAG:
			digest = mix(digest, member, sizeof(bool));
			break;
		case STORE_TEXT:
			text = *(const char *const *)member;
			digest = text ? mix(digest, text, strlen(text) + 1)
				      : mix(digest, "\xff", 1);
			break;
		case STORE_ADDRESS:
			digest = mix_address(digest,
				(const struct sockaddr_storage *)member);
			break;
		}
	}
	return digest;
}

/* Splits "host:port" or "[host]:port"; false where it is neither. */
static bool split(const char *text, char host[INET6_ADDRSTRLEN], uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	unsigned long number;
	char *end;

	if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (!len || len >= INET6_ADDRSTRLEN)
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	number = strtoul(colon + 1, &end, 10);
	*port = number;
	return !*end && number <= UINT16_MAX;
}

/* What no one of ours has written is no address. */
static void read_address(const char *text, struct sockaddr_storage *address)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *in = (struct sockaddr_in *)address;
	char host[INET6_ADDRSTRLEN];
	uint16_t port;

	*address = (struct sockaddr_storage){ 0 };
	if (!text || !split(text, host, &port))
		return;
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
	} else if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
	} else {
		*address = (struct sockaddr_storage){ 0 };
	}
}

/* What was before this machine was booted has been just then. */
static uint64_t read_time(const struct store *store, int64_t wall_ms)
{
	if (!wall_ms)
		return 0;
	return wall_ms > store->clock_ms ? wall_ms - store->clock_ms : 1;
}

void store_read(const struct store *store, sqlite3_stmt *statement,
		enum store_table table, void *record)
{
	const struct store_layout *layout = &store_layouts[table];
	const struct store_column *column;
	const char *text;
	unsigned int i;
	char *member;

	for (i = 0; i < layout->n_columns; i++) {
		column = &layout->columns[i];
		member = (char *)record + column->offset;
		text = (const char *)sqlite3_column_text(statement, i);
		switch (column->type) {
		case STORE_NUMBER:
			*(int64_t *)member = sqlite3_column_int64(statement, i);
			break;
		case STORE_FLAG:
			*(bool *)member = sqlite3_column_int(statement, i);
			break;
		case STORE_TIME:
			*(uint64_t *)member = read_time(store,
				sqlite3_column_int64(statement, i));
			break;
		case STORE_TEXT:
			*(const char **)member = text;
			break;
		case STORE_ADDRESS:
			read_address(text, (struct sockaddr_storage *)member);
			break;
		}
	}
}
