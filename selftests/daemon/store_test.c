// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The store: what was put comes back, and a file that is damaged, of a later
 * daemon, or not to be had keeps nobody from going on.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_file.h"

#define HOUR_MS (3600 * 1000ull)

static void put_lease(struct store *store, int64_t endpoint, const char *key,
		      uint64_t expires_ms)
{
	const struct store_lease lease = {
		.endpoint = endpoint, .kind = "registration", .what = "x",
		.key = key, .expires_ms = expires_ms,
	};

	store_put(store, STORE_LEASE, &lease);
}

static void rows_are_replaced_and_removed_by_their_keys(void **state)
{
	const struct store_lease of_one = { .endpoint = 1 };
	const struct store_lease *lease;
	struct store *store = open_store();

	(void)state;
	put_lease(store, 1, "a", NOW_MS + 1);
	put_lease(store, 1, "b", NOW_MS + 1);
	put_lease(store, 2, "a", NOW_MS + 1);
	put_lease(store, 2, "a", NOW_MS + HOUR_MS);
	assert_int_equal(n_rows(store, STORE_LEASE), 3);
	store_remove(store, STORE_LEASE, &of_one, 1);
	lease = the_row(store, STORE_LEASE);
	assert_int_equal(lease->endpoint, 2);
	assert_about(lease->expires_ms, NOW_MS + HOUR_MS);
	store_begin_anew(store);
	assert_int_equal(n_rows(store, STORE_LEASE), 0);
	store_close(store);
}

/* The next daemon's clock is another one, the wall is the same. */
static void times_are_of_the_wall_clock(void **state)
{
	const uint64_t other_ms = 5 * HOUR_MS;
	const struct store_lease *lease;
	struct store *store = open_store();

	(void)state;
	put_lease(store, 1, "later", NOW_MS + HOUR_MS);
	store_close(store);
	store = store_open(path_of_store(), other_ms);
	lease = the_row(store, STORE_LEASE);
	assert_about(lease->expires_ms, other_ms + HOUR_MS);
	put_lease(store, 1, "later", other_ms - 2 * HOUR_MS);
	store_close(store);

	/* Booted after that: there is no time before the beginning. */
	store = store_open(path_of_store(), HOUR_MS);
	lease = the_row(store, STORE_LEASE);
	assert_int_equal(lease->expires_ms, 1);
	store_close(store);
}

static void wall_clock_that_is_set_makes_all_anew(void **state)
{
	struct store *store = open_store();

	(void)state;
	assert_false(store_is_behind(store, NOW_MS));
	/* Nobody may set it here; that ours jumps is the same. */
	assert_true(store_is_behind(store, NOW_MS + HOUR_MS));
	assert_false(store_is_behind(store, NOW_MS + HOUR_MS));
	store_close(store);
}

