// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How calls begin and end, what they hold meanwhile, and what no stranger can
 * do to them. D numbers are those of the catalogue of breakages.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call_fixture.h"

static void C13_refused_calls_give_back_everything(void **state)
{
	static const unsigned int refusals[] = { 486, 487, 408, 404, 603, 503 };
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
		say(f, { "INVITE", CALL_WAN, 183, .to = "b",
			 .sdp = audio(PEER, 50000) });
		assert_int_equal(f->held[1], 1);
		assert_int_equal(f->n_sessions, 1);
		say(f, { "INVITE", CALL_WAN, refusals[i], .to = "b" });
		assert_int_equal(calls_count(f->calls), 0);
		assert_int_equal(f->n_sessions, 0);
		assert_int_equal(f->held[1], 0);
		assert_int_equal(media_ports_used(f->ports, NULL), 0);
	}
}

/* The digest challenge: the call that follows has the same public port. */
static void challenged_invite_keeps_its_port(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	say(f, { "INVITE", CALL_WAN, 407, .to = "challenge" });
	say(f, { "ACK", CALL_LAN, .to = "challenge" });
	assert_int_equal(calls_count(f->calls), 1);
	say(f, { "INVITE", CALL_LAN, .cseq = 2, .sdp = audio(PHONE, 40000) });
	assert_int_equal(place(f, 0), port);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio(PEER, 50000) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	later(f, 3600000);
	assert_int_equal(f->n_sessions, 1);
	hang_up(f);

	/* and where nothing follows it ends */
	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, 401, .to = "challenge" });
	later(f, 31999);
	assert_int_equal(calls_count(f->calls), 1);
	later(f, 1);
	assert_int_equal(calls_count(f->calls), 0);
}

static void cancelled_call_ends_with_its_487_or_without(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .branch = "1",
		 .sdp = audio(PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, 180, .branch = "1", .to = "b" });
	say(f, { "CANCEL", CALL_LAN, .branch = "1" });
	assert_int_equal(calls_count(f->calls), 1);
	say(f, { "CANCEL", CALL_WAN, 200, .branch = "1", .to = "b" });
	assert_int_equal(calls_count(f->calls), 1);
	say(f, { "INVITE", CALL_WAN, 487, .branch = "1", .to = "b" });
	assert_int_equal(calls_count(f->calls), 0);

	say(f, { "INVITE", CALL_LAN, .branch = "1",
		 .sdp = audio(PHONE, 40000) });
	say(f, { "CANCEL", CALL_LAN, .branch = "1" });
	later(f, 32000);
	assert_int_equal(calls_count(f->calls), 0);
}

/* RFC 3261 9.1: the 200 had left before the CANCEL came. */
static void cancel_that_comes_too_late_changes_nothing(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .branch = "1",
		 .sdp = audio(PHONE, 40000) });
	say(f, { "CANCEL", CALL_LAN, .branch = "1" });
	say(f, { "INVITE", CALL_WAN, 200, .branch = "1", .to = "b",
		 .sdp = audio(PEER, 50000) });
	later(f, 3600000);
	assert_int_equal(the_session(f)->plan.n_streams, 2);
	hang_up(f);
}

static void unanswered_invite_ends_after_timer_c(void **state)
{
	struct fixture *f = *state;
	int i;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	for (i = 0; i < 5; i++) {
		later(f, 179999);
		say(f, { "INVITE", CALL_WAN, 180, .to = "b" });
	}
	later(f, 179999);
	assert_int_equal(calls_count(f->calls), 1);
	later(f, 1);
	assert_int_equal(calls_count(f->calls), 0);
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
}

