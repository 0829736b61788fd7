// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Headers: which values are turned, which way, and which never are.
 * Numbers are those of the catalogue and the scenarios of sip-alg.md.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg_bench.h"

#define P_VIA "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKp"
#define G_VIA "Via: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bKp"
#define S_VIA "Via: SIP/2.0/UDP 203.0.113.10;branch=z9hG4bKs"

/* A request with these lines after the Call-ID */
static const char *request(const char *method, const char *uri, const char *via,
			   const char *lines)
{
	return message(text("%s %s SIP/2.0", method, uri), via,
		       "From: <sip:from@example.com>;tag=f",
		       "To: <sip:to@example.com>;tag=t", "Call-ID: call",
		       text("CSeq: 7 %s", method), lines, NULL);
}

static const char *from_p(const char *method, const char *lines)
{
	return request(method, "sip:bob@example.com", P_VIA, lines);
}

/* What the phone at P sends leaves with these lines, and nothing else changed. */
static void turned_out(struct bench *b, const char *method, const char *in,
		       const char *out)
{
	const char *sent = from_p(method, in);

	phone_sends(b, P, S, sent);
	assert_left(b, G, S, with(with(sent, P_VIA, G_VIA), in, out));
	assert_silent(b);
}

/* P has an endpoint, and S may write to it. */
static void greet(struct bench *b, const char *phone)
{
	forwarded(b, phone, S, with(from_p("OPTIONS", "X: y"), P_VIA,
				    text("Via: SIP/2.0/UDP %s;branch=z9hG4bKg",
					 phone)));
}

static void B9_B11_B16_contact(void **state)
{
	turned_out(*state, "INVITE",
		   "Contact: \"A\" <sip:a%41;p=x@192.168.1.10;transport=udp;ob>"
		   ";+sip.ice;x=192.168.1.10",
		   "Contact: \"A\" <sip:a%41;p=x@203.0.113.1;transport=udp;ob>"
		   ";+sip.ice;x=192.168.1.10");
}

static void B7_headers_are_found_by_their_whole_name(void **state)
{
	turned_out(*state, "INVITE",
		   "Contacts: <sip:a@192.168.1.10>\r\n"
		   "M\t: <sip:a@192.168.1.10>\r\n"
		   "Token: <sip:a@192.168.1.10>",
		   "Contacts: <sip:a@192.168.1.10>\r\n"
		   "M\t: <sip:a@203.0.113.1>\r\n"
		   "Token: <sip:a@192.168.1.10>");
}

static void B1_a_contact_by_the_name_in_via_is_the_phones(void **state)
{
	struct bench *b = *state;
	const char *in = with(from_p("INVITE",
		"Contact: <sip:a@Phone.local>, <sip:a@other.local>"),
		"192.168.1.10", "phone.local");
	const char *bye = request("BYE", "sip:a@203.0.113.1", S_VIA, "X: y");

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(with(in, "phone.local", "203.0.113.1"),
				  "Phone.local", "203.0.113.1"));
	world_sends(b, S, G, bye);
	assert_reached(b, S, P, with(bye, "203.0.113.1 ", "Phone.local "));
}

/* A response has no Via of the phone's: what it called itself before holds. */
static void B1_a_name_holds_in_a_response(void **state)
{
	struct bench *b = *state;
	const char *in = with(from_p("REGISTER",
		"Contact: <sip:a@phone.local:5060>"),
		"192.168.1.10", "phone.local");
	const char *invite = request("INVITE", "sip:a@203.0.113.1:5060", S_VIA,
				     "Contact: <sip:s@203.0.113.10>");
	const char *ok = response(invite, "200 OK",
		"Contact: <sip:a@Phone.local>, <sip:a@phone.localhost>, "
		"<sip:a@phone>, <sip:a@other.local>\r\n");

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(with(in, "UDP phone.local", "UDP 203.0.113.1"),
				  "a@phone.local", "a@203.0.113.1"));
	delivered(b, S, G, invite);
	phone_sends(b, P, S, ok);
	assert_left(b, G, S, with(ok, "a@Phone.local>", "a@203.0.113.1>"));
}

