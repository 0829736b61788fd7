// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about sessions: look at the request, do it under the lock of the
 * namespace, answer with the session as it is then. The answer's memory is
 * taken before anything is done, so that nothing is done that is not told.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <net/genetlink.h>

#include "net.h"
#include "netlink_attr.h"
#include "netlink_gen.h"
#include "session.h"

static struct sf_session *find_session(struct sf_net *sn,
				       struct genl_info *info)
{
	struct nlattr *id = info->attrs[SIPFAST_A_SESSION_ID];
	struct sf_session *session;

	session = sf_session_find(sn, nla_get_u32(id));
	if (!session)
		NL_SET_ERR_MSG_ATTR(info->extack, id, "no such session");
	return session;
}

static const struct nlattr *nth_stream(const struct sf_session_attrs *attrs,
				       unsigned int n)
{
	const struct nlattr *attr;
	int rem;

	nla_for_each_attr(attr, attrs->head, attrs->len, rem)
		if (nla_type(attr) == SIPFAST_A_SESSION_STREAM && !n--)
			return attr;
	return NULL;
}

/* The most exact attribute that asked for a key that is taken. */
static const struct nlattr *clash(const struct sf_session_attrs *attrs,
				  const struct sf_session_plan *plan)
{
	const struct nlattr *stream, *side = NULL, *endpoint = NULL;

	stream = nth_stream(attrs, plan->clash);
	if (stream)
		side = nla_find_nested(stream,
				       plan->clash_dir == SF_DIR_A ?
				       SIPFAST_A_STREAM_A : SIPFAST_A_STREAM_B);
	if (side)
		endpoint = nla_find_nested(side, SIPFAST_A_SIDE_LOCAL);
	return endpoint ?: side ?: stream;
}

void sf_netlink_explain_session(const struct sf_session_attrs *attrs,
				const struct sf_session_plan *plan, int err,
				struct netlink_ext_ack *extack)
{
	if (err == -EEXIST)
		SF_SAY(extack, clash(attrs, plan),
		       "another stream has this key already");
	else if (err == -ENOSPC)
		SF_SAY(extack, attrs->nest,
		       "the namespace has max-sessions sessions");
}

static struct sf_session_attrs session_attrs(struct genl_info *info)
{
	return (struct sf_session_attrs) {
		.tb	= info->attrs,
		.head	= sf_netlink_attrs(info),
		.len	= sf_netlink_attrs_len(info),
	};
}

/* The answer is made before anything is done that could not be told. */
static int new_session(struct sf_net *sn, struct genl_info *info,
		       struct sf_session_plan *plan)
{
	const struct sf_session_attrs attrs = session_attrs(info);
	struct sf_session *session;
	struct sk_buff *reply;
	void *header;
	int err;

	lockdep_assert_held(&sn->lock);
	err = sf_netlink_parse_session(sn->net, NULL, &attrs, plan,
				       info->extack);
	if (err)
		return err;
	reply = sf_netlink_answer_new(info, sf_netlink_session_size(plan->n_streams),
				      &header);
	if (!reply)
		return -ENOMEM;
	err = sf_session_new(sn, plan, &session);
	if (err) {
		sf_netlink_explain_session(&attrs, plan, err, info->extack);
		nlmsg_free(reply);
		return err;
	}
	sf_session_announce(session);
	return sf_netlink_answer(info, reply, header,
				 sf_netlink_fill_session(reply, session));
}

int sipfast_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_session_plan *plan;
	int err;

	err = sf_netlink_check_request(info, SF_SESSION_MULTI);
	if (err)
		return err;
	plan = kzalloc(sizeof(*plan), GFP_KERNEL);
	if (!plan)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	err = new_session(sn, info, plan);
	mutex_unlock(&sn->lock);
	kfree(plan);
	return err;
}

static int set_session(struct sf_net *sn, struct genl_info *info,
		       struct sf_session_plan *plan)
{
	const struct sf_session_attrs attrs = session_attrs(info);
	struct sf_session *session = find_session(sn, info);
	struct sk_buff *reply;
	void *header;
	int err;

