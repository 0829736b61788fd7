/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must survive: a SQLite file, and the records in it.
 *
 * A phone relies on its public port, its server on a registration, both on a
 * dialog; none of them is told when this daemon is killed. So what they rely on
 * is written before they hear of it:
 *
 *	store_put(store, STORE_LEASE, &lease);		as often as need be
 *	...
 *	store_commit(store);				and only then: send
 *
 * All puts since the last commit are one transaction. A record is a plain struct
 * of addresses, numbers, flags, times and texts, a row is the same for a person
 * with sqlite3(1); who means what by it is alg/'s and call/'s affair.
 *
 *	store.c		transactions, and what becomes of a failure
 *	open.c		the file: found, made, moved aside
 *	table.c		which table has which columns
 *	row.c		a record to a row, and back
 *
 * A gateway goes on without its store. Where the file cannot be had or written,
 * that is said once and counted, and everything here does nothing. So does a
 * NULL store.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_STORE_H
#define SIPFAST_DAEMON_STORE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct store;

/** Version of the schema; PRAGMA user_version of the file. */
#define STORE_SCHEMA 2

/** enum store_table - the tables; each has its struct below */
enum store_table {
	STORE_ENDPOINT,
	STORE_PEER,
	STORE_FORM,
	STORE_LEASE,
	STORE_BRANCH,
	STORE_BINDING,
	STORE_CALL,
	STORE_DIALOG,
	STORE_OFFER,
	STORE_MEDIA,
	STORE_REQUEST,
	STORE_PAIR,
	STORE_DIVERTED,
	STORE_N_TABLES,
};

/*
 * The records. Numbers are int64_t, as SQLite has them; times are those of the
 * daemon's monotonic clock, in milliseconds, and wall-clock times in the file; an
 * address of AF_UNSPEC and a text of NULL are none. The texts of a record that is
 * read are valid for the time of the callback.
 */

/** struct store_endpoint - a phone's signalling endpoint (alg/endpoint.h) */
struct store_endpoint {
	int64_t id;
	const char *transport;
	struct sockaddr_storage lan;
	struct sockaddr_storage public;
	struct sockaddr_storage advertised;
	int64_t namer;
	bool spoke;
	int64_t from_lan;
	int64_t from_wan;
	uint64_t used_ms;
};

/** struct store_peer - a host that a phone has written to, the oldest first */
struct store_peer {
	int64_t endpoint;
	int64_t position;
	struct sockaddr_storage address;
};

/** struct store_form - how a phone writes its own address, the latest last */
struct store_form {
	int64_t endpoint;
	int64_t position;
	const char *place;
	const char *user;
	const char *hostport;
};

/** struct store_lease - why an endpoint is kept (alg/lease.h) */
struct store_lease {
	int64_t endpoint;
	const char *kind;
	const char *what;
	const char *key;
	uint64_t expires_ms;
};

/** struct store_branch - a request whose responses are to come (alg/branch.h) */
struct store_branch {
	int64_t endpoint;
	const char *method;
	const char *branch;
	const char *sent_by;
	bool maddr;
	struct sockaddr_storage reply;
	uint64_t expires_ms;
	bool asks;
	bool asks_all;
	int64_t asks_s;
	const char *event;
};

/** struct store_binding - a Contact that a REGISTER under way asks for */
struct store_binding {
	int64_t endpoint;
	const char *method;
	const char *branch;
	int64_t position;
	int64_t contact;
	const char *user;
	int64_t expires_s;
};

/** struct store_call - a call (call/table.h); its number in hex, as in cookies */
struct store_call {
	const char *number;
	const char *call_id;
	const char *caller;
	const char *caller_tag;
	const char *from_uri;
	const char *to_uri;
	int64_t endpoint;
	struct sockaddr_storage local;
	struct sockaddr_storage inside;
	const char *state;
	uint64_t since_ms;
	uint64_t deadline_ms;
	int64_t last_request;
};

/** struct store_dialog - a dialog; 0 is what the INVITE offers to all to come */
struct store_dialog {
	const char *call;
	int64_t dialog;
	const char *tag;
	const char *state;
	bool active;
	uint64_t deadline_ms;
	int64_t done_lan;
	int64_t done_wan;
};

