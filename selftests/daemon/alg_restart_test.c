// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A daemon that is killed and started again: its phones do not notice (sip-alg
 * D8 of section 1, scenario D09). After every message that has left, whoever
 * relies on what it said finds it true.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg_bench.h"

#define MINUTE_MS (60 * 1000)

static const char *const P_CONTACT = "Contact: <sip:alice@192.168.1.10>";
static const char *const G_CONTACT = "Contact: <sip:alice@203.0.113.1>";

/* Its Via has no port, so it is not what we would make up ourselves. */
static const char *reg(const char *branch)
{
	const char *via;

	via = text("Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK%s", branch);
	return message("REGISTER sip:example.com SIP/2.0", via,
		       "From: <sip:alice@example.com>;tag=a",
		       "To: <sip:alice@example.com>",
		       "Call-ID: registration", "CSeq: 1 REGISTER", P_CONTACT,
		       "Expires: 3600", "Content-Length: 0", NULL);
}

static const char *granted(const char *sent)
{
	return response(sent, "200 OK",
			text("%s;expires=3600\r\n", G_CONTACT));
}

static void register_alice(struct bench *b)
{
	delivered(b, S, G, granted(forwarded(b, P, S, reg("r"))));
}

/* P's only lease has so much time left, but for what the restart took. */
static void assert_lease(struct bench *b, const char *what, long left_s)
{
	const char *lease = leases_of(b, P);
	char *number, *end;

	assert_memory_equal(lease, what, strlen(what));
	number = (char *)lease + strlen(what);
	assert_in_range(strtol(number, &end, 10), left_s - 2, left_s);
	assert_string_equal(end, "\n");
}

static const char *invite(const char *uri)
{
	const char *start;

	start = text("INVITE %s SIP/2.0", uri);
	return message(start,
		       "Via: SIP/2.0/UDP 203.0.113.10:5060;branch=z9hG4bKin",
		       "From: <sip:bob@example.com>;tag=b",
		       "To: <sip:alice@example.com>", "Call-ID: inbound",
		       "CSeq: 1 INVITE", "Contact: <sip:bob@203.0.113.10>",
		       NULL);
}

static void registration_is_still_there(void **state)
{
	struct bench *b = *state;

	register_alice(b);
	restart(b);
	assert_int_equal(n_endpoints(b), 1);
	assert_string_equal(public_of(b, P), G);
	assert_lease(b, "registration sip:alice@example.com", 3600);
	/* And the phone's own way to write its address */
	world_sends(b, S, G, invite("sip:alice@203.0.113.1:5060"));
	assert_reached(b, S, P, invite("sip:alice@192.168.1.10"));
}

static void port_from_the_pool_is_the_same(void **state)
{
	struct bench *b = *state;
	const char *before;

	register_alice(b);
	forwarded(b, Q, S, message("OPTIONS sip:example.com SIP/2.0",
				   "Via: SIP/2.0/UDP 192.168.1.11:5060;"
				   "branch=z9hG4bKq", "Call-ID: q",
				   "CSeq: 1 OPTIONS",
				   "From: <sip:q@example.com>;tag=q",
				   "To: <sip:q@example.com>", NULL));
	before = text("%s", public_of(b, Q));
	assert_string_not_equal(before, G);
	restart(b);
	assert_string_equal(public_of(b, P), G);
	assert_string_equal(public_of(b, Q), before);
	restart(b);
	assert_string_equal(public_of(b, P), G);
	assert_string_equal(public_of(b, Q), before);
}

/* The 200 comes to the next daemon: it has to know who asked for what. */
static void answer_to_a_request_of_before_is_brought_home(void **state)
{
	struct bench *b = *state;
	const char *in = reg("r");
	const char *ok = granted(forwarded(b, P, S, in));

	restart(b);
	world_sends(b, S, G, ok);
	assert_reached(b, S, P,
		       with(with(ok, "UDP 203.0.113.1;", "UDP 192.168.1.10;"),
			    G_CONTACT, P_CONTACT));
	assert_lease(b, "registration sip:alice@example.com", 3600);
	restart(b);
	assert_lease(b, "registration sip:alice@example.com", 3600);
}

