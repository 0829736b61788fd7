// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Header values: walking lists, and the values that everybody asks for.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <string.h>

#include "sip_sample.h"

static void assert_values(const struct sample *s, enum sip_header id,
			  const char *const *texts)
{
	struct sip_values values;
	struct sip_span value;

	sip_values_begin(&values, &s->msg, id);
	for (; *texts; texts++) {
		assert_true(sip_values_next(&values, &value));
		assert_span(s->buf, value, *texts);
	}
	assert_false(sip_values_next(&values, &value));
	assert_false(sip_values_next(&values, &value));
}

static void B8_each_value_of_a_list_is_walked(void **state)
{
	static const char *const contacts[] = {
		"<sip:a@192.168.1.10:5060>;expires=3600;q=0.7",
		"\"Alice, at work\" <sips:alice@192.168.1.10:5061;transport=tls>;reg-id=1",
		"<sip:alice@[2001:db8::10]:5062>", NULL };
	struct sample *s = request(
		"m: <sip:a@192.168.1.10:5060>;expires=3600;q=0.7 ,\r\n"
		" \"Alice, at work\" <sips:alice@192.168.1.10:5061;transport=tls>;reg-id=1\r\n"
		"Contact: <sip:alice@[2001:db8::10]:5062>\r\n", "");

	(void)state;
	assert_values(s, SIP_CONTACT, contacts);
	sample_free(s);
}

static void commas_hide_in_quotes_brackets_and_comments(void **state)
{
	static const char *const contacts[] = {
		"\"q\\\",\" <sip:a,b@h>;x=\"y,z\"", "(c, (d, \\) e)) <sip:f@h>",
		"*", "", "<sip:never,closed@h", NULL };
	struct sample *s = request(
		"Contact: \"q\\\",\" <sip:a,b@h>;x=\"y,z\", (c, (d, \\) e)) <sip:f@h>"
		",*,,<sip:never,closed@h\r\n", "");

	(void)state;
	assert_values(s, SIP_CONTACT, contacts);
	sample_free(s);
}

static void missing_header_has_no_values(void **state)
{
	static const char *const none[] = { NULL };
	struct sample *s = request("To: x\r\n", "");

	(void)state;
	assert_values(s, SIP_ROUTE, none);
	sample_free(s);
}

static void B5_only_topmost_via(void **state)
{
	struct sample *s = request("Via: SIP/2.0/UDP a;branch=1,SIP/2.0/UDP b\r\n"
				   "Via: SIP/2.0/UDP c\r\n", "");
	struct sip_span value;

	(void)state;
	assert_true(sip_msg_top_via(&s->msg, &value));
	assert_span(s->buf, value, "SIP/2.0/UDP a;branch=1");
	sample_free(s);
	s = request("Via: broken\r\nVia: SIP/2.0/UDP c\r\n", "");
	assert_true(sip_msg_top_via(&s->msg, &value));
	assert_span(s->buf, value, "broken");
	sample_free(s);
}

static void dialog_is_told_by_call_id_and_tags(void **state)
{
	struct sample *s = request(
		"i:\r\n a84b4c76e66710@192.168.1.10\r\n"
		"From: \"A;tag=no\" <sip:a@b;tag=no>; x=1 ; TAG = 19\r\n"
		"t: sip:bob@example.com\r\n", "");
	struct sip_span span;

	(void)state;
	assert_true(sip_msg_call_id(&s->msg, &span));
	assert_span(s->buf, span, "a84b4c76e66710@192.168.1.10");
	assert_true(sip_msg_from_tag(&s->msg, &span));
	assert_span(s->buf, span, "19");
	assert_true(sip_msg_to_tag(&s->msg, &span));
	assert_int_equal(span.len, 0);
	sample_free(s);
}

static void what_contradicts_itself_says_nothing(void **state)
{
	struct sample *s = request("Call-ID: a\r\ni: b\r\nFrom: <sip:a@b>;tag=1\r\n"
				   "From: <sip:a@b>;tag=2\r\nCSeq: 1 BYE\r\n"
				   "CSeq: 2 BYE\r\nExpires: 1\r\nExpires: 2\r\n",
				   "");
	struct sip_cseq cseq;
	struct sip_span span;
	uint32_t number;

	(void)state;
	assert_false(sip_msg_call_id(&s->msg, &span));
	assert_false(sip_msg_from_tag(&s->msg, &span));
	assert_false(sip_msg_to_tag(&s->msg, &span));
	assert_false(sip_msg_cseq(&s->msg, &cseq));
	assert_false(sip_msg_number(&s->msg, SIP_EXPIRES, &number));
	sample_free(s);
}

