/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines: what messages, MIME parts and session descriptions are made of.
 * Private to sip/ and sdp/.
 *
 * CRLF ends a line, as the RFCs want it; so do LF and CR alone, as senders have
 * it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_LINE_H
#define SIPFAST_DAEMON_SIP_LINE_H

#include <string.h>

#include "sip/span.h"
#include "sip/text.h"

/**
 * struct sip_line - a line
 * @text: the line without its end
 * @next: offset of the next line
 * @ended: it has an end; the last line of a text may not
 */
struct sip_line {
	struct sip_span text;
	uint32_t next;
	bool ended;
};

/*
 * Is there a CR or LF among eight bytes? A byte that is one is zero after the
 * XOR, and only then borrows its own highest bit. What is told of a byte behind
 * the first may be wrong, that there is one is not.
 */
static inline bool sip_has_eol(const char *bytes)
{
	const uint64_t ones = 0x0101010101010101, highs = ones << 7;
	uint64_t word, cr, lf;

	memcpy(&word, bytes, sizeof(word));
	cr = word ^ ones * '\r';
	lf = word ^ ones * '\n';
	return (((cr - ones) & ~cr) | ((lf - ones) & ~lf)) & highs;
}

/** sip_line_read() - the line that begins at @at, in a text that ends at @end */
static inline struct sip_line sip_line_read(const char *buf, uint32_t at,
					    uint32_t end)
{
	struct sip_line line = { .text.off = at };

	while (end - at >= 8 && !sip_has_eol(buf + at))
		at += 8;
	while (at < end && !sip_is_eol(buf[at]))
		at++;
	line.text.len = at - line.text.off;
	line.ended = at < end;
	if (line.ended)
		at += buf[at] == '\r' && at + 1 < end && buf[at + 1] == '\n' ?
			2 : 1;
	line.next = at;
	return line;
}

#endif
