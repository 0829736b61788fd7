// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The journal: what was changed in a message or left alone, and why.
 *
 * Entries are packed one behind the other, a head and its texts, so that a call
 * costs what it had to say. The oldest make room by being moved over.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/journal.h"

#include <stdlib.h>
#include <string.h>

#define DOTS "..."
#define FIRST_ROOM 512

/** struct head - an entry as it is packed; its texts follow */
struct head {
	uint64_t at_ms;
	uint32_t endpoint;
	uint8_t out;
	uint8_t changed;
	uint8_t why;
	uint8_t lens[ALG_N_TEXTS];
};

_Static_assert(ALG_N_WHYS <= UINT8_MAX, "a reason has eight bits");
_Static_assert(ALG_JOURNAL_TEXT <= UINT8_MAX, "a length has eight bits");
_Static_assert(sizeof(struct head) + ALG_N_TEXTS * ALG_JOURNAL_TEXT <=
	       FIRST_ROOM, "every entry fits");

static size_t clipped(size_t len)
{
	return len > ALG_JOURNAL_TEXT ? ALG_JOURNAL_TEXT : len;
}

static size_t packed_len(const struct head *head)
{
	size_t len = sizeof(*head);
	unsigned int i;

	for (i = 0; i < ALG_N_TEXTS; i++)
		len += head->lens[i];
	return len;
}

static struct head read_head(const char *at)
{
	struct head head;

	memcpy(&head, at, sizeof(head));
	return head;
}

static void forget_oldest(struct alg_journal *journal)
{
	const struct head head = read_head(journal->bytes);
	size_t len = packed_len(&head);

	journal->len -= len;
	memmove(journal->bytes, journal->bytes + len, journal->len);
	journal->n_forgotten++;
}

/* Room for @len bytes more, by a larger buffer or by fewer entries. */
static bool make_room(struct alg_journal *journal, size_t len)
{
	uint32_t room = journal->room ? journal->room : FIRST_ROOM;
	char *bytes;

	while (room < journal->len + len && room < ALG_JOURNAL_LEN)
		room *= 2;
	if (room != journal->room) {
		bytes = realloc(journal->bytes, room);
		if (!bytes)
			return false;
		journal->bytes = bytes;
		journal->room = room;
	}
	while (journal->room < journal->len + len)
		forget_oldest(journal);
	return true;
}

/* A text that does not fit ends in dots, so that nobody takes it for whole. */
static char *put_text(char *to, struct alg_slice text)
{
	size_t len = clipped(text.len);

	if (len)
		memcpy(to, text.at, len);
	if (text.len > len)
		memcpy(to + len - strlen(DOTS), DOTS, strlen(DOTS));
	return to + len;
}

void alg_journal_write(struct alg_journal *journal,
		       const struct alg_entry *entry)
{
	struct head head = {
		.at_ms = entry->at_ms,
		.endpoint = entry->endpoint,
		.out = entry->out,
		.changed = entry->changed,
		.why = entry->why,
	};
	unsigned int i;
	char *at;

	for (i = 0; i < ALG_N_TEXTS; i++)
		head.lens[i] = clipped(entry->texts[i].len);
	if (!make_room(journal, packed_len(&head))) {
		journal->n_forgotten++;
		return;
	}
	at = journal->bytes + journal->len;
	memcpy(at, &head, sizeof(head));
	at += sizeof(head);
	for (i = 0; i < ALG_N_TEXTS; i++)
		at = put_text(at, entry->texts[i]);
	journal->len = at - journal->bytes;
}

void alg_journal_each(const struct alg_journal *journal,
		      void (*show)(void *arg, const struct alg_entry *entry),
		      void *arg)
{
	const char *at = journal->bytes;
	struct alg_entry entry;
	struct head head;
	unsigned int i;

	while (at < journal->bytes + journal->len) {
		head = read_head(at);
		at += sizeof(head);
		entry = (struct alg_entry){
			.at_ms = head.at_ms,
			.endpoint = head.endpoint,
			.out = head.out,
			.changed = head.changed,
			.why = head.why,
		};
		for (i = 0; i < ALG_N_TEXTS; i++) {
			entry.texts[i].at = at;
			entry.texts[i].len = head.lens[i];
			at += head.lens[i];
		}
		show(arg, &entry);
	}
}

void alg_journal_end(struct alg_journal *journal)
{
	free(journal->bytes);
	journal->bytes = NULL;
	journal->len = 0;
	journal->room = 0;
}

/* A Call-ID as a key: as a string would end, and not without an end. */
static struct alg_slice key_of(struct alg_slice call_id)
{
	if (call_id.len > ALG_JOURNAL_KEY_LEN)
		call_id.len = ALG_JOURNAL_KEY_LEN;
	call_id.len = strnlen(call_id.at, call_id.len);
	return call_id;
}

struct alg_journal *alg_journals_find(struct alg_journal *journals,
				      struct alg_slice call_id)
{
	const struct alg_slice key = key_of(call_id);
	struct alg_journal *journal;

	HASH_FIND(hh, journals, key.at, key.len, journal);
	return journal;
}

static void drop(struct alg_journal **journals, struct alg_journal *journal)
{
	HASH_DEL(*journals, journal);
	alg_journal_end(journal);
	free(journal->call_id);
	free(journal);
}

/* One that is in no table yet, or NULL. */
static struct alg_journal *new_journal(struct alg_slice call_id)
{
	struct alg_journal *journal = calloc(1, sizeof(*journal));

	if (!journal)
		return NULL;
	journal->call_id = strndup(call_id.at, call_id.len);
	if (journal->call_id)
		return journal;
	free(journal);
	return NULL;
}

struct alg_journal *alg_journals_get(struct alg_journal **journals,
				     struct alg_slice call_id)
{
	struct alg_journal *journal = alg_journals_find(*journals, call_id);

	if (journal) {
		if (!journal->hh.next)
			return journal;
		HASH_DEL(*journals, journal);
	} else {
		journal = new_journal(key_of(call_id));
		if (!journal)
			return NULL;
		if (HASH_COUNT(*journals) >= ALG_MAX_JOURNALS)
			drop(journals, *journals);
	}
	HASH_ADD_KEYPTR(hh, *journals, journal->call_id,
			strlen(journal->call_id), journal);
	return journal;
}

void alg_journals_free(struct alg_journal **journals)
{
	while (*journals)
		drop(journals, *journals);
}
