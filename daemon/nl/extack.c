// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's extended ack in words: see extack.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <inttypes.h>
#include <linux/genetlink.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "nl/extack.h"

/* What an extended ack can tell. */
struct extack {
	const char *message;
	bool has_offset;
	uint32_t offset;
	bool has_missing;
	uint32_t missing;
	bool has_nest;
	uint32_t nest;
	bool has_min;
	uint64_t min;
	bool has_max;
	uint64_t max;
};

/* What snprintf() would have written past the end is left out. */
__attribute__((format(printf, 3, 4)))
static void append(char *text, size_t len, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, len - used, format, args);
	va_end(args);
}

static unsigned int count_before(const char *start, const struct nlattr *attr)
{
	const struct nlattr *at = (const struct nlattr *)start;
	unsigned int n = 0;

	for (; at < attr; at = mnl_attr_next(at))
		if (mnl_attr_get_type(at) == mnl_attr_get_type(attr))
			n++;
	return n;
}

static void append_name(char *path, const struct nl_attr_type *type,
			const char *start, const struct nlattr *attr)
{
	append(path, NL_PATH_LEN, "%s%s", *path ? "." : "", type->name);
	if (type->multi)
		append(path, NL_PATH_LEN, "[%u]", count_before(start, attr));
}

const struct nl_attr_set *nl_extack_path(const struct nlmsghdr *request,
					 const struct nl_attr_set *set,
					 uint32_t offset, char *path)
{
	const char *start = mnl_nlmsg_get_payload_offset(request, GENL_HDRLEN);
	const char *end = mnl_nlmsg_get_payload_tail(request);
	const char *target = (const char *)request + offset;
	const struct nl_attr_type *type;
	const struct nlattr *attr;

	*path = '\0';
	attr = (const struct nlattr *)start;
	while (mnl_attr_ok(attr, (int)(end - (const char *)attr))) {
		const char *next = (const char *)mnl_attr_next(attr);

		if (target >= next) {
			attr = (const struct nlattr *)next;
			continue;
		}
		type = nl_attr_type(set, mnl_attr_get_type(attr));
		if (!type || target < (const char *)attr)
			break;
		append_name(path, type, start, attr);
		if (target == (const char *)attr)
			return type->nest;
		if (!type->nest)
			break;
		set = type->nest;
		start = mnl_attr_get_payload(attr);
		end = start + mnl_attr_get_payload_len(attr);
		attr = (const struct nlattr *)start;
	}
	*path = '\0';
	return NULL;
}

static bool get_u32(const struct nlattr *attr, uint32_t *value)
{
	if (mnl_attr_get_payload_len(attr) != sizeof(*value))
		return false;
	*value = mnl_attr_get_u32(attr);
	return true;
}

/* The range that the kernel's policy would have accepted. */
static int policy_attr_cb(const struct nlattr *attr, void *arg)
{
	struct extack *extack = arg;

	if (mnl_attr_validate(attr, MNL_TYPE_U64) < 0)
		return MNL_CB_OK;
	switch (mnl_attr_get_type(attr)) {
	case NL_POLICY_TYPE_ATTR_MIN_VALUE_U:
		extack->has_min = true;
		extack->min = mnl_attr_get_u64(attr);
		break;
	case NL_POLICY_TYPE_ATTR_MAX_VALUE_U:
		extack->has_max = true;
		extack->max = mnl_attr_get_u64(attr);
		break;
	}
	return MNL_CB_OK;
}

static int extack_attr_cb(const struct nlattr *attr, void *arg)
{
	struct extack *extack = arg;

	switch (mnl_attr_get_type(attr)) {
	case NLMSGERR_ATTR_MSG:
		if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			extack->message = mnl_attr_get_str(attr);
		break;
	case NLMSGERR_ATTR_OFFS:
		extack->has_offset = get_u32(attr, &extack->offset);
		break;
	case NLMSGERR_ATTR_POLICY:
		mnl_attr_parse_nested(attr, policy_attr_cb, extack);
		break;
	case NLMSGERR_ATTR_MISS_TYPE:
		extack->has_missing = get_u32(attr, &extack->missing);
		break;
	case NLMSGERR_ATTR_MISS_NEST:
		extack->has_nest = get_u32(attr, &extack->nest);
		break;
	}
	return MNL_CB_OK;
}

/* Where the attributes of an answer begin; 0 is nowhere. */
static size_t attrs_offset(const struct nlmsghdr *answer)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(answer);
	size_t offset = sizeof(*err);

	if (!(answer->nlmsg_flags & NLM_F_ACK_TLVS))
		return 0;
	if (answer->nlmsg_type == NLMSG_DONE)
		return sizeof(int);
	if (!(answer->nlmsg_flags & NLM_F_CAPPED))
		offset += mnl_nlmsg_get_payload_len(&err->msg);
	return offset;
}

static void read_extack(const struct nlmsghdr *answer, struct extack *extack)
{
	size_t offset = attrs_offset(answer);

	memset(extack, 0, sizeof(*extack));
	if (offset && mnl_nlmsg_get_payload_len(answer) > offset)
		mnl_attr_parse(answer, (unsigned int)offset, extack_attr_cb,
			       extack);
}

/* "stream[0].a.remote" where that was wrong, or where it was missing. */
static void name_culprit(const struct extack *extack,
			 const struct nlmsghdr *request,
			 const struct nl_attr_set *set, char *path)
{
	const struct nl_attr_type *type;

	*path = '\0';
	if (extack->has_missing) {
		if (extack->has_nest)
			set = nl_extack_path(request, set, extack->nest, path);
		type = set ? nl_attr_type(set, extack->missing) : NULL;
		if (type)
			append(path, NL_PATH_LEN, "%s%s", *path ? "." : "",
			       type->name);
	} else if (extack->has_offset) {
		nl_extack_path(request, set, extack->offset, path);
	}
}

void nl_extack_text(const struct nlmsghdr *answer,
		    const struct nlmsghdr *request,
		    const struct nl_attr_set *set, int error, char *text,
		    size_t len)
{
	char path[NL_PATH_LEN] = "";
	struct extack extack;

	read_extack(answer, &extack);
	if (set)
		name_culprit(&extack, request, set, path);
	*text = '\0';
	if (*path && extack.has_missing && !extack.message) {
		append(text, len, "%s is missing", path);
		return;
	}
	if (*path)
		append(text, len, "%s: ", path);
	append(text, len, "%s",
	       extack.message ? extack.message : strerror(error));
	if (extack.has_min && extack.has_max)
		append(text, len, ", %" PRIu64 " to %" PRIu64 " is possible",
		       extack.min, extack.max);
}
