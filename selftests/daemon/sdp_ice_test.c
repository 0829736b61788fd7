// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ICE in descriptions as browsers and phones write them: nothing of it is left,
 * or the new address is a candidate and the default one (RFC 8839 4.2.5).
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

#include "sdp/ice.h"

#define G "203.0.113.1"

/* A phone's offer, RTP and RTCP each with candidates, ICE at both levels */
#define HEAD	"v=0\r\no=jdoe 2890844526 2890842807 IN IP4 192.168.1.10\r\n" \
		"s=-\r\nc=IN IP4 192.168.1.10\r\nt=0 0\r\n"
#define SESSION_ICE "a=ice-options:ice2\r\na=ice-pacing:50\r\n" \
		"a=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=ice-ufrag:8hhY\r\n"
#define AUDIO	"m=audio 40000 RTP/AVP 0\r\na=rtcp:40001\r\n" \
		"a=rtpmap:0 PCMU/8000\r\n"
#define AUDIO_ICE "a=candidate:1 1 UDP 2130706431 192.168.1.10 40000 typ host\r\n" \
		"a=candidate:1 2 UDP 2130706430 192.168.1.10 40001 typ host\r\n" \
		"a=candidate:2 1 UDP 1694498815 203.0.113.1 45664 typ srflx " \
		"raddr 192.168.1.10 rport 40000\r\n" \
		"a=end-of-candidates\r\n"
#define VIDEO	"m=video 40002 UDP/TLS/RTP/SAVPF 96\r\na=rtcp-mux\r\n" \
		"a=setup:actpass\r\na=fingerprint:sha-256 00\r\n"
#define VIDEO_ICE "a=ice-ufrag:8hhZ\r\na=ice-pwd:asd88fgpdd777uzjYhagZh\r\n" \
		"a=candidate:1 1 udp 2122260223 192.168.1.10 40002 typ host\r\n"

static struct sdp_place at(const char *host, uint16_t rtp, uint16_t rtcp)
{
	struct sdp_place place = { .mapped = true };
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(rtp) };

	assert_int_equal(inet_pton(AF_INET, host, &in.sin_addr), 1);
	memcpy(&place.rtp, &in, sizeof(in));
	if (!rtcp)
		return place;
	in.sin_port = htons(rtcp);
	memcpy(&place.rtcp, &in, sizeof(in));
	return place;
}

/* struct stage - a description on its way */
static struct {
	struct sip_edits edits, inverse;
	struct sdp sdp;
} stage;

static void begin(const char *before)
{
	assert_int_equal(sdp_index(&stage.sdp, before, (struct sip_span){
		.len = (uint32_t)strlen(before) }), 0);
	sip_edit_init(&stage.edits);
}

/* What comes of it is @after; and applied, then inverted, it is as before. */
static void becomes(const char *before, const char *after)
{
	size_t len = strlen(before);
	char out[4096], back[4096];
	ssize_t n;

	n = sip_edit_apply(&stage.edits, before, len, out, sizeof(out) - 1);
	assert_true(n >= 0);
	out[n] = '\0';
	assert_string_equal(out, after);
	assert_int_equal(sip_edit_invert(&stage.edits, before, &stage.inverse),
			 0);
	assert_int_equal(sip_edit_apply(&stage.inverse, out, (size_t)n, back,
					sizeof(back)), len);
	assert_memory_equal(back, before, len);
}

static void stripped(const char *before, const char *after)
{
	begin(before);
	assert_int_equal(sdp_ice_strip(&stage.edits, &stage.sdp), 0);
	becomes(before, after);
}

static void nothing_of_ice_is_left(void **state)
{
	(void)state;
	stripped(HEAD SESSION_ICE AUDIO AUDIO_ICE VIDEO VIDEO_ICE,
		 HEAD AUDIO VIDEO);
	stripped(HEAD "a=ice-lite\r\n" AUDIO "a=remote-candidates:1 " G
		 " 30000\r\na=ice-mismatch\r\n", HEAD AUDIO);
}

static void what_is_no_ice_stays(void **state)
{
	(void)state;
	stripped(HEAD AUDIO, HEAD AUDIO);
	stripped(HEAD AUDIO "a=candidates:x\r\na=x-ice-ufrag:y\r\ni=candidate\r\n",
		 HEAD AUDIO "a=candidates:x\r\na=x-ice-ufrag:y\r\ni=candidate\r\n");
}

static void any_line_end_and_none(void **state)
{
	(void)state;
	stripped("v=0\nm=audio 1 RTP/AVP 0\na=ice-ufrag:x\na=sendrecv\n",
		 "v=0\nm=audio 1 RTP/AVP 0\na=sendrecv\n");
	stripped("v=0\r\nm=audio 1 RTP/AVP 0\r\na=ice-ufrag:x\r\na=ice-pwd:y",
		 "v=0\r\nm=audio 1 RTP/AVP 0");
	stripped("v=0\r\nm=audio 1 RTP/AVP 0\r\na=ice-ufrag:x\r\na=sendrecv",
		 "v=0\r\nm=audio 1 RTP/AVP 0\r\na=sendrecv");
	stripped("a=ice-ufrag:x", "");
}

