// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Floods, forgeries and strangers: who asks for too much gets less, and nobody
 * else does. Numbers are those of the scenarios of sip-alg.md.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg/flood.h"
#include "alg_bench.h"
#include "sip/msg.h"

#define SDP "v=0\r\nc=IN IP4 192.168.1.10\r\nm=audio 40000 RTP/AVP 0\r\n"
#define ANSWER "v=0\r\nc=IN IP4 203.0.113.20\r\nm=audio 50000 RTP/AVP 0\r\n"

static const char *request(const char *method, const char *id, const char *to)
{
	return message(text("%s sip:bob@example.com SIP/2.0", method),
		       text("Via: SIP/2.0/UDP phone;rport;branch=z9hG4bK%s%s", id,
			    method),
		       "From: <sip:alice@example.com>;tag=a",
		       text("To: <sip:bob@example.com>%s", to),
		       text("Call-ID: %s", id), text("CSeq: 1 %s", method),
		       NULL);
}

static const char *invite(const char *id)
{
	return body(request("INVITE", id, ""), "application/sdp", SDP);
}

static const char *reg(const char *contact)
{
	return message("REGISTER sip:example.com SIP/2.0",
		       "Via: SIP/2.0/UDP phone;branch=z9hG4bKr",
		       "From: <sip:alice@example.com>;tag=r",
		       "To: <sip:alice@example.com>", "Call-ID: reg",
		       "CSeq: 1 REGISTER", text("Contact: <sip:alice@%s>",
						contact), NULL);
}

/* A call of P's that is up, over S; Return: its answer */
static void call_up(struct bench *b)
{
	const char *out = forwarded(b, P, S, invite("call"));

	delivered(b, S, G, body(with(response(out, "200 OK", ""),
				     "bob@example.com>",
				     "bob@example.com>;tag=b"),
				"application/sdp", ANSWER));
	assert_int_equal(b->n_sessions, 1);
}

/* --- buckets --- */

static void a_bucket_gives_its_rate_after_its_burst(void **state)
{
	struct alg_bucket bucket = { 0 };
	unsigned int n = 0;
	uint64_t ms;

	(void)state;
	while (alg_bucket_take(&bucket, 10, 50, 1000))
		n++;
	assert_int_equal(n, 50);
	for (ms = 1000; ms <= 11000; ms++)
		n += alg_bucket_take(&bucket, 10, 50, ms);
	assert_int_equal(n, 150);
	/* What it holds is all it holds, however long nothing is taken. */
	for (n = 0; alg_bucket_take(&bucket, 10, 50, 1ull << 60); n++)
		;
	assert_int_equal(n, 50);
}

static void a_slow_bucket_fills_all_the_same(void **state)
{
	struct alg_bucket bucket = { 0 };
	unsigned int n = 0;
	uint64_t ms;

	(void)state;
	for (ms = 1; ms <= 5000; ms++)
		n += alg_bucket_take(&bucket, 1, 1, ms);
	assert_int_equal(n, 5);
}

/* --- floods from inside --- */

/* D06: ten thousand a second for five, and Q's call goes through in each. */
static void D06_one_floods_and_the_others_do_not_notice(void **state)
{
	struct bench *b = *state;
	const char *options = request("OPTIONS", "o", "");
	unsigned int ms, i, sent;

	b->is_crowded = true;
	for (ms = 0; ms < 5000; ms++) {
		for (i = 0; i < 10; i++)
			phone_sends(b, P, S, options);
		b->now_ms++;
		if (ms % 1000)
			continue;
		sent = b->n_all;
		phone_sends(b, Q, S, invite(text("q%u", ms)));
		assert_int_equal(b->n_all, sent + 1);
		assert_int_equal(calls_count(b->calls), ms / 1000 + 1);
	}
	/* The burst, then a thousand a second; answers by theirs. */
	assert_in_range(counter(b, requests_out), 2000 + 4900, 2000 + 5100);
	assert_in_range(counter(b, rejected_flood), 40, 40 + 100 + 1);
	assert_int_equal(counter(b, rejected_flood) + counter(b, dropped_flood) +
			 counter(b, requests_out), 50000 + 5);
	later(b, 1000);
	b->is_crowded = false;
	b->n_seen = b->n_sent;
	assert_non_null(strstr(forwarded(b, P, S, options), "OPTIONS"));
	b->is_crowded = true;
	later(b, 200 * 1000);
}

