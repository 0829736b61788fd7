// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Offer and answer as a pure function: which exchanges change what is agreed on,
 * and what plan comes of it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "call/offer_answer.h"

/* One m-line, as the tables below write it; rtcp 0 is RTP's port + 1. */
struct line {
	uint16_t rtp;
	uint16_t rtcp;
	bool mux;
	enum media_kind kind;
};

static const struct call_policy policy = {
	.learn = MEDIA_LEARN_SAME_ADDRESS,
	.dscp = 46,
};

static union media_address address(const char *host, uint16_t port)
{
	union media_address made = { .in.sin_family = AF_INET };

	inet_pton(AF_INET, host, &made.in.sin_addr);
	media_address_set_port(&made, port);
	return made;
}

static struct call_description *describe(const char *host, unsigned int n,
					 const struct line *lines)
{
	struct call_description *description = description_new(n);
	unsigned int i;

	assert_non_null(description);
	for (i = 0; i < n; i++) {
		struct call_media *media = &description->media[i];

		media->kind = lines[i].kind;
		media->mux = lines[i].mux;
		media->port = lines[i].rtp;
		if (!lines[i].rtp)
			continue;
		media->rtp = address(host, lines[i].rtp);
		if (lines[i].kind == MEDIA_RTP)
			media->rtcp = address(host, lines[i].rtcp ?
					      lines[i].rtcp : lines[i].rtp + 1);
	}
	return description;
}

static struct call_description *lan(uint16_t port)
{
	return describe("192.168.1.10", 1, &(struct line){ .rtp = port });
}

static struct call_description *wan(uint16_t port)
{
	return describe("203.0.113.10", 1, &(struct line){ .rtp = port });
}

/* 40000 to 40047 of the phone are 30000 to 30047 of ours. */
static struct call_mappings mappings_of_phone(void)
{
	struct call_mappings mappings = { .n_pairs = CALL_MAX_PAIRS };
	unsigned int i;

	for (i = 0; i < CALL_MAX_PAIRS; i++) {
		mappings.pairs[i].port = 30000 + 2 * i;
		mappings.pairs[i].lan[0] = address("192.168.1.10",
						   40000 + 2 * i);
		mappings.pairs[i].lan[1] = address("192.168.1.10",
						   40001 + 2 * i);
	}
	return mappings;
}

static void plan_of(const struct offer_answer *state, struct media_plan *plan)
{
	struct call_mappings mappings = mappings_of_phone();
	union media_address public = address("203.0.113.1", 0);
	static const union media_address inside;

	offer_answer_plan(state, &mappings, &public, &inside, &policy, plan);
}

static uint16_t port_in(const union media_address *address)
{
	return media_address_port(address);
}

/* The ports of what runs for the first m-line; 0 and 0 where nothing does. */
static void assert_runs(const struct offer_answer *state, uint16_t lan_port,
			uint16_t wan_port)
{
	struct media_plan plan;

	plan_of(state, &plan);
	if (!lan_port) {
		assert_int_equal(plan.n_streams, 0);
		return;
	}
	assert_int_equal(plan.n_streams, 2);
	assert_int_equal(port_in(&plan.streams[0].lan), lan_port);
	assert_int_equal(port_in(&plan.streams[0].remote), wan_port);
	assert_int_equal(port_in(&plan.streams[1].remote), wan_port + 1);
}

/* The state alone holds what is offered, as with answer(). */
static void offer(struct offer_answer *state, enum call_side side,
		  uint32_t request, struct call_description *description)
{
	offer_answer_offer(state, side, request, description);
	description_put(description);
}

static bool answer(struct offer_answer *state, enum call_side side,
		   uint32_t request, struct call_description *description)
{
	bool taken = offer_answer_answer(state, side, request, description);

	description_put(description);
	return taken;
}

/* The phone has offered 40000, the peer answered 50000, and that is final. */
static struct offer_answer agreed(void)
{
	struct offer_answer state = { 0 };

	offer(&state, CALL_LAN, 1, lan(40000));
	assert_true(answer(&state, CALL_LAN, 1, wan(50000)));
	offer_answer_commit(&state, CALL_LAN, 1);
	return state;
}

