// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One INVITE, many answers: early media and forks, told message by message.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "call_fixture.h"

static void C14_early_media_runs_in_both_directions(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	say(f, { "INVITE", CALL_WAN, 183, .to = "b",
		 .sdp = audio(OTHER_PEER, 50000) });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 50000);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b",
		 .sdp = audio(PEER, 50000) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	assert_int_equal(f->n_installs, 1);
}

static void C14_confirmed_fork_wins(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	say(f, { "INVITE", CALL_WAN, 183, .to = "A",
		 .sdp = audio(PEER, 50000) });
	say(f, { "INVITE", CALL_WAN, 183, .to = "B",
		 .sdp = audio(OTHER_PEER, 51000) });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
	say(f, { "INVITE", CALL_WAN, 180, .to = "A" });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
	say(f, { "INVITE", CALL_WAN, 200, .to = "B",
		 .sdp = audio(OTHER_PEER, 51000) });

	/* what the others say now is too late, and their BYE ends only them */
	say(f, { "INVITE", CALL_WAN, 183, .to = "A",
		 .sdp = audio(PEER, 50002) });
	say(f, { "INVITE", CALL_WAN, 200, .to = "A",
		 .sdp = audio(PEER, 50002) });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
	say(f, { "ACK", CALL_LAN, .to = "A" });
	say(f, { "BYE", CALL_LAN, .to = "A", .cseq = 2 });
	say(f, { "BYE", CALL_WAN, 200, .to = "A", .cseq = 2 });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
	assert_int_equal(calls_count(f->calls), 1);
	assert_int_equal(f->n_installs, 1);
}

static void C14_caller_may_keep_the_other_fork(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	say(f, { "INVITE", CALL_WAN, 200, .to = "A",
		 .sdp = audio(PEER, 50000) });
	say(f, { "INVITE", CALL_WAN, 200, .to = "B",
		 .sdp = audio(OTHER_PEER, 51000) });
	say(f, { "BYE", CALL_LAN, .to = "A", .cseq = 2 });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	say(f, { "BYE", CALL_WAN, 200, .to = "A", .cseq = 2 });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
}

static void C14_fork_never_heard_of_again_ends(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, 183, .to = "A",
		 .sdp = audio(PEER, 50000) });
	say(f, { "INVITE", CALL_WAN, 200, .to = "B",
		 .sdp = audio(OTHER_PEER, 51000) });
	assert_true(is_dialog(f, { "INFO", CALL_LAN, .to = "A" }));
	later(f, 31999);
	assert_true(is_dialog(f, { "INFO", CALL_LAN, .to = "A" }));
	later(f, 1);
	assert_false(is_dialog(f, { "INFO", CALL_LAN, .to = "A" }));
	assert_true(is_dialog(f, { "INFO", CALL_LAN, .to = "B" }));
	assert_int_equal(calls_count(f->calls), 1);
}

/* A provider that rings two phones: two calls, and one 487 ends just one. */
static void C14_provider_forks_to_two_phones(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_WAN, .branch = "1", .endpoint = 1,
		 .sdp = audio(PEER, 50000) });
	say(f, { "INVITE", CALL_WAN, .branch = "2", .endpoint = 2,
		 .sdp = audio(PEER, 50000) });
	assert_int_equal(calls_count(f->calls), 2);
	say(f, { "INVITE", CALL_LAN, 180, .branch = "1", .to = "P" });
	say(f, { "INVITE", CALL_LAN, 180, .branch = "2", .to = "Q",
		 .endpoint = 2 });
	say(f, { "INVITE", CALL_LAN, 200, .branch = "2", .to = "Q",
		 .endpoint = 2, .sdp = audio(OTHER_PHONE, 40000) });
	port = place(f, 0);
	say(f, { "CANCEL", CALL_WAN, .branch = "1" });
	say(f, { "INVITE", CALL_LAN, 487, .branch = "1", .to = "P" });
	assert_int_equal(calls_count(f->calls), 1);
	assert_talks(f, 0, OTHER_PHONE, 40000, port, PEER, 50000);
}

/* RFC 3261 8.2.2.2: an INVITE that came on two ways is refused once with 482. */
static void merged_request_does_not_end_the_call(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_WAN, .branch = "1",
		 .sdp = audio(PEER, 50000) });
	say(f, { "INVITE", CALL_WAN, .branch = "2",
		 .sdp = audio(PEER, 50000) });
	say(f, { "INVITE", CALL_LAN, 482, .branch = "2", .to = "x" });
	assert_int_equal(calls_count(f->calls), 1);
	say(f, { "INVITE", CALL_LAN, 200, .branch = "1", .to = "b",
		 .sdp = audio(PHONE, 40000) });
	assert_talks(f, 0, PHONE, 40000, place(f, 0), PEER, 50000);
}

