// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: what is remembered of each change and of each thing left alone, and how
 * much of it at most.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg/journal.h"
#include "alg_bench.h"

/* struct told - what was shown, a line an entry */
struct told {
	FILE *stream;
	char *lines;
	size_t len;
};

/* "out INVITE Contact: a -> b (values_mapped)" */
static void tell(void *arg, const struct alg_entry_view *view)
{
	struct told *told = arg;

	assert_true(strlen(view->why) > 10);
	fprintf(told->stream, "%s %s %s: %s%s%s (%s)\n",
		view->out ? "out" : "in", view->message, view->where,
		view->from, view->to ? " -> " : "", view->to ? view->to : "",
		view->reason);
}

static const char *why_call(struct bench *b, const char *call_id)
{
	struct told told = { 0 };
	uint64_t n_forgotten;
	const char *lines;
	bool found;

	told.stream = open_memstream(&told.lines, &told.len);
	found = alg_why_call(b->alg, call_id, &n_forgotten, tell, &told);
	fclose(told.stream);
	lines = found ? text("%s", told.lines) : NULL;
	free(told.lines);
	return lines;
}

static const char *why_endpoint(struct bench *b, const char *lan)
{
	struct told told = { 0 };
	uint64_t n_forgotten;
	const char *lines;

	told.stream = open_memstream(&told.lines, &told.len);
	assert_true(alg_why_endpoint(b->alg, endpoint_of(b, lan).id,
				     &n_forgotten, tell, &told));
	fclose(told.stream);
	lines = text("%s", told.lines);
	free(told.lines);
	return lines;
}

static const char *invite(const char *sdp_lines)
{
	return body(message("INVITE sip:bob@example.com SIP/2.0",
			    "Via: SIP/2.0/UDP " P ";branch=z9hG4bK1",
			    "From: <sip:alice@example.com>;tag=a",
			    "To: <sip:bob@example.com>", "Call-ID: call",
			    "CSeq: 1 INVITE",
			    "Contact: <sip:alice@192.168.1.10>", NULL),
		    "application/sdp",
		    text("v=0\r\no=- 1 1 IN IP4 192.168.1.10\r\ns=-\r\n"
			 "c=IN IP4 192.168.1.10\r\nt=0 0\r\n%s", sdp_lines));
}

static const char *reg(const char *contact)
{
	return message("REGISTER sip:example.com SIP/2.0",
		       "Via: SIP/2.0/UDP " P ";branch=z9hG4bKr",
		       "From: <sip:alice@example.com>;tag=r",
		       "To: <sip:alice@example.com>", "Call-ID: reg",
		       "CSeq: 1 REGISTER", text("Contact: %s", contact), NULL);
}

static void every_change_is_told(void **state)
{
	struct bench *b = *state;
	const char *out = forwarded(b, P, S,
				    invite("m=audio 40001 RTP/AVP 0\r\n"
					   "a=rtcp:40010\r\n"));
	int port = atoi(strstr(out, "m=audio ") + 8);

	assert_string_equal(why_call(b, "call"), text(
		"out INVITE Via: 192.168.1.10:5060 -> 203.0.113.1:5060 (vias_mapped)\n"
		"out INVITE Contact: 192.168.1.10 -> 203.0.113.1 (values_mapped)\n"
		"out INVITE c=IN: 192.168.1.10 -> 203.0.113.1 (media_mapped)\n"
		"out INVITE m=audio: 40001 -> %d (media_mapped)\n"
		"out INVITE a=rtcp: 40010 -> %d (media_mapped)\n",
		port, port + 1));
	delivered(b, S, G, with(response(out, "180 Ringing",
					 "Contact: <sip:bob@" S ">\r\n"),
				"bob@example.com>", "bob@example.com>;tag=b"));
	assert_non_null(strstr(why_call(b, "call"),
		"in 180 to INVITE Via: 203.0.113.1:5060 -> 192.168.1.10:5060 (vias_restored)\n"));
	assert_int_equal(counter(b, vias_mapped), 1);
	assert_int_equal(counter(b, media_mapped), 3);
}

