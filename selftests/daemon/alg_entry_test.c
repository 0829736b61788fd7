// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who and what may pass: strangers, what is no SIP, what is no good SIP, phones
 * that write to each other, ports that run out.
 * Numbers are those of the catalogue and the scenarios of sip-alg.md.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg_bench.h"

#define GRACE_MS (5 * 60 * 1000)

static const char *request(const char *method, const char *uri,
			   const char *sent_by, const char *lines)
{
	return message(text("%s %s SIP/2.0", method, uri),
		       text("Via: SIP/2.0/UDP %s;branch=z9hG4bK%s", sent_by,
			    sent_by),
		       "From: <sip:from@example.com>;tag=f",
		       "To: <sip:to@example.com>", "Call-ID: call",
		       text("CSeq: 7 %s", method), lines, NULL);
}

static const char *options(const char *sent_by)
{
	return request("OPTIONS", "sip:bob@example.com", sent_by, "X: y");
}

static void A16_B18_strangers_stay_outside(void **state)
{
	struct bench *b = *state;

	forwarded(b, P, S, options(P));
	world_sends(b, T, G, request("INVITE", "sip:p@203.0.113.1", T, "X: y"));
	world_sends_bytes(b, T, G, "\r\n\r\n", 4);
	world_sends(b, T, G, with(options(T), "X: y", "Content-Length: 9"));
	assert_silent(b);
	assert_int_equal(counter(b, dropped_stranger), 3);
	/* From any port of a host that it has written to */
	delivered(b, "203.0.113.10:33000", G, options(S));
}

static void A16_B18_unless_the_policy_is_any(void **state)
{
	struct alg_policy policy = bench_policy();
	struct bench *b;

	policy.inbound_any = true;
	assert_int_equal(bench_teardown(state), 0);
	assert_int_equal(bench_setup_with(state, &policy, 1), 0);
	b = *state;
	forwarded(b, P, S, options(P));
	delivered(b, T, G, request("INVITE", "sip:p@203.0.113.1", T, "X: y"));
	/* but that it is no SIP does not depend on policy: D8 */
	world_sends_bytes(b, T, G, "\r\n\r\n", 4);
	assert_silent(b);
}

static void answers_are_awaited_from(struct bench *b, const char *host,
				     uint16_t port)
{
	struct alg_address at = alg_address_from(&b->diverted), expected;

	assert_true(alg_address_host_read(host, strlen(host), &expected));
	expected.port = port;
	assert_true(alg_address_equal(&at, &expected));
}

/* RFC 3261 18.2.2, RFC 3581 4: to where it came from, or as its Via says. */
static void A16_whoever_is_let_in_is_answered_by_us(void **state)
{
	struct bench *b = *state;

	forwarded(b, P, S, options(P));
	delivered(b, "203.0.113.10:33000", G, options("203.0.113.10:5070"));
	answers_are_awaited_from(b, "203.0.113.10", 5070);
	delivered(b, "203.0.113.10:33000", G,
		  options("203.0.113.10:5071;rport"));
	answers_are_awaited_from(b, "203.0.113.10", 33000);
	world_sends(b, "203.0.113.20:33000", G, options(T));
	answers_are_awaited_from(b, "203.0.113.10", 33000);
}

/* Its dialog is known, so it may come from wherever its route leads. */
static void B18_in_a_dialog_nobody_is_a_stranger(void **state)
{
	struct bench *b = *state;
	const char *invite = request("INVITE", "sip:p@203.0.113.1", S, "X: y");
	const char *bye = request("BYE", "sip:p@203.0.113.1", T, "X: y");

	forwarded(b, P, S, options(P));
	delivered(b, S, G, invite);
	forwarded(b, P, S, with(response(invite, "200 OK", ""), "to@example.com>",
				"to@example.com>;tag=t"));
	delivered(b, T, G, with(bye, "to@example.com>", "to@example.com>;tag=t"));
	world_sends(b, T, G, with(bye, "to@example.com>",
				  "to@example.com>;tag=x"));
	assert_silent(b);
}

