// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * By which address of ours a message leaves: several WANs, IPv6, and neither.
 * Numbers are those of the catalogue and the scenarios of sip-alg.md.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdlib.h>
#include <string.h>

#include "alg_bench.h"

static const char *request(const char *method, const char *via,
			   const char *contact)
{
	return message(text("%s sip:example.com SIP/2.0", method),
		       text("Via: SIP/2.0/UDP %s", via),
		       "From: <sip:alice@example.com>;tag=a",
		       "To: <sip:alice@example.com>", "Call-ID: one",
		       text("CSeq: 1 %s", method),
		       text("Contact: <sip:alice@%s>", contact), NULL);
}

/* @whole with every @old replaced */
static const char *with_all(const char *whole, const char *old, const char *new)
{
	const char *at;

	while ((at = strstr(whole, old)))
		whole = text("%.*s%s%s", (int)(at - whole), whole, new,
			     at + strlen(old));
	return whole;
}

static void A23_B32_each_server_sees_the_address_that_leads_back(void **state)
{
	const char *in = request("REGISTER", P ";branch=z9hG4bK1", P);
	struct bench *b = *state;
	const char *out, *ok;

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with_all(in, P, G));
	phone_sends(b, P, U, in);
	out = with_all(in, P, G2);
	assert_left(b, G2, U, out);
	assert_int_equal(n_endpoints(b), 2);

	/* An answer by either way is the phone's. */
	ok = response(out, "200 OK",
		      "Contact: <sip:alice@" G2 ">;expires=60\r\n");
	world_sends(b, U, G2, ok);
	assert_reached(b, U, P, with_all(ok, G2, P));
}

static void A23_a_server_is_a_stranger_at_the_other_wan(void **state)
{
	struct bench *b = *state;

	forwarded(b, P, S, request("REGISTER", P ";branch=z9hG4bK1", P));
	forwarded(b, P, U, request("REGISTER", P ";branch=z9hG4bK2", P));
	world_sends(b, U, G, request("OPTIONS", U ";branch=z9hG4bK3", U));
	assert_silent(b);
	assert_int_equal(counter(b, dropped_stranger), 1);
}

static void A22_B32_what_leaves_by_no_wan_is_left_alone(void **state)
{
	const char *in = request("REGISTER", P ";branch=z9hG4bK1", P);
	struct bench *b = *state;
	const struct sent *sent;

	phone_sends(b, P, VPN, in);
	sent = next_sent(b);
	assert_true(sent->borrowed);
	assert_string_equal(sent->src, P);
	assert_string_equal(sent->dst, VPN);
	assert_string_equal(sent->data, in);
	assert_int_equal(n_endpoints(b), 0);
	assert_int_equal(counter(b, no_egress), 1);
}

static void an_address_that_is_gone_closes_its_ports(void **state)
{
	struct bench *b = *state;
	struct sockaddr_storage gone = { .ss_family = AF_INET };

	((struct sockaddr_in *)&gone)->sin_addr.s_addr = htonl(0xc0000201);
	forwarded(b, P, S, request("REGISTER", P ";branch=z9hG4bK1", P));
	forwarded(b, P, U, request("REGISTER", P ";branch=z9hG4bK2", P));
	forwarded(b, P6, S6, request("REGISTER", P6 ";branch=z9hG4bK2", P6));
	calls_leave(b->calls, &gone, b->now_ms);
	alg_leave(b->alg, &gone);
	assert_int_equal(n_endpoints(b), 2);
	assert_int_equal(b->n_open, 2);
	forwarded(b, P, S, request("REGISTER", P ";branch=z9hG4bK3", P));
	assert_int_equal(n_endpoints(b), 2);
}

static void calls_by_an_address_that_is_gone_end(void **state)
{
	struct bench *b = *state;
	struct sockaddr_storage gone = { .ss_family = AF_INET };

	((struct sockaddr_in *)&gone)->sin_addr.s_addr = htonl(0xc0000201);
	forwarded(b, P, S, request("INVITE", P ";branch=z9hG4bK1", P));
	forwarded(b, P, U, with(request("INVITE", P ";branch=z9hG4bK2", P),
				"Call-ID: one", "Call-ID: two"));
	assert_int_equal(calls_count(b->calls), 2);
	calls_leave(b->calls, &gone, b->now_ms);
	assert_int_equal(calls_count(b->calls), 1);
	alg_leave(b->alg, &gone);
	assert_int_equal(endpoint_of(b, P).n_calls, 1);
}

