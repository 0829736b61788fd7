// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading header values: the list walk, and the few values that many ask for.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "sip/msg.h"
#include "sip/param.h"
#include "sip/text.h"
#include "sip/uri.h"

void sip_values_begin(struct sip_values *values, const struct sip_msg *msg,
		      enum sip_header id)
{
	values->msg = msg;
	values->field = sip_msg_first(msg, id);
	values->at = values->field ? values->field->value.off : 0;
}

/*
 * The offset of the comma that ends the value at @at, or @end. Quotes, <> and
 * comments (RFC 3261 section 25.1) hide commas; what is opened and never closed
 * hides all that follows.
 */
static uint32_t find_comma(const char *buf, uint32_t at, uint32_t end)
{
	unsigned int comments = 0;
	bool quoted = false, bracketed = false;

	for (; at < end; at++) {
		if ((quoted || comments) && buf[at] == '\\')
			at++;
		else if (quoted)
			quoted = buf[at] != '"';
		else if (bracketed)
			bracketed = buf[at] != '>';
		else if (buf[at] == '(')
			comments++;
		else if (comments)
			comments -= buf[at] == ')';
		else if (buf[at] == '"')
			quoted = true;
		else if (buf[at] == '<')
			bracketed = true;
		else if (buf[at] == ',')
			return at;
	}
	return end;
}

bool sip_values_next(struct sip_values *values, struct sip_span *value)
{
	const char *buf = values->msg->buf;
	uint32_t end, comma;

	if (!values->field)
		return false;
	end = sip_span_end(values->field->value);
	if (values->at > end) {
		values->field = sip_msg_next(values->msg, values->field);
		if (!values->field)
			return false;
		values->at = values->field->value.off;
		end = sip_span_end(values->field->value);
	}
	comma = find_comma(buf, values->at, end);
	*value = sip_span_trim(buf, sip_span_between(values->at, comma));
	values->at = comma + 1;
	return true;
}

bool sip_msg_top_via(const struct sip_msg *msg, struct sip_span *value)
{
	struct sip_values vias;

	sip_values_begin(&vias, msg, SIP_VIA);
	return sip_values_next(&vias, value);
}

bool sip_msg_call_id(const struct sip_msg *msg, struct sip_span *call_id)
{
	const struct sip_field *field = sip_msg_only(msg, SIP_CALL_ID);

	if (!field || !field->value.len)
		return false;
	*call_id = field->value;
	return true;
}

static bool read_tag(const struct sip_msg *msg, enum sip_header id,
		     struct sip_span *tag)
{
	const struct sip_field *field = sip_msg_only(msg, id);
	struct sip_param param;
	struct sip_addr addr;

	if (!field || sip_addr_parse(&addr, msg->buf, field->value) || addr.star)
		return false;
	*tag = (struct sip_span){ .off = sip_span_end(field->value) };
	if (sip_param_find(msg->buf, addr.params, "tag", &param))
		*tag = param.value;
	return true;
}

bool sip_msg_from_tag(const struct sip_msg *msg, struct sip_span *tag)
{
	return read_tag(msg, SIP_FROM, tag);
}

bool sip_msg_to_tag(const struct sip_msg *msg, struct sip_span *tag)
{
	return read_tag(msg, SIP_TO, tag);
}

/* The end of the characters at @at that @fits; never beyond @end. */
static uint32_t skip(const char *buf, uint32_t at, uint32_t end,
		     bool (*fits)(char c))
{
	while (at < end && fits(buf[at]))
		at++;
	return at;
}

bool sip_msg_cseq(const struct sip_msg *msg, struct sip_cseq *cseq)
{
	const struct sip_field *field = sip_msg_only(msg, SIP_CSEQ);
	const char *buf = msg->buf;
	uint32_t end, number, gap;

	if (!field)
		return false;
	end = sip_span_end(field->value);
	number = skip(buf, field->value.off, end, sip_is_digit);
	gap = skip(buf, number, end, sip_is_lws);
	if (sip_span_number(buf, sip_span_between(field->value.off, number),
			    UINT32_MAX, &cseq->number) || gap == number)
		return false;
	cseq->method_name = sip_span_between(gap, end);
	cseq->method = sip_method_read(buf, cseq->method_name);
	return gap < end && skip(buf, gap, end, sip_is_token) == end;
}

bool sip_msg_number(const struct sip_msg *msg, enum sip_header id,
		    uint32_t *number)
{
	const struct sip_field *field = sip_msg_only(msg, id);
	const char *buf = msg->buf;
	struct sip_span digits;
	uint32_t end;

	if (!field)
		return false;
	end = sip_span_end(field->value);
	digits = sip_span_between(field->value.off,
				  skip(buf, field->value.off, end, sip_is_digit));
	if (!digits.len)
		return false;
	if (sip_span_end(digits) < end && !sip_is_lws(buf[sip_span_end(digits)]) &&
	    !sip_is_in(buf[sip_span_end(digits)], ";("))
		return false;
	if (sip_span_number(buf, digits, UINT32_MAX, number))
		*number = UINT32_MAX;
	return true;
}

bool sip_msg_has_token(const struct sip_msg *msg, enum sip_header id,
		       const char *token)
{
	struct sip_values values;
	struct sip_span value;

	sip_values_begin(&values, msg, id);
	while (sip_values_next(&values, &value))
		if (sip_span_is_nocase(msg->buf, value, token))
			return true;
	return false;
}
