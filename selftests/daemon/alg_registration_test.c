// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registrations: bindings seen from both sides, and how long they last.
 * Numbers are those of the catalogue and the scenarios of sip-alg.md.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <string.h>

#include "alg_bench.h"

#define MINUTE_MS (60 * 1000)
#define GRACE_MS (5 * MINUTE_MS)

/* A REGISTER of alice at P; @contact is the rest of the Contact line and more */
static const char *reg(const char *branch, const char *contact)
{
	const char *via;

	via = text("Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK%s", branch);
	return message("REGISTER sip:example.com SIP/2.0", via,
		       "Max-Forwards: 70",
		       "From: <sip:alice@example.com>;tag=a",
		       "To: <sip:alice@example.com>",
		       "Call-ID: registration", "CSeq: 1 REGISTER", contact,
		       "Content-Length: 0", NULL);
}

static const char *const P_CONTACT = "Contact: <sip:alice@192.168.1.10:5060>";
static const char *const G_CONTACT = "Contact: <sip:alice@203.0.113.1:5060>";

/* alice registers for @expires seconds, and the server says yes to that */
static void register_alice(struct bench *b, const char *branch,
			   const char *expires)
{
	const char *ask, *grant;

	ask = text("%s\r\nExpires: %s", P_CONTACT, expires);
	grant = text("%s;expires=%s\r\n", G_CONTACT, expires);
	delivered(b, S, G, response(forwarded(b, P, S, reg(branch, ask)),
				    "200 OK", grant));
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

static void A01_register_challenge_register_ok(void **state)
{
	struct bench *b = *state;
	const char *in = reg("1", P_CONTACT);
	const char *out = with(with(in, "UDP 192.168.1.10:5060",
				    "UDP 203.0.113.1:5060"),
			       P_CONTACT, G_CONTACT);
	const char *challenge, *ok;

	phone_sends(b, P, S, in);
	assert_left(b, G, S, out);

	challenge = response(out, "401 Unauthorized",
			     "WWW-Authenticate: Digest realm=\"example.com\", "
			     "nonce=\"n\"\r\n");
	world_sends(b, S, G, challenge);
	assert_reached(b, S, P, with(challenge, "203.0.113.1:5060",
				     "192.168.1.10:5060"));

	in = reg("2", "Authorization: Digest username=\"alice\", "
		 "realm=\"example.com\", uri=\"sip:example.com\", x=192.168.1.10"
		 "\r\nContact: <sip:alice@192.168.1.10:5060>");
	out = with(with(in, "UDP 192.168.1.10:5060", "UDP 203.0.113.1:5060"),
		   P_CONTACT, G_CONTACT);
	phone_sends(b, P, S, in);
	assert_left(b, G, S, out);

	ok = response(out, "200 OK",
		      "Contact: <sip:alice@203.0.113.1:5060>;expires=3600\r\n");
	world_sends(b, S, G, ok);
	assert_reached(b, S, P,
		       with(with(ok, "UDP 203.0.113.1:5060",
				 "UDP 192.168.1.10:5060"),
			    G_CONTACT, P_CONTACT));
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 3600\n");
	assert_silent(b);
}

static void A02_request_uri_is_the_phones_own_contact(void **state)
{
	static const char *const forms[] = {
		"192.168.1.10", "192.168.1.10:5060",
	};
	struct bench *b = *state;
	const char *contact, *uri;
	const char *in;
	size_t i;

	for (i = 0; i < 2; i++) {
		contact = text("Contact: <sip:alice@%s;x>",
			 forms[i]);
		forwarded(b, P, S, reg(forms[i], contact));
		uri = text("sip:alice@%s;x", forms[i]);
		in = invite("sip:alice@203.0.113.1:5060;x");
		world_sends(b, S, G, in);
		assert_reached(b, S, P,
			       with(in, "sip:alice@203.0.113.1:5060;x", uri));
	}
}

/* What it registers with and what it calls with may be written differently. */
static void A02_each_place_has_its_own_form(void **state)
{
	static const char uri[] = "sip:alice@203.0.113.1:5060";
	struct bench *b = *state;
	const char *in = invite(uri);

	forwarded(b, P, S, reg("1", P_CONTACT));
	forwarded(b, P, S, with(with(reg("2", "Contact: <sip:alice@192.168.1.10>"),
				     "REGISTER sip:", "OPTIONS sip:"),
				"CSeq: 1 REGISTER", "CSeq: 1 OPTIONS"));
	forwarded(b, P, S, reg("3", P_CONTACT));
	world_sends(b, S, G, in);
	assert_reached(b, S, P, with(in, uri, "sip:alice@192.168.1.10:5060"));
	in = with(in, "To: <sip:alice@example.com>",
		  "To: <sip:alice@example.com>;tag=a");
	world_sends(b, S, G, in);
	assert_reached(b, S, P, with(in, uri, "sip:alice@192.168.1.10"));
}

static void A03_two_phones_on_5060_have_two_ports(void **state)
{
	struct bench *b = *state;
	const char *in = with(with(reg("q", P_CONTACT), "UDP 192.168.1.10",
				   "UDP 192.168.1.11"),
			      P_CONTACT, "Contact: <sip:q@192.168.1.11:5060>");
	const char *second;
	const char *uri;

	register_alice(b, "1", "3600");
	forwarded(b, Q, S, in);
	second = public_of(b, Q);
	assert_string_equal(public_of(b, P), G);
	assert_string_not_equal(second, G);

	uri = text("sip:q@%s", second);
	in = invite(uri);
	world_sends(b, S, second, in);
	assert_reached(b, S, Q, with(in, uri, "sip:q@192.168.1.11:5060"));
	in = invite("sip:alice@203.0.113.1:5060");
	world_sends(b, S, G, in);
	assert_reached(b, S, P, with(in, "alice@203.0.113.1", "alice@192.168.1.10"));
}

static void A04_four_accounts_on_one_socket(void **state)
{
	static const char *const users[] = { "a", "b", "c", "d" };
	struct bench *b = *state;
	const char *contact, *aor, *uri;
	const char *in, *ok;
	size_t i;

	for (i = 0; i < 4; i++) {
		contact = text("Contact: <sip:%s@192.168.1.10:5060>", users[i]);
		aor = text("To: <sip:%s@example.com>", users[i]);
		in = with(reg(users[i], contact), "To: <sip:alice@example.com>",
			  aor);
		contact = text("Contact: <sip:%s@203.0.113.1:5060>;expires=60\r\n",
			 users[i]);
		ok = response(forwarded(b, P, S, in), "200 OK", contact);
		delivered(b, S, G, ok);
	}
	assert_int_equal(n_endpoints(b), 1);
	assert_string_equal(leases_of(b, P),
			    "registration sip:a@example.com 60\n"
			    "registration sip:b@example.com 60\n"
			    "registration sip:c@example.com 60\n"
			    "registration sip:d@example.com 60\n");
	for (i = 0; i < 4; i++) {
		uri = text("INVITE sip:%s@192.168.1.10:5060 ",
			 users[i]);
		contact = text("sip:%s@203.0.113.1:5060",
			 users[i]);
		assert_int_equal(strncmp(delivered(b, S, G, invite(contact)),
					 uri, strlen(uri)), 0);
	}
}

static void A04_two_accounts_of_one_user_name(void **state)
{
	struct bench *b = *state;
	const char *in = with(reg("2", P_CONTACT), "To: <sip:alice@example.com>",
			      "To: <sip:alice@example.net>");

	register_alice(b, "1", "60");
	delivered(b, S, G, response(forwarded(b, P, S, in), "200 OK",
				    "Expires: 90\r\n"));
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 60\n"
			    "registration sip:alice@example.net 90\n");
}

