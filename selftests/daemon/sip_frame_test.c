// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages in a stream: however it is cut, the same ones come out. Names that
 * begin with a letter and a number are rows and scenarios of the catalogue.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip/frame.h"
#include "sip_sample.h"

#define OPTIONS "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1\r\n"
#define PLAIN OPTIONS "Content-Length: 0\r\n\r\n"
#define BODY "MESSAGE sip:a@b SIP/2.0\r\nl: 11\r\n\r\nhi\r\n\r\n you!"
#define FOLDED "SIP/2.0 200 OK\r\nContent-Length:\r\n 4\r\nX: y\r\n  z\r\n\r\n\r\n\r\n"
#define LF_ONLY "ACK sip:a@b SIP/2.0\nl: 3\n\n\r\r\n"
#define CR_ONLY "ACK sip:a@b SIP/2.0\rl: 3\r\rabc"

#define MAX_PIECES 64
#define RANDOM_CUTS 2000

/* What came out: pieces, line ends next to each other being one */
struct outcome {
	unsigned int n;
	enum sip_frame_kind kinds[MAX_PIECES];
	uint32_t ends[MAX_PIECES];
	bool open;
};

static void note(struct outcome *outcome, enum sip_frame_kind kind,
		 uint32_t end)
{
	bool goes_on = kind == SIP_FRAME_LINE_ENDS || kind == SIP_FRAME_ALIEN;

	if (!(goes_on && outcome->n && outcome->kinds[outcome->n - 1] == kind))
		outcome->n++;
	assert_true(outcome->n <= MAX_PIECES);
	outcome->kinds[outcome->n - 1] = kind;
	outcome->ends[outcome->n - 1] = end;
}

/* Show the framer bytes @from to @to, in a block of their own. */
static enum sip_frame_kind show(struct sip_frame *frame, const char *stream,
				size_t from, size_t to, size_t *take)
{
	char *bytes = malloc(to - from + !(to - from));
	enum sip_frame_kind kind;

	memcpy(bytes, stream + from, to - from);
	kind = sip_frame_next(frame, bytes, to - from, take);
	assert_true(*take <= to - from);
	free(bytes);
	return kind;
}

/* The stream arrives up to each of @cuts, and then as a whole. */
static struct outcome run(const char *stream, size_t len, const size_t *cuts,
			  unsigned int n_cuts)
{
	struct sip_frame frame = { 0 };
	struct outcome outcome = { 0 };
	enum sip_frame_kind kind;
	size_t from = 0, take;
	unsigned int i;

	for (i = 0; i <= n_cuts; i++) {
		do {
			kind = show(&frame, stream, from,
				    i < n_cuts ? cuts[i] : len, &take);
			from += take;
			if (kind != SIP_FRAME_MORE)
				note(&outcome, kind, from);
			if (kind == SIP_FRAME_FAULT)
				return outcome;
			assert_true(kind == SIP_FRAME_MORE ? !take : take);
		} while (kind != SIP_FRAME_MORE);
	}
	outcome.open = sip_frame_is_open(&frame);
	return outcome;
}

static void assert_alike(const struct outcome *one, const struct outcome *other)
{
	unsigned int i;

	assert_int_equal(one->n, other->n);
	for (i = 0; i < one->n; i++) {
		assert_int_equal(one->kinds[i], other->kinds[i]);
		/* A fault takes all that is there. */
		if (one->kinds[i] != SIP_FRAME_FAULT)
			assert_int_equal(one->ends[i], other->ends[i]);
	}
	assert_int_equal(one->open, other->open);
}

/* Cut once, everywhere; at every byte at once; and anywhere, thrice. */
static struct outcome run_cut(const char *stream, size_t len)
{
	struct outcome whole = run(stream, len, NULL, 0), cut;
	size_t *every = calloc(len + 1, sizeof(*every)), cuts[3], i, j;

