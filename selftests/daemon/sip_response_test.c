// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Answers of our own (RFC 3261 section 8.2.6).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include "sip/response.h"
#include "sip_sample.h"

#define HEAD "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\ni: x\r\nCSeq: 1 INVITE\r\n"

static const struct sip_response unavailable = {
	.status = 503, .reason = "Service Unavailable",
	.header = "Retry-After: 5\r\n", .received = "192.168.1.10", .rport = 5070,
};

static char out[4096];

static ssize_t answer(struct sample *sample)
{
	ssize_t len = sip_response_write(out, sizeof(out), &sample->msg,
					 &unavailable);

	if (len >= 0)
		out[len] = '\0';
	sample_free(sample);
	return len;
}

static void answer_is_made_of_the_request(void **state)
{
	char expected[1024], *tag;

	(void)state;
	assert_true(answer(request(
		"Via: SIP/2.0/UDP h;rport ;branch=1 ,\r\n SIP/2.0/UDP i\r\n"
		"v: SIP/2.0/TCP j\r\n" HEAD "Content-Length: 0\r\n", "")) > 0);
	tag = strstr(strstr(out, "To:"), ";tag=");
	assert_non_null(tag);
	strcpy(expected, "SIP/2.0 503 Service Unavailable\r\n"
	       "Via: SIP/2.0/UDP h;rport=5070 ;branch=1;received=192.168.1.10 ,\r\n"
	       " SIP/2.0/UDP i\r\nv: SIP/2.0/TCP j\r\n"
	       "From: <sip:a@b>;tag=1\r\ni: x\r\nCSeq: 1 INVITE\r\nTo: <sip:c@d>");
	strncat(expected, tag, strlen(";tag=01234567"));
	strcat(expected, "\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n");
	assert_string_equal(out, expected);
}

static void repeated_request_gets_the_same_answer(void **state)
{
	static char first[sizeof(out)];

	(void)state;
	assert_true(answer(request("v: SIP/2.0/UDP h;branch=1\r\n" HEAD, "")) > 0);
	strcpy(first, out);
	assert_true(answer(request("v: SIP/2.0/UDP h;branch=1\r\n" HEAD, "")) > 0);
	assert_string_equal(out, first);
	assert_true(answer(request("v: SIP/2.0/UDP h;branch=2\r\n" HEAD, "")) > 0);
	assert_string_not_equal(strstr(out, "To:"), strstr(first, "To:"));
}

static void tag_of_to_is_kept(void **state)
{
	(void)state;
	assert_true(answer(request("Via: SIP/2.0/UDP h\r\nFrom: <sip:a@b>;tag=1\r\n"
				   "To: <sip:c@d>;tag=2\r\ni: x\r\n"
				   "CSeq: 1 BYE\r\n", "")) > 0);
	assert_non_null(strstr(out, "To: <sip:c@d>;tag=2\r\n"));
	assert_non_null(strstr(out, "Via: SIP/2.0/UDP h;received=192.168.1.10\r\n"));
}

static void A9_bad_request_is_answered(void **state)
{
	struct sample *s = request("Via: SIP/2.0/UDP h\r\n" HEAD
				   "Content-Length: 99\r\n", "short");

	(void)state;
	assert_int_equal(s->verdict, SIP_MSG_BAD);
	assert_true(answer(s) > 0);
}

static void answer_is_a_message_again(void **state)
{
	struct sample *s;

	(void)state;
	assert_true(answer(request("Via: SIP/2.0/UDP h\r\n" HEAD, "")) > 0);
	s = sample_new(out, strlen(out), SIP_STREAM);
	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_int_equal(s->msg.status, 503);
	sample_free(s);
}

static void what_may_not_be_answered_is_refused(void **state)
{
	(void)state;
	assert_int_equal(answer(datagram("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\n"
					 HEAD "\r\n")), -EINVAL);
	assert_int_equal(answer(datagram("ACK sip:a@b SIP/2.0\r\n"
					 "Via: SIP/2.0/UDP h\r\n" HEAD "\r\n")),
			 -EINVAL);
	assert_int_equal(answer(request(HEAD, "")), -EINVAL);
	assert_int_equal(answer(request("Via: broken\r\n" HEAD, "")), -EINVAL);
	assert_int_equal(answer(request("Via: SIP/2.0/UDP h\r\n"
					"From: <sip:a@b>\r\ni: x\r\n", "")),
			 -EINVAL);
}

static void answer_needs_its_room(void **state)
{
	struct sample *s = request("Via: SIP/2.0/UDP h\r\n" HEAD, "");
	ssize_t len = sip_response_write(out, sizeof(out), &s->msg,
					 &unavailable);

	(void)state;
	assert_int_equal(sip_response_write(out, (size_t)len, &s->msg,
					    &unavailable), len);
	assert_int_equal(sip_response_write(out, (size_t)len - 1, &s->msg,
					    &unavailable), -ENOBUFS);
	sample_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answer_is_made_of_the_request),
		cmocka_unit_test(repeated_request_gets_the_same_answer),
		cmocka_unit_test(tag_of_to_is_kept),
		cmocka_unit_test(A9_bad_request_is_answered),
		cmocka_unit_test(answer_is_a_message_again),
		cmocka_unit_test(what_may_not_be_answered_is_refused),
		cmocka_unit_test(answer_needs_its_room),
	};

	return cmocka_run_group_tests_name("sip_response", tests, NULL, NULL);
}
