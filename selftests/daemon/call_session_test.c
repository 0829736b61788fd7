// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A call and its session in the kernel: what becomes of one when the other ends,
 * or will not begin.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "call_fixture.h"

/* The kernel found no packet for long, and told; then the call is over, too. */
static void call_ends_after_the_kernel_has_ended_its_session(void **state)
{
	struct fixture *f = *state;
	uint32_t id;

	set_up(f);
	id = the_session(f)->id;
	assert_false(calls_session_ended(f->calls, id + 1));
	assert_false(calls_session_ended(f->calls, 0));
	f->n_sessions = 0;
	assert_true(calls_session_ended(f->calls, id));
	later(f, 1000);
	assert_int_equal(calls_count(f->calls), 1);
	later(f, 32000);
	assert_int_equal(calls_count(f->calls), 0);
	assert_int_equal(f->n_removes, 0);
}

/* ... unless its phones were only silent, and resume. */
static void resume_brings_an_ended_session_back(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f);
	int i;

	for (i = 0; i < 2; i++) {
		uint32_t id = the_session(f)->id;

		f->n_sessions = 0;
		if (i)	/* the other time the notification is late */
			assert_true(calls_session_ended(f->calls, id));
		say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2 + i,
			 .sdp = audio(PHONE, 40000) });
		assert_int_equal(place(f, 0), port);
		say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2 + i,
			 .sdp = audio(OTHER_PEER, 50000 + 2 * i) });
		assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER,
			     50000 + 2 * i);
		assert_int_equal(f->n_installs, 2 + i);
		assert_false(calls_session_ended(f->calls, id));
		later(f, 3600000);
		assert_int_equal(calls_count(f->calls), 1);
	}
}

static void refused_install_is_tried_again_when_the_answer_comes_again(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	f->fail = -ENOMEM;
	f->n_fails = 1;
	assert_int_equal(say(f, { "INVITE", CALL_WAN, 200, .to = "b",
				  .sdp = audio(PEER, 50000) }), -ENOMEM);
	assert_int_equal(f->n_sessions, 0);
	assert_int_equal(say(f, { "INVITE", CALL_WAN, 200, .to = "b",
				  .sdp = audio(PEER, 50000) }), 0);
	assert_int_equal(the_session(f)->plan.n_streams, 2);
}

static void port_held_in_the_kernel_is_changed_before_it_is_told(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_WAN, .sdp = audio(PEER, 50000) });
	f->fail = -EEXIST;
	f->n_fails = 2;
	assert_int_equal(say(f, { "INVITE", CALL_LAN, 200, .to = "b",
				  .sdp = audio(PHONE, 40000) }), 0);
	assert_int_equal(f->n_installs, 3);
	assert_talks(f, 0, PHONE, 40000, place(f, 0), PEER, 50000);
	assert_int_equal(place_rtcp(f, 0), place(f, 0) + 1);
}

static void port_already_told_is_never_changed(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	f->fail = -EEXIST;
	f->n_fails = 1;
	assert_int_equal(say(f, { "INVITE", CALL_WAN, 200, .to = "b",
				  .sdp = audio(PEER, 50000) }), -EEXIST);
	assert_int_equal(f->n_installs, 1);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b",
		 .sdp = audio(PEER, 50000) });
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
}

/* A second call between the addresses of set_up()'s; Return: the answer's fate. */
static int call_again(struct fixture *f, uint32_t endpoint, uint16_t *port)
{
	assert_int_equal(say(f, { "INVITE", CALL_LAN, .call_id = "again",
				  .endpoint = endpoint,
				  .sdp = audio(PHONE, 40000) }), 0);
	*port = place(f, 0);
	return say(f, { "INVITE", CALL_WAN, 200, .to = "b", .call_id = "again",
			.endpoint = endpoint, .sdp = audio(PEER, 50000) });
}

static void second_call_between_the_same_addresses_ends_the_first(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	set_up(f);
	assert_int_equal(call_again(f, 1, &port), 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	later(f, 1000);
	assert_int_equal(calls_count(f->calls), 2);
	later(f, 33 * 1000);
	assert_int_equal(calls_count(f->calls), 1);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	say(f, { "BYE", CALL_LAN, .call_id = "again", .to = "b", .cseq = 2 });
	say(f, { "BYE", CALL_WAN, 200, .call_id = "again", .to = "b",
		 .cseq = 2 });
}

static void it_does_not_where_it_is_another_endpoints(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f), other;

	assert_int_equal(call_again(f, 2, &other), -EEXIST);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
}

static void cookies_are_ours_and_fit(void **state)
{
	struct fixture *f = *state;
	char call_id[200];

	memset(call_id, 'x', sizeof(call_id));
	call_id[sizeof(call_id) - 1] = '\0';
	say(f, { "INVITE", CALL_LAN, .call_id = call_id,
		 .sdp = audio(PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .call_id = call_id,
		 .sdp = audio(PEER, 50000) });
	assert_int_equal(strlen(the_session(f)->cookie), MEDIA_COOKIE_LEN);
	assert_memory_equal(the_session(f)->cookie, MEDIA_COOKIE_PREFIX,
			    strlen(MEDIA_COOKIE_PREFIX));
}

static void sessions_outlive_a_daemon_that_is_to_keep_them(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	calls_free(f->calls, true);
	f->calls = NULL;
	assert_int_equal(f->n_sessions, 1);
	assert_int_equal(f->n_removes, 0);
	f->n_sessions = 0;
}

/* Every line rejected: nothing runs; then one is back, on its old port. */
static void session_ends_with_its_last_stream(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f);

	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio(PHONE, 0) });
	assert_left_alone(f);
	assert_int_equal(f->n_sessions, 1);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio(PEER, 0) });
	assert_int_equal(f->n_sessions, 0);
	say(f, { "UPDATE", CALL_WAN, .caller = "b", .to = "a", .cseq = 2,
		 .sdp = audio(PEER, 50000) });
	say(f, { "UPDATE", CALL_LAN, 200, .caller = "b", .to = "a", .cseq = 2,
		 .sdp = audio(PHONE, 40000) });
	assert_int_equal(place(f, 0), port);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
}

#define test(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(call_ends_after_the_kernel_has_ended_its_session),
		test(resume_brings_an_ended_session_back),
		test(refused_install_is_tried_again_when_the_answer_comes_again),
		test(port_held_in_the_kernel_is_changed_before_it_is_told),
		test(port_already_told_is_never_changed),
		test(second_call_between_the_same_addresses_ends_the_first),
		test(it_does_not_where_it_is_another_endpoints),
		test(cookies_are_ours_and_fit),
		test(sessions_outlive_a_daemon_that_is_to_keep_them),
		test(session_ends_with_its_last_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
