// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Branches: what a phone's request looked like, until its responses are through.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/branch.h"

#include <stdlib.h>
#include <string.h>

#include "alg/keep.h"
#include "alg/lease.h"
#include "alg/parts.h"

size_t alg_branch_key_write(const struct alg_branch_key *key, char *bytes)
{
	const size_t number_len = sizeof(key->endpoint);
	const size_t len = number_len + key->method_len + 1 + key->id_len;

	if (len > ALG_BRANCH_KEY_LEN)
		return 0;
	memcpy(bytes, &key->endpoint, number_len);
	bytes += number_len;
	memcpy(bytes, key->method, key->method_len);
	bytes += key->method_len;
	*bytes++ = ' ';
	memcpy(bytes, key->id, key->id_len);
	return len;
}

struct alg_branch_key alg_branch_key_of(const struct alg_branch *branch)
{
	const char *method = branch->key + sizeof(uint32_t);
	const char *id, *end = branch->key + branch->hh.keylen;
	struct alg_branch_key key = { .method = method };

	memcpy(&key.endpoint, branch->key, sizeof(key.endpoint));
	id = memchr(method, ' ', end - method) + 1;
	key.method_len = id - 1 - method;
	key.id = id;
	key.id_len = end - id;
	return key;
}

static void forget(struct alg *alg, struct alg_branch *branch)
{
	alg_forget_branch(alg, branch);
	HASH_DEL(alg->branches, branch);
	alg_ask_free(branch->ask);
	free(branch->key);
	free(branch->sent_by);
	free(branch);
}

static struct alg_branch *add(struct alg *alg, const char *key, size_t key_len)
{
	struct alg_branch *branch = calloc(1, sizeof(*branch));

	if (!branch)
		return NULL;
	branch->key = malloc(key_len);
	if (!branch->key) {
		free(branch);
		return NULL;
	}
	memcpy(branch->key, key, key_len);
	if (HASH_COUNT(alg->branches) >= ALG_MAX_BRANCHES)
		forget(alg, alg->branches);
	HASH_ADD_KEYPTR(hh, alg->branches, branch->key, key_len, branch);
	return branch;
}

static bool is_invite(const struct alg_branch_key *key)
{
	return key->method_len == strlen("INVITE") &&
	       !memcmp(key->method, "INVITE", key->method_len);
}

static void last_until(struct alg_branch *branch, uint64_t expires_ms)
{
	if (branch->expires_ms < expires_ms)
		branch->expires_ms = expires_ms;
}

struct alg_branch *alg_branch_find(struct alg *alg,
				   const struct alg_branch_key *key)
{
	struct alg_branch *branch;
	char bytes[ALG_BRANCH_KEY_LEN];
	size_t len = alg_branch_key_write(key, bytes);

	HASH_FIND(hh, alg->branches, bytes, len, branch);
	return branch;
}

struct alg_branch *alg_branch_remember(struct alg *alg,
				       const struct alg_branch_key *key,
				       const char *sent_by, size_t sent_by_len)
{
	struct alg_branch *branch = alg_branch_find(alg, key);
	char *copy = strndup(sent_by, sent_by_len);
	char bytes[ALG_BRANCH_KEY_LEN];
	size_t len = alg_branch_key_write(key, bytes);

	if (!branch && len && copy)
		branch = add(alg, bytes, len);
	if (!branch || !copy) {
		free(copy);
		return NULL;
	}
	free(branch->sent_by);
	branch->sent_by = copy;
	branch->is_invite = is_invite(key);
	last_until(branch, alg_now_ms(alg) + ALG_BRANCH_MS);
	return branch;
}

void alg_branch_responded(struct alg *alg, struct alg_branch *branch,
			  unsigned int status)
{
	bool rings = branch->is_invite && status < 200;

	last_until(branch, alg_now_ms(alg) +
		   (rings ? ALG_BRANCH_RINGING_MS : ALG_BRANCH_MS));
	if (branch->saved)
		alg_keep_branch(alg, branch);
}

void alg_branches_expire(struct alg *alg, uint64_t now_ms)
{
	struct alg_branch *branch, *next;

	HASH_ITER(hh, alg->branches, branch, next)
		if (branch->expires_ms <= now_ms)
			forget(alg, branch);
}

void alg_branches_free(struct alg *alg)
{
	struct alg_branch *branch, *next;

	HASH_ITER(hh, alg->branches, branch, next)
		forget(alg, branch);
}
