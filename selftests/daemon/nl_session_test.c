// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * daemon/nl: sessions and pinholes to the wire and back, and what is malformed.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libmnl/libmnl.h>

#include "nl/pinhole.h"
#include "nl/session.h"

static char buffer[65536] __attribute__((aligned(8)));

static struct nlmsghdr *begin(void)
{
	struct nlmsghdr *nlh;

	memset(buffer, 0, sizeof(buffer));
	nlh = mnl_nlmsg_put_header(buffer);
	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	return nlh;
}

static struct nl_endpoint endpoint(const char *text)
{
	struct nl_endpoint result;

	assert_int_equal(nl_endpoint_read(text, &result), 0);
	return result;
}

static void assert_endpoint(const struct nl_endpoint *actual, const char *text)
{
	char buf[NL_ENDPOINT_TEXT_LEN];

	assert_string_equal(nl_endpoint_text(actual, buf), text);
}

/* All that a request can carry. */
static struct nl_session full_session(void)
{
	struct nl_session session = {
		.has = { .id = true, .cookie = true, .lifetime_ms = true,
			 .idle_notify_ms = true, .idle_expire_ms = true },
		.id = 7,
		.cookie = "a cookie",
		.lifetime_ms = 1,
		.idle_notify_ms = 2,
		.idle_expire_ms = 3,
		.n_streams = 2,
		.n_removes = 2,
		.removes = { 5, 255 },
	};
	struct nl_stream *stream = &session.streams[0];

	stream->has.id = stream->has.rule = stream->has.kind = true;
	stream->has.stun = stream->has.dtls = true;
	stream->has.zrtp = stream->has.turn = true;
	stream->id = 255;
	stream->rule = SIPFAST_RULE_NAT;
	stream->kind = SIPFAST_KIND_OPAQUE;
	stream->stun = SIPFAST_DISPOSITION_USER;
	stream->dtls = SIPFAST_DISPOSITION_DROP;
	stream->zrtp = SIPFAST_DISPOSITION_RELAY;
	stream->turn = SIPFAST_DISPOSITION_USER;
	stream->a.has.remote = true;
	stream->a.remote = endpoint("192.0.2.1:4000");
	stream->b.has.local = stream->b.has.learn = true;
	stream->b.has.learn_window_ms = stream->b.has.dscp = true;
	stream->b.has.mark = stream->b.has.ifindex = true;
	stream->b.has.rate_packets = stream->b.has.rate_bytes = true;
	stream->b.local = endpoint("[2001:db8::1]:5000");
	stream->b.learn = SIPFAST_LEARN_OFF;
	stream->b.learn_window_ms = 4;
	stream->b.dscp = 46;
	stream->b.mark = 0xdeadbeef;
	stream->b.ifindex = 6;
	stream->b.rate_packets = 7;
	stream->b.rate_bytes = 8;
	return session;
}

static void session_comes_back_as_it_went(void **state)
{
	struct nl_session sent = full_session(), got;
	struct nlmsghdr *nlh = begin();

	(void)state;
	assert_int_equal(nl_session_put(nlh, sizeof(buffer), &sent), 0);
	assert_int_equal(nl_session_parse(nlh, &got), 0);
	assert_memory_equal(&got, &sent, sizeof(sent));
}

static void nothing_given_is_nothing_sent(void **state)
{
	struct nl_session session = { .id = 7, .cookie = "x" };
	struct nlmsghdr *nlh = begin();

	(void)state;
	assert_int_equal(nl_session_put(nlh, sizeof(buffer), &session), 0);
	assert_int_equal(nlh->nlmsg_len, NLMSG_HDRLEN + GENL_HDRLEN);
}

static void zero_given_is_zero_sent(void **state)
{
	struct nl_session session = { .has.lifetime_ms = true }, got;
	struct nlmsghdr *nlh = begin();

	(void)state;
	assert_int_equal(nl_session_put(nlh, sizeof(buffer), &session), 0);
	assert_int_equal(nl_session_parse(nlh, &got), 0);
	assert_true(got.has.lifetime_ms);
	assert_int_equal(got.lifetime_ms, 0);
}

