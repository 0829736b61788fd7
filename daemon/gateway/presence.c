// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel has: the numbers of its sessions, by one dump, for whoever
 * wants to know of many whether they are still there.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdlib.h>

#include "gateway/parts.h"
#include "log/log.h"
#include "nl/session.h"

static int add_id(void *arg, const struct nl_session *session)
{
	struct presence *presence = arg;
	unsigned int room;
	uint32_t *ids;

	if (presence->n_ids == presence->room) {
		room = presence->room ? 2 * presence->room : 64;
		ids = realloc(presence->ids, room * sizeof(*ids));
		if (!ids)
			return -ENOMEM;
		presence->ids = ids;
		presence->room = room;
	}
	presence->ids[presence->n_ids++] = session->id;
	return 0;
}

static int compare(const void *one, const void *other)
{
	const uint32_t *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

int gateway_look(struct gateway *gateway, struct presence *presence)
{
	int err;

	*presence = (struct presence){ 0 };
	err = nl_session_dump(gateway->genl, add_id, presence);
	if (err < 0) {
		log_warning("looking for sessions: %s",
			    nl_error(gateway->genl));
		gateway_look_away(presence);
		return err;
	}
	if (presence->n_ids)
		qsort(presence->ids, presence->n_ids, sizeof(*presence->ids),
		      compare);
	return 0;
}

void gateway_look_away(struct presence *presence)
{
	free(presence->ids);
	presence->ids = NULL;
}

bool gateway_is_gone(struct gateway *gateway, const struct presence *presence,
		     uint32_t id)
{
	struct nl_session session;

	if (presence->n_ids && bsearch(&id, presence->ids, presence->n_ids,
				       sizeof(id), compare))
		return false;
	return nl_session_get(gateway->genl, id, &session) == -ENOENT;
}
