/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Subscriptions: while one lasts, NOTIFYs come to the subscriber's port, and
 * refreshes to the notifier's (RFC 6665). Either may be a phone here.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_SUBSCRIPTION_H
#define SIPFAST_DAEMON_ALG_SUBSCRIPTION_H

#include <stdbool.h>

struct alg_branch;
struct alg_passage;

/** alg_subscription_ask() - a phone's SUBSCRIBE leaves: note what it asks for */
void alg_subscription_ask(struct alg_passage *passage,
			  struct alg_branch *branch);

/**
 * alg_subscription_grant() - a 2xx to a SUBSCRIBE passes, either way
 * @passage: the response
 * @branch: the request, where a phone here has sent it; else NULL
 */
void alg_subscription_grant(struct alg_passage *passage,
			    const struct alg_branch *branch);

/** alg_subscription_notify() - a NOTIFY passes, either way */
void alg_subscription_notify(struct alg_passage *passage);

/** alg_subscription_awaits() - is it for a subscription that we know of? */
bool alg_subscription_awaits(const struct alg_passage *passage);

#endif
