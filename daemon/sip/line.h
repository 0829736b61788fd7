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

/** sip_line_read() - the line that begins at @at, in a text that ends at @end */
static inline struct sip_line sip_line_read(const char *buf, uint32_t at,
					    uint32_t end)
{
	struct sip_line line = { .text.off = at };

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
