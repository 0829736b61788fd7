/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chains of our nft table, and their rules.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_NFT_CHAINS_H
#define SIPFAST_DAEMON_NL_NFT_CHAINS_H

struct nft_batch;
struct nl_nft_conf;

/**
 * nft_chains_add() - add all chains and rules
 * @batch: transaction, in which the table and its sets are already
 * @conf: what they are made from
 *
 * Return: 0, or -ENOMEM.
 */
int nft_chains_add(struct nft_batch *batch, const struct nl_nft_conf *conf);

#endif
