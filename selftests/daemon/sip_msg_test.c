// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The index of a message: framing, fields, bounds. Names that begin with a
 * letter and a number are rows of the catalogue of breakages.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip_sample.h"

#define BASE "Via: SIP/2.0/UDP 192.0.2.1\r\nCall-ID: x\r\n"

static void assert_verdict(struct sample *sample, enum sip_verdict verdict)
{
	assert_int_equal(sample->verdict, verdict);
	sample_free(sample);
}

static void request_line_is_taken_apart(void **state)
{
	struct sample *s = request(BASE, "");

	(void)state;
	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_true(s->msg.is_request);
	assert_int_equal(s->msg.method, SIP_INVITE);
	assert_span(s->buf, s->msg.uri, "sip:bob@example.com");
	assert_span(s->buf, s->msg.version, "SIP/2.0");
	sample_free(s);
}

static void status_line_is_taken_apart(void **state)
{
	struct sample *s = datagram("SIP/2.0 180 Ringing now\r\n\r\n");

	(void)state;
	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_false(s->msg.is_request);
	assert_int_equal(s->msg.status, 180);
	assert_span(s->buf, s->msg.reason, "Ringing now");
	sample_free(s);
	s = datagram("sip/2.0 200\r\n\r\n");
	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_int_equal(s->msg.reason.len, 0);
	sample_free(s);
}

static void A1_stream_waits_for_the_whole_message(void **state)
{
	static const char text[] =
		"INVITE sip:a@b SIP/2.0\r\nl: 4\r\n\r\nbodyINVITE sip:c@d";
	size_t whole = strlen("INVITE sip:a@b SIP/2.0\r\nl: 4\r\n\r\nbody");
	struct sample *s;
	size_t len;

	(void)state;
	for (len = 1; len < sizeof(text); len++) {
		s = sample_new(text, len, SIP_STREAM);
		assert_int_equal(s->verdict, len < whole ? SIP_MSG_PARTIAL :
							   SIP_MSG_OK);
		if (len >= whole) {
			assert_span(s->buf, s->msg.body, "body");
			assert_int_equal(s->msg.rest.off, whole);
			assert_int_equal(s->msg.rest.len, len - whole);
		}
		sample_free(s);
	}
}

static void A2_leading_line_ends_are_passed_over(void **state)
{
	struct sample *s = datagram("\r\n\r\nACK sip:a@b SIP/2.0\r\n\r\n");

	(void)state;
	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_int_equal(s->msg.start, 4);
	assert_int_equal(s->msg.method, SIP_ACK);
	sample_free(s);
}

static void A5_stream_without_sane_content_length_is_bad(void **state)
{
#define IN_STREAM(length) \
	sample_new("BYE sip:a@b SIP/2.0\r\n" length "\r\n", \
		   sizeof("BYE sip:a@b SIP/2.0\r\n" length "\r\n") - 1, \
		   SIP_STREAM)
	(void)state;
	assert_verdict(IN_STREAM(""), SIP_MSG_BAD);
	assert_verdict(IN_STREAM("Content-Length: 4294967328\r\n"), SIP_MSG_BAD);
	assert_verdict(IN_STREAM("Content-Length: 18446744073709551617\r\n"),
		       SIP_MSG_BAD);
	assert_verdict(IN_STREAM("Content-Length: -1\r\n"), SIP_MSG_BAD);
	assert_verdict(IN_STREAM("Content-Length: \r\n"), SIP_MSG_BAD);
	assert_verdict(IN_STREAM("Content-Length: 1\r\nl: 2\r\n"), SIP_MSG_BAD);
	assert_verdict(IN_STREAM("Content-Length: 70000\r\n"), SIP_MSG_TOO_LARGE);
	assert_verdict(IN_STREAM("Content-Length: 7\r\n"), SIP_MSG_PARTIAL);
	assert_verdict(IN_STREAM("Content-Length: 0\r\nl: 00\r\n"), SIP_MSG_OK);
}

static void A6_datagram_without_content_length_is_all_body(void **state)
{
	struct sample *s = request(BASE, "v=0\r\n");

	(void)state;
	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_span(s->buf, s->msg.body, "v=0\r\n");
	assert_int_equal(s->msg.rest.len, 0);
	sample_free(s);
}

static void A9_content_length_bounds_the_body(void **state)
{
	struct sample *s = request(BASE "Content-Length: 3\r\n", "v=0junk");

	(void)state;
	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_span(s->buf, s->msg.body, "v=0");
	assert_span(s->buf, s->msg.rest, "junk");
	sample_free(s);
	s = request(BASE "Content-Length: 8\r\n", "v=0junk");
	assert_int_equal(s->verdict, SIP_MSG_BAD);
	assert_int_equal(s->msg.n_fields, 3);
	sample_free(s);
}

