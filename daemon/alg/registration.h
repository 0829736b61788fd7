/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registrations: each binding that a registrar grants is a lease on the port
 * that its Contact names (RFC 3261 section 10).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_REGISTRATION_H
#define SIPFAST_DAEMON_ALG_REGISTRATION_H

struct alg_branch;
struct alg_passage;

/** alg_registration_ask() - a phone's REGISTER leaves: note what it asks for */
void alg_registration_ask(struct alg_passage *passage,
			  struct alg_branch *branch);

/**
 * alg_registration_grant() - a 2xx to a REGISTER comes in
 * @passage: the response
 * @branch: the request that it answers
 *
 * Only bindings that were asked for change. A query changes none (sip-alg B13).
 */
void alg_registration_grant(struct alg_passage *passage,
			    const struct alg_branch *branch);

#endif
