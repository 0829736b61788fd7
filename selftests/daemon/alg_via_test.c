// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Via: what the world is told to answer to, and what the phone reads of itself.
 * Numbers are those of the catalogue and the scenarios of sip-alg.md.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg_bench.h"

/* An OPTIONS or INVITE of the phone's with this topmost Via line */
static const char *request(const char *method, const char *via)
{
	return message(text("%s sip:bob@example.com SIP/2.0", method), via,
		       "From: <sip:alice@example.com>;tag=a",
		       "To: <sip:bob@example.com>", "Call-ID: call",
		       text("CSeq: 1 %s", method), NULL);
}

static const char *options(const char *via)
{
	return request("OPTIONS", via);
}

/*
 * @via leaves as @mapped. The server answers, its Via being @answered; the phone
 * at @reply reads @restored.
 */
static void round_trip(struct bench *b, const char *src, const char *via,
		       const char *mapped, const char *answered,
		       const char *restored, const char *reply)
{
	const char *in = options(via);
	const char *out = with(in, via, mapped);
	const char *ok = with(response(out, "200 OK", ""), mapped, answered);

	phone_sends(b, src, S, in);
	assert_left(b, public_of(b, src), S, out);
	world_sends(b, S, public_of(b, src), ok);
	assert_reached(b, S, reply, with(ok, answered, restored));
	assert_silent(b);
}

static void A11_B1_host_name_without_rport(void **state)
{
	round_trip(*state, P,
		   "Via: SIP/2.0/UDP phone.local:5060;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1:5060;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1:5060;branch=z9hG4bK1;"
		   "received=203.0.113.1",
		   "Via: SIP/2.0/UDP phone.local:5060;branch=z9hG4bK1;"
		   "received=192.168.1.10", P);
}

static void A12_B2_rport_answers_go_to_the_source_port(void **state)
{
	round_trip(*state, "192.168.1.10:5070",
		   "Via: SIP/2.0/UDP 192.168.1.10:5060;rport;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1:5070;rport;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1:5070;rport=5070;"
		   "branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 192.168.1.10:5060;rport=5070;"
		   "branch=z9hG4bK1", "192.168.1.10:5070");
}

static void A12_B2_without_it_to_the_port_of_sent_by(void **state)
{
	round_trip(*state, "192.168.1.10:5070",
		   "Via: SIP/2.0/UDP 192.168.1.10:5062;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1:5070;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1:5070;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 192.168.1.10:5062;branch=z9hG4bK1",
		   "192.168.1.10:5062");
}

static void A12_no_port_means_5060(void **state)
{
	round_trip(*state, "192.168.1.10:5070",
		   "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1:5070;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1:5070;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1", P);
}

static void D8_answers_go_to_no_privileged_port(void **state)
{
	round_trip(*state, P,
		   "Via: SIP/2.0/UDP 192.168.1.10:22;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1:5060;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1:5060;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 192.168.1.10:22;branch=z9hG4bK1", P);
}

static void A13_B3_received_and_rport_are_the_phones(void **state)
{
	round_trip(*state, P,
		   "Via: SIP/2.0/UDP 192.168.1.10;rport;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1;rport;branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1;received=203.0.113.1;"
		   "rport=5060;branch=z9hG4bK1;x=203.0.113.1",
		   "Via: SIP/2.0/UDP 192.168.1.10;received=192.168.1.10;"
		   "rport=5060;branch=z9hG4bK1;x=203.0.113.1", P);
}

static void A13_also_when_the_public_port_is_another(void **state)
{
	struct bench *b = *state;
	const char *in = options("Via: SIP/2.0/UDP 192.168.1.10;rport;"
				 "branch=z9hG4bK1");
	const char *out, *ok, *public;
	int port;

	b->busy[b->n_busy++] = 5060;
	out = forwarded(b, P, S, in);
	public = public_of(b, P);
	port = atoi(strchr(public, ':') + 1);
	assert_int_not_equal(port, 5060);
	assert_string_equal(out, with(in, "UDP 192.168.1.10",
				      text("UDP %s", public)));
	ok = with(response(out, "200 OK", ""), "rport;",
		  text("rport=%d;received=203.0.113.1;", port));
	world_sends(b, S, public, ok);
	assert_reached(b, S, P, with(with(ok, text("UDP %s", public),
					  "UDP 192.168.1.10"),
				     text("rport=%d;received=203.0.113.1", port),
				     "rport=5060;received=192.168.1.10"));
}