	for (i = 0; i <= len; i++) {
		every[i] = i;
		cut = run(stream, len, &i, 1);
		assert_alike(&whole, &cut);
	}
	cut = run(stream, len, every, len + 1);
	assert_alike(&whole, &cut);
	srandom(1);
	for (i = 0; i < RANDOM_CUTS; i++) {
		cuts[0] = random() % (len + 1);
		for (j = 1; j < 3; j++)
			cuts[j] = cuts[j - 1] +
				  random() % (len + 1 - cuts[j - 1]);
		cut = run(stream, len, cuts, 3);
		assert_alike(&whole, &cut);
	}
	free(every);
	return whole;
}

#define cut_everywhere(literal) run_cut(literal, sizeof(literal) - 1)

static void assert_kinds(const struct outcome *outcome, const char *kinds)
{
	static const char letters[] = {
		[SIP_FRAME_LINE_ENDS] = 'e', [SIP_FRAME_MESSAGE] = 'm',
		[SIP_FRAME_FAULT] = 'f', [SIP_FRAME_ALIEN] = 'a',
	};
	char text[MAX_PIECES + 1] = "";
	unsigned int i;

	for (i = 0; i < outcome->n; i++)
		text[i] = letters[outcome->kinds[i]];
	assert_string_equal(text, kinds);
}

#define assert_frames(literal, kinds) do {				\
	struct outcome outcome_ = cut_everywhere(literal);		\
	assert_kinds(&outcome_, kinds);					\
} while (0)

static void B01_a_message_is_one_wherever_it_is_cut(void **state)
{
	(void)state;
	assert_frames(PLAIN, "m");
	assert_frames(BODY, "m");
	assert_frames(FOLDED, "m");
	assert_frames(LF_ONLY, "m");
	assert_frames(CR_ONLY, "m");
}

static void B02_messages_in_one_segment_are_told_apart(void **state)
{
	struct outcome outcome;

	(void)state;
	outcome = cut_everywhere(PLAIN BODY PLAIN OPTIONS);
	assert_kinds(&outcome, "mmm");
	assert_int_equal(outcome.ends[0], strlen(PLAIN));
	assert_int_equal(outcome.ends[1], strlen(PLAIN BODY));
	assert_int_equal(outcome.ends[2], strlen(PLAIN BODY PLAIN));
	assert_frames(BODY FOLDED PLAIN CR_ONLY BODY, "mmmmm");
}

static void B03_line_ends_stand_for_themselves(void **state)
{
	struct outcome outcome;

	(void)state;
	outcome = cut_everywhere("\r\n\r\n" PLAIN "\r\n" BODY "\r\n\r\n\r\n");
	assert_kinds(&outcome, "ememe");
	assert_int_equal(outcome.ends[0], 4);
	assert_frames("\r\n\r\n", "e");
}

static void B04_what_has_no_length_is_at_fault(void **state)
{
	(void)state;
	assert_frames(OPTIONS "\r\n", "f");
	assert_frames(PLAIN OPTIONS "\r\n" PLAIN, "mf");
	assert_frames(OPTIONS "l: 4294967328\r\n\r\n", "f");
	assert_frames(OPTIONS "l: 18446744073709551616\r\n\r\n", "f");
	assert_frames(OPTIONS "l: -1\r\n\r\n", "f");
	assert_frames(OPTIONS "l: 1x\r\n\r\n", "f");
	assert_frames(OPTIONS "l:\r\n\r\n", "f");
	assert_frames(OPTIONS "l: 0\r\nContent-Length: 4\r\n\r\nbody", "f");
	assert_frames(OPTIONS "l: 4\r\nContent-Length: 4\r\n\r\nbody", "m");
	assert_frames(OPTIONS "l: 65536\r\n\r\n", "f");
}