static void offer_alone_changes_nothing(void **unused)
{
	struct offer_answer state = { 0 };

	(void)unused;
	offer(&state, CALL_LAN, 1, lan(40000));
	assert_runs(&state, 0, 0);
	offer_answer_end(&state);
	state = agreed();
	offer(&state, CALL_LAN, 2, lan(40002));
	assert_runs(&state, 40000, 50000);
	offer(&state, CALL_WAN, 3, wan(50002));
	assert_runs(&state, 40000, 50000);
	offer_answer_end(&state);
}

static void answer_makes_the_plan(void **unused)
{
	struct offer_answer state = agreed();
	struct media_plan plan;

	(void)unused;
	plan_of(&state, &plan);
	assert_int_equal(plan.n_streams, 2);
	assert_int_equal(plan.streams[0].id, 0);
	assert_int_equal(plan.streams[0].kind, MEDIA_RTP);
	assert_int_equal(port_in(&plan.streams[0].lan), 40000);
	assert_int_equal(port_in(&plan.streams[0].public), 30000);
	assert_int_equal(port_in(&plan.streams[0].remote), 50000);
	assert_int_equal(plan.streams[0].learn, MEDIA_LEARN_SAME_ADDRESS);
	assert_int_equal(plan.streams[0].dscp, 46);
	assert_int_equal(plan.streams[1].id, 1);
	assert_int_equal(plan.streams[1].kind, MEDIA_RTCP);
	assert_int_equal(port_in(&plan.streams[1].lan), 40001);
	assert_int_equal(port_in(&plan.streams[1].public), 30001);
	assert_int_equal(port_in(&plan.streams[1].remote), 50001);
	offer_answer_end(&state);
}

static void offer_from_outside_makes_the_same_plan(void **unused)
{
	struct offer_answer state = { 0 };

	(void)unused;
	offer(&state, CALL_WAN, 1, wan(50000));
	assert_true(answer(&state, CALL_WAN, 1, lan(40000)));
	assert_runs(&state, 40000, 50000);
	offer_answer_end(&state);
}

static void answer_without_its_offer_is_none(void **unused)
{
	struct offer_answer state = agreed();

	(void)unused;
	assert_false(answer(&state, CALL_LAN, 1, wan(50002)));
	assert_false(answer(&state, CALL_WAN, 1, lan(40002)));
	assert_false(answer(&state, CALL_LAN, 2, wan(50002)));
	offer(&state, CALL_LAN, 3, lan(40002));
	assert_false(answer(&state, CALL_LAN, 2, wan(50002)));
	assert_runs(&state, 40000, 50000);
	offer_answer_end(&state);
}

static void C14_answer_may_come_again_until_it_is_final(void **unused)
{
	struct offer_answer state = { 0 };

	(void)unused;
	offer(&state, CALL_LAN, 1, lan(40000));
	assert_true(answer(&state, CALL_LAN, 1, wan(50000)));
	assert_runs(&state, 40000, 50000);
	assert_true(answer(&state, CALL_LAN, 1, wan(50002)));
	assert_runs(&state, 40000, 50002);
	offer_answer_commit(&state, CALL_LAN, 1);
	assert_false(answer(&state, CALL_LAN, 1, wan(50004)));
	assert_runs(&state, 40000, 50002);
	offer_answer_end(&state);
}

static void C15_repeated_offer_is_none(void **unused)
{
	struct offer_answer state = agreed();

	(void)unused;
	offer(&state, CALL_LAN, 1, lan(40002));
	assert_false(answer(&state, CALL_LAN, 1, wan(50002)));
	assert_runs(&state, 40000, 50000);
	offer_answer_end(&state);
}