/* RFC 3261 15: the caller may end an early dialog, and the others ring on. */
static void bye_of_an_early_dialog_ends_only_that(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	say(f, { "INVITE", CALL_WAN, 183, .to = "A",
		 .sdp = audio(PEER, 50000) });
	say(f, { "INVITE", CALL_WAN, 183, .to = "B",
		 .sdp = audio(OTHER_PEER, 51000) });
	say(f, { "BYE", CALL_LAN, .to = "B", .cseq = 2 });
	say(f, { "BYE", CALL_WAN, 200, .to = "B", .cseq = 2 });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	say(f, { "BYE", CALL_LAN, .to = "A", .cseq = 3 });
	say(f, { "BYE", CALL_WAN, 200, .to = "A", .cseq = 3 });
	assert_int_equal(f->n_sessions, 0);
	assert_int_equal(calls_count(f->calls), 1);
	say(f, { "INVITE", CALL_WAN, 487, .to = "A" });
	assert_int_equal(calls_count(f->calls), 0);
}

static void early_media_ends_when_the_invite_is_redirected(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	say(f, { "INVITE", CALL_WAN, 183, .to = "A",
		 .sdp = audio(PEER, 50000) });
	say(f, { "INVITE", CALL_WAN, 302, .to = "A" });
	assert_int_equal(f->n_sessions, 0);
	say(f, { "INVITE", CALL_LAN, .cseq = 2, .sdp = audio(PHONE, 40000) });
	assert_int_equal(place(f, 0), port);
	say(f, { "INVITE", CALL_WAN, 200, .to = "B", .cseq = 2,
		 .sdp = audio(OTHER_PEER, 51000) });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
}

/* The INVITE is not forgotten over all that is said before its answer. */
static void long_talk_before_the_answer(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, 183, .to = "b",
		 .sdp = audio(PEER, 50000) });
	for (i = 2; i < 60; i++) {
		say(f, { "UPDATE", CALL_LAN, .to = "b", .cseq = i,
			 .sdp = audio(PHONE, 40000) });
		say(f, { "UPDATE", CALL_WAN, 200, .to = "b", .cseq = i,
			 .sdp = audio(PEER, 50000 + 2 * i) });
		assert_int_equal(port_of(&the_session(f)->plan.streams[0]
					 .remote), 50000 + 2 * i);
	}
	say(f, { "INVITE", CALL_WAN, 486, .to = "b" });
	assert_int_equal(calls_count(f->calls), 0);
}

/* More phones than anybody rings at once: the rest is refused, not lost. */
static void forks_are_bounded(void **state)
{
	struct fixture *f = *state;
	char tag[16];
	int i, err = 0;

	for (i = 0; !err && i < 100; i++) {
		snprintf(tag, sizeof(tag), "%d", i);
		err = say(f, { "INVITE", CALL_WAN, .caller = tag,
			       .branch = tag, .sdp = audio(PEER, 50000) });
	}
	assert_int_equal(err, -ENOSPC);
	assert_int_equal(calls_count(f->calls), 32);

	/* and of one call: what cannot be followed has its SDP mapped still */
	for (i = 0; i < 100; i++) {
		snprintf(tag, sizeof(tag), "b%d", i);
		assert_int_equal(say(f, { "INVITE", CALL_LAN, 183, .to = tag,
					  .caller = "0", .branch = "0",
					  .sdp = audio(PHONE, 40000) }), 0);
		assert_int_equal(place_rtcp(f, 0), place(f, 0) + 1);
	}
	assert_int_equal(media_ports_used(f->ports, NULL), 32);
}

#define test(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(C14_early_media_runs_in_both_directions),
		test(C14_confirmed_fork_wins),
		test(C14_caller_may_keep_the_other_fork),
		test(C14_fork_never_heard_of_again_ends),
		test(C14_provider_forks_to_two_phones),
		test(merged_request_does_not_end_the_call),
		test(bye_of_an_early_dialog_ends_only_that),
		test(early_media_ends_when_the_invite_is_redirected),
		test(long_talk_before_the_answer),
		test(forks_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
