/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A question to sipfastd, through its control socket.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFASTCTL_DAEMON_H
#define SIPFASTCTL_DAEMON_H

#include <jansson.h>

struct tool;

/**
 * daemon_ask() - ask the daemon
 * @tool: has the path of the socket
 * @command: "endpoint-list"
 * @result: gets what it answers
 *
 * Return: exit code; on failure the complaint has been made.
 */
int daemon_ask(const struct tool *tool, const char *command, json_t **result);

/**
 * daemon_ask_about() - ask the daemon about something
 * @tool: likewise
 * @request: {"command": "call-why", ...}; the reference is taken; NULL stands
 *	for no memory
 * @result: likewise
 *
 * Return: likewise.
 */
int daemon_ask_about(const struct tool *tool, json_t *request,
		     json_t **result);

#endif
