// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Spans: comparing them, trimming them, reading numbers.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include "sip/span.h"
#include "sip/text.h"

bool sip_span_is(const char *buf, struct sip_span span, const char *text)
{
	return strlen(text) == span.len && !memcmp(buf + span.off, text, span.len);
}

bool sip_span_is_nocase(const char *buf, struct sip_span span, const char *text)
{
	const char *bytes = buf + span.off;
	uint32_t i;

	for (i = 0; i < span.len; i++)
		if (!text[i] || (bytes[i] != text[i] &&
				 sip_lower(bytes[i]) != sip_lower(text[i])))
			return false;
	return !text[i];
}

bool sip_span_equal(const char *buf_a, struct sip_span a,
		    const char *buf_b, struct sip_span b)
{
	return a.len == b.len && !memcmp(buf_a + a.off, buf_b + b.off, a.len);
}

struct sip_span sip_span_trim(const char *buf, struct sip_span span)
{
	while (span.len && sip_is_lws(buf[span.off])) {
		span.off++;
		span.len--;
	}
	while (span.len && sip_is_lws(buf[sip_span_end(span) - 1]))
		span.len--;
	return span;
}

int sip_span_number(const char *buf, struct sip_span span, uint32_t max,
		    uint32_t *number)
{
	uint64_t sum = 0;
	uint32_t i;

	if (!span.len)
		return -EINVAL;
	for (i = span.off; i < sip_span_end(span); i++) {
		if (!sip_is_digit(buf[i]))
			return -EINVAL;
		if (sum <= max)
			sum = sum * 10 + (uint64_t)(buf[i] - '0');
	}
	if (sum > max)
		return -ERANGE;
	*number = (uint32_t)sum;
	return 0;
}
