// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel tells: that it has ended a session by itself. Where some of
 * that was lost, it is asked for all that there is.
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
}

static void collect(void *arg, uint32_t session)
{
	struct collection *collection = arg;

	if (collection->n_sessions < collection->room)
		collection->sessions[collection->n_sessions++] = session;
}

/* How many calls have lost their session? They are told so. */
static unsigned int resync_calls(struct gateway *gateway,
				 const struct presence *presence)
{
	struct collection collection = {
		.room = calls_count(gateway->calls),
	};
	unsigned int i, n_gone = 0;
	uint32_t id;

	if (!collection.room)
		return 0;
	collection.sessions = calloc(collection.room, sizeof(uint32_t));
	if (!collection.sessions) {
		log_err("out of memory");
		gateway->stale = true;
		return 0;
	}
	calls_each_session(gateway->calls, collect, &collection);
	for (i = 0; i < collection.n_sessions; i++) {
		id = collection.sessions[i];
		if (gateway_is_gone(gateway, presence, id) &&
		    calls_session_ended(gateway->calls, id))
			n_gone++;
	}
	free(collection.sessions);
	return n_gone;
}

void gateway_resync(struct gateway *gateway)
{
	struct presence presence;
	unsigned int n_gone;

	if (!gateway->stale || gateway_look(gateway, &presence))
		return;
	gateway->stale = false;
	n_gone = resync_calls(gateway, &presence);
	gateway_look_away(&presence);
	gateway->event_counters.sessions_missed += n_gone;
	if (n_gone)
		log_notice("sessions that had ended unheard: %u", n_gone);
}

/* Looked for when all has been read that did come. */
static void on_overrun(void *arg)
{
	struct gateway *gateway = arg;

	log_notice("notifications of the kernel were lost, looking again");
	gateway->event_counters.overruns++;
	gateway->stale = true;
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
	gateway_resync(gateway);
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
	if (gateway->events_ready && !event_add(gateway->events_ready, NULL))
		return 0;
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
