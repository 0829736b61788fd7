/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loans: a request that has come by a connection of its server's own reaches the
 * phone by the connection that the phone has already, with another server
 * perhaps. Its responses come back there, and have to be told from those that
 * are for the other one (RFC 3261 18.2.2).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_LOAN_H
#define SIPFAST_DAEMON_ALG_LOAN_H

#include <stdint.h>

struct alg;
struct alg_passage;
struct tcp_flow;

/** Loans at a time; then the oldest is forgotten. */
#define ALG_MAX_LOANS 8192

/** alg_loan_note() - the request of @passage goes by somebody else's connection */
void alg_loan_note(struct alg_passage *passage);

/** alg_loan_flow() - where the response of @passage belongs; NULL: on its own flow */
struct tcp_flow *alg_loan_flow(struct alg_passage *passage);

/** alg_loans_end() - @flow is no more */
void alg_loans_end(struct alg *alg, const struct tcp_flow *flow);

/** alg_loans_expire() - forget what has run out */
void alg_loans_expire(struct alg *alg, uint64_t now_ms);

/** alg_loans_free() - forget all */
void alg_loans_free(struct alg *alg);

#endif
