// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making, changing and ending sessions. Whatever can fail comes first: streams
 * are made and their keys checked while nobody sees them. Then they are
 * published, the new ones before the old ones go, so that a packet always
 * finds one of the two.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/slab.h>

#include "gc.h"
#include "latch.h"
#include "net.h"
#include "queue.h"
#include "rate.h"
#include "session.h"
#include "xmit.h"

/* --- streams -------------------------------------------------------------- */

static struct kmem_cache *stream_cache;

static void init_flow(struct sf_stream *stream, enum sf_dir dir)
{
	struct sf_flow *flow = &stream->flow[dir];

	flow->dir = dir;
	flow->stats = &stream->stats->flow[dir];
	spin_lock_init(&flow->latch_lock);
}

/* A limit that does not change goes on where it stands. */
static int limit(struct sf_rate **rate, struct sf_rate *old, u32 packets,
		 u32 bytes)
{
	if (!packets && !bytes)
		return 0;
	*rate = sf_rate_inherit(old, packets, bytes);
	if (!*rate)
		*rate = sf_rate_new(packets, bytes);
	return *rate ? 0 : -ENOMEM;
}

static int limit_all(struct sf_stream *stream, const struct sf_stream *old)
{
	const struct sf_side_conf *side = stream->conf.side;
	enum sf_dir dir;
	int err = 0;

	for (dir = SF_DIR_A; !err && dir < SF_N_DIRS; dir++)
		err = limit(&stream->rate[dir], old ? old->rate[dir] : NULL,
			    side[dir].rate_packets, side[dir].rate_bytes);
	if (!err && sf_queue_wanted(&stream->conf))
		err = limit(&stream->queue_rate, old ? old->queue_rate : NULL,
			    SF_QUEUE_STREAM_RATE, 0);
	return err;
}

static void free_stream(struct sf_stream *stream)
{
	enum sf_dir dir;

	for (dir = SF_DIR_A; dir < SF_N_DIRS; dir++) {
		sf_xmit_path_put(rcu_dereference_protected(stream->flow[dir].path,
							   true));
		sf_rate_put(stream->rate[dir]);
	}
	sf_rate_put(stream->queue_rate);
	sf_stream_stats_put(stream->stats);
	kmem_cache_free(stream_cache, stream);
}

/* A stream nobody sees yet; @old is the version it is to take over from. */
static struct sf_stream *make_stream(struct sf_session *session,
				     const struct sf_stream_plan *plan,
				     struct sf_stream *old)
{
	struct sf_stream *stream;
	enum sf_dir dir;

	stream = kmem_cache_zalloc(stream_cache, GFP_KERNEL_ACCOUNT);
	if (!stream)
		return NULL;
	stream->conf = plan->conf;
	stream->session = session;
	stream->stats = old ? sf_stream_stats_get(old->stats) :
			      sf_stream_stats_new(plan->conf.kind);
	if (!stream->stats || limit_all(stream, old)) {
		free_stream(stream);
		return NULL;
	}
	for (dir = SF_DIR_A; dir < SF_N_DIRS; dir++)
		init_flow(stream, dir);
	return stream;
}

static void free_stream_rcu(struct rcu_head *rcu)
{
	free_stream(container_of(rcu, struct sf_stream, rcu));
}

/*
 * A new version stands where the old one does: streams keep their order. What
 * was learned is taken over as late as can be, and nothing is learned behind
 * its back.
 */
static void publish_stream(struct sf_session *session, struct sf_stream *stream,
			   const struct sf_stream_plan *plan)
{
	struct sf_stream *old = sf_session_stream(session, stream->conf.id);
	struct sf_net *sn = session->sn;
	enum sf_dir dir;

	for (dir = SF_DIR_A; dir < SF_N_DIRS; dir++) {
		if (old && !plan->reopen[dir])
			sf_latch_inherit(&stream->flow[dir], &old->flow[dir]);
		else
			sf_latch_open(&stream->flow[dir], ktime_get_ns());
	}

	list_add_tail(&stream->node, old ? &old->node : &session->streams);
	session->n_streams++;
	sn->n_streams++;
	sf_flow_add(&sn->flows, &stream->flow[SF_DIR_A]);
	sf_flow_add(&sn->flows, &stream->flow[SF_DIR_B]);
}

