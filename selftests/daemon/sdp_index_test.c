// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The line scanner: what it finds, and how little it asks for.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sdp/sdp.h"

static struct sdp sdp;
static char *bytes;

/* Index a copy of exactly the text's length. */
static int index_text(const char *text)
{
	struct sip_span span = { .len = (uint32_t)strlen(text) };

	free(bytes);
	bytes = malloc(span.len + 1);
	bytes = realloc(memcpy(bytes, text, span.len), span.len ? span.len : 1);
	return sdp_index(&sdp, bytes, span);
}

static void assert_text(struct sip_span span, const char *text)
{
	if (!sip_span_is(bytes, span, text))
		fail_msg("\"%.*s\" is not \"%s\"", (int)span.len,
			 bytes + span.off, text);
}

static void assert_address(bool known, const struct sockaddr_storage *address,
			   const char *text)
{
	char host[INET6_ADDRSTRLEN], both[64];

	if (!text) {
		assert_false(known);
		return;
	}
	assert_true(known);
	if (address->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)address;

		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(both, sizeof(both), "%s:%u", host, ntohs(in->sin_port));
	} else {
		const struct sockaddr_in6 *in6 = (const void *)address;

		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
		snprintf(both, sizeof(both), "[%s]:%u", host,
			 ntohs(in6->sin6_port));
	}
	assert_string_equal(both, text);
}

static void assert_rtp(unsigned int i, const char *text)
{
	struct sockaddr_storage address;
	bool known = sdp_media_rtp(&sdp, &sdp.media[i], &address);

	assert_address(known, &address, text);
}

static void assert_rtcp(unsigned int i, const char *text)
{
	struct sockaddr_storage address;
	bool known = sdp_media_rtcp(&sdp, &sdp.media[i], &address);

	assert_address(known, &address, text);
}

static void description_has_its_parts(void **state)
{
	(void)state;
	assert_int_equal(index_text(
		"v=0\r\no=- 2890844526 2890844527 IN IP4 host.example\r\ns=x\r\n"
		"c=IN IP4 192.168.1.10\r\nt=0 0\r\na=recvonly\r\n"
		"m=audio 40000 RTP/AVP 0 8\r\ni=info\r\na=rtpmap:0 PCMU/8000\r\n"
		"m=video 40002 RTP/SAVPF 99\r\nc=IN IP6 2001:db8::1\r\n"
		"a=sendonly\r\n"), 0);
	assert_string_equal(sdp.eol, "\r\n");
	assert_text(sdp.session_id, "2890844526");
	assert_text(sdp.session_version, "2890844527");
	assert_text(sdp.connection.text, "192.168.1.10");
	assert_text(sdp.connection.value, "IN IP4 192.168.1.10");
	assert_int_equal(sdp.n_media, 2);
	assert_text(sdp.media[0].media, "audio");
	assert_text(sdp.media[0].port, "40000");
	assert_text(sdp.media[0].proto_name, "RTP/AVP");
	assert_text(sdp.media[0].formats, "0 8");
	assert_memory_equal(bytes + sdp.media[0].connection_at, "a=rtpmap", 8);
	assert_memory_equal(bytes + sdp.media[0].end, "m=video", 7);
	assert_int_equal(sdp.media[1].end, sdp.whole.len);
	assert_rtp(0, "192.168.1.10:40000");
	assert_rtp(1, "[2001:db8::1]:40002");
	assert_int_equal(sdp_media_direction(&sdp, &sdp.media[0]), SDP_RECVONLY);
	assert_int_equal(sdp_media_direction(&sdp, &sdp.media[1]), SDP_SENDONLY);
}

static void C18_lines_may_be_missing_disordered_and_end_anyhow(void **state)
{
	static const char *const texts[] = {
		"c=IN IP4 192.168.1.10\nm=audio 40000 RTP/AVP 0",
		"m=audio 40000 RTP/AVP 0\r\na=x\r\nb=AS:1\r\nc=IN IP4 192.168.1.10",
		"x=unknown\rc=IN IP4 192.168.1.10\rm=audio 40000 RTP/AVP 0\r",
		"s=-\r\nv=0\r\n\r\nrubbish\r\nc=in  ip4\t192.168.1.10 \r\n"
		"m=audio   40000  RTP/AVP 0\r\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(index_text(texts[i]), 0);
		assert_int_equal(sdp.n_media, 1);
		assert_rtp(0, "192.168.1.10:40000");
		assert_rtcp(0, "192.168.1.10:40001");
	}
}

static void C18_nothing_is_no_error(void **state)
{
	(void)state;
	assert_int_equal(index_text(""), 0);
	assert_int_equal(sdp.n_media, 0);
	assert_int_equal(index_text("\r\n=\r\nm\r\nc\r\n"), 0);
	assert_int_equal(sdp.n_media, 0);
}