/** struct store_offer - an offer under way in a dialog */
struct store_offer {
	const char *call;
	int64_t dialog;
	const char *side;
	const char *state;
	int64_t request;
};

/** struct store_media - an m-line, and when it was said by whom */
struct store_media {
	const char *call;
	int64_t dialog;
	const char *said;
	int64_t line;
	const char *kind;
	bool ice;
	bool mux;
	bool held;
	int64_t port;
	struct sockaddr_storage rtp;
	struct sockaddr_storage rtcp;
};

/** struct store_request - a request of a call, and its transaction */
struct store_request {
	const char *call;
	int64_t number;
	const char *side;
	const char *method;
	int64_t cseq;
	const char *branch;
	int64_t dialog;
	const char *offer;
	bool done;
};

/** struct store_pair - a pair of public media ports, and whom it stands for */
struct store_pair {
	const char *call;
	int64_t port;
	bool advertised;
	int64_t named;
	struct sockaddr_storage rtp;
	struct sockaddr_storage rtcp;
};

/** struct store_diverted - a peer that phones answer to, at a port of its own */
struct store_diverted {
	int64_t number;
	struct sockaddr_storage address;
};

/**
 * struct store_counters - what has become of what was to be kept
 * @commits: transactions that are safe
 * @failed: puts and commits that failed
 * @rewrites: how often everything was written anew
 */
struct store_counters {
	uint64_t commits;
	uint64_t failed;
	uint64_t rewrites;
};

/**
 * store_open() - open the file, or make it
 * @path: where; its directory is made, for its owner alone
 * @now_ms: monotonic time
 *
 * A file that is damaged is moved aside (@path.damaged) and a new one begun; one
 * of a later daemon is left alone; where there can be none, nothing is kept. Each
 * is logged.
 *
 * Return: the store, or NULL where memory is short.
 */
struct store *store_open(const char *path, uint64_t now_ms);

/** store_close() - commit and close; NULL is fine */
void store_close(struct store *store);

/** store_is_kept() - is there a file behind it? */
bool store_is_kept(const struct store *store);

/**
 * store_put() - write a record
 * @store: store
 * @table: which table
 * @record: its struct; replaces the row of the same key
 *
 * What fails is counted, and everything is written anew later (store_is_behind()).
 */
void store_put(struct store *store, enum store_table table, const void *record);

/** What no record at all says; not 0, which is free for "nobody knows". */
#define STORE_DIGEST_EMPTY 0xcbf29ce484222325

/**
 * store_digest() - what a record says, in one number
 * @table: which table
 * @record: its struct
 * @digest: of what was said before it, or STORE_DIGEST_EMPTY
 *
 * Whoever keeps the digest of what was put need not put the same again.
 */
uint64_t store_digest(enum store_table table, const void *record,
		      uint64_t digest);

/**
 * store_remove() - remove rows
 * @store: store
 * @table: which table
 * @record: all whose first @n_keys columns are like this one's go
 * @n_keys: 1 or more
 */
void store_remove(struct store *store, enum store_table table,
		  const void *record, unsigned int n_keys);

/**
 * store_commit() - what was put is safe when this returns
 *
 * Against the end of this process, however it comes. After a power failure the
 * file is sound, and lacks at most the last moments.
 */
void store_commit(struct store *store);

/**
 * store_each() - read a table
 * @store: store
 * @table: which table
 * @take: called for each record, in the order of its keys
 * @arg: for @take
 */
void store_each(struct store *store, enum store_table table,
		void (*take)(void *arg, const void *record), void *arg);

/**
 * store_is_behind() - has the file to be written anew?
 * @store: store
 * @now_ms: monotonic time; to be called about once a second
 *
 * Because a write failed, which is tried again after a while, or because the wall
 * clock was set, and with it all times in the file are wrong.
 */
bool store_is_behind(struct store *store, uint64_t now_ms);

/** store_begin_anew() - forget all rows: everything is going to be put again */
void store_begin_anew(struct store *store);

/** store_counters() - what has happened so far */
const struct store_counters *store_counters(const struct store *store);

#endif
