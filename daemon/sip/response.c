// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Answers of our own, made of the request's bytes (RFC 3261 section 8.2.6).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sip/response.h"
#include "sip/via.h"

/* What has been written; beyond @cap only @len goes on. */
struct writer {
	char *out;
	size_t cap;
	size_t len;
};

static void write_bytes(struct writer *writer, const char *bytes, size_t len)
{
	if (writer->len + len <= writer->cap)
		memcpy(writer->out + writer->len, bytes, len);
	writer->len += len;
}

static void write_text(struct writer *writer, const char *text)
{
	write_bytes(writer, text, strlen(text));
}

__attribute__((format(printf, 2, 3)))
static void write_format(struct writer *writer, const char *format, ...)
{
	char text[64];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	write_text(writer, text);
}

static void write_span(struct writer *writer, const char *buf,
		       struct sip_span span)
{
	write_bytes(writer, buf + span.off, span.len);
}

static void write_field(struct writer *writer, const struct sip_msg *msg,
			const struct sip_field *field)
{
	write_span(writer, msg->buf, field->name);
	write_text(writer, ": ");
	write_span(writer, msg->buf, field->value);
}

/*
 * The first Via field with what RFC 3261 18.2.1 and RFC 3581 section 4 have a
 * server say in its topmost value about where the request came from.
 */
static int write_top_via(struct writer *writer, const struct sip_msg *msg,
			 const struct sip_field *field,
			 const struct sip_response *response)
{
	struct sip_span value, rport;
	struct sip_via via;

	if (!sip_msg_top_via(msg, &value) || sip_via_parse(&via, msg->buf, value))
		return -EINVAL;
	rport = (struct sip_span){ .off = sip_span_end(value) };
	if (via.has_rport)
		rport = via.rport_param;
	write_span(writer, msg->buf, sip_span_between(field->name.off, rport.off));
	if (via.has_rport && response->rport)
		write_format(writer, "rport=%u", response->rport);
	else
		write_span(writer, msg->buf, rport);
	write_span(writer, msg->buf, sip_span_between(sip_span_end(rport),
						      sip_span_end(value)));
	if (response->received && !via.received.len) {
		write_text(writer, ";received=");
		write_text(writer, response->received);
	}
	write_span(writer, msg->buf, sip_span_between(sip_span_end(value),
						      sip_span_end(field->value)));
	write_text(writer, "\r\n");
	return 0;
}

static int write_vias(struct writer *writer, const struct sip_msg *msg,
		      const struct sip_response *response)
{
	const struct sip_field *field = sip_msg_first(msg, SIP_VIA);
	int err;

	if (!field)
		return -EINVAL;
	err = write_top_via(writer, msg, field, response);
	while (!err && (field = sip_msg_next(msg, field))) {
		write_field(writer, msg, field);
		write_text(writer, "\r\n");
	}
	return err;
}

/* FNV-1a over what tells one request from another, and repeats it alike. */
static uint32_t hash(uint32_t sum, const char *buf, struct sip_span span)
{
	uint32_t i;

	for (i = span.off; i < sip_span_end(span); i++)
		sum = (sum ^ (unsigned char)buf[i]) * 16777619u;
	return sum;
}

static uint32_t make_tag(const struct sip_msg *msg)
{
	static const enum sip_header ids[] = { SIP_VIA, SIP_FROM, SIP_CALL_ID,
					       SIP_CSEQ };
	uint32_t sum = 2166136261u;
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		sum = hash(sum, msg->buf, sip_msg_first(msg, ids[i])->value);
	return sum;
}

static int write_one(struct writer *writer, const struct sip_msg *msg,
		     enum sip_header id)
{
	const struct sip_field *field = sip_msg_only(msg, id);

	if (!field)
		return -EINVAL;
	write_field(writer, msg, field);
	if (id != SIP_TO)
		write_text(writer, "\r\n");
	return 0;
}

static int write_fields(struct writer *writer, const struct sip_msg *msg,
			const struct sip_response *response)
{
	struct sip_span tag;
	int err;

	err = write_vias(writer, msg, response);
	if (!err)
		err = write_one(writer, msg, SIP_FROM);
	if (!err)
		err = write_one(writer, msg, SIP_CALL_ID);
	if (!err)
		err = write_one(writer, msg, SIP_CSEQ);
	if (!err)
		err = write_one(writer, msg, SIP_TO);
	if (err || !sip_msg_to_tag(msg, &tag))
		return -EINVAL;
	if (!tag.len)
		write_format(writer, ";tag=%08x", make_tag(msg));
	write_text(writer, "\r\n");
	return 0;
}

ssize_t sip_response_write(char *out, size_t cap, const struct sip_msg *request,
			   const struct sip_response *response)
{
	struct writer writer = { .out = out, .cap = cap };
	int err;

	if (!request->is_request || request->method == SIP_ACK)
		return -EINVAL;
	write_format(&writer, "SIP/2.0 %u ", response->status);
	write_text(&writer, response->reason);
	write_text(&writer, "\r\n");
	err = write_fields(&writer, request, response);
	if (err)
		return err;
	if (response->header)
		write_text(&writer, response->header);
	write_text(&writer, "Content-Length: 0\r\n\r\n");
	return writer.len <= cap ? (ssize_t)writer.len : -ENOBUFS;
}
