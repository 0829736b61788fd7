// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * daemon/nl: the kernel's extended acks, as the kernel writes them, in words.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libmnl/libmnl.h>

#include "nl/extack.h"

static char request_buffer[4096] __attribute__((aligned(8)));
static char answer_buffer[4096] __attribute__((aligned(8)));

/* Two streams; what the tests blame is in the second. */
struct request {
	struct nlmsghdr *nlh;
	struct nlattr *stream;
	struct nlattr *side;
	struct nlattr *remote;
	struct nlattr *port;
	struct nlattr *cookie;
};

static struct request build_request(void)
{
	struct nlmsghdr *nlh;
	struct request r;

	memset(request_buffer, 0, sizeof(request_buffer));
	nlh = mnl_nlmsg_put_header(request_buffer);
	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	r.nlh = nlh;
	r.cookie = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_strz(nlh, SIPFAST_A_SESSION_COOKIE, "x");
	mnl_attr_put(nlh, SIPFAST_A_SESSION_STREAM, 0, NULL);
	r.stream = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION_STREAM);
	mnl_attr_put_u32(nlh, SIPFAST_A_STREAM_ID, 1);
	r.side = mnl_attr_nest_start(nlh, SIPFAST_A_STREAM_B);
	r.remote = mnl_attr_nest_start(nlh, SIPFAST_A_SIDE_REMOTE);
	mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_ADDR4, 1);
	r.port = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_u16(nlh, SIPFAST_A_ENDPOINT_PORT, 0);
	mnl_attr_nest_end(nlh, r.remote);
	mnl_attr_nest_end(nlh, r.side);
	mnl_attr_nest_end(nlh, r.stream);
	mnl_attr_put_u32(nlh, SIPFAST_A_SESSION_LIFETIME_MS, 1);
	return r;
}

static uint32_t offset(const struct request *r, const struct nlattr *attr)
{
	return (uint32_t)((const char *)attr - (const char *)r->nlh);
}

/* An NLMSG_ERROR without the request in it, to which attributes are added. */
static struct nlmsghdr *begin_answer(int error)
{
	struct nlmsghdr *nlh;
	struct nlmsgerr *err;

	memset(answer_buffer, 0, sizeof(answer_buffer));
	nlh = mnl_nlmsg_put_header(answer_buffer);
	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));
	err->error = error;
	return nlh;
}

static void assert_text(const struct nlmsghdr *answer, const struct request *r,
			int error, const char *wanted)
{
	char text[256];

	nl_extack_text(answer, r->nlh, &nl_session_attrs, error, text,
		       sizeof(text));
	assert_string_equal(text, wanted);
}

static void path_is_found(void **state)
{
	struct request r = build_request();
	char path[NL_PATH_LEN];

	(void)state;
	nl_extack_path(r.nlh, &nl_session_attrs, offset(&r, r.port), path);
	assert_string_equal(path, "stream[1].b.remote.port");
	assert_ptr_equal(nl_extack_path(r.nlh, &nl_session_attrs,
					offset(&r, r.remote), path),
			 &nl_endpoint_attrs);
	assert_string_equal(path, "stream[1].b.remote");
	assert_ptr_equal(nl_extack_path(r.nlh, &nl_session_attrs,
					offset(&r, r.stream), path),
			 &nl_stream_attrs);
	assert_string_equal(path, "stream[1]");
	nl_extack_path(r.nlh, &nl_session_attrs, offset(&r, r.cookie), path);
	assert_string_equal(path, "cookie");
}

static void wrong_offset_is_no_path(void **state)
{
	struct request r = build_request();
	char path[NL_PATH_LEN];
	uint32_t at, found = 0;

	(void)state;
	for (at = 0; at < 2 * r.nlh->nlmsg_len; at++) {
		nl_extack_path(r.nlh, &nl_session_attrs, at, path);
		found += *path != '\0';
	}
	/* cookie, 2 streams, id, b, remote, addr4, port, lifetime-ms */
	assert_int_equal(found, 9);
}

static void message_and_attribute(void **state)
{
	struct request r = build_request();
	struct nlmsghdr *answer = begin_answer(-EINVAL);

	(void)state;
	mnl_attr_put_strz(answer, NLMSGERR_ATTR_MSG, "endpoint has no port");
	mnl_attr_put_u32(answer, NLMSGERR_ATTR_OFFS, offset(&r, r.port));
	assert_text(answer, &r, EINVAL,
		    "stream[1].b.remote.port: endpoint has no port");
}