static void C16_refused_offer_leaves_all_as_it_was(void **unused)
{
	struct offer_answer state = agreed();

	(void)unused;
	offer(&state, CALL_LAN, 2, lan(40002));
	offer_answer_rollback(&state, CALL_LAN, 2);
	assert_runs(&state, 40000, 50000);
	assert_false(answer(&state, CALL_LAN, 2, wan(50002)));

	/* also when it had been answered in a 183 */
	offer(&state, CALL_LAN, 3, lan(40004));
	assert_true(answer(&state, CALL_LAN, 3, wan(50004)));
	assert_runs(&state, 40004, 50004);
	offer_answer_rollback(&state, CALL_LAN, 3);
	assert_runs(&state, 40000, 50000);
	offer_answer_end(&state);
}

static void committed_offer_cannot_be_refused(void **unused)
{
	struct offer_answer state = agreed();

	(void)unused;
	offer_answer_rollback(&state, CALL_LAN, 1);
	assert_runs(&state, 40000, 50000);
	offer_answer_end(&state);
}

/* RFC 3261 14.1: both offer, one is refused with 491, the other goes on. */
static void offers_of_both_sides_may_cross(void **unused)
{
	struct offer_answer state = agreed();

	(void)unused;
	offer(&state, CALL_LAN, 2, lan(40002));
	offer(&state, CALL_WAN, 3, wan(50002));
	offer_answer_rollback(&state, CALL_WAN, 3);
	assert_true(answer(&state, CALL_LAN, 2, wan(50004)));
	offer_answer_commit(&state, CALL_LAN, 2);
	assert_runs(&state, 40002, 50004);
	offer_answer_end(&state);
}

/* RFC 3311: INVITE answered in a reliable 183, then UPDATE, then the 200. */
static void C11_update_settles_what_the_183_had_answered(void **unused)
{
	struct offer_answer state = { 0 };

	(void)unused;
	offer(&state, CALL_LAN, 1, lan(40000));
	assert_true(answer(&state, CALL_LAN, 1, wan(50000)));
	offer(&state, CALL_WAN, 2, wan(50002));
	assert_true(answer(&state, CALL_WAN, 2, lan(40000)));
	offer_answer_commit(&state, CALL_WAN, 2);
	assert_false(answer(&state, CALL_LAN, 1, wan(50000)));
	assert_runs(&state, 40000, 50002);
	offer_answer_rollback(&state, CALL_LAN, 1);
	assert_runs(&state, 40000, 50002);
	offer_answer_end(&state);
}

/* --- memory --- */

static void what_is_remembered_often_is_there_once(void **unused)
{
	struct offer_answer state = { 0 }, fork;
	struct call_description *offered = lan(40000);
	struct call_description *answered = wan(50000);

	(void)unused;
	offer_answer_offer(&state, CALL_LAN, 1, offered);
	offer_answer_copy(&fork, &state);
	assert_int_equal(offered->n_holders, 3);
	assert_true(offer_answer_answer(&state, CALL_LAN, 1, answered));
	assert_true(offer_answer_answer(&fork, CALL_LAN, 1, answered));
	assert_runs(&state, 40000, 50000);
	assert_runs(&fork, 40000, 50000);
	offer_answer_end(&fork);
	assert_runs(&fork, 0, 0);
	assert_runs(&state, 40000, 50000);

	/* the offer itself is not kept once it has its last word */
	assert_int_equal(offered->n_holders, 3);
	offer_answer_commit(&state, CALL_LAN, 1);
	assert_int_equal(offered->n_holders, 2);
	assert_int_equal(answered->n_holders, 2);

	/* nor what was before, once that cannot come back */
	offer(&state, CALL_LAN, 2, lan(40002));
	assert_true(answer(&state, CALL_LAN, 2, wan(50002)));
	assert_int_equal(answered->n_holders, 2);
	offer_answer_commit(&state, CALL_LAN, 2);
	assert_int_equal(offered->n_holders, 1);
	assert_int_equal(answered->n_holders, 1);

	offer_answer_end(&state);
	description_put(offered);
	description_put(answered);
}

static void holding_the_same_again_loses_nothing(void **unused)
{
	struct call_description *held = lan(40000);

	(void)unused;
	description_hold(&held, held);
	assert_int_equal(held->n_holders, 1);
	assert_int_equal(held->media[0].port, 40000);
	description_hold(&held, NULL);
	assert_null(held);
}

