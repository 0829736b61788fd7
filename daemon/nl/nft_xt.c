// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What iptables-nft leaves in a rule in the form of its own extensions: see
 * nft_xt.h. Their structures are those of the kernel's uapi; name and length tell
 * which one it is.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <string.h>

#include "nl/nft_look.h"
#include "nl/nft_xt.h"

static void add_dports(struct nl_rule *rule, uint16_t min, uint16_t max)
{
	if (rule->n_dports < NL_RULE_MAX_PORTS)
		rule->dports[rule->n_dports++] =
			(struct nl_port_range){ min, max };
}

/* A match that was not given any ports has them all. */
static void read_udp(struct nl_rule *rule, const uint16_t dpts[2], bool inverted)
{
	if (!inverted && (dpts[0] || dpts[1] != UINT16_MAX))
		add_dports(rule, dpts[0], dpts[1]);
}

static void read_multiport(struct nl_rule *rule,
			   const struct xt_multiport_v1 *multiport)
{
	unsigned int i;

	if (multiport->invert || multiport->flags == XT_MULTIPORT_SOURCE)
		return;
	for (i = 0; i < multiport->count && i < XT_MULTI_PORTS; i++) {
		if (multiport->pflags[i] && i + 1 < XT_MULTI_PORTS) {
			add_dports(rule, multiport->ports[i],
				   multiport->ports[i + 1]);
			i++;
		} else {
			add_dports(rule, multiport->ports[i],
				   multiport->ports[i]);
		}
	}
}

void nft_xt_read_match(struct nl_rule *rule, const char *name, const void *info,
		       size_t len)
{
	struct xt_multiport_v1 multiport;
	struct xt_udp udp;
	struct xt_tcp tcp;

	if (!strcmp(name, "udp") && len >= sizeof(udp)) {
		memcpy(&udp, info, sizeof(udp));
		read_udp(rule, udp.dpts, udp.invflags & XT_UDP_INV_DSTPT);
	} else if (!strcmp(name, "tcp") && len >= sizeof(tcp)) {
		memcpy(&tcp, info, sizeof(tcp));
		read_udp(rule, tcp.dpts, tcp.invflags & XT_TCP_INV_DSTPT);
	} else if (!strcmp(name, "multiport") && len >= sizeof(multiport)) {
		memcpy(&multiport, info, sizeof(multiport));
		read_multiport(rule, &multiport);
	}
}

/* The one form is longer than the other, whatever it is padded to. */
static void read_range(struct nl_rule *rule, const void *info, size_t len)
{
	struct nf_nat_ipv4_multi_range_compat multi;
	struct nf_nat_range range;

	if (len >= sizeof(range)) {
		memcpy(&range, info, sizeof(range));
		if (range.flags & NF_NAT_RANGE_PROTO_SPECIFIED)
			rule->to = (struct nl_port_range){
				ntohs(range.min_proto.all),
				ntohs(range.max_proto.all),
			};
	} else if (len >= sizeof(multi)) {
		memcpy(&multi, info, sizeof(multi));
		if (multi.range[0].flags & NF_NAT_RANGE_PROTO_SPECIFIED)
			rule->to = (struct nl_port_range){
				ntohs(multi.range[0].min.all),
				ntohs(multi.range[0].max.all),
			};
	}
}

static bool is_sip_helper(const void *info, size_t len)
{
	struct xt_ct_target_info ct;

	if (len < sizeof(ct))
		return false;
	memcpy(&ct, info, sizeof(ct));
	return !strncmp(ct.helper, "sip", sizeof(ct.helper));
}

bool nft_xt_read_target(struct nl_rule *rule, const char *name,
			const void *info, size_t len)
{
	if (!strcmp(name, "DNAT") || !strcmp(name, "REDIRECT")) {
		rule->kind = NL_RULE_FORWARDS;
		return true;
	}
	if (!strcmp(name, "MASQUERADE") || !strcmp(name, "SNAT")) {
		rule->kind = NL_RULE_TRANSLATES;
		read_range(rule, info, len);
		return true;
	}
	if (!strcmp(name, "CT") && is_sip_helper(info, len)) {
		rule->kind = NL_RULE_HELPS;
		return true;
	}
	return false;
}