static void bye_ends_media_when_it_is_answered(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	say(f, { "BYE", CALL_WAN, .caller = "b", .to = "a", .cseq = 2 });
	assert_int_equal(f->n_sessions, 1);
	say(f, { "BYE", CALL_LAN, 407, .caller = "b", .to = "a", .cseq = 2 });
	assert_int_equal(f->n_sessions, 1);
	say(f, { "BYE", CALL_WAN, .caller = "b", .to = "a", .cseq = 3 });
	say(f, { "BYE", CALL_LAN, 100, .caller = "b", .to = "a", .cseq = 3 });
	assert_int_equal(f->n_sessions, 1);
	say(f, { "BYE", CALL_LAN, 481, .caller = "b", .to = "a", .cseq = 3 });
	assert_int_equal(f->n_sessions, 0);
	assert_int_equal(calls_count(f->calls), 0);
}

static void bye_without_answer_ends_media_as_well(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	say(f, { "BYE", CALL_LAN, .to = "b", .cseq = 2 });
	later(f, 31999);
	assert_int_equal(f->n_sessions, 1);
	later(f, 1);
	assert_int_equal(f->n_sessions, 0);
	assert_int_equal(calls_count(f->calls), 0);
}

static void D2_calls_of_one_trunk_are_independent(void **state)
{
	struct fixture *f = *state;
	const char *const ids[] = { "1", "2", "3" };
	int i;

	for (i = 0; i < 3; i++) {
		say(f, { "INVITE", CALL_LAN, .call_id = ids[i],
			 .sdp = audio(PHONE, 40000 + 2 * i) });
		say(f, { "INVITE", CALL_WAN, 200, .to = "b",
			 .call_id = ids[i],
			 .sdp = audio(PEER, 50000 + 2 * i) });
	}
	assert_int_equal(f->n_sessions, 3);
	assert_int_equal(f->held[1], 3);
	say(f, { "BYE", CALL_LAN, .to = "b", .call_id = "2", .cseq = 2 });
	say(f, { "BYE", CALL_WAN, 200, .to = "b", .call_id = "2",
		 .cseq = 2 });
	assert_int_equal(f->n_sessions, 2);
	for (i = 0; i < 2; i++)
		assert_int_not_equal(
			port_of(&f->sessions[i].plan.streams[0].lan), 40002);
}

static void D3_messages_of_no_dialog_change_nothing(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	/* no tag, wrong tags, tags of the wrong side, another Call-ID */
	say(f, { "BYE", CALL_WAN, .cseq = 2 });
	say(f, { "BYE", CALL_WAN, .caller = "x", .to = "a", .cseq = 2 });
	say(f, { "BYE", CALL_WAN, .caller = "b", .to = "x", .cseq = 2 });
	say(f, { "BYE", CALL_WAN, .caller = "a", .to = "b", .cseq = 2 });
	say(f, { "BYE", CALL_WAN, .caller = "b", .to = "a", .cseq = 2,
		 .call_id = "guess" });
	/* responses to what was never asked, or another branch of it */
	say(f, { "BYE", CALL_WAN, 200, .to = "b", .cseq = 2 });
	say(f, { "INVITE", CALL_WAN, 486, .to = "b", .branch = "guess" });
	say(f, { "INVITE", CALL_WAN, 486, .to = "b" });
	say(f, { "INVITE", CALL_WAN, 486, .to = "b", .cseq = 77 });
	say(f, { "CANCEL", CALL_WAN, .cseq = 1 });
	say(f, { "CANCEL", CALL_LAN, .branch = "guess" });
	later(f, 60000);
	assert_int_equal(calls_count(f->calls), 1);
	assert_int_equal(the_session(f)->plan.n_streams, 2);
	hang_up(f);
}

static void D3_ringing_call_is_no_strangers_to_end(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .branch = "secret",
		 .sdp = audio(PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, 183, .branch = "secret", .to = "b",
		 .sdp = audio(PEER, 50000) });
	say(f, { "INVITE", CALL_WAN, 486, .branch = "guess", .to = "b" });
	say(f, { "INVITE", CALL_WAN, 486, .branch = "secret", .caller = "x",
		 .to = "b" });
	say(f, { "INVITE", CALL_WAN, 486, .branch = "secret", .cseq = 2,
		 .to = "b" });
	say(f, { "CANCEL", CALL_WAN, .branch = "secret" });
	say(f, { "CANCEL", CALL_LAN, .branch = "guess" });
	say(f, { "BYE", CALL_WAN, .cseq = 2 });
	/* nor is its media anybody's to move */
	say(f, { "INVITE", CALL_WAN, 183, .branch = "guess", .to = "b",
		 .sdp = audio(OTHER_PEER, 51000) });
	assert_true(host_is(&the_session(f)->plan.streams[0].remote, PEER));
	later(f, 60000);
	assert_int_equal(f->n_sessions, 1);
}