static void A25_bracketed_literals_are_mapped_and_restored(void **state)
{
	const char *in = request("REGISTER", P6 ";rport;branch=z9hG4bK1", P6);
	struct bench *b = *state;
	const char *out, *ok, *invite;

	phone_sends(b, P6, S6, in);
	out = with_all(in, P6, G6);
	assert_left(b, G6, S6, out);

	/* received has no brackets (RFC 3261 25.1) */
	ok = with(response(out, "200 OK",
			   "Contact: <sip:alice@" G6 ">;expires=60\r\n"),
		  ";rport", ";rport=5060;received=2001:db8:1::1");
	world_sends(b, S6, G6, ok);
	assert_reached(b, S6, P6,
		       with(with_all(ok, G6, P6), "received=2001:db8:1::1",
			    "received=fd00:1::10"));

	invite = with(request("INVITE", S6 ";branch=z9hG4bK2", S6),
		      "INVITE sip:example.com", "INVITE sip:alice@" G6);
	world_sends(b, S6, G6, invite);
	assert_reached(b, S6, P6, with(invite, "alice@" G6, "alice@" P6));
}

static void A25_received_in_brackets_stays_in_brackets(void **state)
{
	const char *in = request("OPTIONS", P6 ";branch=z9hG4bK1", P6);
	struct bench *b = *state;
	const char *out, *ok;

	out = forwarded(b, P6, S6, in);
	ok = with(response(out, "200 OK", ""), "z9hG4bK1",
		  "z9hG4bK1;received=[2001:db8:1::1]");
	world_sends(b, S6, G6, ok);
	assert_reached(b, S6, P6,
		       with(with_all(ok, G6, P6), "received=[2001:db8:1::1]",
			    "received=[fd00:1::10]"));
}

/* RFC 5118 4.6: an address is what it says, not how it is written. */
static void A25_other_spellings_are_the_same_address(void **state)
{
	const char *in = request("OPTIONS", "[FD00:1:0::10]:5060;"
				 "maddr=[fd00:0001::0010];branch=z9hG4bK1",
				 "[FD00:1:0:0:0:0:0:10]");
	struct bench *b = *state;
	const char *out = forwarded(b, P6, S6, in), *ok;

	assert_string_equal(out, with(with(with(in,
		"[FD00:1:0::10]:5060", G6),
		"[fd00:0001::0010]", "[2001:db8:1::1]"),
		"[FD00:1:0:0:0:0:0:10]", "[2001:db8:1::1]"));
	ok = with(response(out, "200 OK", ""), G6, "[2001:DB8:1::0:1]:5060");
	world_sends(b, S6, G6, ok);
	assert_reached(b, S6, P6, with(with(ok,
		"[2001:DB8:1::0:1]:5060", "[FD00:1:0::10]:5060"),
		"maddr=[2001:db8:1::1]", "maddr=[fd00:1::10]"));
}

static void A25_the_other_family_is_another_phone(void **state)
{
	const char *in = request("OPTIONS", P6 ";branch=z9hG4bK1", P);
	struct bench *b = *state;

	forwarded(b, P, S, request("OPTIONS", P ";branch=z9hG4bK0", P));
	assert_string_equal(forwarded(b, P6, S6, in), with(in, P6, G6));
}

static void A25_what_is_answered_400_has_received_without_brackets(void **state)
{
	const char *in = with(request("OPTIONS", P6 ";branch=z9hG4bK1", P6),
			      "Call-ID: one", "Call-ID: one\r\nContent-Length: 99");
	struct bench *b = *state;
	const char *out = forwarded(b, P6, S6, in);

	assert_non_null(strstr(out, "SIP/2.0 400"));
	assert_null(strstr(out, "received=["));
}

#define SDP(host, type, ip, port) \
	"v=0\r\no=- 1 1 IN " type " " host "\r\ns=-\r\nc=IN " type " " ip \
	"\r\nt=0 0\r\nm=audio " port " RTP/AVP 0\r\n"

static int media_port(const char *msg)
{
	int port = atoi(strstr(msg, "\r\nm=audio ") + strlen("\r\nm=audio "));

	assert_in_range(port, 30000, 30199);
	return port;
}

static void C27_an_ipv6_call(void **state)
{
	const char *in = body(request("INVITE", P6 ";branch=z9hG4bK1", P6),
			      "application/sdp",
			      SDP("fd00:1::10", "IP6", "fd00:1::10", "40000"));
	struct bench *b = *state;
	const char *out = forwarded(b, P6, S6, in), *want;

	want = with_all(in, P6, G6);
	want = with(want, "c=IN IP6 fd00:1::10", "c=IN IP6 2001:db8:1::1");
	want = with(want, "m=audio 40000",
		    text("m=audio %d", media_port(out)));
	want = with(want, text("Length: %zu", strlen(strstr(in, "v=0"))),
		    text("Length: %zu", strlen(strstr(want, "v=0"))));
	assert_string_equal(out, want);
	world_sends(b, S6, G6,
		    body(with(response(out, "200 OK", "X: y\r\n"),
			      "To: <sip:alice@example.com>",
			      "To: <sip:alice@example.com>;tag=b"),
			 "application/sdp",
			 SDP("2001:db8:1::10", "IP6", "2001:db8:1::10",
			     "50000")));
	assert_non_null(strstr(next_sent(b)->data,
			       "c=IN IP6 2001:db8:1::10\r\n"));
	assert_int_equal(b->n_sessions, 1);
}

