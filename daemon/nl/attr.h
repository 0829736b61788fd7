/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attributes read and written by the type tables, whatever set they are of.
 *
 * The parsers of session.c and its like are told here which attributes are
 * sound; sipfastctl turns any message into text, and text into any message,
 * with the walk and the put below.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_ATTR_H
#define SIPFAST_DAEMON_NL_ATTR_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "nl/endpoint.h"
#include "nl/types.h"

struct nlattr;
struct nlmsghdr;

/**
 * union nl_value - an attribute's payload
 * @number: of unsigned numbers, enums and flags, and ports in host order
 * @signed_number: of NL_TYPE_S64
 * @string: of NL_TYPE_STRING
 * @addr4: of NL_TYPE_ADDR4
 * @addr6: of NL_TYPE_ADDR6
 * @binary: of NL_TYPE_BINARY
 */
union nl_value {
	uint64_t number;
	int64_t signed_number;
	const char *string;
	struct in_addr addr4;
	struct in6_addr addr6;
	struct {
		const void *bytes;
		size_t len;
	} binary;
};

/**
 * struct nl_visitor - who is shown a message's attributes
 * @begin: a nest begins
 * @end: it ends
 * @value: an attribute that is no nest
 * @endpoint: a nest of set `endpoint`, as a whole
 * @list_begin: one or more of an attribute that may occur more than once
 * @list_end: that was the last of them
 */
struct nl_visitor {
	void (*begin)(void *arg, const struct nl_attr_type *type);
	void (*end)(void *arg, const struct nl_attr_type *type);
	void (*value)(void *arg, const struct nl_attr_type *type,
		      const union nl_value *value);
	void (*endpoint)(void *arg, const struct nl_attr_type *type,
			 const struct nl_endpoint *endpoint);
	void (*list_begin)(void *arg, const struct nl_attr_type *type);
	void (*list_end)(void *arg, const struct nl_attr_type *type);
};

/**
 * nl_attr_walk() - show a message's attributes, in the YAML's order
 * @nlh: the message
 * @set: what it is made of
 * @visitor: see there
 * @arg: for @visitor
 *
 * Attributes that the table does not know are passed over: a newer module may
 * say more.
 *
 * Return: 0, or -EBADMSG where an attribute is malformed.
 */
int nl_attr_walk(const struct nlmsghdr *nlh, const struct nl_attr_set *set,
		 const struct nl_visitor *visitor, void *arg);

/**
 * nl_attr_put() - add an attribute that is no nest
 * @nlh: the message
 * @room: bytes that the message may have
 * @number: attribute number
 * @type: what it is
 * @value: its payload
 *
 * Return: 0, or -EMSGSIZE.
 */
int nl_attr_put(struct nlmsghdr *nlh, uint32_t room, uint16_t number,
		const struct nl_attr_type *type, const union nl_value *value);

/**
 * nl_attr_nest_begin() - begin a nest
 * @nlh: the message
 * @room: bytes that the message may have
 * @number: attribute number
 *
 * Return: the nest, or NULL where there is no room.
 */
struct nlattr *nl_attr_nest_begin(struct nlmsghdr *nlh, uint32_t room,
				  uint16_t number);

/** nl_attr_nest_end() - what came since nl_attr_nest_begin() is in @nest */
void nl_attr_nest_end(struct nlmsghdr *nlh, struct nlattr *nest);

/**
 * typedef nl_attr_fn - takes one sound attribute
 * @arg: as given with the walk
 * @attr: the attribute
 *
 * Return: 0, or -errno, which ends the walk with that.
 */
typedef int (*nl_attr_fn)(void *arg, const struct nlattr *attr);

/**
 * nl_attr_each() - show each known attribute of a nest, in the message's order
 * @nest: the nest
 * @set: what it is made of
 * @attr_cb: called with those whose payload is as @set says
 * @arg: for @attr_cb
 *
 * Return: 0; -EBADMSG where one is malformed; what @attr_cb returned.
 */
int nl_attr_each(const struct nlattr *nest, const struct nl_attr_set *set,
		 nl_attr_fn attr_cb, void *arg);

/** nl_attr_each_in() - nl_attr_each() for a whole genetlink message */
int nl_attr_each_in(const struct nlmsghdr *nlh, const struct nl_attr_set *set,
		    nl_attr_fn attr_cb, void *arg);

#endif