static void A10_what_is_not_sip_is_said_to_be_none(void **state)
{
	(void)state;
	assert_verdict(datagram(""), SIP_MSG_NOT_SIP);
	assert_verdict(datagram("\0\0\0\0"), SIP_MSG_NOT_SIP);
	assert_verdict(datagram("\r\n\r\n"), SIP_MSG_NOT_SIP);
	assert_verdict(datagram("\0\1\0\0\x21\x12\xa4\x42_123456789ab"),
		       SIP_MSG_NOT_SIP);
	assert_verdict(datagram("\x80\0\0\1\0\0\0\xa0ssrcpayload"),
		       SIP_MSG_NOT_SIP);
	assert_verdict(datagram("\x16\3\1\0\xa5\1\0\0\xa1\3\3"), SIP_MSG_NOT_SIP);
	assert_verdict(datagram("GET / HTTP/1.1\r\n\r\n"), SIP_MSG_NOT_SIP);
	assert_verdict(datagram("SIP/2.0 xyz\r\n\r\n"), SIP_MSG_NOT_SIP);
	assert_verdict(datagram("SIP/2.0 2000 OK\r\n\r\n"), SIP_MSG_NOT_SIP);
	assert_verdict(datagram("SIP/3.0 200 OK\r\n\r\n"), SIP_MSG_NOT_SIP);
	assert_verdict(datagram("INVITE  sip:a@b SIP/2.0\r\n\r\n"),
		       SIP_MSG_NOT_SIP);
	assert_verdict(datagram("INVITE sip:a@b SIP/2.0"), SIP_MSG_NOT_SIP);
	assert_verdict(datagram("INVITE SIP/2.0\r\n\r\n"), SIP_MSG_NOT_SIP);
}

static void B7_names_are_known_whole_or_compact(void **state)
{
	struct sample *s = request("Token: x\r\nTo\t : <sip:a@b>\r\n"
				   "V: SIP/2.0/UDP h\r\nfRoM: x\r\n"
				   "X-Via: y\r\nToo: z\r\nl: 0\r\n", "");
	const struct sip_field *f = s->msg.fields;

	(void)state;
	assert_int_equal(s->msg.n_fields, 7);
	assert_int_equal(f[0].id, SIP_HEADER_OTHER);
	assert_int_equal(f[1].id, SIP_TO);
	assert_span(s->buf, f[1].name, "To");
	assert_span(s->buf, f[1].value, "<sip:a@b>");
	assert_int_equal(f[2].id, SIP_VIA);
	assert_int_equal(f[3].id, SIP_FROM);
	assert_int_equal(f[4].id, SIP_HEADER_OTHER);
	assert_int_equal(f[5].id, SIP_HEADER_OTHER);
	assert_int_equal(f[6].id, SIP_CONTENT_LENGTH);
	sample_free(s);
}

static void folds_belong_to_their_field(void **state)
{
	struct sample *s = request("Subject: a\r\n b\r\n\tc  \r\n \r\n"
				   "To:\r\n <sip:a@b>\r\nEmpty:\r\n", "");
	const struct sip_field *f = s->msg.fields;

	(void)state;
	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_int_equal(s->msg.n_fields, 3);
	assert_span(s->buf, f[0].value, "a\r\n b\r\n\tc");
	assert_true(f[0].folded);
	assert_span(s->buf, f[1].value, "<sip:a@b>");
	assert_false(f[1].folded);
	assert_span(s->buf, f[2].value, "");
	sample_free(s);
	assert_verdict(request(" fold of the start line\r\n", ""), SIP_MSG_BAD);
}

static void lines_end_in_lf_and_cr_as_well(void **state)
{
	static const char *const texts[] = {
		"BYE sip:a@b SIP/2.0\nTo: x\n y\nl: 2\n\nhi",
		"BYE sip:a@b SIP/2.0\rTo: x\r y\rl: 2\r\rhi",
		"BYE sip:a@b SIP/2.0\r\nTo: x\n y\rl: 2\n\r\nhi",
	};
	struct sample *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		s = sample_new(texts[i], strlen(texts[i]), SIP_DATAGRAM);
		assert_int_equal(s->verdict, SIP_MSG_OK);
		assert_int_equal(s->msg.n_fields, 2);
		assert_true(s->msg.fields[0].folded);
		assert_span(s->buf, s->msg.body, "hi");
		sample_free(s);
	}
}

