// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documents as text for people.
 *
 *	session 7
 *	  cookie: 3c26700857
 *	  stream 0
 *	    kind: rtp
 *	    a
 *	      remote: 192.168.1.10:40000
 *	      stats: packets 500, bytes 86000, lost 0
 *
 * An object of nothing but scalars goes on a line, broken where it is long, any
 * other gets a line for each member.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "writer.h"

#define COLUMNS		80
#define INDENT		2

static void write_members(FILE *out, int depth, const json_t *object,
			  const char *but);

static bool is_endpoint(const json_t *value)
{
	return json_object_get(value, "addr4") ||
	       json_object_get(value, "addr6") ||
	       (json_object_size(value) == 1 && json_object_get(value, "port"));
}

static bool endpoint_text(const json_t *value, char *text, size_t len)
{
	const char *addr4 = json_string_value(json_object_get(value, "addr4"));
	const char *addr6 = json_string_value(json_object_get(value, "addr6"));
	const json_t *port = json_object_get(value, "port");
	char suffix[24] = "";

	if (port)
		snprintf(suffix, sizeof(suffix), ":%" JSON_INTEGER_FORMAT,
			 json_integer_value(port));
	if (addr6 && port)
		snprintf(text, len, "[%s]%s", addr6, suffix);
	else
		snprintf(text, len, "%s%s", addr6 ? addr6 : addr4 ? addr4 : "*",
			 suffix);
	return true;
}

static bool append(char *text, size_t len, const char *more)
{
	size_t used = strlen(text);

	if (used + strlen(more) >= len)
		return false;
	strcpy(text + used, more);
	return true;
}

static bool list_text(const json_t *list, char *text, size_t len)
{
	char one[COLUMNS];
	json_t *value;
	size_t i;

	*text = '\0';
	json_array_foreach(list, i, value) {
		if ((json_is_object(value) && !is_endpoint(value)) ||
		    !writer_text_value(value, one, sizeof(one)) ||
		    !append(text, len, i ? " " : "") ||
		    !append(text, len, one))
			return false;
	}
	return true;
}

/* "packets 500, bytes 86000", where no member is an object itself. */
static bool object_text(const json_t *object, char *text, size_t len)
{
	char one[COLUMNS];
	const char *key;
	json_t *value;

	*text = '\0';
	json_object_foreach((json_t *)object, key, value) {
		if (json_is_object(value) || json_is_array(value) ||
		    !writer_text_value(value, one, sizeof(one)) ||
		    !append(text, len, *text ? ", " : "") ||
		    !append(text, len, key) || !append(text, len, " ") ||
		    !append(text, len, one))
			return false;
	}
	return true;
}

bool writer_text_value(const json_t *value, char *text, size_t len)
{
	int n = 0;

	if (!value)
		return false;
	switch (json_typeof(value)) {
	case JSON_STRING:
		n = snprintf(text, len, "%s", json_string_value(value));
		break;
	case JSON_INTEGER:
		n = snprintf(text, len, "%" JSON_INTEGER_FORMAT,
			     json_integer_value(value));
		break;
	case JSON_REAL:
		n = snprintf(text, len, "%g", json_real_value(value));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		n = snprintf(text, len, "%s",
			     json_is_true(value) ? "yes" : "no");
		break;
	case JSON_NULL:
		n = snprintf(text, len, "-");
		break;
	case JSON_ARRAY:
		return list_text(value, text, len);
	case JSON_OBJECT:
		if (is_endpoint(value))
			return endpoint_text(value, text, len);
		return object_text(value, text, len);
	}
	return n >= 0 && (size_t)n < len;
}

/* The member that an object is called by, and does not list again. */
static const char *title(FILE *out, int depth, const char *name,
			 const json_t *object)
{
	static const char *const keys[] = { "id", "call-id" };
	char text[4 * COLUMNS];
	const json_t *value;
	size_t i;

	fprintf(out, "%*s%s", depth * INDENT, "", name);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		value = json_object_get(object, keys[i]);
		if (value && writer_text_value(value, text, sizeof(text))) {
			fprintf(out, " %s\n", text);
			return keys[i];
		}
	}
	fputc('\n', out);
	return NULL;
}

static void write_object(FILE *out, int depth, const char *name,
			 const json_t *object)
{
	const char *but = title(out, depth, name, object);

	write_members(out, depth + 1, object, but);
}

/* Breaks @text behind commas where it gets too long for a line. */
static void write_wrapped(FILE *out, int depth, const char *key, char *text)
{
	int at = fprintf(out, "%*s%s: ", depth * INDENT, "", key);
	int indent = at;
	char *part, *next;

	for (part = text; part; part = next) {
		next = strstr(part, ", ");
		if (next) {
			*++next = '\0';
			next++;
		}
		if (at > indent && at + (int)strlen(part) + 1 > COLUMNS) {
			fprintf(out, "\n%*s", indent, "");
			at = indent;
		}
		at += fprintf(out, "%s%s", at > indent ? " " : "", part);
	}
	fputc('\n', out);
}

static void write_member(FILE *out, int depth, const char *key,
			 const json_t *value)
{
	char text[16 * COLUMNS];
	json_t *one;
	size_t i;

	if (writer_text_value(value, text, sizeof(text))) {
		write_wrapped(out, depth, key, text);
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, one)
			write_member(out, depth, key, one);
	} else if (json_is_object(value)) {
		write_object(out, depth, key, value);
	}
}

static void write_members(FILE *out, int depth, const json_t *object,
			  const char *but)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		if (but && !strcmp(key, but))
			continue;
		write_member(out, depth, key, value);
	}
}

static void write_one(FILE *out, const char *name, const json_t *object)
{
	write_object(out, 0, name, object);
}

static void write_list(FILE *out, const char *name, const json_t *list)
{
	json_t *object;
	size_t i;

	json_array_foreach(list, i, object) {
		if (i)
			fputc('\n', out);
		write_object(out, 0, name, object);
	}
}

const struct writer writer_text = { write_one, write_list };
