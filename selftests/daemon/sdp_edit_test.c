// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session descriptions before and after: only owned bytes change.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sdp/edit.h"

#define G "203.0.113.1"

/* Where an m-line is to point, and its RTCP where that has a place of its own. */
struct to {
	const char *host;
	uint16_t rtp;
	const char *rtcp_host;
	uint16_t rtcp;
};

#define STAYS { .host = NULL }
#define TO(host_, rtp_) { .host = host_, .rtp = rtp_ }
#define TO_TWO(host_, rtp_, rtcp_host_, rtcp_) { .host = host_, .rtp = rtp_, \
	.rtcp_host = rtcp_host_, .rtcp = rtcp_ }
#define TO_BOTH(host_, rtp_, rtcp_) TO_TWO(host_, rtp_, host_, rtcp_)

static struct sockaddr_storage address(const char *host, uint16_t port)
{
	struct sockaddr_storage to = { 0 };
	struct sockaddr_in6 *in6 = (void *)&to;
	struct sockaddr_in *in = (void *)&to;

	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
	} else {
		assert_int_equal(inet_pton(AF_INET6, host, &in6->sin6_addr), 1);
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
	}
	return to;
}

static void check(const char *before, const char *after, const struct to *to)
{
	static struct sip_edits edits, inverse;
	struct sdp_place places[SDP_MAX_MEDIA] = { 0 };
	char out[4096], back[4096];
	size_t len = strlen(before);
	struct sdp sdp;
	unsigned int i;
	ssize_t n;

	assert_int_equal(sdp_index(&sdp, before,
				   (struct sip_span){ .len = (uint32_t)len }), 0);
	for (i = 0; i < sdp.n_media; i++) {
		places[i].mapped = to[i].host;
		if (!to[i].host)
			continue;
		places[i].rtp = address(to[i].host, to[i].rtp);
		if (to[i].rtcp)
			places[i].rtcp = address(to[i].rtcp_host, to[i].rtcp);
	}
	sip_edit_init(&edits);
	assert_int_equal(sdp_edit(&edits, &sdp, places), 0);
	n = sip_edit_apply(&edits, before, len, out, sizeof(out) - 1);
	assert_true(n >= 0);
	out[n] = '\0';
	assert_string_equal(out, after);
	assert_int_equal(sip_edit_invert(&edits, before, &inverse), 0);
	assert_int_equal(sip_edit_apply(&inverse, out, (size_t)n, back,
					sizeof(back)), len);
	assert_memory_equal(back, before, len);
}

#define turned(before, after, ...) \
	check(before, after, (const struct to[]){ __VA_ARGS__ })
#define kept(text, ...) turned(text, text, __VA_ARGS__)

static void addresses_and_ports_are_replaced(void **state)
{
	(void)state;
	turned("v=0\r\no=- 1 1 IN IP4 192.168.1.10\r\nc=IN IP4 192.168.1.10\r\n"
	       "m=audio 40000 RTP/AVP 0\r\na=x:192.168.1.10 40000\r\n",
	       "v=0\r\no=- 1 1 IN IP4 192.168.1.10\r\nc=IN IP4 " G "\r\n"
	       "m=audio 30000 RTP/AVP 0\r\na=x:192.168.1.10 40000\r\n",
	       TO_BOTH(G, 30000, 30001));
}

static void C1_each_media_line_has_its_own_host(void **state)
{
	(void)state;
	turned("c=IN IP4 192.168.1.10\nm=audio 40000 RTP/AVP 0\n"
	       "m=video 40002 RTP/AVP 9\nc=IN IP4 198.51.100.7\n",
	       "c=IN IP4 " G "\nm=audio 30000 RTP/AVP 0\n"
	       "m=video 40002 RTP/AVP 9\nc=IN IP4 198.51.100.7\n",
	       TO(G, 30000), STAYS);
	turned("c=IN IP4 198.51.100.7\nm=audio 40000 RTP/AVP 0\n"
	       "m=video 40002 RTP/AVP 9\nc=IN IP4 192.168.1.10\n",
	       "c=IN IP4 198.51.100.7\nm=audio 40000 RTP/AVP 0\n"
	       "m=video 30002 RTP/AVP 9\nc=IN IP4 " G "\n",
	       STAYS, TO(G, 30002));
}

