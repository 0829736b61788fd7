// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl stats: what the module has counted, or the daemon.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <string.h>

#include "daemon.h"
#include "nl/genl.h"
#include "nl/types.h"
#include "request.h"
#include "table.h"
#include "tool.h"
#include "words.h"
#include "writer.h"

static void add_value(struct table *table, const json_t *value)
{
	if (json_is_string(value))
		table_cell(table, "%s", json_string_value(value));
	else
		table_cell(table, "%" JSON_INTEGER_FORMAT,
			   json_integer_value(value));
}

/* "dropped.rate" and its count; what is 0 is left out unless @all. */
static void add_counters(struct table *table, const char *prefix,
			 const json_t *counters, bool all)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)counters, key, value) {
		if (json_is_object(value)) {
			add_counters(table, key, value, all);
		} else if (all || !json_is_integer(value) ||
			   json_integer_value(value)) {
			table_cell(table, "%s%s%s", prefix,
				   *prefix ? "." : "", key);
			add_value(table, value);
		}
	}
}

static int write_counters(const json_t *counters, bool all)
{
	static const char *const headings[] = { "COUNTER", ">VALUE", NULL };
	struct table *table = table_new(headings);

	if (!table)
		return tool_complain(TOOL_REFUSED, "out of memory");
	add_counters(table, "", counters, all);
	table_end(table, stdout);
	return TOOL_OK;
}

static int ask_module(int argc, char **argv, json_t **reply)
{
	struct nl_genl *genl;
	json_t *given;
	int code;

	code = words_read(&nl_stats_attrs, argc, argv, &given);
	if (code)
		return code;
	code = tool_open(&genl);
	if (!code) {
		code = request_one(genl, SIPFAST_CMD_STATS_GET, given, reply);
		nl_genl_close(genl);
	}
	json_decref(given);
	return code;
}

int stats_run(const struct tool *tool, int argc, char **argv)
{
	bool all = argc && !strcmp(argv[0], "-a");
	json_t *reply;
	int code;

	argc -= all;
	argv += all;
	if (argc == 1 && !strcmp(argv[0], "daemon"))
		code = daemon_ask(tool, "stats", &reply);
	else
		code = ask_module(argc, argv, &reply);
	if (code)
		return code;
	if (tool->json)
		tool->writer->object(stdout, "stats", reply);
	else
		code = write_counters(reply, all);
	json_decref(reply);
	return code;
}
