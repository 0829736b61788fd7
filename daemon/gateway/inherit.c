// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an earlier daemon has left in the module: by intention, or because it was
 * killed.
 *
 * Its calls run on. Their ports are lent until the kernel says that they have
 * ended. Its pinholes lead to sockets that are no more, and are removed.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "gateway/parts.h"
#include "log/log.h"
#include "nl/pinhole.h"
#include "nl/session.h"

/**
 * struct inherited - a session of before
 * @session: as it was found
 * @hh: by its id
 */
struct inherited {
	struct nl_session session;
	UT_hash_handle hh;
};

static bool is_ours(const char *cookie)
{
	return !strncmp(cookie, MEDIA_COOKIE_PREFIX,
			strlen(MEDIA_COOKIE_PREFIX));
}

static int inherit_session(void *arg, const struct nl_session *session)
{
	struct gateway *gateway = arg;
	struct inherited *found;

	if (!session->has.cookie || !is_ours(session->cookie))
		return 0;
	/* A disturbed dump may show one twice. */
	HASH_FIND(hh, gateway->inherited, &session->id, sizeof(session->id),
		  found);
	if (found)
		return 0;
	found = malloc(sizeof(*found));
	if (!found)
		return -ENOMEM;
	found->session = *session;
	HASH_ADD(hh, gateway->inherited, session.id, sizeof(session->id),
		 found);
	return 0;
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

static void forget(struct gateway *gateway)
{
	struct inherited *found, *next;

	HASH_ITER(hh, gateway->inherited, found, next) {
		HASH_DEL(gateway->inherited, found);
		free(found);
	}
}

int gateway_open_inherited(struct gateway *gateway)
{
	int err;

	err = nl_pinhole_dump(gateway->genl, remove_pinhole, gateway);
	if (err >= 0)
		err = nl_session_dump(gateway->genl, inherit_session, gateway);
	if (err >= 0)
		err = media_kernel_take_ports(gateway->media, gateway->ports);
	if (err < 0) {
		gateway_why(gateway, err, "%s", nl_error(gateway->genl));
		forget(gateway);
		return err;
	}
	if (gateway->inherited) {
		gateway->earlier = true;
		log_notice("calls of before that run on: %u",
			   HASH_COUNT(gateway->inherited));
	}
	return 0;
}

void gateway_close_inherited(struct gateway *gateway)
{
	if (gateway->inherited && !gateway->keep &&
	    nl_session_flush(gateway->genl, MEDIA_COOKIE_PREFIX))
		log_warning("ending calls of before: %s",
			    nl_error(gateway->genl));
	forget(gateway);
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

static void end_inherited(struct gateway *gateway, struct inherited *found)
{
	media_kernel_put_ports(&found->session, gateway->ports,
			       gateway_now_ms());
	HASH_DEL(gateway->inherited, found);
	free(found);
}

void gateway_inherited_ended(struct gateway *gateway,
			     const struct nl_session *session)
{
	struct inherited *found;

	HASH_FIND(hh, gateway->inherited, &session->id, sizeof(session->id),
		  found);
	if (found)
		end_inherited(gateway, found);
}

unsigned int gateway_inherited_resync(struct gateway *gateway,
				      const struct presence *presence)
{
	struct inherited *found, *next;
	unsigned int n_gone = 0;

	HASH_ITER(hh, gateway->inherited, found, next) {
		if (!gateway_is_gone(gateway, presence, found->session.id))
			continue;
		end_inherited(gateway, found);
		n_gone++;
	}
	return n_gone;
}
