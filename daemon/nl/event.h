/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notifications of sipfast.ko: multicast group `events`, and `payloads` for who
 * wants them.
 *
 * A subscription is a socket of its own. Whoever misses notifications, because
 * more came than its socket could hold or because the module had no memory for
 * them, is told so and dumps to know again what there is.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_EVENT_H
#define SIPFAST_DAEMON_NL_EVENT_H

#include <stdint.h>

#include <linux/sipfast.h>

struct nl_device;
struct nl_events;
struct nl_genl;
struct nl_pinhole;
struct nl_session;
struct nlmsghdr;

/**
 * struct nl_event - one notification
 * @cmd: SIPFAST_CMD_*_NTF
 * @name: its name in the YAML, "session-end-ntf"
 * @session: what it is about, for a session's notification, or NULL
 * @pinhole: likewise
 * @device: likewise
 * @nlh: the message itself, all there is of payload-ntf and overrun-ntf
 *
 * All pointers are good for the time of the callback.
 */
struct nl_event {
	uint8_t cmd;
	const char *name;
	const struct nl_session *session;
	const struct nl_pinhole *pinhole;
	const struct nl_device *device;
	const struct nlmsghdr *nlh;
};

/**
 * struct nl_event_ops - who is told
 * @event: a notification came
 * @overrun: some were missed; resync by dump. What comes after that may be older
 *	than the dump.
 */
struct nl_event_ops {
	void (*event)(void *arg, const struct nl_event *event);
	void (*overrun)(void *arg);
};

/**
 * nl_events_open() - subscribe
 * @genl: a socket to the module, which knows the family's numbers
 * @ops: copied
 * @arg: for @ops
 * @events: gets the subscription
 *
 * Return: 0, or -errno.
 */
int nl_events_open(const struct nl_genl *genl, const struct nl_event_ops *ops,
		   void *arg, struct nl_events **events);

/**
 * nl_events_add_payloads() - subscribe to payloads for user space, too
 * @events: the subscription
 * @genl: as given to nl_events_open()
 *
 * Return: 0, or -errno.
 */
int nl_events_add_payloads(struct nl_events *events,
			   const struct nl_genl *genl);

/** nl_events_fd() - non-blocking, readable when there are notifications */
int nl_events_fd(const struct nl_events *events);

/**
 * nl_events_read() - take what has come
 * @events: the subscription
 *
 * Return: 0, or -errno where the socket failed.
 */
int nl_events_read(struct nl_events *events);

/** nl_events_close() - unsubscribe; NULL is fine; not inside a callback */
void nl_events_close(struct nl_events *events);

#endif
