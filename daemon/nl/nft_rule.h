/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words that our nft rules are written in.
 *
 * Each function adds to a rule what one phrase of nft's own language says; the
 * phrase stands beside it. A rule is read from top to bottom, and ends where a
 * phrase does not hold.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_NFT_RULE_H
#define SIPFAST_DAEMON_NL_NFT_RULE_H

#include <netinet/in.h>
#include <stdint.h>

struct nftnl_rule;

/**
 * nft_rule_new() - begin a rule of our table
 * @chain: its chain
 * @comment: for the operator who lists it
 *
 * Return: the rule, or NULL with errno set.
 */
struct nftnl_rule *nft_rule_new(const char *chain, const char *comment);

/* What a packet may be like. Sets are given by name. */

/* meta nfproto @family meta l4proto @protocol; NFPROTO_IPV4 or NFPROTO_IPV6 */
void nft_match_protocol(struct nftnl_rule *rule, uint8_t family,
			uint8_t protocol);
/* iifname @set */
void nft_match_iifname(struct nftnl_rule *rule, const char *set);
/* oifname @set */
void nft_match_oifname(struct nftnl_rule *rule, const char *set);
/* th sport @set */
void nft_match_sport(struct nftnl_rule *rule, const char *set);
/* th dport @set */
void nft_match_dport(struct nftnl_rule *rule, const char *set);
/* th sport @min-@max */
void nft_match_sport_range(struct nftnl_rule *rule, uint16_t min, uint16_t max);
/* ip6 saddr @set */
void nft_match_saddr6(struct nftnl_rule *rule, const char *set);
/* ip saddr . th sport @set, or ip6 */
void nft_match_source(struct nftnl_rule *rule, uint8_t family,
		      const char *set);
/* ip daddr . th dport @set, or ip6 */
void nft_match_destination(struct nftnl_rule *rule, uint8_t family,
			   const char *set);
/* fib daddr oifname @set */
void nft_match_fib_oifname(struct nftnl_rule *rule, const char *set);
/* socket transparent 1 */
void nft_match_transparent(struct nftnl_rule *rule);
/* fib saddr type != local */
void nft_match_foreign_source(struct nftnl_rule *rule);

/* What becomes of it. */

/* counter */
void nft_do_counter(struct nftnl_rule *rule);
/* notrack */
void nft_do_notrack(struct nftnl_rule *rule);
/* tproxy ip to 127.0.0.1, or ip6 to [::1]; :@port, or 0: the port stays */
void nft_do_tproxy(struct nftnl_rule *rule, uint8_t family, uint16_t port);
/* meta mark set meta mark & ~@mask | @mark */
void nft_do_mark(struct nftnl_rule *rule, uint32_t mark, uint32_t mask);
/* masquerade to :@min-@max */
void nft_do_masquerade(struct nftnl_rule *rule, uint16_t min, uint16_t max);
/* accept */
void nft_do_accept(struct nftnl_rule *rule);

#endif
