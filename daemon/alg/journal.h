/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal: what was changed in a message or left alone, and why.
 *
 * For whoever asks later, "sipfastctl call why". There is one journal for each
 * Call-ID that began with an INVITE, also when the call has ended or was refused,
 * and one for each endpoint, for what belongs to no call. All are bounded: a
 * journal forgets its oldest entries, and counts them; of the calls' journals
 * the one written to longest ago goes.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_JOURNAL_H
#define SIPFAST_DAEMON_ALG_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "alg/counters.h"

/** Bytes of one journal's entries. */
#define ALG_JOURNAL_LEN 4096

/** Calls' journals kept. */
#define ALG_MAX_JOURNALS 2048

/** Longest Call-ID that tells two journals apart. */
#define ALG_JOURNAL_KEY_LEN 255

/** Longest text of an entry; what is longer ends in three dots. */
#define ALG_JOURNAL_TEXT 96

/** enum alg_text - the texts of an entry */
enum alg_text {
	ALG_TEXT_MESSAGE,	/* "INVITE", "200 to INVITE" */
	ALG_TEXT_WHERE,		/* "Contact", "m=", or "" for the whole message */
	ALG_TEXT_FROM,		/* the bytes that came */
	ALG_TEXT_TO,		/* those that left; "" where nothing changed */
	ALG_N_TEXTS,
};

/** struct alg_slice - a text, not NUL-terminated */
struct alg_slice {
	const char *at;
	size_t len;
};

/**
 * struct alg_entry - one thing that was changed or left alone
 * @at_ms: when, monotonic
 * @endpoint: number of the phone's endpoint
 * @out: the message went out, else in
 * @changed: the bytes were replaced, else they stayed or the message ended here
 * @why: the reason
 * @texts: by enum alg_text
 */
struct alg_entry {
	uint64_t at_ms;
	uint32_t endpoint;
	bool out;
	bool changed;
	enum alg_why why;
	struct alg_slice texts[ALG_N_TEXTS];
};

/**
 * struct alg_journal - entries, oldest first
 * @call_id: whose, NUL-terminated; NULL for an endpoint's
 * @bytes: the entries, packed; grows up to ALG_JOURNAL_LEN
 * @len: how many bytes of it count
 * @room: how many there is room for
 * @n_forgotten: entries that have had to go
 * @hh: in the table, that written to longest ago first
 */
struct alg_journal {
	char *call_id;
	char *bytes;
	uint32_t len;
	uint32_t room;
	uint64_t n_forgotten;
	UT_hash_handle hh;
};

/**
 * alg_journal_write() - add an entry
 *
 * Where memory is short it is not added, but counted as forgotten.
 */
void alg_journal_write(struct alg_journal *journal,
		       const struct alg_entry *entry);

/** alg_journal_each() - show every entry, oldest first */
void alg_journal_each(const struct alg_journal *journal,
		      void (*show)(void *arg, const struct alg_entry *entry),
		      void *arg);

/** alg_journal_end() - forget all entries */
void alg_journal_end(struct alg_journal *journal);

/**
 * alg_journals_find() - the journal of a call, or NULL
 * @journals: the table
 * @call_id: its Call-ID
 */
struct alg_journal *alg_journals_find(struct alg_journal *journals,
				      struct alg_slice call_id);

/**
 * alg_journals_get() - the journal of a call, made where there is none
 *
 * It is now the one written to last.
 *
 * Return: the journal; NULL where memory is short.
 */
struct alg_journal *alg_journals_get(struct alg_journal **journals,
				     struct alg_slice call_id);

/** alg_journals_free() - forget all of them */
void alg_journals_free(struct alg_journal **journals);

#endif
