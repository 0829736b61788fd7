// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Media plans as requests to the module: what is asked for, and what is not.
 *
 * nl_session_*() below are doubles that record the request; that the module
 * understands it is for the tests in selftests/net to say.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/kernel.h"
#include "nl/session.h"

static struct nl_session asked;
static unsigned int n_asked;
static int answer;

int nl_session_new(struct nl_genl *genl, const struct nl_session *session,
		   struct nl_session *reply)
{
	(void)genl;
	asked = *session;
	n_asked++;
	if (!answer)
		reply->id = 7;
	return answer;
}

int nl_session_set(struct nl_genl *genl, const struct nl_session *session,
		   struct nl_session *reply)
{
	(void)genl;
	(void)reply;
	asked = *session;
	n_asked++;
	return answer;
}

int nl_session_del(struct nl_genl *genl, uint32_t id, struct nl_session *reply)
{
	(void)genl;
	(void)reply;
	asked = (struct nl_session){ .id = id };
	n_asked++;
	return answer;
}

int nl_session_get(struct nl_genl *genl, uint32_t id, struct nl_session *reply)
{
	(void)genl;
	*reply = (struct nl_session){
		.id = id,
		.n_streams = 1,
		.streams[0] = {
			.id = 4,
			.a.stats = { .packets = 10, .bytes = 1720, .lost = -1,
				     .jitter = 3, .dropped = 5 },
			.b.stats = { .packets = 20 },
		},
	};
	return answer;
}

/* Two sessions of ours on one pair and beyond the pool, one of somebody else. */
int nl_session_dump(struct nl_genl *genl, nl_session_fn show, void *arg)
{
	struct nl_session session = {
		.has.cookie = true,
		.cookie = MEDIA_COOKIE_PREFIX "0123",
		.n_streams = 3,
		.streams[0].b.local.port = 30000,
		.streams[1].b.local.port = 30001,
		.streams[2].b.local.port = 9,
	};

	(void)genl;
	assert_int_equal(show(arg, &session), 0);
	strcpy(session.cookie, "by hand");
	session.streams[0].b.local.port = 30002;
	session.n_streams = 1;
	assert_int_equal(show(arg, &session), 0);
	return answer;
}

static union media_address address(const char *host, uint16_t port)
{
	union media_address address = { .in.sin_family = AF_INET };

	inet_pton(AF_INET, host, &address.in.sin_addr);
	media_address_set_port(&address, port);
	return address;
}

static struct media_stream stream(uint8_t id, enum media_kind kind,
				  uint16_t offset)
{
	return (struct media_stream){
		.id = id,
		.kind = kind,
		.lan = address("192.168.1.10", 40000 + offset),
		.public = address("203.0.113.1", 30000 + offset),
		.remote = address("203.0.113.10", 50000 + offset),
		.learn = MEDIA_LEARN_SAME_ADDRESS,
		.dscp = -1,
	};
}

static struct media_plan audio(void)
{
	return (struct media_plan){
		.n_streams = 2,
		.streams = { stream(0, MEDIA_RTP, 0), stream(1, MEDIA_RTCP, 1) },
	};
}

static int setup(void **state)
{
	memset(&asked, 0, sizeof(asked));
	n_asked = 0;
	answer = 0;
	*state = media_kernel_new(NULL, 7200);
	return !*state;
}

static int teardown(void **state)
{
	media_kernel_free(*state);
	return 0;
}

