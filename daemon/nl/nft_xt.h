/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What iptables-nft leaves in a rule in the form of its own extensions.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_NFT_XT_H
#define SIPFAST_DAEMON_NL_NFT_XT_H

#include <stdbool.h>
#include <stddef.h>

struct nl_rule;

/**
 * nft_xt_read_match() - destination ports of the matches udp, tcp and multiport
 * @rule: gets them
 * @name: of the match
 * @info: its data
 * @len: in so many bytes
 */
void nft_xt_read_match(struct nl_rule *rule, const char *name, const void *info,
		       size_t len);

/**
 * nft_xt_read_target() - what the targets of NAT, and CT, do
 * @rule: gets it
 * @name: of the target
 * @info: its data
 * @len: in so many bytes
 *
 * Return: false where it is none of these, or does nothing of interest.
 */
bool nft_xt_read_target(struct nl_rule *rule, const char *name,
			const void *info, size_t len);

#endif
