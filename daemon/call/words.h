/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words for what a call knows by number: a person reads them in the store and in
 * sipfastctl.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_WORDS_H
#define SIPFAST_DAEMON_CALL_WORDS_H

#include "call/table.h"

/** struct call_words - the words for 0, 1, 2 ... */
struct call_words {
	unsigned int n;
	const char *words[8];
};

extern const struct call_words call_state_words;	/* enum call_state */
extern const struct call_words call_side_words;		/* enum call_side */
extern const struct call_words call_method_words;	/* enum call_method */
extern const struct call_words call_kind_words;		/* enum media_kind */
extern const struct call_words dialog_state_words;	/* enum dialog_state */
extern const struct call_words offer_state_words;	/* enum offer_state */
extern const struct call_words offer_place_words;	/* enum offer_place */

/** call_word_find() - the number that @word stands for, or -1; NULL is none */
int call_word_find(const struct call_words *words, const char *word);

#endif
