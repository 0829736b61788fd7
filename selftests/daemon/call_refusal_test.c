// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What becomes of a call whose media the kernel will not make, or that gets no
 * port: a request that is refused has never been there, a response or an ACK
 * holds all the same, and media follows as soon as it can.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "call_fixture.h"

/* The next session to be made or changed is refused. */
static void refuse_next(struct fixture *f)
{
	f->fail = -ENOMEM;
	f->n_fails = 1;
}

/* Calls take what ports there are, but for @n_left pairs. */
static void use_ports(struct fixture *f, unsigned int n_left)
{
	unsigned int total, used = media_ports_used(f->ports, &total);
	char call_id[16];

	for (; used < total - n_left; used++) {
		snprintf(call_id, sizeof(call_id), "%u", used);
		assert_int_equal(say(f, { "INVITE", CALL_LAN,
					  .call_id = call_id,
					  .sdp = audio(PHONE, 42000) }), 0);
	}
}

static int prack_from_outside(struct fixture *f, unsigned int cseq)
{
	return say(f, { "PRACK", CALL_WAN, .to = "b", .cseq = cseq,
			.sdp = audio(PEER, 50000) });
}

static void refused_prack_is_as_new_when_it_comes_again(void **state)
{
	unsigned int cseq;

	/* the same once more; or another, after the 503 */
	for (cseq = 2; cseq < 4; cseq++) {
		struct fixture *f = *state;
		uint16_t port;

		say(f, { "INVITE", CALL_WAN, .sdp = NULL });
		say(f, { "INVITE", CALL_LAN, 183, .to = "b", .more = RELIABLE,
			 .sdp = audio(PHONE, 40000) });
		port = place(f, 0);
		refuse_next(f);
		assert_int_equal(prack_from_outside(f, 2), -ENOMEM);
		assert_int_equal(f->n_sessions, 0);
		assert_int_equal(prack_from_outside(f, cseq), 0);
		assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
		say(f, { "INVITE", CALL_LAN, 486, .to = "b" });
		assert_int_equal(calls_count(f->calls), 0);
	}
}

static void refused_prack_of_the_phone_has_changed_no_port(void **state)
{
	struct fixture *f = *state;
	unsigned int used;

	say(f, { "INVITE", CALL_LAN, .sdp = NULL });
	say(f, { "INVITE", CALL_WAN, 183, .to = "b", .more = RELIABLE,
		 .sdp = audio(PEER, 50000) });
	used = media_ports_used(f->ports, NULL);
	refuse_next(f);
	assert_int_equal(say(f, { "PRACK", CALL_LAN, .to = "b", .cseq = 2,
				  .sdp = sdp(PHONE,
					     "m=audio 40000 RTP/AVP 0\r\n"
					     "m=audio 40002 RTP/AVP 0\r\n") }),
			 -ENOMEM);
	assert_int_equal(f->verdict.n_places, 0);
	assert_int_equal(media_ports_used(f->ports, NULL), used);
	assert_int_equal(say(f, { "PRACK", CALL_LAN, .to = "b", .cseq = 3,
				  .sdp = audio(PHONE, 40000) }), 0);
	assert_talks(f, 0, PHONE, 40000, place(f, 0), PEER, 50000);
}

/* The fork that runs goes on when the answer of another is refused. */
static void refused_prack_leaves_the_other_fork_active(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_WAN, .sdp = NULL });
	say(f, { "INVITE", CALL_LAN, 183, .to = "b", .more = RELIABLE,
		 .sdp = audio(PHONE, 40000) });
	assert_int_equal(prack_from_outside(f, 2), 0);
	say(f, { "INVITE", CALL_LAN, 183, .to = "c", .more = RELIABLE,
		 .sdp = audio(OTHER_PHONE, 40000) });
	refuse_next(f);
	assert_int_equal(say(f, { "PRACK", CALL_WAN, .to = "c", .cseq = 3,
				  .sdp = audio(PEER, 51000) }), -ENOMEM);
	later(f, 1000);
	assert_true(host_is(&the_session(f)->plan.streams[0].lan, PHONE));
	assert_int_equal(f->n_updates, 1);
}

static void ack_without_media(struct fixture *f)
{
	say(f, { "INVITE", CALL_WAN, .sdp = NULL });
	say(f, { "INVITE", CALL_LAN, 200, .to = "b",
		 .sdp = audio(PHONE, 40000) });
	refuse_next(f);
	assert_int_equal(say(f, { "ACK", CALL_WAN, .to = "b",
				  .sdp = audio(PEER, 50000) }), -ENOMEM);
	assert_int_equal(f->n_sessions, 0);
}

