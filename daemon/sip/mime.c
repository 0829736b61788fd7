// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding session descriptions: look at what an entity says it is, and walk from
 * boundary to boundary where it says multipart (RFC 2046 section 5.1).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include "sip/line.h"
#include "sip/mime.h"
#include "sip/param.h"
#include "sip/part.h"

/* What has been found so far. */
struct search {
	struct sip_span *found;
	unsigned int max;
	unsigned int n;
};

static struct sip_span take_token(const char *buf, uint32_t at, uint32_t end)
{
	struct sip_span token = { .off = at };

	while (sip_span_end(token) < end && sip_is_token(buf[sip_span_end(token)]))
		token.len++;
	return token;
}

static uint32_t skip_lws(const char *buf, uint32_t at, uint32_t end)
{
	while (at < end && sip_is_lws(buf[at]))
		at++;
	return at;
}

int sip_media_type_parse(struct sip_media_type *type, const char *buf,
			 struct sip_span value)
{
	uint32_t end, at;

	value = sip_span_trim(buf, value);
	end = sip_span_end(value);
	type->type = take_token(buf, value.off, end);
	at = skip_lws(buf, sip_span_end(type->type), end);
	if (!type->type.len || at == end || buf[at] != '/')
		return -EINVAL;
	type->subtype = take_token(buf, skip_lws(buf, at + 1, end), end);
	at = skip_lws(buf, sip_span_end(type->subtype), end);
	if (!type->subtype.len || (at < end && buf[at] != ';'))
		return -EINVAL;
	type->params = sip_span_between(at, end);
	return 0;
}

/* Do the bytes on the wire stand for themselves? */
static bool is_plain(const struct sip_msg *entity)
{
	static const char *const plain[] = { "7bit", "8bit", "binary" };
	const struct sip_field *field;
	size_t i;

	field = sip_msg_first(entity, SIP_CONTENT_ENCODING);
	for (; field; field = sip_msg_next(entity, field))
		if (!sip_span_is_nocase(entity->buf, field->value, "identity"))
			return false;
	if (!sip_msg_first(entity, SIP_CONTENT_TRANSFER_ENCODING))
		return true;
	field = sip_msg_only(entity, SIP_CONTENT_TRANSFER_ENCODING);
	for (i = 0; field && i < sizeof(plain) / sizeof(plain[0]); i++)
		if (sip_span_is_nocase(entity->buf, field->value, plain[i]))
			return true;
	return false;
}

/* RFC 3261 20.11: a description is the session's unless it says otherwise. */
static bool is_for_session(const struct sip_msg *entity)
{
	const struct sip_field *field;
	struct sip_span what;

	if (!sip_msg_first(entity, SIP_CONTENT_DISPOSITION))
		return true;
	field = sip_msg_only(entity, SIP_CONTENT_DISPOSITION);
	if (!field)
		return false;
	what = take_token(entity->buf, field->value.off,
			  sip_span_end(field->value));
	return sip_span_is_nocase(entity->buf, what, "session");
}

static bool read_boundary(const char *buf, const struct sip_media_type *type,
			  struct sip_span *boundary)
{
	struct sip_param param;

	if (!sip_param_find(buf, type->params, "boundary", &param))
		return false;
	*boundary = param.value;
	if (boundary->len >= 2 && buf[boundary->off] == '"')
		*boundary = sip_span_between(boundary->off + 1,
					     sip_span_end(*boundary) - 1);
	return boundary->len && !memchr(buf + boundary->off, '\\', boundary->len);
}

enum delimiter { NO_DELIMITER, DELIMITER, CLOSE_DELIMITER };

/* Is this line "--" boundary ["--"], with nothing but white space behind? */
static enum delimiter read_delimiter(const char *buf, struct sip_span line,
				     struct sip_span boundary)
{
	struct sip_span rest;

	if (line.len < boundary.len + 2 || memcmp(buf + line.off, "--", 2) ||
	    memcmp(buf + line.off + 2, buf + boundary.off, boundary.len))
		return NO_DELIMITER;
	rest = sip_span_trim(buf, sip_span_between(
			line.off + 2 + boundary.len, sip_span_end(line)));
	if (!rest.len)
		return DELIMITER;
	return sip_span_is(buf, rest, "--") ? CLOSE_DELIMITER : NO_DELIMITER;
}

static void find_in_entity(const struct sip_msg *entity, unsigned int depth,
			   struct search *search);

static void find_in_part(const struct sip_msg *entity, struct sip_span span,
			 unsigned int depth, struct search *search)
{
	struct sip_msg part;

	if (sip_part_index(&part, entity->buf, span))
		find_in_entity(&part, depth, search);
}

/*
 * A part reaches from behind one delimiter's line to the line end before the
 * next. What stands before the first and behind the last is in no part, nor is
 * what no delimiter ends.
 */
static void find_in_multipart(const struct sip_msg *entity,
			      struct sip_span boundary, unsigned int depth,
			      struct search *search)
{
	uint32_t at = entity->body.off, end = sip_span_end(entity->body);
	uint32_t part = 0, part_end = at;
	enum delimiter delimiter = NO_DELIMITER;
	bool inside = false;
	struct sip_line line;

	for (; at < end && delimiter != CLOSE_DELIMITER; at = line.next) {
		line = sip_line_read(entity->buf, at, end);
		delimiter = read_delimiter(entity->buf, line.text, boundary);
		if (delimiter != NO_DELIMITER) {
			if (inside && part_end > part)
				find_in_part(entity, sip_span_between(part,
							part_end),
					     depth, search);
			inside = true;
			part = line.next;
		}
		part_end = sip_span_end(line.text);
	}
}

static void find_in_entity(const struct sip_msg *entity, unsigned int depth,
			   struct search *search)
{
	const struct sip_field *field = sip_msg_only(entity, SIP_CONTENT_TYPE);
	const char *buf = entity->buf;
	struct sip_media_type type;
	struct sip_span boundary;

	if (!field || !is_plain(entity) ||
	    sip_media_type_parse(&type, buf, field->value))
		return;
	if (sip_span_is_nocase(buf, type.type, "application") &&
	    sip_span_is_nocase(buf, type.subtype, "sdp")) {
		if (entity->body.len && is_for_session(entity) &&
		    search->n++ < search->max)
			search->found[search->n - 1] = entity->body;
		return;
	}
	if (depth < SIP_MIME_MAX_DEPTH &&
	    sip_span_is_nocase(buf, type.type, "multipart") &&
	    !sip_span_is_nocase(buf, type.subtype, "signed") &&
	    !sip_span_is_nocase(buf, type.subtype, "encrypted") &&
	    read_boundary(buf, &type, &boundary))
		find_in_multipart(entity, boundary, depth + 1, search);
}

unsigned int sip_mime_find_sdp(const struct sip_msg *msg,
			       struct sip_span *found, unsigned int max)
{
	struct search search = { .found = found, .max = max };

	find_in_entity(msg, 0, &search);
	return search.n;
}