static void A10_B09_what_is_no_sip_passes_both_ways(void **state)
{
	static const struct { const char *bytes; size_t len; } others[] = {
		{ "\r\n\r\n", 4 },
		{ "\0\0\0\0", 4 },
		{ "", 0 },
		{ "\0\1\0\0\041\022\244\102123456789012", 20 },
		{ "\x80\x08\0\1\0\0\0\1\0\0\0\1audio", 17 },
		{ "\x16\3\1\0\4\1\0\0\0", 9 },
		{ "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27 },
		{ "SIP/2.0 xyz\r\nVia: SIP/2.0/UDP 192.168.1.10\r\n\r\n", 47 },
	};
	struct bench *b = *state;
	const struct sent *sent;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		phone_sends_bytes(b, P, S, others[i].bytes, others[i].len);
		sent = next_sent(b);
		assert_string_equal(sent->src, G);
		assert_string_equal(sent->dst, S);
		assert_int_equal(sent->len, others[i].len);
		assert_memory_equal(sent->data, others[i].bytes, sent->len);

		world_sends_bytes(b, S, G, others[i].bytes, others[i].len);
		sent = next_sent(b);
		assert_true(sent->to_phone);
		assert_string_equal(sent->src, S);
		assert_string_equal(sent->dst, P);
		assert_memory_equal(sent->data, others[i].bytes, sent->len);
	}
	assert_int_equal(counter(b, not_sip), 2 * i);
}

static void D8_only_sip_reaches_a_port_that_was_merely_named(void **state)
{
	struct bench *b = *state;

	forwarded(b, P, S, with(options(P), "X: y",
				"Contact: <sip:p@192.168.1.10:8080>"));
	world_sends_bytes(b, S, "203.0.113.1:8080", "GET / HTTP/1.1\r\n\r\n", 18);
	assert_silent(b);
	delivered(b, S, "203.0.113.1:8080", options(S));
}

static void A9_B06_too_short_a_body_is_400(void **state)
{
	struct bench *b = *state;
	const char *in = with(options("192.168.1.10;rport"), "X: y",
			      "Content-Length: 10");

	phone_sends(b, P, S, in);
	assert_int_equal(strncmp(b->sent[0].data, "SIP/2.0 400 ", 12), 0);
	assert_non_null(strstr(b->sent[0].data, "\r\nCall-ID: call\r\n"));
	assert_true(next_sent(b)->to_phone);
	assert_string_equal(b->sent[0].src, S);
	assert_string_equal(b->sent[0].dst, P);
	assert_int_equal(counter(b, rejected_malformed), 1);
	/* and one from outside is told so from the port that it came to */
	forwarded(b, P, S, options(P));
	world_sends(b, S, G, with(options(S), "X: y", "Content-Length: 10"));
	assert_int_equal(strncmp(b->sent[2].data, "SIP/2.0 400 ", 12), 0);
	assert_string_equal(next_sent(b)->src, G);
	assert_string_equal(b->sent[2].dst, S);
	/* A response and an ACK are answered by nobody. */
	world_sends(b, S, G, with(response(options(P), "200 OK", "X: y\r\n"),
				  "X: y", "Content-Length: 10"));
	phone_sends(b, P, S, request("ACK", "sip:x@example.com", P,
				     "Content-Length: 10"));
	assert_silent(b);
	assert_int_equal(counter(b, dropped_malformed), 2);
}

static void A9_B06_trailing_bytes_stay(void **state)
{
	struct bench *b = *state;
	const char *in = text("%s%s", with(options("192.168.1.10"), "X: y",
					   "Content-Length: 2"), "abcdef");

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(in, "UDP 192.168.1.10;", "UDP 203.0.113.1;"));
}

