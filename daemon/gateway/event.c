// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel tells: that it has ended a session by itself.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/parts.h"
#include "log/log.h"
#include "nl/event.h"
#include "nl/session.h"

/* Sessions of calls, collected while the table of calls must not change */
struct collection {
	unsigned int n_sessions;
	unsigned int room;
	uint32_t *sessions;
};

/* What we have ended ourselves is told, too, and is known to nobody by then. */
static void on_event(void *arg, const struct nl_event *event)
{
	struct gateway *gateway = arg;

	if (event->cmd != SIPFAST_CMD_SESSION_END_NTF || !event->session)
		return;
	calls_session_ended(gateway->calls, event->session->id);
	gateway_inherited_ended(gateway, event->session);
}

static void collect(void *arg, const struct call_view *view)
{
	struct collection *collection = arg;

	if (view->session && collection->n_sessions < collection->room)
		collection->sessions[collection->n_sessions++] = view->session;
}

/* Events were lost: ask for each session whether it is still there. */
static void on_overrun(void *arg)
{
	struct gateway *gateway = arg;
	struct collection collection = {
		.room = calls_count(gateway->calls),
	};
	struct nl_session session;
	unsigned int i;
	uint32_t id;

	log_notice("notifications of the kernel were lost, looking again");
	gateway_inherited_resync(gateway);
	if (!collection.room)
		return;
	collection.sessions = calloc(collection.room, sizeof(uint32_t));
	if (!collection.sessions) {
		log_err("out of memory");
		return;
	}
	calls_each(gateway->calls, gateway_now_ms(), collect, &collection);
	for (i = 0; i < collection.n_sessions; i++) {
		id = collection.sessions[i];
		if (nl_session_get(gateway->genl, id, &session) == -ENOENT)
			calls_session_ended(gateway->calls, id);
	}
	free(collection.sessions);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct gateway *gateway = arg;
	int err;

	(void)fd;
	(void)what;
	err = nl_events_read(gateway->events);
	if (err) {
		log_err("notifications of the kernel: %s", strerror(-err));
		event_del(gateway->events_ready);
	}
}

int gateway_open_events(struct gateway *gateway)
{
	static const struct nl_event_ops ops = {
		.event = on_event,
		.overrun = on_overrun,
	};
	int err;

	err = nl_events_open(gateway->genl, &ops, gateway, &gateway->events);
	if (err)
		return gateway_why(gateway, err, "%s", strerror(-err));
	gateway->events_ready = event_new(gateway->base,
					  nl_events_fd(gateway->events),
					  EV_READ | EV_PERSIST, on_readable,
					  gateway);
	if (gateway->events_ready && !event_add(gateway->events_ready, NULL)) {
		/* What has ended since it was inherited was not told. */
		gateway_inherited_resync(gateway);
		return 0;
	}
	if (gateway->events_ready)
		event_free(gateway->events_ready);
	nl_events_close(gateway->events);
	return gateway_why(gateway, -ENOMEM, "%s", strerror(ENOMEM));
}

void gateway_close_events(struct gateway *gateway)
{
	event_free(gateway->events_ready);
	nl_events_close(gateway->events);
}
