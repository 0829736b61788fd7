// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attributes read and written by the type tables: see attr.h.
 *
 * Every payload is judged once, in check(), before anybody reads it. What the
 * table does not know is passed over, what contradicts the table is -EBADMSG.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "nl/attr.h"

/* A run of attributes: a message's, or a nest's. */
struct span {
	const char *start;
	size_t len;
};

static struct span span_of_message(const struct nlmsghdr *nlh)
{
	struct span span = { NULL, 0 };

	if (mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
		return span;
	span.start = mnl_nlmsg_get_payload_offset(nlh, GENL_HDRLEN);
	span.len = mnl_nlmsg_get_payload_len(nlh) - GENL_HDRLEN;
	return span;
}

static struct span span_of_nest(const struct nlattr *nest)
{
	struct span span = {
		mnl_attr_get_payload(nest),
		mnl_attr_get_payload_len(nest),
	};

	return span;
}

/* Moves *@attr on; the first is asked for with NULL. */
static bool next_attr(const struct span *span, const struct nlattr **attr)
{
	const char *at = *attr ? (const char *)mnl_attr_next(*attr) :
				 span->start;
	const char *end = span->start + span->len;

	*attr = (const struct nlattr *)at;
	return at && at < end && mnl_attr_ok(*attr, (int)(end - at));
}

static size_t fixed_len(enum nl_type type)
{
	switch (type) {
	case NL_TYPE_U8:
		return sizeof(uint8_t);
	case NL_TYPE_PORT:
		return sizeof(uint16_t);
	case NL_TYPE_U32:
	case NL_TYPE_ENUM:
	case NL_TYPE_FLAGS:
	case NL_TYPE_ADDR4:
		return sizeof(uint32_t);
	case NL_TYPE_U64:
	case NL_TYPE_S64:
		return sizeof(uint64_t);
	case NL_TYPE_ADDR6:
		return sizeof(struct in6_addr);
	default:
		return 0;
	}
}

/* 1: known and sound, 0: to be passed over, -EBADMSG: malformed. */
static int check(const struct nlattr *attr, const struct nl_attr_set *set)
{
	const struct nl_attr_type *type;
	size_t len = mnl_attr_get_payload_len(attr);

	type = nl_attr_type(set, mnl_attr_get_type(attr));
	if (!type || type->type == NL_TYPE_PAD)
		return 0;
	if (type->type == NL_TYPE_NEST || type->type == NL_TYPE_BINARY)
		return 1;
	if (type->type == NL_TYPE_STRING) {
		if (!len || mnl_attr_get_str(attr)[len - 1] != '\0' ||
		    (type->max && len > type->max + 1U))
			return -EBADMSG;
		return 1;
	}
	return len == fixed_len(type->type) ? 1 : -EBADMSG;
}

static int each(const struct span *span, const struct nl_attr_set *set,
		nl_attr_fn attr_cb, void *arg)
{
	const struct nlattr *attr = NULL;
	int err;

	while (next_attr(span, &attr)) {
		err = check(attr, set);
		if (err > 0)
			err = attr_cb(arg, attr);
		if (err < 0)
			return err;
	}
	return 0;
}

int nl_attr_each(const struct nlattr *nest, const struct nl_attr_set *set,
		 nl_attr_fn attr_cb, void *arg)
{
	struct span span = span_of_nest(nest);

	return each(&span, set, attr_cb, arg);
}

int nl_attr_each_in(const struct nlmsghdr *nlh, const struct nl_attr_set *set,
		    nl_attr_fn attr_cb, void *arg)
{
	struct span span = span_of_message(nlh);

	return each(&span, set, attr_cb, arg);
}

static union nl_value value_of(const struct nlattr *attr, enum nl_type type)
{
	union nl_value value;

