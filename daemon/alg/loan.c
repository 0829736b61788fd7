// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loans: whose answers a lent connection brings.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/loan.h"

#include <stdlib.h>
#include <string.h>

#include "alg/branch.h"
#include "alg/parts.h"
#include "alg/passage.h"
#include "alg/via.h"

/**
 * struct alg_loan - a request that is being answered
 * @flow: by which it came
 * @expires_ms: when this record ends
 * @hh: by @key, oldest first
 * @key: which transaction: written out by alg_branch_key_write()
 */
struct alg_loan {
	struct tcp_flow *flow;
	uint64_t expires_ms;
	UT_hash_handle hh;
	char key[];
};

static void forget(struct alg *alg, struct alg_loan *loan)
{
	HASH_DEL(alg->loans, loan);
	free(loan);
}

static struct alg_loan *find(struct alg_passage *passage, char *bytes,
			     size_t *len)
{
	struct alg_branch_key key;
	struct alg_loan *loan;

	*len = alg_via_key(passage, &key) ?
	       alg_branch_key_write(&key, bytes) : 0;
	if (!*len)
		return NULL;
	HASH_FIND(hh, passage->alg->loans, bytes, *len, loan);
	return loan;
}

static void last(struct alg_passage *passage, struct alg_loan *loan,
		 bool is_over)
{
	const bool rings = passage->method == SIP_INVITE && !is_over;

	loan->expires_ms = alg_now_ms(passage->alg) +
			   (rings ? ALG_BRANCH_RINGING_MS : ALG_BRANCH_MS);
}

void alg_loan_note(struct alg_passage *passage)
{
	struct alg *alg = passage->alg;
	char bytes[ALG_BRANCH_KEY_LEN];
	struct alg_loan *loan;
	size_t len;

	loan = find(passage, bytes, &len);
	if (!len)
		return;
	if (!loan) {
		loan = malloc(sizeof(*loan) + len);
		if (!loan)
			return;
		memcpy(loan->key, bytes, len);
		if (HASH_COUNT(alg->loans) >= ALG_MAX_LOANS)
			forget(alg, alg->loans);
		HASH_ADD_KEYPTR(hh, alg->loans, loan->key, len, loan);
	}
	loan->flow = passage->message->flow;
	last(passage, loan, false);
}

struct tcp_flow *alg_loan_flow(struct alg_passage *passage)
{
	char bytes[ALG_BRANCH_KEY_LEN];
	struct alg_loan *loan;
	size_t len;

	if (!passage->alg->loans)
		return NULL;
	loan = find(passage, bytes, &len);
	if (!loan)
		return NULL;
	last(passage, loan, passage->msg->status >= 200);
	return loan->flow;
}

void alg_loans_end(struct alg *alg, const struct tcp_flow *flow)
{
	struct alg_loan *loan, *next;

	HASH_ITER(hh, alg->loans, loan, next)
		if (loan->flow == flow)
			forget(alg, loan);
}

void alg_loans_expire(struct alg *alg, uint64_t now_ms)
{
	struct alg_loan *loan, *next;

	HASH_ITER(hh, alg->loans, loan, next)
		if (loan->expires_ms <= now_ms)
			forget(alg, loan);
}

void alg_loans_free(struct alg *alg)
{
	struct alg_loan *loan, *next;

	HASH_ITER(hh, alg->loans, loan, next)
		forget(alg, loan);
}