static void A05_B8_two_contacts_are_two_ports(void **state)
{
	struct bench *b = *state;
	const char *in = reg("1", "Contact: <sip:alice@192.168.1.10:5060>;q=0.5,"
			     " <sip:alice@192.168.1.10:5061>;q=0.1");
	const char *out = with(with(in, "UDP 192.168.1.10:5060",
				    "UDP 203.0.113.1:5060"),
			       "alice@192.168.1.10:5060>;q=0.5, "
			       "<sip:alice@192.168.1.10:5061",
			       "alice@203.0.113.1:5060>;q=0.5, "
			       "<sip:alice@203.0.113.1:5061");

	phone_sends(b, P, S, in);
	assert_left(b, G, S, out);
	in = invite("sip:alice@203.0.113.1:5061");
	world_sends(b, S, "203.0.113.1:5061", in);
	assert_reached(b, S, P2, with(in, "alice@203.0.113.1", "alice@192.168.1.10"));

	delivered(b, S, G, response(out, "200 OK",
		"Contact: <sip:alice@203.0.113.1:5061>;expires=60, "
		"<sip:alice@203.0.113.1:5060>;expires=90\r\n"));
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 90\n");
	assert_string_equal(leases_of(b, P2),
			    "registration sip:alice@example.com 60\n");
}

