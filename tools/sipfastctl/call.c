// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl call: the calls, as sipfastd has them.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "tool.h"
#include "why.h"
#include "writer.h"

static int list_run(const struct tool *tool, int argc, char **argv)
{
	json_t *list;
	int code;

	code = tool_no_more(argc, argv);
	if (!code)
		code = daemon_ask(tool, "call-list", &list);
	if (code)
		return code;
	tool->writer->list(stdout, "call", list);
	json_decref(list);
	return TOOL_OK;
}

static const char *call_id(const json_t *call)
{
	const char *id = json_string_value(json_object_get(call, "call-id"));

	return id ? id : "";
}

/* A call may be named by the beginning of its Call-ID, if no other has that. */
static int find(const json_t *list, const char *id, const json_t **found)
{
	size_t len = strlen(id), i;
	json_t *call;

	*found = NULL;
	json_array_foreach(list, i, call) {
		if (!strcmp(call_id(call), id)) {
			*found = call;
			return TOOL_OK;
		}
		if (strncmp(call_id(call), id, len))
			continue;
		if (*found)
			return tool_complain(TOOL_USAGE,
					     "%s: more than one call", id);
		*found = call;
	}
	if (*found)
		return TOOL_OK;
	return tool_complain(TOOL_REFUSED, "%s: no such call", id);
}

static int show_run(const struct tool *tool, int argc, char **argv)
{
	const json_t *call;
	json_t *list;
	int code;

	if (!argc)
		return tool_complain(TOOL_USAGE, "a Call-ID is missing");
	code = tool_no_more(argc - 1, argv + 1);
	if (!code)
		code = daemon_ask(tool, "call-list", &list);
	if (code)
		return code;
	code = find(list, argv[0], &call);
	if (!code)
		tool->writer->object(stdout, "call", call);
	json_decref(list);
	return code;
}

static bool is_number(const char *word)
{
	return *word && !word[strspn(word, "0123456789")];
}

/* *@named gets the Call-ID of the call that has session @word, or @word. */
static int name_call(const struct tool *tool, const char *word, json_t **named)
{
	json_t *list, *call;
	int code;
	size_t i;

	*named = NULL;
	if (is_number(word)) {
		code = daemon_ask(tool, "call-list", &list);
		if (code)
			return code;
		json_array_foreach(list, i, call)
			if (!*named && json_integer_value(json_object_get(
					       call, "session")) == atoll(word))
				*named = json_string(call_id(call));
		json_decref(list);
	}
	if (!*named)
		*named = json_string(word);
	return TOOL_OK;
}

static int why_run(const struct tool *tool, int argc, char **argv)
{
	json_t *named;
	int code;

	if (!argc)
		return tool_complain(TOOL_USAGE, "a Call-ID is missing");
	code = tool_no_more(argc - 1, argv + 1);
	if (!code)
		code = name_call(tool, argv[0], &named);
	if (code)
		return code;
	return why_ask(tool, json_pack("{s:s, s:o}", "command", "call-why",
				       "call-id", named));
}

const struct command call_verbs[] = {
	{ "list", "", "all calls and their media", .run = list_run },
	{ "show", "CALL-ID", "one call", .run = show_run, .details =
	  "The beginning of the Call-ID is enough where no other has it.\n" },
	{ "why", "CALL-ID|SESSION", "what was changed in its messages, and why",
	  .run = why_run, .details =
	  "Also of calls that have ended or were refused, the last 2048. The\n"
	  "beginning of the Call-ID is enough where no other has it.\n" },
	{ 0 },
};
