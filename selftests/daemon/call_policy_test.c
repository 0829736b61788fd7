// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the configuration makes of a call's media: ICE that passes, is taken out
 * or joined (sip-alg C9), media that both sides send to us (anchor-both), and two
 * calls that are one, from phone to phone (D5).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call_fixture.h"

#include <stdio.h>

#define INSIDE "192.168.1.1"

#define ICE(port) "m=audio " port " RTP/AVP 0\r\na=ice-ufrag:F7gI\r\n" \
	"a=candidate:1 1 UDP 2130706431 10.9.9.9 " port " typ host\r\n"

static int setup_anchor(void **state)
{
	return fixture_setup_ice(state, CALL_ICE_ANCHOR);
}

static int setup_insert(void **state)
{
	return fixture_setup_ice(state, CALL_ICE_INSERT);
}

static int setup_both(void **state)
{
	int err = fixture_setup(state);

	((struct fixture *)*state)->inside = INSIDE;
	return err;
}

static int setup_both_anchor(void **state)
{
	int err = setup_anchor(state);

	((struct fixture *)*state)->inside = INSIDE;
	return err;
}

static void offer(struct fixture *f, const char *body)
{
	assert_int_equal(say(f, { "INVITE", CALL_LAN, .sdp = body }), 0);
}

static void answer(struct fixture *f, const char *body)
{
	assert_int_equal(say(f, { "INVITE", CALL_WAN, 200, .to = "b",
				  .sdp = body }), 0);
}

static void anchor_takes_ice_from_an_offer(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	offer(f, sdp(PHONE, ICE("40000")));
	assert_int_equal(f->verdict.ice, CALL_ICE_ANCHOR);
	port = place(f, 0);
	answer(f, audio(PEER, 50000));
	assert_int_equal(f->verdict.ice, CALL_ICE_PASS);
	assert_int_equal(f->verdict.n_places, 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
}

/* The phone is not to hear of ICE either, or it would use it by itself. */
static void anchor_takes_ice_from_what_comes_in(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_WAN, .sdp = sdp(PEER, ICE("50000")) });
	assert_int_equal(f->verdict.ice, CALL_ICE_ANCHOR);
	say(f, { "INVITE", CALL_LAN, 200, .to = "b",
		 .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
}

/* No mixture: a line that stays keeps its candidates, and so do all. */
static void ice_passes_where_not_all_can_be_mapped(void **state)
{
	static const char *const others[] = {
		ICE("40000") "m=video 40002 RTP/AVP 96\r\nc=IN IP4 8.8.8.8\r\n",
		ICE("40000") "m=video 40002 RTP/AVP 96\r\n"
			"c=IN IP6 2001:db8::1\r\n",
		ICE("40000") "m=message 40002 TCP/MSRP *\r\n",
		/* Trickle ICE: there is no address yet (RFC 8840 4.1.1). */
		"c=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\n"
			"c=IN IP4 0.0.0.0\r\na=ice-ufrag:x\r\n",
	};
	struct fixture *f = *state;
	char id[8];
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(id, sizeof(id), "%zu", i);
		say(f, { "INVITE", CALL_LAN, .call_id = id,
			 .sdp = sdp(PHONE, others[i]) });
		assert_int_equal(f->verdict.ice, CALL_ICE_PASS);
		assert_left_alone(f);
		say(f, { "INVITE", CALL_WAN, 200, .to = "b", .call_id = id,
			 .sdp = sdp(PEER, ICE("50000")) });
		assert_int_equal(f->verdict.ice, CALL_ICE_PASS);
		assert_int_equal(f->n_sessions, 0);
	}
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
}

static void a_rejected_line_is_in_nobodys_way(void **state)
{
	struct fixture *f = *state;

	offer(f, sdp(PHONE, ICE("40000") "m=video 0 RTP/AVP 96\r\n"));
	assert_int_not_equal(f->verdict.ice, CALL_ICE_PASS);
	place(f, 0);
}

static void insert_maps_and_joins(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	offer(f, sdp(PHONE, ICE("40000")));
	assert_int_equal(f->verdict.ice, CALL_ICE_INSERT);
	port = place(f, 0);
	answer(f, sdp(PEER, ICE("50000")));
	assert_int_equal(f->verdict.ice, CALL_ICE_PASS);
	assert_int_equal(f->verdict.n_places, 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	/* The offer after ICE has found its way names the same, and stays. */
	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = sdp(PHONE, ICE("40000")) });
	assert_int_equal(place(f, 0), port);
	assert_int_equal(f->verdict.ice, CALL_ICE_INSERT);
}

static void a_repeated_offer_is_judged_alike(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	offer(f, sdp(PHONE, ICE("40000")));
	port = place(f, 0);
	offer(f, sdp(PHONE, ICE("40000")));
	assert_int_equal(place(f, 0), port);
	assert_int_equal(f->verdict.ice, CALL_ICE_ANCHOR);
}

/* The port inside that the phone is told for m-line 0 */
static uint16_t place_inside(struct fixture *f)
{
	assert_int_equal(f->verdict.n_places, 1);
	assert_true(f->verdict.places[0].mapped);
	assert_true(host_is(&f->verdict.places[0].rtp, INSIDE));
	return port_of(&f->verdict.places[0].rtp);
}

static void assert_relayed(struct fixture *f, unsigned int index, uint16_t port)
{
	const struct media_stream *stream =
		&the_session(f)->plan.streams[index];

	assert_true(host_is(&stream->inside, INSIDE));
	assert_int_equal(port_of(&stream->inside), port);
	assert_true(stream->id & MEDIA_ID_RELAY);
}