static void cseq_is_number_and_method(void **state)
{
	static const struct { const char *text; bool good; } cases[] = {
		{ "4711 PRACK", true }, { "0000004711\r\n\tPRACK", true },
		{ "PRACK 4711", false }, { "4711PRACK", false },
		{ "4294967296 PRACK", false }, { "4711 PRACK x", false },
		{ "4711", false }, { "-1 PRACK", false }, { "", false },
	};
	struct sip_cseq cseq;
	struct sample *s;
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(text, "PRACK sip:a@b SIP/2.0\r\nCSeq: ");
		strcat(strcat(text, cases[i].text), "\r\n\r\n");
		s = sample_new(text, strlen(text), SIP_DATAGRAM);
		assert_int_equal(sip_msg_cseq(&s->msg, &cseq), cases[i].good);
		if (cases[i].good) {
			assert_int_equal(cseq.number, 4711);
			assert_int_equal(cseq.method, SIP_PRACK);
			assert_span(s->buf, cseq.method_name, "PRACK");
		}
		sample_free(s);
	}
}

static void B15_seconds_are_read(void **state)
{
	struct sample *s = request("Expires: 3600\r\nRetry-After: 5;duration=9\r\n"
				   "Min-Expires: 99999999999999999999\r\n"
				   "RSeq: 1x\r\nMax-Forwards: 70 (c)\r\n", "");
	uint32_t number;

	(void)state;
	assert_true(sip_msg_number(&s->msg, SIP_EXPIRES, &number));
	assert_int_equal(number, 3600);
	assert_true(sip_msg_number(&s->msg, SIP_RETRY_AFTER, &number));
	assert_int_equal(number, 5);
	assert_true(sip_msg_number(&s->msg, SIP_MIN_EXPIRES, &number));
	assert_int_equal(number, UINT32_MAX);
	assert_true(sip_msg_number(&s->msg, SIP_MAX_FORWARDS, &number));
	assert_int_equal(number, 70);
	assert_false(sip_msg_number(&s->msg, SIP_RSEQ, &number));
	sample_free(s);
}

static void option_tags_are_looked_up_whole(void **state)
{
	struct sample *s = request("k: timer, 100REL\r\nSupported: path\r\n", "");

	(void)state;
	assert_true(sip_msg_has_token(&s->msg, SIP_SUPPORTED, "100rel"));
	assert_true(sip_msg_has_token(&s->msg, SIP_SUPPORTED, "path"));
	assert_false(sip_msg_has_token(&s->msg, SIP_SUPPORTED, "pat"));
	assert_false(sip_msg_has_token(&s->msg, SIP_REQUIRE, "path"));
	sample_free(s);
}

static void methods_are_known_by_exact_name(void **state)
{
	(void)state;
	assert_int_equal(sip_method_read("UPDATE", (struct sip_span){ 0, 6 }),
			 SIP_UPDATE);
	assert_int_equal(sip_method_read("update", (struct sip_span){ 0, 6 }),
			 SIP_METHOD_OTHER);
	assert_int_equal(sip_method_read("INVITES", (struct sip_span){ 0, 7 }),
			 SIP_METHOD_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(B8_each_value_of_a_list_is_walked),
		cmocka_unit_test(commas_hide_in_quotes_brackets_and_comments),
		cmocka_unit_test(missing_header_has_no_values),
		cmocka_unit_test(B5_only_topmost_via),
		cmocka_unit_test(dialog_is_told_by_call_id_and_tags),
		cmocka_unit_test(what_contradicts_itself_says_nothing),
		cmocka_unit_test(cseq_is_number_and_method),
		cmocka_unit_test(B15_seconds_are_read),
		cmocka_unit_test(option_tags_are_looked_up_whole),
		cmocka_unit_test(methods_are_known_by_exact_name),
	};

	return cmocka_run_group_tests_name("sip_value", tests, NULL, NULL);
}