static void B4_white_space_and_case(void **state)
{
	round_trip(*state, P,
		   "v:  SIP / 2.0\r\n / udp \t192.168.1.10 : 5060 ; "
		   "branch = z9hG4bK1",
		   "v:  SIP / 2.0\r\n / udp \t203.0.113.1:5060 ; "
		   "branch = z9hG4bK1",
		   "v:  SIP / 2.0\r\n / udp \t203.0.113.1:5060 ; "
		   "branch = z9hG4bK1",
		   "v:  SIP / 2.0\r\n / udp \t192.168.1.10 : 5060 ; "
		   "branch = z9hG4bK1", P);
}

static void B5_lower_vias_stay(void **state)
{
	round_trip(*state, P,
		   "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1, "
		   "SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK2;received=x\r\n"
		   "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK3",
		   "Via: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bK1, "
		   "SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK2;received=x\r\n"
		   "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK3",
		   "Via: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bK1, "
		   "SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK2;received=x\r\n"
		   "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK3",
		   "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1, "
		   "SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK2;received=x\r\n"
		   "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK3", P);
}

static void B6_parameters_stay_but_a_maddr_of_the_phones(void **state)
{
	round_trip(*state, P,
		   "Via: SIP/2.0/UDP 192.168.1.10;alias;keep;ttl=1;x=\"a;b\";"
		   "maddr=192.168.1.10;branch=z9hG4bK1;ob",
		   "Via: SIP/2.0/UDP 203.0.113.1;alias;keep;ttl=1;x=\"a;b\";"
		   "maddr=203.0.113.1;branch=z9hG4bK1;ob",
		   "Via: SIP/2.0/UDP 203.0.113.1;alias;keep;ttl=1;x=\"a;b\";"
		   "maddr=203.0.113.1;branch=z9hG4bK1;ob",
		   "Via: SIP/2.0/UDP 192.168.1.10;alias;keep;ttl=1;x=\"a;b\";"
		   "maddr=192.168.1.10;branch=z9hG4bK1;ob", P);
}

static void B6_a_phone_says_received_itself(void **state)
{
	round_trip(*state, P,
		   "Via: SIP/2.0/UDP 192.168.1.10;received=192.168.1.10;"
		   "branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1;received=203.0.113.1;"
		   "branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 203.0.113.1;received=203.0.113.1;"
		   "branch=z9hG4bK1",
		   "Via: SIP/2.0/UDP 192.168.1.10;received=192.168.1.10;"
		   "branch=z9hG4bK1", P);
}

static void B6_any_other_maddr_stays(void **state)
{
	static const char out[] = "Via: SIP/2.0/UDP 203.0.113.1;"
				  "maddr=203.0.113.1;branch=z9hG4bK1";

	round_trip(*state, P, "Via: SIP/2.0/UDP 192.168.1.10;"
		   "maddr=203.0.113.1;branch=z9hG4bK1", out, out,
		   "Via: SIP/2.0/UDP 192.168.1.10;maddr=203.0.113.1;"
		   "branch=z9hG4bK1", P);
}

static void C22_a_stun_client_keeps_its_via(void **state)
{
	static const char via[] =
		"Via: SIP/2.0/UDP 203.0.113.1:5060;branch=z9hG4bK1";

	round_trip(*state, P, via, via, via, via, P);
}

static void without_branch_the_call_id_names_it(void **state)
{
	round_trip(*state, P, "Via: SIP/2.0/UDP phone.local",
		   "Via: SIP/2.0/UDP 203.0.113.1",
		   "Via: SIP/2.0/UDP 203.0.113.1;received=203.0.113.1",
		   "Via: SIP/2.0/UDP phone.local;received=192.168.1.10", P);
}

static void a_via_nobody_can_read_leaves_as_it_came(void **state)
{
	struct bench *b = *state;
	const char *in = with(options("Via: SIP/2.0/UDP [192.168.1.10;branch=x"),
			      "To: <sip:bob@example.com>",
			      "To: <sip:bob@example.com>\r\n"
			      "Contact: <sip:alice@192.168.1.10>");

	phone_sends(b, P, S, in);
	assert_left(b, G, S, in);
	assert_int_equal(counter(b, vias_doubted), 1);
}

static void responses_may_come_from_elsewhere(void **state)
{
	struct bench *b = *state;
	const char *in = options("Via: SIP/2.0/UDP phone;branch=z9hG4bK1");
	const char *ok = response(forwarded(b, P, S, in), "200 OK", "");

	world_sends(b, T, G, ok);
	assert_reached(b, T, P, with(ok, "UDP 203.0.113.1", "UDP phone"));
}

