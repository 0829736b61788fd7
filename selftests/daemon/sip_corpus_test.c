// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Properties over the messages in data/: whatever is cut off or broken in them,
 * nothing is read beyond the end, and what is moved can be moved back.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sip/opinion.h"
#include "sip_sample.h"
#include "sip_walk.h"

/* Walk a copy of exactly @len bytes, so that reading on is seen. */
static enum sip_verdict walk_exact(const char *bytes, size_t len,
				   enum sip_transport transport,
				   struct sip_walk *walk)
{
	char *copy = malloc(len ? len : 1);
	enum sip_verdict verdict;

	memcpy(copy, bytes, len);
	verdict = sip_walk_message(copy, len, transport, walk);
	free(copy);
	return verdict;
}

static void read_whole(const char *path, const char *name)
{
	struct sip_walk walk;
	size_t len;
	char *bytes = file_read(path, &len);

	assert_non_null(bytes);
	assert_int_equal(walk_exact(bytes, len, SIP_DATAGRAM, &walk),
			 SIP_MSG_OK);
	if (walk.n_values != walk.n_read || walk.n_read != walk.n_agreed)
		fail_msg("%s: %u values, %u read, %u agreed", name,
			 walk.n_values, walk.n_read, walk.n_agreed);
	assert_true(walk.n_values > 0);
	free(bytes);
}

static void each_message_is_read_by_both_parsers(void **state)
{
	(void)state;
	assert_true(each_file(TEST_DATA, read_whole) >= 11);
}

static void cut_everywhere(const char *path, const char *name)
{
	size_t len, cut;
	char *bytes = file_read(path, &len);

	(void)name;
	for (cut = 0; cut <= len; cut++) {
		walk_exact(bytes, cut, SIP_DATAGRAM, NULL);
		walk_exact(bytes, cut, SIP_STREAM, NULL);
		walk_exact(bytes + cut, len - cut, SIP_DATAGRAM, NULL);
	}
	free(bytes);
}

static void each_truncation_is_read_within_its_bounds(void **state)
{
	(void)state;
	assert_true(each_file(TEST_DATA, cut_everywhere) > 0);
}

static void break_at_random(const char *path, const char *name)
{
	static const char odd[] = "\0\r\n\t <>\"\\;:,=@?/%[]()*0123456789=-";
	unsigned int round, i;
	size_t len;
	char *bytes = file_read(path, &len), *copy = malloc(len);

	(void)name;
	for (round = 0; round < 1500; round++) {
		memcpy(copy, bytes, len);
		for (i = 0; i <= round % 8; i++)
			copy[(size_t)rand() % len] =
				odd[(size_t)rand() % (sizeof(odd) - 1)];
		walk_exact(copy, len, SIP_DATAGRAM, NULL);
	}
	free(bytes);
	free(copy);
}

static void each_breakage_is_read_within_its_bounds(void **state)
{
	(void)state;
	srand(5118);
	assert_true(each_file(TEST_DATA, break_at_random) > 0);
}

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* @n times @piece between @head and @tail, as a datagram of its own length. */
static char *repeat(const char *head, const char *piece, const char *tail,
		    size_t n, size_t *len)
{
	size_t i, piece_len = strlen(piece);
	char *text = malloc(strlen(head) + n * piece_len + strlen(tail) + 1);
	char *at = text + sprintf(text, "%s", head);

	for (i = 0; i < n; i++, at += piece_len)
		memcpy(at, piece, piece_len);
	*len = (size_t)(at - text) + (size_t)sprintf(at, "%s", tail);
	return text;
}

/* The least of several runs: others use this machine, too. */
static double cost(const char *head, const char *piece, const char *tail,
		   size_t n)
{
	size_t len;
	char *text = repeat(head, piece, tail, n, &len);
	double least = 1e9, spent;
	unsigned int i, round;

	for (round = 0; round < 12; round++) {
		spent = cpu_seconds();
		for (i = 0; i < 8; i++)
			sip_walk_message(text, len, SIP_DATAGRAM, NULL);
		spent = cpu_seconds() - spent;
		if (spent < least)
			least = spent;
	}
	free(text);
	return least;
}

/*
 * Eight times the message may cost eight times the work; quadratic work would
 * be 64 times. No absolute time is asked for.
 */
static void D19_work_is_linear(void **state)
{
	static const struct { const char *head, *piece, *tail; size_t n; } cases[] = {
		{ "REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h", ";a=b",
		  "\r\n\r\n", 240 },
		{ "REGISTER sip:a SIP/2.0\r\n", "Via: SIP/2.0/UDP h\r\n", "\r\n",
		  30 },
		{ "REGISTER sip:a SIP/2.0\r\nContact: <sip:h>", ",<sip:h>", "\r\n\r\n",
		  120 },
		{ "REGISTER sip:a SIP/2.0\r\nContact: ", "\"<(", "\r\n\r\n", 330 },
		{ "REGISTER sip:a SIP/2.0\r\nContact: <sip:h>;x=", "\\\"", "\r\n\r\n",
		  500 },
		{ "INVITE sip:a SIP/2.0\r\nSubject: x", "\r\n y", "\r\n\r\n", 250 },
		{ "INVITE sip:a SIP/2.0\r\nc: application/sdp\r\n\r\n",
		  "a=rtcp:1\r\n", "", 800 },
		{ "INVITE sip:a SIP/2.0\r\nc: application/sdp\r\n\r\n"
		  "a=group:BUNDLE", " a", "\r\nm=audio 1 RTP/AVP 0\r\na=mid:b\r\n",
		  500 },
		{ "INVITE sip:a SIP/2.0\r\nc: multipart/mixed;boundary=x\r\n\r\n",
		  "--x\r\n\r\n\r\n", "--x--", 800 },
	};
	double little, much;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		little = cost(cases[i].head, cases[i].piece, cases[i].tail,
			      cases[i].n);
		much = cost(cases[i].head, cases[i].piece, cases[i].tail,
			    8 * cases[i].n);
		if (much > 24 * little)
			fail_msg("case %zu: eight times the message cost %.1f"
				 " times the work", i, much / little);
	}
}

static int init(void **state)
{
	(void)state;
	return sip_opinion_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_message_is_read_by_both_parsers),
		cmocka_unit_test(each_truncation_is_read_within_its_bounds),
		cmocka_unit_test(each_breakage_is_read_within_its_bounds),
		cmocka_unit_test(D19_work_is_linear),
	};

	return cmocka_run_group_tests_name("sip_corpus", tests, init, NULL);
}