static void every_line_that_stays_is_told(void **state)
{
	static const struct {
		const char *lines, *why;
	} rows[] = {
		{ "m=video 0 RTP/AVP 96\r\n", "media_rejected" },
		{ "m=audio 40000/2 RTP/AVP 0\r\n", "media_ranged" },
		{ "m=message 40000 TCP/MSRP *\r\n", "media_no_udp" },
		{ "m=audio 40000 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127\r\n",
		  "media_multicast" },
		{ "m=audio 40000 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n",
		  "media_family" },
		{ "m=audio 40000 RTP/AVP 0\r\nc=IN IP4 phone.local\r\n",
		  "media_named" },
		{ "m=audio 40000 RTP/AVP 0\r\nc=IN IP4 8.8.8.8\r\n",
		  "media_foreign" },
		{ "m=audio 40000 RTP/AVP 0\r\nc=IN IP4 203.0.113.1\r\n",
		  "media_public" },
		{ "m=audio 40000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n",
		  "media_held" },
	};
	struct bench *b = *state;
	const char *in;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		in = with(invite(rows[i].lines), "Call-ID: call",
			  text("Call-ID: %zu", i));
		forwarded(b, P, S, in);
		assert_non_null(strstr(why_call(b, text("%zu", i)),
				       text(" (%s)\n", rows[i].why)));
	}
	assert_int_equal(counter(b, media_multicast), 1);
	assert_int_equal(counter(b, media_foreign), 1);
}

#define ICE "m=audio 40000 RTP/AVP 0\r\na=ice-ufrag:x\r\n" \
	"a=candidate:1 1 UDP 1 192.168.1.10 40000 typ host\r\n"

static int setup_anchor(void **state)
{
	return bench_setup_ice(state, CALL_ICE_ANCHOR);
}

static int setup_insert(void **state)
{
	return bench_setup_ice(state, CALL_ICE_INSERT);
}

static const char *length_of(const char *msg)
{
	return strstr(msg, "Content-Length: ") + strlen("Content-Length: ");
}

static void C9_ice_that_passes_is_told(void **state)
{
	struct bench *b = *state;
	const char *in = invite(ICE), *out = forwarded(b, P, S, in);

	assert_string_equal(strstr(out, "v=0"), strstr(in, "v=0"));
	assert_non_null(strstr(why_call(b, "call"),
		"out INVITE m=audio: audio 40000 RTP/AVP 0 (media_ice)\n"));
	assert_int_equal(counter(b, media_ice), 1);
}

static void C9_ice_that_is_taken_out_is_told(void **state)
{
	struct bench *b = *state;
	const char *out = forwarded(b, P, S, invite(ICE));

	assert_null(strstr(out, "ice-"));
	assert_null(strstr(out, "candidate"));
	assert_int_equal(atoi(length_of(out)), strlen(strstr(out, "v=0")));
	assert_int_equal(counter(b, ice_stripped), 1);
	assert_int_equal(counter(b, media_mapped), 2);
	/* Likewise of an answer, whose c= and m= stay. */
	out = delivered(b, S, G, body(with(response(out, "200 OK", ""),
		"bob@example.com>", "bob@example.com>;tag=b"),
		"application/sdp", "v=0\r\nc=IN IP4 203.0.113.20\r\n"
		"m=audio 50000 RTP/AVP 0\r\na=ice-lite\r\na=x\r\n"
		"a=candidate:1 1 UDP 1 203.0.113.20 50000 typ host"));
	assert_non_null(strstr(out, "\r\n\r\nv=0\r\nc=IN IP4 203.0.113.20\r\n"
		"m=audio 50000 RTP/AVP 0\r\na=x"));
	assert_int_equal(atoi(length_of(out)), strlen(strstr(out, "v=0")));
	assert_int_equal(counter(b, ice_stripped), 3);
	assert_int_equal(b->n_sessions, 1);
}

