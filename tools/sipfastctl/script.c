// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Commands from a file, one a line, as ip -batch has them: the words of a line
 * are what would follow the options, `#' begins a comment. The first command that
 * fails is the last.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Most words in a line: a session of all its streams, with all they can have. */
#define MAX_WORDS 1024

static int run_line(const struct tool *tool, char *line, tool_run_fn run)
{
	char *words[MAX_WORDS + 1];
	char *word, *rest;
	int n = 0;

	line[strcspn(line, "#")] = '\0';
	for (word = strtok_r(line, " \t\n", &rest); word;
	     word = strtok_r(NULL, " \t\n", &rest)) {
		if (n == MAX_WORDS)
			return tool_complain(TOOL_USAGE, "too many words");
		words[n++] = word;
	}
	words[n] = NULL;
	return n ? run(tool, n, words) : TOOL_OK;
}

int script_run(const struct tool *tool, const char *path, tool_run_fn run)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	unsigned int number = 0;
	int code = TOOL_OK;
	char *line = NULL;
	size_t room = 0;

	if (!file)
		return tool_complain(TOOL_USAGE, "%s: %s", path,
				     strerror(errno));
	while (!code && getline(&line, &room, file) >= 0) {
		number++;
		code = run_line(tool, line, run);
		fflush(stdout);
	}
	if (!code && ferror(file))
		code = tool_complain(TOOL_USAGE, "%s: %s", path,
				     strerror(errno));
	else if (code)
		tool_complain(code, "%s:%u: no command after this one is run",
			      is_stdin ? "stdin" : path, number);
	free(line);
	if (!is_stdin)
		fclose(file);
	return code;
}
