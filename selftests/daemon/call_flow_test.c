// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which messages are offers, which are answers, and what they change: calls
 * told message by message. Numbers are those of the catalogue of breakages.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdlib.h>

#include "call_fixture.h"

static void outbound_call_runs_before_its_answer_leaves(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	assert_int_equal(say(f, { "INVITE", CALL_LAN,
				  .sdp = audio(PHONE, 40000) }), 0);
	port = place(f, 0);
	assert_int_equal(f->n_installs, 0);
	say(f, { "INVITE", CALL_WAN, 100, .to = NULL });
	say(f, { "INVITE", CALL_WAN, 180, .to = "b" });
	assert_int_equal(f->n_installs, 0);
	assert_int_equal(say(f, { "INVITE", CALL_WAN, 200, .to = "b",
				  .sdp = audio(PEER, 50000) }), 0);
	assert_int_equal(f->verdict.n_places, 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	assert_talks(f, 1, PHONE, 40001, port + 1, PEER, 50001);
	hang_up(f);
	assert_int_equal(f->n_sessions, 0);
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
	assert_int_equal(f->held[1], 0);
}

static void inbound_call_runs_before_its_answer_leaves(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_WAN, .sdp = audio(PEER, 50000) });
	assert_int_equal(f->verdict.n_places, 0);
	say(f, { "INVITE", CALL_LAN, 180, .to = "b" });
	say(f, { "INVITE", CALL_LAN, 200, .to = "b",
		 .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	say(f, { "ACK", CALL_WAN, .to = "b" });
	say(f, { "BYE", CALL_WAN, .to = "b", .cseq = 2 });
	say(f, { "BYE", CALL_LAN, 200, .to = "b", .cseq = 2 });
	assert_int_equal(calls_count(f->calls), 0);
}

static void C4_C5_hold_and_resume_keep_the_port(void **state)
{
	static const char *const holds[] = {
		"m=audio 40000 RTP/AVP 0\r\na=sendonly\r\n",
		"m=audio 40000 RTP/AVP 0\r\na=inactive\r\n",
	};
	struct fixture *f = *state;
	uint16_t port = set_up(f);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2 + i,
			 .sdp = sdp(PHONE, holds[i]) });
		assert_int_equal(place(f, 0), port);
		say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2 + i,
			 .sdp = audio(PEER, 50000) });
		later(f, 600000);
	}
	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 4,
		 .sdp = audio(PHONE, 40000) });
	assert_int_equal(place(f, 0), port);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 4,
		 .sdp = audio(PEER, 50000) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	assert_int_equal(f->n_updates, 0);
	assert_int_equal(f->n_removes, 0);
}

/* The address stays 0.0.0.0, the port is ours all along, the session as well. */
static void C4_hold_by_0_0_0_0_keeps_address_and_port(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f);

	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio("0.0.0.0", 40000) });
	assert_true(f->verdict.places[0].mapped);
	assert_true(host_is(&f->verdict.places[0].rtp, "0.0.0.0"));
	assert_true(host_is(&f->verdict.places[0].rtcp, "0.0.0.0"));
	assert_int_equal(port_of(&f->verdict.places[0].rtp), port);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio("0.0.0.0", 50000) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	assert_int_equal(f->n_updates, 0);

	/* said once more, it is the same; with another port, not ours */
	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio("0.0.0.0", 40000) });
	assert_int_equal(port_of(&f->verdict.places[0].rtp), port);
	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 3,
		 .sdp = audio("0.0.0.0", 9) });
	assert_left_alone(f);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 3,
		 .sdp = audio("0.0.0.0", 50000) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
}

static void C4_held_from_the_start(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .sdp = audio("0.0.0.0", 40000) });
	assert_left_alone(f);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b",
		 .sdp = audio(PEER, 50000) });
	assert_int_equal(f->n_sessions, 0);
}