static void A06_B14_foreign_bindings_stay(void **state)
{
	struct bench *b = *state;
	const char *out = forwarded(b, P, S, reg("1", P_CONTACT));
	const char *ok = response(out, "200 OK",
		"Contact: <sip:alice@198.51.100.7:5060>;expires=5\r\n"
		"Contact: <sip:alice@203.0.113.1:5060>;expires=60\r\n"
		"Contact: <sip:alice@203.0.113.1:6001>;expires=7\r\n"
		"m: \"x, <y>\" <sip:alice@192.168.77.1>;expires=8\r\n");

	world_sends(b, S, G, ok);
	assert_reached(b, S, P, with(with(ok, "UDP 203.0.113.1:5060",
					  "UDP 192.168.1.10:5060"),
				     G_CONTACT, P_CONTACT));
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 60\n");
}

static void A07_B15_the_2xx_says_how_long(void **state)
{
	static const struct { const char *lines; const char *leases; } grants[] = {
		{ "Contact: <sip:alice@203.0.113.1:5060>;expires=60\r\n"
		  "Expires: 900\r\n",
		  "registration sip:alice@example.com 60\n" },
		{ "Contact: <sip:alice@203.0.113.1:5060>\r\nExpires: 900\r\n",
		  "registration sip:alice@example.com 900\n" },
		{ "Contact: <sip:alice@203.0.113.1:5060>\r\n",
		  "registration sip:alice@example.com 1800\n" },
		{ "", "registration sip:alice@example.com 1800\n" },
	};
	struct bench *b = *state;
	const char *branch;
	const char *in;
	size_t i;

	for (i = 0; i < 4; i++) {
		branch = text("g%zu", i);
		in = reg(branch, "Contact: <sip:alice@192.168.1.10:5060>;"
			 "expires=1800\r\nExpires: 3600");
		delivered(b, S, G, response(forwarded(b, P, S, in), "200 OK",
					    grants[i].lines));
		assert_string_equal(leases_of(b, P), grants[i].leases);
	}
}

static void A07_a_port_lasts_for_the_lease_and_grace(void **state)
{
	struct bench *b = *state;

	register_alice(b, "1", "60");
	later(b, 59 * 1000);
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 1\n");
	later(b, 1000);
	assert_string_equal(leases_of(b, P), "");
	later(b, GRACE_MS - 1000);
	assert_int_equal(n_endpoints(b), 1);
	later(b, 1000);
	assert_int_equal(n_endpoints(b), 0);
	assert_int_equal(b->n_open, 0);
}

static void A08_B13_star_ends_the_lease(void **state)
{
	struct bench *b = *state;
	const char *out;

	register_alice(b, "1", "3600");
	out = forwarded(b, P, S, reg("2", "Contact: *\r\nExpires: 0"));
	assert_non_null(strstr(out, "Contact: *\r\n"));
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 3600\n");
	delivered(b, S, G, response(out, "200 OK", ""));
	assert_string_equal(leases_of(b, P), "");

	world_sends(b, S, G, invite("sip:alice@203.0.113.1:5060"));
	assert_silent(b);
	assert_int_equal(counter(b, dropped_stranger), 1);
}

static void B13_expires_0_ends_only_what_it_names(void **state)
{
	struct bench *b = *state;
	const char *out;

	out = forwarded(b, P, S, reg("1", "Contact: <sip:a@192.168.1.10>, "
				     "<sip:b@192.168.1.10>"));
	delivered(b, S, G, response(out, "200 OK",
		"Contact: <sip:a@203.0.113.1:5060>;expires=60, "
		"<sip:b@203.0.113.1:5060>;expires=61\r\n"));
	out = forwarded(b, P, S, reg("2", "Contact: <sip:a@192.168.1.10>;"
				     "expires=0"));
	delivered(b, S, G, response(out, "200 OK",
		"Contact: <sip:b@203.0.113.1:5060>;expires=61\r\n"
		"Expires: 3600\r\n"));
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 61\n");
	/* b is still to be called */
	delivered(b, S, G, invite("sip:b@203.0.113.1:5060"));
}

static void B13_a_query_changes_nothing(void **state)
{
	struct bench *b = *state;
	const char *out;

	register_alice(b, "1", "3600");
	out = forwarded(b, P, S, reg("2", "Expires: 0"));
	delivered(b, S, G, response(out, "200 OK",
		"Contact: <sip:alice@203.0.113.1:5060>;expires=17\r\n"));
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 3600\n");
}