static void remove_stream(struct sf_stream *stream)
{
	struct sf_session *session = stream->session;
	struct sf_net *sn = session->sn;

	sf_flow_remove(&sn->flows, &stream->flow[SF_DIR_A]);
	sf_flow_remove(&sn->flows, &stream->flow[SF_DIR_B]);
	sn->n_streams--;
	session->n_streams--;
	list_del(&stream->node);
	call_rcu(&stream->rcu, free_stream_rcu);
}

/* --- a change, prepared --------------------------------------------------- */

/* The cookie and the streams of a plan, made but not published. */
struct change {
	struct sf_session	*session;
	struct sf_session_plan	*plan;
	char			*cookie;
	struct sf_stream	*made[SIPFAST_MAX_STREAMS];
};

static bool key_is_taken(struct change *change, unsigned int i, enum sf_dir dir)
{
	struct sf_flow_key key = sf_flow_key(&change->made[i]->flow[dir]);
	struct sf_flow_key other;
	struct sf_flow *flow;
	unsigned int j, n;

	flow = sf_flow_find(&change->session->sn->flows, &key);
	if (flow && !sf_flow_stream(flow)->leaving)
		return true;
	for (j = 0, n = 2 * i + dir; j < n; j++) {
		other = sf_flow_key(&change->made[j / 2]->flow[j % 2]);
		if (sf_flow_key_equal(&other, &key))
			return true;
	}
	return false;
}

static int check_keys(struct change *change)
{
	struct sf_session_plan *plan = change->plan;
	enum sf_dir dir;
	unsigned int i;

	for (i = 0; i < plan->n_streams; i++) {
		for (dir = SF_DIR_A; dir < SF_N_DIRS; dir++) {
			if (!key_is_taken(change, i, dir))
				continue;
			plan->clash = i;
			plan->clash_dir = dir;
			return -EEXIST;
		}
	}
	return 0;
}

/* Mark what is to be replaced or removed; its keys are free for the plan. */
static void mark_leaving(struct change *change, bool leaving)
{
	struct sf_session_plan *plan = change->plan;
	struct sf_stream *stream;
	unsigned int i;

	for (i = 0; i < plan->n_streams; i++) {
		stream = sf_session_stream(change->session,
					   plan->stream[i].conf.id);
		if (stream)
			stream->leaving = leaving;
	}
	for (i = 0; i < plan->n_remove; i++) {
		stream = sf_session_stream(change->session, plan->remove[i]);
		if (stream)
			stream->leaving = leaving;
	}
}

static void abandon(struct change *change)
{
	unsigned int i;

	mark_leaving(change, false);
	for (i = 0; i < change->plan->n_streams; i++)
		if (change->made[i])
			free_stream(change->made[i]);
	kfree(change->cookie);
}

/* Kept by itself: most are a good deal shorter than the longest may be. */
static int prepare_cookie(struct change *change)
{
	const char *cookie = change->plan->cookie;

	if (!cookie || !*cookie)
		return 0;
	change->cookie = kstrdup(cookie, GFP_KERNEL_ACCOUNT);
	return change->cookie ? 0 : -ENOMEM;
}

