// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Interfaces, their addresses, and by which of them a packet would leave: see
 * link.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "nl/link.h"
#include "nl/rtnl.h"

/* The addresses of one interface, as they are collected. */
struct collection {
	uint32_t ifindex;
	uint8_t family;
	unsigned int n;
	unsigned int max;
	struct nl_prefix *prefixes;
};

static int address_attr_cb(const struct nlattr *attr, void *arg)
{
	const struct nlattr **found = arg;

	if (mnl_attr_get_type(attr) <= IFA_MAX)
		found[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

/* Flags that do not fit into the header's eight bits have an attribute. */
static bool is_lasting(const struct ifaddrmsg *header,
		       const struct nlattr *attr)
{
	uint32_t flags = header->ifa_flags;

	if (attr && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
		flags = mnl_attr_get_u32(attr);
	/* IFA_F_TEMPORARY is IFA_F_SECONDARY of IPv4, which lasts. */
	if (header->ifa_family == AF_INET)
		return !(flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
	return !(flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED |
			  IFA_F_DEPRECATED | IFA_F_TEMPORARY));
}

/*
 * On a point-to-point link IFA_ADDRESS is the peer's; the interface's own is
 * IFA_LOCAL. IPv6 has IFA_ADDRESS alone where there is no peer.
 */
static int collect(void *arg, const struct nlmsghdr *nlh)
{
	const struct nlattr *found[IFA_MAX + 1] = { NULL };
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(nlh);
	struct collection *collection = arg;
	const struct nlattr *address;
	struct nl_prefix *prefix;

	if (nlh->nlmsg_type != RTM_NEWADDR ||
	    header->ifa_family != collection->family ||
	    header->ifa_index != collection->ifindex ||
	    header->ifa_scope >= RT_SCOPE_LINK ||
	    collection->n == collection->max)
		return 0;
	mnl_attr_parse(nlh, sizeof(*header), address_attr_cb, found);
	address = found[IFA_LOCAL] ? found[IFA_LOCAL] : found[IFA_ADDRESS];
	if (!address)
		return 0;
	prefix = &collection->prefixes[collection->n++];
	prefix->len = header->ifa_prefixlen;
	prefix->lasting = is_lasting(header, found[IFA_FLAGS]);
	return rtnl_get_address(address, header->ifa_family, &prefix->address);
}

int nl_link_prefixes(const char *ifname, int family,
		     struct nl_prefix *prefixes, unsigned int max)
{
	struct ifaddrmsg header = { .ifa_family = (uint8_t)family };
	struct collection collection = {
		.ifindex = if_nametoindex(ifname),
		.family = (uint8_t)family,
		.max = max,
		.prefixes = prefixes,
	};
	struct rtnl_request request;
	struct nlmsghdr *nlh;
	int err;

	if (!collection.ifindex)
		return -ENODEV;
	nlh = rtnl_begin(&request, RTM_GETADDR, NLM_F_DUMP, &header,
			 sizeof(header));
	err = rtnl_exchange(nlh, collect, &collection);
	return err ? err : (int)collection.n;
}

struct lookup {
	int family;
	int err;
	struct nl_egress *egress;
};

static int route_attr_cb(const struct nlattr *attr, void *arg)
{
	struct lookup *lookup = arg;

	switch (mnl_attr_get_type(attr)) {
	case RTA_OIF:
		if (mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			lookup->egress->ifindex = mnl_attr_get_u32(attr);
		break;
	case RTA_PREFSRC:
		lookup->err = rtnl_get_address(attr, lookup->family,
					       &lookup->egress->source);
		break;
	}
	return MNL_CB_OK;
}

static int take_route(void *arg, const struct nlmsghdr *nlh)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(nlh);
	struct lookup *lookup = arg;

	if (nlh->nlmsg_type != RTM_NEWROUTE)
		return 0;
	lookup->egress->local = header->rtm_type == RTN_LOCAL;
	mnl_attr_parse(nlh, sizeof(*header), route_attr_cb, lookup);
	return lookup->err;
}

/* Of our own where @source is NULL. */
static int ask_route(const struct sockaddr_storage *source, uint32_t ifindex,
		     const struct sockaddr_storage *destination,
		     struct nl_egress *egress)
{
	const uint8_t len = destination->ss_family == AF_INET ? 32 : 128;
	struct lookup lookup = {
		.family = destination->ss_family,
		.egress = egress,
	};
	struct rtmsg header = {
		.rtm_family = (uint8_t)destination->ss_family,
		.rtm_dst_len = len,
		.rtm_src_len = source ? len : 0,
	};
	struct rtnl_request request;
	struct nlmsghdr *nlh;

	if ((destination->ss_family != AF_INET &&
	     destination->ss_family != AF_INET6) ||
	    (source && source->ss_family != destination->ss_family))
		return -EAFNOSUPPORT;
	memset(egress, 0, sizeof(*egress));
	nlh = rtnl_begin(&request, RTM_GETROUTE, 0, &header, sizeof(header));
	rtnl_put_address(nlh, RTA_DST, destination);
	if (source) {
		rtnl_put_address(nlh, RTA_SRC, source);
		mnl_attr_put_u32(nlh, RTA_IIF, ifindex);
	}
	return rtnl_exchange(nlh, take_route, &lookup);
}

int nl_link_egress(const struct sockaddr_storage *destination,
		   struct nl_egress *egress)
{
	return ask_route(NULL, 0, destination, egress);
}

int nl_link_forward(const struct sockaddr_storage *source, uint32_t ifindex,
		    const struct sockaddr_storage *destination,
		    struct nl_egress *egress)
{
	return ask_route(source, ifindex, destination, egress);
}
