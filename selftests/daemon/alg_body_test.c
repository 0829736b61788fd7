// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bodies: SDP leaves as the call says, its length follows, all else stays.
 * Numbers are those of the catalogue and the scenarios of sip-alg.md.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg_bench.h"

#define AUDIO(host, port) \
	"v=0\r\no=- 1 1 IN IP4 " host "\r\ns=-\r\nc=IN IP4 " host "\r\n" \
	"t=0 0\r\nm=audio " port " RTP/AVP 0\r\na=sendrecv\r\n"

static const char *request(const char *method, const char *sent_by,
			   const char *to_tag, const char *lines)
{
	return message(text("%s sip:bob@example.com SIP/2.0", method),
		       text("Via: SIP/2.0/UDP %s;branch=z9hG4bK%s%s", sent_by,
			    method, to_tag),
		       "From: <sip:alice@example.com>;tag=a",
		       text("To: <sip:bob@example.com>%s%s",
			    *to_tag ? ";tag=" : "", to_tag),
		       "Call-ID: call", text("CSeq: 1 %s", method), lines,
		       NULL);
}

static const char *offer(const char *port)
{
	return with(body(request("INVITE", P, "", "X: y"), "application/sdp",
			 AUDIO("192.168.1.10", "PPPPP")), "PPPPP", port);
}

static const char *answer(const char *invite)
{
	return body(with(response(invite, "200 OK", "X: z\r\n"),
			 "bob@example.com>", "bob@example.com>;tag=b"),
		    "application/sdp", AUDIO("203.0.113.20", "50000"));
}

/* The port in the only m= line of what has left, which has to be one of ours */
static int media_port(const char *msg)
{
	const char *line = strstr(msg, "\r\nm=audio ");
	int port;

	assert_non_null(line);
	port = atoi(line + strlen("\r\nm=audio "));
	assert_in_range(port, 30000, 30199);
	return port;
}

/* What @in leaves as, the port that was drawn being @port */
static const char *relayed(const char *in, int port)
{
	const char *out = with(in, "m=audio 40000 ", text("m=audio %d ", port));

	out = with(out, "c=IN IP4 192.168.1.10", "c=IN IP4 203.0.113.1");
	out = with(out, "UDP 192.168.1.10:5060", "UDP 203.0.113.1:5060");
	return with(out, "Content-Length: 106", "Content-Length: 105");
}

static const char *signed_offer(const char *credentials)
{
	return with(offer("40000"), "X: y", credentials);
}

/* sip-alg B24: the credentials are the phone's, and break with the body. */
static void B24_credentials_for_a_body_stay(void **state)
{
	struct bench *b = *state;
	const char *in = signed_offer("Authorization: Digest username=\"a, b\", "
				      "qop=auth-int, nc=00000001");
	const char *out = forwarded(b, P, S, in);

	assert_string_equal(out, relayed(in, media_port(out)));
	assert_int_equal(counter(b, credentials_broken), 1);
}

static void B24_or_the_body_does(void **state)
{
	static const char *const credentials[] = {
		"Authorization: Digest username=\"a\", qop=auth-int",
		"Proxy-Authorization: Digest QOP = \"Auth-Int\" , nc=1",
		"authorization: Digest\r\n qop=\"auth-int\"",
	};
	struct alg_policy policy = bench_policy();
	struct bench *b;
	const char *in;
	unsigned int i;

	policy.auth_int_bypass = true;
	assert_int_equal(bench_teardown(state), 0);
	assert_int_equal(bench_setup_with(state, &policy, 100), 0);
	b = *state;
	for (i = 0; i < sizeof(credentials) / sizeof(credentials[0]); i++) {
		in = signed_offer(credentials[i]);
		assert_string_equal(forwarded(b, P, S, in),
				    with(in, "UDP 192.168.1.10:5060",
					 "UDP 203.0.113.1:5060"));
		assert_int_equal(counter(b, sdp_signed), i + 1);
	}
	in = signed_offer("Authorization: Digest username=\"qop=auth-int\", "
			  "qop=auth, x=auth-int, qop2=auth-int");
	assert_string_not_equal(forwarded(b, P, S, in),
				with(in, "UDP 192.168.1.10:5060",
				     "UDP 203.0.113.1:5060"));
	assert_int_equal(counter(b, sdp_signed), i);
}

