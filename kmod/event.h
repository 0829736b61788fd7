/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happened and should be told. A packet cannot wait for a message to be
 * built: it marks its session and leaves. Process context sends what was marked
 * before it sends news of its own, so that the order of things is kept. The
 * queue is bounded by the number of sessions: each is in it once at most. What
 * could not be told, for want of memory, is counted, and that is told as soon as
 * it can be.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_EVENT_H
#define _SF_EVENT_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct sf_device;
struct sf_net;
struct sf_pinhole;
struct sf_session;

/* What happened, and the object it happened to. */
enum sf_event {
	SF_EVENT_SESSION_NEW,		/* struct sf_session */
	SF_EVENT_SESSION_SET,
	SF_EVENT_SESSION_END,
	SF_EVENT_SESSION_LEARNED,
	SF_EVENT_SESSION_IDLE,
	SF_EVENT_PINHOLE_NEW,		/* struct sf_pinhole */
	SF_EVENT_PINHOLE_END,
	SF_EVENT_DEVICE_NEW,		/* struct sf_device */
	SF_EVENT_DEVICE_DEL,
	SF_EVENT_OVERRUN,		/* struct sf_net */
	SF_N_EVENTS
};

/**
 * sf_event_sink_t - takes an event to where it is told
 * @sn: the namespace
 * @event: what happened
 * @object: what it happened to, as said at the event
 *
 * Context: process, the lock of the namespace.
 * Return: 0; -ENOBUFS where a listener that wants to know of it had no room,
 *	which its own socket tells it, too; another negative errno where nobody
 *	could be told.
 */
typedef int sf_event_sink_t(struct sf_net *sn, enum sf_event event,
			    void *object);

/**
 * struct sf_event_entry - a session's place in the queue
 * @node: in the queue; empty where nothing waits
 */
struct sf_event_entry {
	struct list_head	node;
};

/**
 * struct sf_events - the queue of a namespace
 * @lock: protects @queue and the entries in it; taken in softirq
 * @queue: sessions with a learned endpoint that was not told yet
 * @work: tells
 * @lost: events that could not be told; under the lock of the namespace
 * @told: how many of these listeners know of; likewise
 * @overrun: tells that there are such
 */
struct sf_events {
	spinlock_t		lock; /* protects the queue */
	struct list_head	queue;
	struct work_struct	work;
	u64			lost;
	u64			told;
	struct delayed_work	overrun;
};

/**
 * sf_event_init() - begin to queue
 * @sn: the namespace
 */
void sf_event_init(struct sf_net *sn);

/**
 * sf_event_exit() - forget what was not told
 * @sn: the namespace, with no packet left in it
 *
 * Context: process, without the lock of the namespace.
 */
void sf_event_exit(struct sf_net *sn);

/**
 * sf_event_set_sink() - say who tells
 * @sink: the one who tells, or NULL for nobody
 *
 * On return the former sink is not running any more.
 *
 * Context: process.
 */
void sf_event_set_sink(sf_event_sink_t *sink);

/**
 * sf_event_learned() - a packet made its session learn a remote endpoint
 * @session: the session
 *
 * Context: any; RCU read lock.
 */
void sf_event_learned(struct sf_session *session);

/**
 * sf_event_send() - tell at once, after what waits
 * @sn: the namespace
 * @event: what happened
 * @object: what it happened to
 *
 * Context: process, the lock of the namespace.
 */
void sf_event_send(struct sf_net *sn, enum sf_event event, void *object);

#endif /* _SF_EVENT_H */
