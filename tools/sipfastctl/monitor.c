// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl monitor: what happens in the module, as it happens.
 *
 * With -j a line is {"name": "session-end-ntf", "msg": {...}}. Where events were
 * missed, {"name": "overrun"} says so, and a dump of all there is follows in lines
 * of the same form, so that whoever reads them knows again.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "document.h"
#include "nl/event.h"
#include "nl/genl.h"
#include "nl/types.h"
#include "request.h"
#include "tool.h"
#include "writer.h"

struct monitor {
	const struct tool *tool;
	struct nl_genl *genl;
	int code;
};

static void print_time(void)
{
	struct timespec now;
	struct tm local;
	char text[16];

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &local);
	strftime(text, sizeof(text), "%H:%M:%S", &local);
	printf("%s.%03ld ", text, now.tv_nsec / 1000000);
}

/* " a.learned 192.0.2.1:4000", for each side of each stream that has it. */
static void print_learned(const json_t *session)
{
	static const char *const sides[] = { "a", "b" };
	const json_t *learned;
	char text[128];
	json_t *stream;
	size_t i, j;

	json_array_foreach(json_object_get(session, "stream"), i, stream) {
		for (j = 0; j < 2; j++) {
			learned = json_object_get(json_object_get(stream,
								  sides[j]),
						  "learned");
			if (learned &&
			    writer_text_value(learned, text, sizeof(text)))
				printf(" stream[%zu].%s.learned %s", i,
				       sides[j], text);
		}
	}
}

/* " data 000100002112a442...", no more than fits a line. */
static void print_data(const json_t *msg)
{
	const json_t *data = json_object_get(msg, "data");
	int len = (int)json_string_length(data);

	if (data)
		printf(" length %d data %.64s%s", len / 2,
		       json_string_value(data), len > 64 ? "..." : "");
}

static void print_text(const char *name, const json_t *msg)
{
	static const char *const keys[] = {
		"id", "session", "cookie", "stream", "side", "class", "remote",
		"local", "ifname", "hook", "end-reason", "events-lost",
	};
	const json_t *value;
	char text[128];
	size_t i;

	print_time();
	fputs(name, stdout);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		value = json_object_get(msg, keys[i]);
		if (value && writer_text_value(value, text, sizeof(text)))
			printf(" %s %s", keys[i], text);
	}
	print_learned(msg);
	print_data(msg);
	putchar('\n');
}

/* Takes the reference to @msg. */
static void show(const struct monitor *monitor, const char *name, json_t *msg)
{
	json_t *line;

	if (monitor->tool->json) {
		line = json_pack("{s:s}", "name", name);
		if (msg)
			json_object_set(line, "msg", msg);
		writer_json.object(stdout, name, line);
		json_decref(line);
	} else {
		print_text(name, msg);
	}
	json_decref(msg);
	fflush(stdout);
}

static void take_event(void *arg, const struct nl_event *event)
{
	show(arg, event->name, document_read(event->nlh, nl_op(event->cmd)->set));
}

static void resync(struct monitor *monitor, uint8_t cmd)
{
	json_t *list, *object;
	size_t i;

	monitor->code = request_list(monitor->genl, cmd, &list);
	if (monitor->code)
		return;
	json_array_foreach(list, i, object)
		show(monitor, nl_op(cmd)->name, json_incref(object));
	json_decref(list);
}

static void take_overrun(void *arg)
{
	struct monitor *monitor = arg;

	show(monitor, "overrun", NULL);
	resync(monitor, SIPFAST_CMD_SESSION_GET);
	if (!monitor->code)
		resync(monitor, SIPFAST_CMD_PINHOLE_GET);
	if (!monitor->code)
		resync(monitor, SIPFAST_CMD_DEVICE_GET);
}

/* Until a signal says that it is enough, or nobody reads any more. */
static int watch(struct monitor *monitor, struct nl_events *events, int signals)
{
	struct pollfd fds[] = {
		{ .fd = nl_events_fd(events), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int err;

	while (!monitor->code && !ferror(stdout)) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return tool_complain(TOOL_REFUSED, "%s",
					     strerror(errno));
		if (fds[1].revents)
			break;
		err = nl_events_read(events);
		if (err)
			return tool_complain(TOOL_REFUSED, "%s",
					     strerror(-err));
	}
	return monitor->code;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int monitor_run(const struct tool *tool, int argc, char **argv)
{
	static const struct nl_event_ops ops = { take_event, take_overrun };
	bool payloads = argc && !strcmp(argv[0], "payloads");
	struct monitor monitor = { .tool = tool };
	struct nl_events *events;
	int signals, code, err;

	code = tool_no_more(argc - payloads, argv + payloads);
	if (!code)
		code = tool_open(&monitor.genl);
	if (code)
		return code;
	err = nl_events_open(monitor.genl, &ops, &monitor, &events);
	if (err) {
		nl_genl_close(monitor.genl);
		return tool_complain(TOOL_REFUSED, "%s", strerror(-err));
	}
	if (payloads)
		err = nl_events_add_payloads(events, monitor.genl);
	if (err) {
		nl_events_close(events);
		nl_genl_close(monitor.genl);
		return tool_complain(TOOL_REFUSED, "%s", strerror(-err));
	}
	signals = open_signals();
	code = watch(&monitor, events, signals);
	close(signals);
	nl_events_close(events);
	nl_genl_close(monitor.genl);
	return code;
}