static void C13_offer_in_200_answer_in_ack(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_WAN, .sdp = NULL });
	say(f, { "INVITE", CALL_LAN, 200, .to = "b",
		 .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	assert_int_equal(f->n_sessions, 0);
	say(f, { "ACK", CALL_WAN, .to = "b", .sdp = audio(PEER, 50000) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	say(f, { "ACK", CALL_WAN, .to = "b", .sdp = audio(PEER, 50000) });
	assert_int_equal(f->n_installs + f->n_updates, 1);
}

static void C13_the_same_from_outside(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_LAN, .sdp = NULL });
	say(f, { "INVITE", CALL_WAN, 200, .to = "b",
		 .sdp = audio(PEER, 50000) });
	say(f, { "ACK", CALL_LAN, .to = "b", .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	say(f, { "ACK", CALL_LAN, .to = "b", .sdp = audio(PHONE, 40000) });
	assert_int_equal(place(f, 0), port);
}

static void C13_offer_in_reliable_183_answer_in_prack(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_WAN, .sdp = NULL });
	say(f, { "INVITE", CALL_LAN, 183, .to = "b", .more = RELIABLE,
		 .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	say(f, { "PRACK", CALL_WAN, .to = "b", .cseq = 2,
		 .sdp = audio(PEER, 50000) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	say(f, { "PRACK", CALL_LAN, 200, .to = "b", .cseq = 2 });
	say(f, { "INVITE", CALL_LAN, 200, .to = "b" });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
}

/* An 18x that nobody acknowledges offers nothing (RFC 3261 13.2.1). */
static void unreliable_183_without_offer_is_none(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_WAN, .sdp = NULL });
	say(f, { "INVITE", CALL_LAN, 183, .to = "b", .more = "RSeq: 1\r\n",
		 .sdp = audio(PHONE, 40000) });
	place(f, 0);
	say(f, { "PRACK", CALL_WAN, .to = "b", .cseq = 2,
		 .sdp = audio(PEER, 50000) });
	assert_int_equal(f->n_sessions, 0);
}

static void C11_prack_and_update_offer_before_the_answer(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	say(f, { "INVITE", CALL_WAN, 183, .to = "b", .more = RELIABLE,
		 .sdp = audio(PEER, 50000) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	say(f, { "PRACK", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio(PHONE, 40000) });
	assert_int_equal(place(f, 0), port);
	say(f, { "PRACK", CALL_WAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio(PEER, 50002) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50002);

	say(f, { "UPDATE", CALL_WAN, .caller = "b", .to = "a", .cseq = 7,
		 .sdp = audio(OTHER_PEER, 50004) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50002);
	say(f, { "UPDATE", CALL_LAN, 200, .caller = "b", .to = "a", .cseq = 7,
		 .sdp = audio(PHONE, 40000) });
	assert_int_equal(place(f, 0), port);
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 50004);

	/* the 200 still repeats what the 183 had said */
	say(f, { "INVITE", CALL_WAN, 200, .to = "b",
		 .sdp = audio(PEER, 50000) });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 50004);
}

static void C15_retransmissions_change_nothing(void **state)
{
	struct fixture *f = *state;
	struct call_verdict first;
	int i;

	for (i = 0; i < 5; i++) {
		assert_int_equal(say(f, { "INVITE", CALL_LAN,
					  .sdp = audio(PHONE, 40000) }), 0);
		if (!i)
			first = f->verdict;
		assert_memory_equal(&first.places[0], &f->verdict.places[0],
				    sizeof(first.places[0]));
	}
	assert_int_equal(media_ports_used(f->ports, NULL), 1);
	assert_int_equal(calls_count(f->calls), 1);
	for (i = 0; i < 5; i++)
		say(f, { "INVITE", CALL_WAN, 200, .to = "b",
			 .sdp = audio(PEER, 50000) });
	assert_int_equal(f->n_installs, 1);
	assert_int_equal(f->n_updates, 0);
	for (i = 0; i < 5; i++)
		say(f, { "BYE", CALL_LAN, .to = "b", .cseq = 2 });
	assert_int_equal(f->n_sessions, 1);
	for (i = 0; i < 5; i++)
		say(f, { "BYE", CALL_WAN, 200, .to = "b", .cseq = 2 });
	assert_int_equal(f->n_removes, 1);
}

static void C15_session_refresh_changes_nothing(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f);
	unsigned int i;

	for (i = 2; i < 40; i++) {
		const char *method = i % 2 ? "INVITE" : "UPDATE";

		say(f, { method, CALL_LAN, .to = "b", .cseq = i,
			 .sdp = audio(PHONE, 40000) });
		assert_int_equal(place(f, 0), port);
		say(f, { method, CALL_WAN, 200, .to = "b", .cseq = i,
			 .sdp = audio(PEER, 50000) });
		/* and a refresh without SDP (RFC 4028) */
		say(f, { "UPDATE", CALL_WAN, .caller = "b", .to = "a",
			 .cseq = i });
		say(f, { "UPDATE", CALL_LAN, 200, .caller = "b", .to = "a",
			 .cseq = i });
		later(f, 900000);
	}
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	assert_int_equal(f->n_installs, 1);
	assert_int_equal(f->n_updates, 0);
}

static void C16_refused_reinvite_keeps_media(void **state)
{
	static const unsigned int refusals[] = { 488, 491, 500, 302, 487, 408 };
	struct fixture *f = *state;
	uint16_t port = set_up(f);
	unsigned int i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2 + i,
			 .sdp = audio(OTHER_PHONE, 41000) });
		assert_int_not_equal(place(f, 0), port);
		say(f, { "INVITE", CALL_WAN, refusals[i], .to = "b",
			 .cseq = 2 + i });
		assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
		say(f, { "ACK", CALL_LAN, .to = "b", .cseq = 2 + i });
	}
	assert_int_equal(f->n_updates, 0);

	/* one that was answered in a 183, and refused after all */
	say(f, { "INVITE", CALL_WAN, .caller = "b", .to = "a", .cseq = 5,
		 .sdp = audio(OTHER_PEER, 51000) });
	say(f, { "INVITE", CALL_LAN, 183, .caller = "b", .to = "a", .cseq = 5,
		 .sdp = audio(PHONE, 40000) });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
	say(f, { "INVITE", CALL_LAN, 488, .caller = "b", .to = "a",
		 .cseq = 5 });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);

	/* and an UPDATE */
	say(f, { "UPDATE", CALL_LAN, .to = "b", .cseq = 20,
		 .sdp = audio(OTHER_PHONE, 41000) });
	say(f, { "UPDATE", CALL_WAN, 504, .to = "b", .cseq = 20 });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	hang_up(f);
}