static void unreadable_media_line_is_an_error(void **state)
{
	static const char *const texts[] = {
		"m=", "m=audio", "m=audio 40000", "m=audio x RTP/AVP 0",
		"m=audio 65536 RTP/AVP 0", "m=audio -1 RTP/AVP 0",
		"m=audio 40000/ RTP/AVP 0", "m=audio 40000/x RTP/AVP 0",
		"m=audio 40000/2/3 RTP/AVP 0",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(index_text(texts[i]), -EINVAL);
}

static void D19_descriptions_are_bounded(void **state)
{
	char text[SDP_MAX_LINE + 64] = "";
	unsigned int i;

	(void)state;
	for (i = 0; i < SDP_MAX_MEDIA; i++)
		strcat(text, "m=audio 1 RTP/AVP 0\n");
	assert_int_equal(index_text(text), 0);
	strcat(text, "m=audio 1 RTP/AVP 0\n");
	assert_int_equal(index_text(text), -E2BIG);
	snprintf(text, sizeof(text), "a=%0*d", SDP_MAX_LINE - 2, 0);
	assert_int_equal(index_text(text), 0);
	snprintf(text, sizeof(text), "a=%0*d", SDP_MAX_LINE - 1, 0);
	assert_int_equal(index_text(text), -E2BIG);
}

static void hosts_are_told_apart(void **state)
{
	static const struct { const char *text; enum sdp_host host; } cases[] = {
		{ "c=IN IP4 192.0.2.1\n", SDP_HOST_IP },
		{ "c=IN IP4 192.0.2.1/127\n", SDP_HOST_IP },
		{ "c=IN IP6 2001:db8::1\n", SDP_HOST_IP },
		{ "c=IN IP4 0.0.0.0\n", SDP_HOST_HOLD },
		{ "c=IN IP6 ::\n", SDP_HOST_HOLD },
		{ "c=IN IP4 224.2.1.1/127/3\n", SDP_HOST_MULTICAST },
		{ "c=IN IP6 ff15::101/3\n", SDP_HOST_MULTICAST },
		{ "c=IN IP4 phone.local\n", SDP_HOST_OTHER },
		{ "c=IN IP4 2001:db8::1\n", SDP_HOST_OTHER },
		{ "c=IN IP6 192.0.2.1\n", SDP_HOST_OTHER },
		{ "c=IN IP4 192.0.2.1.\n", SDP_HOST_OTHER },
		{ "c=TN RFC2543 +1-201-555-0123\n", SDP_HOST_OTHER },
		{ "c=\n", SDP_HOST_OTHER },
		{ "c=IN IP4 192.0.2.1\nc=IN IP4 192.0.2.2\n", SDP_HOST_OTHER },
		{ "a=c=IN IP4 192.0.2.1\n", SDP_HOST_NONE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(index_text(cases[i].text), 0);
		assert_int_equal(sdp.connection.host, cases[i].host);
	}
}

static void C4_held_media_has_no_transport(void **state)
{
	(void)state;
	index_text("c=IN IP4 0.0.0.0\nm=audio 40000 RTP/AVP 0\na=inactive\n");
	assert_rtp(0, NULL);
	assert_int_equal(sdp_media_direction(&sdp, &sdp.media[0]), SDP_INACTIVE);
}

static void C7_rtcp_is_where_it_is_said_to_be(void **state)
{
	(void)state;
	index_text("c=IN IP4 192.168.1.10\nm=audio 40000 RTP/AVP 0\na=rtcp:40010\n"
		   "m=audio 40001 RTP/AVP 0\na=rtcp:40020 IN IP4 192.168.1.11\n"
		   "m=audio 65535 RTP/AVP 0\nm=audio 0 RTP/AVP 0\n"
		   "m=audio 40002 RTP/AVP 0\na=rtcp:x\na=rtcp-fb:* nack\n");
	assert_rtcp(0, "192.168.1.10:40010");
	assert_rtcp(1, "192.168.1.11:40020");
	assert_text(sdp.media[1].rtcp.port, "40020");
	assert_text(sdp.media[1].rtcp.address.text, "192.168.1.11");
	assert_rtcp(2, NULL);
	assert_rtcp(3, NULL);
	assert_rtcp(4, "192.168.1.10:40003");
}

static void C8_rtcp_mux_is_seen(void **state)
{
	(void)state;
	index_text("m=audio 1 RTP/AVP 0\na=rtcp-mux\nm=audio 1 RTP/AVP 0\n"
		   "a=rtcp-mux-only\n");
	assert_true(sdp.media[0].rtcp_mux);
	assert_false(sdp.media[1].rtcp_mux);
}

static void C9_ice_is_seen(void **state)
{
	(void)state;
	index_text("m=audio 1 RTP/AVP 0\na=candidate:1 1 udp 1 192.0.2.1 1 typ host\n"
		   "a=candidate:2 1 udp 1 192.0.2.1 2 typ host\n");
	assert_true(sdp_has_ice(&sdp));
	assert_int_equal(sdp.media[0].n_candidates, 2);
	index_text("a=ice-ufrag:x\nm=audio 1 RTP/AVP 0\n");
	assert_true(sdp_has_ice(&sdp));
	index_text("m=audio 1 RTP/AVP 0\na=ice-options:trickle\n");
	assert_false(sdp_has_ice(&sdp));
}

static void C6_bundles_are_seen(void **state)
{
	(void)state;
	index_text("a=group:LS v\na=group:BUNDLE a v\na=group:BUNDLE d\n"
		   "m=audio 1 RTP/AVP 0\na=mid:a\nm=video 0 RTP/AVP 0\na=mid:v\n"
		   "a=bundle-only\nm=audio 1 RTP/AVP 0\nm=audio 1 RTP/AVP 0\n"
		   "a=mid:d\nm=audio 1 RTP/AVP 0\na=mid:e\n");
	assert_int_equal(sdp.media[0].bundle, 0);
	assert_int_equal(sdp.media[1].bundle, 0);
	assert_true(sdp.media[1].bundle_only);
	assert_int_equal(sdp.media[2].bundle, SDP_NO_BUNDLE);
	assert_int_equal(sdp.media[3].bundle, 1);
	assert_int_equal(sdp.media[4].bundle, SDP_NO_BUNDLE);
}

static void C11_protos_are_told_by_what_carries_them(void **state)
{
	static const struct { const char *name; enum sdp_proto proto; } cases[] = {
		{ "RTP/AVP", SDP_PROTO_RTP }, { "RTP/SAVPF", SDP_PROTO_RTP },
		{ "UDP/TLS/RTP/SAVPF", SDP_PROTO_RTP }, { "udptl", SDP_PROTO_UDP },
		{ "UDPTL", SDP_PROTO_UDP }, { "UDP/BFCP", SDP_PROTO_UDP },
		{ "UDP/DTLS/SCTP", SDP_PROTO_UDP }, { "DTLS/SCTP", SDP_PROTO_UDP },
		{ "UDP/TLS/UDPTL", SDP_PROTO_UDP }, { "TCP/MSRP", SDP_PROTO_OTHER },
		{ "TCP/RTP/AVP", SDP_PROTO_OTHER }, { "TCP/BFCP", SDP_PROTO_OTHER },
		{ "TCP/TLS/MSRP", SDP_PROTO_OTHER }, { "TCP", SDP_PROTO_OTHER },
		{ "x-new", SDP_PROTO_OTHER }, { "RTPX/AVP", SDP_PROTO_OTHER },
	};
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "m=x 1 %s 0", cases[i].name);
		assert_int_equal(index_text(text), 0);
		assert_int_equal(sdp.media[0].proto, cases[i].proto);
	}
}