static void B26_large_messages(void **state)
{
	struct bench *b = *state;
	char *value = malloc(9001);
	const char *in;

	memset(value, 'x', 9000);
	value[9000] = '\0';
	in = with(options("192.168.1.10"), "X: y", text("X: %s", value));
	phone_sends(b, P, S, in);
	assert_int_equal(strncmp(next_sent(b)->data, "SIP/2.0 513 ", 12), 0);
	assert_int_equal(counter(b, rejected_too_large), 1);
	value[3000] = '\0';
	in = with(options("192.168.1.10"), "X: y", text("Identity: %s", value));
	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(in, "UDP 192.168.1.10;", "UDP 203.0.113.1;"));
	free(value);
}

/* Every length and every byte flipped: nothing crashes, nothing half-changed */
static void B08_torn_and_bent_messages(void **state)
{
	struct bench *b = *state;
	const char *in = request("REGISTER", "sip:example.com", P,
				 "Contact: <sip:p@192.168.1.10>;expires=60");
	size_t len = strlen(in), i;
	char *bent;

	for (i = 0; i < len; i++) {
		phone_sends_bytes(b, P, S, in, i);
		bent = strdup(in);
		bent[i] ^= 1 << (i % 8);
		phone_sends_bytes(b, P, S, bent, len);
		world_sends_bytes(b, S, G, bent, len);
		free(bent);
		for (; b->n_sent; b->n_sent--)
			free(b->sent[b->n_sent - 1].data);
		memset(b->sent, 0, sizeof(b->sent));
	}
	b->n_seen = 0;
	assert_int_equal(counter(b, lan_datagrams), 2 * len);
}

static void ports_own_first_then_pool_then_503(void **state)
{
	static const char *const phones[] = {
		"192.168.1.11:5060", "192.168.1.12:5060", "192.168.1.13:5060",
		"192.168.1.14:5060",
	};
	struct bench *b = *state;
	const char *last;
	int i, port;

	forwarded(b, P, S, options("192.168.1.10"));
	assert_string_equal(public_of(b, P), G);
	for (i = 0; i < 4; i++) {
		forwarded(b, phones[i], S, options("192.168.1.1"));
		port = atoi(strchr(public_of(b, phones[i]), ':') + 1);
		assert_in_range(port, POOL_MIN, POOL_MAX);
	}
	assert_int_equal(n_endpoints(b), 5);
	last = forwarded(b, "192.168.1.15:5060", S, options("192.168.1.15"));
	assert_int_equal(strncmp(last, "SIP/2.0 503 ", 12), 0);
	assert_non_null(strstr(last, "\r\nRetry-After: "));
	phone_sends_bytes(b, "192.168.1.15:5060", S, "\r\n\r\n", 4);
	assert_silent(b);
	assert_int_equal(counter(b, rejected_no_ports), 1);
	assert_int_equal(counter(b, dropped_no_endpoint), 1);
	/* Those who have one are not touched, and in time others may have it. */
	assert_string_equal(public_of(b, P), G);
	later(b, GRACE_MS + 1000);
	assert_int_equal(n_endpoints(b), 0);
	forwarded(b, "192.168.1.15:5060", S, options("192.168.1.15"));
	assert_string_equal(public_of(b, "192.168.1.15:5060"), G);
}

static void a_phone_gets_the_same_port_again(void **state)
{
	struct bench *b = *state;
	const char *first;

	b->busy[b->n_busy++] = 5060;
	forwarded(b, P, S, options(P));
	first = public_of(b, P);
	later(b, GRACE_MS + 1000);
	assert_int_equal(n_endpoints(b), 0);
	forwarded(b, P, S, options(P));
	assert_string_equal(public_of(b, P), first);
}

static void a_port_that_cannot_be_opened_is_503(void **state)
{
	struct bench *b = *state;

	b->open_error = -EMFILE;
	assert_int_equal(strncmp(forwarded(b, P, S, options(P)),
				 "SIP/2.0 503 ", 12), 0);
	b->open_error = 0;
	forwarded(b, P, S, options(P));
	assert_string_equal(public_of(b, P), G);
}

