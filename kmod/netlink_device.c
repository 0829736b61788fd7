// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about devices. rtnl is held around each of them: it keeps a device
 * that was found by name or index where and what it is.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/rtnetlink.h>
#include <net/genetlink.h>

#include "device.h"
#include "net.h"
#include "netlink_attr.h"
#include "netlink_gen.h"

/* The attribute by which a request names its device. */
static struct nlattr *name_attr(const struct genl_info *info)
{
	return info->attrs[SIPFAST_A_DEVICE_IFINDEX] ?:
	       info->attrs[SIPFAST_A_DEVICE_IFNAME];
}

static int find_dev(struct genl_info *info, struct net_device **found)
{
	const struct nlattr *ifindex = info->attrs[SIPFAST_A_DEVICE_IFINDEX];
	const struct nlattr *ifname = info->attrs[SIPFAST_A_DEVICE_IFNAME];
	struct net *net = genl_info_net(info);
	struct net_device *dev;

	if (!name_attr(info)) {
		SF_SAY_MISSING(info->extack, NULL, SIPFAST_A_DEVICE_IFINDEX,
			       "neither ifindex nor ifname is given");
		return -EINVAL;
	}
	if (ifindex)
		dev = __dev_get_by_index(net, nla_get_u32(ifindex));
	else
		dev = __dev_get_by_name(net, nla_data(ifname));
	if (!dev) {
		SF_SAY(info->extack, name_attr(info), "no such device");
		return -ENODEV;
	}
	if (ifindex && ifname && strcmp(dev->name, nla_data(ifname))) {
		SF_SAY(info->extack, ifname,
		       "ifindex and ifname name different devices");
		return -EINVAL;
	}
	*found = dev;
	return 0;
}

static int find_device(struct sf_net *sn, struct genl_info *info,
		       struct sf_device **found)
{
	struct net_device *dev;
	int err;

	err = find_dev(info, &dev);
	if (err)
		return err;
	*found = sf_device_find(sn, dev);
	if (*found)
		return 0;
	SF_SAY(info->extack, name_attr(info), "device is not attached");
	return -ENOENT;
}

/* Ingress unless the request or the kernel's configuration says otherwise. */
static int attach(struct sf_net *sn, struct net_device *dev,
		  const struct nlattr *hook)
{
	int err;

	if (hook)
		return sf_device_new(sn, dev, nla_get_u32(hook));
	err = sf_device_new(sn, dev, SIPFAST_HOOK_INGRESS);
	if (err == -EOPNOTSUPP)
		err = sf_device_new(sn, dev, SIPFAST_HOOK_PRE_ROUTING);
	return err;
}

static int new_device(struct sf_net *sn, struct genl_info *info)
{
	const struct nlattr *hook = info->attrs[SIPFAST_A_DEVICE_HOOK];
	struct net_device *dev;
	int err;

	err = find_dev(info, &dev);
	if (err)
		return err;
	if (netif_is_any_bridge_port(dev) || netif_is_lag_port(dev)) {
		SF_SAY(info->extack, name_attr(info),
		       "device is a port of another, which is to be attached in its place");
		return -EINVAL;
	}
	err = attach(sn, dev, hook);
	if (err == -EEXIST)
		SF_SAY(info->extack, name_attr(info),
		       "device is attached already");
	else if (err == -EOPNOTSUPP)
		SF_SAY(info->extack, hook, "the kernel has no such hook");
	return err;
}

int sipfast_nl_device_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	int err;

	err = sf_netlink_check_request(info, 0);
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&sn->lock);
	err = new_device(sn, info);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
	return err;
}

int sipfast_nl_device_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_device *device;
	int err;

	err = sf_netlink_check_request(info, 0);
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&sn->lock);
	err = find_device(sn, info, &device);
	if (!err)
		sf_device_del(device);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
	return err;
}

int sipfast_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_device *device;
	struct sk_buff *reply;
	void *header;
	int err;

	err = sf_netlink_check_request(info, 0);
	if (err)
		return err;
	reply = sf_netlink_answer_new(info, SF_MESSAGE_SIZE, &header);
	if (!reply)
		return -ENOMEM;
	rtnl_lock();
	mutex_lock(&sn->lock);
	err = find_device(sn, info, &device);
	if (!err)
		err = sf_netlink_fill_device(reply, device);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
	return sf_netlink_answer(info, reply, header, err);
}

static int dump_device(struct sk_buff *skb, struct netlink_callback *cb,
		       struct sf_device *device)
{
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &sf_netlink_family,
			     NLM_F_MULTI, SIPFAST_CMD_DEVICE_GET);
	if (!header)
		return -EMSGSIZE;
	if (sf_netlink_fill_device(skb, device)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, header);
	genlmsg_end(skb, header);
	return 0;
}

int sipfast_nl_device_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct sf_net *sn = sf_net(sock_net(skb->sk));
	struct sf_device *device;
	unsigned long n = 0;
	int err;

	err = sf_netlink_check_dump(cb);
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&sn->lock);
	cb->seq = sn->generation;
	list_for_each_entry(device, &sn->devices, node) {
		if (n++ < cb->args[0])
			continue;
		err = dump_device(skb, cb, device);
		if (err)
			break;
		cb->args[0] = n;
	}
	mutex_unlock(&sn->lock);
	rtnl_unlock();
	return skb->len ?: err;
}
