// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The commands that ask why: what was changed in messages or left alone.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "ctl/why.h"

#include <stdint.h>
#include <string.h>

#include "alg/alg.h"
#include "ctl/command.h"
#include "ctl/ctl.h"

static void show_entry(void *arg, const struct alg_entry_view *view)
{
	json_t *entry = json_pack("{s:I, s:I, s:s, s:o, s:o, s:o}",
				  "age-ms", (json_int_t)view->age_ms,
				  "endpoint", (json_int_t)view->endpoint,
				  "way", view->out ? "out" : "in",
				  "message", ctl_text(view->message),
				  "where", ctl_text(view->where),
				  "from", ctl_text(view->from));

	if (entry && view->to)
		json_object_set_new(entry, "to", ctl_text(view->to));
	json_object_set_new(entry, "reason", ctl_key(view->reason));
	json_object_set_new(entry, "why", json_string(view->why));
	json_array_append_new(arg, entry);
}

/* struct search - the Call-ID that begins like what was asked for */
struct search {
	const char *beginning;
	const char *found;
	bool is_exact;
	unsigned int n_found;
};

static void compare(void *arg, const char *call_id)
{
	struct search *search = arg;

	if (search->is_exact ||
	    strncmp(call_id, search->beginning, strlen(search->beginning)))
		return;
	search->is_exact = !strcmp(call_id, search->beginning);
	search->n_found = search->is_exact ? 1 : search->n_found + 1;
	search->found = call_id;
}

static json_t *result(const char *key, json_t *value, json_t *entries,
		      uint64_t n_forgotten)
{
	return json_pack("{s:o, s:I, s:o}", key, value,
			 "forgotten", (json_int_t)n_forgotten,
			 "entries", entries);
}

json_t *ctl_why_call(const struct ctl_sources *sources, const json_t *request,
		     const char **error)
{
	struct search search = {
		.beginning = json_string_value(json_object_get(request,
							       "call-id")),
	};
	json_t *entries;
	uint64_t n_forgotten = 0;

	if (!search.beginning) {
		*error = "expected a string called \"call-id\"";
		return NULL;
	}
	if (sources->alg)
		alg_each_journal(sources->alg, compare, &search);
	if (search.n_found != 1) {
		*error = search.n_found ? "more than one call begins so"
					: "nothing is known of such a call";
		return NULL;
	}
	entries = json_array();
	alg_why_call(sources->alg, search.found, &n_forgotten, show_entry,
		     entries);
	return result("call-id", ctl_text(search.found), entries, n_forgotten);
}

json_t *ctl_why_endpoint(const struct ctl_sources *sources,
			 const json_t *request, const char **error)
{
	const json_t *id = json_object_get(request, "id");
	uint64_t n_forgotten = 0;
	json_t *entries;

	if (!json_is_integer(id)) {
		*error = "expected a number called \"id\"";
		return NULL;
	}
	entries = json_array();
	if (sources->alg && json_integer_value(id) > 0 &&
	    json_integer_value(id) <= UINT32_MAX &&
	    alg_why_endpoint(sources->alg, json_integer_value(id),
			     &n_forgotten, show_entry, entries))
		return result("id", json_integer(json_integer_value(id)),
			      entries, n_forgotten);
	json_decref(entries);
	*error = "no such endpoint";
	return NULL;
}
