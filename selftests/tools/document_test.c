// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl: JSON to messages and back, each mistake in JSON with its path, and
 * documents as text.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libmnl/libmnl.h>

#include "document.h"
#include "nl/session.h"
#include "table.h"
#include "writer.h"

static char buffer[65536] __attribute__((aligned(8)));

static struct nlmsghdr *begin(void)
{
	struct nlmsghdr *nlh;

	memset(buffer, 0, sizeof(buffer));
	nlh = mnl_nlmsg_put_header(buffer);
	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	return nlh;
}

/* Every key that session-set takes. */
static const char session_json[] =
	"{\"id\":7,\"cookie\":\"a \\u00fc\","
	"\"stream\":[{\"id\":1,\"rule\":\"nat\",\"kind\":\"rtcp\","
	"\"a\":{\"remote\":{\"addr4\":\"192.168.1.10\",\"port\":40000}},"
	"\"b\":{\"local\":{\"addr6\":\"2001:db8::1\",\"port\":20000},"
	"\"remote\":{\"addr4\":\"198.51.100.7\",\"port\":30000},"
	"\"learn\":\"same-address\",\"learn-window-ms\":5000,\"dscp\":46,"
	"\"mark\":4294967295,\"ifindex\":3,\"rate-packets\":100,"
	"\"rate-bytes\":200},\"stun\":\"user\",\"dtls\":\"drop\","
	"\"zrtp\":\"relay\",\"turn\":\"relay\"},{\"kind\":\"opaque\"}],"
	"\"stream-remove\":[4,5],\"lifetime-ms\":1,\"idle-notify-ms\":2,"
	"\"idle-expire-ms\":3}";

static json_t *load(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	return json;
}

/* JSON -> message -> struct -> message -> JSON is the JSON again. */
static void session_comes_back_as_it_went(void **state)
{
	char complaint[DOCUMENT_COMPLAINT_LEN] = "";
	json_t *json = load(session_json), *back;
	struct nl_session session;
	struct nlmsghdr *nlh = begin();
	char *text;

	(void)state;
	assert_int_equal(document_put(nlh, sizeof(buffer), &nl_session_attrs,
				      json, complaint), 0);
	assert_int_equal(nl_session_parse(nlh, &session), 0);
	assert_int_equal(session.n_streams, 2);
	assert_int_equal(session.streams[0].b.learn,
			 SIPFAST_LEARN_SAME_ADDRESS);
	nlh = begin();
	assert_int_equal(nl_session_put(nlh, sizeof(buffer), &session), 0);
	back = document_read(nlh, &nl_session_attrs);
	text = json_dumps(back, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(back);
	back = load(text);
	assert_true(json_equal(back, json));
	free(text);
	json_decref(back);
	json_decref(json);
}

static void mistake_is_told_with_its_path(void **state)
{
	static const struct {
		const char *json;
		const char *complaint;
	} mistakes[] = {
		{ "{\"cookei\":\"x\"}", "no such key: cookei" },
		{ "{\"pad\":1}", "no such key: pad" },
		{ "{\"id\":\"7\"}", "id: a number was expected" },
		{ "{\"id\":-1}", "id: out of range: -1" },
		{ "{\"id\":4294967296}", "id: out of range: 4294967296" },
		{ "{\"id\":1.5}", "id: a number was expected" },
		{ "{\"cookie\":7}", "cookie: a string was expected" },
		{ "{\"cookie\":\"12345678901234567890123456789012345678901234"
		  "567890123456789012345\"}", "cookie: longer than 64 bytes" },
		{ "{\"stream\":{}}", "stream: a list was expected" },
		{ "{\"stream\":[{},7]}", "stream[1]: an object was expected" },
		{ "{\"stream\":[{\"kind\":\"video\"}]}",
		  "stream[0].kind: one of rtp, rtcp, opaque was expected" },
		{ "{\"stream\":[{},{\"a\":{\"remote\":{\"prt\":1}}}]}",
		  "stream[1].a.remote: no such key: prt" },
		{ "{\"stream\":[{\"a\":{\"remote\":{\"port\":65536}}}]}",
		  "stream[0].a.remote.port: out of range: 65536" },
		{ "{\"stream\":[{\"a\":{\"local\":{\"addr4\":\"::1\"}}}]}",
		  "stream[0].a.local.addr4: an IPv4 address was expected" },
		{ "{\"stream\":[{\"b\":{\"dscp\":256}}]}",
		  "stream[0].b.dscp: out of range: 256" },
		{ "{\"stream-remove\":[1,\"2\"]}",
		  "stream-remove[1]: a number was expected" },
	};
	char complaint[DOCUMENT_COMPLAINT_LEN];
	json_t *json;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		json = load(mistakes[i].json);
		assert_int_equal(document_put(begin(), sizeof(buffer),
					      &nl_session_attrs, json,
					      complaint), -EINVAL);
		assert_string_equal(complaint, mistakes[i].complaint);
		json_decref(json);
	}
}

static void too_much_is_refused(void **state)
{
	char complaint[DOCUMENT_COMPLAINT_LEN];
	json_t *json = load(session_json);

	(void)state;
	assert_int_equal(document_put(begin(), 100, &nl_session_attrs, json,
				      complaint), -EMSGSIZE);
	assert_string_equal(complaint, "too much for one message");
	json_decref(json);
}

