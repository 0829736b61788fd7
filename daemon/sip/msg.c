// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The index of a message: one walk from the first byte to the body.
 *
 *   leading line ends   kept, passed over (RFC 3261 7.5, RFC 5626 keepalives)
 *   start line          decides whether this is SIP at all
 *   header fields       one after the other, folds joined to the field they
 *                       continue, up to the empty line
 *   body                as Content-Length says, and what lies behind it
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include "sip/line.h"
#include "sip/msg.h"
#include "sip/name.h"
#include "sip/part.h"

/**
 * struct walk - where the index has got to
 * @msg: what is filled in
 * @transport: of the message
 * @at: offset of the next line
 * @last: number of the last field of each header
 * @too_large: a field had to be passed over
 */
struct walk {
	struct sip_msg *msg;
	enum sip_transport transport;
	uint32_t at;
	uint16_t last[SIP_N_HEADERS];
	bool too_large;
};

/* In a stream, a CR that has come last may wait for its LF. */
static struct sip_line read_line(const struct walk *walk)
{
	const struct sip_msg *msg = walk->msg;
	struct sip_line line = sip_line_read(msg->buf, walk->at, msg->len);

	if (walk->transport == SIP_STREAM && line.ended &&
	    line.next == msg->len && msg->buf[msg->len - 1] == '\r')
		line.ended = false;
	return line;
}

static bool is_version(const char *buf, struct sip_span span)
{
	return sip_span_is_nocase(buf, span, "SIP/2.0");
}

/* SIP/2.0 SP 3DIGIT [SP reason] */
static bool read_status_line(struct sip_msg *msg, struct sip_span line)
{
	const char *buf = msg->buf;
	uint32_t end = sip_span_end(line), status;

	msg->version = sip_span_between(line.off, line.off + 7);
	if (line.len < 11 || !is_version(buf, msg->version) ||
	    buf[line.off + 7] != ' ')
		return false;
	if (sip_span_number(buf, sip_span_between(line.off + 8, line.off + 11),
			    699, &status) || status < 100)
		return false;
	if (line.len > 11 && buf[line.off + 11] != ' ')
		return false;
	msg->is_request = false;
	msg->status = status;
	msg->reason = sip_span_between(line.len > 11 ? line.off + 12 : end, end);
	return true;
}

/* token SP uri SP SIP/2.0 */
static bool read_request_line(struct sip_msg *msg, struct sip_span line)
{
	const char *buf = msg->buf;
	uint32_t at = line.off, end = sip_span_end(line);

	while (at < end && sip_is_token(buf[at]))
		at++;
	msg->method_name = sip_span_between(line.off, at);
	if (!msg->method_name.len || at == end || buf[at] != ' ')
		return false;
	msg->uri.off = ++at;
	while (at < end && !sip_is_lws(buf[at]))
		at++;
	msg->uri.len = at - msg->uri.off;
	if (!msg->uri.len || at == end || buf[at] != ' ')
		return false;
	msg->version = sip_span_between(at + 1, end);
	if (!is_version(buf, msg->version))
		return false;
	msg->is_request = true;
	msg->method = sip_method_read(buf, msg->method_name);
	return true;
}

static enum sip_verdict index_start(struct walk *walk)
{
	struct sip_msg *msg = walk->msg;
	struct sip_line line;

	while (walk->at < msg->len && sip_is_eol(msg->buf[walk->at]))
		walk->at++;
	if (walk->at == msg->len)
		return SIP_MSG_NOT_SIP;
	msg->start = walk->at;
	line = read_line(walk);
	if (line.text.len > SIP_MAX_LINE)
		return SIP_MSG_NOT_SIP;
	if (!line.ended && walk->transport == SIP_STREAM)
		return SIP_MSG_PARTIAL;
	if (!line.ended || (!read_status_line(msg, line.text) &&
			    !read_request_line(msg, line.text)))
		return SIP_MSG_NOT_SIP;
	walk->at = line.next;
	return SIP_MSG_OK;
}

