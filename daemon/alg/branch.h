/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Branches: what a phone's request looked like, until its responses are through.
 *
 * We replace the sent-by of the topmost Via, and the response brings ours back.
 * The phone is to see its own again, and be answered where it waits (RFC 3261
 * 18.2.2, RFC 3581 4). When a record is gone, the phone's address as we know it
 * has to do.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_BRANCH_H
#define SIPFAST_DAEMON_ALG_BRANCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "alg/address.h"

struct alg;
struct alg_ask;

/** After a final response, and for all but INVITE: 64 * T1 (RFC 3261 17.1). */
#define ALG_BRANCH_MS		(32 * 1000)

/** While it rings: a proxy's timer C is longer than 3 minutes (RFC 3261 16.6). */
#define ALG_BRANCH_RINGING_MS	(240 * 1000)

/** Records kept at most; then the oldest goes. */
#define ALG_MAX_BRANCHES	65536

/**
 * struct alg_branch_key - which transaction (RFC 3261 17.1.3)
 * @endpoint: of the phone
 * @method: of its CSeq, for a CANCEL has the branch of its INVITE,
 * @method_len:	in so many bytes
 * @id: the branch; the Call-ID where RFC 2543 knew none,
 * @id_len:	in so many bytes
 */
struct alg_branch_key {
	uint32_t endpoint;
	const char *method;
	size_t method_len;
	const char *id;
	size_t id_len;
};

/**
 * struct alg_branch - a request of a phone
 * @key: its key, written out
 * @sent_by: host and port of its topmost Via, as they came; NUL-terminated
 * @maddr: the Via's maddr was the phone's address, and has been replaced
 * @reply: where the phone waits for responses
 * @source_port: the port that the request has come from
 * @is_invite: it is an INVITE, which may ring for long
 * @ask: what a REGISTER or SUBSCRIBE asks for, or NULL (registration.c)
 * @expires_ms: when this record ends
 * @saved: it is in the store, too
 * @hh: in the table, oldest first
 */
struct alg_branch {
	char *key;
	char *sent_by;
	bool maddr;
	struct alg_address reply;
	uint16_t source_port;
	bool is_invite;
	struct alg_ask *ask;
	uint64_t expires_ms;
	bool saved;
	UT_hash_handle hh;
};

/** Longest key written out; no header line that sip/ indexes is longer. */
#define ALG_BRANCH_KEY_LEN 8192

/**
 * alg_branch_key_write() - a key as bytes
 * @bytes: ALG_BRANCH_KEY_LEN of them
 *
 * Return: how many; 0 where they are too many.
 */
size_t alg_branch_key_write(const struct alg_branch_key *key, char *bytes);

/**
 * alg_branch_remember() - a phone has sent a request
 * @alg: the ALG
 * @key: which
 * @sent_by: host and port of its topmost Via
 * @sent_by_len: how many bytes
 *
 * A retransmission finds the record of the first, which lives on.
 *
 * Return: the record, to be completed; NULL where memory is short.
 */
struct alg_branch *alg_branch_remember(struct alg *alg,
				       const struct alg_branch_key *key,
				       const char *sent_by, size_t sent_by_len);

/** alg_branch_key_of() - which transaction is it? Its bytes are the record's. */
struct alg_branch_key alg_branch_key_of(const struct alg_branch *branch);

/** alg_branch_find() - the request that a response answers, or NULL */
struct alg_branch *alg_branch_find(struct alg *alg,
				   const struct alg_branch_key *key);

/**
 * alg_branch_responded() - a response has come
 * @alg: the ALG
 * @branch: to this request
 * @status: its status code
 */
void alg_branch_responded(struct alg *alg, struct alg_branch *branch,
			  unsigned int status);

/** alg_branches_expire() - forget what has run out */
void alg_branches_expire(struct alg *alg, uint64_t now_ms);

/** alg_branches_free() - forget all */
void alg_branches_free(struct alg *alg);

#endif