static void ack_that_comes_again_has_its_media(void **state)
{
	struct fixture *f = *state;

	ack_without_media(f);
	assert_int_equal(say(f, { "ACK", CALL_WAN, .to = "b",
				  .sdp = audio(PEER, 50000) }), 0);
	assert_int_equal(the_session(f)->plan.n_streams, 2);
}

/* An ACK that was not refused need not come again. */
static void ack_that_never_comes_again_has_its_media(void **state)
{
	struct fixture *f = *state;

	ack_without_media(f);
	later(f, 1000);
	assert_int_equal(the_session(f)->plan.n_streams, 2);
	later(f, 1000);
	assert_int_equal(f->n_installs, 2);
}

static int move_by(struct fixture *f, const char *method)
{
	return say(f, { method, CALL_WAN, 200, .to = "b", .cseq = 2,
			.sdp = audio(OTHER_PEER, 51000) });
}

static void answer_that_comes_again_moves_media(void **state)
{
	static const char *const methods[] = { "UPDATE", "INVITE" };
	struct fixture *f = *state;
	int i;

	for (i = 0; i < 2; i++) {
		uint16_t port = set_up(f);

		say(f, { methods[i], CALL_LAN, .to = "b", .cseq = 2,
			 .sdp = audio(PHONE, 40000) });
		refuse_next(f);
		assert_int_equal(move_by(f, methods[i]), -ENOMEM);
		assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
		assert_int_equal(move_by(f, methods[i]), 0);
		assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
		hang_up(f);
	}
}

static void answer_that_never_comes_again_moves_media(void **state)
{
	static const char *const methods[] = { "UPDATE", "INVITE" };
	struct fixture *f = *state;
	int i;

	for (i = 0; i < 2; i++) {
		uint16_t port = set_up(f);

		say(f, { methods[i], CALL_LAN, .to = "b", .cseq = 2,
			 .sdp = audio(PHONE, 40000) });
		refuse_next(f);
		assert_int_equal(move_by(f, methods[i]), -ENOMEM);
		later(f, 1000);
		assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
		hang_up(f);
	}
}

/* What the kernel refuses for long is asked of it again, and no oftener. */
static void kernel_is_asked_once_a_second(void **state)
{
	struct fixture *f = *state;
	int i;

	ack_without_media(f);
	f->n_fails = 5;
	for (i = 0; i < 5; i++) {
		later(f, 1000);
		assert_int_equal(f->n_installs, 2 + i);
	}
	assert_int_equal(f->n_sessions, 0);
	later(f, 1000);
	assert_int_equal(the_session(f)->plan.n_streams, 2);
}

static void media_follows_the_end_of_a_fork_in_the_end(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, 200, .to = "A",
		 .sdp = audio(PEER, 50000) });
	say(f, { "INVITE", CALL_WAN, 200, .to = "B",
		 .sdp = audio(OTHER_PEER, 51000) });
	say(f, { "BYE", CALL_LAN, .to = "A", .cseq = 2 });
	refuse_next(f);
	assert_int_equal(say(f, { "BYE", CALL_WAN, 200, .to = "A",
				  .cseq = 2 }), -ENOMEM);
	assert_true(host_is(&the_session(f)->plan.streams[0].remote, PEER));
	later(f, 1000);
	assert_true(host_is(&the_session(f)->plan.streams[0].remote,
			    OTHER_PEER));
}

/* A session that is still there is not forgotten, or nothing could remove it. */
static void session_that_stays_is_removed_later(void **state)
{
	struct fixture *f = *state;

	set_up(f);
	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio(PHONE, 0) });
	f->fail = -ENOMEM;
	f->n_keeps = 1;
	assert_int_equal(say(f, { "INVITE", CALL_WAN, 200, .to = "b",
				  .cseq = 2, .sdp = audio(PEER, 0) }),
			 -ENOMEM);
	assert_int_equal(f->n_sessions, 1);
	later(f, 1000);
	assert_int_equal(f->n_sessions, 0);
	later(f, 1000);
	assert_int_equal(f->n_removes, 2);
}

/* Early media of an INVITE that was redirected likewise. */
static void early_session_that_stays_is_removed_later(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .sdp = audio(PHONE, 40000) });
	say(f, { "INVITE", CALL_WAN, 183, .to = "b",
		 .sdp = audio(PEER, 50000) });
	f->fail = -ENOMEM;
	f->n_keeps = 1;
	assert_int_equal(say(f, { "INVITE", CALL_WAN, 302, .to = "b" }),
			 -ENOMEM);
	later(f, 1000);
	assert_int_equal(f->n_sessions, 0);
	assert_int_equal(calls_count(f->calls), 1);
}