/*
 * Find the lines of one field: the next one, and those that begin with white
 * space. @field->value is all behind the name's colon; a line without a colon is
 * a field with a name that nobody knows and no value.
 */
static bool read_field(struct walk *walk, struct sip_line line,
		       struct sip_field *field)
{
	const struct sip_msg *msg = walk->msg;
	const char *buf = msg->buf;
	const char *colon = memchr(buf + line.text.off, ':', line.text.len);
	uint32_t end = sip_span_end(line.text), value = end;

	if (colon)
		value = (uint32_t)(colon - buf);
	field->name = sip_span_trim(buf, sip_span_between(line.text.off, value));
	field->id = sip_header_read(buf, field->name);
	field->folded = false;
	field->next = SIP_NO_FIELD;
	walk->at = line.next;
	while (walk->at < msg->len &&
	       (buf[walk->at] == ' ' || buf[walk->at] == '\t')) {
		line = read_line(walk);
		if (!line.ended)
			return false;
		end = sip_span_end(line.text);
		walk->at = line.next;
	}
	field->value = sip_span_trim(buf, sip_span_between(
			colon ? value + 1 : end, end));
	field->folded = memchr(buf + field->value.off, '\n', field->value.len) ||
			memchr(buf + field->value.off, '\r', field->value.len);
	return true;
}

static enum sip_verdict add_field(struct walk *walk,
				  const struct sip_field *field)
{
	struct sip_msg *msg = walk->msg;
	uint16_t number = (uint16_t)msg->n_fields;

	if (msg->n_fields == SIP_MAX_FIELDS)
		return SIP_MSG_TOO_LARGE;
	if (msg->first[field->id] == SIP_NO_FIELD)
		msg->first[field->id] = number;
	else
		msg->fields[walk->last[field->id]].next = number;
	walk->last[field->id] = number;
	msg->fields[msg->n_fields++] = *field;
	return SIP_MSG_OK;
}

/* A stream has more to come, a datagram has been cut. */
static enum sip_verdict cut_short(const struct walk *walk)
{
	if (walk->transport != SIP_DATAGRAM &&
	    walk->msg->len >= SIP_MAX_MESSAGE)
		return SIP_MSG_TOO_LARGE;
	return walk->transport == SIP_STREAM ? SIP_MSG_PARTIAL : SIP_MSG_BAD;
}

/*
 * Fields up to the empty line. A datagram may end behind a whole line without
 * one: it is then clear where its fields end.
 */
static enum sip_verdict index_fields(struct walk *walk)
{
	struct sip_msg *msg = walk->msg;
	struct sip_field field;
	enum sip_verdict verdict;
	uint32_t begin;
	struct sip_line line;

	while (walk->at < msg->len) {
		begin = walk->at;
		line = read_line(walk);
		if (!line.ended)
			return cut_short(walk);
		if (!line.text.len) {
			walk->at = line.next;
			return SIP_MSG_OK;
		}
		if (sip_is_lws(msg->buf[begin]))
			return SIP_MSG_BAD;	/* continues the start line */
		if (!read_field(walk, line, &field))
			return cut_short(walk);
		if (walk->at - begin > SIP_MAX_LINE) {
			walk->too_large = true;
			continue;
		}
		verdict = add_field(walk, &field);
		if (verdict != SIP_MSG_OK)
			return verdict;
	}
	return walk->transport == SIP_DATAGRAM ? SIP_MSG_OK : cut_short(walk);
}

/*
 * The number that all Content-Length fields agree on.
 *
 * Return: 0; -ENOENT where there is none; -EINVAL where they make no sense.
 */