static void A15_B20_a_proxy_on_the_lan(void **state)
{
	struct bench *b = *state;
	const char *bye = request("BYE", "sip:alice@203.0.113.1", S_VIA,
		"Route: <sip:203.0.113.1;lr>, <sip:198.51.100.7;lr>");

	turned_out(b, "INVITE",
		   "Record-Route: <sip:192.168.1.10:5060;lr;ftag=x>\r\n"
		   "Contact: <sip:alice@192.168.1.10>",
		   "Record-Route: <sip:203.0.113.1:5060;lr;ftag=x>\r\n"
		   "Contact: <sip:alice@203.0.113.1>");
	world_sends(b, S, G, bye);
	assert_reached(b, S, P,
		       with(with(bye, "Route: <sip:203.0.113.1;lr>",
				 "Route: <sip:192.168.1.10:5060;lr>"),
			    "sip:alice@203.0.113.1", "sip:alice@192.168.1.10"));
}

static void A15_path_comes_back_as_route(void **state)
{
	struct bench *b = *state;
	const char *invite = request("INVITE", "sip:alice@203.0.113.1", S_VIA,
				     "Route: <sip:edge@203.0.113.1:5060;lr>");

	turned_out(b, "REGISTER", "Path: <sip:edge@192.168.1.10;lr>",
		   "Path: <sip:edge@203.0.113.1;lr>");
	world_sends(b, S, G, invite);
	assert_reached(b, S, P, with(with(invite, "edge@203.0.113.1:5060",
					  "edge@192.168.1.10"),
				     "alice@203.0.113.1",
				     "alice@192.168.1.10:5060"));
}

static void B16_path_and_service_route_of_others_stay(void **state)
{
	struct bench *b = *state;
	const char *out = forwarded(b, P, S, from_p("REGISTER", "X: y"));
	const char *ok = response(out, "200 OK",
		"Service-Route: <sip:orig@203.0.113.10;lr>\r\n"
		"Path: <sip:198.51.100.7;lr>,<sip:203.0.113.1:7777;lr>\r\n");

	world_sends(b, S, G, ok);
	assert_reached(b, S, P, with(ok, G_VIA, P_VIA));
}

static void A17_B17_redirect_to_a_phone_here(void **state)
{
	struct bench *b = *state;
	const char *invite = request("INVITE", "sip:p@203.0.113.1", S_VIA,
				     "Contact: <sip:s@203.0.113.10>");
	const char *moved = response(invite, "302 Moved Temporarily",
		"Contact: <sip:vm@192.168.1.11:5060>, <sip:x@192.168.1.99>\r\n");

	greet(b, P);
	greet(b, Q);
	delivered(b, S, G, invite);
	phone_sends(b, P, S, moved);
	assert_left(b, G, S, with(moved, "192.168.1.11:5060",
				  public_of(b, Q)));
}

static void A18_B22_refer_to(void **state)
{
	struct bench *b = *state;

	greet(b, P);
	greet(b, Q);
	turned_out(b, "REFER",
		   "Refer-To: <sip:q@192.168.1.11?Replaces=c%40192.168.1.11>\r\n"
		   "Referred-By: <sip:p@192.168.1.10>",
		   text("Refer-To: <sip:q@%s?Replaces=c%%40192.168.1.11>\r\n"
			"Referred-By: <sip:p@192.168.1.10>",
			public_of(b, Q)));
}

static void B22_refer_to_others_stays(void **state)
{
	static const char *const targets[] = {
		"Refer-To: <sip:x@192.168.1.77?Replaces=1%40192.168.1.10>",
		"Refer-To: sip:carol@example.com",
		"Refer-To: <tel:+4930123>",
		"Refer-To: <sip:carol@192.168.1.10:6789>",
	};
	size_t i;

	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		turned_out(*state, "REFER", targets[i], targets[i]);
}

