// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The words that our nft rules are written in: see nft_rule.h.
 *
 * A phrase loads something into registers and compares it, or acts. A rule that
 * lacks a word would say something else, so memory that runs out in the midst of
 * one ends the program, before the table is there.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/udata.h>

#include "nl/nft.h"
#include "nl/nft_rule.h"

/* Offsets and lengths of what we look at in headers, in bytes. */
#define IP_SADDR	12
#define IP_DADDR	16
#define IP_ADDR_LEN	4
#define IP6_SADDR	8
#define IP6_DADDR	24
#define IP6_ADDR_LEN	16
#define TH_SPORT	0
#define TH_DPORT	2
#define TH_PORT_LEN	2

static void set_comment(struct nftnl_rule *rule, const char *comment)
{
	struct nftnl_udata_buf *udata;

	udata = nftnl_udata_buf_alloc(NFTNL_UDATA_COMMENT_MAXLEN + 16);
	if (!udata)
		return;
	nftnl_udata_put_strz(udata, NFTNL_UDATA_RULE_COMMENT, comment);
	nftnl_rule_set_data(rule, NFTNL_RULE_USERDATA,
			    nftnl_udata_buf_data(udata),
			    nftnl_udata_buf_len(udata));
	nftnl_udata_buf_free(udata);
}

struct nftnl_rule *nft_rule_new(const char *chain, const char *comment)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();

	if (!rule)
		return NULL;
	nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, NFPROTO_INET);
	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, NL_NFT_TABLE);
	nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, chain);
	set_comment(rule, comment);
	return rule;
}

static struct nftnl_expr *expr_new(const char *name)
{
	struct nftnl_expr *expr = nftnl_expr_alloc(name);

	if (!expr) {
		perror("sipfastd: nft expression");
		abort();
	}
	return expr;
}

static void load_meta(struct nftnl_rule *rule, uint32_t key, uint32_t reg)
{
	struct nftnl_expr *expr = expr_new("meta");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_KEY, key);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_DREG, reg);
	nftnl_rule_add_expr(rule, expr);
}

static void load_payload(struct nftnl_rule *rule, uint32_t base,
			 uint32_t offset, uint32_t len, uint32_t reg)
{
	struct nftnl_expr *expr = expr_new("payload");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, len);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, reg);
	nftnl_rule_add_expr(rule, expr);
}

static void load_fib(struct nftnl_rule *rule, uint32_t result, uint32_t flags)
{
	struct nftnl_expr *expr = expr_new("fib");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_FIB_RESULT, result);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_FIB_FLAGS, flags);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_FIB_DREG, NFT_REG_1);
	nftnl_rule_add_expr(rule, expr);
}

static void load_immediate(struct nftnl_rule *rule, uint32_t reg,
			   const void *data, uint32_t len)
{
	struct nftnl_expr *expr = expr_new("immediate");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_DREG, reg);
	nftnl_expr_set(expr, NFTNL_EXPR_IMM_DATA, data, len);
	nftnl_rule_add_expr(rule, expr);
}

/* The rest of the words work on what was loaded into register 1. */

static void compare(struct nftnl_rule *rule, uint32_t op, const void *data,
		    uint32_t len)
{
	struct nftnl_expr *expr = expr_new("cmp");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_OP, op);
	nftnl_expr_set(expr, NFTNL_EXPR_CMP_DATA, data, len);
	nftnl_rule_add_expr(rule, expr);
}

static void look_up(struct nftnl_rule *rule, const char *set)
{
	struct nftnl_expr *expr = expr_new("lookup");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
	nftnl_expr_set_str(expr, NFTNL_EXPR_LOOKUP_SET, set);
	nftnl_rule_add_expr(rule, expr);
}

void nft_match_protocol(struct nftnl_rule *rule, uint8_t family,
			uint8_t protocol)
{
	load_meta(rule, NFT_META_NFPROTO, NFT_REG_1);
	compare(rule, NFT_CMP_EQ, &family, sizeof(family));
	load_meta(rule, NFT_META_L4PROTO, NFT_REG_1);
	compare(rule, NFT_CMP_EQ, &protocol, sizeof(protocol));
}

void nft_match_iifname(struct nftnl_rule *rule, const char *set)
{
	load_meta(rule, NFT_META_IIFNAME, NFT_REG_1);
	look_up(rule, set);
}

void nft_match_oifname(struct nftnl_rule *rule, const char *set)
{
	load_meta(rule, NFT_META_OIFNAME, NFT_REG_1);
	look_up(rule, set);
}

static void load_port(struct nftnl_rule *rule, uint32_t offset, uint32_t reg)
{
	load_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, offset, TH_PORT_LEN,
		     reg);
}

/*
 * An address into register 1, and the port behind it, as the parts of a
 * concatenation lie: in whole words of 4 bytes, of which register 1 has four.
 */
static void load_endpoint(struct nftnl_rule *rule, uint8_t family,
			  uint32_t offset4, uint32_t offset6, uint32_t port)
{
	if (family == NFPROTO_IPV6) {
		load_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, offset6,
			     IP6_ADDR_LEN, NFT_REG_1);
		load_port(rule, port, NFT_REG_2);
	} else {
		load_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, offset4,
			     IP_ADDR_LEN, NFT_REG_1);
		load_port(rule, port, NFT_REG32_01);
	}
}

