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
#include "session.h"
#include "xmit.h"

/* --- streams -------------------------------------------------------------- */

/* Side a of a nat stream sends straight to its peer, as others may. */
static void set_key(struct sf_flow *flow, const struct sf_stream_conf *conf)
{
	const struct sf_side_conf *side = &conf->side[flow->dir];

	flow->key.local = side->local;
	if (conf->rule == SIPFAST_RULE_NAT && flow->dir == SF_DIR_A)
		flow->key.remote = side->remote;
}

static void init_flow(struct sf_stream *stream, enum sf_dir dir,
		      struct sf_stream *old, const struct sf_stream_plan *plan)
{
	struct sf_flow *flow = &stream->flow[dir];

	flow->dir = dir;
	flow->stats = &stream->stats->flow[dir];
	set_key(flow, &stream->conf);
	if (old && !plan->reopen[dir])
		sf_latch_inherit(flow, &old->flow[dir]);
	else
		sf_latch_open(flow, &stream->conf.side[dir], ktime_get_ns());
}

/* A stream nobody sees yet; @old is the version it is to take over from. */
static struct sf_stream *make_stream(struct sf_session *session,
				     const struct sf_stream_plan *plan,
				     struct sf_stream *old)
{
	struct sf_stream *stream;
	enum sf_dir dir;

	stream = kzalloc(sizeof(*stream), GFP_KERNEL_ACCOUNT);
	if (!stream)
		return NULL;
	stream->stats = old ? sf_stream_stats_get(old->stats) :
			      sf_stream_stats_new();
	if (!stream->stats) {
		kfree(stream);
		return NULL;
	}
	stream->conf = plan->conf;
	stream->session = session;
	for (dir = SF_DIR_A; dir < SF_N_DIRS; dir++)
		init_flow(stream, dir, old, plan);
	return stream;
}

static void free_stream(struct sf_stream *stream)
{
	enum sf_dir dir;

	for (dir = SF_DIR_A; dir < SF_N_DIRS; dir++)
		sf_xmit_path_put(rcu_dereference_protected(stream->flow[dir].path,
							   true));
	sf_stream_stats_put(stream->stats);
	kfree(stream);
}

static void free_stream_rcu(struct rcu_head *rcu)
{
	free_stream(container_of(rcu, struct sf_stream, rcu));
}

/* A new version stands where the old one does: streams keep their order. */
static void publish_stream(struct sf_session *session, struct sf_stream *stream)
{
	struct sf_stream *old = sf_session_stream(session, stream->conf.id);
	struct sf_net *sn = session->sn;

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

/* The streams of a plan, made but not published. */
struct change {
	struct sf_session	*session;
	struct sf_session_plan	*plan;
	struct sf_stream	*made[SIPFAST_MAX_STREAMS];
};

static bool key_is_taken(struct change *change, unsigned int i, enum sf_dir dir)
{
	const struct sf_flow_key *key = &change->made[i]->flow[dir].key;
	struct sf_flow *flow;
	unsigned int j, n;

	flow = sf_flow_find(&change->session->sn->flows, key);
	if (flow && !sf_flow_stream(flow)->leaving)
		return true;
	for (j = 0, n = 2 * i + dir; j < n; j++) {
		flow = &change->made[j / 2]->flow[j % 2];
		if (sf_flow_key_equal(&flow->key, key))
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
}

static int prepare(struct change *change)
{
	struct sf_session_plan *plan = change->plan;
	struct sf_net *sn = change->session->sn;
	struct sf_stream *old;
	unsigned int i;
	int err;

	lockdep_assert_held(&sn->lock);
	err = sf_flow_table_prepare(&sn->flows, 2 * sf_net_max_sessions());
	if (err)
		return err;
	mark_leaving(change, true);
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

	if (plan->cookie)
		strscpy(session->cookie, plan->cookie, sizeof(session->cookie));
	set_times(session, plan);
	for (i = 0; i < plan->n_streams; i++)
		publish_stream(session, change->made[i]);
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
	sf_event_send(sn, SF_EVENT_SESSION_NEW, session);
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

void sf_session_flush(struct sf_net *sn, const char *prefix)
{
	size_t len = strlen(prefix);
	struct sf_session *session;
	unsigned long id;

	xa_for_each(&sn->sessions, id, session) {
		if (!strncmp(session->cookie, prefix, len))
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