static void responses_to_nothing_are_dropped(void **state)
{
	struct bench *b = *state;
	const char *in = options("Via: SIP/2.0/UDP phone;branch=z9hG4bK1");
	const char *ok = response(forwarded(b, P, S, in), "200 OK", "");

	world_sends(b, T, G, with(ok, "z9hG4bK1", "z9hG4bK2"));
	world_sends(b, T, G, with(ok, "1 OPTIONS", "1 INVITE"));
	world_sends(b, T, G, with(ok, "CSeq: 1 OPTIONS\r\n", ""));
	assert_silent(b);
	assert_int_equal(counter(b, dropped_stranger), 3);
}

/* 4.1: a lost entry falls back to the phone's address and port */
static void what_is_forgotten_falls_back_to_the_address(void **state)
{
	struct bench *b = *state;
	const char *in = options("Via: SIP/2.0/UDP phone;branch=z9hG4bK1");
	const char *ok = response(forwarded(b, P, S, in), "200 OK", "");

	later(b, 31 * 1000);
	world_sends(b, S, G, ok);
	assert_reached(b, S, P, with(ok, "UDP 203.0.113.1", "UDP phone"));
	later(b, 33 * 1000);
	world_sends(b, S, G, ok);
	assert_reached(b, S, P, with(ok, "UDP 203.0.113.1",
				     "UDP 192.168.1.10:5060"));
}

/* It may ring for minutes; answered, it is remembered for 32 s more. */
static void an_invite_is_remembered_while_it_rings(void **state)
{
	struct bench *b = *state;
	const char *in = request("INVITE",
				 "Via: SIP/2.0/UDP phone;branch=z9hG4bK1");
	const char *out = forwarded(b, P, S, in);
	const char *ringing = response(out, "180 Ringing", "");
	const char *ok = response(out, "200 OK", "");

	later(b, 1000);
	delivered(b, S, G, ringing);
	later(b, 200 * 1000);
	assert_non_null(strstr(delivered(b, S, G, ringing), "UDP phone;"));
	later(b, 239 * 1000);
	assert_non_null(strstr(delivered(b, S, G, ok), "UDP phone;"));
	later(b, 31 * 1000);
	assert_non_null(strstr(delivered(b, S, G, ok), "UDP phone;"));
	later(b, 33 * 1000);
	assert_non_null(strstr(delivered(b, S, G, ok), "UDP 192.168.1.10:"));
}

/* CANCEL has the branch of its INVITE, and perhaps another name. */
static void a_cancel_is_not_its_invite(void **state)
{
	struct bench *b = *state;
	const char *invite = forwarded(b, P, S, request("INVITE",
		"Via: SIP/2.0/UDP one;branch=z9hG4bK1"));
	const char *cancel = forwarded(b, P, S, request("CANCEL",
		"Via: SIP/2.0/UDP two;branch=z9hG4bK1"));

	assert_non_null(strstr(delivered(b, S, G, response(cancel, "200 OK",
							   "")),
			       "UDP two;"));
	assert_non_null(strstr(delivered(b, S, G, response(invite,
			       "487 Request Terminated", "")), "UDP one;"));
}

static void retransmissions_leave_with_the_same_bytes(void **state)
{
	struct bench *b = *state;
	const char *in = request("INVITE",
				 "Via: SIP/2.0/UDP phone;branch=z9hG4bK1");
	const char *first = forwarded(b, P, S, in);
	int i;

	for (i = 0; i < 5; i++) {
		later(b, 1000 << i);
		assert_string_equal(forwarded(b, P, S, in), first);
	}
	assert_int_equal(n_endpoints(b), 1);
}

#define on_stage(test) cmocka_unit_test_setup_teardown(test, bench_setup, \
						       bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_stage(A11_B1_host_name_without_rport),
		on_stage(A12_B2_rport_answers_go_to_the_source_port),
		on_stage(A12_B2_without_it_to_the_port_of_sent_by),
		on_stage(A12_no_port_means_5060),
		on_stage(D8_answers_go_to_no_privileged_port),
		on_stage(A13_B3_received_and_rport_are_the_phones),
		on_stage(A13_also_when_the_public_port_is_another),
		on_stage(B4_white_space_and_case),
		on_stage(B5_lower_vias_stay),
		on_stage(B6_parameters_stay_but_a_maddr_of_the_phones),
		on_stage(B6_a_phone_says_received_itself),
		on_stage(B6_any_other_maddr_stays),
		on_stage(C22_a_stun_client_keeps_its_via),
		on_stage(without_branch_the_call_id_names_it),
		on_stage(a_via_nobody_can_read_leaves_as_it_came),
		on_stage(responses_may_come_from_elsewhere),
		on_stage(responses_to_nothing_are_dropped),
		on_stage(what_is_forgotten_falls_back_to_the_address),
		on_stage(an_invite_is_remembered_while_it_rings),
		on_stage(a_cancel_is_not_its_invite),
		on_stage(retransmissions_leave_with_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
