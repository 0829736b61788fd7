/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The genetlink family `sipfast` as data.
 *
 * Each attribute set and each operation of Documentation/netlink/specs/
 * sipfast.yaml, with the names it has there. Whoever turns attributes into text
 * or text into attributes walks these tables; selftests/uapi compares them with
 * the YAML line by line.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_TYPES_H
#define SIPFAST_DAEMON_NL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/sipfast.h>

/** enum nl_type - what an attribute's payload is */
enum nl_type {
	NL_TYPE_UNUSED,		/* no such attribute: slot 0 */
	NL_TYPE_PAD,
	NL_TYPE_U8,
	NL_TYPE_U32,
	NL_TYPE_U64,
	NL_TYPE_S64,
	NL_TYPE_ENUM,		/* u32, one of @names */
	NL_TYPE_FLAGS,		/* u32, bit n is @names[n] */
	NL_TYPE_STRING,		/* NUL-terminated */
	NL_TYPE_ADDR4,		/* u32, network order */
	NL_TYPE_ADDR6,		/* 16 bytes */
	NL_TYPE_PORT,		/* u16, network order */
	NL_TYPE_BINARY,		/* any bytes */
	NL_TYPE_NEST,		/* attributes of @nest */
};

/** struct nl_names - the entries of an enum or of flags, from 0 on */
struct nl_names {
	const char *name;
	unsigned int n_entries;
	const char *const *entries;
};

/**
 * struct nl_attr_type - one attribute
 * @name: its name in the YAML
 * @type: its payload
 * @multi: may occur more than once
 * @max: longest string, without its NUL; 0 is any
 * @nest: the set inside, for NL_TYPE_NEST
 * @names: the values, for NL_TYPE_ENUM and NL_TYPE_FLAGS
 */
struct nl_attr_type {
	const char *name;
	enum nl_type type;
	bool multi;
	uint16_t max;
	const struct nl_attr_set *nest;
	const struct nl_names *names;
};

/**
 * struct nl_attr_set - one attribute set
 * @name: its name in the YAML
 * @max: the highest attribute number
 * @attrs: by attribute number, @max + 1 of them
 */
struct nl_attr_set {
	const char *name;
	uint16_t max;
	const struct nl_attr_type *attrs;
};

/**
 * struct nl_op - one operation or notification
 * @name: its name in the YAML
 * @set: what its messages are made of
 * @notify: it is a notification
 */
struct nl_op {
	const char *name;
	const struct nl_attr_set *set;
	bool notify;
};

extern const struct nl_attr_set nl_endpoint_attrs;
extern const struct nl_attr_set nl_flow_stats_attrs;
extern const struct nl_attr_set nl_side_attrs;
extern const struct nl_attr_set nl_stream_attrs;
extern const struct nl_attr_set nl_session_attrs;
extern const struct nl_attr_set nl_batch_attrs;
extern const struct nl_attr_set nl_payload_attrs;
extern const struct nl_attr_set nl_pinhole_attrs;
extern const struct nl_attr_set nl_device_attrs;
extern const struct nl_attr_set nl_declined_attrs;
extern const struct nl_attr_set nl_dropped_attrs;
extern const struct nl_attr_set nl_stats_attrs;
extern const struct nl_attr_set nl_info_attrs;

/**
 * nl_op() - an operation by its number
 * @cmd: SIPFAST_CMD_*
 *
 * Return: the operation, or NULL where there is none of that number.
 */
const struct nl_op *nl_op(uint8_t cmd);

/**
 * nl_attr_type() - an attribute by its number
 * @set: attribute set
 * @number: SIPFAST_A_*, as on the wire
 *
 * Return: the attribute, or NULL where @set has none of that number.
 */
const struct nl_attr_type *nl_attr_type(const struct nl_attr_set *set,
					unsigned int number);

/**
 * nl_attr_number() - an attribute by its name
 * @set: attribute set
 * @name: as in the YAML
 *
 * Return: its number, or 0 where @set has none of that name.
 */
unsigned int nl_attr_number(const struct nl_attr_set *set, const char *name);

/**
 * nl_name() - an enum's value as text
 * @names: the enum
 * @value: its value
 *
 * Return: the name, or "unknown".
 */
const char *nl_name(const struct nl_names *names, uint32_t value);

/**
 * nl_value() - an enum's value from text
 * @names: the enum
 * @name: as in the YAML
 *
 * Return: the value, or -EINVAL.
 */
int nl_value(const struct nl_names *names, const char *name);

#endif
