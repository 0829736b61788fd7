// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue between packets and those who listen. Only a learned endpoint is
 * news that a packet makes; everything else happens in process context. Losses
 * are told a little later and together, lest telling them make more of them.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/rwsem.h>

#include "event.h"
#include "net.h"
#include "session.h"

#define OVERRUN_PAUSE	msecs_to_jiffies(100)

static DECLARE_RWSEM(sink_lock);	/* protects sink and whoever is in it */
static sf_event_sink_t *sink;

void sf_event_set_sink(sf_event_sink_t *new_sink)
{
	down_write(&sink_lock);
	sink = new_sink;
	up_write(&sink_lock);
}

static int give(struct sf_net *sn, enum sf_event event, void *object)
{
	int err = 0;

	down_read(&sink_lock);
	if (sink)
		err = sink(sn, event, object);
	up_read(&sink_lock);
	return err;
}

static void tell(struct sf_net *sn, enum sf_event event, void *object)
{
	lockdep_assert_held(&sn->lock);
	if (!give(sn, event, object))
		return;
	sn->events.lost++;
	schedule_delayed_work(&sn->events.overrun, OVERRUN_PAUSE);
}

/* Who has no room for this, either, knows it from its socket. */
static void tell_overrun(struct work_struct *work)
{
	struct sf_net *sn = container_of(to_delayed_work(work), struct sf_net,
					 events.overrun);
	struct sf_events *events = &sn->events;
	int err = 0;

	mutex_lock(&sn->lock);
	/* More may have been lost, and this been woken again, while it waited. */
	if (events->lost != events->told)
		err = give(sn, SF_EVENT_OVERRUN, sn);
	if (!err || err == -ENOBUFS)
		events->told = events->lost;
	else
		schedule_delayed_work(&events->overrun, OVERRUN_PAUSE);
	mutex_unlock(&sn->lock);
}

/* The next session that waits; the reference of the queue goes with it. */
static struct sf_session *dequeue(struct sf_events *events)
{
	struct sf_session *session;

	spin_lock_bh(&events->lock);
	session = list_first_entry_or_null(&events->queue, struct sf_session,
					   event.node);
	if (session)
		list_del_init(&session->event.node);
	spin_unlock_bh(&events->lock);
	return session;
}

static void drain(struct sf_net *sn)
{
	struct sf_session *session;

	lockdep_assert_held(&sn->lock);
	while ((session = dequeue(&sn->events))) {
		/* One that has ended has told its last figures. */
		if (session->end_reason == SF_END_REASON_NONE)
			tell(sn, SF_EVENT_SESSION_LEARNED, session);
		sf_session_put(session);
	}
}

static void work(struct work_struct *work)
{
	struct sf_net *sn = container_of(work, struct sf_net, events.work);

	mutex_lock(&sn->lock);
	drain(sn);
	mutex_unlock(&sn->lock);
}

void sf_event_learned(struct sf_session *session)
{
	struct sf_events *events = &session->sn->events;
	bool queued = false;

	spin_lock_bh(&events->lock);
	if (list_empty(&session->event.node) && sf_session_get(session)) {
		list_add_tail(&session->event.node, &events->queue);
		queued = true;
	}
	spin_unlock_bh(&events->lock);
	if (queued)
		schedule_work(&events->work);
}

void sf_event_send(struct sf_net *sn, enum sf_event event, void *object)
{
	/* What a session has learned comes after the news that it is there. */
	if (event != SF_EVENT_SESSION_NEW)
		drain(sn);
	tell(sn, event, object);
}

void sf_event_init(struct sf_net *sn)
{
	spin_lock_init(&sn->events.lock);
	INIT_LIST_HEAD(&sn->events.queue);
	INIT_WORK(&sn->events.work, work);
	INIT_DELAYED_WORK(&sn->events.overrun, tell_overrun);
}

void sf_event_exit(struct sf_net *sn)
{
	struct sf_session *session;

	cancel_work_sync(&sn->events.work);
	cancel_delayed_work_sync(&sn->events.overrun);
	while ((session = dequeue(&sn->events)))
		sf_session_put(session);
}
