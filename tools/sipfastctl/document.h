/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages as JSON, and JSON as messages.
 *
 * Both ways go by the type tables of daemon/nl: keys are the YAML's names, nests
 * are objects, what may occur more than once is an array, enums are names, flags
 * arrays of names, addresses text, and other bytes hexadecimal text.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFASTCTL_DOCUMENT_H
#define SIPFASTCTL_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "nl/types.h"

struct nl_endpoint;
struct nlmsghdr;

/** Room for a complaint of ours. */
#define DOCUMENT_COMPLAINT_LEN 256

/**
 * document_read() - JSON from a message
 * @nlh: the message
 * @set: what it is made of
 *
 * Return: the object, or NULL where an attribute is malformed.
 */
json_t *document_read(const struct nlmsghdr *nlh,
		      const struct nl_attr_set *set);

/** document_endpoint() - JSON from an endpoint */
json_t *document_endpoint(const struct nl_endpoint *endpoint);

/**
 * document_put() - add what a JSON object says to a message
 * @nlh: the message
 * @room: bytes that the message may have
 * @set: what it is made of
 * @object: the JSON
 * @complaint: DOCUMENT_COMPLAINT_LEN bytes; on failure gets which key is wrong
 *	and why: "stream[0].b.remote: no such key: prot"
 *
 * Return: 0; -EINVAL; -EMSGSIZE.
 */
int document_put(struct nlmsghdr *nlh, uint32_t room,
		 const struct nl_attr_set *set, const json_t *object,
		 char *complaint);

#endif
