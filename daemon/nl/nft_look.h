/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the rules of other tables do that concerns our ports: forward them to a
 * host inside, have a conntrack helper read them, or translate the sources of
 * what leaves. nft's own rules and those of iptables-nft are understood.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_NFT_LOOK_H
#define SIPFAST_DAEMON_NL_NFT_LOOK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "nl/link.h"
#include "nl/nft.h"

#define NL_RULE_MAX_PORTS	32
#define NL_RULE_NAME_LEN	64

/** enum nl_rule_kind - what a rule does */
enum nl_rule_kind {
	NL_RULE_FORWARDS,	/* dnat, redirect */
	NL_RULE_HELPS,		/* the conntrack helper "sip" */
	NL_RULE_TRANSLATES,	/* masquerade, snat */
};

/**
 * struct nl_rule - a rule of another table
 * @kind: what it does
 * @family: AF_INET or AF_INET6 where that is all that it matches; any other
 *	number is that of its table, of several families
 * @table: where it stands,
 * @chain:	likewise,
 * @handle:	likewise, as `nft -a list ruleset` shows it
 * @protocol: the only one that it matches, or 0
 * @n_dports: how many of
 * @dports:	destination ports that it matches; none: all of them
 * @oifname: the only interface by which what it matches leaves, or empty
 * @source: the only IPv6 network that it matches the sources of; AF_UNSPEC: all
 * @to: source ports that it translates to; 0: as it comes
 */
struct nl_rule {
	enum nl_rule_kind kind;
	uint8_t family;
	char table[NL_RULE_NAME_LEN];
	char chain[NL_RULE_NAME_LEN];
	uint64_t handle;
	uint8_t protocol;
	unsigned int n_dports;
	struct nl_port_range dports[NL_RULE_MAX_PORTS];
	char oifname[IF_NAMESIZE];
	struct nl_prefix source;
	struct nl_port_range to;
};

/** typedef nl_rule_fn - takes one rule, valid for the time of the call */
typedef void (*nl_rule_fn)(void *arg, const struct nl_rule *rule);

/**
 * nl_nft_look() - look at the rules of all tables but ours
 * @show: called for each that does one of these things
 * @arg: for @show
 *
 * What a rule matches beside the above is not looked at: it may do so for fewer
 * packets than it seems.
 *
 * Return: 0, or -errno.
 */
int nl_nft_look(nl_rule_fn show, void *arg);

#endif
