/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the family share: requests looked at and answers sent
 * (netlink.c), attributes into plans (netlink_parse.c), and objects into
 * attributes (netlink_fill.c).
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_NETLINK_ATTR_H
#define _SF_NETLINK_ATTR_H

#include <linux/bits.h>
#include <net/genetlink.h>

#include "device.h"
#include "pinhole.h"
#include "session.h"

/* Room for the attributes of everything but a session. */
#define SF_MESSAGE_SIZE		1024

/* Attribute @attr is to blame. */
#define SF_SAY(extack, attr, text)	NL_SET_ERR_MSG_ATTR(extack, attr, text)

/* Attribute @type is missing in @nest, or in the message where that is NULL. */
#define SF_SAY_MISSING(extack, nest, type, text)		\
	do {							\
		struct netlink_ext_ack *said = (extack);	\
								\
		NL_SET_ERR_ATTR_MISS(said, nest, type);		\
		NL_SET_ERR_MSG(said, text);			\
	} while (0)

struct sf_queue_entry;

extern struct genl_family sf_netlink_family;

/**
 * sf_netlink_attrs() - the first attribute of a request
 * @info: the request
 */
static inline const struct nlattr *
sf_netlink_attrs(const struct genl_info *info)
{
	return nlmsg_attrdata(info->nlhdr, GENL_HDRLEN);
}

/**
 * sf_netlink_attrs_len() - bytes of attributes of a request
 * @info: the request
 */
static inline int sf_netlink_attrs_len(const struct genl_info *info)
{
	return nlmsg_attrlen(info->nlhdr, GENL_HDRLEN);
}

/**
 * sf_netlink_check_request() - reject a request with a doubled attribute
 * @info: the request
 * @multi: bit set of the types that may be given more than once
 *
 * Return: 0 or -EINVAL.
 */
int sf_netlink_check_request(struct genl_info *info, u64 multi);

/**
 * sf_netlink_check_missing() - reject a request that lacks an attribute
 * @info: the request
 * @type: the attribute
 *
 * Return: 0 or -EINVAL.
 */
int sf_netlink_check_missing(struct genl_info *info, int type);

/**
 * sf_netlink_check_dump() - reject a dump with attributes
 * @cb: the dump
 *
 * Return: 0 or -EINVAL.
 */
int sf_netlink_check_dump(struct netlink_callback *cb);

/**
 * sf_netlink_answer_new() - an answer to be filled
 * @info: the request
 * @size: bytes of attributes
 * @header: out: to be given to sf_netlink_answer()
 *
 * Context: process.
 * Return: the message or NULL.
 */
struct sk_buff *sf_netlink_answer_new(struct genl_info *info, size_t size,
				      void **header);

/**
 * sf_netlink_answer() - send an answer, if it could be filled
 * @info: the request
 * @skb: the message; gone on return
 * @header: as sf_netlink_answer_new() gave it
 * @err: what became of filling it
 *
 * Context: process.
 * Return: @err, or what became of sending.
 */
int sf_netlink_answer(struct genl_info *info, struct sk_buff *skb,
		      void *header, int err);

/* What an endpoint in a request may lack. */
#define SF_ADDR_OPTIONAL	BIT(0)
#define SF_PORT_OPTIONAL	BIT(1)

/**
 * sf_netlink_check_doubled() - reject an attribute that is given twice
 * @head: first attribute of a message or nest
 * @len: bytes of attributes
 * @multi: bit set of the types that may be
 * @extack: says which one it is
 *
 * The kernel's parser would take the last one and say nothing.
 *
 * Return: 0 or -EINVAL.
 */
int sf_netlink_check_doubled(const struct nlattr *head, int len, u64 multi,
			     struct netlink_ext_ack *extack);

/**
 * sf_netlink_parse_endpoint() - an endpoint of a request
 * @nest: the attribute
 * @optional: what it may lack: SF_ADDR_OPTIONAL, SF_PORT_OPTIONAL
 * @endpoint: out: the endpoint; of no family where it has no address
 * @extack: says what is wrong
 *
 * Return: 0 or a negative errno.
 */
int sf_netlink_parse_endpoint(const struct nlattr *nest, unsigned int optional,
			      struct sf_endpoint *endpoint,
			      struct netlink_ext_ack *extack);

/**
 * sf_netlink_check_ifindex() - reject a device that is not there
 * @net: the namespace
 * @attr: the ifindex; may be NULL, and 0 is any device
 * @extack: says what is wrong
 *
 * Context: process.
 * Return: 0 or -ENODEV.
 */
