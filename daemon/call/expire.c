// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How calls end that nobody ends: a BYE without an answer, an INVITE that rings
 * for ever, a fork that is never heard of again, media that has fallen silent.
 * And how a session follows after all that the kernel would not let follow.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/keep.h"
#include "call/session.h"
#include "call/table.h"

#include <stddef.h>
#include <string.h>
#include <utlist.h>

#include "log/log.h"

/* Ends the dialogs whose time is over. Returns true where there were some. */
static bool expire_dialogs(struct call *call, uint64_t now_ms)
{
	struct dialog *dialog, *next;
	bool ended = false;

	DL_FOREACH_SAFE(call->dialogs, dialog, next) {
		if (!dialog->deadline_ms || dialog->deadline_ms > now_ms)
			continue;
		call_end_dialog(call, dialog);
		ended = true;
	}
	return ended;
}

static void sync(struct calls *calls, struct call *call, uint64_t now_ms)
{
	bool was_behind = call->behind;
	int err = call_session_sync(calls, call, now_ms);

	/* Once: it is tried every second. */
	if (err && !was_behind)
		log_warning("session %u does not follow the end of a dialog: %s",
			    call->session, strerror(-err));
}

static void expire_call(struct calls *calls, struct call *call, uint64_t now_ms)
{
	bool ended = expire_dialogs(call, now_ms);
	bool changed = ended || call->ended;

	if (call->ended) {
		call->ended = false;
		call_begin_ending(call, now_ms);
	}
	if (ended && !call->dialogs && !requests_pending(&call->requests)) {
		call_end(calls, call, now_ms);
		return;
	}
	if (call->deadline_ms <= now_ms) {
		/* While there is media, its end is the kernel's to notice. */
		if (call->state != CALL_UP || !call->session) {
			call_end(calls, call, now_ms);
			return;
		}
		call->deadline_ms = now_ms + CALL_SILENT_MS;
		changed = true;
	}
	if (ended || call->behind)
		sync(calls, call, now_ms);
	if (changed)
		call_keep(calls, call);
}

void calls_expire(struct calls *calls, uint64_t now_ms)
{
	struct call_group *group, *next_group;
	struct call *call, *next;

	HASH_ITER(hh, calls->groups, group, next_group)
		DL_FOREACH_SAFE(group->calls, call, next)
			expire_call(calls, call, now_ms);
}

bool calls_session_ended(struct calls *calls, uint32_t session)
{
	struct call_group *group;
	struct call *call;

	for (group = calls->groups; group; group = group->hh.next) {
		DL_FOREACH(group->calls, call) {
			if (!session || call->session != session)
				continue;
			call->session = 0;
			call->plan.n_streams = 0;
			/* Media that is still to move has not fallen silent. */
			call->ended = !call->behind;
			return true;
		}
	}
	return false;
}

void calls_leave(struct calls *calls, const struct sockaddr_storage *local,
		 uint64_t now_ms)
{
	const union media_address gone = media_address_from(local);
	struct call_group *group, *next_group;
	struct call *call, *next;

	HASH_ITER(hh, calls->groups, group, next_group)
		DL_FOREACH_SAFE(group->calls, call, next)
			if (media_address_same_host(&call->local, &gone))
				call_end(calls, call, now_ms);
}