/* Q writes to P's public port itself: out of Q's own port, then in. */
static void D5_phones_that_write_to_each_others_public_port(void **state)
{
	struct bench *b = *state;
	const char *in = request("MESSAGE", "sip:p@203.0.113.1", Q,
				 "Contact: <sip:q@192.168.1.11:5060>");
	const char *out, *q;

	forwarded(b, P, S, options(P));
	forwarded(b, Q, S, options(Q));
	q = public_of(b, Q);
	out = with(with(in, "UDP 192.168.1.11:5060", text("UDP %s", q)),
		   "sip:q@192.168.1.11:5060", text("sip:q@%s", q));
	world_sends(b, Q, G, in);
	assert_left(b, q, G, out);
	world_sends(b, q, G, out);
	assert_reached(b, q, P, with(out, "sip:p@203.0.113.1",
				     "sip:p@192.168.1.10:5060"));
	assert_silent(b);
	/* Q's public port is open already: what comes from it is sent by it. */
	assert_false(b->sent[b->n_sent - 1].borrowed);

	/* and so does the answer */
	in = response(out, "200 OK", "");
	world_sends(b, P, q, in);
	assert_left(b, G, q, in);
	world_sends(b, G, q, in);
	assert_reached(b, G, Q, with(in, text("UDP %s", q),
				     "UDP 192.168.1.11:5060"));
	assert_silent(b);
}

static void calls_hold_their_port(void **state)
{
	struct bench *b = *state;
	uint32_t id;

	forwarded(b, P, S, options(P));
	id = endpoint_of(b, P).id;
	alg_hold(b->alg, id);
	later(b, 10 * GRACE_MS);
	assert_int_equal(endpoint_of(b, P).n_calls, 1);
	alg_release(b->alg, id);
	later(b, GRACE_MS - 1000);
	assert_int_equal(n_endpoints(b), 1);
	later(b, 2000);
	assert_int_equal(n_endpoints(b), 0);
	alg_release(b->alg, id);
}

static void what_is_shown_of_an_endpoint(void **state)
{
	struct bench *b = *state;
	struct alg_endpoint_view view;

	forwarded(b, P, S, options(P));
	forwarded(b, P, S, options(P));
	delivered(b, S, G, options(S));
	later(b, 1500);
	view = endpoint_of(b, P);
	assert_int_equal(view.id, 1);
	assert_int_equal(view.from_lan, 2);
	assert_int_equal(view.from_wan, 1);
	assert_int_equal(view.idle_ms, 1500);
	assert_int_equal(view.n_calls, 0);
	assert_int_equal(view.n_leases, 0);
	assert_int_equal(counter(b, requests_out), 2);
	assert_int_equal(counter(b, requests_in), 1);
}

#define on_stage(test) cmocka_unit_test_setup_teardown(test, bench_setup, \
						       bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_stage(A16_B18_strangers_stay_outside),
		on_stage(A16_B18_unless_the_policy_is_any),
		on_stage(A16_whoever_is_let_in_is_answered_by_us),
		on_stage(B18_in_a_dialog_nobody_is_a_stranger),
		on_stage(A10_B09_what_is_no_sip_passes_both_ways),
		on_stage(D8_only_sip_reaches_a_port_that_was_merely_named),
		on_stage(A9_B06_too_short_a_body_is_400),
		on_stage(A9_B06_trailing_bytes_stay),
		on_stage(B26_large_messages),
		on_stage(B08_torn_and_bent_messages),
		on_stage(ports_own_first_then_pool_then_503),
		on_stage(a_phone_gets_the_same_port_again),
		on_stage(a_port_that_cannot_be_opened_is_503),
		on_stage(D5_phones_that_write_to_each_others_public_port),
		on_stage(calls_hold_their_port),
		on_stage(what_is_shown_of_an_endpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
