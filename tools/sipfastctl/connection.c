// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl connection: the TCP connections of phones, as sipfastd has them.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>

#include "daemon.h"
#include "table.h"
#include "tool.h"
#include "writer.h"

/* What the daemon tells of a connection, in the order of its columns. */
static const char *const keys[] = {
	"lan", "server", "public", "state", "from-lan", "from-wan", "age-ms",
	"idle-ms",
};

static void add_row(struct table *table, const json_t *connection)
{
	const json_t *value;
	char text[128];
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		value = json_object_get(connection, keys[i]);
		table_cell(table, "%s",
			   value && writer_text_value(value, text,
						      sizeof(text)) ?
			   text : "-");
	}
}

static int write_list(const json_t *list)
{
	static const char *const headings[] = {
		"LAN", "SERVER", "PUBLIC", "STATE", ">OUT", ">IN",
		">AGE-MS", ">IDLE-MS", NULL,
	};
	struct table *table = table_new(headings);
	json_t *connection;
	size_t i;

	if (!table)
		return tool_complain(TOOL_REFUSED, "out of memory");
	json_array_foreach(list, i, connection)
		add_row(table, connection);
	table_end(table, stdout);
	return TOOL_OK;
}

static int list_run(const struct tool *tool, int argc, char **argv)
{
	json_t *list;
	int code;

	code = tool_no_more(argc, argv);
	if (!code)
		code = daemon_ask(tool, "connection-list", &list);
	if (code)
		return code;
	if (tool->json)
		tool->writer->list(stdout, "connection", list);
	else
		code = write_list(list);
	json_decref(list);
	return code;
}

const struct command connection_verbs[] = {
	{ "list", "", "phones' TCP connections, and where they go on to",
	  .run = list_run },
	{ 0 },
};
