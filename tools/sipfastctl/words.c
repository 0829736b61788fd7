// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An object given in words on the command line: see words.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "nl/endpoint.h"
#include "tool.h"
#include "words.h"

#define MAX_DEPTH 8

/* The nests that are open, outermost first. */
struct reading {
	unsigned int depth;
	struct {
		const struct nl_attr_set *set;
		json_t *object;
	} open[MAX_DEPTH];
};

/* Leaves the nests that do not have @name. NULL where none has it. */
static const struct nl_attr_type *find(struct reading *reading,
				       const char *name)
{
	const struct nl_attr_set *set;
	unsigned int depth, number;

	for (depth = reading->depth + 1; depth-- > 0;) {
		set = reading->open[depth].set;
		number = nl_attr_number(set, name);
		if (number) {
			reading->depth = depth;
			return nl_attr_type(set, number);
		}
	}
	return NULL;
}

/* Takes the reference to @value. */
static int add(struct reading *reading, const struct nl_attr_type *type,
	       json_t *value)
{
	json_t *object = reading->open[reading->depth].object;
	json_t *known = json_object_get(object, type->name);

	if (known && !type->multi) {
		json_decref(value);
		return tool_complain(TOOL_USAGE, "%s is given twice",
				     type->name);
	}
	if (!type->multi) {
		json_object_set_new(object, type->name, value);
		return TOOL_OK;
	}
	if (!known) {
		known = json_array();
		json_object_set_new(object, type->name, known);
	}
	json_array_append_new(known, value);
	return TOOL_OK;
}

static int enter(struct reading *reading, const struct nl_attr_type *type)
{
	json_t *object = json_object();
	int code = add(reading, type, object);

	if (code)
		return code;
	reading->depth++;
	reading->open[reading->depth].set = type->nest;
	reading->open[reading->depth].object = object;
	return TOOL_OK;
}

static int read_endpoint(const struct nl_attr_type *type, const char *word,
			 json_t **value)
{
	struct nl_endpoint endpoint;

	if (nl_endpoint_read(word, &endpoint))
		return tool_complain(TOOL_USAGE,
				     "%s: ADDRESS:PORT was expected, not %s",
				     type->name, word);
	*value = document_endpoint(&endpoint);
	return TOOL_OK;
}

/* Decimal, or 0x and hexadecimal, as marks are written. */
static int read_number(const struct nl_attr_type *type, const char *word,
		       json_t **value)
{
	long long number;
	char *end;

	errno = 0;
	number = strtoll(word, &end, 0);
	if (end != word && !*end && !errno) {
		*value = json_integer(number);
		return TOOL_OK;
	}
	number = strcmp(type->name, "ifindex") ? 0 : if_nametoindex(word);
	if (!number)
		return tool_complain(TOOL_USAGE,
				     "%s: a number was expected, not %s",
				     type->name, word);
	*value = json_integer(number);
	return TOOL_OK;
}

static json_t *split_names(const char *word)
{
	json_t *list = json_array();
	size_t len;

	for (; *word; word += len + (word[len] == ',')) {
		len = strcspn(word, ",");
		json_array_append_new(list, json_stringn(word, len));
	}
	return list;
}

static int read_value(const struct nl_attr_type *type, const char *word,
		      json_t **value)
{
	if (type->nest == &nl_endpoint_attrs)
		return read_endpoint(type, word, value);
	switch (type->type) {
	case NL_TYPE_ENUM:
	case NL_TYPE_STRING:
	case NL_TYPE_ADDR4:
	case NL_TYPE_ADDR6:
		*value = json_string(word);
		if (!*value)
			return tool_complain(TOOL_USAGE, "%s: not UTF-8",
					     type->name);
		return TOOL_OK;
	case NL_TYPE_FLAGS:
		*value = split_names(word);
		return TOOL_OK;
	default:
		return read_number(type, word, value);
	}
}

static int read_words(struct reading *reading, int argc, char **argv)
{
	const struct nl_attr_type *type;
	json_t *value = NULL;
	int i, code;

	for (i = 0; i < argc; i++) {
		type = find(reading, argv[i]);
		if (!type)
			return tool_complain(TOOL_USAGE, "no such word: %s",
					     argv[i]);
		if (type->nest && type->nest != &nl_endpoint_attrs) {
			code = enter(reading, type);
			if (code)
				return code;
			continue;
		}
		if (++i == argc)
			return tool_complain(TOOL_USAGE, "%s: its value is missing",
					     type->name);
		code = read_value(type, argv[i], &value);
		if (!code)
			code = add(reading, type, value);
		if (code)
			return code;
	}
	return TOOL_OK;
}

int words_read(const struct nl_attr_set *set, int argc, char **argv,
	       json_t **object)
{
	struct reading reading = { .open = { { set, json_object() } } };
	int code;

	code = read_words(&reading, argc, argv);
	if (code)
		json_decref(reading.open[0].object);
	else
		*object = reading.open[0].object;
	return code;
}