static void D5_hairpin_is_two_calls(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .branch = "1", .endpoint = 1,
		 .sdp = audio(PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, .branch = "2", .endpoint = 2,
		 .sdp = audio(GATEWAY, place(f, 0)) });
	say(f, { "INVITE", CALL_LAN, 200, .branch = "2", .endpoint = 2,
		 .to = "b", .sdp = audio(OTHER_PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, 200, .branch = "1", .endpoint = 1,
		 .to = "b", .sdp = audio(GATEWAY, place(f, 0)) });
	assert_int_equal(calls_count(f->calls), 2);
	assert_int_equal(f->n_sessions, 2);

	/* the BYE passes twice, too, and each time it means the other one */
	say(f, { "BYE", CALL_LAN, .endpoint = 1, .to = "b", .cseq = 2,
		 .branch = "3" });
	say(f, { "BYE", CALL_WAN, .endpoint = 2, .to = "b", .cseq = 2,
		 .branch = "4" });
	say(f, { "BYE", CALL_LAN, 200, .endpoint = 2, .to = "b", .cseq = 2,
		 .branch = "4" });
	assert_int_equal(calls_count(f->calls), 1);
	assert_true(host_is(&the_session(f)->plan.streams[0].lan, PHONE));
	say(f, { "BYE", CALL_WAN, 200, .endpoint = 1, .to = "b", .cseq = 2,
		 .branch = "3" });
	assert_int_equal(calls_count(f->calls), 0);
}

static void D10_exhausted_pool_refuses_offers_only(void **state)
{
	struct fixture *f = *state;
	char call_id[16];
	int i, err = 0;

	set_up(f);
	for (i = 0; !err && i < 1000; i++) {
		snprintf(call_id, sizeof(call_id), "%d", i);
		err = say(f, { "INVITE", i % 2 ? CALL_LAN : CALL_WAN,
			       .call_id = call_id,
			       .sdp = audio(i % 2 ? PHONE : PEER, 42000) });
	}
	assert_int_equal(err, -ENOSPC);
	assert_int_equal(f->verdict.n_places, 0);
	assert_int_equal(i, (PORT_MAX - PORT_MIN + 1) / 2);
	assert_int_equal(calls_count(f->calls), i);

	/* an offer from outside that was let in finds its ports waiting */
	assert_int_equal(say(f, { "INVITE", CALL_LAN, 200, .call_id = "0",
				  .to = "b", .sdp = audio(PHONE, 43000) }), 0);
	place(f, 0);
	/* and what runs, runs: a refresh, but no second line */
	assert_int_equal(say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
				  .sdp = audio(PHONE, 40000) }), 0);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio(PEER, 50000) });
	assert_int_equal(say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 3,
				  .sdp = audio(PHONE, 45000) }), -ENOSPC);
	assert_int_equal(say(f, { "BYE", CALL_LAN, .to = "b", .cseq = 9 }), 0);
	assert_int_equal(say(f, { "BYE", CALL_WAN, 200, .to = "b",
				  .cseq = 9 }), 0);

	/* all have rung long enough, and the ports have rested */
	later(f, 180000);
	later(f, 60000);
	assert_int_equal(say(f, { "INVITE", CALL_LAN,
				  .sdp = audio(PHONE, 40000) }), 0);
}

static void D12_call_lasts_as_long_as_its_dialog(void **state)
{
	struct fixture *f = *state;
	int i;

	set_up(f);
	for (i = 0; i < 100; i++)
		later(f, 3600000);
	assert_int_equal(the_session(f)->plan.n_streams, 2);
	hang_up(f);
}

