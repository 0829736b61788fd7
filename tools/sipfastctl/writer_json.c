// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documents as JSON: one on a line, or indented for people.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdbool.h>

#include "writer.h"

static void write_line(FILE *out, const char *name, const json_t *value)
{
	(void)name;
	json_dumpf(value, out, JSON_COMPACT);
	fputc('\n', out);
}

static void write_pretty(FILE *out, const char *name, const json_t *value)
{
	(void)name;
	json_dumpf(value, out, JSON_INDENT(4));
	fputc('\n', out);
}

const struct writer writer_json = { write_line, write_line };
const struct writer writer_json_pretty = { write_pretty, write_pretty };