static void full_message_is_refused(void **state)
{
	struct nl_session session = full_session();
	struct nlmsghdr *nlh = begin();
	uint32_t room, len;

	(void)state;
	assert_int_equal(nl_session_put(nlh, sizeof(buffer), &session), 0);
	len = nlh->nlmsg_len;
	for (room = NLMSG_HDRLEN + GENL_HDRLEN; room < len; room += 4)
		assert_int_equal(nl_session_put(begin(), room, &session),
				 -EMSGSIZE);
	assert_int_equal(nl_session_put(begin(), len, &session), 0);
}

static void absurd_count_is_refused(void **state)
{
	struct nl_session session = { .n_streams = SIPFAST_MAX_STREAMS + 1 };

	(void)state;
	assert_int_equal(nl_session_put(begin(), sizeof(buffer), &session),
			 -EINVAL);
}

static void figures_are_read(void **state)
{
	struct nlmsghdr *nlh = begin();
	struct nlattr *stream, *side, *stats;
	struct nl_session session;

	(void)state;
	mnl_attr_put_u32(nlh, SIPFAST_A_SESSION_ID, 9);
	stream = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION_STREAM);
	side = mnl_attr_nest_start(nlh, SIPFAST_A_STREAM_B);
	stats = mnl_attr_nest_start(nlh, SIPFAST_A_SIDE_STATS);
	mnl_attr_put_u64(nlh, SIPFAST_A_FLOW_STATS_PACKETS, UINT64_MAX);
	mnl_attr_put_u64(nlh, SIPFAST_A_FLOW_STATS_LOST, (uint64_t)-3);
	mnl_attr_put(nlh, SIPFAST_A_FLOW_STATS_PAD, 0, NULL);
	mnl_attr_put_u32(nlh, SIPFAST_A_FLOW_STATS_JITTER, 80);
	mnl_attr_put_u8(nlh, SIPFAST_A_FLOW_STATS_PAYLOAD_TYPE, 8);
	mnl_attr_put_u64(nlh, SIPFAST_A_FLOW_STATS_DROPPED, 4);
	mnl_attr_nest_end(nlh, stats);
	mnl_attr_nest_end(nlh, side);
	mnl_attr_nest_end(nlh, stream);
	mnl_attr_put_u32(nlh, 1000, 1);	/* what a newer module might say */
	mnl_attr_put_u32(nlh, SIPFAST_A_SESSION_END_REASON,
			 SIPFAST_END_REASON_IDLE);

	assert_int_equal(nl_session_parse(nlh, &session), 0);
	assert_int_equal(session.id, 9);
	assert_int_equal(session.n_streams, 1);
	assert_int_equal(session.end_reason, SIPFAST_END_REASON_IDLE);
	assert_true(session.streams[0].b.has.stats);
	assert_false(session.streams[0].a.has.stats);
	assert_true(session.streams[0].b.stats.packets == UINT64_MAX);
	assert_true(session.streams[0].b.stats.lost == -3);
	assert_int_equal(session.streams[0].b.stats.jitter, 80);
	assert_int_equal(session.streams[0].b.stats.payload_type, 8);
	assert_int_equal(session.streams[0].b.stats.dropped, 4);
	assert_false(session.streams[0].b.stats.has.last_seen_ms);
}

static void malformed_is_refused(void **state)
{
	struct nl_session session;
	struct nlmsghdr *nlh;
	char cookie[SIPFAST_COOKIE_LEN + 2];
	unsigned int i;

	(void)state;
	nlh = begin();
	mnl_attr_put_u8(nlh, SIPFAST_A_SESSION_ID, 1);
	assert_int_equal(nl_session_parse(nlh, &session), -EBADMSG);

	nlh = begin();
	mnl_attr_put(nlh, SIPFAST_A_SESSION_COOKIE, 3, "abc");
	assert_int_equal(nl_session_parse(nlh, &session), -EBADMSG);

	memset(cookie, 'x', sizeof(cookie));
	cookie[sizeof(cookie) - 1] = '\0';
	nlh = begin();
	mnl_attr_put_strz(nlh, SIPFAST_A_SESSION_COOKIE, cookie);
	assert_int_equal(nl_session_parse(nlh, &session), -EBADMSG);

	nlh = begin();
	for (i = 0; i <= SIPFAST_MAX_STREAMS; i++)
		mnl_attr_put(nlh, SIPFAST_A_SESSION_STREAM, 0, NULL);
	assert_int_equal(nl_session_parse(nlh, &session), -EBADMSG);
}