static void an_offer_and_its_answer(void **state)
{
	struct bench *b = *state;
	const char *in = offer("40000"), *out, *ok;

	assert_non_null(strstr(in, "Content-Length: 106"));
	out = forwarded(b, P, S, in);
	assert_string_equal(out, relayed(in, media_port(out)));
	assert_int_equal(endpoint_of(b, P).n_calls, 1);

	ok = answer(out);
	world_sends(b, S, G, ok);
	assert_int_equal(b->n_sessions, 1);
	assert_reached(b, S, P, with(ok, "UDP 203.0.113.1:5060",
				     "UDP 192.168.1.10:5060"));
	forwarded(b, P, S, request("ACK", P, "b", "X: y"));
	forwarded(b, P, S, request("BYE", P, "b", "X: y"));
	delivered(b, S, G, response(b->sent[b->n_sent - 1].data, "200 OK", ""));
	later(b, 60 * 1000);
	assert_int_equal(endpoint_of(b, P).n_calls, 0);
	assert_int_equal(b->n_sessions, 0);
}

/* C09, C15: five times the same, and one pair of ports */
static void C09_retransmissions(void **state)
{
	struct bench *b = *state;
	const char *first = forwarded(b, P, S, offer("40000"));
	int i;

	for (i = 0; i < 5; i++)
		assert_string_equal(forwarded(b, P, S, offer("40000")), first);
	assert_int_equal(media_ports_used(b->ports, NULL), 1);
}

static void A6_without_content_length_none_is_added(void **state)
{
	struct bench *b = *state;
	const char *in = with(offer("40000"), "Content-Length: 106\r\n", "");
	const char *out = forwarded(b, P, S, in);

	assert_int_equal(media_port(out) > 0, 1);
	assert_null(strstr(out, "Content-Length"));
	assert_non_null(strstr(out, "\r\nc=IN IP4 203.0.113.1\r\n"));
}

static void A7_multipart(void **state)
{
	struct bench *b = *state;
	const char *in = body(request("INVITE", P, "", "X: y"),
		"multipart/mixed; boundary=\"-b-\"",
		"preamble c=IN IP4 192.168.1.10\r\n---b-\r\n"
		"Content-Type: application/sdp\r\n\r\n"
		AUDIO("192.168.1.10", "40000") "\r\n---b-\r\n"
		"Content-Type: application/pidf+xml\r\n\r\n"
		"c=IN IP4 192.168.1.10\r\n---b---\r\nepilogue");
	const char *out = forwarded(b, P, S, in);
	const char *content = strstr(out, "\r\n\r\n") + 4;
	char *length = strstr(out, "Content-Length: ");

	assert_int_equal(atoi(length + strlen("Content-Length: ")),
			 strlen(content));
	assert_non_null(strstr(out, "t=0 0\r\nm=audio 3"));
	assert_non_null(strstr(out, "preamble c=IN IP4 192.168.1.10\r\n"));
	assert_non_null(strstr(out, "\r\n\r\nc=IN IP4 192.168.1.10\r\n---b---"));
}

static void C20_no_offer_in_options(void **state)
{
	struct bench *b = *state;
	const char *in = with(request("OPTIONS", S, "", "X: y"), "alice", "s");
	const char *ok;

	forwarded(b, P, S, request("OPTIONS", P, "", "X: y"));
	delivered(b, S, G, in);
	ok = body(response(in, "200 OK", "X: y\r\n"), "application/sdp",
		  AUDIO("192.168.1.10", "40000"));
	phone_sends(b, P, S, ok);
	assert_left(b, G, S, ok);
	assert_int_equal(media_ports_used(b->ports, NULL), 0);
}

static void B25_what_is_not_plain_sdp_stays(void **state)
{
	struct bench *b = *state;
	const char *in = with(with(offer("40000"), "X: y",
				   "Content-Encoding: gzip"),
			      "UDP 192.168.1.10:5060", "UDP phone");

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(in, "UDP phone", "UDP 203.0.113.1"));
	assert_int_equal(counter(b, bodies_left), 1);
}

