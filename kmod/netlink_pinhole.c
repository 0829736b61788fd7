// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about pinholes: what the attributes mean together, and what is done
 * about it under the lock of the namespace.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <net/genetlink.h>

#include "net.h"
#include "netlink_attr.h"
#include "netlink_gen.h"
#include "pinhole.h"

static int parse_protocol(const struct nlattr *attr,
			  struct sf_pinhole_spec *spec,
			  struct netlink_ext_ack *extack)
{
	spec->protocol = attr ? nla_get_u8(attr) : IPPROTO_UDP;
	if (spec->protocol == IPPROTO_UDP || spec->protocol == IPPROTO_TCP)
		return 0;
	SF_SAY(extack, attr, "protocol is neither 17, UDP, nor 6, TCP");
	return -EPROTONOSUPPORT;
}

static int parse_peer(const struct nlattr *attr, struct sf_pinhole_spec *spec,
		      struct netlink_ext_ack *extack)
{
	struct sf_endpoint *peer = &spec->peers[spec->n_peers];
	int err;

	if (spec->n_peers == SIPFAST_MAX_PEERS) {
		SF_SAY(extack, attr, "more than max-peers peers");
		return -E2BIG;
	}
	err = sf_netlink_parse_endpoint(attr, SF_PORT_OPTIONAL, peer, extack);
	if (err)
		return err;
	if (spec->local.family && peer->family != spec->local.family) {
		SF_SAY(extack, attr, "peer is of another family than local");
		return -EINVAL;
	}
	spec->n_peers++;
	return 0;
}

static int parse_pinhole(struct net *net, struct nlattr **tb,
			 const struct nlattr *head, int len,
			 struct sf_pinhole_spec *spec,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, err;

	attr = tb[SIPFAST_A_PINHOLE_LOCAL];
	if (!attr) {
		SF_SAY_MISSING(extack, NULL, SIPFAST_A_PINHOLE_LOCAL,
			       "a pinhole needs a local endpoint");
		return -EINVAL;
	}
	err = sf_netlink_parse_endpoint(attr, SF_ADDR_OPTIONAL, &spec->local,
					extack);
	if (!err)
		err = parse_protocol(tb[SIPFAST_A_PINHOLE_PROTOCOL], spec,
				     extack);
	if (!err)
		err = sf_netlink_check_ifindex(net, tb[SIPFAST_A_PINHOLE_IFINDEX], extack);
	if (err)
		return err;

	nla_for_each_attr(attr, head, len, rem) {
		if (nla_type(attr) != SIPFAST_A_PINHOLE_PEER)
			continue;
		err = parse_peer(attr, spec, extack);
		if (err)
			return err;
	}
	if (tb[SIPFAST_A_PINHOLE_COOKIE])
		nla_strscpy(spec->cookie, tb[SIPFAST_A_PINHOLE_COOKIE],
			    sizeof(spec->cookie));
	if (tb[SIPFAST_A_PINHOLE_IFINDEX])
		spec->ifindex = nla_get_u32(tb[SIPFAST_A_PINHOLE_IFINDEX]);
	if (tb[SIPFAST_A_PINHOLE_LIFETIME_MS])
		spec->lifetime_ms =
			nla_get_u32(tb[SIPFAST_A_PINHOLE_LIFETIME_MS]);
	return 0;
}

static int new_pinhole(struct sf_net *sn, struct genl_info *info,
		       const struct sf_pinhole_spec *spec)
{
	struct sf_pinhole *pinhole;
	struct sk_buff *reply;
	void *header;
	int err;

	reply = sf_netlink_answer_new(info, SF_MESSAGE_SIZE, &header);
	if (!reply)
		return -ENOMEM;
	err = sf_pinhole_new(sn, spec, &pinhole);
	if (err == -EEXIST)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SIPFAST_A_PINHOLE_LOCAL],
				    "another pinhole has this endpoint already");
	else if (err == -ENOSPC)
		NL_SET_ERR_MSG(info->extack,
			       "the namespace has max-pinholes pinholes");
	if (!err)
		err = sf_netlink_fill_pinhole(reply, pinhole);
	return sf_netlink_answer(info, reply, header, err);
}

int sipfast_nl_pinhole_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_pinhole_spec *spec;
	int err;

	err = sf_netlink_check_request(info, BIT_ULL(SIPFAST_A_PINHOLE_PEER));
	if (err)
		return err;
	spec = kzalloc(sizeof(*spec), GFP_KERNEL);
	if (!spec)
		return -ENOMEM;
	err = parse_pinhole(sn->net, info->attrs, sf_netlink_attrs(info),
			    sf_netlink_attrs_len(info), spec, info->extack);
	if (!err) {
		mutex_lock(&sn->lock);
		err = new_pinhole(sn, info, spec);
		mutex_unlock(&sn->lock);
	}
	kfree(spec);
	return err;
}

static struct sf_pinhole *find_pinhole(struct sf_net *sn,
				       struct genl_info *info)
{
	struct nlattr *id = info->attrs[SIPFAST_A_PINHOLE_ID];
	struct sf_pinhole *pinhole;

	pinhole = sf_pinhole_find(sn, nla_get_u32(id));
	if (!pinhole)
		NL_SET_ERR_MSG_ATTR(info->extack, id, "no such pinhole");
	return pinhole;
}

int sipfast_nl_pinhole_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_pinhole *pinhole;
	int err;

	err = sf_netlink_check_request(info, 0);
	if (!err)
		err = sf_netlink_check_missing(info, SIPFAST_A_PINHOLE_ID);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	pinhole = find_pinhole(sn, info);
	if (pinhole)
		sf_pinhole_del(sn, pinhole, SIPFAST_END_REASON_DELETED);
	mutex_unlock(&sn->lock);
	return pinhole ? 0 : -ENOENT;
}

int sipfast_nl_pinhole_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_pinhole *pinhole;
	struct sk_buff *reply;
	void *header;
	int err;

	err = sf_netlink_check_request(info, 0);
	if (!err)
		err = sf_netlink_check_missing(info, SIPFAST_A_PINHOLE_ID);
	if (err)
		return err;
	reply = sf_netlink_answer_new(info, SF_MESSAGE_SIZE, &header);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	pinhole = find_pinhole(sn, info);
	err = pinhole ? sf_netlink_fill_pinhole(reply, pinhole) : -ENOENT;
	mutex_unlock(&sn->lock);
	return sf_netlink_answer(info, reply, header, err);
}

static int dump_pinhole(struct sk_buff *skb, struct netlink_callback *cb,
			struct sf_pinhole *pinhole)
{
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &sf_netlink_family, NLM_F_MULTI,
			     SIPFAST_CMD_PINHOLE_GET);
	if (!header)
		return -EMSGSIZE;
	if (sf_netlink_fill_pinhole(skb, pinhole)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, header);
	genlmsg_end(skb, header);
	return 0;
}

int sipfast_nl_pinhole_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct sf_net *sn = sf_net(sock_net(skb->sk));
	struct sf_pinhole *pinhole;
	int err;

	err = sf_netlink_check_dump(cb);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	cb->seq = sn->generation;
	while ((pinhole = sf_pinhole_next(sn, cb->args[0]))) {
		err = dump_pinhole(skb, cb, pinhole);
		if (err)
			break;
		cb->args[0] = pinhole->id + 1;
	}
	mutex_unlock(&sn->lock);
	return skb->len ?: err;
}
