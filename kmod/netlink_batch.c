// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many sessions in one message. One after the other is made, and nobody is told
 * before the last one is there; where one is rejected, those before it are
 * withdrawn. So there are all of them or none, but for the time of the request.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <net/genetlink.h>

#include "net.h"
#include "netlink_attr.h"
#include "netlink_gen.h"
#include "session.h"

/* A batch on its way: what is made so far, and the plan of the next. */
struct batch {
	struct sf_session_plan	plan;
	unsigned int		n_made;
	struct sf_session	*made[SIPFAST_MAX_BATCH];
};

static int count_sessions(struct genl_info *info)
{
	const struct nlattr *attr;
	int rem, n = 0;

	nla_for_each_attr(attr, sf_netlink_attrs(info),
			  sf_netlink_attrs_len(info), rem) {
		if (++n > SIPFAST_MAX_BATCH) {
			SF_SAY(info->extack, attr, "more than max-batch sessions");
			return -E2BIG;
		}
	}
	return n;
}

static int make_session(struct sf_net *sn, struct batch *batch,
			const struct nlattr *nest,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SIPFAST_A_SESSION_MAX + 1];
	const struct sf_session_attrs attrs = {
		.nest	= nest,
		.tb	= tb,
		.head	= nla_data(nest),
		.len	= nla_len(nest),
	};
	int err;

	err = nla_parse_nested(tb, SIPFAST_A_SESSION_IDLE_EXPIRE_MS, nest,
			       sipfast_new_session_nl_policy, extack);
	if (!err)
		err = sf_netlink_check_doubled(attrs.head, attrs.len,
					       SF_SESSION_MULTI, extack);
	if (err)
		return err;
	memset(&batch->plan, 0, sizeof(batch->plan));
	err = sf_netlink_parse_session(sn->net, NULL, &attrs, &batch->plan,
				       extack);
	if (err)
		return err;
	err = sf_session_new(sn, &batch->plan, &batch->made[batch->n_made]);
	if (err)
		sf_netlink_explain_session(&attrs, &batch->plan, err, extack);
	else
		batch->n_made++;
	return err;
}

static int make_sessions(struct sf_net *sn, struct batch *batch,
			 struct genl_info *info)
{
	const struct nlattr *attr;
	int rem, err;

	nla_for_each_attr(attr, sf_netlink_attrs(info),
			  sf_netlink_attrs_len(info), rem) {
		err = make_session(sn, batch, attr, info->extack);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int fill_batch(struct sk_buff *skb, const struct batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->n_made; i++)
		if (nla_put_u32(skb, SIPFAST_A_BATCH_ID, batch->made[i]->id))
			return -EMSGSIZE;
	return 0;
}

static int new_sessions(struct sf_net *sn, struct batch *batch,
			struct genl_info *info, struct sk_buff *reply)
{
	unsigned int i;
	int err;

	lockdep_assert_held(&sn->lock);
	err = make_sessions(sn, batch, info);
	if (!err)
		err = fill_batch(reply, batch);
	if (err) {
		while (batch->n_made)
			sf_session_withdraw(batch->made[--batch->n_made]);
		return err;
	}
	for (i = 0; i < batch->n_made; i++)
		sf_session_announce(batch->made[i]);
	return 0;
}

int sipfast_nl_session_batch_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sk_buff *reply;
	struct batch *batch;
	void *header;
	int n, err;

	err = sf_netlink_check_missing(info, SIPFAST_A_BATCH_SESSION);
	if (err)
		return err;
	n = count_sessions(info);
	if (n < 0)
		return n;
	batch = kzalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;
	err = -ENOMEM;
	reply = sf_netlink_answer_new(info, n * nla_total_size(4), &header);
	if (reply) {
		mutex_lock(&sn->lock);
		err = new_sessions(sn, batch, info, reply);
		mutex_unlock(&sn->lock);
		err = sf_netlink_answer(info, reply, header, err);
	}
	kfree(batch);
	return err;
}
