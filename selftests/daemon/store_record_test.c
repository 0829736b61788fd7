// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The store: what was put into a table comes back, every column of it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "store_file.h"

#define HOUR_MS (3600 * 1000ull)

#define SAME_TEXT(a, b, member) assert_string_equal((a)->member, (b).member)
#define SAME(a, b, member) assert_true((a)->member == (b).member)
#define SAME_ADDRESS(a, b, member) \
	assert_memory_equal(&(a)->member, &(b).member, sizeof((b).member))

/* What a table has, when @record was put into it and the file was opened anew. */
static const void *again(struct store **store, enum store_table table,
			 const void *record)
{
	*store = open_store();
	store_put(*store, table, record);
	store_close(*store);
	*store = open_store();
	return the_row(*store, table);
}

static void endpoints_come_back(void **state)
{
	const struct store_endpoint endpoint = {
		.id = 7, .lan = address("192.168.1.10", 5060),
		.public = address("203.0.113.1", 5062),
		.advertised = address("198.51.100.1", 5062), .namer = 3,
		.transport = "tcp", .spoke = true,
		.from_lan = 11, .from_wan = 12, .used_ms = NOW_MS - 5,
	};
	struct store *store;
	const struct store_endpoint *e = again(&store, STORE_ENDPOINT, &endpoint);

	(void)state;
	SAME(e, endpoint, id);
	SAME_TEXT(e, endpoint, transport);
	SAME(e, endpoint, spoke);
	SAME_ADDRESS(e, endpoint, lan);
	SAME_ADDRESS(e, endpoint, public);
	SAME_ADDRESS(e, endpoint, advertised);
	SAME(e, endpoint, namer);
	SAME(e, endpoint, from_lan);
	SAME(e, endpoint, from_wan);
	assert_about(e->used_ms, endpoint.used_ms);
	store_close(store);
}

static void peers_come_back(void **state)
{
	const struct store_peer peer = {
		.endpoint = 7, .position = 1,
		.address = address("2001:db8::10", 5080),
	};
	struct store *store;
	const struct store_peer *p = again(&store, STORE_PEER, &peer);

	(void)state;
	SAME(p, peer, endpoint);
	SAME(p, peer, position);
	SAME_ADDRESS(p, peer, address);
	store_close(store);
}

static void forms_come_back(void **state)
{
	const struct store_form form = {
		.endpoint = 7, .position = 2, .place = "binding",
		.user = "", .hostport = "phone.example:5060",
	};
	struct store *store;
	const struct store_form *f = again(&store, STORE_FORM, &form);

	(void)state;
	SAME(f, form, position);
	SAME_TEXT(f, form, place);
	SAME_TEXT(f, form, user);
	SAME_TEXT(f, form, hostport);
	store_close(store);
}

static void leases_come_back(void **state)
{
	const struct store_lease lease = {
		.endpoint = 7, .kind = "registration", .what = "sip:a@b",
		.key = "it's \"quoted\"; DROP TABLE lease",
		.expires_ms = NOW_MS + HOUR_MS,
	};
	struct store *store;
	const struct store_lease *l = again(&store, STORE_LEASE, &lease);

	(void)state;
	SAME_TEXT(l, lease, kind);
	SAME_TEXT(l, lease, what);
	SAME_TEXT(l, lease, key);
	assert_about(l->expires_ms, lease.expires_ms);
	store_close(store);
}

static void branches_come_back(void **state)
{
	const struct store_branch branch = {
		.endpoint = 7, .method = "REGISTER", .branch = "z9hG4bK1",
		.sent_by = "phone.example", .maddr = true,
		.reply = address("192.168.1.10", 5070),
		.expires_ms = NOW_MS + 32000, .asks = true, .asks_all = true,
		.asks_s = 3600, .event = "presence",
	};
	struct store *store;
	const struct store_branch *b = again(&store, STORE_BRANCH, &branch);

	(void)state;
	SAME_TEXT(b, branch, method);
	SAME_TEXT(b, branch, branch);
	SAME_TEXT(b, branch, sent_by);
	SAME(b, branch, maddr);
	SAME_ADDRESS(b, branch, reply);
	SAME(b, branch, asks);
	SAME(b, branch, asks_all);
	SAME(b, branch, asks_s);
	SAME_TEXT(b, branch, event);
	assert_about(b->expires_ms, branch.expires_ms);
	store_close(store);
}

static void bindings_come_back(void **state)
{
	const struct store_binding binding = {
		.endpoint = 7, .method = "REGISTER", .branch = "z9hG4bK1",
		.position = 0, .contact = 8, .user = "alice",
		.expires_s = 60,
	};
	struct store *store;
	const struct store_binding *i = again(&store, STORE_BINDING, &binding);

	(void)state;
	SAME(i, binding, contact);
	SAME_TEXT(i, binding, user);
	SAME(i, binding, expires_s);
	store_close(store);
}