static void a_flood_is_told_to_come_later(void **state)
{
	struct bench *b = *state;
	const char *options = request("OPTIONS", "o", "");
	const struct sent *sent;
	unsigned int i;

	b->is_crowded = true;
	for (i = 0; i < 2000; i++)
		phone_sends(b, P, S, options);
	b->is_crowded = false;
	phone_sends(b, P, S, options);
	sent = next_sent(b);
	assert_non_null(strstr(sent->data, "SIP/2.0 503 "));
	assert_non_null(strstr(sent->data, "\r\nRetry-After: "));
	assert_string_equal(sent->dst, P);
	/* What cannot be answered is dropped, as is what is no SIP. */
	phone_sends(b, P, S, request("ACK", "o", ""));
	phone_sends(b, P, S, "\r\n\r\n");
	assert_silent(b);
	assert_int_equal(counter(b, dropped_flood), 2);
}

static int setup_small(void **state)
{
	struct alg_policy policy = bench_policy();

	policy.limits.calls = 1;
	policy.limits.calls_burst = 3;
	policy.limits.max_endpoints = 2;
	policy.limits.max_calls = 4;
	policy.inbound_any = true;
	return bench_setup_with(state, &policy, 100);
}

static bool is_503(const char *msg)
{
	return strstr(msg, "SIP/2.0 503 ") == msg;
}

static void calls_of_one_host_are_begun_at_its_rate(void **state)
{
	struct bench *b = *state;
	unsigned int i;

	for (i = 0; i < 3; i++)
		assert_false(is_503(forwarded(b, P, S, invite(text("%u", i)))));
	assert_true(is_503(forwarded(b, P, S, invite("3"))));
	assert_int_equal(counter(b, rejected_flood), 1);
	/* Who was there before is sent on, and so is another host's. */
	assert_false(is_503(forwarded(b, P, S, invite("2"))));
	assert_false(is_503(forwarded(b, Q, S, invite("4"))));
	later(b, 1000);
	assert_false(is_503(forwarded(b, P, S, invite("3"))));
	later(b, 5000);
	assert_true(is_503(forwarded(b, P, S, invite("5"))));
	assert_int_equal(calls_count(b->calls), 5);
}

static void endpoints_of_one_host_are_counted(void **state)
{
	struct bench *b = *state;
	const char *options = request("OPTIONS", "o", "");

	forwarded(b, P, S, options);
	forwarded(b, P2, S, options);
	assert_true(is_503(forwarded(b, "192.168.1.10:5062", S, options)));
	assert_false(is_503(forwarded(b, Q, S, options)));
	assert_int_equal(n_endpoints(b), 3);
	later(b, 301 * 1000);
	assert_int_equal(n_endpoints(b), 0);
	assert_false(is_503(forwarded(b, "192.168.1.10:5062", S, options)));
}

/* --- ports that have run out --- */

static void D05_media_ports_come_back(void **state)
{
	struct bench *b = *state;
	const struct alg_policy policy = bench_policy();

	assert_int_equal(bench_teardown(state), 0);
	assert_int_equal(bench_setup_with(state, &policy, 1), 0);
	b = *state;
	call_up(b);
	assert_true(is_503(forwarded(b, Q, S, with(invite("second"),
		"192.168.1.10", "192.168.1.11"))));
	/* The running call is what it was; it ends, and its port has its rest. */
	assert_int_equal(b->n_sessions, 1);
	forwarded(b, P, S, request("BYE", "call", ";tag=b"));
	delivered(b, S, G, response(b->sent[b->n_sent - 1].data, "200 OK", ""));
	assert_int_equal(b->n_sessions, 0);
	later(b, 61 * 1000);
	assert_false(is_503(forwarded(b, Q, S, with(invite("second"),
		"192.168.1.10", "192.168.1.11"))));
}