static void fail_row(void *arg, const void *record)
{
	const struct store_branch *branch = record;

	(void)arg;
	fail_msg("a branch was written: %s", branch->branch);
}

static void request_whose_via_is_ours_to_guess_is_not_written(void **state)
{
	struct bench *b = *state;
	const char *in, *ok;

	in = message("MESSAGE sip:example.com SIP/2.0",
		     "Via: SIP/2.0/UDP 192.168.1.10:5060;rport;"
		     "branch=z9hG4bKm", "From: <sip:alice@example.com>;tag=a",
		     "To: <sip:bob@example.com>", "Call-ID: m",
		     "CSeq: 1 MESSAGE", NULL);
	ok = response(forwarded(b, P, S, in), "200 OK", "");
	assert_true(store_counters(b->store)->commits);
	store_each(b->store, STORE_BRANCH, fail_row, NULL);
	restart(b);
	world_sends(b, S, G, ok);
	assert_reached(b, S, P, with(ok, "203.0.113.1:5060",
				     "192.168.1.10:5060"));
}

static void subscription_is_still_there(void **state)
{
	struct bench *b = *state;
	const char *in, *ok;

	in = message("SUBSCRIBE sip:alice@example.com SIP/2.0",
		     "Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bKs",
		     "From: <sip:alice@example.com>;tag=a",
		     "To: <sip:alice@example.com>", "Call-ID: mwi",
		     "CSeq: 1 SUBSCRIBE", "Event: message-summary",
		     "Expires: 600", P_CONTACT, NULL);
	ok = response(forwarded(b, P, S, in), "200 OK", "Expires: 600\r\n");
	restart(b);
	delivered(b, S, G, ok);
	assert_lease(b, "subscription message-summary", 600);
	restart(b);
	assert_lease(b, "subscription message-summary", 600);
}

static void whom_the_phone_knows_is_known(void **state)
{
	struct bench *b = *state;

	register_alice(b);
	restart(b);
	world_sends(b, T, G, invite("sip:alice@203.0.113.1:5060"));
	assert_silent(b);
	assert_int_equal(counter(b, dropped_stranger), 1);
	world_sends(b, S, G, invite("sip:alice@203.0.113.1:5060"));
	assert_reached(b, S, P, invite("sip:alice@192.168.1.10"));
}

static void what_has_ended_does_not_come_back(void **state)
{
	struct bench *b = *state;

	register_alice(b);
	later(b, 3600 * 1000 + 4 * MINUTE_MS);
	assert_string_equal(leases_of(b, P), "");
	restart(b);
	assert_int_equal(n_endpoints(b), 1);
	assert_string_equal(leases_of(b, P), "");
	later(b, 2 * MINUTE_MS);
	assert_int_equal(n_endpoints(b), 0);
	restart(b);
	assert_int_equal(n_endpoints(b), 0);
}

/* A lease runs out while no daemon is there. */
static void time_goes_on_without_us(void **state)
{
	struct bench *b = *state;

	register_alice(b);
	/* The wall clock cannot be set here; that ours stood still is the same. */
	b->now_ms += 3600 * 1000 + MINUTE_MS;
	assert_true(store_is_behind(b->store, b->now_ms));
	write_anew(b);
	restart(b);
	assert_int_equal(n_endpoints(b), 1);
	assert_string_equal(leases_of(b, P), "");
}

static void named_port_lives_with_its_namer(void **state)
{
	struct bench *b = *state;
	const char *in;

	in = with(reg("r"), "192.168.1.10>", "192.168.1.10:5061>");
	forwarded(b, P, S, in);
	assert_int_equal(n_endpoints(b), 2);
	restart(b);
	assert_int_equal(n_endpoints(b), 2);
	assert_string_equal(public_of(b, P2), "203.0.113.1:5061");
	/* It has not spoken yet: what is no SIP does not come in there. */
	world_sends_bytes(b, S, "203.0.113.1:5061", "\0\0\0\0", 4);
	assert_silent(b);
	later(b, 6 * MINUTE_MS);
	assert_int_equal(n_endpoints(b), 0);
}

