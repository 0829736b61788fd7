// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The chains of our nft table, and their rules: see nft_chains.h.
 *
 *	chain raw_in, raw_out	conntrack never sees our signalling
 *	chain divert		phones' SIP is handed to the daemon
 *	chain guard		other flows do not take our ports
 *
 * The rules that phones' SIP meets in raw_in and in divert are one and the same
 * match, without the packet's mark in it: what one takes from conntrack, the
 * other must divert.
 *
 * A rule is written once for each family, with the sets of that family, and
 * most of them once for each protocol.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>

#include <libnftnl/chain.h>
#include <libnftnl/rule.h>

#include "nl/nft.h"
#include "nl/nft_batch.h"
#include "nl/nft_chains.h"
#include "nl/nft_rule.h"

/* Behind the user's own mangle rules, which may restore a connection's mark. */
#define PRIORITY_DIVERT	(NF_IP_PRI_MANGLE + 1)

/* Before the user's own masquerade. */
#define PRIORITY_GUARD	(NF_IP_PRI_NAT_SRC - 1)

/* A family, and the names of the sets that are its own */
struct family {
	uint8_t nfproto;
	const char *wans;
	const char *public;
	const char *public_tcp;
	const char *peers;
};

static const struct family families[] = {
	{ NFPROTO_IPV4, "wans", "public", "public_tcp", "peers" },
	{ NFPROTO_IPV6, "wans6", "public6", "public6_tcp", "peers6" },
};

static int add_chain(struct nft_batch *batch, const char *name,
		     const char *type, uint32_t hook, int32_t priority)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();

	if (!chain)
		return -ENOMEM;
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_FAMILY, NFPROTO_INET);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, NL_NFT_TABLE);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, type);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, hook);
	nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, priority);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
	nft_batch_add_chain(batch, chain);
	nftnl_chain_free(chain);
	return 0;
}

static int add_chains(struct nft_batch *batch)
{
	static const struct {
		const char *name;
		const char *type;
		uint32_t hook;
		int32_t priority;
	} chains[] = {
		{ "raw_in", "filter", NF_INET_PRE_ROUTING, NF_IP_PRI_RAW },
		{ "raw_out", "filter", NF_INET_LOCAL_OUT, NF_IP_PRI_RAW },
		{ "divert", "filter", NF_INET_PRE_ROUTING, PRIORITY_DIVERT },
		{ "guard", "nat", NF_INET_POST_ROUTING, PRIORITY_GUARD },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < sizeof(chains) / sizeof(chains[0]) && !err; i++)
		err = add_chain(batch, chains[i].name, chains[i].type,
				chains[i].hook, chains[i].priority);
	return err;
}

/*
 * Phones whose IPv6 address leads back to them are left alone. IPv4 is always
 * mapped: there would be no sense in a gateway between public addresses.
 */
static void match_mapped(struct nftnl_rule *rule, const struct family *family)
{
	if (family->nfproto == NFPROTO_IPV6)
		nft_match_saddr6(rule, "mapped6");
}

/*
 * SIP of a phone that would leave by a WAN. fib knows no way out for what is
 * addressed to this machine, to a group or to everybody, so that is left alone.
 */
static void match_phone(struct nftnl_rule *rule, const struct family *family,
			uint8_t protocol)
{
	nft_match_iifname(rule, "lans");
	nft_match_protocol(rule, family->nfproto, protocol);
	nft_match_dport(rule, "sip_ports");
	match_mapped(rule, family);
	nft_match_fib_oifname(rule, family->wans);
}

/* Likewise to a peer that awaits its answer at some other port. */
static void match_answer(struct nftnl_rule *rule, const struct family *family)
{
	nft_match_iifname(rule, "lans");
	nft_match_protocol(rule, family->nfproto, IPPROTO_UDP);
	nft_match_destination(rule, family->nfproto, family->peers);
	match_mapped(rule, family);
	nft_match_fib_oifname(rule, family->wans);
}

static void untrack(struct nftnl_rule *rule)
{
	nft_do_counter(rule);
	nft_do_notrack(rule);
}

static const char *public_of(const struct family *family, uint8_t protocol)
{
	return protocol == IPPROTO_TCP ? family->public_tcp : family->public;
}

static void write_phone_untracked(struct nftnl_rule *rule,
				  const struct nl_nft_conf *conf,
				  const struct family *family, uint8_t protocol)
{
	(void)conf;
	match_phone(rule, family, protocol);
	untrack(rule);
}

static void write_answer_untracked(struct nftnl_rule *rule,
				   const struct nl_nft_conf *conf,
				   const struct family *family, uint8_t protocol)
{
	(void)conf;
	(void)protocol;
	match_answer(rule, family);
	untrack(rule);
}

static void write_wan_untracked(struct nftnl_rule *rule,
				const struct nl_nft_conf *conf,
				const struct family *family, uint8_t protocol)
{
	(void)conf;
	nft_match_iifname(rule, family->wans);
	nft_match_protocol(rule, family->nfproto, protocol);
	nft_match_destination(rule, family->nfproto,
			      public_of(family, protocol));
	untrack(rule);
}

static void write_public_untracked(struct nftnl_rule *rule,
				   const struct nl_nft_conf *conf,
				   const struct family *family, uint8_t protocol)
{
	(void)conf;
	nft_match_protocol(rule, family->nfproto, protocol);
	nft_match_source(rule, family->nfproto, public_of(family, protocol));
	untrack(rule);
}