static void A09_B15_a_refusal_shortens_nothing(void **state)
{
	static const char *const refusals[] = {
		"401 Unauthorized", "403 Forbidden", "423 Interval Too Brief",
		"503 Service Unavailable",
	};
	struct bench *b = *state;
	const char *out;
	size_t i;

	register_alice(b, "1", "3600");
	for (i = 0; i < 4; i++) {
		out = forwarded(b, P, S,
				reg(refusals[i], "Contact: <sip:alice@"
				    "192.168.1.10:5060>;expires=0"));
		delivered(b, S, G, response(out, refusals[i],
					    "Min-Expires: 90\r\n"));
		assert_string_equal(leases_of(b, P),
				    "registration sip:alice@example.com 3600\n");
	}
}

static void A10_B16_outbound_parameters_stay(void **state)
{
	struct bench *b = *state;
	const char *in = reg("1",
		"Supported: path, outbound, gruu\r\n"
		"Contact: \"Alice, \\\"A\\\"\" <sip:alice@192.168.1.10:5060;ob;"
		"gr=urn:uuid:f81d4fae>;reg-id=1;+sip.instance=\"<urn:uuid:f81d>\""
		";q=0.7;expires=600");

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(with(in, "UDP 192.168.1.10:5060",
				       "UDP 203.0.113.1:5060"),
				  "sip:alice@192.168.1.10:5060;ob",
				  "sip:alice@203.0.113.1:5060;ob"));
}

static void A13_lives_through_silence(void **state)
{
	struct bench *b = *state;

	register_alice(b, "1", "3600");
	later(b, 20 * MINUTE_MS);
	delivered(b, S, G, invite("sip:alice@203.0.113.1:5060"));
}

static void A14_every_kind_of_contact(void **state)
{
	static const struct { const char *in, *out; } contacts[] = {
		{ "<sips:a@192.168.1.10:5061>", "<sips:a@203.0.113.1:5061>" },
		{ "<sips:a@192.168.1.10>", "<sips:a@203.0.113.1>" },
		{ "<sip:a@192.168.1.10>", "<sip:a@203.0.113.1>" },
		{ "sip:192.168.1.10:5060", "sip:203.0.113.1:5060" },
		/* B11 */
		{ "<sip:192.168.1.10>;x=y@z", "<sip:203.0.113.1>;x=y@z" },
		{ "\"Last, First <sip:x@192.168.1.10>\" <sip:a@192.168.1.10>",
		  "\"Last, First <sip:x@192.168.1.10>\" <sip:a@203.0.113.1>" },
		{ "<tel:+4930123>", "<tel:+4930123>" },
		{ "<sip:a@198.51.100.7:5060>", "<sip:a@198.51.100.7:5060>" },
		{ "<sip:a@example.com>", "<sip:a@example.com>" },
		/* C22: it has asked STUN */
		{ "<sip:a@203.0.113.1:5060>", "<sip:a@203.0.113.1:5060>" },
		{ "<sip:a@203.0.113.1:7777>", "<sip:a@203.0.113.1:7777>" },
	};
	struct bench *b = *state;
	const char *line, *expected, *branch;
	const char *out;
	size_t i;

	for (i = 0; i < sizeof(contacts) / sizeof(contacts[0]); i++) {
		line = text("Contact: %s", contacts[i].in);
		expected = text("\r\nContact: %s\r\n",
			 contacts[i].out);
		branch = text("c%zu", i);
		out = forwarded(b, P, S, reg(branch, line));
		if (!strstr(out, expected))
			fail_msg("%s became\n%s", line, out);
	}
}

/* One of the parsers reads a user there, the other a host (B11). */
static void I4_a_value_read_in_two_ways_is_left_alone(void **state)
{
	struct bench *b = *state;
	const char *in = reg("1", "Contact: <sip:192.168.1.10:5060;x=y@z>");

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(in, "UDP 192.168.1.10", "UDP 203.0.113.1"));
	assert_int_equal(counter(b, values_doubted), 1);
}

static void B12_port_is_written_where_it_differs(void **state)
{
	struct bench *b = *state;
	const char *in = reg("1", "Contact: <sip:alice@192.168.1.10>");

	b->busy[b->n_busy++] = 5060;
	in = with(in, "UDP 192.168.1.10:5060", "UDP 192.168.1.10");
	phone_sends(b, P, S, in);
	assert_string_not_equal(public_of(b, P), G);
	assert_left(b, public_of(b, P), S,
		    with(with(in, "UDP 192.168.1.10", with("UDP X", "X",
							   public_of(b, P))),
			 "alice@192.168.1.10", with("alice@X", "X",
						    public_of(b, P))));
}

static void C22_a_stun_client_is_called_by_its_own_contact(void **state)
{
	struct bench *b = *state;
	const char *in;

	forwarded(b, P, S, reg("1", G_CONTACT));
	in = invite("sip:alice@203.0.113.1:5060");
	world_sends(b, S, G, in);
	assert_reached(b, S, P, in);
}

