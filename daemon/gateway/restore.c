// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What survives this process: a store, into which endpoints and calls write, and
 * out of which they come back when everything that serves them stands.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "gateway/parts.h"
#include "log/log.h"
#include "store/store.h"

int gateway_open_store(struct gateway *gateway)
{
	gateway->store = store_open(gateway->conf->state, gateway_now_ms());
	if (!gateway->store)
		return gateway_why(gateway, -ENOMEM, "%s", strerror(ENOMEM));
	return 0;
}

void gateway_close_store(struct gateway *gateway)
{
	store_close(gateway->store);
}

static void write_anew(struct gateway *gateway)
{
	store_begin_anew(gateway->store);
	alg_keep_all(gateway->alg);
	calls_keep_all(gateway->calls);
	gateway_keep_peers(gateway);
	alg_commit(gateway->alg);
}

/*
 * Endpoints, the calls that stand on them, the sessions that belong to these, and
 * peers at ports of their own. What could not come back, or has run out, is in the
 * store no more after it.
 */
int gateway_open_restored(struct gateway *gateway)
{
	struct ctl_restored *restored = &gateway->restored;
	int err;

	restored->endpoints = alg_restore(gateway->alg);
	restored->calls = calls_restore(gateway->calls, gateway_now_ms());
	err = gateway_adopt_sessions(gateway);
	if (err)
		return err;
	gateway_restore_peers(gateway);
	write_anew(gateway);
	if (restored->endpoints)
		log_notice("of before: %" PRIu64 " phones, %" PRIu64
			   " calls, %" PRIu64 " sessions that ran on",
			   restored->endpoints, restored->calls,
			   restored->sessions_adopted);
	return 0;
}

/* They go with their tables. */
void gateway_close_restored(struct gateway *gateway)
{
	gateway->restored = (struct ctl_restored){ 0 };
}

void gateway_save(struct gateway *gateway, uint64_t now_ms)
{
	if (store_is_behind(gateway->store, now_ms))
		write_anew(gateway);
	else
		alg_commit(gateway->alg);
}
