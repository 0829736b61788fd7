// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why something was changed or left alone: what is shown of the journals.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/alg.h"

#include <string.h>

#include "alg/journal.h"
#include "alg/parts.h"

static const struct {
	const char *name;
	const char *text;
} whys[] = {
#define X(name, text) { #name, text },
	ALG_COUNTERS(X)
#undef X
};

/** struct look - somebody looks into a journal */
struct look {
	uint64_t now_ms;
	void (*show)(void *arg, const struct alg_entry_view *view);
	void *arg;
};

static void show_entry(void *arg, const struct alg_entry *entry)
{
	char texts[ALG_N_TEXTS][ALG_JOURNAL_TEXT + 1];
	const struct look *look = arg;
	const struct alg_entry_view view = {
		.age_ms = look->now_ms - entry->at_ms,
		.endpoint = entry->endpoint,
		.out = entry->out,
		.message = texts[ALG_TEXT_MESSAGE],
		.where = texts[ALG_TEXT_WHERE],
		.from = texts[ALG_TEXT_FROM],
		.to = entry->changed ? texts[ALG_TEXT_TO] : NULL,
		.reason = whys[entry->why].name,
		.why = whys[entry->why].text,
	};
	unsigned int i;

	for (i = 0; i < ALG_N_TEXTS; i++) {
		memcpy(texts[i], entry->texts[i].at, entry->texts[i].len);
		texts[i][entry->texts[i].len] = '\0';
	}
	look->show(look->arg, &view);
}

bool alg_why_call(struct alg *alg, const char *call_id, uint64_t *n_forgotten,
		  void (*show)(void *arg, const struct alg_entry_view *view),
		  void *arg)
{
	const struct alg_slice key = { .at = call_id, .len = strlen(call_id) };
	struct look look = {
		.now_ms = alg_now_ms(alg), .show = show, .arg = arg,
	};
	const struct alg_journal *journal =
		alg_journals_find(alg->journals, key);

	if (!journal)
		return false;
	*n_forgotten = journal->n_forgotten;
	alg_journal_each(journal, show_entry, &look);
	return true;
}

bool alg_why_endpoint(struct alg *alg, uint32_t id, uint64_t *n_forgotten,
		      void (*show)(void *arg,
				   const struct alg_entry_view *view),
		      void *arg)
{
	const struct alg_endpoint *endpoint = alg_endpoint_by_id(alg, id);
	struct look look = {
		.now_ms = alg_now_ms(alg), .show = show, .arg = arg,
	};

	if (!endpoint)
		return false;
	*n_forgotten = endpoint->journal.n_forgotten;
	alg_journal_each(&endpoint->journal, show_entry, &look);
	return true;
}

void alg_each_journal(struct alg *alg,
		      void (*show)(void *arg, const char *call_id), void *arg)
{
	struct alg_journal *journal, *next;

	HASH_ITER(hh, alg->journals, journal, next)
		show(arg, journal->call_id);
}