static void description_grows_by_a_line(void **unused)
{
	const struct call_media line = { .port = 40000 };
	const struct call_media other = { .port = 40002 };
	struct call_description *held = NULL;

	(void)unused;
	assert_int_equal(description_append(&held, &line), 0);
	held->ice = true;
	assert_int_equal(description_append(&held, &other), 0);
	assert_int_equal(held->n_media, 2);
	assert_int_equal(held->n_holders, 1);
	assert_true(held->ice);
	assert_int_equal(held->media[0].port, 40000);
	assert_int_equal(held->media[1].port, 40002);
	description_put(held);
}

/* --- plans --- */

struct row {
	const char *what;
	unsigned int n_lines;
	struct line lan[9];
	struct line wan[9];
	unsigned int n_streams;
	uint8_t ids[MEDIA_MAX_STREAMS];
	uint16_t public[MEDIA_MAX_STREAMS];
	uint16_t remote[MEDIA_MAX_STREAMS];
};

static const struct row rows[] = {
	{ "C6: a refused line has no stream", 2,
	  { { .rtp = 40000 }, { .rtp = 40002 } },
	  { { .rtp = 50000 }, { .rtp = 0 } },
	  2, { 0, 1 }, { 30000, 30001 }, { 50000, 50001 } },
	{ "C6: nor has one that the phone refused", 2,
	  { { .rtp = 0 }, { .rtp = 40002 } },
	  { { .rtp = 50000 }, { .rtp = 50002 } },
	  2, { 4, 5 }, { 30002, 30003 }, { 50002, 50003 } },
	{ "C7: RTCP elsewhere on both sides", 1,
	  { { .rtp = 40000, .rtcp = 40010 } },
	  { { .rtp = 50000, .rtcp = 50007 } },
	  2, { 0, 1 }, { 30000, 30010 }, { 50000, 50007 } },
	{ "C7: an odd RTP port", 1,
	  { { .rtp = 40001 } }, { { .rtp = 50001 } },
	  2, { 0, 1 }, { 30001, 30002 }, { 50001, 50002 } },
	{ "C8: rtcp-mux agreed", 1,
	  { { .rtp = 40000, .mux = true } }, { { .rtp = 50000, .mux = true } },
	  1, { 0 }, { 30000 }, { 50000 } },
	{ "C8: rtcp-mux refused", 1,
	  { { .rtp = 40000, .mux = true } }, { { .rtp = 50000 } },
	  2, { 0, 1 }, { 30000, 30001 }, { 50000, 50001 } },
	{ "C8: a=rtcp that names RTP's own port", 1,
	  { { .rtp = 40000 } }, { { .rtp = 50000, .rtcp = 50000 } },
	  1, { 0 }, { 30000 }, { 50000 } },
	{ "C10: BUNDLE, answered on one transport", 2,
	  { { .rtp = 40000, .mux = true }, { .rtp = 40000, .mux = true } },
	  { { .rtp = 50000, .mux = true }, { .rtp = 50000, .mux = true } },
	  1, { 0 }, { 30000 }, { 50000 } },
	{ "C10: BUNDLE offered from outside with two ports", 2,
	  { { .rtp = 40000, .mux = true }, { .rtp = 40000, .mux = true } },
	  { { .rtp = 50000, .mux = true }, { .rtp = 50002, .mux = true } },
	  1, { 0 }, { 30000 }, { 50000 } },
	{ "C11: five lines", 5,
	  { { .rtp = 40000 }, { .rtp = 40002 }, { .rtp = 40004 },
	    { .rtp = 40006 }, { .rtp = 40008 } },
	  { { .rtp = 50000 }, { .rtp = 50002 }, { .rtp = 50004 },
	    { .rtp = 50006 }, { .rtp = 50008 } },
	  10, { 0, 1, 4, 5, 8, 9, 12, 13, 16, 17 },
	  { 30000, 30001, 30002, 30003, 30004, 30005, 30006, 30007, 30008,
	    30009 },
	  { 50000, 50001, 50002, 50003, 50004, 50005, 50006, 50007, 50008,
	    50009 } },
	{ "C12: T.38 is opaque, and never the stream that RTP was", 1,
	  { { .rtp = 40000, .kind = MEDIA_OPAQUE } },
	  { { .rtp = 50000, .kind = MEDIA_OPAQUE } },
	  1, { 2 }, { 30000 }, { 50000 } },
	{ "C23: a transport without a public port is not ours", 2,
	  { { .rtp = 9000 }, { .rtp = 40002 } },
	  { { .rtp = 50000 }, { .rtp = 50002 } },
	  2, { 4, 5 }, { 30002, 30003 }, { 50002, 50003 } },
	{ "nine lines: as many streams as there is room for", 9,
	  { { .rtp = 40000 }, { .rtp = 40002 }, { .rtp = 40004 },
	    { .rtp = 40006 }, { .rtp = 40008 }, { .rtp = 40010 },
	    { .rtp = 40012 }, { .rtp = 40014 }, { .rtp = 40016 } },
	  { { .rtp = 50000 }, { .rtp = 50002 }, { .rtp = 50004 },
	    { .rtp = 50006 }, { .rtp = 50008 }, { .rtp = 50010 },
	    { .rtp = 50012 }, { .rtp = 50014 }, { .rtp = 50016 } },
	  16, { 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29 },
	  { 30000, 30001, 30002, 30003, 30004, 30005, 30006, 30007, 30008,
	    30009, 30010, 30011, 30012, 30013, 30014, 30015 },
	  { 50000, 50001, 50002, 50003, 50004, 50005, 50006, 50007, 50008,
	    50009, 50010, 50011, 50012, 50013, 50014, 50015 } },
};