	memset(&value, 0, sizeof(value));
	switch (type) {
	case NL_TYPE_U8:
		value.number = mnl_attr_get_u8(attr);
		break;
	case NL_TYPE_PORT:
		value.number = ntohs(mnl_attr_get_u16(attr));
		break;
	case NL_TYPE_U32:
	case NL_TYPE_ENUM:
	case NL_TYPE_FLAGS:
		value.number = mnl_attr_get_u32(attr);
		break;
	case NL_TYPE_U64:
		value.number = mnl_attr_get_u64(attr);
		break;
	case NL_TYPE_S64:
		value.signed_number = (int64_t)mnl_attr_get_u64(attr);
		break;
	case NL_TYPE_STRING:
		value.string = mnl_attr_get_str(attr);
		break;
	case NL_TYPE_ADDR4:
		value.addr4.s_addr = mnl_attr_get_u32(attr);
		break;
	case NL_TYPE_ADDR6:
		memcpy(&value.addr6, mnl_attr_get_payload(attr),
		       sizeof(value.addr6));
		break;
	case NL_TYPE_BINARY:
		value.binary.bytes = mnl_attr_get_payload(attr);
		value.binary.len = mnl_attr_get_payload_len(attr);
		break;
	default:
		break;
	}
	return value;
}

static int walk(const struct span *span, const struct nl_attr_set *set,
		const struct nl_visitor *visitor, void *arg);

static int show(const struct nlattr *attr, const struct nl_attr_type *type,
		const struct nl_visitor *visitor, void *arg)
{
	struct nl_endpoint endpoint;
	union nl_value value;
	struct span span;
	int err;

	if (type->nest == &nl_endpoint_attrs) {
		err = nl_endpoint_parse(attr, &endpoint);
		if (!err)
			visitor->endpoint(arg, type, &endpoint);
		return err;
	}
	if (type->type == NL_TYPE_NEST) {
		span = span_of_nest(attr);
		visitor->begin(arg, type);
		err = walk(&span, type->nest, visitor, arg);
		visitor->end(arg, type);
		return err;
	}
	value = value_of(attr, type->type);
	visitor->value(arg, type, &value);
	return 0;
}

/* All attributes of one number. */
static int show_all(const struct span *span, const struct nl_attr_set *set,
		    unsigned int number, const struct nl_visitor *visitor,
		    void *arg)
{
	const struct nl_attr_type *type = nl_attr_type(set, number);
	const struct nlattr *attr = NULL;
	bool begun = false;
	int err = 0;

	while (!err && next_attr(span, &attr)) {
		if (mnl_attr_get_type(attr) != number)
			continue;
		err = check(attr, set);
		if (err <= 0)
			break;
		if (type->multi && !begun)
			visitor->list_begin(arg, type);
		begun = true;
		err = show(attr, type, visitor, arg);
	}
	if (begun && type->multi)
		visitor->list_end(arg, type);
	return err;
}

static int walk(const struct span *span, const struct nl_attr_set *set,
		const struct nl_visitor *visitor, void *arg)
{
	unsigned int number;
	int err;

	for (number = 1; number <= set->max; number++) {
		err = show_all(span, set, number, visitor, arg);
		if (err)
			return err;
	}
	return 0;
}

int nl_attr_walk(const struct nlmsghdr *nlh, const struct nl_attr_set *set,
		 const struct nl_visitor *visitor, void *arg)
{
	struct span span = span_of_message(nlh);

	return walk(&span, set, visitor, arg);
}

int nl_attr_put(struct nlmsghdr *nlh, uint32_t room, uint16_t number,
		const struct nl_attr_type *type, const union nl_value *value)
{
	bool ok = false;

	switch (type->type) {
	case NL_TYPE_U8:
		ok = mnl_attr_put_u8_check(nlh, room, number,
					   (uint8_t)value->number);
		break;
	case NL_TYPE_PORT:
		ok = mnl_attr_put_u16_check(nlh, room, number,
					    htons((uint16_t)value->number));
		break;
	case NL_TYPE_U32:
	case NL_TYPE_ENUM:
	case NL_TYPE_FLAGS:
		ok = mnl_attr_put_u32_check(nlh, room, number,
					    (uint32_t)value->number);
		break;
	case NL_TYPE_U64:
	case NL_TYPE_S64:
		ok = mnl_attr_put_u64_check(nlh, room, number, value->number);
		break;
	case NL_TYPE_STRING:
		ok = mnl_attr_put_strz_check(nlh, room, number, value->string);
		break;
	case NL_TYPE_ADDR4:
		ok = mnl_attr_put_u32_check(nlh, room, number,
					    value->addr4.s_addr);
		break;
	case NL_TYPE_ADDR6:
		ok = mnl_attr_put_check(nlh, room, number,
					sizeof(value->addr6), &value->addr6);
		break;
	case NL_TYPE_BINARY:
		ok = mnl_attr_put_check(nlh, room, number, value->binary.len,
					value->binary.bytes);
		break;
	default:
		break;
	}
	return ok ? 0 : -EMSGSIZE;
}

struct nlattr *nl_attr_nest_begin(struct nlmsghdr *nlh, uint32_t room,
				  uint16_t number)
{
	return mnl_attr_nest_start_check(nlh, room, number);
}

void nl_attr_nest_end(struct nlmsghdr *nlh, struct nlattr *nest)
{
	mnl_attr_nest_end(nlh, nest);
}
