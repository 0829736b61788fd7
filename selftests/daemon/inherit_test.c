// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an earlier daemon has left: its sessions keep their ports until they
 * end, its pinholes go, and what is somebody else's is not touched. The module
 * is played by this file.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/parts.h"
#include "nl/pinhole.h"
#include "nl/session.h"

static struct {
	unsigned int n_sessions;
	struct nl_session sessions[4];
	unsigned int n_pinholes;
	struct nl_pinhole pinholes[4];
	int pinhole_answer;
	int dump_answer;
	const char *flushed;
} module;

static struct gateway gateway;
static uint64_t clock_ms;

int nl_session_dump(struct nl_genl *genl, nl_session_fn show, void *arg)
{
	unsigned int i;
	int err;

	(void)genl;
	if (module.dump_answer < 0)
		return module.dump_answer;
	for (i = 0; i < module.n_sessions; i++) {
		err = show(arg, &module.sessions[i]);
		if (err)
			return err;
	}
	return module.dump_answer;
}

int nl_session_get(struct nl_genl *genl, uint32_t id, struct nl_session *reply)
{
	unsigned int i;

	(void)genl;
	for (i = 0; i < module.n_sessions; i++) {
		if (module.sessions[i].id == id) {
			*reply = module.sessions[i];
			return 0;
		}
	}
	return -ENOENT;
}

int nl_session_flush(struct nl_genl *genl, const char *prefix)
{
	(void)genl;
	module.flushed = prefix;
	return 0;
}

int nl_session_new(struct nl_genl *genl, const struct nl_session *session,
		   struct nl_session *reply)
{
	(void)genl;
	(void)session;
	(void)reply;
	return -EOPNOTSUPP;
}

int nl_session_set(struct nl_genl *genl, const struct nl_session *session,
		   struct nl_session *reply)
{
	return nl_session_new(genl, session, reply);
}

int nl_session_del(struct nl_genl *genl, uint32_t id, struct nl_session *reply)
{
	(void)id;
	return nl_session_new(genl, reply, reply);
}

int nl_pinhole_dump(struct nl_genl *genl, nl_pinhole_fn show, void *arg)
{
	unsigned int i = 0, n;
	int err;

	(void)genl;
	/* A pinhole that is removed makes room for the next. */
	while (i < module.n_pinholes) {
		n = module.n_pinholes;
		err = show(arg, &module.pinholes[i]);
		if (err)
			return err;
		i += n == module.n_pinholes;
	}
	return 0;
}

int nl_pinhole_del(struct nl_genl *genl, uint32_t id)
{
	unsigned int i;

	(void)genl;
	for (i = 0; i < module.n_pinholes; i++) {
		if (module.pinholes[i].id != id)
			continue;
		if (!module.pinhole_answer)
			module.pinholes[i] =
				module.pinholes[--module.n_pinholes];
		return module.pinhole_answer;
	}
	return -ENOENT;
}

const char *nl_error(const struct nl_genl *genl)
{
	(void)genl;
	return "what the module says";
}

int gateway_why(struct gateway *where, int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(where->why, sizeof(where->why), format, ap);
	va_end(ap);
	return err;
}

uint64_t gateway_now_ms(void)
{
	return clock_ms;
}

static void add_session(uint32_t id, const char *cookie, uint16_t port)
{
	struct nl_session *session = &module.sessions[module.n_sessions++];

	session->id = id;
	session->has.id = session->has.cookie = true;
	strcpy(session->cookie, cookie);
	session->n_streams = 1;
	session->streams[0].b.local = (struct nl_endpoint){
		.family = AF_INET, .port = port,
	};
}

static void add_pinhole(uint32_t id, const char *cookie)
{
	struct nl_pinhole *pinhole = &module.pinholes[module.n_pinholes++];

	pinhole->id = id;
	pinhole->has.id = pinhole->has.cookie = true;
	strcpy(pinhole->cookie, cookie);
}

static void nothing_was_left(void **state)
{
	(void)state;
	add_session(1, "by hand", 30000);
	add_pinhole(1, "by hand");
	assert_int_equal(gateway_open_inherited(&gateway), 0);
	assert_false(gateway.earlier);
	assert_false(gateway_has_sessions(&gateway));
	assert_int_equal(media_ports_used(gateway.ports, NULL), 0);
	gateway_close_inherited(&gateway);
	assert_int_equal(module.n_pinholes, 1);
	assert_null(module.flushed);
}