static void call_without_media_is_forgotten_at_last(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .sdp = NULL });
	say(f, { "INVITE", CALL_WAN, 200, .to = "b" });
	later(f, 11 * 3600000);
	assert_int_equal(calls_count(f->calls), 1);
	later(f, 3600000);
	assert_int_equal(calls_count(f->calls), 0);
}

static void ids_beyond_all_reason_are_refused(void **state)
{
	static char call_id[2000];
	struct fixture *f = *state;

	memset(call_id, 'x', sizeof(call_id) - 1);
	assert_int_equal(say(f, { "INVITE", CALL_LAN, .call_id = call_id,
				  .sdp = audio(PHONE, 40000) }), -ENOSPC);
	assert_int_equal(calls_count(f->calls), 0);
}

static void show(void *arg, const struct call_view *view)
{
	assert_string_equal(view->call_id, "call");
	assert_string_equal(view->from_uri, "sip:alice@example.com");
	assert_string_equal(view->to_uri, "sip:bob@example.com");
	assert_int_equal(view->caller, CALL_LAN);
	assert_int_equal(view->endpoint, 1);
	assert_int_equal(view->age_ms, 5000);
	assert_int_equal(view->n_figures, view->plan->n_streams);
	if (view->n_figures)
		assert_int_equal(view->figures[1].from_lan.packets, 101);
	assert_int_equal(!view->session, !view->n_figures);
	*(const char **)arg = view->state;
}

static const char *shown_state(struct fixture *f)
{
	const char *seen = NULL;

	calls_each(f->calls, f->now_ms + 5000, show, &seen);
	return seen;
}

static void person_sees_what_goes_on(void **state)
{
	struct fixture *f = *state;

	assert_null(shown_state(f));
	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	assert_string_equal(shown_state(f), "calling");
	say(f, { "INVITE", CALL_WAN, 180, .to = "b" });
	assert_string_equal(shown_state(f), "ringing");
	say(f, { "INVITE", CALL_WAN, 200, .to = "b",
		 .sdp = audio(PEER, 50000) });
	assert_string_equal(shown_state(f), "up");
	say(f, { "BYE", CALL_LAN, .to = "b", .cseq = 2 });
	assert_string_equal(shown_state(f), "ending");
}

static void dialog_is_known_by_its_tags(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	assert_true(is_dialog(f, { "BYE", CALL_WAN, .caller = "b", .to = "a" }));
	assert_true(is_dialog(f, { "REFER", CALL_LAN, .to = "b" }));
	assert_true(is_dialog(f, { "NOTIFY", CALL_WAN, 200, .to = "b" }));
	assert_false(is_dialog(f, { "BYE", CALL_WAN, .caller = "b" }));
	assert_false(is_dialog(f, { "BYE", CALL_WAN, .caller = "x",
				    .to = "a" }));
	assert_false(is_dialog(f, { "BYE", CALL_WAN, .caller = "b", .to = "a",
				    .call_id = "guess" }));
}

#define test(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(C13_refused_calls_give_back_everything),
		test(challenged_invite_keeps_its_port),
		test(cancelled_call_ends_with_its_487_or_without),
		test(cancel_that_comes_too_late_changes_nothing),
		test(unanswered_invite_ends_after_timer_c),
		test(bye_ends_media_when_it_is_answered),
		test(bye_without_answer_ends_media_as_well),
		test(D2_calls_of_one_trunk_are_independent),
		test(D3_messages_of_no_dialog_change_nothing),
		test(D3_ringing_call_is_no_strangers_to_end),
		test(D5_hairpin_is_two_calls),
		test(D10_exhausted_pool_refuses_offers_only),
		test(D12_call_lasts_as_long_as_its_dialog),
		test(call_without_media_is_forgotten_at_last),
		test(ids_beyond_all_reason_are_refused),
		test(person_sees_what_goes_on),
		test(dialog_is_known_by_its_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
