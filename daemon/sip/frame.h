/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages in a stream: where one ends and the next begins (RFC 3261 18.3).
 *
 * TCP cuts its bytes where it likes. The framer is shown all bytes that are not
 * done with, from the first on, as often as there are more of them, and says
 * what stands in front. It keeps no bytes, and it looks at none twice that had
 * not ended a header: work is linear, however the stream is cut.
 *
 * A stream that turns out not to be SIP is never looked at again: a message in
 * the middle of something else is none (NAT slipstreaming, sip-alg D8).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_FRAME_H
#define SIPFAST_DAEMON_SIP_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum sip_frame_kind - what stands in front
 * @SIP_FRAME_MORE: nothing that is whole yet
 * @SIP_FRAME_LINE_ENDS: line ends between messages: a keepalive or its answer
 *	(RFC 5626 3.5.1), to be handed on as they came
 * @SIP_FRAME_MESSAGE: a message
 * @SIP_FRAME_FAULT: a message of which nobody can say where it ends, or that is
 *	too large (sip_msg_index() says which): to be refused, and the stream
 *	ended, for what follows cannot be told from it
 * @SIP_FRAME_ALIEN: no SIP, and so is everything that follows
 */
enum sip_frame_kind {
	SIP_FRAME_MORE,
	SIP_FRAME_LINE_ENDS,
	SIP_FRAME_MESSAGE,
	SIP_FRAME_FAULT,
	SIP_FRAME_ALIEN,
};

/**
 * struct sip_frame - where a stream has got to; all zero at its beginning
 * @seen: bytes in front that were looked at and hold no empty line,
 * @line:	and where the last line in them begins
 * @whole: length of the message in front, or 0 where that is not known yet
 * @spaced: a space was seen in what may be a start line
 * @started: a start line was seen
 * @alien: this is no stream of SIP
 */
struct sip_frame {
	uint32_t seen;
	uint32_t line;
	uint32_t whole;
	bool spaced;
	bool started;
	bool alien;
};

/**
 * sip_frame_next() - what stands in front?
 * @frame: the stream
 * @buf: all of its bytes that are not done with
 * @len: how many
 * @take: set to how many of them this is about; 0 for SIP_FRAME_MORE
 *
 * The caller does with those @take bytes what is to be done with them, and does
 * not show them again. Those of SIP_FRAME_MESSAGE and SIP_FRAME_FAULT are for
 * sip_msg_index() to read as SIP_FRAMED; it comes to the same verdict.
 *
 * Return: what it is.
 */
enum sip_frame_kind sip_frame_next(struct sip_frame *frame, const char *buf,
				   size_t len, size_t *take);

/**
 * sip_frame_is_open() - is it still open whether this is SIP?
 *
 * When the stream ends here, what is left of it is part of no message, and is
 * to be handed on as it came.
 */
bool sip_frame_is_open(const struct sip_frame *frame);

#endif
