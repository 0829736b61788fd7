// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A question to sipfastd, through its control socket: a line of JSON there, a
 * line of JSON back.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon.h"
#include "tool.h"

/* A daemon that says nothing for so long is not well. */
#define PATIENCE_S 10

static int complain(const struct tool *tool, int error)
{
	const char *why = strerror(error);

	if (error == EAGAIN)
		why = "sipfastd does not answer";
	else if (error == ENOENT || error == ECONNREFUSED)
		return tool_complain(TOOL_ABSENT, "%s: sipfastd is not running",
				     tool->socket);
	return tool_complain(TOOL_ABSENT, "%s: %s", tool->socket, why);
}

static int dial(const struct tool *tool, FILE **stream)
{
	struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, code;

	if (strlen(tool->socket) >= sizeof(address.sun_path))
		return tool_complain(TOOL_USAGE, "%s: too long", tool->socket);
	strcpy(address.sun_path, tool->socket);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return complain(tool, errno);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		*stream = fdopen(fd, "r+");
		if (*stream)
			return TOOL_OK;
	}
	code = complain(tool, errno);
	close(fd);
	return code;
}

static int read_answer(json_t *answer, json_t **result)
{
	const char *error;

	if (json_is_true(json_object_get(answer, "ok"))) {
		*result = json_incref(json_object_get(answer, "result"));
		return TOOL_OK;
	}
	error = json_string_value(json_object_get(answer, "error"));
	return tool_complain(TOOL_REFUSED, "sipfastd: %s",
			     error ? error : "an answer without a meaning");
}

static int converse(const struct tool *tool, FILE *stream,
		    const json_t *request, json_t **result)
{
	json_error_t error;
	json_t *answer;
	int code;

	json_dumpf(request, stream, JSON_COMPACT);
	fputc('\n', stream);
	if (fflush(stream))
		return complain(tool, errno);
	errno = 0;
	answer = json_loadf(stream, JSON_DISABLE_EOF_CHECK, &error);
	if (answer)
		code = read_answer(answer, result);
	else if (errno)
		code = complain(tool, errno);
	else
		code = tool_complain(TOOL_REFUSED, "%s: %s", tool->socket,
				     error.text);
	json_decref(answer);
	return code;
}

int daemon_ask_about(const struct tool *tool, json_t *request, json_t **result)
{
	FILE *stream;
	int code;

	if (!request)
		return tool_complain(TOOL_REFUSED, "out of memory, or no UTF-8");
	code = dial(tool, &stream);
	if (!code) {
		code = converse(tool, stream, request, result);
		fclose(stream);
	}
	json_decref(request);
	return code;
}

int daemon_ask(const struct tool *tool, const char *command, json_t **result)
{
	return daemon_ask_about(tool, json_pack("{s:s}", "command", command),
				result);
}