static void C9_ice_that_is_joined_is_told(void **state)
{
	struct bench *b = *state;
	const char *out = forwarded(b, P, S, invite(ICE));
	int port = atoi(strstr(out, "m=audio ") + strlen("m=audio "));

	assert_non_null(strstr(out, text("\r\na=candidate:sipfast 1 UDP "
		"2130706431 203.0.113.1 %d typ host\r\na=candidate:1 ", port)));
	assert_non_null(strstr(out, "\r\nc=IN IP4 203.0.113.1\r\n"));
	assert_int_equal(atoi(length_of(out)), strlen(strstr(out, "v=0")));
	assert_int_equal(counter(b, ice_inserted), 1);
	assert_non_null(strstr(why_call(b, "call"), " (ice_inserted)\n"));
}

/* What trickles in an INFO is no offer, and stays (RFC 8840 section 9). */
static void C9_what_trickles_stays(void **state)
{
	struct bench *b = *state;
	const char *in = body(message("INFO sip:bob@example.com SIP/2.0",
		"Via: SIP/2.0/UDP phone;branch=z9hG4bK1",
		"From: <sip:alice@example.com>;tag=a",
		"To: <sip:bob@example.com>;tag=b", "Call-ID: call",
		"CSeq: 2 INFO", NULL), "application/trickle-ice-sdpfrag",
		"a=ice-ufrag:x\r\na=candidate:1 1 UDP 1 192.168.1.10 40000 "
		"typ host\r\n");

	phone_sends(b, P, S, in);
	assert_left(b, G, S, with(in, "UDP phone", "UDP 203.0.113.1"));
}

static void a_body_that_stays_is_told(void **state)
{
	struct bench *b = *state;

	forwarded(b, P, S, with(invite(""), "application/sdp", "text/plain"));
	assert_non_null(strstr(why_call(b, "call"), "out INVITE :  (bodies_left)\n"));
	forwarded(b, P, S, with(with(invite("m=audio x RTP/AVP 0\r\n"),
				     "Call-ID: call", "Call-ID: second"),
				"z9hG4bK1", "z9hG4bK2"));
	assert_non_null(strstr(why_call(b, "second"), "(sdp_left)\n"));
}

/* It has no call, but a journal: that is what one wants to know of it. */
static void a_refusal_is_told(void **state)
{
	struct bench *b = *state;

	while (media_ports_get(b->ports, b->now_ms) > 0)
		;
	assert_non_null(strstr(forwarded(b, P, S,
					 invite("m=audio 40000 RTP/AVP 0\r\n")),
			       " 503 "));
	assert_string_equal(why_call(b, "call"),
			    "out INVITE :  (rejected_no_ports)\n");
	assert_int_equal(counter(b, rejected_no_ports), 1);
	assert_int_equal(counter(b, vias_mapped), 0);
	assert_int_equal(calls_count(b->calls), 0);
}

static void an_endpoint_tells_of_its_registration(void **state)
{
	struct bench *b = *state;

	forwarded(b, P, S, reg("<sip:a@192.168.1.10:5060>, "
			       "<sip:a@198.51.100.7>, <sip:a@192.168.1.10:80>"));
	assert_null(why_call(b, "reg"));
	assert_string_equal(why_endpoint(b, P),
		"out REGISTER Via: 192.168.1.10:5060 -> 203.0.113.1:5060 (vias_mapped)\n"
		"out REGISTER Contact: 192.168.1.10:5060 -> 203.0.113.1:5060 (values_mapped)\n"
		"out REGISTER Contact: <sip:a@198.51.100.7> (values_foreign)\n"
		"out REGISTER Contact: <sip:a@192.168.1.10:80> (ports_refused)\n");
}

static void a_call_is_remembered_when_it_has_ended(void **state)
{
	struct bench *b = *state;

	forwarded(b, P, S, invite("m=audio 40000 RTP/AVP 0\r\n"));
	later(b, 200 * 1000);
	assert_int_equal(calls_count(b->calls), 0);
	assert_non_null(why_call(b, "call"));
	assert_null(why_call(b, "cal"));
}