	if (!session)
		return -ENOENT;
	err = sf_netlink_parse_session(sn->net, session, &attrs, plan,
				       info->extack);
	if (err)
		return err;
	reply = sf_netlink_answer_new(info, sf_netlink_session_size(SIPFAST_MAX_STREAMS),
				      &header);
	if (!reply)
		return -ENOMEM;
	err = sf_session_set(session, plan);
	if (err) {
		sf_netlink_explain_session(&attrs, plan, err, info->extack);
		nlmsg_free(reply);
		return err;
	}
	return sf_netlink_answer(info, reply, header,
				 sf_netlink_fill_session(reply, session));
}

int sipfast_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_session_plan *plan;
	int err;

	err = sf_netlink_check_request(info, SF_SESSION_MULTI);
	if (!err)
		err = sf_netlink_check_missing(info, SIPFAST_A_SESSION_ID);
	if (err)
		return err;
	plan = kzalloc(sizeof(*plan), GFP_KERNEL);
	if (!plan)
		return -ENOMEM;
	mutex_lock(&sn->lock);
	err = set_session(sn, info, plan);
	mutex_unlock(&sn->lock);
	kfree(plan);
	return err;
}

static int get_session(struct sf_net *sn, struct genl_info *info, bool del)
{
	struct sf_session *session = find_session(sn, info);
	struct sk_buff *reply;
	void *header;
	int err;

	if (!session)
		return -ENOENT;
	reply = sf_netlink_answer_new(info, sf_netlink_session_size(session->n_streams),
				      &header);
	if (!reply)
		return -ENOMEM;
	sf_session_get(session);
	if (del)
		sf_session_del(session, SIPFAST_END_REASON_DELETED);
	err = sf_netlink_fill_session(reply, session);
	sf_session_put(session);
	return sf_netlink_answer(info, reply, header, err);
}

static int get_or_del_session(struct genl_info *info, bool del)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	int err;

	err = sf_netlink_check_request(info, 0);
	if (!err)
		err = sf_netlink_check_missing(info, SIPFAST_A_SESSION_ID);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	err = get_session(sn, info, del);
	mutex_unlock(&sn->lock);
	return err;
}

int sipfast_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return get_or_del_session(info, true);
}

int sipfast_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return get_or_del_session(info, false);
}

static int dump_session(struct sk_buff *skb, struct netlink_callback *cb,
			struct sf_session *session)
{
	void *header;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &sf_netlink_family, NLM_F_MULTI,
			     SIPFAST_CMD_SESSION_GET);
	if (!header)
		return -EMSGSIZE;
	if (sf_netlink_fill_session(skb, session)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, header);
	genlmsg_end(skb, header);
	return 0;
}

/* A session of many streams is larger than the first message of a dump. */
static int make_room(struct sk_buff *skb, const struct sf_session *session)
{
	return pskb_expand_head(skb, 0,
				nlmsg_total_size(GENL_HDRLEN) +
				sf_netlink_session_size(session->n_streams),
				GFP_KERNEL);
}

int sipfast_nl_session_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct sf_net *sn = sf_net(sock_net(skb->sk));
	struct sf_session *session;
	unsigned long id;
	int err;

	err = sf_netlink_check_dump(cb);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	cb->seq = sn->generation;
	xa_for_each_start(&sn->sessions, id, session, cb->args[0]) {
		err = dump_session(skb, cb, session);
		if (err == -EMSGSIZE && !skb->len) {
			err = make_room(skb, session);
			if (!err)
				err = dump_session(skb, cb, session);
		}
		cb->args[0] = id;
		if (err)
			break;
		cb->args[0]++;
	}
	mutex_unlock(&sn->lock);
	return skb->len ?: err;
}

int sipfast_nl_session_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *cookie = info->attrs[SIPFAST_A_SESSION_COOKIE];
	struct sf_net *sn = sf_net(genl_info_net(info));
	int err;

	err = sf_netlink_check_request(info, 0);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	sf_session_flush(sn, cookie ? nla_data(cookie) : "");
	mutex_unlock(&sn->lock);
	return 0;
}
