// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Public ports of one call: the same for the same LAN transport, RTCP beside its
 * RTP where it can be.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "call/mapping.h"

static const union media_address none;
static const struct media_plan no_plan;

static union media_address phone(uint16_t port)
{
	union media_address address = { .in.sin_family = AF_INET };

	inet_pton(AF_INET, "192.168.1.10", &address.in.sin_addr);
	media_address_set_port(&address, port);
	return address;
}

static int add(struct call_mappings *mappings, struct media_ports *ports,
	       uint16_t rtp, uint16_t rtcp)
{
	union media_address one = phone(rtp);
	union media_address other = rtcp ? phone(rtcp) : none;

	mappings_begin(mappings);
	return mappings_add(mappings, ports, &one, &other, &no_plan, 0);
}

static uint16_t port_of(const struct call_mappings *mappings, uint16_t port)
{
	union media_address address = phone(port);

	return mappings_port(mappings, &address);
}

static void C7_rtcp_lies_beside_its_rtp_whatever_its_own_port(void **state)
{
	static const struct { uint16_t rtp, rtcp; } phones[] = {
		{ 40000, 40001 }, { 40001, 40002 }, { 40000, 40010 },
		{ 40000, 1000 },
	};
	struct media_ports *ports = media_ports_new(30000, 30999);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(phones) / sizeof(phones[0]); i++) {
		struct call_mappings mappings = { 0 };
		uint16_t rtp;

		assert_int_equal(add(&mappings, ports, phones[i].rtp,
				     phones[i].rtcp), 0);
		rtp = port_of(&mappings, phones[i].rtp);
		assert_in_range(rtp, 30000, 30998);
		assert_int_equal(rtp % 2, 0);
		assert_int_equal(port_of(&mappings, phones[i].rtcp), rtp + 1);
		assert_int_equal(mappings.n_pairs, 1);
		mappings_end(&mappings, ports, 0);
	}
	assert_int_equal(media_ports_used(ports, NULL), 0);
	media_ports_free(ports);
}

static void C7_rtcp_of_another_port_gets_a_pair_of_its_own(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30999);
	struct call_mappings mappings = { 0 };
	uint16_t first;

	(void)state;
	assert_int_equal(add(&mappings, ports, 40000, 40001), 0);
	assert_int_equal(add(&mappings, ports, 40000, 40005), 0);
	assert_int_equal(mappings.n_pairs, 2);
	first = port_of(&mappings, 40005);
	assert_int_not_equal(first, port_of(&mappings, 40000) + 1);
	assert_int_not_equal(first, 0);

	/* RTP on what is RTCP's of another m-line: one LAN port, one of ours */
	assert_int_equal(add(&mappings, ports, 40001, 40002), 0);
	assert_int_equal(port_of(&mappings, 40001),
			 port_of(&mappings, 40000) + 1);
	assert_int_not_equal(port_of(&mappings, 40002), 0);
	mappings_end(&mappings, ports, 0);
	media_ports_free(ports);
}

static void C15_same_transport_same_port_for_ever(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30999);
	struct call_mappings mappings = { 0 };
	uint16_t port;
	int i;

	(void)state;
	assert_int_equal(add(&mappings, ports, 40000, 40001), 0);
	port = port_of(&mappings, 40000);
	for (i = 0; i < 100; i++) {
		assert_int_equal(add(&mappings, ports, 40000, 40001), 0);
		assert_int_equal(port_of(&mappings, 40000), port);
	}
	assert_int_equal(media_ports_used(ports, NULL), 1);
	assert_int_equal(port_of(&mappings, 40004), 0);
	assert_int_equal(mappings_port(&mappings, &none), 0);
	mappings_end(&mappings, ports, 0);
	media_ports_free(ports);
}

static void reserved_pairs_are_used_first(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30003);
	struct call_mappings mappings = { 0 };

	(void)state;
	assert_int_equal(mappings_reserve(&mappings, ports, 2, 0), 0);
	assert_int_equal(media_ports_used(ports, NULL), 2);
	assert_int_equal(add(&mappings, ports, 40000, 40001), 0);
	assert_int_equal(add(&mappings, ports, 40002, 40003), 0);
	assert_int_equal(add(&mappings, ports, 40004, 0), -ENOSPC);
	assert_int_equal(mappings_reserve(&mappings, ports, 2, 0), 0);
	assert_int_equal(mappings_reserve(&mappings, ports, 3, 0), -ENOSPC);
	mappings_end(&mappings, ports, 0);
	assert_int_equal(media_ports_used(ports, NULL), 0);
	media_ports_free(ports);
}

static void only_ports_nobody_knows_are_renewed(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30999);
	struct call_mappings mappings = { 0 };
	uint16_t known, unknown;

	(void)state;
	assert_int_equal(add(&mappings, ports, 40000, 40001), 0);
	mappings_advertise(&mappings);
	assert_int_equal(mappings_renew(&mappings, ports, 0), -ENOENT);

	assert_int_equal(add(&mappings, ports, 40002, 40003), 0);
	known = port_of(&mappings, 40000);
	unknown = port_of(&mappings, 40002);
	assert_int_equal(mappings_renew(&mappings, ports, 0), 0);
	assert_int_equal(port_of(&mappings, 40000), known);
	assert_int_not_equal(port_of(&mappings, 40002), unknown);
	assert_int_equal(port_of(&mappings, 40003),
			 port_of(&mappings, 40002) + 1);
	mappings_end(&mappings, ports, 0);
	media_ports_free(ports);
}