static void install_asks_for_nat_streams(void **state)
{
	const struct media *media = *state;
	struct media_plan plan = audio();
	const struct nl_stream *rtp;
	uint32_t session = 0;

	plan.streams[1].dscp = 46;
	assert_int_equal(media->ops->install(media->backend, "sipfastd:1:x",
					     &plan, &session), 0);
	assert_int_equal(session, 7);
	assert_true(asked.has.cookie);
	assert_string_equal(asked.cookie, "sipfastd:1:x");
	assert_true(asked.has.idle_expire_ms);
	assert_int_equal(asked.idle_expire_ms, 7200000);
	assert_int_equal(asked.n_streams, 2);

	rtp = &asked.streams[0];
	assert_true(rtp->has.id && rtp->has.rule && rtp->has.kind);
	assert_int_equal(rtp->id, 0);
	assert_int_equal(rtp->rule, SIPFAST_RULE_NAT);
	assert_int_equal(rtp->kind, SIPFAST_KIND_RTP);
	assert_true(rtp->a.has.local && rtp->a.has.remote);
	assert_int_equal(rtp->a.remote.port, 40000);
	assert_int_equal(rtp->a.local.port, 50000);
	assert_false(rtp->a.has.learn || rtp->a.has.dscp);
	assert_true(rtp->b.has.local && rtp->b.has.remote && rtp->b.has.learn);
	assert_int_equal(rtp->b.local.port, 30000);
	assert_int_equal(rtp->b.remote.port, 50000);
	assert_int_equal(rtp->b.learn, SIPFAST_LEARN_SAME_ADDRESS);

	assert_int_equal(asked.streams[1].kind, SIPFAST_KIND_RTCP);
	assert_true(asked.streams[1].a.has.dscp && asked.streams[1].b.has.dscp);
	assert_int_equal(asked.streams[1].b.dscp, 46);
}

static void install_asks_for_a_relay_where_both_send_to_us(void **state)
{
	const struct media *media = *state;
	const struct nl_stream *rtp = &asked.streams[0];
	struct media_plan old = audio(), plan;
	uint32_t session = 0;

	old.streams[0].id |= MEDIA_ID_RELAY;
	old.streams[0].inside = address("192.168.1.1", 30010);
	plan = old;
	assert_int_equal(media->ops->install(media->backend, "sipfastd:1:x",
					     &plan, &session), 0);
	assert_int_equal(rtp->rule, SIPFAST_RULE_RELAY);
	assert_int_equal(rtp->a.local.port, 30010);
	assert_int_equal(rtp->a.remote.port, 40000);
	assert_int_equal(rtp->b.local.port, 30000);
	assert_int_equal(rtp->b.remote.port, 50000);
	assert_int_equal(asked.streams[1].rule, SIPFAST_RULE_NAT);

	/* Only the peer is another, and then only our port inside. */
	plan.streams[0].remote = address("203.0.113.20", 50000);
	media->ops->update(media->backend, 7, &old, &plan);
	assert_true(rtp->b.has.remote);
	assert_false(rtp->a.has.local);
	plan = old;
	plan.streams[0].inside = address("192.168.1.1", 30012);
	media->ops->update(media->backend, 7, &old, &plan);
	assert_false(rtp->b.has.remote);
	assert_true(rtp->a.has.local);
	assert_int_equal(rtp->a.local.port, 30012);
}

static void refusal_is_reported(void **state)
{
	const struct media *media = *state;
	struct media_plan plan = audio();
	char long_cookie[MEDIA_COOKIE_LEN + 2] = { 0 };
	uint32_t session = 0;

	answer = -EEXIST;
	assert_int_equal(media->ops->install(media->backend, "c", &plan,
					     &session), -EEXIST);
	assert_int_equal(session, 0);
	answer = -ENOENT;
	assert_int_equal(media->ops->remove(media->backend, 9), -ENOENT);
	assert_int_equal(asked.id, 9);
	assert_int_equal(media->ops->figures(media->backend, 9, NULL),
			 -ENOENT);

	memset(long_cookie, 'x', MEDIA_COOKIE_LEN + 1);
	n_asked = 0;
	assert_int_equal(media->ops->install(media->backend, long_cookie,
					     &plan, &session), -EINVAL);
	assert_int_equal(n_asked, 0);
}

static void update_without_change_asks_nothing(void **state)
{
	const struct media *media = *state;
	struct media_plan plan = audio();

	assert_int_equal(media->ops->update(media->backend, 7, &plan, &plan),
			 0);
	assert_int_equal(n_asked, 0);
}

