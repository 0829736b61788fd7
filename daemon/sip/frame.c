// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages in a stream: where one ends and the next begins (RFC 3261 18.3).
 *
 * Bytes are looked at one by one until the empty line has come, and what they
 * mean is asked of the index (msg.c) at two moments only: is the start line one,
 * and how long is the message that has this header?
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "sip/frame.h"

#include "sip/msg.h"
#include "sip/text.h"

static enum sip_frame_kind take_line_ends(const char *buf, size_t len,
					  size_t *take)
{
	size_t n = 0;

	while (n < len && sip_is_eol(buf[n]))
		n++;
	*take = n;
	return SIP_FRAME_LINE_ENDS;
}

/* Nobody looks at this stream again. */
static enum sip_frame_kind turn_alien(struct sip_frame *frame, size_t len,
				      size_t *take)
{
	frame->alien = true;
	*take = len;
	return SIP_FRAME_ALIEN;
}

/*
 * May a start line go on with the byte at @at? It begins with a token, or with
 * SIP/2.0, and what is no text ends the hope at once: STUN, TLS and RTP are known
 * by their first byte, before their sender waits for an answer.
 */
static bool may_go_on(struct sip_frame *frame, const char *buf, uint32_t at)
{
	const char c = buf[at];

	if (at > SIP_MAX_LINE)
		return false;
	if (c == ' ' && at)
		frame->spaced = true;
	if (frame->spaced)
		return (unsigned char)c >= ' ' || c == '\t';
	if (c == '/')
		return sip_span_is_nocase(buf, sip_span_between(0, at), "SIP");
	return sip_is_token(c);
}

/*
 * Look at bytes that have not been looked at, up to the end of a line: of the
 * first one, then of the empty one. @ended is set when that has come, and ends
 * right before @frame->seen. False: this is no SIP.
 */
static bool look(struct sip_frame *frame, const char *buf, uint32_t len,
		 bool *ended)
{
	const bool is_first = !frame->started;
	uint32_t at = frame->seen;

	*ended = false;
	while (at < len && !*ended) {
		if (!sip_is_eol(buf[at])) {
			if (is_first && !may_go_on(frame, buf, at))
				return false;
			at++;
			continue;
		}
		/* A CR that has come last may wait for its LF. */
		if (buf[at] == '\r' && at + 1 == len)
			break;
		*ended = is_first || at == frame->line;
		at += buf[at] == '\r' && buf[at + 1] == '\n' ? 2 : 1;
		frame->line = at;
	}
	frame->seen = at;
	return true;
}

/* Its start line has come, and is to be one. */
static bool is_started(struct sip_frame *frame, const char *buf)
{
	struct sip_msg msg;

	frame->started = sip_msg_index(&msg, buf, frame->seen, SIP_DATAGRAM) !=
			 SIP_MSG_NOT_SIP;
	return frame->started;
}

static void begin_anew(struct sip_frame *frame)
{
	*frame = (struct sip_frame){ 0 };
}

/* Its length is known. */
static enum sip_frame_kind take_message(struct sip_frame *frame, size_t len,
					size_t *take)
{
	if (len < frame->whole)
		return SIP_FRAME_MORE;
	*take = frame->whole;
	begin_anew(frame);
	return SIP_FRAME_MESSAGE;
}

/* Ask the index how long the message is that has this header. */
static enum sip_frame_kind measure(struct sip_frame *frame, const char *buf,
				   size_t len, size_t *take)
{
	struct sip_msg msg;

	sip_msg_index(&msg, buf, len, SIP_STREAM);
	frame->whole = msg.whole;
	if (frame->whole)
		return take_message(frame, len, take);
	*take = len;
	return SIP_FRAME_FAULT;
}

enum sip_frame_kind sip_frame_next(struct sip_frame *frame, const char *buf,
				   size_t len, size_t *take)
{
	bool ended;

	*take = 0;
	if (!len)
		return SIP_FRAME_MORE;
	if (frame->alien)
		return turn_alien(frame, len, take);
	if (frame->whole)
		return take_message(frame, len, take);
	if (!frame->seen && sip_is_eol(buf[0]))
		return take_line_ends(buf, len, take);
	if (!frame->started) {
		if (!look(frame, buf, len, &ended) ||
		    (ended && !is_started(frame, buf)))
			return turn_alien(frame, len, take);
		if (!ended)
			return SIP_FRAME_MORE;
	}
	look(frame, buf, len, &ended);
	return ended || len >= SIP_MAX_MESSAGE ?
	       measure(frame, buf, len, take) : SIP_FRAME_MORE;
}

bool sip_frame_is_open(const struct sip_frame *frame)
{
	return !frame->started && !frame->alien;
}