/* A phone that takes a new port at every resume must not run dry. */
static void pair_not_named_for_longest_makes_room(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30999);
	struct call_mappings mappings = { 0 };
	struct media_plan plan = { .n_streams = 1 };
	union media_address public = phone(0), rtp, rtcp;
	uint16_t oldest;
	int i;

	(void)state;
	for (i = 0; i < CALL_MAX_PAIRS; i++)
		assert_int_equal(add(&mappings, ports, 40000 + 2 * i,
				     40001 + 2 * i), 0);
	oldest = port_of(&mappings, 40000);
	media_address_set_port(&public, oldest + 1);
	plan.streams[0].public = public;

	/* 40000 runs, so 40002 has to go */
	rtp = phone(50000);
	rtcp = phone(50001);
	mappings_begin(&mappings);
	assert_int_equal(mappings_add(&mappings, ports, &rtp, &rtcp, &plan, 0),
			 0);
	assert_int_equal(port_of(&mappings, 40000), oldest);
	assert_int_equal(port_of(&mappings, 40002), 0);
	assert_int_not_equal(port_of(&mappings, 50000), 0);
	assert_int_equal(media_ports_used(ports, NULL), CALL_MAX_PAIRS);

	/* one message that names them all finds no room for one more */
	mappings_begin(&mappings);
	for (i = 0; i < CALL_MAX_PAIRS; i++) {
		rtp = phone(20000 + 2 * i);
		assert_int_equal(mappings_add(&mappings, ports, &rtp, &none,
					      &no_plan, 0), 0);
	}
	rtp = phone(1000);
	assert_int_equal(mappings_add(&mappings, ports, &rtp, &none, &no_plan,
				      0), -ENOSPC);
	mappings_end(&mappings, ports, 0);
	assert_int_equal(media_ports_used(ports, NULL), 0);
	media_ports_free(ports);
}

/* Nothing is forgotten for a port that is not to be had. */
static void full_call_keeps_its_ports_when_the_pool_is_empty(void **state)
{
	struct media_ports *ports =
		media_ports_new(30000, 30000 + 2 * CALL_MAX_PAIRS - 1);
	struct call_mappings mappings = { 0 };
	uint16_t first;
	int i;

	(void)state;
	for (i = 0; i < CALL_MAX_PAIRS; i++)
		assert_int_equal(add(&mappings, ports, 40000 + 2 * i, 0), 0);
	first = port_of(&mappings, 40000);
	assert_int_equal(add(&mappings, ports, 50000, 0), -ENOSPC);
	assert_int_equal(port_of(&mappings, 40000), first);
	assert_int_equal(media_ports_used(ports, NULL), CALL_MAX_PAIRS);
	mappings_end(&mappings, ports, 0);
	media_ports_free(ports);
}

static void refused_message_has_changed_no_port(void **state)
{
	struct media_ports *ports = media_ports_new(30000, 30999);
	struct call_mappings mappings = { 0 }, before;
	uint16_t oldest;
	int i;

	(void)state;
	for (i = 0; i < CALL_MAX_PAIRS - 1; i++)
		assert_int_equal(add(&mappings, ports, 40000 + 2 * i, 0), 0);
	oldest = port_of(&mappings, 40000);
	before = mappings;
	for (i = 0; i < 3; i++)
		assert_int_equal(add(&mappings, ports, 50000 + 2 * i, 0), 0);
	assert_int_equal(mappings_renew(&mappings, ports, 0), 0);
	assert_int_equal(port_of(&mappings, 40000), 0);

	mappings_restore(&mappings, ports, &before, 0);
	assert_int_equal(port_of(&mappings, 40000), oldest);
	assert_int_equal(port_of(&mappings, 50000), 0);
	assert_int_equal(media_ports_used(ports, NULL), CALL_MAX_PAIRS - 1);
	for (i = 0; i < CALL_MAX_PAIRS - 1; i++)
		assert_int_equal(media_ports_take(ports, before.pairs[i].port),
				 -EBUSY);
	mappings_end(&mappings, ports, 0);
	media_ports_free(ports);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C7_rtcp_lies_beside_its_rtp_whatever_its_own_port),
		cmocka_unit_test(C7_rtcp_of_another_port_gets_a_pair_of_its_own),
		cmocka_unit_test(C15_same_transport_same_port_for_ever),
		cmocka_unit_test(reserved_pairs_are_used_first),
		cmocka_unit_test(only_ports_nobody_knows_are_renewed),
		cmocka_unit_test(pair_not_named_for_longest_makes_room),
		cmocka_unit_test(full_call_keeps_its_ports_when_the_pool_is_empty),
		cmocka_unit_test(refused_message_has_changed_no_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
