// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * URIs and addresses, taken apart.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include "sip/param.h"
#include "sip/uri.h"
#include "sip_sample.h"

static struct sip_span all(const char *text)
{
	return (struct sip_span){ .len = (uint32_t)strlen(text) };
}

struct uri_case {
	const char *text, *user, *host, *port, *params, *headers;
};

static void assert_uri(const struct uri_case *c, enum sip_scheme scheme)
{
	struct sip_uri uri;

	assert_int_equal(sip_uri_parse(&uri, c->text, all(c->text)), 0);
	assert_int_equal(uri.scheme, scheme);
	assert_span(c->text, uri.user, c->user);
	assert_span(c->text, uri.host, c->host);
	assert_span(c->text, uri.port, c->port);
	assert_span(c->text, uri.params, c->params);
	assert_span(c->text, uri.headers, c->headers);
	assert_int_equal(uri.host_port.off, uri.host.off);
	assert_int_equal(sip_span_end(uri.host_port), uri.port.len ?
			 sip_span_end(uri.port) : sip_span_end(uri.host));
}

static void sip_uri_has_its_parts(void **state)
{
	static const struct uri_case cases[] = {
		{ "sip:a@192.0.2.1:5070;ob?X=y", "a", "192.0.2.1", "5070", ";ob", "?X=y" },
		{ "SIP:192.0.2.1", "", "192.0.2.1", "", "", "" },
		{ "sip:a:pw@h", "a:pw", "h", "", "", "" },
		{ "sip:+1-555;ext=2@h;user=phone", "+1-555;ext=2", "h", "", ";user=phone", "" },
		{ "sip:a%40b%00c@h", "a%40b%00c", "h", "", "", "" },
		{ "sip:a?b/c@h", "a?b/c", "h", "", "", "" },
		{ "sip:*21#@h:1", "*21#", "h", "1", "", "" },
		{ "sip:h;a=b;c?d=e&f=g", "", "h", "", ";a=b;c", "?d=e&f=g" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_uri(&cases[i], SIP_SCHEME_SIP);
}

static void RFC5118_ipv6_references_keep_their_brackets(void **state)
{
	static const struct uri_case cases[] = {
		{ "sip:[2001:db8::10]", "", "[2001:db8::10]", "", "", "" },
		{ "sip:a@[2001:db8::10]:5070", "a", "[2001:db8::10]", "5070", "", "" },
		{ "sip:[::ffff:192.0.2.1];lr", "", "[::ffff:192.0.2.1]", "", ";lr", "" },
		{ "sip:[2001:db8::1]:5060;x=y@z", "", "[2001:db8::1]", "5060", ";x=y@z", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_uri(&cases[i], SIP_SCHEME_SIP);
}

/* RFC 3261 25.1: `;` may be in a user, `@` in no parameter (RFC 4475 3.1.1.10). */
static void B11_at_sign_is_read_by_the_grammar(void **state)
{
	static const struct uri_case cases[] = {
		{ "sip:a@192.168.1.10;x=y@z", "a", "192.168.1.10", "", ";x=y@z", "" },
		{ "sip:192.168.1.10:5060;x=y@z", "", "192.168.1.10", "5060", ";x=y@z", "" },
		{ "sip:a@192.168.1.10?x=y@z", "a", "192.168.1.10", "", "", "?x=y@z" },
		{ "sip:192.168.1.10;x=y@z", "192.168.1.10;x=y", "z", "", "", "" },
		{ "sip:user;par=u%40example.net@example.com",
		  "user;par=u%40example.net", "example.com", "", "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_uri(&cases[i], SIP_SCHEME_SIP);
}

static void B9_sips_is_a_scheme_of_its_own(void **state)
{
	static const struct uri_case c = {
		"sips:a@192.168.1.10:5061", "a", "192.168.1.10", "5061", "", "" };
	struct sip_uri uri;

	(void)state;
	assert_uri(&c, SIP_SCHEME_SIPS);
	assert_int_equal(sip_uri_parse(&uri, "sips:h", all("sips:h")), 0);
	assert_int_equal(sip_uri_default_port(&uri), 5061);
	assert_int_equal(sip_uri_parse(&uri, "sip:h", all("sip:h")), 0);
	assert_int_equal(sip_uri_default_port(&uri), 5060);
}

static void B10_any_port_will_do_but_none_is_invented(void **state)
{
	static const struct { const char *text; uint16_t port; } cases[] = {
		{ "sip:h:1", 1 }, { "sip:h:80", 80 }, { "sip:h:65535", 65535 },
		{ "sip:h:005060", 5060 }, { "sip:h", 0 },
	};
	struct sip_uri uri;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(sip_uri_parse(&uri, cases[i].text,
					       all(cases[i].text)), 0);
		assert_int_equal(uri.port_number, cases[i].port);
	}
}

static void other_schemes_are_told_and_left(void **state)
{
	struct sip_uri uri;

	(void)state;
	assert_int_equal(sip_uri_parse(&uri, "tel:+1", all("tel:+1")), 0);
	assert_int_equal(uri.scheme, SIP_SCHEME_TEL);
	assert_int_equal(uri.host.len, 0);
	assert_int_equal(sip_uri_parse(&uri, "http://h/x", all("http://h/x")), 0);
	assert_int_equal(uri.scheme, SIP_SCHEME_OTHER);
}

static void what_is_no_uri_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "sip:", "sip", "sip:a@", "sip:h:", "sip:h:0", "sip:h:65536",
		"sip:h:99999999999", "sip:h:5060x", "sip:[2001:db8::1",
		"sip:[]", "sip:2001:db8::1", "sip:a@b@h", "sip:a b@h",
		"sip:h\r\n;lr", "<sip:h>", "sip:h/x", "1sip:h", ":h",
	};
	struct sip_uri uri;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(sip_uri_parse(&uri, texts[i], all(texts[i])),
				 -EINVAL);
}

struct addr_case {
	const char *text, *display, *uri, *params;
	bool bracketed;
};

static void addresses_have_their_parts(void **state)
{
	static const struct addr_case cases[] = {
		{ "<sip:a@h;ob>;expires=60", "", "sip:a@h;ob", ";expires=60", true },
		{ "\"A, \\\"<B\" <sip:a@h>", "\"A, \\\"<B\"", "sip:a@h", "", true },
		{ "Alice B <sip:a@h> ; q=1", "Alice B", "sip:a@h", "; q=1", true },
		{ "J\xc3\xbcrgen<sip:a@h>", "J\xc3\xbcrgen", "sip:a@h", "", true },
		{ "sip:a@h;tag=1;lr", "", "sip:a@h", ";tag=1;lr", false },
		{ "sip:a@h", "", "sip:a@h", "", false },
		{ " < sip:a@h > ", "", "sip:a@h", "", true },
		{ "\"\"\r\n <sip:a@h>\r\n ;q=1", "\"\"", "sip:a@h", ";q=1", true },
		{ "sip:a@h;x=\"<sip:b@c>\"", "", "sip:a@h", ";x=\"<sip:b@c>\"", false },
		{ "<sip:a@h?Replaces=1%3Bto-tag%3D2>", "",
		  "sip:a@h?Replaces=1%3Bto-tag%3D2", "", true },
	};
	struct sip_addr addr;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct addr_case *c = &cases[i];

		assert_int_equal(sip_addr_parse(&addr, c->text, all(c->text)), 0);
		assert_false(addr.star);
		assert_int_equal(addr.bracketed, c->bracketed);
		assert_span(c->text, addr.display, c->display);
		assert_span(c->text, addr.uri, c->uri);
		assert_span(c->text, addr.params, c->params);
	}
}

static void B13_star_is_an_address_of_its_own(void **state)
{
	struct sip_addr addr;

	(void)state;
	assert_int_equal(sip_addr_parse(&addr, " * ", all(" * ")), 0);
	assert_true(addr.star);
	assert_int_equal(addr.uri.len, 0);
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "<sip:a@h", "<>", "<sip:a@h> x", "\"a <sip:a@h", ";tag=1",
	};
	struct sip_addr addr;
	struct sip_uri uri;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_true(sip_addr_parse(&addr, texts[i], all(texts[i])) ||
			    sip_uri_parse(&uri, texts[i], addr.uri));
}

static void B16_parameters_are_found_by_name(void **state)
{
	static const char text[] = ";expires = 60;+sip.instance=\"<urn:a;b=\\\"c>\""
				   ";ob; q=0.5 ;; Q=1;e=";
	struct sip_span list = all(text);
	struct sip_param param;
	unsigned int n = 0;

	(void)state;
	assert_true(sip_param_find(text, list, "EXPIRES", &param));
	assert_span(text, param.value, "60");
	assert_span(text, param.whole, "expires = 60");
	assert_true(sip_param_find(text, list, "+sip.instance", &param));
	assert_span(text, param.value, "\"<urn:a;b=\\\"c>\"");
	assert_true(sip_param_find(text, list, "ob", &param));
	assert_int_equal(param.value.len, 0);
	assert_true(sip_param_find(text, list, "q", &param));
	assert_span(text, param.value, "0.5");
	assert_true(sip_param_find(text, list, "e", &param));
	assert_int_equal(param.value.len, 0);
	assert_false(sip_param_find(text, list, "b", &param));
	while (sip_param_next(text, &list, &param))
		n++;
	assert_int_equal(n, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sip_uri_has_its_parts),
		cmocka_unit_test(RFC5118_ipv6_references_keep_their_brackets),
		cmocka_unit_test(B11_at_sign_is_read_by_the_grammar),
		cmocka_unit_test(B9_sips_is_a_scheme_of_its_own),
		cmocka_unit_test(B10_any_port_will_do_but_none_is_invented),
		cmocka_unit_test(other_schemes_are_told_and_left),
		cmocka_unit_test(what_is_no_uri_is_refused),
		cmocka_unit_test(addresses_have_their_parts),
		cmocka_unit_test(B13_star_is_an_address_of_its_own),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(B16_parameters_are_found_by_name),
	};

	return cmocka_run_group_tests_name("sip_uri", tests, NULL, NULL);
}
