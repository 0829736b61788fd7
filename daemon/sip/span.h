/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A span: where something stands in a message.
 *
 * Nothing in sip/ and sdp/ copies or cuts text. What has been found is told as
 * offset and length into the one buffer that came from the wire and that never
 * changes; edits (sip/edit.h) name the same offsets. So a span of the message,
 * of a header value in it and of the SDP in its body can all be compared and
 * edited alike.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_SPAN_H
#define SIPFAST_DAEMON_SIP_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct sip_span - some bytes of a message
 * @off: where they begin, counted from the first byte of the buffer
 * @len: how many; 0 also stands for "there is none"
 */
struct sip_span {
	uint32_t off;
	uint32_t len;
};

/** sip_span_end() - offset of the first byte behind @span */
static inline uint32_t sip_span_end(struct sip_span span)
{
	return span.off + span.len;
}

/** sip_span_between() - the bytes from offset @from up to, not with, @to */
static inline struct sip_span sip_span_between(uint32_t from, uint32_t to)
{
	return (struct sip_span){ .off = from, .len = to - from };
}

/** sip_span_is() - do these bytes read exactly @text? */
bool sip_span_is(const char *buf, struct sip_span span, const char *text);

/** sip_span_is_nocase() - do these bytes read @text, ASCII case aside? */
bool sip_span_is_nocase(const char *buf, struct sip_span span,
			const char *text);

/** sip_span_equal() - are these the same bytes, perhaps of two messages? */
bool sip_span_equal(const char *buf_a, struct sip_span a,
		    const char *buf_b, struct sip_span b);

/** sip_span_trim() - @span without white space at either end (folds too) */
struct sip_span sip_span_trim(const char *buf, struct sip_span span);

/**
 * sip_span_number() - read decimal digits
 * @buf: message
 * @span: the digits and nothing else; leading zeros are fine, any number of them
 * @max: largest value allowed
 * @number: set on success
 *
 * Return: 0; -EINVAL where it is no number; -ERANGE where it exceeds @max.
 */
int sip_span_number(const char *buf, struct sip_span span, uint32_t max,
		    uint32_t *number);

#endif