/* Cut anywhere, and with any length in its attributes. */
static void random_bytes_do_no_harm(void **state)
{
	struct nl_session sent = full_session(), got;
	unsigned int round, seed = 1;
	uint32_t len;

	(void)state;
	for (round = 0; round < 20000; round++) {
		struct nlmsghdr *nlh = begin();
		unsigned int i;

		nl_session_put(nlh, sizeof(buffer), &sent);
		len = nlh->nlmsg_len;
		for (i = 0; i < 4; i++) {
			seed = seed * 1103515245 + 12345;
			buffer[20 + (seed >> 8) % (len - 20)] =
				(char)(seed >> 24);
		}
		nlh->nlmsg_len = 20 + (seed >> 4) % (len - 20);
		nl_session_parse(nlh, &got);
	}
}

static void pinhole_comes_back_as_it_went(void **state)
{
	struct nl_pinhole sent = {
		.has = { .cookie = true, .local = true, .protocol = true,
			 .ifindex = true, .lifetime_ms = true },
		.cookie = "p",
		.local = { .port = 5060 },
		.protocol = 6,
		.ifindex = 3,
		.n_peers = 2,
		.lifetime_ms = 60000,
	};
	struct nlmsghdr *nlh = begin();
	struct nl_pinhole got;

	(void)state;
	sent.peers[0] = endpoint("198.51.100.7");
	sent.peers[1] = endpoint("[2001:db8::7]:5060");
	assert_int_equal(nl_pinhole_put(nlh, sizeof(buffer), &sent), 0);
	assert_int_equal(nl_pinhole_parse(nlh, &got), 0);
	assert_memory_equal(&got, &sent, sizeof(sent));
}

static void endpoint_text_is_read_as_written(void **state)
{
	static const char *const texts[] = {
		"192.0.2.1:1234", "192.0.2.1", "[2001:db8::1]:1234",
		"2001:db8::1", "*:5060",
	};
	struct nl_endpoint parsed;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		parsed = endpoint(texts[i]);
		assert_endpoint(&parsed, texts[i]);
	}
}

static void bad_endpoint_text_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "*", ":1", "192.0.2", "192.0.2.1:", "192.0.2.1:65536",
		"192.0.2.1:-1", "192.0.2.1: 1", "192.0.2.1:1x",
		"[192.0.2.1]:1", "[2001:db8::1", "[2001:db8::1]1", "host:5060",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
	};
	struct nl_endpoint parsed;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(nl_endpoint_read(texts[i], &parsed), -EINVAL);
}

static void socket_address_comes_back(void **state)
{
	struct nl_endpoint before = endpoint("[2001:db8::7]:5060"), after;
	struct sockaddr_storage address;

	(void)state;
	nl_endpoint_to(&before, &address);
	assert_int_equal(((struct sockaddr_in6 *)&address)->sin6_port,
			 htons(5060));
	after = nl_endpoint_from(&address);
	assert_endpoint(&after, "[2001:db8::7]:5060");
	memset(&address, 0, sizeof(address));
	after = nl_endpoint_from(&address);
	assert_int_equal(after.family, AF_UNSPEC);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(session_comes_back_as_it_went),
		cmocka_unit_test(nothing_given_is_nothing_sent),
		cmocka_unit_test(zero_given_is_zero_sent),
		cmocka_unit_test(full_message_is_refused),
		cmocka_unit_test(absurd_count_is_refused),
		cmocka_unit_test(figures_are_read),
		cmocka_unit_test(malformed_is_refused),
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(pinhole_comes_back_as_it_went),
		cmocka_unit_test(endpoint_text_is_read_as_written),
		cmocka_unit_test(bad_endpoint_text_is_refused),
		cmocka_unit_test(socket_address_comes_back),
	};

	return cmocka_run_group_tests_name("nl session", tests, NULL, NULL);
}
