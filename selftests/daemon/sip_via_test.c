// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Via values, taken apart.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include "sip/via.h"
#include "sip_sample.h"

static struct sip_via via;

static int parse(const char *text)
{
	return sip_via_parse(&via, text,
			     (struct sip_span){ .len = (uint32_t)strlen(text) });
}

static void B4_white_space_stands_around_separators(void **state)
{
	static const char *const texts[] = {
		"SIP/2.0/UDP 192.168.1.10:5060;branch=z9",
		"SIP / 2.0 / UDP   192.168.1.10 : 5060 ; branch = z9",
		"sip/2.0/UDP\t192.168.1.10:5060\t;\tbranch=z9",
		"SIP\r\n /2.0\r\n\t/ UDP\r\n 192.168.1.10:\r\n 5060\r\n ;branch\r\n =\r\n z9",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(parse(texts[i]), 0);
		assert_span(texts[i], via.transport, "UDP");
		assert_span(texts[i], via.host, "192.168.1.10");
		assert_span(texts[i], via.port, "5060");
		assert_int_equal(via.port_number, 5060);
		assert_span(texts[i], via.branch, "z9");
		assert_int_equal(via.sent_by.off, via.host.off);
		assert_int_equal(sip_span_end(via.sent_by),
				 sip_span_end(via.port));
	}
}

static void B1_sent_by_may_be_a_name(void **state)
{
	static const char text[] = "SIP/2.0/UDP phone_1.local;rport";

	(void)state;
	assert_int_equal(parse(text), 0);
	assert_span(text, via.sent_by, "phone_1.local");
	assert_int_equal(via.port_number, 0);
	assert_true(via.has_rport);
	assert_span(text, via.rport, "");
	assert_span(text, via.rport_param, "rport");
}

static void B3_received_and_rport_are_found(void **state)
{
	static const char text[] =
		"SIP/2.0/TCP [2001:db8::9]:5061;RECEIVED=2001:db8::1;rport = 1024;branch=x";

	(void)state;
	assert_int_equal(parse(text), 0);
	assert_span(text, via.host, "[2001:db8::9]");
	assert_span(text, via.received, "2001:db8::1");
	assert_span(text, via.rport, "1024");
	assert_span(text, via.rport_param, "rport = 1024");
}

static void B6_all_parameters_are_kept_in_sight(void **state)
{
	static const char text[] = "SIP/2.0/UDP h;maddr=192.168.1.10;alias;keep;ob"
		";x=\";branch=no\";branch=z9hG4bK;ttl=1;hidden";

	(void)state;
	assert_int_equal(parse(text), 0);
	assert_span(text, via.maddr, "192.168.1.10");
	assert_span(text, via.branch, "z9hG4bK");
	assert_span(text, via.params, text + strlen("SIP/2.0/UDP h"));
	assert_false(via.has_rport);
}

static void what_is_no_via_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0 h", "SIP/3.0/UDP h",
		"HTTP/2.0/UDP h", "SIP/2.0/UDPh", "SIP/2.0/UDP h:", "SIP/2.0/UDP h:0",
		"SIP/2.0/UDP h:65536", "SIP/2.0/UDP h x", "SIP/2.0/UDP [::1",
		"SIP/2.0/UDP 2001:db8::1", "SIP/2.0/UDP ;branch=x",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(parse(texts[i]), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(B4_white_space_stands_around_separators),
		cmocka_unit_test(B1_sent_by_may_be_a_name),
		cmocka_unit_test(B3_received_and_rport_are_found),
		cmocka_unit_test(B6_all_parameters_are_kept_in_sight),
		cmocka_unit_test(what_is_no_via_is_refused),
	};

	return cmocka_run_group_tests_name("sip_via", tests, NULL, NULL);
}
