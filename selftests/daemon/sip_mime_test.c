// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where session descriptions are found in a body, and where not.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <string.h>

#include "sip/mime.h"
#include "sip_sample.h"

#define MIXED "Content-Type: multipart/mixed;boundary=x\r\n"
#define SDP_PART "Content-Type: application/sdp\r\n\r\n"

/* The descriptions found in @sample have to be @texts. */
static void assert_found(struct sample *sample, const char *const *texts)
{
	struct sip_span found[4];
	unsigned int i, n = sip_mime_find_sdp(&sample->msg, found, 4);

	assert_int_equal(sample->verdict, SIP_MSG_OK);
	for (i = 0; i < n && texts[i]; i++)
		assert_span(sample->buf, found[i], texts[i]);
	assert_int_equal(i, n);
	assert_null(texts[i]);
	sample_free(sample);
}

static const char *const nothing[] = { NULL };
static const char *const one[] = { "v=0\r\n", NULL };

static void body_itself_is_found(void **state)
{
	(void)state;
	assert_found(request("Content-Type: application/sdp\r\n", "v=0\r\n"), one);
	assert_found(request("c : Application / SDP ; charset=x\r\n", "v=0\r\n"),
		     one);
	assert_found(request("c: application/sdp\r\n", ""), nothing);
}

static void B30_other_types_are_none(void **state)
{
	(void)state;
	assert_found(request("", "v=0\r\n"), nothing);
	assert_found(request("c: text/plain\r\n", "v=0\r\n"), nothing);
	assert_found(request("c: application/sdpx\r\n", "v=0\r\n"), nothing);
	assert_found(request("c: application/sdp x\r\n", "v=0\r\n"), nothing);
	assert_found(request("c: application/sdp\r\nc: text/plain\r\n", "v=0\r\n"),
		     nothing);
}

static void C17_parts_are_found_by_boundary(void **state)
{
	static const char *const two[] = { "v=0\r\na=1", "v=0", NULL };

	(void)state;
	assert_found(request(MIXED, "v=no\r\n--x\r\n" SDP_PART "v=0\r\n\r\n"
			     "--x\r\nContent-Type: text/plain\r\n\r\nv=no\r\n"
			     "--x--\r\nv=no"), one);
	assert_found(request(MIXED, "--x\r\n" SDP_PART "v=0\r\na=1\r\n--x \r\n"
			     "c:application/sdp\r\n\r\nv=0\n--x--"), two);
}

static void C17_nested_and_quoted_boundaries_are_walked(void **state)
{
	(void)state;
	assert_found(request("Content-Type: multipart/mixed; boundary=\"a b\"\r\n",
			     "--a b\r\nContent-Type: multipart/alternative;\r\n"
			     " boundary=\"a b c\"\r\n\r\n"
			     "--a b c\r\n" SDP_PART "v=0\r\n\r\n--a b c--\r\n"
			     "--a b--\r\n"), one);
}

static void part_without_fields_is_no_description(void **state)
{
	(void)state;
	assert_found(request(MIXED, "--x\r\n\r\nv=0\r\n--x--\r\n"), nothing);
	assert_found(request(MIXED, "--x\r\nv=0\r\n--x--\r\n"), nothing);
}

static void part_that_nothing_ends_is_left(void **state)
{
	(void)state;
	assert_found(request(MIXED, "--x\r\n" SDP_PART "v=0\r\n"), nothing);
	assert_found(request(MIXED, "--x\r\n" SDP_PART "v=0\r\n--xy\r\n"),
		     nothing);
	assert_found(request("c: multipart/mixed\r\n",
			     "--x\r\n" SDP_PART "v=0\r\n--x--"), nothing);
}

static void B25_encoded_and_signed_bodies_are_left(void **state)
{
	(void)state;
	assert_found(request("c: application/sdp\r\ne: gzip\r\n", "v=0\r\n"),
		     nothing);
	assert_found(request("c: application/sdp\r\ne: identity\r\n", "v=0\r\n"),
		     one);
	assert_found(request("c: multipart/signed;boundary=x\r\n",
			     "--x\r\n" SDP_PART "v=0\r\n--x--"), nothing);
	assert_found(request("c: multipart/encrypted;boundary=x\r\n",
			     "--x\r\n" SDP_PART "v=0\r\n--x--"), nothing);
	assert_found(request("c: application/pkcs7-mime\r\n", "v=0\r\n"), nothing);
	assert_found(request(MIXED, "--x\r\nContent-Transfer-Encoding: base64\r\n"
			     SDP_PART "dj0wDQo=\r\n--x--"), nothing);
	assert_found(request(MIXED, "--x\r\nContent-Transfer-Encoding: BINARY\r\n"
			     SDP_PART "v=0\r\n\r\n--x--"), one);
}

static void descriptions_for_another_purpose_are_left(void **state)
{
	(void)state;
	assert_found(request("c: application/sdp\r\n"
			     "Content-Disposition: early-session\r\n", "v=0\r\n"),
		     nothing);
	assert_found(request("c: application/sdp\r\nContent-Disposition: Session;"
			     "handling=required\r\n", "v=0\r\n"), one);
}

static void nesting_is_bounded(void **state)
{
#define OPEN(outer, inner) "--" outer "\r\n" \
	"c: multipart/mixed;boundary=" inner "\r\n\r\n"
	(void)state;
	assert_found(request("c: multipart/mixed;boundary=1\r\n",
			     OPEN("1", "2") OPEN("2", "3") OPEN("3", "4")
			     "--4\r\n" SDP_PART "v=0\r\n\r\n--4--\r\n--3--\r\n"
			     "--2--\r\n--1--"), one);
	assert_found(request("c: multipart/mixed;boundary=1\r\n",
			     OPEN("1", "2") OPEN("2", "3") OPEN("3", "4")
			     OPEN("4", "5") "--5\r\n" SDP_PART
			     "v=0\r\n\r\n--5--\r\n--4--\r\n--3--\r\n"
			     "--2--\r\n--1--"), nothing);
}

static void more_than_there_is_room_for_are_counted(void **state)
{
	struct sample *s = request(MIXED, "--x\r\n" SDP_PART "v=0\r\n--x\r\n"
				   SDP_PART "v=1\r\n--x--");
	struct sip_span found;

	(void)state;
	assert_int_equal(sip_mime_find_sdp(&s->msg, &found, 1), 2);
	assert_span(s->buf, found, "v=0");
	sample_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(body_itself_is_found),
		cmocka_unit_test(B30_other_types_are_none),
		cmocka_unit_test(C17_parts_are_found_by_boundary),
		cmocka_unit_test(C17_nested_and_quoted_boundaries_are_walked),
		cmocka_unit_test(part_without_fields_is_no_description),
		cmocka_unit_test(part_that_nothing_ends_is_left),
		cmocka_unit_test(B25_encoded_and_signed_bodies_are_left),
		cmocka_unit_test(descriptions_for_another_purpose_are_left),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(more_than_there_is_room_for_are_counted),
	};

	return cmocka_run_group_tests_name("sip_mime", tests, NULL, NULL);
}
