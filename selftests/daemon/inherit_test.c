// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an earlier daemon has left: its sessions go on with their calls, and end
 * where there are none; its pinholes go; and what is somebody else's is not
 * touched. The module, and the table of calls, are played by this file.
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
	int session_answer;
	int dump_answer;
	unsigned int n_disturbed;	/* dumps that are */
	unsigned int n_dumps;
} module;

static struct {
	const char *cookie;
	uint32_t session;
	struct media_plan plan;
	unsigned int n_resumes;
} table;

static struct gateway gateway;
static uint64_t clock_ms;

int nl_session_dump(struct nl_genl *genl, nl_session_fn show, void *arg)
{
	unsigned int i = 0, n;
	int err;

	(void)genl;
	module.n_dumps++;
	if (module.dump_answer < 0)
		return module.dump_answer;
	/* A session that is ended makes room for the next. */
	while (i < module.n_sessions) {
		n = module.n_sessions;
		err = show(arg, &module.sessions[i]);
		if (err)
			return err;
		i += n == module.n_sessions;
	}
	if (!module.n_disturbed)
		return 0;
	module.n_disturbed--;
	return 1;
}

int nl_session_del(struct nl_genl *genl, uint32_t id, struct nl_session *reply)
{
	unsigned int i;

	(void)genl;
	(void)reply;
	if (module.session_answer)
		return module.session_answer;
	for (i = 0; i < module.n_sessions; i++) {
		if (module.sessions[i].id != id)
			continue;
		module.sessions[i] = module.sessions[--module.n_sessions];
		return 0;
	}
	return -ENOENT;
}

bool calls_adopt(struct calls *calls, const char *cookie, uint32_t session,
		 const struct media_plan *plan)
{
	(void)calls;
	if (strcmp(cookie, table.cookie))
		return false;
	table.session = session;
	table.plan = *plan;
	return true;
}

void calls_each_session(struct calls *calls,
			void (*show)(void *arg, uint32_t session), void *arg)
{
	(void)calls;
	if (table.session)
		show(arg, table.session);
}

unsigned int calls_resume(struct calls *calls, uint64_t now_ms)
{
	(void)calls;
	assert_int_equal(now_ms, clock_ms);
	table.n_resumes++;
	return !table.session;
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
	assert_int_equal(gateway_adopt_sessions(&gateway), 0);
	assert_int_equal(table.n_resumes, 1);
	gateway_close_inherited(&gateway);
	assert_int_equal(module.n_pinholes, 1);
	assert_int_equal(module.n_sessions, 1);
	assert_int_equal(gateway.restored.sessions_ended, 0);
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

static void session_of_a_call_goes_on_with_it(void **state)
{
	(void)state;
	add_session(5, "sipfastd:abc", 30000);
	table.cookie = "sipfastd:abc";
	assert_int_equal(gateway_open_inherited(&gateway), 0);
	assert_true(gateway.earlier);
	assert_true(gateway_has_sessions(&gateway));
	assert_int_equal(gateway_adopt_sessions(&gateway), 0);
	assert_int_equal(table.session, 5);
	assert_int_equal(table.plan.n_streams, 1);
	assert_int_equal(gateway.restored.sessions_adopted, 1);
	assert_int_equal(gateway.restored.sessions_made, 0);
	assert_int_equal(gateway.restored.sessions_ended, 0);
	assert_int_equal(module.n_sessions, 1);
}

static void sessions_of_no_call_end(void **state)
{
	(void)state;
	add_session(5, "sipfastd:abc", 30000);
	add_session(6, "by hand", 30002);
	add_session(7, "sipfastd:def", 30004);
	assert_int_equal(gateway_adopt_sessions(&gateway), 0);
	assert_int_equal(gateway.restored.sessions_ended, 2);
	assert_int_equal(gateway.restored.sessions_adopted, 0);
	assert_int_equal(module.n_sessions, 1);
	assert_int_equal(module.sessions[0].id, 6);
}

static void session_that_is_gone_is_made_again(void **state)
{
	(void)state;
	table.cookie = "sipfastd:abc";
	assert_int_equal(gateway_adopt_sessions(&gateway), 0);
	assert_int_equal(gateway.restored.sessions_made, 1);
}

/* One that a disturbed dump lacks would seem to be gone. */
static void disturbed_dump_is_begun_again(void **state)
{
	(void)state;
	add_session(5, "sipfastd:abc", 30000);
	table.cookie = "sipfastd:abc";
	module.n_disturbed = 2;
	assert_int_equal(gateway_adopt_sessions(&gateway), 0);
	assert_int_equal(module.n_dumps, 3);
	assert_int_equal(gateway.restored.sessions_adopted, 1);
	module.n_disturbed = 1000;
	assert_int_equal(gateway_adopt_sessions(&gateway), 0);
}

static void refusal_is_said(void **state)
{
	(void)state;
	add_session(5, "sipfastd:abc", 30000);
	module.dump_answer = -EPERM;
	assert_int_equal(gateway_adopt_sessions(&gateway), -EPERM);
	assert_string_equal(gateway.why, "what the module says");
	module.dump_answer = 0;
	module.session_answer = -EPERM;
	assert_int_equal(gateway_adopt_sessions(&gateway), -EPERM);
	module.session_answer = -ENOENT;
	assert_int_equal(gateway_adopt_sessions(&gateway), 0);
	add_pinhole(1, "sipfastd:lan");
	module.pinhole_answer = -EPERM;
	assert_int_equal(gateway_open_inherited(&gateway), -EPERM);
}

static int set_up(void **state)
{
	(void)state;
	memset(&module, 0, sizeof(module));
	memset(&table, 0, sizeof(table));
	memset(&gateway, 0, sizeof(gateway));
	table.cookie = "";
	return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_was_left),
		TEST(pinholes_of_one_that_was_killed_go),
		TEST(session_of_a_call_goes_on_with_it),
		TEST(sessions_of_no_call_end),
		TEST(session_that_is_gone_is_made_again),
		TEST(disturbed_dump_is_begun_again),
		TEST(refusal_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