/* It had ended in the kernel, and its successor is refused once. */
static void resumed_call_outlives_the_end_of_its_session(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f);
	uint32_t id = the_session(f)->id;

	f->n_sessions = 0;
	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio(PHONE, 40000) });
	f->fail = -ENOENT;
	f->n_fails = 2;
	assert_int_equal(move_by(f, "INVITE"), -ENOENT);
	assert_true(calls_session_ended(f->calls, id));
	later(f, 1000);
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
	later(f, 3600000);
	assert_int_equal(calls_count(f->calls), 1);
}

/* Media had fallen silent, and the call was about to end, when it went on. */
static void update_resumes_a_silent_call(void **state)
{
	struct fixture *f = *state;
	uint16_t port = set_up(f);
	uint32_t id = the_session(f)->id;

	f->n_sessions = 0;
	assert_true(calls_session_ended(f->calls, id));
	later(f, 1000);
	say(f, { "UPDATE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio(PHONE, 40000) });
	assert_int_equal(move_by(f, "UPDATE"), 0);
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 51000);
	later(f, 3600000);
	assert_int_equal(f->n_sessions, 1);
}

static void offer_without_ports_gives_back_those_it_got(void **state)
{
	struct fixture *f = *state;
	unsigned int used;
	uint16_t port = set_up(f);

	use_ports(f, 1);
	used = media_ports_used(f->ports, NULL);
	assert_int_equal(say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
				  .sdp = sdp(PHONE,
					     "m=audio 41000 RTP/AVP 0\r\n"
					     "m=video 41002 RTP/AVP 31\r\n") }),
			 -ENOSPC);
	assert_int_equal(media_ports_used(f->ports, NULL), used);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);

	/* and so does one from outside */
	assert_int_equal(say(f, { "INVITE", CALL_WAN, .caller = "b", .to = "a",
				  .cseq = 2,
				  .sdp = sdp(PEER,
					     "m=audio 51000 RTP/AVP 0\r\n"
					     "m=audio 51002 RTP/AVP 0\r\n"
					     "m=video 51004 RTP/AVP 31\r\n") }),
			 -ENOSPC);
	assert_int_equal(media_ports_used(f->ports, NULL), used);
}

/* The phone's INVITE asks for an offer, and its ACK cannot be refused. */
static void answer_in_ack_finds_its_port_waiting(void **state)
{
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_LAN, .sdp = NULL });
	use_ports(f, 0);
	assert_int_equal(say(f, { "INVITE", CALL_LAN, .call_id = "late",
				  .sdp = NULL }), -ENOSPC);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b",
		 .sdp = audio(PEER, 50000) });
	assert_int_equal(say(f, { "ACK", CALL_LAN, .to = "b",
				  .sdp = audio(PHONE, 40000) }), 0);
	assert_talks(f, 0, PHONE, 40000, place(f, 0), PEER, 50000);
}

/* Two lines where one was foreseen: the call is up, with what there is. */
static void answer_without_ports_is_an_answer_all_the_same(void **state)
{
	const char *two = "m=audio 40000 RTP/AVP 0\r\n"
			  "m=audio 40002 RTP/AVP 0\r\n";
	struct fixture *f = *state;

	say(f, { "INVITE", CALL_WAN, .sdp = audio(PEER, 50000) });
	use_ports(f, 0);
	assert_int_equal(say(f, { "INVITE", CALL_LAN, 200, .to = "b",
				  .sdp = sdp(PHONE, two) }), -ENOSPC);
	assert_talks(f, 0, PHONE, 40000, place(f, 0), PEER, 50000);
	assert_false(f->verdict.places[1].mapped);
	later(f, 3600000);
	assert_int_equal(calls_count(f->calls), 1);
	assert_int_equal(f->n_sessions, 1);
}

#define test(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(refused_prack_is_as_new_when_it_comes_again),
		test(refused_prack_of_the_phone_has_changed_no_port),
		test(refused_prack_leaves_the_other_fork_active),
		test(ack_that_comes_again_has_its_media),
		test(ack_that_never_comes_again_has_its_media),
		test(answer_that_comes_again_moves_media),
		test(answer_that_never_comes_again_moves_media),
		test(kernel_is_asked_once_a_second),
		test(media_follows_the_end_of_a_fork_in_the_end),
		test(session_that_stays_is_removed_later),
		test(early_session_that_stays_is_removed_later),
		test(resumed_call_outlives_the_end_of_its_session),
		test(update_resumes_a_silent_call),
		test(offer_without_ports_gives_back_those_it_got),
		test(answer_in_ack_finds_its_port_waiting),
		test(answer_without_ports_is_an_answer_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
