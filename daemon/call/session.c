// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A call's session in the kernel follows what its dialogs agree on.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "call/keep.h"
#include "log/log.h"

/** Ports tried before a collision is thought to be none of the ports'. */
#define MAX_TRIES 8

/*
 * The prefix and the call's number make it unique and ours; as much of the
 * Call-ID as there is room for tells a person which call it is.
 */
static void write_cookie(const struct call *call,
			 char cookie[MEDIA_COOKIE_LEN + 1])
{
	char number[CALL_NUMBER_LEN];

	call_number_write(call->number, number);
	snprintf(cookie, MEDIA_COOKIE_LEN + 1, MEDIA_COOKIE_PREFIX "%s:%s",
		 number, call->group->call_id);
}

uint64_t call_session_number(const char *cookie)
{
	const size_t len = strlen(MEDIA_COOKIE_PREFIX);

	return strncmp(cookie, MEDIA_COOKIE_PREFIX, len) ? 0 :
	       call_number_read(cookie + len);
}

static void make_plan(const struct calls *calls, const struct call *call,
		      struct media_plan *plan)
{
	plan->n_streams = 0;
	if (call->active)
		offer_answer_plan(&call->active->media, &call->mappings,
				  &call->local, &call->inside, &calls->policy,
				  plan);
}

static int install(struct calls *calls, struct call *call,
		   const struct media_plan *plan)
{
	char cookie[MEDIA_COOKIE_LEN + 1];
	int err;

	write_cookie(call, cookie);
	err = calls->media->ops->install(calls->media->backend, cookie, plan,
					 &call->session);
	if (err)
		return err;
	call->ended = false;
	call->plan = *plan;
	return 0;
}

/* One that is gone already is ended as well. */
static int end_session(struct calls *calls, struct call *call)
{
	int err;

	err = calls->media->ops->remove(calls->media->backend, call->session);
	if (err && err != -ENOENT)
		return err;
	call->session = 0;
	call->plan.n_streams = 0;
	return 0;
}

static int apply(struct calls *calls, struct call *call,
		 const struct media_plan *plan)
{
	int err;

	if (media_plan_equal(&call->plan, plan))
		return 0;
	if (!plan->n_streams)
		return end_session(calls, call);
	if (!call->session)
		return install(calls, call, plan);

	err = calls->media->ops->update(calls->media->backend, call->session,
					&call->plan, plan);
	/* The kernel ended it, and its notification is on the way. */
	if (err == -ENOENT)
		return install(calls, call, plan);
	if (!err)
		call->plan = *plan;
	return err;
}

static bool share_stream(const struct media_plan *one,
			 const struct media_plan *other)
{
	const struct media_stream *a, *b;

	for (a = one->streams; a < one->streams + one->n_streams; a++)
		for (b = other->streams;
		     b < other->streams + other->n_streams; b++)
			if (media_address_equal(&a->lan, &b->lan) &&
			    media_address_equal(&a->remote, &b->remote))
				return true;
	return false;
}

/*
 * Nobody can tell two streams between the same addresses apart. A phone that has
 * a second call there has left the first one, though its BYE was not seen, or not
 * answered. Another endpoint's call stays: nobody takes away what is not his.
 */
static bool leave_earlier(struct calls *calls, const struct call *call,
			  const struct media_plan *plan, uint64_t now_ms)
{
	struct call *other, *next;

	HASH_ITER(by_number, calls->by_number, other, next) {
		if (other == call || other->endpoint != call->endpoint ||
		    !share_stream(&other->plan, plan))
			continue;
		if (end_session(calls, other))
			return false;
		call_begin_ending(other, now_ms);
		call_keep(calls, other);
		return true;
	}
	return false;
}

int call_session_sync(struct calls *calls, struct call *call, uint64_t now_ms)
{
	struct media_plan plan;
	unsigned int i;
	int err;

	for (i = 0; i < MAX_TRIES; i++) {
		make_plan(calls, call, &plan);
		err = apply(calls, call, &plan);
		if (err != -EEXIST)
			break;
		if (!leave_earlier(calls, call, &plan, now_ms) &&
		    mappings_renew(&call->mappings, calls->ports, now_ms))
			break;
	}
	call->behind = err;
	return err;
}

void call_session_end(struct calls *calls, struct call *call)
{
	int err;

	if (!call->session)
		return;
	err = end_session(calls, call);
	if (err)
		log_warning("session %u stays in the kernel until it is idle: %s",
			    call->session, strerror(-err));
}
