// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages from JSON: see document.h.
 *
 * What the tables can judge is judged here, so that a wrong key or a wrong kind
 * of value never becomes a request; whether the values fit together is for the
 * module to say.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "document.h"
#include "nl/attr.h"

/* The message, and how the key in hand is called. */
struct putting {
	struct nlmsghdr *nlh;
	uint32_t room;
	char path[128];
	char *complaint;
};

__attribute__((format(printf, 2, 3)))
static int complain(struct putting *putting, const char *format, ...)
{
	size_t len = DOCUMENT_COMPLAINT_LEN;
	va_list args;
	int n;

	n = snprintf(putting->complaint, len, "%s%s", putting->path,
		     *putting->path ? ": " : "");
	va_start(args, format);
	vsnprintf(putting->complaint + n, len - (size_t)n, format, args);
	va_end(args);
	return -EINVAL;
}

static int read_number(struct putting *putting, const json_t *json,
		       uint64_t max, union nl_value *value)
{
	json_int_t number = json_integer_value(json);

	if (!json_is_integer(json))
		return complain(putting, "a number was expected");
	if (number < 0 || (uint64_t)number > max)
		return complain(putting, "out of range: %" JSON_INTEGER_FORMAT,
				number);
	value->number = (uint64_t)number;
	return 0;
}

static int read_signed(struct putting *putting, const json_t *json,
		       union nl_value *value)
{
	if (!json_is_integer(json))
		return complain(putting, "a number was expected");
	value->signed_number = json_integer_value(json);
	return 0;
}

static int read_name(struct putting *putting, const json_t *json,
		     const struct nl_names *names)
{
	const char *name = json_string_value(json);
	char known[128] = "";
	unsigned int i;
	int value;

	value = name ? nl_value(names, name) : -EINVAL;
	if (value >= 0)
		return value;
	for (i = 0; i < names->n_entries; i++) {
		size_t used = strlen(known);

		snprintf(known + used, sizeof(known) - used, "%s%s",
			 i ? ", " : "", names->entries[i]);
	}
	return complain(putting, "one of %s was expected", known);
}

static int read_enum(struct putting *putting, const json_t *json,
		     const struct nl_names *names, union nl_value *value)
{
	int number = read_name(putting, json, names);

	if (number < 0)
		return number;
	value->number = (uint64_t)number;
	return 0;
}

static int read_flags(struct putting *putting, const json_t *json,
		      const struct nl_names *names, union nl_value *value)
{
	json_t *name;
	size_t i;
	int bit;

	if (!json_is_array(json))
		return complain(putting, "a list of names was expected");
	json_array_foreach(json, i, name) {
		bit = read_name(putting, name, names);
		if (bit < 0)
			return bit;
		value->number |= 1ULL << bit;
	}
	return 0;
}

static int read_string(struct putting *putting, const json_t *json,
		       const struct nl_attr_type *type, union nl_value *value)
{
	value->string = json_string_value(json);
	if (!value->string)
		return complain(putting, "a string was expected");
	if (type->max && strlen(value->string) > type->max)
		return complain(putting, "longer than %u bytes", type->max);
	return 0;
}

static int read_address(struct putting *putting, const json_t *json,
			int family, void *address)
{
	const char *text = json_string_value(json);

	if (text && inet_pton(family, text, address) == 1)
		return 0;
	return complain(putting, "an %s address was expected",
			family == AF_INET ? "IPv4" : "IPv6");
}

static int read_scalar(struct putting *putting, const json_t *json,
		       const struct nl_attr_type *type, union nl_value *value)
{
	switch (type->type) {
	case NL_TYPE_U8:
		return read_number(putting, json, UINT8_MAX, value);
	case NL_TYPE_PORT:
		return read_number(putting, json, UINT16_MAX, value);
	case NL_TYPE_U32:
		return read_number(putting, json, UINT32_MAX, value);
	case NL_TYPE_U64:
		return read_number(putting, json, UINT64_MAX, value);
	case NL_TYPE_S64:
		return read_signed(putting, json, value);
	case NL_TYPE_ENUM:
		return read_enum(putting, json, type->names, value);
	case NL_TYPE_FLAGS:
		return read_flags(putting, json, type->names, value);
	case NL_TYPE_STRING:
		return read_string(putting, json, type, value);
	case NL_TYPE_ADDR4:
		return read_address(putting, json, AF_INET, &value->addr4);
	case NL_TYPE_ADDR6:
		return read_address(putting, json, AF_INET6, &value->addr6);
	default:
		return complain(putting, "cannot be given");
	}
}

static int put_object(struct putting *putting, const struct nl_attr_set *set,
		      const json_t *object);

static int put_one(struct putting *putting, uint16_t number,
		   const struct nl_attr_type *type, const json_t *json)
{
	union nl_value value;
	struct nlattr *nest;
	int err;

	if (type->type == NL_TYPE_NEST) {
		nest = nl_attr_nest_begin(putting->nlh, putting->room, number);
		if (!nest)
			return -EMSGSIZE;
		err = put_object(putting, type->nest, json);
		nl_attr_nest_end(putting->nlh, nest);
		return err;
	}
	memset(&value, 0, sizeof(value));
	err = read_scalar(putting, json, type, &value);
	if (err)
		return err;
	return nl_attr_put(putting->nlh, putting->room, number, type, &value);
}

static int put_list(struct putting *putting, uint16_t number,
		    const struct nl_attr_type *type, const json_t *list)
{
	size_t used = strlen(putting->path);
	json_t *json;
	size_t i;
	int err;

	if (!json_is_array(list))
		return complain(putting, "a list was expected");
	json_array_foreach(list, i, json) {
		snprintf(putting->path + used, sizeof(putting->path) - used,
			 "[%zu]", i);
		err = put_one(putting, number, type, json);
		if (err)
			return err;
	}
	putting->path[used] = '\0';
	return 0;
}

static int put_object(struct putting *putting, const struct nl_attr_set *set,
		      const json_t *object)
{
	size_t used = strlen(putting->path);
	const struct nl_attr_type *type;
	unsigned int number;
	const char *key;
	json_t *json;
	int err;

	if (!json_is_object(object))
		return complain(putting, "an object was expected");
	json_object_foreach((json_t *)object, key, json) {
		number = nl_attr_number(set, key);
		type = nl_attr_type(set, number);
		if (!number || !type)
			return complain(putting, "no such key: %s", key);
		snprintf(putting->path + used, sizeof(putting->path) - used,
			 "%s%s", used ? "." : "", key);
		err = type->multi ?
			put_list(putting, (uint16_t)number, type, json) :
			put_one(putting, (uint16_t)number, type, json);
		if (err)
			return err;
		putting->path[used] = '\0';
	}
	return 0;
}

int document_put(struct nlmsghdr *nlh, uint32_t room,
		 const struct nl_attr_set *set, const json_t *object,
		 char *complaint)
{
	struct putting putting = {
		.nlh = nlh,
		.room = room,
		.complaint = complaint,
	};
	int err;

	err = put_object(&putting, set, object);
	if (err == -EMSGSIZE)
		snprintf(complaint, DOCUMENT_COMPLAINT_LEN,
			 "too much for one message");
	return err;
}
