// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stream, cut where the input's first bytes say: what comes out must be the
 * same as without a cut, and the same as what the index makes of it.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "sip/frame.h"
#include "sip/msg.h"

/* A sum of all that came out, line ends and alien bytes taken as one piece */
struct outcome {
	uint64_t sum;
	enum sip_frame_kind last;
};

static void note(struct outcome *outcome, enum sip_frame_kind kind, size_t from,
		 size_t to)
{
	if (kind != outcome->last || kind == SIP_FRAME_MESSAGE)
		outcome->sum = outcome->sum * 31 + kind * 1000003 + from;
	if (kind == SIP_FRAME_MESSAGE)
		outcome->sum = outcome->sum * 31 + to;
	outcome->last = kind;
}

static void must_agree(enum sip_frame_kind kind, const char *bytes, size_t len)
{
	static struct sip_msg msg;
	enum sip_verdict verdict;

	if (kind != SIP_FRAME_MESSAGE && kind != SIP_FRAME_FAULT)
		return;
	verdict = sip_msg_index(&msg, bytes, len, SIP_FRAMED);
	if (kind == SIP_FRAME_FAULT)
		require(verdict == SIP_MSG_BAD ||
			verdict == SIP_MSG_TOO_LARGE);
	else
		require(verdict == SIP_MSG_OK && msg.whole == len &&
			!msg.start);
}

static struct outcome run(const char *stream, size_t len, size_t step)
{
	struct outcome outcome = { .last = SIP_FRAME_MORE };
	struct sip_frame frame = { 0 };
	enum sip_frame_kind kind;
	size_t from = 0, to = 0, take;

	do {
		to = len - to > step ? to + step : len;
		do {
			kind = sip_frame_next(&frame, stream + from, to - from,
					      &take);
			require(take <= to - from);
			require(!take == (kind == SIP_FRAME_MORE));
			must_agree(kind, stream + from, take);
			if (take)
				note(&outcome, kind, from, from + take);
			from += take;
		} while (take && kind != SIP_FRAME_FAULT);
	} while (to < len && kind != SIP_FRAME_FAULT);
	return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
	struct outcome whole, cut;
	size_t step;
	char *data;

	if (!len)
		return 0;
	step = 1 + input[0];
	data = malloc(len);
	require(data);
	memcpy(data, input + 1, len - 1);
	whole = run(data, len - 1, len);
	cut = run(data, len - 1, step);
	require(whole.sum == cut.sum && whole.last == cut.last);
	cut = run(data, len - 1, 1);
	require(whole.sum == cut.sum && whole.last == cut.last);
	free(data);
	return 0;
}
