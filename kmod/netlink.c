// SPDX-License-Identifier: GPL-2.0-only
/*
 * The genetlink family: what the bodies of its operations have in common, what
 * the module says of itself, and who is told what has happened. Requests of
 * different sockets run in parallel; the lock of the namespace is all that
 * they need, and rtnl outside it where a device is named.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <net/genetlink.h>

#include "event.h"
#include "net.h"
#include "netlink.h"
#include "netlink_attr.h"
#include "netlink_gen.h"
#include "queue.h"

#define CAPABILITIES	(SIPFAST_CAPABILITY_RELAY | SIPFAST_CAPABILITY_NAT | \
			 SIPFAST_CAPABILITY_IPV6 | \
			 SIPFAST_CAPABILITY_FAMILY_BRIDGE | \
			 SIPFAST_CAPABILITY_USER_QUEUE | \
			 SIPFAST_CAPABILITY_RATE_LIMIT | \
			 SIPFAST_CAPABILITY_PINHOLE_TCP)

/* --- requests and answers ------------------------------------------------- */

int sf_netlink_check_request(struct genl_info *info, u64 multi)
{
	return sf_netlink_check_doubled(sf_netlink_attrs(info),
					sf_netlink_attrs_len(info), multi,
					info->extack);
}

int sf_netlink_check_missing(struct genl_info *info, int type)
{
	if (info->attrs[type])
		return 0;
	SF_SAY_MISSING(info->extack, NULL, type, "an attribute is missing");
	return -EINVAL;
}

int sf_netlink_check_dump(struct netlink_callback *cb)
{
	if (!nlmsg_attrlen(cb->nlh, GENL_HDRLEN))
		return 0;
	SF_SAY(cb->extack, nlmsg_attrdata(cb->nlh, GENL_HDRLEN),
	       "a dump takes no attributes");
	return -EINVAL;
}

struct sk_buff *sf_netlink_answer_new(struct genl_info *info, size_t size,
				      void **header)
{
	struct sk_buff *skb;

	skb = genlmsg_new(size, GFP_KERNEL);
	if (!skb)
		return NULL;
	*header = genlmsg_put_reply(skb, info, &sf_netlink_family, 0,
				    info->genlhdr->cmd);
	if (*header)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

int sf_netlink_answer(struct genl_info *info, struct sk_buff *skb,
		      void *header, int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/* --- the module and the namespace as a whole ------------------------------ */

static int fill_info(struct sk_buff *skb)
{
	if (nla_put_string(skb, SIPFAST_A_INFO_VERSION, SF_VERSION) ||
	    nla_put_u32(skb, SIPFAST_A_INFO_CAPABILITIES, CAPABILITIES) ||
	    nla_put_u32(skb, SIPFAST_A_INFO_MAX_SESSIONS,
			sf_net_max_sessions()) ||
	    nla_put_u32(skb, SIPFAST_A_INFO_MAX_PINHOLES,
			sf_net_max_pinholes()))
		return -EMSGSIZE;
	return 0;
}

int sipfast_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *wanted = info->attrs[SIPFAST_A_INFO_CAPABILITIES];
	struct sk_buff *reply;
	void *header;
	int err;

	err = sf_netlink_check_request(info, 0);
	if (err)
		return err;
	if (wanted && nla_get_u32(wanted) & ~CAPABILITIES) {
		SF_SAY(info->extack, wanted,
		       "a capability is not supported by this module yet");
		return -EOPNOTSUPP;
	}
	reply = sf_netlink_answer_new(info, SF_MESSAGE_SIZE, &header);
	if (!reply)
		return -ENOMEM;
	return sf_netlink_answer(info, reply, header, fill_info(reply));
}

static int parse_cpu(struct genl_info *info, int *cpu)
{
	struct nlattr *attr = info->attrs[SIPFAST_A_STATS_CPU];

	*cpu = -1;
	if (!attr)
		return 0;
	if (nla_get_u32(attr) >= nr_cpu_ids ||
	    !cpu_possible(nla_get_u32(attr))) {
		SF_SAY(info->extack, attr, "no such CPU");
		return -EINVAL;
	}
	*cpu = nla_get_u32(attr);
	return 0;
}

int sipfast_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sk_buff *reply;
	void *header;
	int err, cpu;

	err = sf_netlink_check_request(info, 0);
	if (!err)
		err = parse_cpu(info, &cpu);
	if (err)
		return err;
	reply = sf_netlink_answer_new(info, SF_MESSAGE_SIZE, &header);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	err = sf_netlink_fill_stats(reply, sn, cpu);
	mutex_unlock(&sn->lock);
	return sf_netlink_answer(info, reply, header, err);
}

