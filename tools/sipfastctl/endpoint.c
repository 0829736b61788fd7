// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl endpoint: the phones and their public ports, as sipfastd has them.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <string.h>

#include "daemon.h"
#include "table.h"
#include "tool.h"
#include "why.h"
#include "writer.h"

/* What the daemon tells of an endpoint, in the order of its columns. */
static const char *const keys[] = {
	"id", "transport", "lan", "public", "calls", "from-lan", "from-wan",
	"idle-ms",
};

static void add_row(struct table *table, const json_t *endpoint)
{
	const json_t *value;
	char text[128];
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		value = json_object_get(endpoint, keys[i]);
		table_cell(table, "%s",
			   value && writer_text_value(value, text,
						      sizeof(text)) ?
			   text : "-");
	}
}

/* "registration sip:alice@example.com 3540 s" */
static void write_leases(const json_t *endpoint)
{
	const char *kind, *what;
	char lan[128] = "-";
	json_t *lease;
	size_t i;

	writer_text_value(json_object_get(endpoint, "lan"), lan, sizeof(lan));
	json_array_foreach(json_object_get(endpoint, "leases"), i, lease) {
		kind = json_string_value(json_object_get(lease, "kind"));
		what = json_string_value(json_object_get(lease, "what"));
		printf("%s: %s %s, %" JSON_INTEGER_FORMAT " s left\n", lan,
		       kind ? kind : "lease", what ? what : "-",
		       json_integer_value(json_object_get(lease, "left-s")));
	}
}

static int write_list(const json_t *list)
{
	static const char *const headings[] = {
		">ID", "PROTO", "LAN", "PUBLIC", ">CALLS", ">OUT", ">IN",
		">IDLE-MS", NULL,
	};
	struct table *table = table_new(headings);
	json_t *endpoint;
	size_t i;

	if (!table)
		return tool_complain(TOOL_REFUSED, "out of memory");
	json_array_foreach(list, i, endpoint)
		add_row(table, endpoint);
	table_end(table, stdout);
	json_array_foreach(list, i, endpoint)
		write_leases(endpoint);
	return TOOL_OK;
}

static int list_run(const struct tool *tool, int argc, char **argv)
{
	json_t *list;
	int code;

	code = tool_no_more(argc, argv);
	if (!code)
		code = daemon_ask(tool, "endpoint-list", &list);
	if (code)
		return code;
	if (tool->json)
		tool->writer->list(stdout, "endpoint", list);
	else
		code = write_list(list);
	json_decref(list);
	return code;
}

static int why_run(const struct tool *tool, int argc, char **argv)
{
	uint32_t id;
	int code;

	code = tool_id("an endpoint's number", argv[0], &id);
	if (!code)
		code = tool_no_more(argc - 1, argv + 1);
	if (code)
		return code;
	return why_ask(tool, json_pack("{s:s, s:I}", "command", "endpoint-why",
				       "id", (json_int_t)id));
}

const struct command endpoint_verbs[] = {
	{ "list", "", "phones, their public ports, and what keeps them",
	  .run = list_run },
	{ "why", "ID", "what was changed in its messages, and why",
	  .run = why_run, .details =
	  "Of those that belong to no call, as REGISTER and SUBSCRIBE; of calls,\n"
	  "see \"call why\".\n" },
	{ 0 },
};