static void calls_come_back(void **state)
{
	const struct store_call call = {
		.number = "00000000000000ff", .call_id = "a@b",
		.caller = "lan", .caller_tag = "t\xffg", .from_uri = "sip:a@b",
		.to_uri = "sip:c@d", .endpoint = 7,
		.local = address("203.0.113.1", 5060),
		.inside = address("192.168.1.1", 5060), .state = "up",
		.since_ms = NOW_MS - 1000, .deadline_ms = NOW_MS + HOUR_MS,
		.last_request = 4,
	};
	struct store *store;
	const struct store_call *c = again(&store, STORE_CALL, &call);

	(void)state;
	SAME_TEXT(c, call, number);
	SAME_TEXT(c, call, call_id);
	SAME_TEXT(c, call, caller);
	SAME_TEXT(c, call, caller_tag);
	SAME_TEXT(c, call, from_uri);
	SAME_TEXT(c, call, to_uri);
	SAME(c, call, endpoint);
	SAME_ADDRESS(c, call, local);
	SAME_ADDRESS(c, call, inside);
	SAME_TEXT(c, call, state);
	SAME(c, call, last_request);
	assert_about(c->since_ms, call.since_ms);
	assert_about(c->deadline_ms, call.deadline_ms);
	store_close(store);
}

static void dialogs_come_back(void **state)
{
	const struct store_dialog dialog = {
		.call = "00000000000000ff", .dialog = 1, .tag = "b",
		.state = "confirmed", .active = true, .deadline_ms = 0,
		.done_lan = 1, .done_wan = 2,
	};
	struct store *store;
	const struct store_dialog *d = again(&store, STORE_DIALOG, &dialog);

	(void)state;
	SAME(d, dialog, dialog);
	SAME_TEXT(d, dialog, tag);
	SAME_TEXT(d, dialog, state);
	SAME(d, dialog, active);
	SAME(d, dialog, deadline_ms);
	SAME(d, dialog, done_lan);
	SAME(d, dialog, done_wan);
	store_close(store);
}

static void offers_come_back(void **state)
{
	const struct store_offer offer = {
		.call = "00000000000000ff", .dialog = 1, .side = "wan",
		.state = "open", .request = 3,
	};
	struct store *store;
	const struct store_offer *o = again(&store, STORE_OFFER, &offer);

	(void)state;
	SAME_TEXT(o, offer, side);
	SAME_TEXT(o, offer, state);
	SAME(o, offer, request);
	store_close(store);
}

static void media_come_back(void **state)
{
	const struct store_media media = {
		.call = "00000000000000ff", .dialog = 1, .said = "lan",
		.line = 0, .kind = "rtp", .ice = true, .mux = true,
		.held = true, .port = 40000,
		.rtp = address("192.168.1.10", 40000),
		.rtcp = address("192.168.1.10", 40001),
	};
	struct store *store;
	const struct store_media *m = again(&store, STORE_MEDIA, &media);

	(void)state;
	SAME_TEXT(m, media, said);
	SAME(m, media, line);
	SAME_TEXT(m, media, kind);
	SAME(m, media, ice);
	SAME(m, media, mux);
	SAME(m, media, held);
	SAME(m, media, port);
	SAME_ADDRESS(m, media, rtp);
	SAME_ADDRESS(m, media, rtcp);
	store_close(store);
}

static void requests_come_back(void **state)
{
	const struct store_request request = {
		.call = "00000000000000ff", .number = 4, .side = "lan",
		.method = "BYE", .cseq = 4294967295, .branch = "z9hG4bK4",
		.dialog = 1, .offer = "nowhere", .done = true,
	};
	struct store *store;
	const struct store_request *r = again(&store, STORE_REQUEST, &request);

	(void)state;
	SAME(r, request, number);
	SAME_TEXT(r, request, side);
	SAME_TEXT(r, request, method);
	SAME(r, request, cseq);
	SAME_TEXT(r, request, branch);
	SAME(r, request, dialog);
	SAME_TEXT(r, request, offer);
	SAME(r, request, done);
	store_close(store);
}

static void pairs_come_back(void **state)
{
	const struct store_pair pair = {
		.call = "00000000000000ff", .port = 30000, .advertised = true,
		.named = 5, .rtp = address("192.168.1.10", 40000),
	};
	struct store *store;
	const struct store_pair *q = again(&store, STORE_PAIR, &pair);

	(void)state;
	SAME(q, pair, port);
	SAME(q, pair, advertised);
	SAME(q, pair, named);
	SAME_ADDRESS(q, pair, rtp);
	SAME_ADDRESS(q, pair, rtcp);
	store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_setup, \
						   store_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(endpoints_come_back),
		TEST(peers_come_back),
		TEST(forms_come_back),
		TEST(leases_come_back),
		TEST(branches_come_back),
		TEST(bindings_come_back),
		TEST(calls_come_back),
		TEST(dialogs_come_back),
		TEST(offers_come_back),
		TEST(media_come_back),
		TEST(requests_come_back),
		TEST(pairs_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
