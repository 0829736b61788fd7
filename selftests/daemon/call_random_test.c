// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages in any order, from a few parties with few words: whatever they say,
 * what runs is sound, and in the end nothing is left.
 *
 * The order is that of a seed, and so the same in every run.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call_fixture.h"

#include <errno.h>
#include <stdlib.h>

#define N_MESSAGES 20000

static unsigned int seed;

static unsigned int pick(unsigned int n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static const char *pick_sdp(enum call_side from)
{
	const char *host = from == CALL_LAN ? (pick(2) ? PHONE : OTHER_PHONE)
					    : (pick(2) ? PEER : OTHER_PEER);
	unsigned int port = 40000 + 2 * pick(30);

	switch (pick(10)) {
	case 0: case 1: case 2: case 3:
		return NULL;
	case 4:
		return audio("0.0.0.0", port);
	case 5:
		return sdp(host, "m=audio 40000 RTP/AVP 0\r\na=rtcp-mux\r\n"
				 "m=image 40010 udptl t38\r\n");
	case 6:
		return audio(host, 0);
	case 7:
		return sdp(host, "m=audio 40001 RTP/AVP 0\r\na=rtcp:40000\r\n"
				 "a=candidate:1 1 UDP 1 8.8.8.8 9 typ host\r\n");
	default:
		return audio(host, port);
	}
}

static int speak(struct fixture *f)
{
	static const char *const methods[] = {
		"INVITE", "INVITE", "INVITE", "UPDATE", "PRACK", "ACK", "BYE",
		"CANCEL",
	};
	static const unsigned int statuses[] = {
		0, 0, 0, 0, 100, 180, 183, 200, 200, 200, 302, 401, 481, 486,
	};
	static const char *const tags[] = { NULL, "a", "b" };
	static const char *const call_ids[] = { "1", "2", "3" };
	struct words words = {
		.method = methods[pick(8)],
		.from = pick(2) ? CALL_LAN : CALL_WAN,
		.status = statuses[pick(14)],
		.call_id = call_ids[pick(3)],
		.caller = pick(4) ? "a" : "b",
		.to = tags[pick(3)],
		.cseq = 1 + pick(2),
		.endpoint = pick(8) ? 1 : 2,
		.more = pick(2) ? RELIABLE : NULL,
	};

	int err;

	words.sdp = pick_sdp(words.from);
	f->fail = pick(2) ? -EEXIST : -ENOMEM;
	f->n_fails = pick(20) ? 0 : 1 + pick(3);
	err = fixture_say(f, &words);
	f->n_fails = 0;
	return err;
}

/* Each public port once, each stream between a LAN host and somebody else. */
static void assert_sound(struct fixture *f)
{
	bool seen[PORT_MAX - PORT_MIN + 1] = { false };
	unsigned int i, j;

	assert_true(f->n_sessions <= calls_count(f->calls));
	for (i = 0; i < f->n_sessions; i++) {
		const struct media_plan *plan = &f->sessions[i].plan;

		for (j = 0; j < plan->n_streams; j++) {
			const struct media_stream *stream = &plan->streams[j];
			uint16_t port = port_of(&stream->public);

			assert_in_range(port, PORT_MIN, PORT_MAX);
			assert_false(seen[port - PORT_MIN]);
			seen[port - PORT_MIN] = true;
			assert_true(host_is(&stream->lan, PHONE) ||
				    host_is(&stream->lan, OTHER_PHONE));
			assert_true(host_is(&stream->remote, PEER) ||
				    host_is(&stream->remote, OTHER_PEER));
		}
	}
}

static void any_order_of_messages_is_survived(void **state)
{
	struct fixture *f = *state;
	int i, err, n_served = 0;

	seed = 1;
	for (i = 0; i < N_MESSAGES; i++) {
		err = speak(f);
		assert_true(!err || err == -ENOSPC || err == f->fail);
		n_served += f->n_sessions > 0;
		assert_sound(f);
		if (!pick(100) && f->n_sessions) {
			calls_session_ended(f->calls, f->sessions[0].id);
			f->sessions[0] = f->sessions[--f->n_sessions];
		}
		if (!pick(20))
			later(f, pick(60000));
	}
	assert_in_range(n_served, N_MESSAGES / 10, N_MESSAGES);

	for (i = 0; i < 100 && calls_count(f->calls); i++) {
		while (f->n_sessions)
			calls_session_ended(f->calls,
				f->sessions[--f->n_sessions].id);
		later(f, 13 * 3600000);
	}
	assert_int_equal(calls_count(f->calls), 0);
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			any_order_of_messages_is_survived, fixture_setup,
			fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
