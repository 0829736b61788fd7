/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The four walks: a request and a response, each on its way out and in.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_WALK_H
#define SIPFAST_DAEMON_ALG_WALK_H

struct alg_passage;

/** alg_request_out() - a phone asks somebody outside */
void alg_request_out(struct alg_passage *passage);

/** alg_request_in() - somebody outside asks a phone */
void alg_request_in(struct alg_passage *passage);

/** alg_response_out() - a phone answers */
void alg_response_out(struct alg_passage *passage);

/** alg_response_in() - somebody outside answers a phone */
void alg_response_in(struct alg_passage *passage);

#endif
