// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Telling media protocols apart, for every first and second byte.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/rtp.h"

/* RFC 7983 section 7, in its own words. */
static enum sf_rtp_class by_the_book(unsigned int first, unsigned int second)
{
	if (first <= 3)
		return SF_RTP_CLASS_STUN;
	if (first >= 16 && first <= 19)
		return SF_RTP_CLASS_ZRTP;
	if (first >= 20 && first <= 63)
		return SF_RTP_CLASS_DTLS;
	if (first >= 64 && first <= 79)
		return SF_RTP_CLASS_TURN;
	if (first >= 128 && first <= 191)
		return second >= 192 && second <= 223 ? SF_RTP_CLASS_RTCP :
							SF_RTP_CLASS_RTP;
	return SF_RTP_CLASS_OTHER;
}

static void every_first_and_second_byte(void **state)
{
	u8 payload[SF_RTP_HEADER_LEN + 15 * 4] = { 0 };
	unsigned int first, second;

	(void)state;
	for (first = 0; first < 256; first++) {
		for (second = 0; second < 256; second++) {
			payload[0] = first;
			payload[1] = second;
			assert_int_equal(sf_rtp_classify(payload,
							 sizeof(payload)),
					 by_the_book(first, second));
		}
	}
}

/* ASan sees a read behind what is there. */
static enum sf_rtp_class classify(u8 first, u8 second, unsigned int len)
{
	unsigned int readable = len < SF_RTP_HEADER_LEN ? len :
							  SF_RTP_HEADER_LEN;
	u8 *payload = calloc(1, readable ? readable : 1);
	enum sf_rtp_class class;

	assert_non_null(payload);
	if (readable > 0)
		payload[0] = first;
	if (readable > 1)
		payload[1] = second;
	class = sf_rtp_classify(payload, len);
	free(payload);
	return class;
}

static void rtp_has_its_header(void **state)
{
	unsigned int csrc, len, header_len;

	(void)state;
	for (csrc = 0; csrc < 16; csrc++) {
		header_len = 12 + csrc * 4;
		for (len = 0; len <= header_len; len++)
			assert_int_equal(classify(0x80 | csrc, 0, len),
					 len < header_len ? SF_RTP_CLASS_OTHER :
							    SF_RTP_CLASS_RTP);
	}
}

static void rtcp_has_its_header(void **state)
{
	unsigned int len;

	(void)state;
	for (len = 0; len < 12; len++)
		assert_int_equal(classify(0x80, 200, len),
				 len < 4 ? SF_RTP_CLASS_OTHER :
					   SF_RTP_CLASS_RTCP);
}

static void short_payloads_of_the_others(void **state)
{
	(void)state;
	assert_int_equal(classify(0, 0, 0), SF_RTP_CLASS_OTHER);
	assert_int_equal(classify(0, 0, 1), SF_RTP_CLASS_STUN);
	assert_int_equal(classify(16, 0, 1), SF_RTP_CLASS_ZRTP);
	assert_int_equal(classify(22, 0, 1), SF_RTP_CLASS_DTLS);
	assert_int_equal(classify(64, 0, 1), SF_RTP_CLASS_TURN);
}

static void the_header_is_read(void **state)
{
	static const u8 payload[SF_RTP_HEADER_LEN] = {
		0x80, 0x88, 0xff, 0xfe, 0x81, 0x02, 0x03, 0x04,
		0xde, 0xad, 0xbe, 0xef
	};
	struct sf_rtp_header header;

	(void)state;
	sf_rtp_parse(payload, &header);
	assert_true(header.marker);
	assert_int_equal(header.payload_type, 8);
	assert_int_equal(header.sequence, 0xfffe);
	assert_int_equal(header.timestamp, 0x81020304);
	assert_int_equal(header.ssrc, 0xdeadbeef);
}

static void marker_and_payload_type_are_apart(void **state)
{
	u8 payload[SF_RTP_HEADER_LEN] = { 0x80 };
	struct sf_rtp_header header;
	unsigned int second;

	(void)state;
	for (second = 0; second < 256; second++) {
		payload[1] = second;
		sf_rtp_parse(payload, &header);
		assert_int_equal(header.payload_type, second & 127);
		assert_int_equal(header.marker, second >= 128);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_first_and_second_byte),
		cmocka_unit_test(rtp_has_its_header),
		cmocka_unit_test(rtcp_has_its_header),
		cmocka_unit_test(short_payloads_of_the_others),
		cmocka_unit_test(the_header_is_read),
		cmocka_unit_test(marker_and_payload_type_are_apart),
	};

	return cmocka_run_group_tests_name("rtp", tests, NULL, NULL);
}