static void A20_B30_any_method_and_its_body(void **state)
{
	static const char *const methods[] = {
		"MESSAGE", "PUBLISH", "INFO", "OPTIONS", "FOOBAR", "NOTIFY",
	};
	struct bench *b = *state;
	const char *in;
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		in = body(from_p(methods[i], "Max-Forwards: 0"), "text/plain",
			  "c=IN IP4 192.168.1.10\r\nm=audio 4000 RTP/AVP 0\r\n");
		phone_sends(b, P, S, in);
		assert_left(b, G, S, with(in, P_VIA, G_VIA));
	}
}

static void A21_B23_who_is_not_where(void **state)
{
	static const char lines[] =
		"Contact: *\r\n"
		"P-Asserted-Identity: <sip:a@192.168.1.10:5060>\r\n"
		"P-Preferred-Identity: <sip:a@192.168.1.10>\r\n"
		"Remote-Party-ID: <sip:a@192.168.1.10>;party=calling\r\n"
		"f: <sip:second@192.168.1.10>\r\n"
		"i: abc@192.168.1.10\r\n"
		"Max-Forwards: 70\r\n"
		"Proxy-Authorization: Digest uri=\"sip:192.168.1.10\", odd=\"1\"\r\n"
		"Warning: 399 192.168.1.10 \"x\"\r\n"
		"Route: <sip:192.168.1.10;lr>";

	turned_out(*state, "OPTIONS", lines, lines);
}

static void B21_outbound_request_uri_stays(void **state)
{
	static const char *const uris[] = {
		"sip:bob@example.com", "sip:192.168.1.10", "sip:q@203.0.113.1",
		"tel:+4930123", "urn:service:sos",
	};
	struct bench *b = *state;
	const char *in;
	size_t i;

	for (i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		in = request("OPTIONS", uris[i], P_VIA, "X: y");
		phone_sends(b, P, S, in);
		assert_left(b, G, S, with(in, P_VIA, G_VIA));
	}
}

static void B19_inbound_request_uri_of_others_stays(void **state)
{
	static const char *const uris[] = {
		"sip:bob@example.com", "sip:a@203.0.113.1:7777",
		"sip:a@192.168.1.10", "tel:+4930123", "sip:",
	};
	struct bench *b = *state;
	const char *in;
	size_t i;

	greet(b, P);
	for (i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		in = request("OPTIONS", uris[i], S_VIA, "X: y");
		world_sends(b, S, G, in);
		assert_reached(b, S, P, in);
	}
}

/* What another phone is called by outside is what this one calls it by. */
static void other_phones_keep_their_public_names(void **state)
{
	struct bench *b = *state;
	const char *in;

	greet(b, P);
	greet(b, Q);
	in = request("INVITE", "sip:p@203.0.113.1", S_VIA,
		     text("Contact: <sip:q@%s>", public_of(b, Q)));
	world_sends(b, S, G, in);
	assert_reached(b, S, P, with(in, "sip:p@203.0.113.1",
				     "sip:p@192.168.1.10:5060"));
}

