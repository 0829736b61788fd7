// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl device: the devices whose packets the module looks at.
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

static int write_list(const json_t *list)
{
	static const char *const headings[] = {
		"IFNAME", ">IFINDEX", "HOOK", ">PACKETS", NULL,
	};
	static const char *const keys[] = {
		"ifname", "ifindex", "hook", "packets", NULL,
	};
	struct table *table = table_new(headings);
	const char *const *key;
	json_t *device;
	char text[64];
	size_t i;

	if (!table)
		return tool_complain(TOOL_REFUSED, "out of memory");
	json_array_foreach(list, i, device) {
		for (key = keys; *key; key++) {
			const json_t *value = json_object_get(device, *key);

			table_cell(table, "%s",
				   value && writer_text_value(value, text,
							      sizeof(text)) ?
				   text : "-");
		}
	}
	table_end(table, stdout);
	return TOOL_OK;
}

static int list_run(const struct tool *tool, int argc, char **argv)
{
	return request_show_list(tool, SIPFAST_CMD_DEVICE_GET, "device", argc,
				 argv, write_list);
}

/* IFNAME, and then words. */
static int change(uint8_t cmd, int argc, char **argv)
{
	struct nl_genl *genl;
	json_t *object;
	int code;

	if (!argc)
		return tool_complain(TOOL_USAGE, "a device is missing");
	code = words_read(&nl_device_attrs, argc - 1, argv + 1, &object);
	if (code)
		return code;
	json_object_set_new(object, "ifname", json_string(argv[0]));
	code = tool_open(&genl);
	if (!code) {
		code = request_one(genl, cmd, object, NULL);
		nl_genl_close(genl);
	}
	json_decref(object);
	return code;
}

static int add_run(const struct tool *tool, int argc, char **argv)
{
	(void)tool;
	return change(SIPFAST_CMD_DEVICE_NEW, argc, argv);
}

static int del_run(const struct tool *tool, int argc, char **argv)
{
	int code;

	(void)tool;
	code = argc ? tool_no_more(argc - 1, argv + 1) : TOOL_OK;
	return code ? code : change(SIPFAST_CMD_DEVICE_DEL, argc, argv);
}

const struct command device_verbs[] = {
	{ "list", "", "attached devices", .run = list_run },
	{ "add", "IFNAME [hook HOOK]", "attach a device", .run = add_run,
	  .details =
	  "HOOK is ingress or pre-routing; the module chooses where it is not\n"
	  "given.\n" },
	{ "del", "IFNAME", "detach a device", .run = del_run },
	{ 0 },
};