static void mapped_and_stripped_at_once(void **state)
{
	static const char before[] =
		HEAD SESSION_ICE "m=audio 40000 RTP/AVP 0\r\n" AUDIO_ICE
		"m=video 40002 RTP/AVP 96\r\na=ice-ufrag:x";
	struct sdp_place places[] = { at(G, 30000, 30005), at(G, 30002, 30009) };

	(void)state;
	begin(before);
	assert_int_equal(sdp_edit(&stage.edits, &stage.sdp, places), 0);
	assert_int_equal(sdp_ice_strip(&stage.edits, &stage.sdp), 0);
	becomes(before,
		"v=0\r\no=jdoe 2890844526 2890842807 IN IP4 192.168.1.10\r\n"
		"s=-\r\nc=IN IP4 " G "\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n"
		"a=rtcp:30005 IN IP4 " G "\r\n"
		"m=video 30002 RTP/AVP 96\r\na=rtcp:30009 IN IP4 " G);
}

static void joined(const char *before, const char *after,
		   const struct sdp_place *places)
{
	begin(before);
	assert_int_equal(sdp_edit(&stage.edits, &stage.sdp, places), 0);
	assert_int_equal(sdp_ice_insert(&stage.edits, &stage.sdp, places), 0);
	becomes(before, after);
}

/* First of all, above all, and the default one. */
static void our_candidate_is_the_default_one(void **state)
{
	const struct sdp_place places[] = {
		at(G, 30000, 30001), at(G, 30002, 0),
	};

	(void)state;
	joined(HEAD SESSION_ICE AUDIO AUDIO_ICE VIDEO VIDEO_ICE,
	       "v=0\r\no=jdoe 2890844526 2890842807 IN IP4 192.168.1.10\r\n"
	       "s=-\r\nc=IN IP4 " G "\r\nt=0 0\r\n" SESSION_ICE
	       "m=audio 30000 RTP/AVP 0\r\na=rtcp:30001\r\n"
	       "a=rtpmap:0 PCMU/8000\r\n"
	       "a=candidate:sipfast 1 UDP 2130706432 " G " 30000 typ host\r\n"
	       "a=candidate:sipfast 2 UDP 2130706431 " G " 30001 typ host\r\n"
	       AUDIO_ICE
	       "m=video 30002 UDP/TLS/RTP/SAVPF 96\r\na=rtcp-mux\r\n"
	       "a=setup:actpass\r\na=fingerprint:sha-256 00\r\n"
	       "a=ice-ufrag:8hhZ\r\na=ice-pwd:asd88fgpdd777uzjYhagZh\r\n"
	       "a=candidate:sipfast 1 UDP 2130706431 " G " 30002 typ host\r\n"
	       "a=candidate:1 1 udp 2122260223 192.168.1.10 40002 typ host\r\n",
	       places);
}

static void a_line_without_candidates_gets_one_at_its_end(void **state)
{
	const struct sdp_place places[] = { at(G, 30000, 30001) };

	(void)state;
	joined("c=IN IP4 192.168.1.10\nm=audio 40000 RTP/AVP 0\na=ice-ufrag:x",
	       "c=IN IP4 " G "\nm=audio 30000 RTP/AVP 0\na=ice-ufrag:x\n"
	       "a=candidate:sipfast 1 UDP 2130706431 " G " 30000 typ host",
	       places);
}

static void no_candidate_where_nothing_moves_or_no_ice_is(void **state)
{
	const struct sdp_place places[] = {
		{ .mapped = false }, at(G, 30002, 0), at(G, 30004, 0),
	};

	(void)state;
	joined(HEAD AUDIO AUDIO_ICE
	       "m=image 40002 udptl t38\r\nm=video 0 RTP/AVP 96\r\n"
	       "a=ice-ufrag:x\r\n",
	       "v=0\r\no=jdoe 2890844526 2890842807 IN IP4 192.168.1.10\r\n"
	       "s=-\r\nc=IN IP4 " G "\r\nt=0 0\r\n"
	       "m=audio 40000 RTP/AVP 0\r\nc=IN IP4 192.168.1.10\r\n"
	       "a=rtcp:40001\r\na=rtpmap:0 PCMU/8000\r\n" AUDIO_ICE
	       "m=image 30002 udptl t38\r\nm=video 0 RTP/AVP 96\r\n"
	       "a=ice-ufrag:x\r\n", places);
}

static void priorities_stay_within_what_there_is(void **state)
{
	const struct sdp_place places[] = { at(G, 30000, 0) };

	(void)state;
	joined("c=IN IP4 192.168.1.10\r\nm=audio 40000 RTP/AVP 0\r\n"
	       "a=candidate:1 1 UDP 2147483647 192.168.1.10 40000 typ host\r\n"
	       "a=candidate:1 1 UDP x 192.168.1.10 40000 typ host\r\n"
	       "a=candidate\r\na=candidate:\r\n",
	       "c=IN IP4 " G "\r\nm=audio 30000 RTP/AVP 0\r\n"
	       "a=candidate:sipfast 1 UDP 2147483647 " G " 30000 typ host\r\n"
	       "a=candidate:1 1 UDP 2147483647 192.168.1.10 40000 typ host\r\n"
	       "a=candidate:1 1 UDP x 192.168.1.10 40000 typ host\r\n"
	       "a=candidate\r\na=candidate:\r\n", places);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_ice_is_left),
		cmocka_unit_test(what_is_no_ice_stays),
		cmocka_unit_test(any_line_end_and_none),
		cmocka_unit_test(mapped_and_stripped_at_once),
		cmocka_unit_test(our_candidate_is_the_default_one),
		cmocka_unit_test(a_line_without_candidates_gets_one_at_its_end),
		cmocka_unit_test(no_candidate_where_nothing_moves_or_no_ice_is),
		cmocka_unit_test(priorities_stay_within_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