static int prepare(struct change *change)
{
	struct sf_session_plan *plan = change->plan;
	struct sf_net *sn = change->session->sn;
	struct sf_stream *old;
	unsigned int i;
	int err;

	lockdep_assert_held(&sn->lock);
	err = sf_flow_table_prepare(&sn->flows,
				    2 * min_t(unsigned int, INT_MAX,
					      sf_net_max_sessions()));
	if (err)
		return err;
	mark_leaving(change, true);
	err = prepare_cookie(change);
	if (err)
		goto err_abandon;
	err = -ENOMEM;
	for (i = 0; i < plan->n_streams; i++) {
		old = sf_session_stream(change->session,
					plan->stream[i].conf.id);
		change->made[i] = make_stream(change->session,
					      &plan->stream[i], old);
		if (!change->made[i])
			goto err_abandon;
	}
	err = check_keys(change);
	if (err)
		goto err_abandon;
	return 0;

err_abandon:
	abandon(change);
	return err;
}

static void set_times(struct sf_session *session,
		      const struct sf_session_plan *plan)
{
	if (plan->has_lifetime) {
		session->lifetime_ms = plan->lifetime_ms;
		session->lifetime_set = ktime_get();
	}
	if (plan->has_idle_notify) {
		session->idle_notify_ms = plan->idle_notify_ms;
		session->idle_notified = 0;
	}
	if (plan->has_idle_expire)
		session->idle_expire_ms = plan->idle_expire_ms;
	sf_gc_within(session->sn, session->lifetime_ms);
	sf_gc_within(session->sn, session->idle_notify_ms);
	sf_gc_within(session->sn, session->idle_expire_ms);
}

static void commit(struct change *change)
{
	struct sf_session *session = change->session;
	struct sf_session_plan *plan = change->plan;
	struct sf_stream *stream, *next;
	unsigned int i;

	if (plan->cookie) {
		kfree(session->cookie);
		session->cookie = change->cookie;
	}
	set_times(session, plan);
	for (i = 0; i < plan->n_streams; i++)
		publish_stream(session, change->made[i], &plan->stream[i]);
	list_for_each_entry_safe(stream, next, &session->streams, node)
		if (stream->leaving)
			remove_stream(stream);
	session->sn->generation++;
}

/* --- sessions ------------------------------------------------------------- */

int sf_session_new(struct sf_net *sn, struct sf_session_plan *plan,
		   struct sf_session **made)
{
	struct change change = { .plan = plan };
	struct sf_session *session;
	int err;

	lockdep_assert_held(&sn->lock);
	if (sn->n_sessions >= sf_net_max_sessions())
		return -ENOSPC;
	session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);
	if (!session)
		return -ENOMEM;
	session->sn = sn;
	session->made = ktime_get();
	session->end_reason = SF_END_REASON_NONE;
	refcount_set(&session->ref, 1);
	INIT_LIST_HEAD(&session->streams);
	INIT_LIST_HEAD(&session->event.node);

	change.session = session;
	err = prepare(&change);
	if (err)
		goto err_session;
	err = xa_alloc_cyclic(&sn->sessions, &session->id, session,
			      xa_limit_31b, &sn->next_session, GFP_KERNEL);
	if (err < 0)
		goto err_change;
	sn->n_sessions++;
	sn->sessions_made++;
	commit(&change);
	*made = session;
	return 0;

err_change:
	abandon(&change);
err_session:
	kfree(session);
	return err;
}

int sf_session_set(struct sf_session *session, struct sf_session_plan *plan)
{
	struct change change = { .session = session, .plan = plan };
	int err;

	err = prepare(&change);
	if (err)
		return err;
	commit(&change);
	sf_event_send(session->sn, SF_EVENT_SESSION_SET, session);
	return 0;
}

void sf_session_announce(struct sf_session *session)
{
	sf_event_send(session->sn, SF_EVENT_SESSION_NEW, session);
}

/* No packet finds the session any more; its figures stay to be told. */
static void unpublish(struct sf_session *session)
{
	struct sf_net *sn = session->sn;
	struct sf_stream *stream;

	lockdep_assert_held(&sn->lock);
	list_for_each_entry(stream, &session->streams, node) {
		sf_flow_remove(&sn->flows, &stream->flow[SF_DIR_A]);
		sf_flow_remove(&sn->flows, &stream->flow[SF_DIR_B]);
		sn->n_streams--;
	}
	xa_erase(&sn->sessions, session->id);
	sn->n_sessions--;
	sn->generation++;
}