static void cut_datagram_is_bad_unless_cut_between_lines(void **state)
{
	(void)state;
	assert_verdict(datagram("BYE sip:a@b SIP/2.0\r\nTo: x\r\n"), SIP_MSG_OK);
	assert_verdict(datagram("BYE sip:a@b SIP/2.0\r\nTo: x"), SIP_MSG_BAD);
	assert_verdict(datagram("BYE sip:a@b SIP/2.0\r\nTo: x\r\n y"),
		       SIP_MSG_BAD);
}

static void line_without_colon_is_a_field_nobody_knows(void **state)
{
	struct sample *s = request("Contact\r\nTo: x\r\n", "");

	(void)state;
	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_null(sip_msg_first(&s->msg, SIP_VIA));
	assert_span(s->buf, s->msg.fields[0].value, "");
	assert_int_equal(s->msg.fields[1].id, SIP_TO);
	sample_free(s);
}

static void B26_any_method_and_long_headers_pass(void **state)
{
	char text[4096];
	struct sample *s;
	int len;

	(void)state;
	len = snprintf(text, sizeof(text), "FOO.bar-1 sip:x SIP/2.0\r\n"
		       "Identity: %03000d\r\nUnknown: y\r\n\r\n", 7);
	s = sample_new(text, (size_t)len, SIP_DATAGRAM);
	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_int_equal(s->msg.method, SIP_METHOD_OTHER);
	assert_span(s->buf, s->msg.method_name, "FOO.bar-1");
	assert_int_equal(s->msg.fields[0].value.len, 3000);
	sample_free(s);
}

/* A message with @n lines of @line between a good start and a good end. */
static struct sample *flood(unsigned int n, const char *line)
{
	size_t cap = 512 + n * strlen(line), len;
	char *text = malloc(cap);
	struct sample *s;

	len = (size_t)snprintf(text, cap,
			       "REGISTER sip:a SIP/2.0\r\nTo: <sip:a@b>\r\n");
	while (n--)
		len += (size_t)snprintf(text + len, cap - len, "%s", line);
	len += (size_t)snprintf(text + len, cap - len, "Content-Length: 0\r\n\r\n");
	s = sample_new(text, len, SIP_DATAGRAM);
	free(text);
	return s;
}

static void D19_floods_are_too_large(void **state)
{
	char *line = malloc(70000);
	struct sample *s;

	(void)state;
	assert_verdict(flood(253, "Via: x\r\n"), SIP_MSG_OK);
	assert_verdict(flood(254, "Via: x\r\n"), SIP_MSG_OK);
	assert_verdict(flood(255, "Via: x\r\n"), SIP_MSG_TOO_LARGE);
	assert_verdict(flood(6000, "Via: x\r\n"), SIP_MSG_TOO_LARGE);
	sprintf(line, "Via: %08160d\r\n", 0);
	assert_verdict(flood(1, line), SIP_MSG_OK);
	sprintf(line, "Via: %08190d\r\n", 0);
	s = flood(1, line);
	assert_int_equal(s->verdict, SIP_MSG_TOO_LARGE);
	assert_non_null(sip_msg_first(&s->msg, SIP_CONTENT_LENGTH));
	assert_null(sip_msg_first(&s->msg, SIP_VIA));
	sample_free(s);
	assert_verdict(flood(1, "A:\r\n"), SIP_MSG_OK);
	sprintf(line, "A: %066000d\r\n", 0);
	assert_verdict(flood(1, line), SIP_MSG_TOO_LARGE);
	free(line);
}

static void fold_flood_is_too_large(void **state)
{
	(void)state;
	assert_verdict(flood(1000, " a\r\n"), SIP_MSG_OK);
	assert_verdict(flood(3000, " a\r\n"), SIP_MSG_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_line_is_taken_apart),
		cmocka_unit_test(status_line_is_taken_apart),
		cmocka_unit_test(A1_stream_waits_for_the_whole_message),
		cmocka_unit_test(A2_leading_line_ends_are_passed_over),
		cmocka_unit_test(A5_stream_without_sane_content_length_is_bad),
		cmocka_unit_test(A6_datagram_without_content_length_is_all_body),
		cmocka_unit_test(A9_content_length_bounds_the_body),
		cmocka_unit_test(A10_what_is_not_sip_is_said_to_be_none),
		cmocka_unit_test(B7_names_are_known_whole_or_compact),
		cmocka_unit_test(folds_belong_to_their_field),
		cmocka_unit_test(lines_end_in_lf_and_cr_as_well),
		cmocka_unit_test(cut_datagram_is_bad_unless_cut_between_lines),
		cmocka_unit_test(line_without_colon_is_a_field_nobody_knows),
		cmocka_unit_test(B26_any_method_and_long_headers_pass),
		cmocka_unit_test(D19_floods_are_too_large),
		cmocka_unit_test(fold_flood_is_too_large),
	};

	return cmocka_run_group_tests_name("sip_msg", tests, NULL, NULL);
}
