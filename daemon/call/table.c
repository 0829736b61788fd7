// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of calls: how they are found, begun and ended.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <utlist.h>

#include "call/keep.h"
#include "call/session.h"

struct calls *calls_new(const struct call_policy *policy, struct media *media,
			struct media_ports *ports,
			const struct call_user_ops *ops, void *arg)
{
	struct calls *calls = calloc(1, sizeof(*calls));

	if (!calls)
		return NULL;
	calls->policy = *policy;
	calls->media = media;
	calls->ports = ports;
	calls->ops = *ops;
	calls->arg = arg;
	/* Unlike those of the daemon before us, whose sessions may still run. */
	if (getrandom(&calls->last_number, sizeof(calls->last_number), 0) !=
	    sizeof(calls->last_number)) {
		free(calls);
		return NULL;
	}
	return calls;
}

void calls_set_store(struct calls *calls, struct store *store)
{
	calls->store = store;
}

void calls_free(struct calls *calls, bool keep)
{
	struct call_group *group, *next_group;
	struct call *call, *next;

	if (!calls)
		return;
	if (keep)
		calls->store = NULL;
	HASH_ITER(hh, calls->groups, group, next_group) {
		DL_FOREACH_SAFE(group->calls, call, next) {
			if (keep)
				call->session = 0;
			call_end(calls, call, 0);
		}
	}
	free(calls);
}

static struct call_group *find_group(struct calls *calls,
				     const struct call_text *call_id)
{
	struct call_group *group;

	HASH_FIND(hh, calls->groups, call_id->at, call_id->len, group);
	return group;
}

static struct call_group *get_group(struct calls *calls,
				    const struct call_text *call_id)
{
	struct call_group *group = find_group(calls, call_id);

	if (group)
		return group;
	group = calloc(1, sizeof(*group));
	if (!group)
		return NULL;
	group->call_id = call_text_copy(call_id);
	if (!group->call_id) {
		free(group);
		return NULL;
	}
	HASH_ADD_KEYPTR(hh, calls->groups, group->call_id, call_id->len, group);
	return group;
}

static void put_group(struct calls *calls, struct call_group *group)
{
	if (group->calls)
		return;
	HASH_DEL(calls->groups, group);
	free(group->call_id);
	free(group);
}

static void free_call(struct call *call)
{
	struct dialog *dialog, *next;

	DL_FOREACH_SAFE(call->dialogs, dialog, next)
		dialog_free(dialog);
	requests_end(&call->requests);
	offer_answer_end(&call->first);
	free(call->caller_tag);
	free(call->from_uri);
	free(call->to_uri);
	free(call);
}

static struct call *new_call(struct calls *calls,
			     const struct call_message *message,
			     const struct call_ids *ids)
{
	struct call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->number = ++calls->last_number;
	call->caller = message->from;
	call->endpoint = message->endpoint;
	call->local = media_address_from(message->local ? message->local
						       : message->public);
	if (message->inside)
		call->inside = media_address_from(message->inside);
	call->since_ms = message->now_ms;
	call->caller_tag = call_text_copy(&ids->from_tag);
	call->from_uri = call_text_copy(&ids->from_uri);
	call->to_uri = call_text_copy(&ids->to_uri);
	if (!call->caller_tag || !call->from_uri || !call->to_uri) {
		free_call(call);
		return NULL;
	}
	return call;
}

static void join(struct calls *calls, struct call_group *group,
		 struct call *call)
{
	call->group = group;
	DL_APPEND(group->calls, call);
	HASH_ADD(by_number, calls->by_number, number, sizeof(call->number),
		 call);
	calls->n_calls++;
	calls->ops.hold(calls->arg, call->endpoint);
}

int calls_add(struct calls *calls, const struct call_message *message,
	      const struct call_ids *ids, struct call **call)
{
	struct call_group *group;
	struct call *other;
	int n_others;

	if (calls->n_calls == CALLS_MAX ||
	    ids->call_id.len > CALL_MAX_ID_LEN ||
	    ids->from_tag.len > CALL_MAX_ID_LEN)
		return -ENOSPC;
	if (calls->ops.admit && !calls->ops.admit(calls->arg, message->endpoint,
						  message->from))
		return -EDQUOT;
	group = get_group(calls, &ids->call_id);
	if (!group)
		return -ENOSPC;
	DL_COUNT(group->calls, other, n_others);
	*call = n_others < CALLS_MAX_GROUP ? new_call(calls, message, ids)
					   : NULL;
	if (!*call) {
		put_group(calls, group);
		return -ENOSPC;
	}
	join(calls, group, *call);
	return 0;
}

struct call *calls_add_again(struct calls *calls, const char *call_id,
			     uint64_t number, uint32_t endpoint)
{
	const struct call_text id = { call_id, strlen(call_id) };
	struct call_group *group;
	struct call *call;

	if (calls->n_calls == CALLS_MAX || calls_find_number(calls, number))
		return NULL;
	group = get_group(calls, &id);
	if (!group)
		return NULL;
	call = calloc(1, sizeof(*call));
	if (!call) {
		put_group(calls, group);
		return NULL;
	}
	call->number = number;
	call->endpoint = endpoint;
	join(calls, group, call);
	return call;
}

struct call *calls_find_number(struct calls *calls, uint64_t number)
{
	struct call *call;

	HASH_FIND(by_number, calls->by_number, &number, sizeof(number), call);
	return call;
}