static int read_content_length(const struct sip_msg *msg, uint32_t *length)
{
	const struct sip_field *field = sip_msg_first(msg, SIP_CONTENT_LENGTH);
	uint32_t number;

	if (!field)
		return -ENOENT;
	if (sip_span_number(msg->buf, field->value, UINT32_MAX, length))
		return -EINVAL;
	while ((field = sip_msg_next(msg, field)))
		if (sip_span_number(msg->buf, field->value, UINT32_MAX,
				    &number) || number != *length)
			return -EINVAL;
	return 0;
}

/* RFC 3261 18.3: a datagram's end stands in for a missing Content-Length only. */
static enum sip_verdict index_body(struct walk *walk)
{
	struct sip_msg *msg = walk->msg;
	uint32_t there = msg->len - walk->at, length = there;
	int err = read_content_length(msg, &length);

	if (err == -EINVAL || (err && walk->transport != SIP_DATAGRAM))
		return SIP_MSG_BAD;
	if (length > there && walk->transport == SIP_DATAGRAM)
		return SIP_MSG_BAD;
	if (walk->at - msg->start + (uint64_t)length > SIP_MAX_MESSAGE)
		return SIP_MSG_TOO_LARGE;
	msg->whole = walk->at + length;
	if (length > there)
		return walk->transport == SIP_STREAM ? SIP_MSG_PARTIAL :
						       SIP_MSG_BAD;
	msg->body = (struct sip_span){ .off = walk->at, .len = length };
	msg->rest = sip_span_between(walk->at + length, msg->len);
	return SIP_MSG_OK;
}

static void begin(struct sip_msg *msg, const char *buf, size_t len)
{
	unsigned int id;

	msg->buf = buf;
	msg->len = (uint32_t)len;
	msg->start = 0;
	msg->is_request = false;
	msg->method = SIP_METHOD_OTHER;
	msg->status = 0;
	msg->n_fields = 0;
	msg->whole = 0;
	msg->method_name = msg->uri = msg->reason = msg->version =
		(struct sip_span){ 0 };
	msg->body = msg->rest = (struct sip_span){ .off = msg->len };
	for (id = 0; id < SIP_N_HEADERS; id++)
		msg->first[id] = SIP_NO_FIELD;
}

enum sip_verdict sip_msg_index(struct sip_msg *msg, const char *buf, size_t len,
			       enum sip_transport transport)
{
	struct walk walk = { .msg = msg, .transport = transport };
	enum sip_verdict verdict;

	begin(msg, buf, len < UINT32_MAX ? len : UINT32_MAX);
	verdict = index_start(&walk);
	if (verdict != SIP_MSG_OK)
		return verdict;
	if (transport == SIP_DATAGRAM && len > SIP_MAX_MESSAGE)
		return SIP_MSG_TOO_LARGE;
	verdict = index_fields(&walk);
	if (verdict != SIP_MSG_OK)
		return verdict;
	return walk.too_large ? SIP_MSG_TOO_LARGE : index_body(&walk);
}

bool sip_part_index(struct sip_msg *part, const char *buf, struct sip_span span)
{
	struct walk walk = { .msg = part, .transport = SIP_DATAGRAM,
			     .at = span.off };

	begin(part, buf, sip_span_end(span));
	if (index_fields(&walk) != SIP_MSG_OK || walk.too_large)
		return false;
	part->body = sip_span_between(walk.at, sip_span_end(span));
	return true;
}

const struct sip_field *sip_msg_first(const struct sip_msg *msg,
				      enum sip_header id)
{
	uint16_t number = msg->first[id];

	return number == SIP_NO_FIELD ? NULL : &msg->fields[number];
}

const struct sip_field *sip_msg_next(const struct sip_msg *msg,
				     const struct sip_field *field)
{
	return field->next == SIP_NO_FIELD ? NULL : &msg->fields[field->next];
}

const struct sip_field *sip_msg_only(const struct sip_msg *msg,
				     enum sip_header id)
{
	const struct sip_field *field = sip_msg_first(msg, id);

	return field && field->next == SIP_NO_FIELD ? field : NULL;
}
