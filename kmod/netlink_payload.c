// SPDX-License-Identifier: GPL-2.0-only
/*
 * Payloads between the queue (queue.h) and user space: what came is told to
 * whoever listens, what is to be sent is looked at and handed on.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <net/genetlink.h>

#include "net.h"
#include "netlink_attr.h"
#include "netlink_gen.h"
#include "queue.h"
#include "session.h"

int sf_netlink_payload(struct sf_net *sn, const struct sf_queue_entry *entry)
{
	struct sk_buff *skb;
	void *header;
	int err;

	if (!genl_has_listeners(&sf_netlink_family, sn->net,
				SIPFAST_NLGRP_PAYLOADS))
		return -ESRCH;
	skb = genlmsg_new(sf_netlink_payload_size(entry), GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	err = -EMSGSIZE;
	header = genlmsg_put(skb, 0, 0, &sf_netlink_family, 0,
			     SIPFAST_CMD_PAYLOAD_NTF);
	if (!header)
		goto err_skb;
	err = sf_netlink_fill_payload(skb, entry);
	if (err)
		goto err_skb;
	genlmsg_end(skb, header);
	err = genlmsg_multicast_netns(&sf_netlink_family, sn->net, skb, 0,
				      SIPFAST_NLGRP_PAYLOADS, GFP_KERNEL);
	/* There are listeners, but none has it. */
	return err == -ESRCH ? -ENOBUFS : err;

err_skb:
	nlmsg_free(skb);
	return err;
}

static int check_data(struct genl_info *info)
{
	const struct nlattr *data = info->attrs[SIPFAST_A_PAYLOAD_DATA];

	if (!nla_len(data)) {
		SF_SAY(info->extack, data, "there is nothing to send");
		return -EINVAL;
	}
	if (nla_len(data) > SIPFAST_MAX_PAYLOAD) {
		SF_SAY(info->extack, data, "more than max-payload bytes");
		return -EMSGSIZE;
	}
	return 0;
}

static int check_send(struct genl_info *info)
{
	static const int needed[] = {
		SIPFAST_A_PAYLOAD_SESSION, SIPFAST_A_PAYLOAD_STREAM,
		SIPFAST_A_PAYLOAD_SIDE, SIPFAST_A_PAYLOAD_DATA,
	};
	unsigned int i;
	int err;

	err = sf_netlink_check_request(info, 0);
	for (i = 0; i < ARRAY_SIZE(needed) && !err; i++)
		err = sf_netlink_check_missing(info, needed[i]);
	return err ?: check_data(info);
}

/* Says why a payload could not be sent. */
static void explain(struct genl_info *info, int err)
{
	struct nlattr **attrs = info->attrs;

	if (err == -EDESTADDRREQ)
		SF_SAY_MISSING(info->extack, NULL, SIPFAST_A_PAYLOAD_REMOTE,
			       "nobody knows where the side is");
	else if (err == -EAFNOSUPPORT)
		SF_SAY(info->extack, attrs[SIPFAST_A_PAYLOAD_REMOTE],
		       "the side is of another family");
	else if (err == -EMSGSIZE)
		SF_SAY(info->extack, attrs[SIPFAST_A_PAYLOAD_DATA],
		       "larger than the MTU of the way out");
}

static int send_payload(struct sf_net *sn, struct genl_info *info,
			const struct sf_endpoint *remote)
{
	struct nlattr **attrs = info->attrs;
	struct sf_session *session;
	struct sf_stream *stream;

	lockdep_assert_held(&sn->lock);
	session = sf_session_find(sn,
				  nla_get_u32(attrs[SIPFAST_A_PAYLOAD_SESSION]));
	if (!session) {
		SF_SAY(info->extack, attrs[SIPFAST_A_PAYLOAD_SESSION],
		       "no such session");
		return -ENOENT;
	}
	stream = sf_session_stream(session,
				   nla_get_u32(attrs[SIPFAST_A_PAYLOAD_STREAM]));
	if (!stream) {
		SF_SAY(info->extack, attrs[SIPFAST_A_PAYLOAD_STREAM],
		       "session has no such stream");
		return -ENOENT;
	}
	return sf_queue_send(stream, nla_get_u32(attrs[SIPFAST_A_PAYLOAD_SIDE]),
			     remote, nla_data(attrs[SIPFAST_A_PAYLOAD_DATA]),
			     nla_len(attrs[SIPFAST_A_PAYLOAD_DATA]));
}

int sipfast_nl_payload_send_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *given = info->attrs[SIPFAST_A_PAYLOAD_REMOTE];
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_endpoint remote;
	int err;

	err = check_send(info);
	if (!err && given)
		err = sf_netlink_parse_endpoint(given, 0, &remote,
						info->extack);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	err = send_payload(sn, info, given ? &remote : NULL);
	mutex_unlock(&sn->lock);
	if (err)
		explain(info, err);
	return err;
}
