// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl pinhole: what is let past the input chain to sockets of this
 * machine.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>

#include "nl/genl.h"
#include "nl/types.h"
#include "request.h"
#include "table.h"
#include "tool.h"
#include "words.h"
#include "writer.h"

static void add_row(struct table *table, const json_t *pinhole)
{
	static const struct {
		const char *key;
		const char *otherwise;
	} columns[] = {
		{ "id", "-" },
		{ "local", "*" },
		{ "protocol", "17" },
		{ "peer", "any" },
		{ "packets", "0" },
		{ "cookie", "-" },
	};
	const json_t *value;
	char text[512];
	size_t i;

	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		value = json_object_get(pinhole, columns[i].key);
		if (value && writer_text_value(value, text, sizeof(text)))
			table_cell(table, "%s", text);
		else
			table_cell(table, "%s", columns[i].otherwise);
	}
}

static int write_list(const json_t *list)
{
	static const char *const headings[] = {
		">ID", "LOCAL", "PROTOCOL", "PEER", ">PACKETS", "COOKIE", NULL,
	};
	struct table *table = table_new(headings);
	json_t *pinhole;
	size_t i;

	if (!table)
		return tool_complain(TOOL_REFUSED, "out of memory");
	json_array_foreach(list, i, pinhole)
		add_row(table, pinhole);
	table_end(table, stdout);
	return TOOL_OK;
}

static int list_run(const struct tool *tool, int argc, char **argv)
{
	return request_show_list(tool, SIPFAST_CMD_PINHOLE_GET, "pinhole", argc,
				 argv, write_list);
}

static int add_run(const struct tool *tool, int argc, char **argv)
{
	json_t *given, *reply;
	struct nl_genl *genl;
	int code;

	code = words_read(&nl_pinhole_attrs, argc, argv, &given);
	if (code)
		return code;
	code = tool_open(&genl);
	if (code)
		goto out_given;
	code = request_one(genl, SIPFAST_CMD_PINHOLE_NEW, given, &reply);
	nl_genl_close(genl);
	if (code)
		goto out_given;
	if (tool->json)
		tool->writer->object(stdout, "pinhole", reply);
	else
		printf("%" JSON_INTEGER_FORMAT "\n",
		       json_integer_value(json_object_get(reply, "id")));
	json_decref(reply);
out_given:
	json_decref(given);
	return code;
}

static int show_run(const struct tool *tool, int argc, char **argv)
{
	json_t *reply;
	int code;

	code = request_by_id(SIPFAST_CMD_PINHOLE_GET, "pinhole", argc, argv,
			     &reply);
	if (code)
		return code;
	tool->writer->object(stdout, "pinhole", reply);
	json_decref(reply);
	return TOOL_OK;
}

static int del_run(const struct tool *tool, int argc, char **argv)
{
	(void)tool;
	return request_by_id(SIPFAST_CMD_PINHOLE_DEL, "pinhole", argc, argv,
			     NULL);
}

const struct command pinhole_verbs[] = {
	{ "list", "", "all pinholes", .run = list_run },
	{ "show", "ID", "one pinhole", .run = show_run },
	{ "add", "WORD...", "make a pinhole, print its number", .run = add_run,
	  .details =
	  "WORDs are attribute names of the netlink specification and their values:\n"
	  "\n"
	  "  local ADDRESS:PORT|*:PORT  [protocol 17|6]  [ifindex N|NAME]\n"
	  "  [peer ADDRESS[:PORT]]...  [cookie TEXT]  [lifetime-ms N]\n" },
	{ "del", "ID", "end a pinhole", .run = del_run },
	{ 0 },
};
