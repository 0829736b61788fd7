/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transaction with nf_tables: all of it happens, or nothing.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_NFT_BATCH_H
#define SIPFAST_DAEMON_NL_NFT_BATCH_H

#include <stddef.h>
#include <stdint.h>

struct mnl_socket;
struct mnl_nlmsg_batch;
struct nftnl_chain;
struct nftnl_rule;
struct nftnl_set;
struct nftnl_table;

/** Bytes that a transaction of ours may have; it has about a tenth of them. */
#define NFT_BATCH_LEN 65536

/**
 * struct nft_batch - a transaction that is being put together
 * @batch: its messages
 * @seq: number of the next message
 * @first: number of the first
 * @buffer: where the messages are
 */
struct nft_batch {
	struct mnl_nlmsg_batch *batch;
	uint32_t seq;
	uint32_t first;
	char buffer[2 * NFT_BATCH_LEN];
};

/**
 * nft_batch_begin() - begin a transaction
 *
 * Return: the transaction, or NULL with errno set.
 */
struct nft_batch *nft_batch_begin(void);

/** nft_batch_free() - forget it; NULL is fine */
void nft_batch_free(struct nft_batch *batch);

/*
 * What can be in a transaction. The objects are described before and are still
 * the caller's afterwards.
 */
void nft_batch_add_table(struct nft_batch *batch,
			 const struct nftnl_table *table);
void nft_batch_del_table(struct nft_batch *batch,
			 const struct nftnl_table *table);
void nft_batch_add_chain(struct nft_batch *batch,
			 const struct nftnl_chain *chain);
void nft_batch_add_rule(struct nft_batch *batch, struct nftnl_rule *rule);
void nft_batch_add_set(struct nft_batch *batch, struct nftnl_set *set);
void nft_batch_add_elements(struct nft_batch *batch, struct nftnl_set *set);
void nft_batch_del_elements(struct nft_batch *batch, struct nftnl_set *set);

/**
 * nft_batch_commit() - make it happen
 * @batch: the transaction
 * @socket: a socket of NETLINK_NETFILTER
 * @text: says why not, on failure
 * @len: bytes in @text
 *
 * Return: 0, or -errno, and then nothing has happened.
 */
int nft_batch_commit(struct nft_batch *batch, struct mnl_socket *socket,
		     char *text, size_t len);

#endif
