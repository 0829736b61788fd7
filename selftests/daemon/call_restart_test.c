// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls of a daemon that is killed and started again (scenario D09). The kernel
 * has gone on meanwhile; what it does is touched only where it has to be.
 *
 * The other tests of calls know nothing of it: with RESTART=always in their
 * environment the daemon is killed after every message, and they may not notice
 * (restart.sh).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdlib.h>
#include <string.h>

#include "call_fixture.h"

/** Requests that a call remembers (CALL_MAX_REQUESTS of call/dialog.h). */
#define N_REMEMBERED 16

static void D09_running_call_is_not_touched(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f);
	uint32_t session = the_session(f)->id;

	restart(f);
	assert_int_equal(f->n_made, 0);
	assert_int_equal(f->n_installs, 1);
	assert_int_equal(f->n_updates, 0);
	assert_int_equal(the_session(f)->id, session);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	hang_up(f);
	assert_int_equal(f->n_sessions, 0);
}

static void D09_bye_from_outside_ends_the_call(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	restart(f);
	assert_true(is_dialog(f, { "BYE", CALL_WAN, .caller = "b", .to = "a" }));
	say(f, { "BYE", CALL_WAN, .caller = "b", .to = "a", .cseq = 7 });
	restart(f);
	say(f, { "BYE", CALL_LAN, 200, .caller = "b", .to = "a", .cseq = 7 });
	assert_int_equal(calls_count(f->calls), 0);
	assert_int_equal(f->n_sessions, 0);
}

static void D09_hold_and_resume_keep_their_port(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f);

	restart(f);
	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio("0.0.0.0", 40000) });
	restart(f);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio(PEER, 50000) });
	restart(f);
	say(f, { "ACK", CALL_LAN, .to = "b", .cseq = 2 });
	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 3,
		 .sdp = audio(PHONE, 40000) });
	assert_int_equal(place(f, 0), port);
	restart(f);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 3,
		 .sdp = audio(OTHER_PEER, 51000) });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
	assert_int_equal(f->n_installs, 1);
	hang_up(f);
}

/* What was said in a dialog goes with it, though nothing comes in its place. */
static void requests_of_a_dialog_that_is_over_do_not_come_back(void **state)
{
	struct fixture *f = *state;
	unsigned int cseq;

	set_up(f);
	say(f, { "INVITE", CALL_WAN, 200, .to = "c",
		 .sdp = audio(OTHER_PEER, 51000) });
	for (cseq = 2; cseq < 2 + N_REMEMBERED; cseq++)
		say(f, { "UPDATE", CALL_LAN, .to = "c", .cseq = cseq });
	say(f, { "BYE", CALL_LAN, .to = "c", .cseq = cseq });
	restart(f);
	say(f, { "BYE", CALL_WAN, 200, .to = "c", .cseq = cseq });
	restart(f);
	/* It comes again, and is nobody's. */
	say(f, { "BYE", CALL_WAN, 200, .to = "c", .cseq = cseq });
	assert_int_equal(calls_count(f->calls), 1);
	hang_up(f);
}

/* The later call has their addresses now; the next daemon does not ask again. */
static void call_that_has_left_its_addresses_does_not_take_them_back(
							void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	set_up(f);
	say(f, { "INVITE", CALL_LAN, .call_id = "again",
		 .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .call_id = "again",
		 .sdp = audio(PEER, 50000) });
	restart(f);
	assert_int_equal(f->n_made, 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	later(f, 33 * 1000);
	assert_int_equal(calls_count(f->calls), 1);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	say(f, { "BYE", CALL_LAN, .call_id = "again", .to = "b", .cseq = 2 });
	say(f, { "BYE", CALL_WAN, 200, .call_id = "again", .to = "b",
		 .cseq = 2 });
}

static void session_that_the_kernel_has_lost_is_made_again(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f);

	f->n_sessions = 0;	/* as at a reboot */
	restart(f);
	assert_int_equal(f->n_made, 1);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	hang_up(f);
}

/* Killed between what it told the kernel and what it wrote. */
static void kernel_that_is_ahead_is_brought_back(void **state)
{
	struct fixture *f = *state;
	struct store *store = f->store;
	uint16_t port = set_up(f);

	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio(PHONE, 40000) });
	f->store = NULL;
	calls_set_store(f->calls, NULL);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio(OTHER_PEER, 51000) });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
	f->store = store;
	restart(f);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	/* The 200 never left, so it comes again. */
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio(OTHER_PEER, 51000) });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
	hang_up(f);
}

static void session_of_a_call_that_was_never_written_is_nobodys(void **state)
{
	static const struct media_plan plan;
	struct fixture *f = *state;

	set_up(f);
	assert_false(calls_adopt(f->calls, "by hand", 1, &plan));
	assert_false(calls_adopt(f->calls, MEDIA_COOKIE_PREFIX, 1, &plan));
	assert_false(calls_adopt(f->calls, MEDIA_COOKIE_PREFIX "0:x", 1,
				 &plan));
	/* The same cookie twice: only the one that it has is the call's. */
	assert_false(calls_adopt(f->calls, the_session(f)->cookie, 99, &plan));
	assert_true(calls_adopt(f->calls, the_session(f)->cookie,
				the_session(f)->id, &the_session(f)->plan));
	hang_up(f);
}

static void call_ends_with_its_endpoint(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	f->gone = 1;
	restart(f);
	assert_int_equal(calls_count(f->calls), 0);
	assert_int_equal(f->n_sessions, 0);
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
}

static void ports_of_a_call_are_not_lent_to_another(void **state)
{
	struct fixture *f = *state;
	unsigned int used;
	uint16_t port = set_up(f);
	int i;

	used = media_ports_used(f->ports, NULL);
	restart(f);
	assert_int_equal(media_ports_used(f->ports, NULL), used);
	for (i = PORT_MIN; i <= PORT_MAX - 2; i += 2)
		assert_int_not_equal(media_ports_get(f->ports, f->now_ms),
				     port);
	hang_up(f);
	while (i > PORT_MIN) {
		i -= 2;
		media_ports_put(f->ports, i, f->now_ms);
	}
	media_ports_put(f->ports, PORT_MAX - 1, f->now_ms);
}

static void deadlines_go_on(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	later(f, 100000);
	restart(f);
	later(f, 79000);
	assert_int_equal(calls_count(f->calls), 1);
	later(f, 2000);
	assert_int_equal(calls_count(f->calls), 0);
	restart(f);
	assert_int_equal(calls_count(f->calls), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup_kept, \
						   fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(D09_running_call_is_not_touched),
		TEST(D09_bye_from_outside_ends_the_call),
		TEST(D09_hold_and_resume_keep_their_port),
		TEST(requests_of_a_dialog_that_is_over_do_not_come_back),
		TEST(call_that_has_left_its_addresses_does_not_take_them_back),
		TEST(session_that_the_kernel_has_lost_is_made_again),
		TEST(kernel_that_is_ahead_is_brought_back),
		TEST(session_of_a_call_that_was_never_written_is_nobodys),
		TEST(call_ends_with_its_endpoint),
		TEST(ports_of_a_call_are_not_lent_to_another),
		TEST(deadlines_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