int sf_netlink_check_ifindex(struct net *net, const struct nlattr *attr,
			     struct netlink_ext_ack *extack);

/* What a session's attributes may have more than one of. */
#define SF_SESSION_MULTI	(BIT_ULL(SIPFAST_A_SESSION_STREAM) | \
				 BIT_ULL(SIPFAST_A_SESSION_STREAM_REMOVE))

/**
 * struct sf_session_attrs - the attributes of one session in a request
 * @nest: the nest they are in, or NULL where they are the message's own
 * @tb: each of them, by its number
 * @head: the first of them
 * @len: bytes of attributes
 */
struct sf_session_attrs {
	const struct nlattr	*nest;
	struct nlattr		**tb;
	const struct nlattr	*head;
	int			len;
};

/**
 * sf_netlink_parse_session() - a request to make or to change a session
 * @net: the namespace
 * @session: the session to be changed, or NULL
 * @attrs: the attributes, none of them doubled
 * @plan: out: what is asked for; zeroed before
 * @extack: says what is wrong
 *
 * Context: process, the lock of the namespace.
 * Return: 0 or a negative errno.
 */
int sf_netlink_parse_session(struct net *net, struct sf_session *session,
			     const struct sf_session_attrs *attrs,
			     struct sf_session_plan *plan,
			     struct netlink_ext_ack *extack);

/**
 * sf_netlink_explain_session() - say why a plan came to nothing
 * @attrs: what was asked for
 * @plan: the plan
 * @err: what sf_session_new() or sf_session_set() said to it
 * @extack: says what is wrong
 */
void sf_netlink_explain_session(const struct sf_session_attrs *attrs,
				const struct sf_session_plan *plan, int err,
				struct netlink_ext_ack *extack);

/**
 * sf_netlink_session_size() - bytes that a session's attributes need at most
 * @n_streams: how many streams it has
 */
size_t sf_netlink_session_size(unsigned int n_streams);

/**
 * sf_netlink_fill_session() - a session's attributes
 * @skb: the message
 * @session: the session
 *
 * Context: process, the lock of the namespace, as for all that fill.
 * Return: 0 or -EMSGSIZE.
 */
int sf_netlink_fill_session(struct sk_buff *skb, struct sf_session *session);

/**
 * sf_netlink_payload_size() - bytes that a payload's attributes need at most
 * @entry: the payload
 */
size_t sf_netlink_payload_size(const struct sf_queue_entry *entry);

/**
 * sf_netlink_fill_payload() - a payload for user space
 * @skb: the message
 * @entry: the payload
 *
 * Return: 0 or -EMSGSIZE.
 */
int sf_netlink_fill_payload(struct sk_buff *skb,
			    const struct sf_queue_entry *entry);

/**
 * sf_netlink_fill_pinhole() - a pinhole's attributes
 * @skb: the message
 * @pinhole: the pinhole
 *
 * Return: 0 or -EMSGSIZE.
 */
int sf_netlink_fill_pinhole(struct sk_buff *skb, struct sf_pinhole *pinhole);

/**
 * sf_netlink_fill_device() - an attached device's attributes
 * @skb: the message
 * @device: the attached device
 *
 * Return: 0 or -EMSGSIZE.
 */
int sf_netlink_fill_device(struct sk_buff *skb, struct sf_device *device);

/**
 * sf_netlink_fill_stats() - a namespace's counters
 * @skb: the message
 * @sn: the namespace
 * @cpu: the CPU whose packet counters are asked for, or -1 for all
 *
 * Return: 0 or -EMSGSIZE.
 */
int sf_netlink_fill_stats(struct sk_buff *skb, struct sf_net *sn, int cpu);

/**
 * sf_netlink_fill_overrun() - how many events were lost
 * @skb: the message
 * @sn: the namespace
 *
 * Return: 0 or -EMSGSIZE.
 */
int sf_netlink_fill_overrun(struct sk_buff *skb, struct sf_net *sn);

/**
 * sf_netlink_payload() - tell a payload to those who listen
 * @sn: the namespace
 * @entry: the payload
 *
 * Context: process, the lock of the namespace.
 * Return: 0; -ESRCH where nobody listens; -ENOBUFS where no listener had room;
 *	-ENOMEM.
 */
int sf_netlink_payload(struct sf_net *sn, const struct sf_queue_entry *entry);

#endif /* _SF_NETLINK_ATTR_H */
