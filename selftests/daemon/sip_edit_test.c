// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The edit list: order, refusals, Content-Length, and the property that it
 * stands on: edits made and then inverted give the same bytes.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip_sample.h"

static struct sip_edits edits;

static int reset(void **state)
{
	(void)state;
	sip_edit_init(&edits);
	return 0;
}

static int replace(uint32_t off, uint32_t len, const char *text)
{
	return sip_edit_replace(&edits, (struct sip_span){ off, len }, text,
				strlen(text));
}

static void edits_come_in_any_order(void **state)
{
	struct sample *s = datagram("0123456789");

	(void)state;
	assert_int_equal(replace(7, 2, "seven"), 0);
	assert_int_equal(replace(0, 1, "zero"), 0);
	assert_int_equal(replace(3, 2, ""), 0);
	assert_int_equal(sip_edit_insert(&edits, 10, "end", 3), 0);
	assert_edited(s, &edits, "zero1256seven9end");
	assert_int_equal(sip_edit_delta(&edits, (struct sip_span){ 0, 10 }), 7);
	assert_int_equal(sip_edit_delta(&edits, (struct sip_span){ 3, 2 }), -2);
	sample_free(s);
}

static void inserts_keep_their_order_and_stand_before(void **state)
{
	struct sample *s = datagram("0123456789");

	(void)state;
	assert_int_equal(replace(5, 2, "X"), 0);
	assert_int_equal(sip_edit_insert(&edits, 5, "a", 1), 0);
	assert_int_equal(sip_edit_insert(&edits, 5, "b", 1), 0);
	assert_int_equal(sip_edit_insert(&edits, 7, "c", 1), 0);
	assert_int_equal(replace(7, 1, ""), 0);
	assert_edited(s, &edits, "01234abXc89");
	sample_free(s);
}

static void two_edits_of_one_byte_are_refused(void **state)
{
	struct sample *s = datagram("0123456789");

	(void)state;
	assert_int_equal(replace(3, 4, "x"), 0);
	assert_int_equal(replace(3, 4, "y"), -EEXIST);
	assert_int_equal(replace(6, 1, "y"), -EEXIST);
	assert_int_equal(replace(0, 4, "y"), -EEXIST);
	assert_int_equal(replace(0, 10, "y"), -EEXIST);
	assert_int_equal(sip_edit_insert(&edits, 5, "y", 1), -EEXIST);
	assert_int_equal(replace(7, 1, "y"), 0);
	assert_edited(s, &edits, "012xy89");
	sample_free(s);
}

static void full_list_refuses_and_stays_as_it_was(void **state)
{
	static char text[SIP_MAX_EDIT_TEXT];
	unsigned int i;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(sip_edit_insert(&edits, 0, text, sizeof(text) - 1), 0);
	assert_int_equal(sip_edit_insert(&edits, 0, "ab", 2), -ENOBUFS);
	assert_int_equal(edits.n, 1);
	sip_edit_init(&edits);
	for (i = 0; i < SIP_MAX_EDITS; i++)
		assert_int_equal(replace(2 * i, 1, "y"), 0);
	assert_int_equal(replace(2 * i, 1, "y"), -ENOBUFS);
	assert_int_equal(edits.n, SIP_MAX_EDITS);
}

static void gather_copies_nothing(void **state)
{
	struct sample *s = datagram("0123456789");
	struct iovec iov[4];

	(void)state;
	assert_int_equal(sip_edit_gather(&edits, s->buf, s->len, iov, 1), 1);
	assert_ptr_equal(iov[0].iov_base, s->buf);
	assert_int_equal(replace(0, 2, "ab"), 0);
	assert_int_equal(replace(8, 2, ""), 0);
	assert_int_equal(sip_edit_gather(&edits, s->buf, s->len, iov, 4), 2);
	assert_ptr_equal(iov[0].iov_base, edits.text);
	assert_ptr_equal(iov[1].iov_base, s->buf + 2);
	assert_int_equal(iov[1].iov_len, 6);
	assert_int_equal(sip_edit_gather(&edits, s->buf, s->len, iov, 1),
			 -ENOBUFS);
	sample_free(s);
}

static void copy_needs_its_room(void **state)
{
	struct sample *s = datagram("0123456789");
	char out[12];

	(void)state;
	assert_int_equal(replace(0, 1, "abc"), 0);
	assert_int_equal(sip_edit_apply(&edits, s->buf, s->len, out, 12), 12);
	assert_int_equal(sip_edit_apply(&edits, s->buf, s->len, out, 11),
			 -ENOBUFS);
	sample_free(s);
}

