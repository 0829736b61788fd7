// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The second opinion: agrees with what both parsers read, and doubts the rest.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <string.h>

#include "sip/mime.h"
#include "sip/opinion.h"
#include "sip_sample.h"

static struct sip_span all(const char *text)
{
	return (struct sip_span){ .len = (uint32_t)strlen(text) };
}

static bool via(const char *text)
{
	struct sip_via parsed;

	assert_int_equal(sip_via_parse(&parsed, text, all(text)), 0);
	return sip_opinion_via(text, all(text), &parsed);
}

static bool addr(const char *text)
{
	struct sip_uri uri = { 0 };
	struct sip_addr parsed;

	assert_int_equal(sip_addr_parse(&parsed, text, all(text)), 0);
	if (!parsed.star)
		assert_int_equal(sip_uri_parse(&uri, text, parsed.uri), 0);
	return sip_opinion_addr(text, all(text), &parsed, &uri);
}

static bool uri(const char *text)
{
	struct sip_uri parsed;

	assert_int_equal(sip_uri_parse(&parsed, text, all(text)), 0);
	return sip_opinion_uri(text, &parsed);
}

static void both_read_vias_alike(void **state)
{
	(void)state;
	assert_true(via("SIP/2.0/UDP 192.168.1.10:5060;branch=z9;rport"));
	assert_true(via("SIP/2.0/TCP phone.local"));
	assert_true(via("SIP/2.0/UDP [2001:db8::1]:5060;received=2001:db8::2"));
	assert_true(via("SIP/2.0/UDP h;maddr=1.2.3.4;alias;x=\"a;b, c\";branch=z"));
}

static void B4_white_space_is_no_disagreement(void **state)
{
	(void)state;
	assert_true(via("SIP / 2.0 / UDP   192.168.1.10 : 5060 ; branch = z9"));
	assert_true(via("SIP\r\n\t/\t2.0/UDP\r\n 192.168.1.10\t:5060"));
	assert_true(addr("< sip:a@192.168.1.10 > ;\r\n expires = 60"));
}

static void both_read_addresses_alike(void **state)
{
	(void)state;
	assert_true(addr("<sip:a@192.168.1.10:5061;ob>;expires=60;"
			 "+sip.instance=\"<urn:uuid:1>\""));
	assert_true(addr("\"A, \\\"<B\" <sips:a@192.168.1.10>;q=1"));
	assert_true(addr("Alice B <sip:a@[2001:db8::10]>"));
	assert_true(addr("sip:a@192.168.1.10;tag=1"));
	assert_true(addr("<sip:c@192.168.1.11:5070?Replaces=1%3Bto-tag%3D2>"));
	assert_true(addr("<sip:a@192.168.1.10;x=y@z>"));
	assert_true(addr("*"));
}

static void names_in_any_script_are_no_disagreement(void **state)
{
	(void)state;
	assert_true(addr("J\xc3\xbcrgen Gr\xc3\xbcn <sip:a@192.168.1.10>;tag=1"));
}

static void both_read_uris_alike(void **state)
{
	(void)state;
	assert_true(uri("sip:alice@203.0.113.1:5062;ob;transport=udp"));
	assert_true(uri("sip:user;par=u%40example.net@example.com"));
	assert_true(uri("sip:%00a%40b:pw@192.0.2.1:1"));
	assert_true(uri("tel:+1-201-555-0123"));
	assert_true(uri("urn:service:sos"));
}

static void B11_both_take_a_semicolon_for_a_user(void **state)
{
	(void)state;
	assert_true(uri("sip:192.168.1.10;x=y@z"));
}

static void different_readings_are_doubted(void **state)
{
	(void)state;
	/* libosip2 takes all before any `@` for a user. */
	assert_false(uri("sip:[2001:db8::1]:5060;x=y@z"));
	assert_false(uri("sip:192.168.1.10:5060;x=y@z"));
	/* It has no empty parameters. */
	assert_false(via("SIP/2.0/UDP h;rport=;branch=z"));
}

static void spans_that_lie_are_found_out(void **state)
{
	static const char text[] = "<sip:a@192.168.1.10:5060>;q=1";
	struct sip_addr parsed;
	struct sip_uri whole, part;

	(void)state;
	assert_int_equal(sip_addr_parse(&parsed, text, all(text)), 0);
	assert_int_equal(sip_uri_parse(&whole, text, parsed.uri), 0);
	assert_true(sip_opinion_addr(text, all(text), &parsed, &whole));
	part = whole;
	part.host.len--;
	assert_false(sip_opinion_addr(text, all(text), &parsed, &part));
	part = whole;
	part.port.len--;
	assert_false(sip_opinion_addr(text, all(text), &parsed, &part));
	parsed.params.len = 0;
	assert_false(sip_opinion_addr(text, all(text), &parsed, &whole));
}

static void D19_long_values_are_not_asked_about(void **state)
{
	char text[SIP_OPINION_MAX + 2] = "<sip:a@h>";

	(void)state;
	memset(text + strlen(text), ' ', SIP_OPINION_MAX - strlen(text));
	assert_true(addr(text));
	strcat(text, " ");
	assert_false(addr(text));
}

static void nul_in_a_value_is_doubted(void **state)
{
	static const char text[] = "<sip:a@h>;x=\"\0\"";
	struct sip_span value = { .len = sizeof(text) - 1 };
	struct sip_addr parsed;
	struct sip_uri parsed_uri;

	(void)state;
	assert_int_equal(sip_addr_parse(&parsed, text, value), 0);
	assert_int_equal(sip_uri_parse(&parsed_uri, text, parsed.uri), 0);
	assert_false(sip_opinion_addr(text, value, &parsed, &parsed_uri));
}

static void cseq_and_content_type_are_confirmed(void **state)
{
	static const char cseq_text[] = "0042\r\n INVITE";
	static const char type_text[] = "Application / SDP;charset=\"utf-8\"";
	struct sample *s = request("CSeq: 0042\r\n INVITE\r\n", "");
	struct sip_media_type type;
	struct sip_cseq cseq;

	(void)state;
	assert_true(sip_msg_cseq(&s->msg, &cseq));
	assert_true(sip_opinion_cseq(s->buf, s->msg.fields[0].value, &cseq));
	cseq.method_name.len--;
	assert_false(sip_opinion_cseq(s->buf, s->msg.fields[0].value, &cseq));
	assert_int_equal(strlen(cseq_text), s->msg.fields[0].value.len);
	sample_free(s);
	assert_int_equal(sip_media_type_parse(&type, type_text, all(type_text)),
			 0);
	assert_true(sip_opinion_content_type(type_text, all(type_text),
					     type.type, type.subtype));
	assert_false(sip_opinion_content_type(type_text, all(type_text),
					      type.subtype, type.type));
}

static int init(void **state)
{
	(void)state;
	return sip_opinion_init();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_read_vias_alike),
		cmocka_unit_test(B4_white_space_is_no_disagreement),
		cmocka_unit_test(both_read_addresses_alike),
		cmocka_unit_test(names_in_any_script_are_no_disagreement),
		cmocka_unit_test(both_read_uris_alike),
		cmocka_unit_test(B11_both_take_a_semicolon_for_a_user),
		cmocka_unit_test(different_readings_are_doubted),
		cmocka_unit_test(spans_that_lie_are_found_out),
		cmocka_unit_test(D19_long_values_are_not_asked_about),
		cmocka_unit_test(nul_in_a_value_is_doubted),
		cmocka_unit_test(cseq_and_content_type_are_confirmed),
	};

	return cmocka_run_group_tests_name("sip_opinion", tests, init, NULL);
}