/* --- the journal by itself --- */

static struct alg_slice slice(const char *string)
{
	return (struct alg_slice){ .at = string, .len = strlen(string) };
}

static void number(void *arg, const struct alg_entry *entry)
{
	uint64_t *next = arg;

	assert_int_equal(entry->at_ms, *next);
	assert_int_equal(entry->texts[ALG_TEXT_FROM].len, *next % 90);
	(*next)++;
}

static void the_oldest_entries_go_and_are_counted(void **state)
{
	static const char bytes[90];
	struct alg_journal journal = { 0 };
	struct alg_entry entry = { .why = ALG_WHY_values_mapped };
	uint64_t next;

	(void)state;
	for (; entry.at_ms < 1000; entry.at_ms++) {
		entry.texts[ALG_TEXT_FROM] =
			(struct alg_slice){ bytes, entry.at_ms % 90 };
		alg_journal_write(&journal, &entry);
		assert_true(journal.len <= ALG_JOURNAL_LEN);
	}
	next = journal.n_forgotten;
	assert_in_range(next, 900, 999);
	alg_journal_each(&journal, number, &next);
	assert_int_equal(next, 1000);
	alg_journal_end(&journal);
}

static void see_dots(void *arg, const struct alg_entry *entry)
{
	const struct alg_slice from = entry->texts[ALG_TEXT_FROM];

	*(bool *)arg = true;
	assert_int_equal(from.len, ALG_JOURNAL_TEXT);
	assert_memory_equal(from.at + from.len - 4, "x...", 4);
}

static void long_texts_end_in_dots(void **state)
{
	struct alg_journal journal = { 0 };
	struct alg_entry entry = { 0 };
	char bytes[5000];
	bool seen = false;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	entry.texts[ALG_TEXT_FROM] = (struct alg_slice){ bytes, sizeof(bytes) };
	alg_journal_write(&journal, &entry);
	alg_journal_each(&journal, see_dots, &seen);
	assert_true(seen);
	alg_journal_end(&journal);
}

static void the_call_written_to_longest_ago_goes(void **state)
{
	struct alg_journal *journals = NULL;
	char name[16];
	unsigned int i;

	(void)state;
	for (i = 0; i < ALG_MAX_JOURNALS; i++) {
		snprintf(name, sizeof(name), "%u", i);
		assert_non_null(alg_journals_get(&journals, slice(name)));
	}
	alg_journals_get(&journals, slice("0"));
	alg_journals_get(&journals, slice("new"));
	assert_int_equal(HASH_COUNT(journals), ALG_MAX_JOURNALS);
	assert_null(alg_journals_find(journals, slice("1")));
	assert_non_null(alg_journals_find(journals, slice("0")));
	/* A Call-ID with a NUL in it is the one that ends there. */
	assert_ptr_equal(alg_journals_get(&journals,
					  (struct alg_slice){ "new\0x", 5 }),
			 alg_journals_find(journals, slice("new")));
	alg_journals_free(&journals);
}

#define on_stage(test) cmocka_unit_test_setup_teardown(test, bench_setup, \
						       bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_stage(every_change_is_told),
		on_stage(every_line_that_stays_is_told),
		on_stage(C9_ice_that_passes_is_told),
		cmocka_unit_test_setup_teardown(C9_ice_that_is_taken_out_is_told,
						setup_anchor, bench_teardown),
		cmocka_unit_test_setup_teardown(C9_ice_that_is_joined_is_told,
						setup_insert, bench_teardown),
		cmocka_unit_test_setup_teardown(C9_what_trickles_stays,
						setup_anchor, bench_teardown),
		on_stage(a_body_that_stays_is_told),
		on_stage(a_refusal_is_told),
		on_stage(an_endpoint_tells_of_its_registration),
		on_stage(a_call_is_remembered_when_it_has_ended),
		cmocka_unit_test(the_oldest_entries_go_and_are_counted),
		cmocka_unit_test(long_texts_end_in_dots),
		cmocka_unit_test(the_call_written_to_longest_ago_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