static bool tags_match(const struct call *call, const struct dialog *dialog,
		       const struct call_text *lan, const struct call_text *wan)
{
	bool lan_calls = call->caller == CALL_LAN;

	return call_text_is(lan_calls ? lan : wan, call->caller_tag) &&
	       call_text_is(lan_calls ? wan : lan, dialog->tag);
}

struct call *calls_find_dialog(struct calls *calls,
			       const struct call_message *message,
			       const struct call_ids *ids,
			       struct dialog **dialog)
{
	const struct call_text *lan = call_ids_lan_tag(ids, message->from);
	const struct call_text *wan = call_ids_wan_tag(ids, message->from);
	struct call_group *group = find_group(calls, &ids->call_id);
	struct call *call, *found = NULL;
	struct dialog *each;

	if (!group || !lan->len || !wan->len)
		return NULL;
	DL_FOREACH(group->calls, call) {
		DL_FOREACH(call->dialogs, each) {
			if (!tags_match(call, each, lan, wan))
				continue;
			*dialog = each;
			found = call;
			if (call->endpoint == message->endpoint)
				return call;
		}
	}
	return found;
}

struct call *calls_find_caller(struct calls *calls,
			       const struct call_message *message,
			       const struct call_ids *ids)
{
	struct call_group *group = find_group(calls, &ids->call_id);
	struct call *call;

	if (!group)
		return NULL;
	DL_FOREACH(group->calls, call)
		if (call->caller == message->from &&
		    call->endpoint == message->endpoint &&
		    call_text_is(&ids->from_tag, call->caller_tag))
			return call;
	return NULL;
}

/* A response repeats the From tag of the request that it answers. */
static bool from_tag_fits(const struct call *call,
			  const struct call_request *request,
			  const struct call_ids *ids)
{
	const char *tag = call->caller_tag;

	if (request->dialog && request->from != call->caller)
		tag = request->dialog->tag;
	return call_text_is(&ids->from_tag, tag);
}

struct call *calls_find_request(struct calls *calls,
				const struct call_message *message,
				const struct call_ids *ids,
				struct call_request **request)
{
	enum call_side from = call_other_side(message->from);
	struct call_group *group = find_group(calls, &ids->call_id);
	struct call_request *each;
	struct call *call, *found = NULL;

	if (!group)
		return NULL;
	DL_FOREACH(group->calls, call) {
		each = requests_find(&call->requests, ids->method, ids, from);
		if (!each || !from_tag_fits(call, each, ids))
			continue;
		*request = each;
		found = call;
		if (call->endpoint == message->endpoint)
			return call;
	}
	return found;
}

struct dialog *call_find_dialog(const struct call *call,
				const struct call_text *tag)
{
	struct dialog *dialog;

	DL_FOREACH(call->dialogs, dialog)
		if (call_text_is(tag, dialog->tag))
			return dialog;
	return NULL;
}

struct dialog *call_add_dialog(struct call *call, const struct call_text *tag)
{
	struct dialog *dialog;
	int n_dialogs;

	DL_COUNT(call->dialogs, dialog, n_dialogs);
	if (n_dialogs == CALL_MAX_DIALOGS || tag->len > CALL_MAX_ID_LEN)
		return NULL;
	dialog = dialog_new(tag);
	if (!dialog)
		return NULL;
	offer_answer_copy(&dialog->media, &call->first);
	DL_APPEND(call->dialogs, dialog);
	return dialog;
}

/* The dialog whose media is to run when the active one has ended. */
static struct dialog *next_active(const struct call *call)
{
	struct dialog *dialog, *best = NULL;

	DL_FOREACH(call->dialogs, dialog) {
		if (dialog->state == DIALOG_CONFIRMED)
			return dialog;
		if (dialog->state == DIALOG_EARLY)
			best = dialog;
	}
	return best;
}

void call_end_dialog(struct call *call, struct dialog *dialog)
{
	requests_forget_dialog(&call->requests, dialog);
	DL_DELETE(call->dialogs, dialog);
	if (call->active == dialog)
		call->active = next_active(call);
	dialog_free(dialog);
}

void call_begin_ending(struct call *call, uint64_t now_ms)
{
	call->state = CALL_ENDING;
	call->deadline_ms = now_ms + CALL_LINGER_MS;
}

void call_end(struct calls *calls, struct call *call, uint64_t now_ms)
{
	struct call_group *group = call->group;

	call_session_end(calls, call);
	mappings_end(&call->mappings, calls->ports, now_ms);
	calls->ops.release(calls->arg, call->endpoint);
	call_forget(calls, call);
	DL_DELETE(group->calls, call);
	HASH_DELETE(by_number, calls->by_number, call);
	calls->n_calls--;
	free_call(call);
	put_group(calls, group);
}

static bool has_tags(const struct call *call, const struct call_ids *ids)
{
	const struct dialog *dialog;

	DL_FOREACH(call->dialogs, dialog) {
		if (call_text_is(&ids->from_tag, call->caller_tag) &&
		    call_text_is(&ids->to_tag, dialog->tag))
			return true;
		if (call_text_is(&ids->to_tag, call->caller_tag) &&
		    call_text_is(&ids->from_tag, dialog->tag))
			return true;
	}
	return false;
}

bool call_is_dialog(struct calls *calls, const struct sip_msg *msg)
{
	struct call_group *group;
	struct call *call;
	struct call_ids ids;

	if (!call_ids_read(&ids, msg))
		return false;
	group = find_group(calls, &ids.call_id);
	if (!group)
		return false;
	DL_FOREACH(group->calls, call)
		if (has_tags(call, &ids))
			return true;
	return false;
}

unsigned int calls_count(const struct calls *calls)
{
	return calls->n_calls;
}