static void B09_what_is_no_sip_is_known_at_once(void **state)
{
	static const struct { const char *bytes; size_t len; } aliens[] = {
		{ "\x16\x03\x01", 3 }, { "\0\1\0\0", 4 }, { "\x80\0", 2 },
		{ "\0\0\0\0", 4 }, { "a\xf0", 2 }, { " INVITE", 7 },
		{ "{\"a\":", 5 }, { "INVITE/", 7 }, { "INVITE \1", 8 },
		{ "GET / HTTP/1.1\n", 15 }, { "INVITE sip:a@b SIP/3.0\n", 23 },
		{ "SIP/2.0 20 OK\n", 14 }, { "INVITE  SIP/2.0\n", 16 },
	};
	struct sip_frame frame;
	size_t i, take;

	(void)state;
	for (i = 0; i < sizeof(aliens) / sizeof(aliens[0]); i++) {
		frame = (struct sip_frame){ 0 };
		assert_int_equal(show(&frame, aliens[i].bytes, 0,
				      aliens[i].len, &take), SIP_FRAME_ALIEN);
		assert_int_equal(take, aliens[i].len);
		assert_false(sip_frame_is_open(&frame));
	}
}

static void B09_a_stream_that_is_no_sip_stays_none(void **state)
{
	(void)state;
	assert_frames("POST / HTTP/1.1\r\nX: y\r\n\r\n" PLAIN PLAIN, "a");
	assert_frames("\r\n\x16\x03" PLAIN, "ea");
	assert_frames(PLAIN "\0\1\0\0" PLAIN, "ma");
}

static void what_is_left_may_still_be_anything(void **state)
{
	struct outcome outcome;

	(void)state;
	outcome = cut_everywhere("hello");
	assert_int_equal(outcome.n, 0);
	assert_true(outcome.open);
	outcome = cut_everywhere(OPTIONS);
	assert_int_equal(outcome.n, 0);
	assert_false(outcome.open);
}

/* A message of @len bytes: its header but for the empty line, or some of both */
static char *long_message(size_t len, bool in_header)
{
	char *bytes = malloc(len + 1);
	size_t at = 0;

	if (in_header) {
		at = sprintf(bytes, OPTIONS "l: 0\r\n");
		while (at + 100 < len)
			at += sprintf(bytes + at, "X: %0*d\r\n",
				      at + 4100 < len ? 4000 : 10, 0);
		at += sprintf(bytes + at, "X: %0*d\r\n\r\n",
			      (int)(len - at - 7), 0);
	} else {
		at = sprintf(bytes, OPTIONS "l: %05zu\r\n\r\n",
			     len - strlen(OPTIONS) - 12);
		memset(bytes + at, 'x', len - at);
	}
	return bytes;
}

static void only_so_much_is_taken(void **state)
{
	static const size_t cut = 1000;
	struct outcome outcome;
	char *bytes;
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		bytes = long_message(SIP_MAX_MESSAGE + i / 2, i % 2);
		outcome = run(bytes, SIP_MAX_MESSAGE + i / 2, &cut, i == 3);
		assert_kinds(&outcome, i < 2 ? "m" : "f");
		free(bytes);
	}
}

/* Each byte alone: were any of them looked at again and again, one would see. */
static void bytes_are_looked_at_once(void **state)
{
	char *bytes = long_message(SIP_MAX_MESSAGE, true);
	struct sip_frame frame = { 0 };
	uint32_t seen = 0;
	size_t len, take;

	(void)state;
	for (len = 1; len < SIP_MAX_MESSAGE; len++) {
		assert_int_equal(sip_frame_next(&frame, bytes, len, &take),
				 SIP_FRAME_MORE);
		assert_true(frame.seen >= seen && frame.seen + 1 >= len);
		seen = frame.seen;
	}
	assert_int_equal(sip_frame_next(&frame, bytes, len, &take),
			 SIP_FRAME_MESSAGE);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(B01_a_message_is_one_wherever_it_is_cut),
		cmocka_unit_test(B02_messages_in_one_segment_are_told_apart),
		cmocka_unit_test(B03_line_ends_stand_for_themselves),
		cmocka_unit_test(B04_what_has_no_length_is_at_fault),
		cmocka_unit_test(B09_what_is_no_sip_is_known_at_once),
		cmocka_unit_test(B09_a_stream_that_is_no_sip_stays_none),
		cmocka_unit_test(what_is_left_may_still_be_anything),
		cmocka_unit_test(only_so_much_is_taken),
		cmocka_unit_test(bytes_are_looked_at_once),
	};

	return cmocka_run_group_tests_name("sip_frame", tests, NULL, NULL);
}