static void C1_shared_connection_is_split_for_different_hosts(void **state)
{
	(void)state;
	turned("c=IN IP4 192.168.1.10\nm=audio 1 RTP/AVP 0\nm=audio 2 RTP/AVP 0\n"
	       "i=info\na=x\nm=audio 3 RTP/AVP 0\n",
	       "c=IN IP4 " G "\nm=audio 11 RTP/AVP 0\nm=audio 12 RTP/AVP 0\n"
	       "i=info\nc=IN IP4 203.0.113.2\na=x\nm=audio 13 RTP/AVP 0\n",
	       TO(G, 11), TO("203.0.113.2", 12), TO(G, 13));
	turned("c=IN IP4 192.168.1.10\r\nm=audio 1 RTP/AVP 0\r\nm=x 2 TCP/BFCP *",
	       "c=IN IP4 " G "\r\nm=audio 11 RTP/AVP 0\r\nm=x 2 TCP/BFCP *\r\n"
	       "c=IN IP4 192.168.1.10", TO(G, 11), STAYS);
}

static void C1_unused_session_connection_does_not_tell(void **state)
{
	(void)state;
	turned("c=IN IP4 192.168.1.10\nm=audio 1 RTP/AVP 0\nc=IN IP4 192.168.1.10\n"
	       "m=audio 0 RTP/AVP 0\n",
	       "c=IN IP4 " G "\nm=audio 11 RTP/AVP 0\nc=IN IP4 " G "\n"
	       "m=audio 0 RTP/AVP 0\n", TO(G, 11), STAYS);
	turned("c=IN IP4 198.51.100.7\nm=audio 1 RTP/AVP 0\nc=IN IP4 192.168.1.10\n",
	       "c=IN IP4 198.51.100.7\nm=audio 11 RTP/AVP 0\nc=IN IP4 " G "\n",
	       TO(G, 11));
}

static void C2_origin_is_never_touched(void **state)
{
	(void)state;
	turned("o=a 1 1 IN IP6 192.168.1.10\nc=IN IP4 192.168.1.10\n"
	       "m=audio 1 RTP/AVP 0\n",
	       "o=a 1 1 IN IP6 192.168.1.10\nc=IN IP4 " G "\n"
	       "m=audio 11 RTP/AVP 0\n", TO(G, 11));
}

static void C3_names_are_kept(void **state)
{
	(void)state;
	kept("c=IN IP4 phone.local\nm=audio 1 RTP/AVP 0\na=rtcp:2\n",
	     TO_BOTH(G, 11, 12));
}

static void C4_hold_is_kept(void **state)
{
	(void)state;
	turned("c=IN IP4 0.0.0.0\nm=audio 40000 RTP/AVP 0\na=inactive\n",
	       "c=IN IP4 0.0.0.0\nm=audio 30000 RTP/AVP 0\na=inactive\n",
	       TO_BOTH(G, 30000, 30001));
	turned("m=audio 40000 RTP/AVP 0\nc=IN IP6 ::\na=rtcp:9 IN IP6 ::\n",
	       "m=audio 30000 RTP/AVP 0\nc=IN IP6 ::\na=rtcp:30005 IN IP6 ::\n",
	       TO_BOTH("2001:db8::1", 30000, 30005));
}

static void C6_port_zero_stays(void **state)
{
	(void)state;
	turned("m=audio 0 RTP/AVP 0\nc=IN IP4 192.168.1.10\na=rtcp:5\n",
	       "m=audio 0 RTP/AVP 0\nc=IN IP4 " G "\na=rtcp:5\n",
	       TO_BOTH(G, 30000, 30001));
	kept("c=IN IP4 192.168.1.10\nm=audio 0 RTP/AVP 0\na=bundle-only\n",
	     STAYS);
}