/*
 * Of TCP, those on connections that phones have made, for the other way is not
 * tracked either. Connections that are made to phones come from other ports, and
 * are tracked as anybody's are.
 */
static void write_answers_untracked(struct nftnl_rule *rule,
				    const struct nl_nft_conf *conf,
				    const struct family *family, uint8_t protocol)
{
	(void)conf;
	nft_match_oifname(rule, "lans");
	nft_match_protocol(rule, family->nfproto, protocol);
	if (protocol == IPPROTO_TCP)
		nft_match_sport(rule, "sip_ports");
	nft_match_foreign_source(rule);
	untrack(rule);
}

static void divert(struct nftnl_rule *rule, const struct nl_nft_conf *conf,
		   const struct family *family, uint16_t port)
{
	nft_do_tproxy(rule, family->nfproto, port);
	nft_do_counter(rule);
	nft_do_mark(rule, conf->mark, conf->mask);
	nft_do_accept(rule);
}

static void write_divert(struct nftnl_rule *rule,
			 const struct nl_nft_conf *conf,
			 const struct family *family, uint8_t protocol)
{
	match_phone(rule, family, protocol);
	divert(rule, conf, family, 0);
}

static void write_divert_answer(struct nftnl_rule *rule,
				const struct nl_nft_conf *conf,
				const struct family *family, uint8_t protocol)
{
	(void)protocol;
	match_answer(rule, family);
	divert(rule, conf, family, conf->sip_ports[0]);
}

/* What a phone says on a connection that was made to it in a server's name. */
static void write_called(struct nftnl_rule *rule,
			 const struct nl_nft_conf *conf,
			 const struct family *family, uint8_t protocol)
{
	nft_match_iifname(rule, "lans");
	nft_match_protocol(rule, family->nfproto, protocol);
	nft_match_transparent(rule);
	nft_do_counter(rule);
	nft_do_mark(rule, conf->mark, conf->mask);
	nft_do_accept(rule);
}

/* What is not translated on its way out cannot take a port of ours. */
static void match_guarded(struct nftnl_rule *rule, const struct family *family,
			  uint8_t protocol)
{
	nft_match_oifname(rule, family->wans);
	nft_match_protocol(rule, family->nfproto, protocol);
	match_mapped(rule, family);
}

static void write_guard(struct nftnl_rule *rule,
			const struct nl_nft_conf *conf,
			const struct family *family, uint8_t protocol)
{
	match_guarded(rule, family, protocol);
	nft_match_sport(rule, "public_ports");
	nft_do_counter(rule);
	nft_do_masquerade(rule, conf->guard.min, conf->guard.max);
}

static void write_guard_media(struct nftnl_rule *rule,
			      const struct nl_nft_conf *conf,
			      const struct family *family, uint8_t protocol)
{
	match_guarded(rule, family, protocol);
	nft_match_sport_range(rule, conf->media.min, conf->media.max);
	nft_do_counter(rule);
	nft_do_masquerade(rule, conf->guard.min, conf->guard.max);
}

static int add_rules(struct nft_batch *batch, const struct nl_nft_conf *conf,
		     const struct family *family)
{
	static const struct {
		const char *chain;
		const char *comment;
		uint8_t protocol;
		void (*write)(struct nftnl_rule *rule,
			      const struct nl_nft_conf *conf,
			      const struct family *family, uint8_t protocol);
	} rules[] = {
		{ "raw_in", "phone to server", IPPROTO_UDP,
		  write_phone_untracked },
		{ "raw_in", "phone to server, TCP", IPPROTO_TCP,
		  write_phone_untracked },
		{ "raw_in", "phone's answer", IPPROTO_UDP,
		  write_answer_untracked },
		{ "raw_in", "server to phone", IPPROTO_UDP,
		  write_wan_untracked },
		{ "raw_in", "server to phone, TCP", IPPROTO_TCP,
		  write_wan_untracked },
		{ "raw_out", "to server", IPPROTO_UDP, write_public_untracked },
		{ "raw_out", "to server, TCP", IPPROTO_TCP,
		  write_public_untracked },
		{ "raw_out", "to phone", IPPROTO_UDP, write_answers_untracked },
		{ "raw_out", "to phone, TCP", IPPROTO_TCP,
		  write_answers_untracked },
		{ "divert", "phone to server", IPPROTO_UDP, write_divert },
		{ "divert", "phone to server, TCP", IPPROTO_TCP, write_divert },
		{ "divert", "phone's answer", IPPROTO_UDP, write_divert_answer },
		{ "divert", "phone that was called, TCP", IPPROTO_TCP,
		  write_called },
		{ "guard", "signalling ports", IPPROTO_UDP, write_guard },
		{ "guard", "signalling ports", IPPROTO_TCP, write_guard },
		{ "guard", "media ports", IPPROTO_UDP, write_guard_media },
	};
	struct nftnl_rule *rule;
	unsigned int i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		rule = nft_rule_new(rules[i].chain, rules[i].comment);
		if (!rule)
			return -ENOMEM;
		rules[i].write(rule, conf, family, rules[i].protocol);
		nft_batch_add_rule(batch, rule);
		nftnl_rule_free(rule);
	}
	return 0;
}

int nft_chains_add(struct nft_batch *batch, const struct nl_nft_conf *conf)
{
	int err;

	err = add_chains(batch);
	if (!err)
		err = add_rules(batch, conf, &families[0]);
	if (!err && conf->n_mapped6)
		err = add_rules(batch, conf, &families[1]);
	return err;
}