static void C27_C25_families_are_not_mixed(void **state)
{
	static const char *const bodies[] = {
		SDP("fd00:1::10", "IP6", "fd00:1::10", "40000"),
		SDP("192.168.1.10", "IP4", "192.168.1.10", "40000"),
	};
	struct bench *b = *state;
	const char *in;

	in = body(request("INVITE", P ";branch=z9hG4bK1", P),
		  "application/sdp", bodies[0]);
	assert_string_equal(forwarded(b, P, S, in), with_all(in, P, G));
	in = body(request("INVITE", P6 ";branch=z9hG4bK1", P6),
		  "application/sdp", bodies[1]);
	assert_string_equal(forwarded(b, P6, S6, in), with_all(in, P6, G6));
	assert_int_equal(media_ports_used(b->ports, NULL), 0);
}

/* The phone sends straight to its peer: no stream can join two families. */
static void C27_a_peer_of_the_other_family_gets_no_stream(void **state)
{
	const char *in = body(request("INVITE", P6 ";branch=z9hG4bK1", P6),
			      "application/sdp",
			      SDP("fd00:1::10", "IP6", "fd00:1::10", "40000"));
	struct bench *b = *state;
	const char *out = forwarded(b, P6, S6, in);

	world_sends(b, S6, G6,
		    body(with(response(out, "200 OK", "X: y\r\n"),
			      "To: <sip:alice@example.com>",
			      "To: <sip:alice@example.com>;tag=b"),
			 "application/sdp",
			 SDP("203.0.113.10", "IP4", "203.0.113.10", "50000")));
	assert_non_null(strstr(next_sent(b)->data,
			       "c=IN IP4 203.0.113.10\r\n"));
	assert_int_equal(b->n_sessions, 0);
}

static void C07_hold_over_ipv6_keeps_its_port(void **state)
{
	const char *held = SDP("fd00:1::10", "IP6", "::", "40000");
	struct bench *b = *state;
	const char *in, *out, *again;
	int port;

	out = forwarded(b, P6, S6,
			body(request("INVITE", P6 ";branch=z9hG4bK1", P6),
			     "application/sdp",
			     SDP("fd00:1::10", "IP6", "fd00:1::10", "40000")));
	port = media_port(out);
	world_sends(b, S6, G6,
		    body(with(response(out, "200 OK", "X: y\r\n"),
			      "To: <sip:alice@example.com>",
			      "To: <sip:alice@example.com>;tag=b"),
			 "application/sdp",
			 SDP("2001:db8:1::10", "IP6", "2001:db8:1::10",
			     "50000")));
	next_sent(b);
	in = body(with(with(request("INVITE", P6 ";branch=z9hG4bK2", P6),
			    "To: <sip:alice@example.com>",
			    "To: <sip:alice@example.com>;tag=b"),
		       "CSeq: 1", "CSeq: 2"), "application/sdp", held);
	again = forwarded(b, P6, S6, in);
	assert_int_equal(media_port(again), port);
	assert_non_null(strstr(again, "c=IN IP6 ::\r\n"));
}

#define on_stage(test) cmocka_unit_test_setup_teardown(test, bench_setup, \
						       bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_stage(A23_B32_each_server_sees_the_address_that_leads_back),
		on_stage(A23_a_server_is_a_stranger_at_the_other_wan),
		on_stage(A22_B32_what_leaves_by_no_wan_is_left_alone),
		on_stage(an_address_that_is_gone_closes_its_ports),
		on_stage(calls_by_an_address_that_is_gone_end),
		on_stage(A25_bracketed_literals_are_mapped_and_restored),
		on_stage(A25_received_in_brackets_stays_in_brackets),
		on_stage(A25_other_spellings_are_the_same_address),
		on_stage(A25_the_other_family_is_another_phone),
		on_stage(A25_what_is_answered_400_has_received_without_brackets),
		on_stage(C27_an_ipv6_call),
		on_stage(C27_C25_families_are_not_mixed),
		on_stage(C27_a_peer_of_the_other_family_gets_no_stream),
		on_stage(C07_hold_over_ipv6_keeps_its_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