void sf_session_del(struct sf_session *session, enum sipfast_end_reason reason)
{
	unpublish(session);
	session->end_reason = reason;
	sf_event_send(session->sn, SF_EVENT_SESSION_END, session);
	sf_session_put(session);
}

void sf_session_withdraw(struct sf_session *session)
{
	unpublish(session);
	session->sn->sessions_made--;
	/* What it has learned meanwhile is not told, either. */
	session->end_reason = SIPFAST_END_REASON_DELETED;
	sf_session_put(session);
}

void sf_session_flush(struct sf_net *sn, const char *prefix)
{
	size_t len = strlen(prefix);
	struct sf_session *session;
	unsigned long id;

	xa_for_each(&sn->sessions, id, session) {
		if (!strncmp(session->cookie ?: "", prefix, len))
			sf_session_del(session, SIPFAST_END_REASON_FLUSHED);
		cond_resched();
	}
}

void sf_session_del_all(struct sf_net *sn)
{
	struct sf_session *session;
	unsigned long id;

	xa_for_each(&sn->sessions, id, session) {
		unpublish(session);
		sf_session_put(session);
		cond_resched();
	}
}

struct sf_session *sf_session_find(struct sf_net *sn, u32 id)
{
	lockdep_assert_held(&sn->lock);
	return xa_load(&sn->sessions, id);
}

struct sf_stream *sf_session_stream(struct sf_session *session, u32 id)
{
	struct sf_stream *stream;

	lockdep_assert_held(&session->sn->lock);
	list_for_each_entry(stream, &session->streams, node) {
		if (stream->conf.id == id)
			return stream;
	}
	return NULL;
}

ktime_t sf_session_idle_since(struct sf_session *session)
{
	ktime_t since = session->made;
	struct sf_stream *stream;
	enum sf_dir dir;

	lockdep_assert_held(&session->sn->lock);
	list_for_each_entry(stream, &session->streams, node) {
		for (dir = SF_DIR_A; dir < SF_N_DIRS; dir++)
			since = max_t(ktime_t, since,
				      sf_flow_stats_last_seen(stream->flow[dir].stats));
	}
	return since;
}

bool sf_session_get(struct sf_session *session)
{
	return refcount_inc_not_zero(&session->ref);
}

static void free_session_rcu(struct rcu_head *rcu)
{
	struct sf_session *session = container_of(rcu, struct sf_session, rcu);
	struct sf_stream *stream, *next;

	list_for_each_entry_safe(stream, next, &session->streams, node)
		free_stream(stream);
	kfree(session->cookie);
	kfree(session);
}

void sf_session_put(struct sf_session *session)
{
	if (refcount_dec_and_test(&session->ref))
		call_rcu(&session->rcu, free_session_rcu);
}

void sf_session_drop_paths(struct sf_net *sn, const struct net_device *dev)
{
	struct sf_session *session;
	struct sf_stream *stream;
	unsigned long id;

	lockdep_assert_held(&sn->lock);
	xa_for_each(&sn->sessions, id, session) {
		list_for_each_entry(stream, &session->streams, node) {
			sf_xmit_drop_path(&stream->flow[SF_DIR_A], dev);
			sf_xmit_drop_path(&stream->flow[SF_DIR_B], dev);
		}
	}
}

int sf_session_init(void)
{
	int err;

	err = sf_stream_stats_init();
	if (err)
		return err;
	stream_cache = kmem_cache_create("sipfast_stream",
					 sizeof(struct sf_stream), 0,
					 SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT,
					 NULL);
	if (!stream_cache) {
		sf_stream_stats_exit();
		return -ENOMEM;
	}
	return 0;
}

void sf_session_exit(void)
{
	kmem_cache_destroy(stream_cache);
	sf_stream_stats_exit();
}
