// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines on standard error, each written in one piece.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "log/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const level_names[] = {
	[LOG_LEVEL_ERR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_NOTICE] = "notice",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static enum log_level most = LOG_LEVEL_INFO;
static bool prefixed;

void log_init(enum log_level level, bool prefix)
{
	most = level;
	prefixed = prefix;
}

int log_level_parse(const char *word)
{
	int level;

	for (level = LOG_LEVEL_ERR; level <= LOG_LEVEL_DEBUG; level++)
		if (!strcmp(word, level_names[level]))
			return level;
	return -EINVAL;
}

void log_line(enum log_level level, const char *format, ...)
{
	char line[1024];
	va_list ap;

	if (level > most)
		return;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (prefixed)
		fprintf(stderr, "<%d>%s\n", level, line);
	else
		fprintf(stderr, "sipfastd: %s: %s\n", level_names[level], line);
}
