/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tells one message of a call from another.
 *
 * Call-ID and tags name the dialog (RFC 3261 section 12), branch and CSeq the
 * transaction inside it (section 17). Addresses name nothing: a trunk has many
 * calls between the same two.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_IDS_H
#define SIPFAST_DAEMON_CALL_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call/call.h"

struct sip_msg;

/** enum call_method - the methods that mean something to a call, and the rest */
enum call_method {
	CALL_OTHER,
	CALL_INVITE,
	CALL_ACK,
	CALL_PRACK,
	CALL_UPDATE,
	CALL_BYE,
	CALL_CANCEL,
};

/** struct call_text - bytes of the message; no NUL follows them */
struct call_text {
	const char *at;
	size_t len;
};

/**
 * struct call_ids - what names a message
 * @method: of the request, or of the one that a response answers
 * @status: of a response; 0 in a request
 * @reliable: a provisional response that is acknowledged (RFC 3262)
 * @cseq: number of the transaction, which orders nothing here
 * @call_id: the Call-ID
 * @from_tag: empty where there is none, as the next
 * @to_tag: likewise
 * @branch: of the topmost Via; empty before RFC 3261
 * @from_uri: who called, to be shown to a person
 * @to_uri: who was called
 */
struct call_ids {
	enum call_method method;
	unsigned int status;
	bool reliable;
	uint32_t cseq;
	struct call_text call_id;
	struct call_text from_tag;
	struct call_text to_tag;
	struct call_text branch;
	struct call_text from_uri;
	struct call_text to_uri;
};

/**
 * call_ids_read() - read them from a message
 *
 * Return: true; false where the message has no Call-ID, From tag or CSeq to be
 * known by.
 */
bool call_ids_read(struct call_ids *ids, const struct sip_msg *msg);

/** call_ids_lan_tag() - the tag of the party inside, @from being the sender */
static inline const struct call_text *
call_ids_lan_tag(const struct call_ids *ids, enum call_side from)
{
	return (from == CALL_LAN) == !ids->status ? &ids->from_tag
						  : &ids->to_tag;
}

/** call_ids_wan_tag() - the tag of the party outside */
static inline const struct call_text *
call_ids_wan_tag(const struct call_ids *ids, enum call_side from)
{
	return (from == CALL_LAN) == !ids->status ? &ids->to_tag
						  : &ids->from_tag;
}

/** call_text_is() - do the bytes spell @string? */
bool call_text_is(const struct call_text *text, const char *string);

/** call_text_copy() - the bytes as a string of their own, or NULL */
char *call_text_copy(const struct call_text *text);

#endif
