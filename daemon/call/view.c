// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls shown to a person.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/table.h"
#include "call/words.h"

#include <stddef.h>
#include <utlist.h>

/* Does its LAN host say so, be it agreed on or not? */
static bool has_ice(const struct call *call)
{
	const struct offer_answer *media = call->active ? &call->active->media
							: &call->first;
	const struct call_description *agreed = media->agreed[CALL_LAN];
	const struct call_description *offered =
		media->offers[CALL_LAN].description;

	return (agreed && agreed->ice) || (offered && offered->ice);
}

static void show_call(const struct calls *calls, const struct call *call,
		      uint64_t now_ms,
		      void (*show)(void *arg, const struct call_view *view),
		      void *arg)
{
	struct media_stream_figures figures[MEDIA_MAX_STREAMS];
	struct call_view view = {
		.call_id = call->group->call_id,
		.from_uri = call->from_uri,
		.to_uri = call->to_uri,
		.state = call_state_words.words[call->state],
		.caller = call->caller,
		.endpoint = call->endpoint,
		.session = call->session,
		.age_ms = now_ms - call->since_ms,
		.ice = has_ice(call),
		.plan = &call->plan,
		.figures = figures,
	};
	int n = 0;

	if (call->session)
		n = calls->media->ops->figures(calls->media->backend,
					       call->session, figures);
	view.n_figures = n > 0 ? n : 0;
	show(arg, &view);
}

void calls_each(struct calls *calls, uint64_t now_ms,
		void (*show)(void *arg, const struct call_view *view),
		void *arg)
{
	struct call_group *group;
	struct call *call;

	for (group = calls->groups; group; group = group->hh.next)
		DL_FOREACH(group->calls, call)
			show_call(calls, call, now_ms, show, arg);
}

void calls_each_session(struct calls *calls,
			void (*show)(void *arg, uint32_t session), void *arg)
{
	struct call_group *group;
	struct call *call;

	for (group = calls->groups; group; group = group->hh.next)
		DL_FOREACH(group->calls, call)
			if (call->session)
				show(arg, call->session);
}