static void D05_signalling_ports_come_back(void **state)
{
	struct bench *b = *state;
	const char *options = request("OPTIONS", "o", "");
	unsigned int port;

	b->busy[b->n_busy++] = 7000;
	for (port = POOL_MIN; port <= POOL_MAX; port++)
		b->busy[b->n_busy++] = port;
	assert_true(is_503(forwarded(b, "192.168.1.12:7000", S, options)));
	assert_int_equal(counter(b, rejected_no_ports), 1);
	assert_false(is_503(forwarded(b, P, S, options)));
	b->n_busy = 1;
	assert_false(is_503(forwarded(b, "192.168.1.12:7000", S, options)));
}

/* --- forgeries --- */

/* D02: whoever does not know tags and branch changes nothing. */
static void D02_stray_messages_change_nothing(void **state)
{
	static const char *const ends[][2] = {
		{ "BYE", "" }, { "BYE", ";tag=x" }, { "CANCEL", "" },
		{ "CANCEL", ";tag=b" }, { "UPDATE", ";tag=x" },
	};
	static const char *const hosts[] = { S, T };
	struct bench *b = *state;
	const char *in, *stray;
	size_t i, j;

	call_up(b);
	b->is_crowded = true;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		for (j = 0; j < 2; j++) {
			in = request(ends[i][0], "call", ends[i][1]);
			world_sends(b, hosts[j], G, in);
			/* No Call-ID at all: that is what off-path kills are. */
			world_sends(b, hosts[j], G,
				    with(in, "Call-ID: call\r\n", ""));
			stray = response(request("INVITE", "call", ";tag=b"),
					 "486 Busy Here", "");
			world_sends(b, hosts[j], G, with(stray, "z9hG4bKcall",
							 "z9hG4bKguess"));
			world_sends(b, hosts[j], G,
				    with(stray, "Call-ID: call\r\n", ""));
		}
	}
	later(b, 40 * 1000);
	assert_int_equal(calls_count(b->calls), 1);
	assert_int_equal(b->n_sessions, 1);
	/* Of T's, who was never written to, nothing has come in either. */
	assert_int_equal(counter(b, dropped_stranger) > 0, 1);
}

/* D04: another's address in a message, or as its source, moves nothing. */
static void D04_a_mapping_is_moved_by_nobody(void **state)
{
	struct bench *b = *state;
	const char *out = forwarded(b, P, S, reg(P)), *before;

	delivered(b, S, G, response(out, "200 OK", text(
		"Contact: <sip:alice@%s>;expires=3600\r\n", G)));
	before = public_of(b, P);
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 3600\n");
	/* Q registers with P's Contact: P's port is what P's address means. */
	out = forwarded(b, Q, S, with(reg(P), "Call-ID: reg", "Call-ID: q"));
	assert_non_null(strstr(out, text("Contact: <sip:alice@%s>", before)));
	delivered(b, S, public_of(b, Q), response(out, "200 OK", text(
		"Contact: <sip:alice@%s>;expires=9\r\n", before)));
	assert_string_equal(leases_of(b, Q), "");
	/* Somebody sends as P, with Q's Contact. */
	forwarded(b, P, S, reg(Q));
	assert_string_equal(public_of(b, P), before);
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 3600\n");
	assert_string_equal(delivered(b, S, G, request("OPTIONS", "in", "")),
			    request("OPTIONS", "in", ""));
	assert_string_equal(b->sent[b->n_sent - 1].dst, P);
}

/* --- from outside --- */

