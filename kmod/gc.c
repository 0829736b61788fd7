// SPDX-License-Identifier: GPL-2.0-only
/*
 * One work per namespace looks at everything that has a deadline, ends what is
 * over, and sleeps until the next deadline. Traffic only ever moves a deadline
 * away, so no packet has to wake it.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/jiffies.h>

#include "event.h"
#include "gc.h"
#include "net.h"
#include "pinhole.h"
#include "session.h"

/* Deadlines closer together than this are met in one go. */
#define MIN_PAUSE	msecs_to_jiffies(10)

/* Is @ms after @since over? If not, @next is not later than that. */
static bool is_over(ktime_t since, u32 ms, ktime_t now, ktime_t *next)
{
	ktime_t deadline;

	if (!ms)
		return false;
	deadline = ktime_add_ms(since, ms);
	if (ktime_compare(deadline, now) <= 0)
		return true;
	*next = min(*next, deadline);
	return false;
}

/* Once for each time that traffic ceased. */
static void notify_idle(struct sf_session *session, ktime_t idle_since)
{
	if (session->idle_notified == idle_since)
		return;
	session->idle_notified = idle_since;
	sf_event_send(session->sn, SF_EVENT_SESSION_IDLE, session);
}

/* Returns the reason why the session ends now, if it does. */
static int look_at(struct sf_session *session, ktime_t now, ktime_t *next)
{
	ktime_t idle_since;

	if (is_over(session->lifetime_set, session->lifetime_ms, now, next))
		return SIPFAST_END_REASON_LIFETIME;
	if (!session->idle_expire_ms && !session->idle_notify_ms)
		return SF_END_REASON_NONE;

	idle_since = sf_session_idle_since(session);
	if (is_over(idle_since, session->idle_expire_ms, now, next))
		return SIPFAST_END_REASON_IDLE;
	if (is_over(idle_since, session->idle_notify_ms, now, next)) {
		notify_idle(session, idle_since);
		/* Traffic may begin and end again meanwhile. */
		*next = min(*next, ktime_add_ms(now, session->idle_notify_ms));
	}
	return SF_END_REASON_NONE;
}

static void expire_sessions(struct sf_net *sn, ktime_t now, ktime_t *next)
{
	struct sf_session *session;
	unsigned long id;
	int reason;

	xa_for_each(&sn->sessions, id, session) {
		reason = look_at(session, now, next);
		if (reason != SF_END_REASON_NONE) {
			sn->sessions_expired++;
			sf_session_del(session, reason);
		}
		cond_resched();
	}
}

/* Traffic only moves deadlines away: looking too early is cheap, once. */
static void sleep_until(struct sf_net *sn, ktime_t next, ktime_t now)
{
	unsigned long pause = MIN_PAUSE;

	sn->gc.next = next;
	if (next == KTIME_MAX)
		return;
	if (ktime_after(next, now))
		pause += nsecs_to_jiffies(ktime_sub(next, now));
	mod_delayed_work(system_power_efficient_wq, &sn->gc.work, pause);
}

static void work(struct work_struct *work)
{
	struct sf_net *sn = container_of(to_delayed_work(work), struct sf_net,
					 gc.work);
	ktime_t now = ktime_get(), next = KTIME_MAX;

	mutex_lock(&sn->lock);
	expire_sessions(sn, now, &next);
	next = min(next, sf_pinhole_expire(sn, now));
	sleep_until(sn, next, now);
	mutex_unlock(&sn->lock);
}

void sf_gc_within(struct sf_net *sn, u32 ms)
{
	ktime_t now = ktime_get();
	ktime_t deadline = ktime_add_ms(now, ms);

	lockdep_assert_held(&sn->lock);
	if (ms && ktime_before(deadline, sn->gc.next))
		sleep_until(sn, deadline, now);
}

void sf_gc_init(struct sf_net *sn)
{
	INIT_DELAYED_WORK(&sn->gc.work, work);
	sn->gc.next = KTIME_MAX;
}

void sf_gc_exit(struct sf_net *sn)
{
	cancel_delayed_work_sync(&sn->gc.work);
}
