// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The policy route that delivers diverted packets to this machine: see route.h.
 *
 * Rule and route carry a protocol number of our own, by which what a killed
 * daemon left is told from what somebody else put there.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "nl/route.h"
#include "nl/rtnl.h"

/* Not in rt_protos: shown as the number by ip(8). */
#define PROTOCOL 83

static int change_rule(const struct nl_route_policy *policy, uint16_t type,
		       uint16_t flags)
{
	struct fib_rule_hdr header = {
		.family = (uint8_t)policy->family,
		.action = FR_ACT_TO_TBL,
	};
	struct rtnl_request request;
	struct nlmsghdr *nlh;

	nlh = rtnl_begin(&request, type, flags, &header, sizeof(header));
	mnl_attr_put_u32(nlh, FRA_PRIORITY, NL_ROUTE_PREFERENCE);
	mnl_attr_put_u32(nlh, FRA_FWMARK, policy->mark);
	mnl_attr_put_u32(nlh, FRA_FWMASK, policy->mask);
	mnl_attr_put_u32(nlh, FRA_TABLE, policy->table);
	mnl_attr_put_u8(nlh, FRA_PROTOCOL, PROTOCOL);
	return rtnl_exchange(nlh, NULL, NULL);
}

static int change_route(const struct nl_route_policy *policy, uint16_t type,
			uint16_t flags)
{
	struct rtmsg header = {
		.rtm_family = (uint8_t)policy->family,
		.rtm_table = RT_TABLE_UNSPEC,
		.rtm_type = RTN_LOCAL,
		.rtm_scope = RT_SCOPE_HOST,
		.rtm_protocol = PROTOCOL,
	};
	struct rtnl_request request;
	struct nlmsghdr *nlh;

	nlh = rtnl_begin(&request, type, flags, &header, sizeof(header));
	mnl_attr_put_u32(nlh, RTA_TABLE, policy->table);
	mnl_attr_put_u32(nlh, RTA_OIF, if_nametoindex("lo"));
	return rtnl_exchange(nlh, NULL, NULL);
}

static int del_rule(const struct nl_route_policy *policy)
{
	int err = change_rule(policy, RTM_DELRULE, 0);

	return err == -ENOENT ? 0 : err;
}

static int del_route(const struct nl_route_policy *policy)
{
	int err = change_route(policy, RTM_DELROUTE, 0);

	return err == -ESRCH || err == -ENOENT ? 0 : err;
}

int nl_route_del(const struct nl_route_policy *policy)
{
	int rule = del_rule(policy);
	int route = del_route(policy);

	return rule ? rule : route;
}

int nl_route_add(const struct nl_route_policy *policy)
{
	int err;

	err = nl_route_del(policy);
	if (err)
		return err;
	err = change_route(policy, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	if (err)
		return err;
	err = change_rule(policy, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL);
	if (err)
		del_route(policy);
	return err;
}