static void C19_number_of_ports_is_seen(void **state)
{
	(void)state;
	assert_int_equal(index_text("m=audio 40000/2 RTP/AVP 0\n"), 0);
	assert_text(sdp.media[0].port, "40000");
	assert_int_equal(sdp.media[0].n_ports, 2);
}

static void C24_msrp_path_is_seen(void **state)
{
	(void)state;
	index_text("m=message 2855 TCP/MSRP *\na=path:msrp://h:2855/s;tcp\n");
	assert_true(sdp.media[0].has_path);
}

static int end(void **state)
{
	(void)state;
	free(bytes);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(description_has_its_parts),
		cmocka_unit_test(
			C18_lines_may_be_missing_disordered_and_end_anyhow),
		cmocka_unit_test(C18_nothing_is_no_error),
		cmocka_unit_test(unreadable_media_line_is_an_error),
		cmocka_unit_test(D19_descriptions_are_bounded),
		cmocka_unit_test(hosts_are_told_apart),
		cmocka_unit_test(C4_held_media_has_no_transport),
		cmocka_unit_test(C7_rtcp_is_where_it_is_said_to_be),
		cmocka_unit_test(C8_rtcp_mux_is_seen),
		cmocka_unit_test(C9_ice_is_seen),
		cmocka_unit_test(C6_bundles_are_seen),
		cmocka_unit_test(C11_protos_are_told_by_what_carries_them),
		cmocka_unit_test(C19_number_of_ports_is_seen),
		cmocka_unit_test(C24_msrp_path_is_seen),
	};

	return cmocka_run_group_tests_name("sdp_index", tests, NULL, end);
}
