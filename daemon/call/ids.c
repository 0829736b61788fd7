// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What tells one message of a call from another, read from the index of it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/ids.h"

#include <string.h>

#include "sip/msg.h"
#include "sip/uri.h"
#include "sip/via.h"

static struct call_text text_of(const struct sip_msg *msg, struct sip_span span)
{
	return (struct call_text){ .at = msg->buf + span.off, .len = span.len };
}

static enum call_method method_of(enum sip_method method)
{
	switch (method) {
	case SIP_INVITE:
		return CALL_INVITE;
	case SIP_ACK:
		return CALL_ACK;
	case SIP_PRACK:
		return CALL_PRACK;
	case SIP_UPDATE:
		return CALL_UPDATE;
	case SIP_BYE:
		return CALL_BYE;
	case SIP_CANCEL:
		return CALL_CANCEL;
	default:
		return CALL_OTHER;
	}
}

static bool is_reliable(const struct sip_msg *msg)
{
	uint32_t rseq;

	return !msg->is_request && msg->status > 100 && msg->status < 200 &&
	       sip_msg_number(msg, SIP_RSEQ, &rseq) &&
	       sip_msg_has_token(msg, SIP_REQUIRE, "100rel");
}

/* The branch of the topmost Via; empty where none can be read. */
static struct sip_span branch_of(const struct sip_msg *msg)
{
	struct sip_span value;
	struct sip_via via;

	if (!sip_msg_top_via(msg, &value) ||
	    sip_via_parse(&via, msg->buf, value))
		return (struct sip_span){ 0 };
	return via.branch;
}

static struct sip_span uri_of(const struct sip_msg *msg, enum sip_header id)
{
	const struct sip_field *field = sip_msg_only(msg, id);
	struct sip_addr addr;

	if (!field || sip_addr_parse(&addr, msg->buf, field->value))
		return (struct sip_span){ 0 };
	return addr.uri;
}

bool call_ids_read(struct call_ids *ids, const struct sip_msg *msg)
{
	struct sip_span call_id, from_tag, to_tag;
	struct sip_cseq cseq;

	if (!sip_msg_call_id(msg, &call_id) || !call_id.len ||
	    !sip_msg_from_tag(msg, &from_tag) || !from_tag.len ||
	    !sip_msg_to_tag(msg, &to_tag) || !sip_msg_cseq(msg, &cseq) ||
	    (msg->is_request && msg->method != cseq.method))
		return false;

	*ids = (struct call_ids){
		.method = method_of(cseq.method),
		.status = msg->is_request ? 0 : msg->status,
		.reliable = is_reliable(msg),
		.cseq = cseq.number,
		.call_id = text_of(msg, call_id),
		.from_tag = text_of(msg, from_tag),
		.to_tag = text_of(msg, to_tag),
		.branch = text_of(msg, branch_of(msg)),
		.from_uri = text_of(msg, uri_of(msg, SIP_FROM)),
		.to_uri = text_of(msg, uri_of(msg, SIP_TO)),
	};
	return true;
}

bool call_text_is(const struct call_text *text, const char *string)
{
	return strlen(string) == text->len &&
	       !memcmp(text->at, string, text->len);
}

char *call_text_copy(const struct call_text *text)
{
	return strndup(text->at, text->len);
}