static void attribute_alone(void **state)
{
	struct request r = build_request();
	struct nlmsghdr *answer = begin_answer(-EINVAL);

	(void)state;
	mnl_attr_put_u32(answer, NLMSGERR_ATTR_OFFS, offset(&r, r.port));
	assert_text(answer, &r, EINVAL,
		    "stream[1].b.remote.port: Invalid argument");
}

static void missing_attribute(void **state)
{
	struct request r = build_request();
	struct nlmsghdr *answer = begin_answer(-EINVAL);

	(void)state;
	mnl_attr_put_u32(answer, NLMSGERR_ATTR_MISS_TYPE,
			 SIPFAST_A_SESSION_ID);
	assert_text(answer, &r, EINVAL, "id is missing");
}

static void missing_in_nest(void **state)
{
	struct request r = build_request();
	struct nlmsghdr *answer = begin_answer(-EINVAL);

	(void)state;
	mnl_attr_put_strz(answer, NLMSGERR_ATTR_MSG, "side has no local");
	mnl_attr_put_u32(answer, NLMSGERR_ATTR_MISS_TYPE, SIPFAST_A_SIDE_LOCAL);
	mnl_attr_put_u32(answer, NLMSGERR_ATTR_MISS_NEST, offset(&r, r.side));
	assert_text(answer, &r, EINVAL, "stream[1].b.local: side has no local");
}

static void range_is_told(void **state)
{
	struct request r = build_request();
	struct nlmsghdr *answer = begin_answer(-ERANGE);
	struct nlattr *policy;

	(void)state;
	mnl_attr_put_strz(answer, NLMSGERR_ATTR_MSG, "integer out of range");
	mnl_attr_put_u32(answer, NLMSGERR_ATTR_OFFS, offset(&r, r.cookie));
	policy = mnl_attr_nest_start(answer, NLMSGERR_ATTR_POLICY);
	mnl_attr_put_u64(answer, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 0);
	mnl_attr_put_u64(answer, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, 63);
	mnl_attr_nest_end(answer, policy);
	assert_text(answer, &r, ERANGE,
		    "cookie: integer out of range, 0 to 63 is possible");
}

static void errno_alone(void **state)
{
	struct request r = build_request();
	struct nlmsghdr *answer = begin_answer(-EPERM);

	(void)state;
	answer->nlmsg_flags = NLM_F_CAPPED;
	assert_text(answer, &r, EPERM, "Operation not permitted");
}

/* Kernels echo the request before the attributes unless told not to. */
static void request_in_the_answer(void **state)
{
	struct request r = build_request();
	struct nlmsghdr *answer = begin_answer(-EINVAL);
	uint32_t len = mnl_nlmsg_get_payload_len(r.nlh);
	struct nlmsgerr *err = mnl_nlmsg_get_payload(answer);

	(void)state;
	answer->nlmsg_flags = NLM_F_ACK_TLVS;
	err->msg = *r.nlh;
	memcpy(mnl_nlmsg_put_extra_header(answer, len),
	       mnl_nlmsg_get_payload(r.nlh), len);
	mnl_attr_put_strz(answer, NLMSGERR_ATTR_MSG, "no");
	assert_text(answer, &r, EINVAL, "no");
}

static void long_message_is_cut(void **state)
{
	struct request r = build_request();
	struct nlmsghdr *answer = begin_answer(-EINVAL);
	char message[512], text[64];

	(void)state;
	memset(message, 'm', sizeof(message));
	message[sizeof(message) - 1] = '\0';
	mnl_attr_put_strz(answer, NLMSGERR_ATTR_MSG, message);
	nl_extack_text(answer, r.nlh, &nl_session_attrs, EINVAL, text,
		       sizeof(text));
	assert_int_equal(strlen(text), sizeof(text) - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_is_found),
		cmocka_unit_test(wrong_offset_is_no_path),
		cmocka_unit_test(message_and_attribute),
		cmocka_unit_test(attribute_alone),
		cmocka_unit_test(missing_attribute),
		cmocka_unit_test(missing_in_nest),
		cmocka_unit_test(range_is_told),
		cmocka_unit_test(errno_alone),
		cmocka_unit_test(request_in_the_answer),
		cmocka_unit_test(long_message_is_cut),
	};

	return cmocka_run_group_tests_name("nl extack", tests, NULL, NULL);
}
