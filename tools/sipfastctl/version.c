// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl version: this program and the module.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>

#include "nl/genl.h"
#include "nl/types.h"
#include "request.h"
#include "tool.h"
#include "writer.h"

int version_run(const struct tool *tool, int argc, char **argv)
{
	json_t *versions, *module = NULL;
	struct nl_genl *genl;
	int code;

	if (tool_no_more(argc, argv))
		return TOOL_USAGE;
	code = tool_open(&genl);
	if (!code) {
		code = request_one(genl, SIPFAST_CMD_INFO_GET, NULL, &module);
		nl_genl_close(genl);
	}
	if (!tool->json) {
		puts("sipfastctl " SIPFAST_VERSION);
		if (module)
			tool->writer->object(stdout, "sipfast.ko", module);
	} else {
		versions = json_pack("{s:s}", "sipfastctl", SIPFAST_VERSION);
		if (module)
			json_object_set(versions, "module", module);
		tool->writer->object(stdout, "version", versions);
		json_decref(versions);
	}
	json_decref(module);
	return code;
}