static void C7_rtcp_line_follows(void **state)
{
	(void)state;
	turned("c=IN IP4 192.168.1.10\nm=audio 40001 RTP/AVP 0\n"
	       "a=rtcp:40010 IN IP4 192.168.1.10\n",
	       "c=IN IP4 " G "\nm=audio 30000 RTP/AVP 0\n"
	       "a=rtcp:30001 IN IP4 " G "\n", TO_BOTH(G, 30000, 30001));
	turned("c=IN IP4 192.168.1.10\nm=audio 40001 RTP/AVP 0\na=rtcp:40010\n",
	       "c=IN IP4 " G "\nm=audio 30000 RTP/AVP 0\na=rtcp:30005\n",
	       TO_BOTH(G, 30000, 30005));
	turned("c=IN IP4 192.168.1.10\nm=audio 40001 RTP/AVP 0\na=rtcp:40010\n",
	       "c=IN IP4 " G "\nm=audio 30000 RTP/AVP 0\n"
	       "a=rtcp:30005 IN IP4 203.0.113.2\n",
	       TO_TWO(G, 30000, "203.0.113.2", 30005));
	turned("c=IN IP4 192.168.1.10\nm=audio 40001 RTP/AVP 0\n"
	       "a=rtcp:40010 IN IP4 rtcp.local\n",
	       "c=IN IP4 " G "\nm=audio 30000 RTP/AVP 0\n"
	       "a=rtcp:40010 IN IP4 rtcp.local\n", TO_BOTH(G, 30000, 30001));
}

static void C7_rtcp_line_is_added_when_it_is_needed(void **state)
{
	(void)state;
	turned("c=IN IP4 192.168.1.10\nm=audio 1 RTP/AVP 0\na=x\nm=audio 3 RTP/AVP 0",
	       "c=IN IP4 " G "\nm=audio 11 RTP/AVP 0\na=x\na=rtcp:15 IN IP4 " G "\n"
	       "m=audio 13 RTP/AVP 0\na=rtcp:17 IN IP4 " G,
	       TO_BOTH(G, 11, 15), TO_BOTH(G, 13, 17));
	turned("c=IN IP4 0.0.0.0\nm=audio 1 RTP/AVP 0\n",
	       "c=IN IP4 0.0.0.0\nm=audio 11 RTP/AVP 0\na=rtcp:15\n",
	       TO_BOTH(G, 11, 15));
}

static void C8_nothing_is_added_for_muxed_rtcp(void **state)
{
	(void)state;
	turned("c=IN IP4 192.168.1.10\nm=audio 1 RTP/AVP 0\na=rtcp-mux\n",
	       "c=IN IP4 " G "\nm=audio 11 RTP/AVP 0\na=rtcp-mux\n",
	       TO_BOTH(G, 11, 15));
}

static void C10_bundled_lines_share_a_port(void **state)
{
	(void)state;
	turned("a=group:BUNDLE 0 1\nc=IN IP4 192.168.1.10\nm=audio 1 RTP/AVP 0\n"
	       "a=mid:0\nm=video 1 RTP/AVP 0\na=mid:1\n",
	       "a=group:BUNDLE 0 1\nc=IN IP4 " G "\nm=audio 11 RTP/AVP 0\n"
	       "a=mid:0\nm=video 11 RTP/AVP 0\na=mid:1\n",
	       TO_BOTH(G, 11, 12), TO_BOTH(G, 11, 12));
}

static void C12_udptl_gets_no_rtcp(void **state)
{
	(void)state;
	turned("m=image 1 udptl t38\nc=IN IP4 192.168.1.10\n",
	       "m=image 11 udptl t38\nc=IN IP4 " G "\n", TO_BOTH(G, 11, 15));
}

static void C18_other_bytes_are_kept(void **state)
{
	(void)state;
	turned("c=IN  IP4\t192.168.1.10 \r\nrubbish\r\n\r\nm=audio   40000  RTP/AVP 0 ",
	       "c=IN  IP4\t" G " \r\nrubbish\r\n\r\nm=audio   30000  RTP/AVP 0 ",
	       TO_BOTH(G, 30000, 30001));
}