/* D10: from the next message on the phone is at the new address, same port. */
static void address_that_changed_keeps_the_port(void **state)
{
	struct bench *b = *state;
	const char *out;

	register_alice(b);
	b->moved = "203.0.113.9:0";
	restart(b);
	assert_int_equal(n_endpoints(b), 1);
	assert_string_equal(public_of(b, P), "203.0.113.9:5060");
	assert_lease(b, "registration sip:alice@example.com", 3600);
	out = forwarded(b, P, S, reg("s"));
	assert_non_null(strstr(out, "Contact: <sip:alice@203.0.113.9>"));
}

/* G has become another address while we serve, and its ports go along. */
static void move_alice(struct bench *b)
{
	struct sockaddr_storage gone = { .ss_family = AF_INET };
	struct alg_egress egress = { 0 };

	((struct sockaddr_in *)&gone)->sin_addr.s_addr = htonl(0xcb007101);
	assert_true(alg_address_host_read("203.0.113.9", 11, &egress.public));
	egress.advertised = egress.public;
	b->moved = "203.0.113.9:0";
	alg_move(b->alg, &gone, &egress);
}

static void address_that_changes_takes_its_ports_along(void **state)
{
	struct bench *b = *state;
	const char *out;

	register_alice(b);
	move_alice(b);
	assert_int_equal(n_endpoints(b), 1);
	assert_int_equal(b->n_open, 1);
	assert_string_equal(public_of(b, P), "203.0.113.9:5060");
	assert_lease(b, "registration sip:alice@example.com ", 3600);
	phone_sends(b, P, S, reg("s"));
	out = next_sent(b)->data;
	assert_non_null(strstr(out, "Contact: <sip:alice@203.0.113.9>"));
	restart(b);
	assert_string_equal(public_of(b, P), "203.0.113.9:5060");
	assert_lease(b, "registration sip:alice@example.com ", 3600);
}

static void port_that_is_not_free_there_is_closed(void **state)
{
	struct bench *b = *state;

	register_alice(b);
	b->busy[b->n_busy++] = 5060;
	move_alice(b);
	assert_int_equal(n_endpoints(b), 0);
	assert_int_equal(b->n_open, 0);
	restart(b);
	assert_int_equal(n_endpoints(b), 0);
}

static void port_that_is_gone_is_no_reason_to_stop(void **state)
{
	struct bench *b = *state;

	register_alice(b);
	b->busy[b->n_busy++] = 5060;
	restart(b);
	assert_int_equal(n_endpoints(b), 0);
	forwarded(b, P, S, reg("s"));
	assert_int_equal(n_endpoints(b), 1);
	assert_string_not_equal(public_of(b, P), G);
}

static void numbers_are_not_given_twice(void **state)
{
	struct bench *b = *state;
	uint32_t id;

	register_alice(b);
	id = endpoint_of(b, P).id;
	restart(b);
	assert_int_equal(endpoint_of(b, P).id, id);
	forwarded(b, Q, S, message("OPTIONS sip:example.com SIP/2.0",
				   "Via: SIP/2.0/UDP 192.168.1.11:5060;"
				   "branch=z9hG4bKq", "Call-ID: q",
				   "CSeq: 1 OPTIONS",
				   "From: <sip:q@example.com>;tag=q",
				   "To: <sip:q@example.com>", NULL));
	assert_true(endpoint_of(b, Q).id > id);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup_kept, \
						   bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(registration_is_still_there),
		TEST(port_from_the_pool_is_the_same),
		TEST(answer_to_a_request_of_before_is_brought_home),
		TEST(request_whose_via_is_ours_to_guess_is_not_written),
		TEST(subscription_is_still_there),
		TEST(whom_the_phone_knows_is_known),
		TEST(what_has_ended_does_not_come_back),
		TEST(time_goes_on_without_us),
		TEST(named_port_lives_with_its_namer),
		TEST(address_that_changed_keeps_the_port),
		TEST(address_that_changes_takes_its_ports_along),
		TEST(port_that_is_not_free_there_is_closed),
		TEST(port_that_is_gone_is_no_reason_to_stop),
		TEST(numbers_are_not_given_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
