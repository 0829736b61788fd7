// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What sipfastd has changed in messages, or left alone, and why: one paragraph a
 * message, two lines a change.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "why.h"

#include <stdio.h>
#include <string.h>

#include "daemon.h"
#include "tool.h"
#include "writer.h"

/* What came in a message, printed so that a terminal takes no harm. */
static void print_text(const char *text)
{
	for (; *text; text++)
		putchar((unsigned char)*text < ' ' || *text == 0x7f ? ' '
								    : *text);
}

static const char *text_of(const json_t *entry, const char *key)
{
	const char *text = json_string_value(json_object_get(entry, key));

	return text ? text : "";
}

/* Entries of one message follow each other, and are of the same moment. */
static bool is_same_message(const json_t *one, const json_t *other)
{
	static const char *const keys[] = {
		"age-ms", "endpoint", "way", "message",
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!json_equal(json_object_get(one, keys[i]),
				json_object_get(other, keys[i])))
			return false;
	return true;
}

/* "INVITE from the LAN, 12.345 s ago" */
static void print_message(const json_t *entry)
{
	json_int_t age_ms = json_integer_value(json_object_get(entry,
							       "age-ms"));

	print_text(text_of(entry, "message"));
	printf(" %s, %" JSON_INTEGER_FORMAT ".%03d s ago, endpoint %"
	       JSON_INTEGER_FORMAT ":\n",
	       strcmp(text_of(entry, "way"), "out") ? "from outside"
						    : "from the LAN",
	       age_ms / 1000, (int)(age_ms % 1000),
	       json_integer_value(json_object_get(entry, "endpoint")));
}

/* "  Contact: 192.168.1.10:5060 -> 203.0.113.1:5060", and below it why */
static void print_entry(const json_t *entry)
{
	const char *where = text_of(entry, "where");
	const json_t *to = json_object_get(entry, "to");

	printf("  ");
	print_text(*where ? where : "the message");
	if (*text_of(entry, "from") || to)
		printf(": ");
	print_text(text_of(entry, "from"));
	if (to) {
		printf(*text_of(entry, "from") ? " -> " : "");
		print_text(*text_of(entry, "to") ? text_of(entry, "to")
						 : "(gone)");
	}
	printf("\n    %s\n", text_of(entry, "why"));
}

static void print_all(const json_t *result)
{
	const json_t *entries = json_object_get(result, "entries");
	json_int_t n_forgotten = json_integer_value(
		json_object_get(result, "forgotten"));
	const json_t *before = NULL;
	json_t *entry;
	size_t i;

	if (n_forgotten)
		printf("%" JSON_INTEGER_FORMAT " earlier entries are forgotten\n",
		       n_forgotten);
	json_array_foreach(entries, i, entry) {
		if (!before || !is_same_message(before, entry))
			print_message(entry);
		print_entry(entry);
		before = entry;
	}
	if (!json_array_size(entries))
		puts("nothing was changed, and nothing left alone");
}

int why_ask(const struct tool *tool, json_t *request)
{
	json_t *result;
	int code;

	code = daemon_ask_about(tool, request, &result);
	if (code)
		return code;
	if (tool->json)
		tool->writer->object(stdout, "why", result);
	else
		print_all(result);
	json_decref(result);
	return TOOL_OK;
}