static void strangers_come_in_few_at_a_time(void **state)
{
	struct bench *b = *state;
	const char *in = request("MESSAGE", "m", "");
	unsigned int i;

	forwarded(b, P, S, request("OPTIONS", "o", ""));
	b->is_crowded = true;
	for (i = 0; i < 1000; i++)
		world_sends(b, T, G, in);
	assert_int_equal(counter(b, requests_in), 100);
	assert_int_equal(counter(b, dropped_crowd), 900);
	/* Whom the phone knows is no stranger. */
	for (i = 0; i < 200; i++)
		world_sends(b, S, G, in);
	assert_int_equal(counter(b, requests_in), 300);
}

/* No more leaves than a fraction of what came, whoever is said to have asked. */
static void nobody_outside_is_flooded_with_our_answers(void **state)
{
	struct bench *b = *state;
	const char *bad = with(request("OPTIONS", "o", ""), "CSeq: 1 OPTIONS",
			       "Content-Length: 9");
	unsigned int i;

	forwarded(b, P, S, request("OPTIONS", "o", ""));
	b->is_crowded = true;
	b->n_all = 0;
	for (i = 0; i < 1000; i++) {
		world_sends(b, T, G, bad);
		world_sends(b, S, G, bad);
	}
	assert_in_range(b->n_all, 0, ALG_ANSWERS_OUTSIDE_BURST);
}

/* --- too much to change --- */

static int setup_anchor(void **state)
{
	return bench_setup_ice(state, CALL_ICE_ANCHOR);
}

/* Its SDP is in pieces of which each would be an edit. */
static void a_call_that_is_answered_513_is_over(void **state)
{
	struct bench *b = *state;
	char lines[8192];
	size_t len = 0;
	int i;

	for (i = 0; i < 300; i++)
		len += snprintf(lines + len, sizeof(lines) - len,
				"a=ice-ufrag:x\r\na=x\r\n");
	assert_non_null(strstr(forwarded(b, P, S,
		body(request("INVITE", "call", ""), "application/sdp",
		     text(SDP "%s", lines))), "SIP/2.0 513 "));
	assert_int_equal(counter(b, rejected_too_large), 1);
	assert_int_equal(counter(b, ice_stripped), 0);
	assert_int_equal(calls_count(b->calls), 0);
	assert_int_equal(media_ports_used(b->ports, NULL), 0);
}

/* D19: each value that is ours is read twice, so there are not many. */
static void D19_a_message_of_nothing_but_contacts_is_too_large(void **state)
{
	char contacts[SIP_MAX_LINE] = "Contact: <sip:a@192.168.1.10>";
	size_t len = strlen(contacts);
	struct bench *b = *state;
	int i;

	for (i = 0; i < 100; i++)
		len += snprintf(contacts + len, sizeof(contacts) - len,
				",<sip:a@192.168.1.10>");
	assert_non_null(strstr(forwarded(b, P, S,
		with(request("REGISTER", "r", ""), "Call-ID: r",
		     text("Call-ID: r\r\n%s", contacts))), "SIP/2.0 513 "));
}

#define on_stage(test) cmocka_unit_test_setup_teardown(test, bench_setup, \
						       bench_teardown)
#define on_small(test) cmocka_unit_test_setup_teardown(test, setup_small, \
						       bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bucket_gives_its_rate_after_its_burst),
		cmocka_unit_test(a_slow_bucket_fills_all_the_same),
		on_stage(D06_one_floods_and_the_others_do_not_notice),
		on_stage(a_flood_is_told_to_come_later),
		on_small(calls_of_one_host_are_begun_at_its_rate),
		on_small(endpoints_of_one_host_are_counted),
		on_stage(D05_media_ports_come_back),
		on_stage(D05_signalling_ports_come_back),
		on_stage(D02_stray_messages_change_nothing),
		on_stage(D04_a_mapping_is_moved_by_nobody),
		on_small(strangers_come_in_few_at_a_time),
		on_stage(nobody_outside_is_flooded_with_our_answers),
		cmocka_unit_test_setup_teardown(
			a_call_that_is_answered_513_is_over, setup_anchor,
			bench_teardown),
		on_stage(D19_a_message_of_nothing_but_contacts_is_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
