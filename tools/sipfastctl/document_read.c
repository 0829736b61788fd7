// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON from messages: see document.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>

#include "document.h"
#include "nl/attr.h"

#define MAX_DEPTH 8

/* The objects and arrays that are open, outermost first. */
struct reading {
	unsigned int depth;
	json_t *open[MAX_DEPTH];
};

static void add(struct reading *reading, const struct nl_attr_type *type,
		json_t *value)
{
	json_t *into = reading->open[reading->depth];

	if (json_is_array(into))
		json_array_append_new(into, value);
	else
		json_object_set_new(into, type->name, value);
}

static void enter(struct reading *reading, const struct nl_attr_type *type,
		  json_t *value)
{
	add(reading, type, value);
	reading->open[++reading->depth] = value;
}

static void nest_begin(void *arg, const struct nl_attr_type *type)
{
	enter(arg, type, json_object());
}

static void list_begin(void *arg, const struct nl_attr_type *type)
{
	enter(arg, type, json_array());
}

static void leave(void *arg, const struct nl_attr_type *type)
{
	struct reading *reading = arg;

	(void)type;
	reading->depth--;
}

static json_t *flags(const struct nl_names *names, uint64_t value)
{
	json_t *list = json_array();
	unsigned int bit;

	for (bit = 0; bit < names->n_entries; bit++)
		if (value & (1ULL << bit))
			json_array_append_new(list,
					      json_string(names->entries[bit]));
	return list;
}

static json_t *address(int family, const void *bytes)
{
	char text[INET6_ADDRSTRLEN];

	return json_string(inet_ntop(family, bytes, text, sizeof(text)));
}

/* An enum's value that a newer module has and we do not know stays a number. */
static json_t *enumerated(const struct nl_names *names, uint64_t value)
{
	if (value < names->n_entries)
		return json_string(names->entries[value]);
	return json_integer((json_int_t)value);
}

/* Bytes in hexadecimal. */
static json_t *binary(const unsigned char *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	json_t *json;
	char *text;
	size_t i;

	text = malloc(2 * len + 1);
	if (!text)
		return NULL;
	for (i = 0; i < len; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	json = json_stringn(text, 2 * len);
	free(text);
	return json;
}

static json_t *scalar(const struct nl_attr_type *type,
		      const union nl_value *value)
{
	switch (type->type) {
	case NL_TYPE_ENUM:
		return enumerated(type->names, value->number);
	case NL_TYPE_FLAGS:
		return flags(type->names, value->number);
	case NL_TYPE_STRING:
		return json_string(value->string);
	case NL_TYPE_ADDR4:
		return address(AF_INET, &value->addr4);
	case NL_TYPE_ADDR6:
		return address(AF_INET6, &value->addr6);
	case NL_TYPE_BINARY:
		return binary(value->binary.bytes, value->binary.len);
	case NL_TYPE_S64:
		return json_integer(value->signed_number);
	default:
		return json_integer((json_int_t)value->number);
	}
}

static void take_value(void *arg, const struct nl_attr_type *type,
		       const union nl_value *value)
{
	json_t *json = scalar(type, value);

	add(arg, type, json ? json : json_null());
}

json_t *document_endpoint(const struct nl_endpoint *endpoint)
{
	json_t *object = json_object();

	if (endpoint->family == AF_INET)
		json_object_set_new(object, "addr4",
				    address(AF_INET, &endpoint->addr4));
	else if (endpoint->family == AF_INET6)
		json_object_set_new(object, "addr6",
				    address(AF_INET6, &endpoint->addr6));
	if (endpoint->port)
		json_object_set_new(object, "port",
				    json_integer(endpoint->port));
	return object;
}

static void take_endpoint(void *arg, const struct nl_attr_type *type,
			  const struct nl_endpoint *endpoint)
{
	add(arg, type, document_endpoint(endpoint));
}

json_t *document_read(const struct nlmsghdr *nlh, const struct nl_attr_set *set)
{
	static const struct nl_visitor visitor = {
		.begin = nest_begin,
		.end = leave,
		.value = take_value,
		.endpoint = take_endpoint,
		.list_begin = list_begin,
		.list_end = leave,
	};
	struct reading reading = { .open = { json_object() } };

	if (nl_attr_walk(nlh, set, &visitor, &reading)) {
		json_decref(reading.open[0]);
		return NULL;
	}
	return reading.open[0];
}
