// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel tells, and what it could not tell: after an overrun it is
 * asked once for all that there is, and what is gone is ended as if that had
 * been told. The module, and the table of calls, are played by this file.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "gateway/parts.h"
#include "nl/event.h"
#include "nl/session.h"

#define N_CALLS	4

static struct {
	unsigned int n_sessions;
	struct nl_session sessions[N_CALLS];
	unsigned int n_hidden;		/* at the end: the dump lacks them */
	int dump_answer;
	unsigned int n_dumps;
} module;

static struct {
	const struct nl_event_ops *ops;
	void *arg;
	int pipe[2];
	unsigned int n_overruns;	/* told by the next read */
	uint32_t ended;			/* likewise, if not 0 */
} events;

static struct {
	uint32_t sessions[N_CALLS];
	unsigned int n_ended[N_CALLS];
} table;

static struct gateway gateway;

int nl_session_dump(struct nl_genl *genl, nl_session_fn show, void *arg)
{
	unsigned int i;

	(void)genl;
	module.n_dumps++;
	if (module.dump_answer < 0)
		return module.dump_answer;
	for (i = 0; i < module.n_sessions - module.n_hidden; i++)
		assert_int_equal(show(arg, &module.sessions[i]), 0);
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

const char *nl_error(const struct nl_genl *genl)
{
	(void)genl;
	return "what the module says";
}

int nl_events_open(const struct nl_genl *genl, const struct nl_event_ops *ops,
		   void *arg, struct nl_events **eventsp)
{
	(void)genl;
	events.ops = ops;
	events.arg = arg;
	*eventsp = (struct nl_events *)&events;
	return pipe(events.pipe) ? -errno : 0;
}

int nl_events_fd(const struct nl_events *given)
{
	(void)given;
	return events.pipe[0];
}

int nl_events_read(struct nl_events *given)
{
	struct nl_session session = { .has.id = true, .id = events.ended };
	const struct nl_event event = {
		.cmd = SIPFAST_CMD_SESSION_END_NTF, .session = &session,
	};
	char byte;

	(void)given;
	assert_int_equal(read(events.pipe[0], &byte, 1), 1);
	for (; events.n_overruns; events.n_overruns--)
		events.ops->overrun(events.arg);
	if (events.ended)
		events.ops->event(events.arg, &event);
	events.ended = 0;
	return 0;
}

void nl_events_close(struct nl_events *given)
{
	(void)given;
	close(events.pipe[0]);
	close(events.pipe[1]);
}

unsigned int calls_count(const struct calls *calls)
{
	(void)calls;
	return N_CALLS;
}

void calls_each_session(struct calls *calls,
			void (*show)(void *arg, uint32_t session), void *arg)
{
	unsigned int i;

	(void)calls;
	for (i = 0; i < N_CALLS; i++)
		if (table.sessions[i])
			show(arg, table.sessions[i]);
}

bool calls_session_ended(struct calls *calls, uint32_t session)
{
	unsigned int i;

	(void)calls;
	for (i = 0; i < N_CALLS; i++) {
		if (table.sessions[i] != session)
			continue;
		table.n_ended[i]++;
		table.sessions[i] = 0;
		return true;
	}
	return false;
}

int gateway_why(struct gateway *where, int err, const char *format, ...)
{
	(void)where;
	(void)format;
	return err;
}

uint64_t gateway_now_ms(void)
{
	return 1234;
}

/* Something comes; the loop turns. */
static void hear(unsigned int n_overruns, uint32_t ended)
{
	events.n_overruns = n_overruns;
	events.ended = ended;
	assert_int_equal(write(events.pipe[1], "!", 1), 1);
	event_base_loop(gateway.base, EVLOOP_ONCE);
}

static unsigned int n_ended(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < N_CALLS; i++)
		n += table.n_ended[i];
	return n;
}