static void both_sides_send_to_us(void **state)
{
	struct fixture *f = *state;
	uint16_t port, inside;

	offer(f, audio(PHONE, 40000));
	port = place(f, 0);
	answer(f, audio(PEER, 50000));
	inside = place_inside(f);
	assert_int_not_equal(inside, port);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	assert_relayed(f, 0, inside);
	assert_relayed(f, 1, inside + 1);
	answer(f, audio(PEER, 50000));
	assert_int_equal(place_inside(f), inside);
	hang_up(f);
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
}

static void both_sides_send_to_us_in_a_call_from_outside(void **state)
{
	struct fixture *f = *state;
	uint16_t port, inside;

	say(f, { "INVITE", CALL_WAN, .sdp = audio(PEER, 50000) });
	inside = place_inside(f);
	say(f, { "INVITE", CALL_LAN, 200, .to = "b",
		 .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	assert_relayed(f, 0, inside);
	/* The peer moves: it has another port inside, and its stream follows. */
	say(f, { "INVITE", CALL_WAN, .to = "b", .cseq = 2,
		 .sdp = audio(OTHER_PEER, 50000) });
	assert_int_not_equal(place_inside(f), inside);
	inside = place_inside(f);
	say(f, { "INVITE", CALL_LAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio(PHONE, 40000) });
	assert_talks(f, 0, PHONE, 40000, port, OTHER_PEER, 50000);
	assert_relayed(f, 0, inside);
	assert_int_equal(f->n_installs, 1);
}

/* An answer cannot be refused, so its ports are there before. */
static void ports_for_both_are_there_before_the_answer(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	offer(f, audio(PHONE, 40000));
	assert_int_equal(media_ports_used(f->ports, NULL), 2);
	while (media_ports_get(f->ports, f->now_ms) >= 0)
		;
	answer(f, audio(PEER, 50000));
	assert_relayed(f, 0, place_inside(f));
	hang_up(f);
	for (port = PORT_MIN; port <= PORT_MAX; port += 2)
		media_ports_put(f->ports, port, f->now_ms);
}

static void hold_of_the_peer_is_kept_as_hold(void **state)
{
	struct fixture *f = *state;
	uint16_t inside;

	offer(f, audio(PHONE, 40000));
	answer(f, audio(PEER, 50000));
	inside = place_inside(f);
	say(f, { "INVITE", CALL_WAN, .caller = "b", .to = "a", .cseq = 2,
		 .sdp = audio("0.0.0.0", 50000) });
	assert_true(host_is(&f->verdict.places[0].rtp, "0.0.0.0"));
	assert_int_equal(port_of(&f->verdict.places[0].rtp), inside);
}

/* ICE that passes names the peer itself, so nothing stands in between. */
static void ice_that_passes_is_not_relayed_inside(void **state)
{
	struct fixture *f = *state;

	offer(f, audio(PHONE, 40000));
	answer(f, sdp(PEER, ICE("50000")));
	assert_left_alone(f);
	assert_int_equal(the_session(f)->plan.streams[0].inside.family,
			 AF_UNSPEC);
}

static void ice_that_is_taken_out_is_relayed_inside(void **state)
{
	struct fixture *f = *state;

	offer(f, audio(PHONE, 40000));
	answer(f, sdp(PEER, ICE("50000")));
	assert_int_equal(f->verdict.ice, CALL_ICE_ANCHOR);
	assert_relayed(f, 0, place_inside(f));
}

/*
 * P calls Q through a provider that does not relay: out at endpoint 1, in again
 * at endpoint 2. Each has a session whose peer is the other's public port; the
 * module turns such packets round (selftests/net/kmod_hairpin.py).
 */
static void D5_two_calls_that_are_one(void **state)
{
	const struct media_stream *of_p, *of_q;
	struct fixture *f = *state;
	uint16_t p, q;

	offer(f, audio(PHONE, 40000));
	p = place(f, 0);
	say(f, { "INVITE", CALL_WAN, .endpoint = 2, .branch = "z9hG4bKs",
		 .sdp = audio(GATEWAY, p) });
	say(f, { "INVITE", CALL_LAN, 200, .to = "b", .endpoint = 2,
		 .branch = "z9hG4bKs", .sdp = audio(OTHER_PHONE, 40000) });
	q = place(f, 0);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b",
		 .sdp = audio(GATEWAY, q) });
	assert_int_equal(calls_count(f->calls), 2);
	assert_int_equal(f->n_sessions, 2);
	of_q = &f->sessions[0].plan.streams[0];
	of_p = &f->sessions[1].plan.streams[0];
	assert_true(media_address_equal(&of_p->public, &of_q->remote));
	assert_true(media_address_equal(&of_q->public, &of_p->remote));
	assert_int_equal(port_of(&of_p->public), p);
	assert_int_equal(port_of(&of_q->public), q);
}

#define test(name, setup) \
	cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(anchor_takes_ice_from_an_offer, setup_anchor),
		test(anchor_takes_ice_from_what_comes_in, setup_anchor),
		test(ice_passes_where_not_all_can_be_mapped, setup_anchor),
		test(ice_passes_where_not_all_can_be_mapped, setup_insert),
		test(a_rejected_line_is_in_nobodys_way, setup_anchor),
		test(insert_maps_and_joins, setup_insert),
		test(a_repeated_offer_is_judged_alike, setup_anchor),
		test(both_sides_send_to_us, setup_both),
		test(both_sides_send_to_us_in_a_call_from_outside, setup_both),
		test(ports_for_both_are_there_before_the_answer, setup_both),
		test(hold_of_the_peer_is_kept_as_hold, setup_both),
		test(ice_that_passes_is_not_relayed_inside, setup_both),
		test(ice_that_is_taken_out_is_relayed_inside,
		     setup_both_anchor),
		test(D5_two_calls_that_are_one, fixture_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