static void D8_privileged_ports_stay_closed(void **state)
{
	struct bench *b = *state;
	const char *in = reg("1", "Contact: <sip:alice@192.168.1.10:22>, "
			     "<sip:alice@192.168.1.10:5060>");

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(with(in, "UDP 192.168.1.10:5060",
				       "UDP 203.0.113.1:5060"),
				  P_CONTACT + strlen("Contact: "),
				  G_CONTACT + strlen("Contact: ")));
	assert_int_equal(counter(b, ports_refused), 1);
	assert_int_equal(b->n_open, 1);
}

static void B10_a_phone_that_sends_from_port_80_is_mapped(void **state)
{
	struct bench *b = *state;
	const char *out = forwarded(b, "192.168.1.10:80", S,
		reg("1", "Contact: <sip:alice@192.168.1.10:80>"));
	const char *public = public_of(b, "192.168.1.10:80");

	assert_non_null(strstr(out, with("<sip:alice@X>", "X", public)));
	assert_int_not_equal(strcmp(public, "203.0.113.1:80"), 0);
}

static void D8_one_endpoint_cannot_have_all_ports(void **state)
{
	struct bench *b = *state;
	const char *contact, *branch;
	unsigned int i;

	for (i = 0; i < 20; i++) {
		contact = text("Contact: <sip:alice@192.168.1.10:%u>", 7000 + i);
		branch = text("d%u", i);
		forwarded(b, P, S, reg(branch, contact));
	}
	assert_int_equal(n_endpoints(b), 9);
	assert_int_equal(counter(b, ports_refused), 12);
	/* Those it has named last as long as it does, and no longer. */
	alg_hold(b->alg, endpoint_of(b, P).id);
	later(b, 2 * GRACE_MS);
	assert_int_equal(n_endpoints(b), 9);
	alg_release(b->alg, endpoint_of(b, P).id);
	later(b, GRACE_MS + 2000);
	assert_int_equal(n_endpoints(b), 0);
}

static void the_advertised_address_is_told(void **state)
{
	struct bench *b = *state;
	const char *in = NULL, *out, *ok;

	b->advertised = "198.51.100.1";
	in = reg("1", P_CONTACT);
	out = with(with(in, "UDP 192.168.1.10", "UDP 198.51.100.1"),
		   "alice@192.168.1.10", "alice@198.51.100.1");
	phone_sends(b, P, S, in);
	assert_left(b, G, S, out);
	ok = response(out, "200 OK",
		      "Contact: <sip:alice@198.51.100.1:5060>;expires=9\r\n");
	world_sends(b, S, G, ok);
	assert_reached(b, S, P,
		       with(with(ok, "UDP 198.51.100.1", "UDP 192.168.1.10"),
			    "alice@198.51.100.1", "alice@192.168.1.10"));
	assert_string_equal(leases_of(b, P),
			    "registration sip:alice@example.com 9\n");
}

#define on_stage(test) cmocka_unit_test_setup_teardown(test, bench_setup, \
						       bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_stage(A01_register_challenge_register_ok),
		on_stage(A02_request_uri_is_the_phones_own_contact),
		on_stage(A02_each_place_has_its_own_form),
		on_stage(A03_two_phones_on_5060_have_two_ports),
		on_stage(A04_four_accounts_on_one_socket),
		on_stage(A04_two_accounts_of_one_user_name),
		on_stage(A05_B8_two_contacts_are_two_ports),
		on_stage(A06_B14_foreign_bindings_stay),
		on_stage(A07_B15_the_2xx_says_how_long),
		on_stage(A07_a_port_lasts_for_the_lease_and_grace),
		on_stage(A08_B13_star_ends_the_lease),
		on_stage(B13_expires_0_ends_only_what_it_names),
		on_stage(B13_a_query_changes_nothing),
		on_stage(A09_B15_a_refusal_shortens_nothing),
		on_stage(A10_B16_outbound_parameters_stay),
		on_stage(A13_lives_through_silence),
		on_stage(A14_every_kind_of_contact),
		on_stage(I4_a_value_read_in_two_ways_is_left_alone),
		on_stage(B12_port_is_written_where_it_differs),
		on_stage(C22_a_stun_client_is_called_by_its_own_contact),
		on_stage(D8_privileged_ports_stay_closed),
		on_stage(B10_a_phone_that_sends_from_port_80_is_mapped),
		on_stage(D8_one_endpoint_cannot_have_all_ports),
		on_stage(the_advertised_address_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
