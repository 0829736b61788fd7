/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sipfastd has changed in messages, or left alone, and why.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFASTCTL_WHY_H
#define SIPFASTCTL_WHY_H

#include <jansson.h>

struct tool;

/**
 * why_ask() - ask the daemon, and show what it says
 * @tool: the options
 * @request: call-why or endpoint-why; the reference is taken
 *
 * Return: exit code; on failure the complaint has been made.
 */
int why_ask(const struct tool *tool, json_t *request);

#endif
