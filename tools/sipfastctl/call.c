// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl call: the calls, as sipfastd has them.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <string.h>

#include "daemon.h"
#include "tool.h"
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

const struct command call_verbs[] = {
	{ "list", "", "all calls and their media", .run = list_run },
	{ "show", "CALL-ID", "one call", .run = show_run, .details =
	  "The beginning of the Call-ID is enough where no other has it.\n" },
	{ 0 },
};