/* B27, I1: what has been turned and turned back is what the phone has said. */
static void I1_there_and_back_again(void **state)
{
	static const char *const contacts[] = {
		"Contact: <sip:a@192.168.1.10>",
		"m:<sip:192.168.1.10:5060;lr>;q=1 ,\r\n sip:b@192.168.1.10:5061",
		"CONTACT :\t\"x\\\"<\" <sips:c:pw@192.168.1.10:5071;a?b=c>;d",
		"Contact: <sip:a@192.168.1.10>, <sip:a@example.com>, "
		"<sip:b@192.168.1.10:05060>",
		"Contact: <sip:d@host-7>",
	};
	struct bench *b = *state;
	const char *in, *out, *back, *ok;
	size_t i;

	for (i = 0; i < sizeof(contacts) / sizeof(contacts[0]); i++) {
		in = with(from_p("REGISTER", contacts[i]), "192.168.1.10;branch",
			  text("host-7:5060;branch=z9hG4bK%zu;was", i));
		out = forwarded(b, P, S, in);
		assert_null(strstr(out, "192.168.1.10"));
		assert_null(strstr(out, "host-7"));
		ok = with(out, "REGISTER sip:bob@example.com SIP/2.0",
			  "SIP/2.0 200 OK");
		back = with(in, "REGISTER sip:bob@example.com SIP/2.0",
			    "SIP/2.0 200 OK");
		world_sends(b, S, G, ok);
		assert_reached(b, S, P, back);
	}
}

static void B27_lf_only_and_odd_order(void **state)
{
	static const char in[] =
		"OPTIONS sip:bob@example.com SIP/2.0\n"
		"cseq: 0009  OPTIONS\n"
		"Contact: <sip:a@192.168.1.10>\n"
		"x-odd:\n"
		"call-id:c\n"
		"t: bob <sip:bob@example.com>\n"
		"F: <sip:alice@example.com> ;tag=a\n"
		"v: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1\n"
		"Content-Length: 00000\n\n";
	struct bench *b = *state;

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(with(in, "a@192.168.1.10", "a@203.0.113.1"),
				  "UDP 192.168.1.10", "UDP 203.0.113.1"));
}

static void B15_more_contacts_than_an_edit_list_holds(void **state)
{
	struct bench *b = *state;
	char *contacts = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&contacts, &len);
	const char *in;
	int i;

	fprintf(stream, "Contact: <sip:a@192.168.1.10>");
	for (i = 0; i < 300; i++)
		fprintf(stream, "%s<sip:a%d@192.168.1.10>",
			i % 30 ? "," : "\r\nContact: ", i);
	fclose(stream);
	in = from_p("REGISTER", contacts);
	phone_sends(b, P, S, in);
	assert_int_equal(strncmp(next_sent(b)->data, "SIP/2.0 513 ", 12), 0);
	assert_int_equal(counter(b, rejected_too_large), 1);

	/* An ACK or a response cannot be refused: it leaves as it came. */
	phone_sends(b, P, S, with(with(in, "REGISTER sip:", "ACK sip:"),
				  "7 REGISTER", "7 ACK"));
	assert_left(b, G, S, with(with(in, "REGISTER sip:", "ACK sip:"),
				  "7 REGISTER", "7 ACK"));
	in = response(in, "300 Multiple Choices", text("%s\r\n", contacts));
	free(contacts);
	phone_sends(b, P, S, in);
	assert_left(b, G, S, in);
}

#define on_stage(test) cmocka_unit_test_setup_teardown(test, bench_setup, \
						       bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_stage(B9_B11_B16_contact),
		on_stage(B7_headers_are_found_by_their_whole_name),
		on_stage(B1_a_contact_by_the_name_in_via_is_the_phones),
		on_stage(B1_a_name_holds_in_a_response),
		on_stage(A15_B20_a_proxy_on_the_lan),
		on_stage(A15_path_comes_back_as_route),
		on_stage(B16_path_and_service_route_of_others_stay),
		on_stage(A17_B17_redirect_to_a_phone_here),
		on_stage(A18_B22_refer_to),
		on_stage(B22_refer_to_others_stays),
		on_stage(A20_B30_any_method_and_its_body),
		on_stage(A21_B23_who_is_not_where),
		on_stage(B21_outbound_request_uri_stays),
		on_stage(B19_inbound_request_uri_of_others_stays),
		on_stage(other_phones_keep_their_public_names),
		on_stage(I1_there_and_back_again),
		on_stage(B27_lf_only_and_odd_order),
		on_stage(B15_more_contacts_than_an_edit_list_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
