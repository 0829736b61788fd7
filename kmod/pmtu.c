// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading "fragmentation needed" and "packet too big" at LOCAL_IN. Anybody may
 * send one, so it is believed where it quotes what we have just been sending:
 * from the local endpoint of a side to where that side is, and longer than what
 * is said to fit (RFC 5927 section 7.2). The rest is the route's business: it
 * knows when to try again, and of IPv4 the least there can be. The error goes on
 * to the stack, which counts it.
 *
 * This comes before the filter, as relayed packets do: conntrack knows nothing
 * of them, so a firewall that goes by it takes their errors for nobody's.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "latch.h"
#include "net.h"
#include "pmtu.h"
#include "xmit.h"

/**
 * struct report - what a router says
 * @back: the five-tuple of an answer to the packet that it quotes
 * @quoted: where the quoted packet begins, from the network header
 * @len: how long the packet was
 * @mtu: what would have fitted
 */
struct report {
	struct sf_five_tuple	back;
	unsigned int		quoted;
	unsigned int		len;
	u32			mtu;
};

/* Ports are all that a quotation of eight bytes has beyond the IP header. */
static bool read_ports(struct report *report, const struct sk_buff *skb,
		       unsigned int offset)
{
	const struct udphdr *udp;
	struct udphdr buffer;

	udp = skb_header_pointer(skb, offset, sizeof(buffer), &buffer);
	if (!udp)
		return false;
	report->back.protocol = IPPROTO_UDP;
	report->back.src.port = udp->dest;
	report->back.dst.port = udp->source;
	return true;
}

static bool read_ipv4(struct report *report, struct sk_buff *skb)
{
	unsigned int offset = ip_hdrlen(skb);
	const struct icmphdr *icmp;
	const struct iphdr *ip;

	report->quoted = offset + sizeof(*icmp);
	if (!pskb_may_pull(skb, report->quoted + sizeof(*ip)))
		return false;
	icmp = (const void *)(skb->data + offset);
	if (icmp->type != ICMP_DEST_UNREACH || icmp->code != ICMP_FRAG_NEEDED)
		return false;
	ip = (const void *)(skb->data + report->quoted);
	if (ip->version != 4 || ip->ihl < 5 || ip->protocol != IPPROTO_UDP ||
	    ip->frag_off & htons(IP_OFFSET))
		return false;
	report->back.src = (struct sf_endpoint) {
		.ip4 = ip->daddr, .family = AF_INET
	};
	report->back.dst = (struct sf_endpoint) {
		.ip4 = ip->saddr, .family = AF_INET
	};
	report->len = ntohs(ip->tot_len);
	report->mtu = ntohs(icmp->un.frag.mtu);
	return read_ports(report, skb, report->quoted + ip->ihl * 4) &&
	       !nf_checksum(skb, NF_INET_LOCAL_IN, offset, IPPROTO_ICMP,
			    AF_INET);
}

static bool read_ipv6(struct report *report, struct sk_buff *skb)
{
	unsigned int offset = sizeof(struct ipv6hdr);
	const struct icmp6hdr *icmp;
	const struct ipv6hdr *ip;
	__be16 fragment;
	u8 protocol;
	int udp;

	report->quoted = offset + sizeof(*icmp);
	if (!pskb_may_pull(skb, report->quoted + sizeof(*ip)))
		return false;
	icmp = (const void *)(skb->data + offset);
	if (icmp->icmp6_type != ICMPV6_PKT_TOOBIG)
		return false;
	ip = (const void *)(skb->data + report->quoted);
	protocol = ip->nexthdr;
	udp = ipv6_skip_exthdr(skb, report->quoted + sizeof(*ip), &protocol,
			       &fragment);
	if (udp < 0 || protocol != IPPROTO_UDP || fragment)
		return false;
	report->back.src = (struct sf_endpoint) {
		.ip6 = ip->daddr, .family = AF_INET6
	};
	report->back.dst = (struct sf_endpoint) {
		.ip6 = ip->saddr, .family = AF_INET6
	};
	report->len = sizeof(*ip) + ntohs(ip->payload_len);
	report->mtu = ntohl(icmp->icmp6_mtu);
	return report->mtu >= IPV6_MIN_MTU &&
	       read_ports(report, skb, udp) &&
	       !nf_checksum(skb, NF_INET_LOCAL_IN, offset, IPPROTO_ICMPV6,
			    AF_INET6);
}

/* A packet leaves to a side by the way out of what comes from the other one. */
static void learn(struct sf_net *sn, struct sk_buff *skb,
		  const struct report *report)
{
	struct sf_flow *flow = sf_flow_lookup(&sn->flows, &report->back);
	struct sf_endpoint remote;

	if (!flow || report->len <= report->mtu)
		return;
	sf_latch_remote(flow, &remote, NULL);
	if (sf_endpoint_equal(&remote, &report->back.src))
		sf_xmit_learn_mtu(sf_flow_other(flow), skb, report->quoted,
				  report->mtu);
}

/* Whoever has told the stack not to listen to routers has told us, too. */
static unsigned int local_in4(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct report report;

	if (ip_hdr(skb)->protocol == IPPROTO_ICMP &&
	    !READ_ONCE(state->net->ipv4.sysctl_ip_no_pmtu_disc) &&
	    read_ipv4(&report, skb))
		learn(sf_net(state->net), skb, &report);
	return NF_ACCEPT;
}

static unsigned int local_in6(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct report report;

	if (ipv6_hdr(skb)->nexthdr == IPPROTO_ICMPV6 &&
	    read_ipv6(&report, skb))
		learn(sf_net(state->net), skb, &report);
	return NF_ACCEPT;
}

static const struct nf_hook_ops ops[] = {
	{
		.hook		= local_in4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= NF_IP_PRI_FIRST,
	},
	{
		.hook		= local_in6,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= NF_IP6_PRI_FIRST,
	},
};

int sf_pmtu_hook(struct sf_net *sn)
{
	lockdep_assert_held(&sn->lock);
	return nf_register_net_hooks(sn->net, ops, ARRAY_SIZE(ops));
}

void sf_pmtu_unhook(struct sf_net *sn)
{
	lockdep_assert_held(&sn->lock);
	nf_unregister_net_hooks(sn->net, ops, ARRAY_SIZE(ops));
}
