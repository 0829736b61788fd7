// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A store in a directory of its own, which goes with the test.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "store_file.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Texts of the row that was read last */
#define MAX_TEXTS 16

static char dir[64], path[80];

static struct {
	enum store_table table;
	unsigned int n;
	union {
		struct store_endpoint endpoint;
		struct store_lease lease;
		struct store_branch branch;
		struct store_call call;
		struct store_media media;
		struct store_request request;
		char bytes[1024];
	} record;
	char *texts[MAX_TEXTS];
	unsigned int n_texts;
} row;

const char *dir_of_store(void)
{
	return dir;
}

const char *path_of_store(void)
{
	return path;
}

struct store *open_store(void)
{
	struct store *store = store_open(path, NOW_MS);

	assert_non_null(store);
	return store;
}

void sql(const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

struct sockaddr_storage address(const char *host, uint16_t port)
{
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&storage;
	struct sockaddr_in *in = (struct sockaddr_in *)&storage;

	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		return storage;
	}
	assert_int_equal(inet_pton(AF_INET6, host, &in6->sin6_addr), 1);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	return storage;
}

static void forget_texts(void)
{
	while (row.n_texts)
		free(row.texts[--row.n_texts]);
}

static void own(const char **text)
{
	if (!*text)
		return;
	assert_true(row.n_texts < MAX_TEXTS);
	row.texts[row.n_texts] = strdup(*text);
	*text = row.texts[row.n_texts++];
}

/* Which members are texts differs from table to table. */
static void own_texts(void)
{
	struct store_binding *binding = (void *)&row.record;
	struct store_dialog *dialog = (void *)&row.record;
	struct store_offer *offer = (void *)&row.record;
	struct store_form *form = (void *)&row.record;

	switch (row.table) {
	case STORE_ENDPOINT:
		own(&row.record.endpoint.transport);
		break;
	case STORE_FORM:
		own(&form->place);
		own(&form->user);
		own(&form->hostport);
		break;
	case STORE_LEASE:
		own(&row.record.lease.kind);
		own(&row.record.lease.what);
		own(&row.record.lease.key);
		break;
	case STORE_BRANCH:
		own(&row.record.branch.method);
		own(&row.record.branch.branch);
		own(&row.record.branch.sent_by);
		own(&row.record.branch.event);
		break;
	case STORE_BINDING:
		own(&binding->user);
		break;
	case STORE_CALL:
		own(&row.record.call.number);
		own(&row.record.call.call_id);
		own(&row.record.call.caller);
		own(&row.record.call.caller_tag);
		own(&row.record.call.from_uri);
		own(&row.record.call.to_uri);
		own(&row.record.call.state);
		break;
	case STORE_DIALOG:
		own(&dialog->tag);
		own(&dialog->state);
		break;
	case STORE_OFFER:
		own(&offer->side);
		own(&offer->state);
		break;
	case STORE_MEDIA:
		own(&row.record.media.said);
		own(&row.record.media.kind);
		break;
	case STORE_REQUEST:
		own(&row.record.request.side);
		own(&row.record.request.method);
		own(&row.record.request.branch);
		own(&row.record.request.offer);
		break;
	default:
		break;
	}
}

static const size_t sizes[STORE_N_TABLES] = {
	[STORE_ENDPOINT] = sizeof(struct store_endpoint),
	[STORE_PEER] = sizeof(struct store_peer),
	[STORE_FORM] = sizeof(struct store_form),
	[STORE_LEASE] = sizeof(struct store_lease),
	[STORE_BRANCH] = sizeof(struct store_branch),
	[STORE_BINDING] = sizeof(struct store_binding),
	[STORE_CALL] = sizeof(struct store_call),
	[STORE_DIALOG] = sizeof(struct store_dialog),
	[STORE_OFFER] = sizeof(struct store_offer),
	[STORE_MEDIA] = sizeof(struct store_media),
	[STORE_REQUEST] = sizeof(struct store_request),
	[STORE_PAIR] = sizeof(struct store_pair),
};

static void take(void *arg, const void *record)
{
	(void)arg;
	forget_texts();
	memcpy(&row.record, record, sizes[row.table]);
	own_texts();
	row.n++;
}

unsigned int n_rows(struct store *store, enum store_table table)
{
	row.table = table;
	row.n = 0;
	store_each(store, table, take, NULL);
	return row.n;
}

const void *the_row(struct store *store, enum store_table table)
{
	assert_int_equal(n_rows(store, table), 1);
	return &row.record;
}

void assert_about(uint64_t time_ms, uint64_t expected_ms)
{
	assert_in_range(time_ms, expected_ms - 1000, expected_ms + 1000);
}

static int remove_one(const char *file, const struct stat *status, int type,
		      struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(file);
}

int store_setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/sipfast-store-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/store.db", dir);
	return 0;
}

int store_teardown(void **state)
{
	(void)state;
	forget_texts();
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
