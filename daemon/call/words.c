// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Words for what a call knows by number.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/words.h"

#include <string.h>

const struct call_words call_state_words = {
	4, { "calling", "ringing", "up", "ending" },
};

const struct call_words call_side_words = { 2, { "lan", "wan" } };

const struct call_words call_method_words = {
	7, { "other", "INVITE", "ACK", "PRACK", "UPDATE", "BYE", "CANCEL" },
};

const struct call_words call_kind_words = { 3, { "rtp", "rtcp", "opaque" } };

const struct call_words dialog_state_words = {
	3, { "early", "confirmed", "ending" },
};

const struct call_words offer_state_words = {
	3, { "none", "open", "answered" },
};

const struct call_words offer_place_words = {
	3, { "nowhere", "request", "response" },
};

int call_word_find(const struct call_words *words, const char *word)
{
	unsigned int i;

	for (i = 0; word && i < words->n; i++)
		if (!strcmp(words->words[i], word))
			return i;
	return -1;
}