static void plans(void **unused)
{
	const struct row *row;
	unsigned int i;

	(void)unused;
	for (row = rows; row < rows + sizeof(rows) / sizeof(*rows); row++) {
		struct offer_answer state = { 0 };
		struct media_plan plan;

		print_message("# %s\n", row->what);
		offer(&state, CALL_LAN, 1,
		      describe("192.168.1.10", row->n_lines, row->lan));
		answer(&state, CALL_LAN, 1,
		       describe("203.0.113.10", row->n_lines, row->wan));
		plan_of(&state, &plan);
		assert_int_equal(plan.n_streams, row->n_streams);
		for (i = 0; i < plan.n_streams; i++) {
			assert_int_equal(plan.streams[i].id, row->ids[i]);
			assert_int_equal(port_in(&plan.streams[i].public),
					 row->public[i]);
			assert_int_equal(port_in(&plan.streams[i].remote),
					 row->remote[i]);
		}
		offer_answer_end(&state);
	}
}

static void C9_ice_of_the_phone_leaves_media_alone(void **unused)
{
	struct call_description *ice = lan(40000);
	struct offer_answer state = { 0 };

	(void)unused;
	ice->ice = true;
	offer(&state, CALL_LAN, 1, ice);
	assert_true(answer(&state, CALL_LAN, 1, wan(50000)));
	assert_runs(&state, 0, 0);
	offer_answer_end(&state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offer_alone_changes_nothing),
		cmocka_unit_test(answer_makes_the_plan),
		cmocka_unit_test(offer_from_outside_makes_the_same_plan),
		cmocka_unit_test(answer_without_its_offer_is_none),
		cmocka_unit_test(C14_answer_may_come_again_until_it_is_final),
		cmocka_unit_test(C15_repeated_offer_is_none),
		cmocka_unit_test(C16_refused_offer_leaves_all_as_it_was),
		cmocka_unit_test(committed_offer_cannot_be_refused),
		cmocka_unit_test(offers_of_both_sides_may_cross),
		cmocka_unit_test(C11_update_settles_what_the_183_had_answered),
		cmocka_unit_test(what_is_remembered_often_is_there_once),
		cmocka_unit_test(holding_the_same_again_loses_nothing),
		cmocka_unit_test(description_grows_by_a_line),
		cmocka_unit_test(plans),
		cmocka_unit_test(C9_ice_of_the_phone_leaves_media_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