static void flags_are_names(void **state)
{
	char complaint[DOCUMENT_COMPLAINT_LEN];
	json_t *json = load("{\"capabilities\":[\"nat\",\"ipv6\"]}"), *back;
	struct nlmsghdr *nlh = begin();

	(void)state;
	assert_int_equal(document_put(nlh, sizeof(buffer), &nl_info_attrs,
				      json, complaint), 0);
	assert_int_equal(mnl_attr_get_u32(mnl_nlmsg_get_payload_offset(nlh,
							GENL_HDRLEN)),
			 SIPFAST_CAPABILITY_NAT | SIPFAST_CAPABILITY_IPV6);
	back = document_read(nlh, &nl_info_attrs);
	assert_true(json_equal(back, json));
	json_decref(back);
	json_decref(json);
}

/* A payload may have any bytes, and none. */
static void bytes_are_hexadecimal(void **state)
{
	static const unsigned char bytes[] = { 0x00, 0x01, 0xff, 0xa0 };
	struct nlmsghdr *nlh = begin();
	json_t *json, *wanted;

	(void)state;
	mnl_attr_put_u32(nlh, SIPFAST_A_PAYLOAD_SIDE, SIPFAST_SIDE_NAME_B);
	mnl_attr_put(nlh, SIPFAST_A_PAYLOAD_DATA, sizeof(bytes), bytes);
	json = document_read(nlh, &nl_payload_attrs);
	wanted = load("{\"side\": \"b\", \"data\": \"0001ffa0\"}");
	assert_true(json_equal(json, wanted));
	json_decref(wanted);
	json_decref(json);

	nlh = begin();
	mnl_attr_put(nlh, SIPFAST_A_PAYLOAD_DATA, 0, bytes);
	json = document_read(nlh, &nl_payload_attrs);
	wanted = load("{\"data\": \"\"}");
	assert_true(json_equal(json, wanted));
	json_decref(wanted);
	json_decref(json);
}

static void values_of_a_newer_module(void **state)
{
	struct nlmsghdr *nlh = begin();
	json_t *json;

	(void)state;
	mnl_attr_put_u32(nlh, SIPFAST_A_SESSION_END_REASON, 99);
	mnl_attr_put_u32(nlh, 1000, 1);
	json = document_read(nlh, &nl_session_attrs);
	assert_int_equal(json_object_size(json), 1);
	assert_int_equal(json_integer_value(json_object_get(json,
							    "end-reason")),
			 99);
	json_decref(json);
}

static void malformed_is_no_document(void **state)
{
	struct nlmsghdr *nlh = begin();

	(void)state;
	mnl_attr_put_u8(nlh, SIPFAST_A_SESSION_ID, 1);
	assert_null(document_read(nlh, &nl_session_attrs));
}

static void assert_written(const struct writer *writer, const char *json,
			   const char *wanted)
{
	json_t *object = load(json);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	writer->object(out, "session", object);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
	json_decref(object);
}

static void text_is_for_people(void **state)
{
	(void)state;
	assert_written(&writer_text,
		"{\"id\":7,\"cookie\":\"x\",\"stream\":[{\"id\":0,\"a\":"
		"{\"local\":{\"addr6\":\"2001:db8::1\",\"port\":9},"
		"\"stats\":{\"packets\":5,\"lost\":-1}}}],"
		"\"peer\":[{\"addr4\":\"192.0.2.1\"},{\"port\":5}],"
		"\"remote\":null}",
		"session 7\n"
		"  cookie: x\n"
		"  stream 0\n"
		"    a\n"
		"      local: [2001:db8::1]:9\n"
		"      stats: packets 5, lost -1\n"
		"  peer: 192.0.2.1 *:5\n"
		"  remote: -\n");
}

static void long_lines_are_broken(void **state)
{
	(void)state;
	assert_written(&writer_text,
		"{\"stats\":{\"one-long-counter-name\":1000000,"
		"\"another-long-counter-name\":2000000,"
		"\"a-third-long-counter-name\":3000000}}",
		"session\n"
		"  stats: one-long-counter-name 1000000, "
		"another-long-counter-name 2000000,\n"
		"         a-third-long-counter-name 3000000\n");
}

static void json_is_a_line(void **state)
{
	(void)state;
	assert_written(&writer_json, "{\"id\": 7, \"a\": [1, 2]}",
		       "{\"id\":7,\"a\":[1,2]}\n");
}

static void table_is_aligned(void **state)
{
	static const char *const headings[] = { "NAME", ">N", "LAST", NULL };
	struct table *table = table_new(headings);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	table_cell(table, "a");
	table_cell(table, "%d", 100);
	table_cell(table, "x");
	table_cell(table, "longer");
	table_cell(table, "%d", 1);
	table_cell(table, "y");
	table_end(table, out);
	fclose(out);
	assert_string_equal(text, "NAME      N  LAST\n"
				  "a       100  x\n"
				  "longer    1  y\n");
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(session_comes_back_as_it_went),
		cmocka_unit_test(mistake_is_told_with_its_path),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(flags_are_names),
		cmocka_unit_test(bytes_are_hexadecimal),
		cmocka_unit_test(values_of_a_newer_module),
		cmocka_unit_test(malformed_is_no_document),
		cmocka_unit_test(text_is_for_people),
		cmocka_unit_test(long_lines_are_broken),
		cmocka_unit_test(json_is_a_line),
		cmocka_unit_test(table_is_aligned),
	};

	return cmocka_run_group_tests_name("sipfastctl", tests, NULL, NULL);
}
