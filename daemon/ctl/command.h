/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of the control socket, and what they are answered.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CTL_COMMAND_H
#define SIPFAST_DAEMON_CTL_COMMAND_H

#include <stddef.h>

#include <jansson.h>

struct ctl_sources;

/**
 * ctl_answer() - answer one request
 * @sources: where the answers come from
 * @line: the request, without its newline
 * @len: its length
 *
 * Return: the reply as one line with its newline, to be freed; NULL where there
 * was no memory for it.
 */
char *ctl_answer(const struct ctl_sources *sources, const char *line,
		 size_t len);

/** ctl_refusal() - the reply that says @error; to be freed, or NULL */
char *ctl_refusal(const char *error);

/** ctl_text() - a string that came in a message, whose bytes may be anything */
json_t *ctl_text(const char *bytes);

/** ctl_key() - the name of a counter, spelled like the attributes of the YAML */
json_t *ctl_key(const char *name);

#endif