/* A line of text to a file that may be there. */
static void write_file(const char *path, const char *text, long at)
{
	FILE *file = fopen(path, at ? "r+" : "w");

	assert_non_null(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static bool is_there(const char *end)
{
	char path[256];

	snprintf(path, sizeof(path), "%s%s", path_of_store(), end);
	return !access(path, F_OK);
}

static void assert_begun_anew(void)
{
	struct store *store = open_store();

	assert_true(store_is_kept(store));
	assert_true(is_there(".damaged"));
	assert_int_equal(n_rows(store, STORE_LEASE), 0);
	put_lease(store, 1, "a", NOW_MS);
	store_close(store);
	store = open_store();
	assert_int_equal(n_rows(store, STORE_LEASE), 1);
	store_close(store);
}

static void what_is_no_database_is_moved_aside(void **state)
{
	(void)state;
	write_file(path_of_store(),
		   "This is a letter, and not at all a database file.\n", 0);
	assert_begun_anew();
}

static void damaged_pages_are_moved_aside(void **state)
{
	struct store *store = open_store();
	char key[32];
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		snprintf(key, sizeof(key), "%08d", i);
		put_lease(store, 1, key, NOW_MS);
	}
	store_close(store);
	for (i = 4096; i < 100000; i += 4096)
		write_file(path_of_store(), "rotten to the core", i);
	assert_begun_anew();
}

/* Somebody else's tables of the same name, or ours cut down */
static void foreign_tables_are_moved_aside(void **state)
{
	(void)state;
	sql("CREATE TABLE lease (id INTEGER); PRAGMA user_version = 1");
	assert_begun_anew();
}

/* Version 1 knew nothing of peers at ports of their own. */
static void file_of_an_earlier_daemon_is_brought_up_to_date(void **state)
{
	const struct store_diverted record = { .number = 1 };
	struct store *store = open_store();

	(void)state;
	put_lease(store, 1, "a", NOW_MS);
	store_close(store);
	sql("DROP TABLE diverted; PRAGMA user_version = 1");
	store = open_store();
	assert_false(is_there(".damaged"));
	assert_int_equal(n_rows(store, STORE_LEASE), 1);
	assert_int_equal(n_rows(store, STORE_DIVERTED), 0);
	store_put(store, STORE_DIVERTED, &record);
	store_close(store);
	store = open_store();
	assert_int_equal(n_rows(store, STORE_DIVERTED), 1);
	store_close(store);
}

static void empty_file_is_begun(void **state)
{
	struct store *store;

	(void)state;
	write_file(path_of_store(), "", 0);
	store = open_store();
	assert_true(store_is_kept(store));
	assert_false(is_there(".damaged"));
	store_close(store);
}

static void file_of_a_later_daemon_is_left_alone(void **state)
{
	struct store *store = open_store();

	(void)state;
	put_lease(store, 1, "a", NOW_MS);
	store_close(store);
	sql("PRAGMA user_version = 9");
	store = open_store();
	assert_false(store_is_kept(store));
	put_lease(store, 1, "b", NOW_MS);
	store_commit(store);
	assert_false(store_is_behind(store, NOW_MS));
	store_begin_anew(store);
	store_close(store);
	assert_false(is_there(".damaged"));
	sql("PRAGMA user_version = 2");
	store = open_store();
	assert_int_equal(n_rows(store, STORE_LEASE), 1);
	store_close(store);
}

/* As nobody, who may not write there. */
static void directory_that_is_read_only_is_no_reason_to_stop(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		struct store *store;

		if (chmod(dir_of_store(), 0555) ||
		    (!geteuid() && setuid(65534)))
			_exit(2);
		store = store_open(path_of_store(), NOW_MS);
		if (!store || store_is_kept(store))
			_exit(3);
		put_lease(store, 1, "a", NOW_MS);
		store_commit(store);
		store_close(store);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(chmod(dir_of_store(), 0700), 0);
	assert_int_equal(status, 0);
}

static void missing_directory_is_made_for_its_owner_alone(void **state)
{
	char path[256];
	struct stat status;
	struct store *store;

	(void)state;
	snprintf(path, sizeof(path), "%s/new/store.db", dir_of_store());
	store = store_open(path, NOW_MS);
	assert_true(store_is_kept(store));
	store_close(store);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	snprintf(path, sizeof(path), "%s/new", dir_of_store());
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
}

static uint64_t digest_of(const struct store_pair *pair)
{
	return store_digest(STORE_PAIR, pair, STORE_DIGEST_EMPTY);
}

static void digest_tells_records_apart(void **state)
{
	const struct store_pair pair = {
		.call = "1", .port = 30000, .named = 5,
		.rtp = address("192.168.1.10", 40000),
	};
	uint64_t digest = digest_of(&pair);
	char number[] = "1";
	struct store_pair other = pair;

	(void)state;
	other.call = number;
	assert_true(digest_of(&other) == digest);
	other.rtcp = pair.rtp;
	assert_false(digest_of(&other) == digest);
	other = pair;
	other.call = NULL;
	assert_false(digest_of(&other) == digest);
	other = pair;
	other.advertised = true;
	assert_false(digest_of(&other) == digest);
	other = pair;
	other.named++;
	assert_false(digest_of(&other) == digest);
	other = pair;
	other.rtp = address("192.168.1.10", 40001);
	assert_false(digest_of(&other) == digest);
	other.rtp = address("fd00:1::10", 40000);
	assert_false(digest_of(&other) == digest);
	/* Two are not one of them. */
	assert_false(store_digest(STORE_PAIR, &pair, digest) == digest);
}

static void without_a_store_nothing_happens(void **state)
{
	const struct store_lease lease = { .endpoint = 1 };

	(void)state;
	store_put(NULL, STORE_LEASE, &lease);
	store_remove(NULL, STORE_LEASE, &lease, 1);
	store_commit(NULL);
	store_begin_anew(NULL);
	assert_false(store_is_behind(NULL, NOW_MS));
	assert_int_equal(store_counters(NULL)->failed, 0);
	store_close(NULL);
}

/* A disk that is full: in a process of its own, whose files may not grow. */
static int fill_disk(void)
{
	struct rlimit limit = { .rlim_cur = 64 * 1024, .rlim_max = RLIM_INFINITY };
	struct store *store = open_store();
	char key[32];
	int i;

	put_lease(store, 1, "before", NOW_MS);
	store_commit(store);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "%08d", i);
		put_lease(store, 2, key, NOW_MS);
		store_commit(store);
	}
	if (store_counters(store)->failed != 1)
		return 2;
	/* It is tried again, but not at once. */
	if (store_is_behind(store, NOW_MS) ||
	    !store_is_behind(store, NOW_MS + 10000))
		return 3;
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	store_begin_anew(store);
	put_lease(store, 3, "after", NOW_MS);
	store_commit(store);
	if (store_is_behind(store, NOW_MS + 10000) ||
	    store_counters(store)->failed != 1 ||
	    store_counters(store)->rewrites != 1)
		return 4;
	store_close(store);
	return 0;
}

static void full_disk_is_said_counted_and_made_good(void **state)
{
	const struct store_lease *lease;
	struct store *store;
	int status;
	pid_t pid;

	(void)state;
	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(fill_disk());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	store = open_store();
	lease = the_row(store, STORE_LEASE);
	assert_string_equal(lease->key, "after");
	store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_setup, \
						   store_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_are_replaced_and_removed_by_their_keys),
		TEST(times_are_of_the_wall_clock),
		TEST(wall_clock_that_is_set_makes_all_anew),
		TEST(what_is_no_database_is_moved_aside),
		TEST(damaged_pages_are_moved_aside),
		TEST(foreign_tables_are_moved_aside),
		TEST(file_of_an_earlier_daemon_is_brought_up_to_date),
		TEST(empty_file_is_begun),
		TEST(file_of_a_later_daemon_is_left_alone),
		TEST(directory_that_is_read_only_is_no_reason_to_stop),
		TEST(missing_directory_is_made_for_its_owner_alone),
		TEST(digest_tells_records_apart),
		TEST(without_a_store_nothing_happens),
		TEST(full_disk_is_said_counted_and_made_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
