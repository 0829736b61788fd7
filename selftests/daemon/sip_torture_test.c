// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The torture messages of RFC 4475 and RFC 5118: read where they are good, never
 * misread where they are not. They are looked for where SIPFAST_CASES says, or
 * beside the checkout; without them these tests are skipped.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip/opinion.h"
#include "sip_sample.h"
#include "sip_walk.h"

#define BESIDE TEST_DATA "/../../../../shared/cases"

static const char *cases(void)
{
	const char *path = getenv("SIPFAST_CASES");

	return path ? path : BESIDE;
}

static bool is_there(const char *set)
{
	char path[4096];
	FILE *dir;

	snprintf(path, sizeof(path), "%s/%s", cases(), set);
	dir = fopen(path, "r");
	if (!dir) {
		print_message("# %s is not there: set SIPFAST_CASES\n", path);
		return false;
	}
	fclose(dir);
	return true;
}

static enum sip_verdict walk(const char *set, const char *name,
			     struct sip_walk *walked)
{
	enum sip_verdict verdict;
	char path[4096];
	size_t len;
	char *bytes;

	snprintf(path, sizeof(path), "%s/%s/%s", cases(), set, name);
	bytes = file_read(path, &len);
	if (!bytes)
		fail_msg("%s cannot be read", path);
	bytes = realloc(bytes, len);
	verdict = sip_walk_message(bytes, len, SIP_DATAGRAM, walked);
	free(bytes);
	return verdict;
}

static void assert_good(const char *set, const char *name)
{
	struct sip_walk walked;

	if (walk(set, name, &walked) != SIP_MSG_OK)
		fail_msg("%s is no message", name);
	if (walked.n_read != walked.n_values || walked.n_agreed != walked.n_read)
		fail_msg("%s: %u values, %u read, %u agreed", name,
			 walked.n_values, walked.n_read, walked.n_agreed);
}

static void rfc4475_good_messages_are_read(void **state)
{
	static const char *const names[] = {
		"wsinv.dat", "intmeth.dat", "esc01.dat", "escnull.dat",
		"esc02.dat", "lwsdisp.dat", "longreq.dat", "dblreq.dat",
		"semiuri.dat", "transports.dat", "mpart01.dat", "unreason.dat",
		"noreason.dat", "badbranch.dat", "insuf.dat", "unkscm.dat",
		"novelsc.dat", "unksm2.dat", "bext01.dat", "invut.dat",
		"regaut01.dat", "mismatch01.dat", "mismatch02.dat", "zeromf.dat",
		"cparam01.dat", "cparam02.dat", "regescrt.dat", "sdp01.dat",
		"inv2543.dat", "bcast.dat", "baddate.dat", "scalar02.dat",
	};
	size_t i;

	(void)state;
	if (!is_there("rfc4475"))
		skip();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_good("rfc4475", names[i]);
}

static void rfc4475_unframed_messages_are_bad(void **state)
{
	static const char *const names[] = { "clerr.dat", "ncl.dat", "mcl01.dat" };
	size_t i;

	(void)state;
	if (!is_there("rfc4475"))
		skip();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (walk("rfc4475", names[i], NULL) != SIP_MSG_BAD)
			fail_msg("%s is taken for a message", names[i]);
}

static void A10_rfc4475_odd_start_lines_are_left(void **state)
{
	static const char *const names[] = {
		"lwsruri.dat", "lwsstart.dat", "trws.dat", "badvers.dat",
		"bigcode.dat",
	};
	size_t i;

	(void)state;
	if (!is_there("rfc4475"))
		skip();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (walk("rfc4475", names[i], NULL) != SIP_MSG_NOT_SIP)
			fail_msg("%s is taken for a message", names[i]);
}

static void rfc4475_doubtful_values_are_left(void **state)
{
	struct sip_walk walked;

	(void)state;
	if (!is_there("rfc4475"))
		skip();
	assert_int_equal(walk("rfc4475", "badinv01.dat", &walked), SIP_MSG_OK);
	assert_int_equal(walked.n_values, 5);
	assert_int_equal(walked.n_agreed, 0);
}

static void rfc5118_good_messages_are_read(void **state)
{
	static const char *const names[] = {
		"ipv6-good", "port-ambiguous", "port-unambiguous",
		"via-received-param-no-delim", "via-received-param-with-delim",
		"mult-ip-in-header", "ipv4-mapped-ipv6",
		"ipv6-correct-abnf-2-colons",
	};
	size_t i;

	(void)state;
	if (!is_there("rfc5118"))
		skip();
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_good("rfc5118", names[i]);
}

static void walk_any(const char *path, const char *name)
{
	size_t len, cut;
	char *bytes = file_read(path, &len), *copy;

	(void)name;
	for (cut = 0; cut <= len; cut += cut < 512 ? 1 : 13) {
		copy = malloc(cut ? cut : 1);
		memcpy(copy, bytes, cut);
		sip_walk_message(copy, cut, SIP_DATAGRAM, NULL);
		free(copy);
	}
	free(bytes);
}

static void B08_none_of_them_is_read_beyond_its_end(void **state)
{
	static const char *const sets[] = { "rfc4475", "rfc5118" };
	char path[4096];
	size_t i;

	(void)state;
	if (!is_there("rfc4475"))
		skip();
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", cases(), sets[i]);
		assert_true(each_file(path, walk_any) >= 12);
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
		cmocka_unit_test(rfc4475_good_messages_are_read),
		cmocka_unit_test(rfc4475_unframed_messages_are_bad),
		cmocka_unit_test(A10_rfc4475_odd_start_lines_are_left),
		cmocka_unit_test(rfc4475_doubtful_values_are_left),
		cmocka_unit_test(rfc5118_good_messages_are_read),
		cmocka_unit_test(B08_none_of_them_is_read_beyond_its_end),
	};

	return cmocka_run_group_tests_name("sip_torture", tests, init, NULL);
}