/* --- notifications -------------------------------------------------------- */

static const u8 event_cmd[SF_N_EVENTS] = {
	[SF_EVENT_SESSION_NEW]		= SIPFAST_CMD_SESSION_NEW_NTF,
	[SF_EVENT_SESSION_SET]		= SIPFAST_CMD_SESSION_SET_NTF,
	[SF_EVENT_SESSION_END]		= SIPFAST_CMD_SESSION_END_NTF,
	[SF_EVENT_SESSION_LEARNED]	= SIPFAST_CMD_SESSION_LEARNED_NTF,
	[SF_EVENT_SESSION_IDLE]		= SIPFAST_CMD_SESSION_IDLE_NTF,
	[SF_EVENT_PINHOLE_NEW]		= SIPFAST_CMD_PINHOLE_NEW_NTF,
	[SF_EVENT_PINHOLE_END]		= SIPFAST_CMD_PINHOLE_END_NTF,
	[SF_EVENT_DEVICE_NEW]		= SIPFAST_CMD_DEVICE_NEW_NTF,
	[SF_EVENT_DEVICE_DEL]		= SIPFAST_CMD_DEVICE_DEL_NTF,
	[SF_EVENT_OVERRUN]		= SIPFAST_CMD_OVERRUN_NTF,
};

static size_t event_size(enum sf_event event, const void *object)
{
	const struct sf_session *session = object;

	if (event <= SF_EVENT_SESSION_IDLE)
		return sf_netlink_session_size(session->n_streams);
	return SF_MESSAGE_SIZE;
}

static int fill_event(struct sk_buff *skb, enum sf_event event, void *object)
{
	switch (event) {
	case SF_EVENT_PINHOLE_NEW:
	case SF_EVENT_PINHOLE_END:
		return sf_netlink_fill_pinhole(skb, object);
	case SF_EVENT_DEVICE_NEW:
	case SF_EVENT_DEVICE_DEL:
		return sf_netlink_fill_device(skb, object);
	case SF_EVENT_OVERRUN:
		return sf_netlink_fill_overrun(skb, object);
	default:
		return sf_netlink_fill_session(skb, object);
	}
}

static int notify(struct sf_net *sn, enum sf_event event, void *object)
{
	struct sk_buff *skb;
	void *header;
	int err;

	if (!genl_has_listeners(&sf_netlink_family, sn->net,
				SIPFAST_NLGRP_EVENTS))
		return 0;
	skb = genlmsg_new(event_size(event, object), GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	err = -EMSGSIZE;
	header = genlmsg_put(skb, 0, 0, &sf_netlink_family, 0,
			     event_cmd[event]);
	if (!header)
		goto err_skb;
	err = fill_event(skb, event, object);
	if (err)
		goto err_skb;
	genlmsg_end(skb, header);
	err = genlmsg_multicast_netns(&sf_netlink_family, sn->net, skb, 0,
				      SIPFAST_NLGRP_EVENTS, GFP_KERNEL);
	/* The last listener may have left, or have to be told by its socket. */
	return err == -ESRCH ? 0 : err;

err_skb:
	nlmsg_free(skb);
	return err;
}

/* --- the family ----------------------------------------------------------- */

/* Who listens sees addresses and more: the privilege is that of the requests. */
static const struct genl_multicast_group groups[] = {
	[SIPFAST_NLGRP_EVENTS] = {
		.name	= SIPFAST_MCGRP_EVENTS,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
	[SIPFAST_NLGRP_PAYLOADS] = {
		.name	= SIPFAST_MCGRP_PAYLOADS,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family sf_netlink_family __ro_after_init = {
	.name		= SIPFAST_FAMILY_NAME,
	.version	= SIPFAST_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= sipfast_nl_ops,
	.n_ops		= ARRAY_SIZE(sipfast_nl_ops),
	.mcgrps		= groups,
	.n_mcgrps	= ARRAY_SIZE(groups),
};

int sf_netlink_init(void)
{
	int err;

	err = genl_register_family(&sf_netlink_family);
	if (err)
		return err;
	sf_event_set_sink(notify);
	sf_queue_set_sink(sf_netlink_payload);
	return 0;
}

void sf_netlink_exit(void)
{
	sf_queue_set_sink(NULL);
	sf_event_set_sink(NULL);
	genl_unregister_family(&sf_netlink_family);
}
