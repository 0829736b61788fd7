/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of endpoints must survive, and how it comes back.
 *
 * Whatever changes in an endpoint is marked, and written when the next message is
 * about to leave: nobody is told of a port, or of a lease, that a restart would
 * not know (keep.c). At the start the endpoints come back to the same public ports
 * (restore.c).
 *
 * Of requests under way only those are written whose responses could not be
 * brought home without: whose Via is not what we would write ourselves, or which
 * ask for a lease.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_KEEP_H
#define SIPFAST_DAEMON_ALG_KEEP_H

#include <stdint.h>

struct alg;
struct alg_branch;
struct alg_endpoint;

/** enum alg_part - parts of an endpoint, each of which is written as a whole */
enum alg_part {
	ALG_PART_SELF = 1,
	ALG_PART_PEERS = 2,
	ALG_PART_FORMS = 4,
	ALG_PART_LEASES = 8,
	ALG_PART_ALL = 15,
};

/** A word of the phone's after which nothing else changed is written so late. */
#define ALG_KEEP_USED_MS (60 * 1000)

/** alg_keep() - these parts of @endpoint have changed */
void alg_keep(struct alg *alg, struct alg_endpoint *endpoint,
	      unsigned int parts);

/** alg_keep_branch() - @branch has changed; written at once, if at all */
void alg_keep_branch(struct alg *alg, struct alg_branch *branch);

/** alg_forget() - @endpoint ends */
void alg_forget(struct alg *alg, struct alg_endpoint *endpoint);

/** alg_forget_branch() - @branch ends */
void alg_forget_branch(struct alg *alg, const struct alg_branch *branch);

#endif