static void pinholes_of_one_that_was_killed_go(void **state)
{
	(void)state;
	add_pinhole(1, "sipfastd:lan");
	add_pinhole(2, "by hand");
	add_pinhole(3, "sipfastd:endpoint");
	assert_int_equal(gateway_open_inherited(&gateway), 0);
	assert_true(gateway.earlier);
	assert_int_equal(module.n_pinholes, 1);
	assert_int_equal(module.pinholes[0].id, 2);
	gateway_close_inherited(&gateway);
}

static void ports_are_lent_until_the_session_ends(void **state)
{
	(void)state;
	add_session(5, "sipfastd:abc", 30000);
	add_session(6, "sipfastd:def", 30002);
	/* A disturbed dump shows one twice. */
	add_session(6, "sipfastd:def", 30002);
	assert_int_equal(gateway_open_inherited(&gateway), 0);
	assert_true(gateway.earlier);
	assert_true(gateway_has_sessions(&gateway));
	assert_int_equal(media_ports_used(gateway.ports, NULL), 2);
	gateway_inherited_ended(&gateway, &module.sessions[0]);
	assert_int_equal(media_ports_used(gateway.ports, NULL), 1);
	gateway_inherited_ended(&gateway, &module.sessions[0]);
	assert_int_equal(media_ports_used(gateway.ports, NULL), 1);
	gateway_close_inherited(&gateway);
	assert_string_equal(module.flushed, MEDIA_COOKIE_PREFIX);
}

/* A call of ours uses its ports itself, and gives them back itself. */
static void end_of_another_session_changes_nothing(void **state)
{
	struct nl_session ours = {
		.has = { .id = true, .cookie = true }, .id = 9,
		.cookie = "sipfastd:ours", .n_streams = 1,
	};
	int port;

	(void)state;
	assert_int_equal(gateway_open_inherited(&gateway), 0);
	port = media_ports_get(gateway.ports, 0);
	ours.streams[0].b.local = (struct nl_endpoint){
		.family = AF_INET, .port = port,
	};
	gateway_inherited_ended(&gateway, &ours);
	assert_int_equal(media_ports_used(gateway.ports, NULL), 1);
	gateway_close_inherited(&gateway);
}

static void lost_notification_is_made_good(void **state)
{
	struct presence presence;

	(void)state;
	add_session(5, "sipfastd:abc", 30000);
	add_session(6, "sipfastd:def", 30002);
	assert_int_equal(gateway_open_inherited(&gateway), 0);
	module.n_sessions = 1;
	assert_int_equal(gateway_look(&gateway, &presence), 0);
	assert_int_equal(gateway_inherited_resync(&gateway, &presence), 1);
	assert_int_equal(gateway_inherited_resync(&gateway, &presence), 0);
	gateway_look_away(&presence);
	assert_int_equal(media_ports_used(gateway.ports, NULL), 1);
	gateway_close_inherited(&gateway);
}

static void kept_sessions_are_left_alone(void **state)
{
	(void)state;
	add_session(5, "sipfastd:abc", 30000);
	assert_int_equal(gateway_open_inherited(&gateway), 0);
	gateway.keep = true;
	gateway_close_inherited(&gateway);
	assert_null(module.flushed);
}

static void refusal_is_said(void **state)
{
	(void)state;
	add_session(5, "sipfastd:abc", 30000);
	module.dump_answer = -EPERM;
	assert_int_equal(gateway_open_inherited(&gateway), -EPERM);
	assert_string_equal(gateway.why, "what the module says");
	module.dump_answer = 0;
	add_pinhole(1, "sipfastd:lan");
	module.pinhole_answer = -EPERM;
	assert_int_equal(gateway_open_inherited(&gateway), -EPERM);
}

static int set_up(void **state)
{
	(void)state;
	memset(&module, 0, sizeof(module));
	memset(&gateway, 0, sizeof(gateway));
	gateway.ports = media_ports_new(30000, 30009);
	gateway.media = media_kernel_new(NULL, 0);
	return !gateway.ports || !gateway.media;
}

static int tear_down(void **state)
{
	(void)state;
	media_kernel_free(gateway.media);
	media_ports_free(gateway.ports);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_was_left),
		TEST(pinholes_of_one_that_was_killed_go),
		TEST(ports_are_lent_until_the_session_ends),
		TEST(end_of_another_session_changes_nothing),
		TEST(lost_notification_is_made_good),
		TEST(kept_sessions_are_left_alone),
		TEST(refusal_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