static void update_gives_only_what_is_different(void **state)
{
	const struct media *media = *state;
	struct media_plan old = audio(), plan = audio();
	const struct nl_stream *changed = &asked.streams[0];

	plan.streams[0].remote = address("203.0.113.20", 50000);
	assert_int_equal(media->ops->update(media->backend, 7, &old, &plan),
			 0);
	assert_int_equal(asked.id, 7);
	assert_int_equal(asked.n_streams, 1);
	assert_int_equal(asked.n_removes, 0);
	assert_false(asked.has.cookie || asked.has.idle_expire_ms);
	assert_int_equal(changed->id, 0);
	assert_true(changed->b.has.remote && changed->a.has.local);
	assert_memory_equal(&changed->a.local, &changed->b.remote,
			    sizeof(changed->a.local));
	assert_false(changed->has.rule || changed->has.kind ||
		     changed->a.has.remote || changed->b.has.local ||
		     changed->b.has.learn);

	plan = audio();
	plan.streams[1].lan = address("192.168.1.10", 41000);
	plan.streams[1].public = address("203.0.113.1", 31000);
	media->ops->update(media->backend, 7, &old, &plan);
	assert_int_equal(changed->id, 1);
	assert_true(changed->a.has.remote && changed->b.has.local);
	assert_false(changed->b.has.remote || changed->a.has.local);
	assert_int_equal(changed->a.remote.port, 41000);
	assert_int_equal(changed->b.local.port, 31000);
}

/* One request: the module does all of it or none. */
static void C12_t38_takes_the_place_of_audio_at_once(void **state)
{
	const struct media *media = *state;
	struct media_plan old = audio();
	struct media_plan plan = {
		.n_streams = 1,
		.streams = { stream(2, MEDIA_OPAQUE, 0) },
	};

	assert_int_equal(media->ops->update(media->backend, 7, &old, &plan),
			 0);
	assert_int_equal(n_asked, 1);
	assert_int_equal(asked.n_removes, 2);
	assert_int_equal(asked.removes[0], 0);
	assert_int_equal(asked.removes[1], 1);
	assert_int_equal(asked.n_streams, 1);
	assert_int_equal(asked.streams[0].id, 2);
	assert_int_equal(asked.streams[0].kind, SIPFAST_KIND_OPAQUE);
}

static void figures_tell_the_sides_apart(void **state)
{
	const struct media *media = *state;
	struct media_stream_figures figures[MEDIA_MAX_STREAMS];

	assert_int_equal(media->ops->figures(media->backend, 7, figures), 1);
	assert_int_equal(figures[0].id, 4);
	assert_int_equal(figures[0].from_lan.packets, 10);
	assert_int_equal(figures[0].from_lan.bytes, 1720);
	assert_int_equal(figures[0].from_lan.lost, -1);
	assert_int_equal(figures[0].from_lan.jitter, 3);
	assert_int_equal(figures[0].from_lan.dropped, 5);
	assert_int_equal(figures[0].from_wan.packets, 20);
}

/* As the module tells a session that install() has asked for. */
static void plan_is_read_back_from_its_session(void **state)
{
	const struct media *media = *state;
	struct media_plan plan = audio(), back;
	uint32_t id;

	plan.streams[0].dscp = 46;
	plan.streams[1].learn = MEDIA_LEARN_ONCE;
	assert_int_equal(media->ops->install(media->backend, "c", &plan, &id),
			 0);
	media_kernel_plan(&asked, &back);
	assert_true(media_plan_equal(&back, &plan));
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(install_asks_for_nat_streams),
		test(install_asks_for_a_relay_where_both_send_to_us),
		test(refusal_is_reported),
		test(update_without_change_asks_nothing),
		test(update_gives_only_what_is_different),
		test(C12_t38_takes_the_place_of_audio_at_once),
		test(figures_tell_the_sides_apart),
		test(plan_is_read_back_from_its_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
