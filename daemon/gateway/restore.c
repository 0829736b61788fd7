// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What survives this process: a store, into which endpoints and calls write, and
 * out of which they come back when everything that serves them stands.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
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
	alg_commit(gateway->alg);
}

/* What could not come back, or has run out, is in the store no more after it. */
int gateway_open_restored(struct gateway *gateway)
{
	struct ctl_restored *restored = &gateway->restored;

	restored->endpoints = alg_restore(gateway->alg);
	write_anew(gateway);
	if (restored->endpoints)
		log_notice("phones that have their public ports again: %u",
			   (unsigned int)restored->endpoints);
	return 0;
}

/* They go with their tables. */
void gateway_close_restored(struct gateway *gateway)
{
	(void)gateway;
}

void gateway_save(struct gateway *gateway, uint64_t now_ms)
{
	if (store_is_behind(gateway->store, now_ms))
		write_anew(gateway);
	else
		alg_commit(gateway->alg);
}