static void an_end_that_is_told_needs_no_look(void **state)
{
	(void)state;
	hear(0, 12);
	assert_int_equal(table.n_ended[2], 1);
	assert_int_equal(n_ended(), 1);
	assert_int_equal(module.n_dumps, 0);
	assert_int_equal(gateway.event_counters.sessions_missed, 0);
}

static void what_is_gone_is_ended_after_an_overrun(void **state)
{
	(void)state;
	module.sessions[1].id = 99;
	module.n_sessions = 3;
	hear(1, 0);
	assert_int_equal(table.n_ended[1], 1);
	assert_int_equal(table.n_ended[3], 1);
	assert_int_equal(n_ended(), 2);
	assert_int_equal(gateway.event_counters.overruns, 1);
	assert_int_equal(gateway.event_counters.sessions_missed, 2);
}

static void nothing_is_ended_where_all_is_there(void **state)
{
	(void)state;
	hear(1, 0);
	assert_int_equal(n_ended(), 0);
	assert_int_equal(module.n_dumps, 1);
	assert_int_equal(gateway.event_counters.sessions_missed, 0);
}

static void many_overruns_are_one_look(void **state)
{
	(void)state;
	module.n_sessions = 3;
	hear(5, 0);
	assert_int_equal(module.n_dumps, 1);
	assert_int_equal(n_ended(), 1);
	assert_int_equal(gateway.event_counters.overruns, 5);
	gateway_resync(&gateway);
	assert_int_equal(module.n_dumps, 1);
}

/* What came in time is heard first, and is nothing that was missed. */
static void what_came_in_time_counts_as_told(void **state)
{
	(void)state;
	module.n_sessions = 3;
	hear(1, 13);
	assert_int_equal(table.n_ended[3], 1);
	assert_int_equal(gateway.event_counters.sessions_missed, 0);
}

static void a_dump_that_was_disturbed_ends_nobody(void **state)
{
	(void)state;
	module.n_hidden = 2;
	module.dump_answer = 1;
	hear(1, 0);
	assert_int_equal(module.n_dumps, 1);
	assert_int_equal(n_ended(), 0);
}

static void a_look_that_fails_is_tried_again(void **state)
{
	(void)state;
	module.n_sessions = 3;
	module.dump_answer = -ENOBUFS;
	hear(1, 0);
	gateway_resync(&gateway);
	assert_int_equal(module.n_dumps, 2);
	assert_int_equal(n_ended(), 0);
	module.dump_answer = 0;
	gateway_resync(&gateway);
	assert_int_equal(n_ended(), 1);
	gateway_resync(&gateway);
	assert_int_equal(module.n_dumps, 3);
}

static void a_kernel_without_sessions_has_lost_them_all(void **state)
{
	(void)state;
	module.n_sessions = 0;
	hear(1, 0);
	assert_int_equal(n_ended(), N_CALLS);
}

static int set_up(void **state)
{
	unsigned int i;

	(void)state;
	memset(&module, 0, sizeof(module));
	memset(&table, 0, sizeof(table));
	memset(&gateway, 0, sizeof(gateway));
	module.n_sessions = N_CALLS;
	for (i = 0; i < N_CALLS; i++)
		module.sessions[i].id = table.sessions[i] = 10 + i;
	gateway.base = event_base_new();
	return !gateway.base || gateway_open_events(&gateway);
}

static int tear_down(void **state)
{
	(void)state;
	gateway_close_events(&gateway);
	event_base_free(gateway.base);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_end_that_is_told_needs_no_look),
		TEST(what_is_gone_is_ended_after_an_overrun),
		TEST(nothing_is_ended_where_all_is_there),
		TEST(many_overruns_are_one_look),
		TEST(what_came_in_time_counts_as_told),
		TEST(a_dump_that_was_disturbed_ends_nobody),
		TEST(a_look_that_fails_is_tried_again),
		TEST(a_kernel_without_sessions_has_lost_them_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