/* Replace the "old" of a body by @text and let Content-Length follow. */
static void edit_body(struct sample *s, const char *text)
{
	const char *old = memmem(s->buf, s->len, "old", 3);

	assert_int_equal(s->verdict, SIP_MSG_OK);
	assert_int_equal(replace((uint32_t)(old - s->buf), 3, text), 0);
	assert_int_equal(sip_edit_content_length(&edits, &s->msg), 0);
}

#define REQUEST "INVITE sip:bob@example.com SIP/2.0\r\n"

static void A7_content_length_follows_the_body(void **state)
{
	struct sample *s = request("Content-Length:    9\r\n", "an old 1\njunk");

	(void)state;
	edit_body(s, "older");
	assert_edited(s, &edits, REQUEST "Content-Length:    11\r\n\r\n"
		      "an older 1\njunk");
	sample_free(s);
}

static void A7_content_length_keeps_its_zeros(void **state)
{
#define FIFTY "12345678901234567890123456789012345678901234567890"
	struct sample *s = request("l: 0098\r\nL: 98\r\n",
				   FIFTY "old45678901234567890123456789012345678901234567x");

	(void)state;
	edit_body(s, "older");
	assert_edited(s, &edits, REQUEST "l: 0100\r\nL: 100\r\n\r\n" FIFTY
		      "older45678901234567890123456789012345678901234567x");
	sample_free(s);
}

static void A6_content_length_is_not_added(void **state)
{
	struct sample *s = request("To: x\r\n", "old");

	(void)state;
	edit_body(s, "older");
	assert_edited(s, &edits, REQUEST "To: x\r\n\r\nolder");
	sample_free(s);
}

static void I1_edits_of_headers_leave_content_length(void **state)
{
	struct sample *s = request("To: old\r\nl: 1\r\n", "b");

	(void)state;
	edit_body(s, "older");
	assert_edited(s, &edits, REQUEST "To: older\r\nl: 1\r\n\r\nb");
	sample_free(s);
}

/* A text with random edits, some of them refused; it has to come back. */
static void go_and_return(unsigned int len)
{
	static struct sip_edits inverse;
	char *text = malloc(len ? len : 1), *back = malloc(len + 1), new[32];
	char *out = malloc(len + sizeof(edits.text));
	struct sip_span old;
	unsigned int i, n_good = 0;
	ssize_t n;

	sip_edit_init(&edits);
	for (i = 0; i < len; i++)
		text[i] = (char)rand();
	for (i = 0; i < 40; i++) {
		old.off = (uint32_t)rand() % (len + 1);
		old.len = (uint32_t)rand() % 8;
		if (old.len > len - old.off)
			old.len = len - old.off;
		memset(new, 'a' + (int)i % 26, sizeof(new));
		n_good += !sip_edit_replace(&edits, old, new,
					    (size_t)rand() % sizeof(new));
	}
	assert_true(n_good > 0);
	n = sip_edit_apply(&edits, text, len, out, len + sizeof(edits.text));
	assert_int_equal(n, (int)len + sip_edit_delta(&edits,
			 (struct sip_span){ .len = len }));
	assert_int_equal(sip_edit_invert(&edits, text, &inverse), 0);
	assert_int_equal(sip_edit_apply(&inverse, out, (size_t)n, back, len + 1),
			 len);
	assert_memory_equal(text, back, len);
	free(text);
	free(back);
	free(out);
}

static void random_edits_inverted_give_the_original(void **state)
{
	unsigned int i;

	(void)state;
	srand(4475);
	for (i = 0; i < 20000; i++)
		go_and_return(i % 257);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(edits_come_in_any_order, reset),
		cmocka_unit_test_setup(inserts_keep_their_order_and_stand_before,
				       reset),
		cmocka_unit_test_setup(two_edits_of_one_byte_are_refused, reset),
		cmocka_unit_test_setup(full_list_refuses_and_stays_as_it_was,
				       reset),
		cmocka_unit_test_setup(gather_copies_nothing, reset),
		cmocka_unit_test_setup(copy_needs_its_room, reset),
		cmocka_unit_test_setup(A7_content_length_follows_the_body, reset),
		cmocka_unit_test_setup(A7_content_length_keeps_its_zeros, reset),
		cmocka_unit_test_setup(A6_content_length_is_not_added, reset),
		cmocka_unit_test_setup(I1_edits_of_headers_leave_content_length,
				       reset),
		cmocka_unit_test(random_edits_inverted_give_the_original),
	};

	return cmocka_run_group_tests_name("sip_edit", tests, NULL, NULL);
}
