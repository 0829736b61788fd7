/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands that ask why: call-why and endpoint-why.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CTL_WHY_H
#define SIPFAST_DAEMON_CTL_WHY_H

#include <jansson.h>

struct ctl_sources;

/**
 * ctl_why_call() - what was done to the messages of a call, and why
 * @sources: where the answers come from
 * @request: {"call-id": its Call-ID, or the beginning of it}
 * @error: set where the result is NULL
 *
 * Return: the result, a new reference; or NULL.
 */
json_t *ctl_why_call(const struct ctl_sources *sources, const json_t *request,
		     const char **error);

/** ctl_why_endpoint() - likewise of an endpoint; @request is {"id": number} */
json_t *ctl_why_endpoint(const struct ctl_sources *sources,
			 const json_t *request, const char **error);

#endif