static void accepted_reinvite_moves_media(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f), moved;

	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio(OTHER_PHONE, 41000) });
	moved = place(f, 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio(OTHER_PEER, 51000) });
	assert_talks(f, 0, OTHER_PHONE, 41000, moved, OTHER_PEER, 51000);
	assert_int_equal(f->n_installs, 1);
	assert_int_equal(f->n_updates, 1);
}

static void C20_other_methods_allocate_nothing(void **state)
{
	static const char *const methods[] = {
		"OPTIONS", "MESSAGE", "INFO", "NOTIFY", "SUBSCRIBE", "REFER",
		"REGISTER", "FOOBAR",
	};
	struct fixture *f = *state;
	size_t i;

	set_up(f);
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		say(f, { methods[i], CALL_LAN, .to = "b", .cseq = 2,
			 .sdp = audio(PHONE, 41000) });
		assert_int_equal(f->verdict.n_places, 0);
		say(f, { methods[i], CALL_LAN, 200, .to = "b", .cseq = 2,
			 .sdp = audio(PHONE, 41000) });
		assert_int_equal(f->verdict.n_places, 0);
	}
	say(f, { "INVITE", CALL_LAN, 488, .call_id = "x", .to = "y",
		 .sdp = audio(PHONE, 41000) });
	assert_int_equal(f->verdict.n_places, 0);
	assert_int_equal(media_ports_used(f->ports, NULL), 1);
	hang_up(f);
}

/* A dialog that began before we did: its re-INVITE brings it back. */
static void reinvite_of_an_unknown_dialog_is_served(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 7,
				  .sdp = audio(PHONE, 40000) }), 0);
	place(f, 0);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 7,
		 .sdp = audio(PEER, 50000) });
	assert_int_equal(the_session(f)->plan.n_streams, 2);
	assert_true(is_dialog(f, { "INFO", CALL_WAN, .caller = "b",
				   .to = "a" }));
	hang_up(f);

	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 7,
		 .sdp = audio(PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, 481, .to = "b", .cseq = 7 });
	assert_int_equal(calls_count(f->calls), 0);

	/* an UPDATE, too, and from outside, but one that offers nothing is none */
	say(f, { "UPDATE", CALL_WAN, .to = "b", .cseq = 8 });
	assert_int_equal(calls_count(f->calls), 0);
	say(f, { "UPDATE", CALL_WAN, .to = "b", .cseq = 8,
		 .sdp = audio(PEER, 50000) });
	say(f, { "UPDATE", CALL_LAN, 200, .to = "b", .cseq = 8,
		 .sdp = audio(PHONE, 40000) });
	assert_talks(f, 0, PHONE, 40000, place(f, 0), PEER, 50000);
	later(f, 3600000);
	assert_int_equal(f->n_sessions, 1);
}

#define test(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(outbound_call_runs_before_its_answer_leaves),
		test(inbound_call_runs_before_its_answer_leaves),
		test(C4_C5_hold_and_resume_keep_the_port),
		test(C4_hold_by_0_0_0_0_keeps_address_and_port),
		test(C4_held_from_the_start),
		test(C13_offer_in_200_answer_in_ack),
		test(C13_the_same_from_outside),
		test(C13_offer_in_reliable_183_answer_in_prack),
		test(unreliable_183_without_offer_is_none),
		test(C11_prack_and_update_offer_before_the_answer),
		test(C15_retransmissions_change_nothing),
		test(C15_session_refresh_changes_nothing),
		test(C16_refused_reinvite_keeps_media),
		test(accepted_reinvite_moves_media),
		test(C20_other_methods_allocate_nothing),
		test(reinvite_of_an_unknown_dialog_is_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