static void C21_hosts_that_are_not_ours_stay(void **state)
{
	struct bench *b = *state;
	const char *in = body(request("INVITE", P, "", "X: y"),
			      "application/sdp", AUDIO("8.8.8.8", "40000"));

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(in, "UDP 192.168.1.10", "UDP 203.0.113.1"));
	assert_int_equal(media_ports_used(b->ports, NULL), 0);
}

static void D05_no_media_port_is_503(void **state)
{
	const struct alg_policy policy = bench_policy();
	struct bench *b;
	const char *in;

	assert_int_equal(bench_teardown(state), 0);
	assert_int_equal(bench_setup_with(state, &policy, 1), 0);
	b = *state;
	forwarded(b, P, S, offer("40000"));
	in = with(with(offer("40002"), "Call-ID: call", "Call-ID: second"),
		  "z9hG4bKINVITE", "z9hG4bK2");
	phone_sends(b, P, S, in);
	assert_int_equal(strncmp(b->sent[1].data, "SIP/2.0 503 ", 12), 0);
	assert_non_null(strstr(b->sent[1].data, "\r\nRetry-After: "));
	assert_string_equal(next_sent(b)->src, S);
	assert_string_equal(b->sent[1].dst, P);
	assert_int_equal(counter(b, rejected_no_ports), 1);
	/* The other call goes on. */
	media_port(forwarded(b, P, S, offer("40000")));
}

/* An INVITE without SDP comes in, and the phone offers in this response. */
static void offer_in_response(struct bench *b, const char *status,
			      const char *lines)
{
	const char *in = request("INVITE", S, "", "X: y");

	forwarded(b, P, S, request("OPTIONS", P, "", "X: y"));
	delivered(b, S, G, in);
	in = with(response(in, status, lines), "bob@example.com>",
		  "bob@example.com>;tag=b");
	media_port(forwarded(b, P, S, body(in, "application/sdp",
					   AUDIO("192.168.1.10", "40000"))));
}

static void a_request_that_the_kernel_refuses_is_503(void **state)
{
	struct bench *b = *state;
	const char *prack = body(request("PRACK", S, "b", "RAck: 1 1 INVITE"),
				 "application/sdp",
				 AUDIO("203.0.113.20", "50000"));
	const struct sent *sent;

	offer_in_response(b, "183 Session Progress",
			  "Require: 100rel\r\nRSeq: 1\r\n");
	b->media_error = -ENOMEM;
	world_sends(b, S, G, prack);
	sent = next_sent(b);
	assert_int_equal(strncmp(sent->data, "SIP/2.0 503 ", 12), 0);
	assert_string_equal(sent->src, G);
	assert_string_equal(sent->dst, S);
	assert_int_equal(counter(b, rejected_media), 1);
	/* When the kernel has room again, it may come again. */
	b->media_error = 0;
	world_sends(b, S, G, prack);
	assert_reached(b, S, P, prack);
}

static void an_ack_goes_its_way_even_then(void **state)
{
	struct bench *b = *state;
	const char *ack = body(request("ACK", S, "b", "X: y"),
			       "application/sdp",
			       AUDIO("203.0.113.20", "50000"));

	offer_in_response(b, "200 OK", "X: z\r\n");
	b->media_error = -ENOMEM;
	world_sends(b, S, G, ack);
	assert_reached(b, S, P, ack);
	assert_int_equal(b->n_sessions, 0);
}

#define on_stage(test) cmocka_unit_test_setup_teardown(test, bench_setup, \
						       bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_stage(an_offer_and_its_answer),
		on_stage(B24_credentials_for_a_body_stay),
		on_stage(B24_or_the_body_does),
		on_stage(C09_retransmissions),
		on_stage(A6_without_content_length_none_is_added),
		on_stage(A7_multipart),
		on_stage(C20_no_offer_in_options),
		on_stage(B25_what_is_not_plain_sdp_stays),
		on_stage(C21_hosts_that_are_not_ours_stay),
		on_stage(D05_no_media_port_is_503),
		on_stage(a_request_that_the_kernel_refuses_is_503),
		on_stage(an_ack_goes_its_way_even_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
