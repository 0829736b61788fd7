// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an earlier daemon has left in the module: by intention, or because it was
 * killed.
 *
 * Its pinholes lead to sockets that are no more, and are removed. Its sessions
 * run on: each is joined again to the call that it is of, by its cookie. One
 * that no call is known for could neither be changed nor ended by anybody, and
 * is ended.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include "gateway/parts.h"
#include "log/log.h"
#include "nl/pinhole.h"
#include "nl/session.h"

/* A dump that was disturbed may lack a session; so often it is begun again. */
#define MAX_DUMPS 8

static bool is_ours(const char *cookie)
{
	return !strncmp(cookie, MEDIA_COOKIE_PREFIX,
			strlen(MEDIA_COOKIE_PREFIX));
}

static int remove_pinhole(void *arg, const struct nl_pinhole *pinhole)
{
	struct gateway *gateway = arg;
	int err;

	if (!pinhole->has.cookie || !is_ours(pinhole->cookie))
		return 0;
	gateway->earlier = true;
	err = nl_pinhole_del(gateway->genl, pinhole->id);
	return err == -ENOENT ? 0 : err;
}

int gateway_open_inherited(struct gateway *gateway)
{
	int err;

	err = nl_pinhole_dump(gateway->genl, remove_pinhole, gateway);
	if (err < 0)
		return gateway_why(gateway, err, "%s",
				   nl_error(gateway->genl));
	if (gateway_has_sessions(gateway))
		gateway->earlier = true;
	return 0;
}

/* Pinholes that are removed do not come back; sessions are their calls'. */
void gateway_close_inherited(struct gateway *gateway)
{
	gateway->earlier = false;
}

static int find_ours(void *arg, const struct nl_session *session)
{
	if (session->has.cookie && is_ours(session->cookie))
		*(bool *)arg = true;
	return 0;
}

bool gateway_has_sessions(struct gateway *gateway)
{
	bool found = false;

	if (nl_session_dump(gateway->genl, find_ours, &found) < 0)
		log_warning("looking for sessions: %s",
			    nl_error(gateway->genl));
	return found;
}

static int adopt(void *arg, const struct nl_session *session)
{
	struct gateway *gateway = arg;
	struct media_plan plan;
	int err;

	if (!session->has.cookie || !is_ours(session->cookie))
		return 0;
	media_kernel_plan(session, &plan);
	if (calls_adopt(gateway->calls, session->cookie, session->id, &plan))
		return 0;
	err = nl_session_del(gateway->genl, session->id, NULL);
	if (err)
		return err == -ENOENT ? 0 : err;
	gateway->restored.sessions_ended++;
	return 0;
}

static void count(void *arg, uint32_t session)
{
	(void)session;
	(*(uint64_t *)arg)++;
}

int gateway_adopt_sessions(struct gateway *gateway)
{
	struct ctl_restored *restored = &gateway->restored;
	unsigned int i;
	int err = 1;

	for (i = 0; i < MAX_DUMPS && err == 1; i++)
		err = nl_session_dump(gateway->genl, adopt, gateway);
	if (err < 0)
		return gateway_why(gateway, err, "%s",
				   nl_error(gateway->genl));
	calls_each_session(gateway->calls, count, &restored->sessions_adopted);
	restored->sessions_made = calls_resume(gateway->calls,
					       gateway_now_ms());
	if (restored->sessions_ended)
		log_notice("sessions of no call that we know, ended: %u",
			   (unsigned int)restored->sessions_ended);
	return 0;
}
