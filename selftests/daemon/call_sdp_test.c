// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a call makes of an SDP: which lines get public ports, which stay as they
 * came, and what runs when both sides have spoken. Numbers are those of the
 * catalogue of breakages (C1 to C26, D1, D9).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int offer(struct fixture *f, const char *body)
{
	return say(f, { "INVITE", CALL_LAN, .sdp = body });
}

static int answer(struct fixture *f, const char *body)
{
	return say(f, { "INVITE", CALL_WAN, 200, .to = "b", .sdp = body });
}

static void C1_each_line_has_its_own_host(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	offer(f, sdp(PHONE, "m=audio 40000 RTP/AVP 0\r\n"
			    "m=video 40002 RTP/AVP 96\r\n"
			    "c=IN IP4 198.51.100.7\r\n"));
	port = place(f, 0);
	assert_false(f->verdict.places[1].mapped);
	answer(f, sdp(PEER, "m=audio 50000 RTP/AVP 0\r\n"
			    "m=video 50002 RTP/AVP 96\r\n"));
	assert_int_equal(the_session(f)->plan.n_streams, 2);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
}

static void C3_names_and_C25_other_families_stay(void **state)
{
	static const char *const bodies[] = {
		"v=0\r\nc=IN IP4 phone.local\r\nm=audio 40000 RTP/AVP 0\r\n",
		"v=0\r\nc=IN IP6 2001:db8::1\r\nm=audio 40000 RTP/AVP 0\r\n",
		"v=0\r\nc=IN IP6 192.168.1.10\r\nm=audio 40000 RTP/AVP 0\r\n",
		"v=0\r\nm=audio 40000 RTP/AVP 0\r\n",
	};
	struct fixture *f = *state;
	char call_id[32];
	size_t i;

	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		snprintf(call_id, sizeof(call_id), "%zu", i);
		assert_int_equal(say(f, { "INVITE", CALL_LAN, .sdp = bodies[i],
					  .call_id = call_id }), 0);
		assert_left_alone(f);
		say(f, { "INVITE", CALL_WAN, 200, .to = "b",
			 .call_id = call_id, .sdp = audio(PEER, 50000) });
	}
	assert_int_equal(f->n_sessions, 0);
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
}

static void C6_rejected_line_gets_no_port(void **state)
{
	struct fixture *f = *state;

	offer(f, sdp(PHONE, "m=audio 40000 RTP/AVP 0\r\n"
			    "m=video 0 RTP/AVP 96\r\n"));
	place(f, 0);
	assert_false(f->verdict.places[1].mapped);
	answer(f, sdp(PEER, "m=audio 50000 RTP/AVP 0\r\n"
			    "m=video 0 RTP/AVP 96\r\n"));
	assert_int_equal(the_session(f)->plan.n_streams, 2);
}

static void C6_bundle_only_shares_the_transport_of_its_bundle(void **state)
{
	struct fixture *f = *state;

	offer(f, sdp(PHONE, "a=group:BUNDLE a v\r\n"
			    "m=audio 40000 RTP/AVP 0\r\n"
			    "a=mid:a\r\na=rtcp-mux\r\n"
			    "m=video 0 RTP/AVP 96\r\n"
			    "a=mid:v\r\na=rtcp-mux\r\na=bundle-only\r\n"));
	place(f, 0);
	assert_false(f->verdict.places[1].mapped);
	answer(f, sdp(PEER, "a=group:BUNDLE a v\r\n"
			    "m=audio 50000 RTP/AVP 0\r\n"
			    "a=mid:a\r\na=rtcp-mux\r\n"
			    "m=video 50000 RTP/AVP 96\r\n"
			    "a=mid:v\r\na=rtcp-mux\r\n"));
	assert_int_equal(the_session(f)->plan.n_streams, 1);
}

