// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages for the ALG's stage, as texts: made of lines, changed, and answered.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg_bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *message(const char *line, ...)
{
	char *made = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&made, &len);
	va_list lines;

	va_start(lines, line);
	for (; line; line = va_arg(lines, const char *))
		fprintf(stream, "%s\r\n", line);
	va_end(lines);
	fprintf(stream, "\r\n");
	fclose(stream);
	return kept(made);
}

const char *text(const char *format, ...)
{
	char *made;
	va_list args;

	va_start(args, format);
	assert_true(vasprintf(&made, format, args) >= 0);
	va_end(args);
	return kept(made);
}

const char *body(const char *msg, const char *type, const char *bytes)
{
	return text("%.*sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
		    (int)strlen(msg) - 2, msg, type, strlen(bytes), bytes);
}

const char *with(const char *whole, const char *old, const char *new)
{
	const char *at = strstr(whole, old);

	if (!at || strstr(at + 1, old)) {
		fail_msg("'%s' does not stand once in:\n%s", old, whole);
		return NULL;
	}
	return text("%.*s%s%s", (int)(at - whole), whole, new,
		    at + strlen(old));
}

static bool is_echoed(const char *line)
{
	static const char *const names[] = {
		"Via:", "v:", "Record-Route:", "From:", "To:", "Call-ID:",
		"CSeq:",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(line, names[i], strlen(names[i])))
			return true;
	return false;
}

const char *response(const char *request, const char *status,
		     const char *lines)
{
	const char *line, *line_end;
	bool echoed = false;
	char *made = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&made, &len);

	fprintf(stream, "SIP/2.0 %s\r\n", status);
	for (line = request; *line; line = line_end) {
		line_end = strstr(line, "\r\n") + 2;
		if (line_end == line + 2)
			break;
		if (*line != ' ' && *line != '\t')
			echoed = is_echoed(line);
		if (echoed)
			fprintf(stream, "%.*s", (int)(line_end - line), line);
	}
	fprintf(stream, "%s\r\n", lines);
	fclose(stream);
	return kept(made);
}
