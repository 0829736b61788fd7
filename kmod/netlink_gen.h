/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sipfast.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_SIPFAST_GEN_H
#define _LINUX_SIPFAST_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/sipfast.h>

/* Common nested types */
extern const struct nla_policy sipfast_endpoint_nl_policy[SIPFAST_A_ENDPOINT_PORT + 1];
extern const struct nla_policy sipfast_flow_stats_nl_policy[SIPFAST_A_FLOW_STATS_PAD + 1];
extern const struct nla_policy sipfast_new_session_nl_policy[SIPFAST_A_SESSION_IDLE_EXPIRE_MS + 1];
extern const struct nla_policy sipfast_side_nl_policy[SIPFAST_A_SIDE_STATS + 1];
extern const struct nla_policy sipfast_stream_nl_policy[SIPFAST_A_STREAM_TURN + 1];

extern const struct nla_policy sipfast_info_get_nl_policy[SIPFAST_A_INFO_CAPABILITIES + 1];

extern const struct nla_policy sipfast_session_new_nl_policy[SIPFAST_A_SESSION_IDLE_EXPIRE_MS + 1];

extern const struct nla_policy sipfast_session_batch_nl_policy[SIPFAST_A_BATCH_SESSION + 1];

extern const struct nla_policy sipfast_session_set_nl_policy[SIPFAST_A_SESSION_IDLE_EXPIRE_MS + 1];

extern const struct nla_policy sipfast_session_del_nl_policy[SIPFAST_A_SESSION_ID + 1];

extern const struct nla_policy sipfast_session_get_nl_policy[SIPFAST_A_SESSION_ID + 1];

extern const struct nla_policy sipfast_session_flush_nl_policy[SIPFAST_A_SESSION_COOKIE + 1];

extern const struct nla_policy sipfast_pinhole_new_nl_policy[SIPFAST_A_PINHOLE_LIFETIME_MS + 1];

extern const struct nla_policy sipfast_pinhole_del_nl_policy[SIPFAST_A_PINHOLE_ID + 1];

extern const struct nla_policy sipfast_pinhole_get_nl_policy[SIPFAST_A_PINHOLE_ID + 1];

extern const struct nla_policy sipfast_device_new_nl_policy[SIPFAST_A_DEVICE_HOOK + 1];

extern const struct nla_policy sipfast_device_del_nl_policy[SIPFAST_A_DEVICE_IFNAME + 1];

extern const struct nla_policy sipfast_device_get_nl_policy[SIPFAST_A_DEVICE_IFNAME + 1];

extern const struct nla_policy sipfast_payload_send_nl_policy[SIPFAST_A_PAYLOAD_DATA + 1];

extern const struct nla_policy sipfast_stats_get_nl_policy[SIPFAST_A_STATS_CPU + 1];

/* Ops table for sipfast */
extern const struct genl_ops sipfast_nl_ops[15];

int sipfast_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_session_batch_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_session_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int sipfast_nl_session_flush_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_pinhole_new_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_pinhole_del_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_pinhole_get_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_pinhole_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int sipfast_nl_device_new_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_device_del_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_device_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int sipfast_nl_payload_send_doit(struct sk_buff *skb, struct genl_info *info);
int sipfast_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	SIPFAST_NLGRP_EVENTS,
	SIPFAST_NLGRP_PAYLOADS,
};

#endif /* _LINUX_SIPFAST_GEN_H */