static void C7_rtcp_is_mapped_for_itself(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	offer(f, sdp(PHONE, "m=audio 40001 RTP/AVP 0\r\n"
			    "a=rtcp:40010 IN IP4 192.168.1.11\r\n"));
	port = place(f, 0);
	assert_int_equal(port % 2, 0);
	assert_int_equal(place_rtcp(f, 0), port + 1);
	answer(f, sdp(PEER, "m=audio 50001 RTP/AVP 0\r\n"
			    "a=rtcp:50020 IN IP4 203.0.113.20\r\n"));
	assert_talks(f, 0, PHONE, 40001, port, PEER, 50001);
	assert_talks(f, 1, OTHER_PHONE, 40010, port + 1, OTHER_PEER, 50020);
	assert_int_equal(the_session(f)->plan.streams[1].kind, MEDIA_RTCP);
}

static void C7_foreign_rtcp_stays(void **state)
{
	struct fixture *f = *state;

	offer(f, sdp(PHONE, "m=audio 40000 RTP/AVP 0\r\n"
			    "a=rtcp:40010 IN IP4 8.8.8.8\r\n"));
	place(f, 0);
	assert_true(host_is(&f->verdict.places[0].rtcp, "8.8.8.8"));
	assert_int_equal(port_of(&f->verdict.places[0].rtcp), 40010);
	answer(f, audio(PEER, 50000));
	assert_int_equal(the_session(f)->plan.n_streams, 1);
}

static void C8_mux_keeps_both_ports_until_it_is_answered(void **state)
{
	static const struct {
		const char *answer;
		unsigned int n_streams;
	} rows[] = {
		{ "m=audio 50000 RTP/AVP 0\r\na=rtcp-mux\r\n", 1 },
		{ "m=audio 50000 RTP/AVP 0\r\n", 2 },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < 2; i++) {
		offer(f, sdp(PHONE, "m=audio 40000 RTP/AVP 0\r\n"
				    "a=rtcp-mux\r\n"));
		assert_int_equal(place_rtcp(f, 0), place(f, 0) + 1);
		answer(f, sdp(PEER, rows[i].answer));
		assert_int_equal(the_session(f)->plan.n_streams,
				 rows[i].n_streams);
		hang_up(f);
	}
}

static void C9_ice_passes_whole(void **state)
{
	static const char ice[] =
		"m=audio 40000 RTP/AVP 0\r\na=ice-ufrag:F7gI\r\n"
		"a=candidate:1 1 UDP 2130706431 192.168.1.10 40000 typ host\r\n";
	struct fixture *f = *state;

	assert_int_equal(offer(f, sdp(PHONE, ice)), 0);
	assert_left_alone(f);
	assert_int_equal(f->verdict.places[0].left, CALL_LEFT_ICE);
	answer(f, audio(PEER, 50000));
	assert_int_equal(f->n_sessions, 0);
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
	assert_int_equal(calls_count(f->calls), 1);
	hang_up(f);
}