static void C19_port_blocks_and_multicast_are_kept(void **state)
{
	(void)state;
	kept("c=IN IP4 192.168.1.10\nm=audio 40000/2 RTP/AVP 0\n", TO_BOTH(G, 11, 12));
	kept("c=IN IP4 224.2.1.1/127/3\nm=audio 40000 RTP/AVP 0\n", TO_BOTH(G, 11, 12));
}

static void C23_keys_and_fingerprints_are_kept(void **state)
{
	(void)state;
	turned("c=IN IP4 192.168.1.10\nm=audio 1 UDP/TLS/RTP/SAVPF 0\n"
	       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\na=setup:actpass\n"
	       "a=fingerprint:sha-256 00:11\n",
	       "c=IN IP4 " G "\nm=audio 11 UDP/TLS/RTP/SAVPF 0\n"
	       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\na=setup:actpass\n"
	       "a=fingerprint:sha-256 00:11\n", TO_BOTH(G, 11, 12));
}

static void C25_families_are_not_mixed(void **state)
{
	(void)state;
	kept("c=IN IP6 2001:db8::10\nm=audio 1 RTP/AVP 0\n", TO_BOTH(G, 11, 12));
	turned("c=IN IP6 2001:db8::10\nm=audio 1 RTP/AVP 0\n",
	       "c=IN IP6 2001:db8::1\nm=audio 11 RTP/AVP 0\n",
	       TO_BOTH("2001:db8::1", 11, 12));
	turned("c=IN IP4 192.168.1.10\nm=audio 1 RTP/AVP 0\n"
	       "a=rtcp:2 IN IP6 2001:db8::10\n",
	       "c=IN IP4 " G "\nm=audio 11 RTP/AVP 0\n"
	       "a=rtcp:2 IN IP6 2001:db8::10\n", TO_BOTH(G, 11, 12));
}

static void C26_nothing_is_added_without_need(void **state)
{
	(void)state;
	kept("c=IN IP4 " G "\nm=audio 11 RTP/AVP 0\n", TO_BOTH(G, 11, 12));
	kept("c=IN IP4 192.168.1.10\nm=audio 1 RTP/AVP 0\n", STAYS);
}

static void edits_beyond_the_list_are_an_error(void **state)
{
	static const char text[] = "c=IN IP4 192.168.1.10\nm=audio 1 RTP/AVP 0\n";
	struct sdp_place place = { .mapped = true, .rtp = address(G, 11) };
	static struct sip_edits edits;
	struct sdp sdp;

	(void)state;
	sdp_index(&sdp, text, (struct sip_span){ .len = sizeof(text) - 1 });
	edits.n = 0;
	edits.used = SIP_MAX_EDIT_TEXT;
	assert_int_equal(sdp_edit(&edits, &sdp, &place), -ENOBUFS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_and_ports_are_replaced),
		cmocka_unit_test(C1_each_media_line_has_its_own_host),
		cmocka_unit_test(
			C1_shared_connection_is_split_for_different_hosts),
		cmocka_unit_test(C1_unused_session_connection_does_not_tell),
		cmocka_unit_test(C2_origin_is_never_touched),
		cmocka_unit_test(C3_names_are_kept),
		cmocka_unit_test(C4_hold_is_kept),
		cmocka_unit_test(C6_port_zero_stays),
		cmocka_unit_test(C7_rtcp_line_follows),
		cmocka_unit_test(C7_rtcp_line_is_added_when_it_is_needed),
		cmocka_unit_test(C8_nothing_is_added_for_muxed_rtcp),
		cmocka_unit_test(C10_bundled_lines_share_a_port),
		cmocka_unit_test(C12_udptl_gets_no_rtcp),
		cmocka_unit_test(C18_other_bytes_are_kept),
		cmocka_unit_test(C19_port_blocks_and_multicast_are_kept),
		cmocka_unit_test(C23_keys_and_fingerprints_are_kept),
		cmocka_unit_test(C25_families_are_not_mixed),
		cmocka_unit_test(C26_nothing_is_added_without_need),
		cmocka_unit_test(edits_beyond_the_list_are_an_error),
	};

	return cmocka_run_group_tests_name("sdp_edit", tests, NULL, NULL);
}
