// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Subscriptions: NOTIFYs come in as long as they are paid for.
 * Numbers are those of the catalogue and the scenarios of sip-alg.md.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <string.h>

#include "alg_bench.h"

#define MINUTE_MS (60 * 1000)

/* One message of the subscription; @from and @to are URI and tag */
static const char *sub(const char *start, const char *via, const char *from,
		       const char *to, const char *cseq, const char *lines)
{
	return message(start, text("Via: SIP/2.0/UDP %s;branch=z9hG4bK%c%c",
				   via, cseq[0], cseq[2]),
		       text("From: %s", from), text("To: %s", to),
		       "Call-ID: subscription", text("CSeq: %s", cseq), lines,
		       NULL);
}

#define ALICE "<sip:alice@example.com>;tag=a"
#define SERVER "<sip:bob@example.com>"

/* alice subscribes, asking for 3600 s; the server's answer has these lines */
static void subscribe(struct bench *b, const char *grant)
{
	const char *out = forwarded(b, P, S,
		sub("SUBSCRIBE sip:bob@example.com SIP/2.0", P, ALICE, SERVER,
		    "1 SUBSCRIBE", "Event: dialog;id=7\r\nExpires: 3600\r\n"
		    "Contact: <sip:alice@192.168.1.10>"));

	delivered(b, S, G, response(out, "200 OK", grant));
}

static const char *notify(const char *via, const char *state)
{
	return sub("NOTIFY sip:alice@203.0.113.1 SIP/2.0", via, SERVER ";tag=s",
		   ALICE, "1 NOTIFY",
		   text("Event: dialog;id=7\r\nSubscription-State: %s", state));
}

static void A19_B28_notify_after_silence(void **state)
{
	struct bench *b = *state;
	const char *in = body(notify(S, "active"),
			      "application/dialog-info+xml",
			      "<target uri=\"sip:x@192.168.1.10\"/>");

	subscribe(b, "Expires: 3600\r\n");
	assert_string_equal(leases_of(b, P), "subscription dialog 3600\n");
	later(b, 10 * MINUTE_MS);
	world_sends(b, S, G, in);
	assert_reached(b, S, P, with(in, "alice@203.0.113.1",
				     "alice@192.168.1.10"));
	assert_string_equal(leases_of(b, P), "subscription dialog 3000\n");
}

static void B28_notify_from_wherever(void **state)
{
	struct bench *b = *state;

	subscribe(b, "Expires: 3600\r\n");
	delivered(b, T, G, notify(T, "active"));
	world_sends(b, T, G, with(notify(T, "active"), ";tag=a", ";tag=x"));
	assert_silent(b);
}

static void the_2xx_says_how_long(void **state)
{
	struct bench *b = *state;

	subscribe(b, "Expires: 60\r\n");
	assert_string_equal(leases_of(b, P), "subscription dialog 60\n");
	subscribe(b, "");
	assert_string_equal(leases_of(b, P), "subscription dialog 3600\n");
	subscribe(b, "Expires: 0\r\n");
	assert_string_equal(leases_of(b, P), "");
}

static void notify_says_how_long_and_that_it_is_over(void **state)
{
	struct bench *b = *state;

	subscribe(b, "Expires: 3600\r\n");
	delivered(b, S, G, notify(S, "active ; expires=90"));
	assert_string_equal(leases_of(b, P), "subscription dialog 90\n");
	delivered(b, S, G, notify(S, "pending;expires=x"));
	assert_string_equal(leases_of(b, P), "subscription dialog 90\n");
	delivered(b, S, G, notify(S, "Terminated;reason=timeout"));
	assert_string_equal(leases_of(b, P), "");
}

/* Somebody outside subscribes at the phone, and will refresh that. */
static void a_phone_that_is_subscribed_to(void **state)
{
	struct bench *b = *state;
	const char *in;

	forwarded(b, P, S, sub("OPTIONS sip:x@example.com SIP/2.0", P, ALICE,
			       SERVER, "1 OPTIONS", "X: y"));
	in = sub("SUBSCRIBE sip:alice@203.0.113.1 SIP/2.0", S, SERVER ";tag=s",
		 "<sip:alice@example.com>", "1 SUBSCRIBE", "Expires: 600");
	delivered(b, S, G, in);
	in = with(response(in, "202 Accepted", "Expires: 500\r\n"),
		  "<sip:alice@example.com>", ALICE);
	forwarded(b, P, S, in);
	assert_string_equal(leases_of(b, P), "subscription unknown 500\n");
	forwarded(b, P, S, sub("NOTIFY sip:bob@203.0.113.10 SIP/2.0", P, ALICE,
			       SERVER ";tag=s", "2 NOTIFY",
			       "Subscription-State: terminated"));
	assert_string_equal(leases_of(b, P), "");
}

#define on_stage(test) cmocka_unit_test_setup_teardown(test, bench_setup, \
						       bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_stage(A19_B28_notify_after_silence),
		on_stage(B28_notify_from_wherever),
		on_stage(the_2xx_says_how_long),
		on_stage(notify_says_how_long_and_that_it_is_over),
		on_stage(a_phone_that_is_subscribed_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