void nft_match_sport(struct nftnl_rule *rule, const char *set)
{
	load_port(rule, TH_SPORT, NFT_REG_1);
	look_up(rule, set);
}

void nft_match_dport(struct nftnl_rule *rule, const char *set)
{
	load_port(rule, TH_DPORT, NFT_REG_1);
	look_up(rule, set);
}

void nft_match_sport_range(struct nftnl_rule *rule, uint16_t min, uint16_t max)
{
	uint16_t min_be = htons(min), max_be = htons(max);

	load_port(rule, TH_SPORT, NFT_REG_1);
	compare(rule, NFT_CMP_GTE, &min_be, sizeof(min_be));
	compare(rule, NFT_CMP_LTE, &max_be, sizeof(max_be));
}

void nft_match_saddr6(struct nftnl_rule *rule, const char *set)
{
	load_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, IP6_SADDR, IP6_ADDR_LEN,
		     NFT_REG_1);
	look_up(rule, set);
}

void nft_match_source(struct nftnl_rule *rule, uint8_t family, const char *set)
{
	load_endpoint(rule, family, IP_SADDR, IP6_SADDR, TH_SPORT);
	look_up(rule, set);
}

void nft_match_destination(struct nftnl_rule *rule, uint8_t family,
			   const char *set)
{
	load_endpoint(rule, family, IP_DADDR, IP6_DADDR, TH_DPORT);
	look_up(rule, set);
}

void nft_match_fib_oifname(struct nftnl_rule *rule, const char *set)
{
	load_fib(rule, NFT_FIB_RESULT_OIFNAME, NFTA_FIB_F_DADDR);
	look_up(rule, set);
}

void nft_match_transparent(struct nftnl_rule *rule)
{
	struct nftnl_expr *expr = expr_new("socket");
	uint8_t yes = 1;

	nftnl_expr_set_u32(expr, NFTNL_EXPR_SOCKET_KEY, NFT_SOCKET_TRANSPARENT);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_SOCKET_DREG, NFT_REG_1);
	nftnl_rule_add_expr(rule, expr);
	compare(rule, NFT_CMP_EQ, &yes, sizeof(yes));
}

void nft_match_foreign_source(struct nftnl_rule *rule)
{
	uint32_t local = RTN_LOCAL;

	load_fib(rule, NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_SADDR);
	compare(rule, NFT_CMP_NEQ, &local, sizeof(local));
}

void nft_do_counter(struct nftnl_rule *rule)
{
	nftnl_rule_add_expr(rule, expr_new("counter"));
}

void nft_do_notrack(struct nftnl_rule *rule)
{
	nftnl_rule_add_expr(rule, expr_new("notrack"));
}

void nft_do_tproxy(struct nftnl_rule *rule, uint8_t family, uint16_t port)
{
	const struct in_addr loopback = { htonl(INADDR_LOOPBACK) };
	const uint16_t port_be = htons(port);
	struct nftnl_expr *expr;

	if (family == NFPROTO_IPV6)
		load_immediate(rule, NFT_REG_1, &in6addr_loopback,
			       sizeof(in6addr_loopback));
	else
		load_immediate(rule, NFT_REG_1, &loopback, sizeof(loopback));
	if (port)
		load_immediate(rule, NFT_REG_2, &port_be, sizeof(port_be));
	expr = expr_new("tproxy");
	nftnl_expr_set_u32(expr, NFTNL_EXPR_TPROXY_FAMILY, family);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_TPROXY_REG_ADDR, NFT_REG_1);
	if (port)
		nftnl_expr_set_u32(expr, NFTNL_EXPR_TPROXY_REG_PORT, NFT_REG_2);
	nftnl_rule_add_expr(rule, expr);
}

void nft_do_mark(struct nftnl_rule *rule, uint32_t mark, uint32_t mask)
{
	uint32_t kept = ~mask;
	struct nftnl_expr *expr;

	load_meta(rule, NFT_META_MARK, NFT_REG_1);
	expr = expr_new("bitwise");
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, sizeof(mark));
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_MASK, &kept, sizeof(kept));
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_XOR, &mark, sizeof(mark));
	nftnl_rule_add_expr(rule, expr);

	expr = expr_new("meta");
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_KEY, NFT_META_MARK);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_SREG, NFT_REG_1);
	nftnl_rule_add_expr(rule, expr);
}

void nft_do_masquerade(struct nftnl_rule *rule, uint16_t min, uint16_t max)
{
	uint16_t min_be = htons(min), max_be = htons(max);
	struct nftnl_expr *expr;

	load_immediate(rule, NFT_REG_1, &min_be, sizeof(min_be));
	load_immediate(rule, NFT_REG_2, &max_be, sizeof(max_be));
	expr = expr_new("masq");
	nftnl_expr_set_u32(expr, NFTNL_EXPR_MASQ_FLAGS,
			   NF_NAT_RANGE_PROTO_SPECIFIED);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_MASQ_REG_PROTO_MIN, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_MASQ_REG_PROTO_MAX, NFT_REG_2);
	nftnl_rule_add_expr(rule, expr);
}

void nft_do_accept(struct nftnl_rule *rule)
{
	struct nftnl_expr *expr = expr_new("immediate");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_VERDICT, NF_ACCEPT);
	nftnl_rule_add_expr(rule, expr);
}