/* A plain phone answers an offer with ICE: then there is no ICE (RFC 8839). */
static void C9_plain_answer_to_ice_is_mapped(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	say(f, { "INVITE", CALL_WAN, .sdp = sdp(PEER,
		 "m=audio 50000 RTP/AVP 0\r\na=candidate:1 1 UDP 1 "
		 "203.0.113.10 50000 typ host\r\n") });
	assert_int_equal(f->verdict.n_places, 0);
	say(f, { "INVITE", CALL_LAN, 200, .to = "b",
		 .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
}

static void C10_bundle_one_lan_port_one_public_port(void **state)
{
	struct fixture *f = *state;

	offer(f, sdp(PHONE, "a=group:BUNDLE a v\r\n"
			    "m=audio 40000 RTP/AVP 0\r\n"
			    "a=mid:a\r\na=rtcp-mux\r\n"
			    "m=video 40000 RTP/AVP 96\r\n"
			    "a=mid:v\r\na=rtcp-mux\r\n"));
	assert_int_equal(place(f, 0), place(f, 1));
	assert_int_equal(media_ports_used(f->ports, NULL), 1);
	answer(f, sdp(PEER, "m=audio 50000 RTP/AVP 0\r\na=rtcp-mux\r\n"
			    "m=video 50000 RTP/AVP 96\r\na=rtcp-mux\r\n"));
	assert_int_equal(the_session(f)->plan.n_streams, 1);
}

static void C11_five_lines_of_any_kind(void **state)
{
	struct fixture *f = *state;
	unsigned int i, j;

	offer(f, sdp(PHONE, "m=audio 40000 RTP/AVP 0\r\n"
			    "m=video 40002 RTP/AVP 96\r\n"
			    "m=application 40004 UDP/BFCP *\r\n"
			    "m=text 40006 RTP/AVP 98\r\n"
			    "m=video 1000 RTP/SAVPF 96\r\n"));
	assert_int_equal(f->verdict.n_places, 5);
	for (i = 0; i < 5; i++)
		for (j = 0; j < i; j++)
			assert_int_not_equal(place(f, i), place(f, j));
	assert_int_equal(f->verdict.places[2].rtcp.ss_family, AF_UNSPEC);
	answer(f, sdp(PEER, "m=audio 50000 RTP/AVP 0\r\n"
			    "m=video 50002 RTP/AVP 96\r\n"
			    "m=application 50004 UDP/BFCP *\r\n"
			    "m=text 50006 RTP/AVP 98\r\n"
			    "m=video 50008 RTP/SAVPF 96\r\n"));
	assert_int_equal(the_session(f)->plan.n_streams, 9);
	assert_int_equal(the_session(f)->plan.streams[4].kind, MEDIA_OPAQUE);
}

static void C11_more_lines_than_the_kernel_takes_are_refused(void **state)
{
	char lines[1024] = "";
	struct fixture *f = *state;
	int i, len = 0;

	for (i = 0; i < 9; i++)
		len += snprintf(lines + len, sizeof(lines) - len,
				"m=audio %d RTP/AVP 0\r\n", 40000 + 2 * i);
	assert_int_equal(offer(f, sdp(PHONE, lines)), -ENOSPC);
	assert_int_equal(f->verdict.n_places, 0);
	assert_int_equal(calls_count(f->calls), 0);
	assert_int_equal(say(f, { "INVITE", CALL_WAN,
				  .sdp = sdp(PEER, lines) }), -ENOSPC);
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
}

static void C12_audio_to_t38_and_back(void **state)
{
	static const char fax[] = "m=image 40000 udptl t38\r\n";
	struct fixture *f = *state;
	uint16_t port = set_up(f);

	say(f, { "INVITE", CALL_WAN, .caller = "b", .to = "a", .cseq = 2,
		 .sdp = sdp(PEER, "m=image 50000 udptl t38\r\n") });
	say(f, { "INVITE", CALL_LAN, 200, .caller = "b", .to = "a", .cseq = 2,
		 .sdp = sdp(PHONE, fax) });
	assert_int_equal(place(f, 0), port);
	assert_int_equal(the_session(f)->plan.n_streams, 1);
	assert_int_equal(the_session(f)->plan.streams[0].kind, MEDIA_OPAQUE);
	assert_int_equal(the_session(f)->plan.streams[0].id, 2);

	say(f, { "INVITE", CALL_LAN, .to = "b", .cseq = 2,
		 .sdp = audio(PHONE, 40000) });
	assert_int_equal(place(f, 0), port);
	say(f, { "INVITE", CALL_WAN, 200, .to = "b", .cseq = 2,
		 .sdp = audio(PEER, 50000) });
	assert_int_equal(the_session(f)->plan.n_streams, 2);
	assert_int_equal(the_session(f)->plan.streams[0].kind, MEDIA_RTP);
	assert_int_equal(f->n_installs, 1);
}

static void C19_ranges_and_multicast_and_C24_tcp_stay(void **state)
{
	struct fixture *f = *state;

	offer(f, sdp(PHONE, "m=audio 40000/2 RTP/AVP 0\r\n"
			    "m=video 40010 RTP/AVP 96\r\n"
			    "c=IN IP4 224.2.1.1/127/3\r\n"
			    "m=message 40020 TCP/MSRP *\r\n"
			    "a=path:msrp://192.168.1.10:40020/s;tcp\r\n"
			    "m=application 40030 TCP/BFCP *\r\n"));
	assert_int_equal(f->verdict.n_places, 4);
	assert_left_alone(f);
	answer(f, sdp(PEER, "m=audio 50000/2 RTP/AVP 0\r\n"
			    "m=video 50010 RTP/AVP 96\r\n"
			    "m=message 50020 TCP/MSRP *\r\n"
			    "m=application 50030 TCP/BFCP *\r\n"));
	assert_int_equal(f->n_sessions, 0);
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
}

static void C21_any_lan_host_is_mapped(void **state)
{
	struct fixture *f = *state;
	uint16_t port;

	offer(f, audio("192.168.1.50", 40000));
	port = place(f, 0);
	answer(f, audio(PEER, 50000));
	assert_talks(f, 0, "192.168.1.50", 40000, port, PEER, 50000);
}

static void C21_D9_no_other_host_ever_is(void **state)
{
	static const char *const hosts[] = {
		"8.8.8.8", "127.0.0.1", "0.0.0.1", "192.168.2.10",
		"255.255.255.255",
	};
	struct fixture *f = *state;
	char call_id[32];
	size_t i;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		snprintf(call_id, sizeof(call_id), "%zu", i);
		say(f, { "INVITE", CALL_LAN, .call_id = call_id,
			 .sdp = audio(hosts[i], 40000) });
		assert_left_alone(f);
		say(f, { "INVITE", CALL_WAN, 200, .to = "b",
			 .call_id = call_id, .sdp = audio(PEER, 50000) });
	}
	assert_int_equal(f->n_installs, 0);
}

/* What loops back or goes to everybody is no peer of ours either. */
static void D9_no_packet_is_sent_to_nobody(void **state)
{
	static const char *const hosts[] = {
		"127.0.0.1", "0.0.0.1", "224.0.0.1", "255.255.255.255",
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		offer(f, audio(PHONE, 40000));
		answer(f, audio(hosts[i], 50000));
		assert_int_equal(f->n_sessions, 0);
		hang_up(f);
	}
}

static void C22_own_address_is_left_alone(void **state)
{
	struct fixture *f = *state;

	offer(f, audio(GATEWAY, 40000));
	assert_left_alone(f);
	assert_int_equal(media_ports_used(f->ports, NULL), 0);
}

static void C23_secured_media_is_mapped_like_any(void **state)
{
	struct fixture *f = *state;

	offer(f, sdp(PHONE, "m=audio 40000 UDP/TLS/RTP/SAVPF 0\r\n"
			    "a=fingerprint:sha-256 00\r\na=setup:actpass\r\n"
			    "m=video 40002 RTP/SAVP 96\r\n"
			    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"));
	place(f, 0);
	place(f, 1);
	answer(f, sdp(PEER, "m=audio 50000 UDP/TLS/RTP/SAVPF 0\r\n"
			    "m=video 50002 RTP/SAVP 96\r\n"));
	assert_int_equal(the_session(f)->plan.n_streams, 4);
}

static void D1_two_phones_with_one_port_number(void **state)
{
	struct fixture *f = *state;
	uint16_t port, other;

	say(f, { "INVITE", CALL_LAN, .call_id = "1",
		 .sdp = audio(PHONE, 40000) });
	port = place(f, 0);
	say(f, { "INVITE", CALL_LAN, .call_id = "2", .endpoint = 2,
		 .sdp = audio(OTHER_PHONE, 40000) });
	other = place(f, 0);
	assert_int_not_equal(port, other);
}

#define test(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(C1_each_line_has_its_own_host),
		test(C3_names_and_C25_other_families_stay),
		test(C6_rejected_line_gets_no_port),
		test(C6_bundle_only_shares_the_transport_of_its_bundle),
		test(C7_rtcp_is_mapped_for_itself),
		test(C7_foreign_rtcp_stays),
		test(C8_mux_keeps_both_ports_until_it_is_answered),
		test(C9_ice_passes_whole),
		test(C9_plain_answer_to_ice_is_mapped),
		test(C10_bundle_one_lan_port_one_public_port),
		test(C11_five_lines_of_any_kind),
		test(C11_more_lines_than_the_kernel_takes_are_refused),
		test(C12_audio_to_t38_and_back),
		test(C19_ranges_and_multicast_and_C24_tcp_stay),
		test(C21_any_lan_host_is_mapped),
		test(C21_D9_no_other_host_ever_is),
		test(D9_no_packet_is_sent_to_nobody),
		test(C22_own_address_is_left_alone),
		test(C23_secured_media_is_mapped_like_any),
		test(D1_two_phones_with_one_port_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
