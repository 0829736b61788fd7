// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/sipfast.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/sipfast.h>

/* Common nested types */
const struct nla_policy sipfast_endpoint_nl_policy[SIPFAST_A_ENDPOINT_PORT + 1] = {
	[SIPFAST_A_ENDPOINT_ADDR4] = { .type = NLA_U32, },
	[SIPFAST_A_ENDPOINT_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[SIPFAST_A_ENDPOINT_PORT] = { .type = NLA_U16, },
};

const struct nla_policy sipfast_flow_stats_nl_policy[SIPFAST_A_FLOW_STATS_PAD + 1] = {
	[SIPFAST_A_FLOW_STATS_PACKETS] = { .type = NLA_U64, },
	[SIPFAST_A_FLOW_STATS_BYTES] = { .type = NLA_U64, },
	[SIPFAST_A_FLOW_STATS_RTP_PACKETS] = { .type = NLA_U64, },
	[SIPFAST_A_FLOW_STATS_RTCP_PACKETS] = { .type = NLA_U64, },
	[SIPFAST_A_FLOW_STATS_LOST] = { .type = NLA_S64, },
	[SIPFAST_A_FLOW_STATS_REORDERED] = { .type = NLA_U64, },
	[SIPFAST_A_FLOW_STATS_DUPLICATES] = { .type = NLA_U64, },
	[SIPFAST_A_FLOW_STATS_JITTER] = { .type = NLA_U32, },
	[SIPFAST_A_FLOW_STATS_SSRC] = { .type = NLA_U32, },
	[SIPFAST_A_FLOW_STATS_SSRC_CHANGES] = { .type = NLA_U32, },
	[SIPFAST_A_FLOW_STATS_PAYLOAD_TYPE] = { .type = NLA_U8, },
	[SIPFAST_A_FLOW_STATS_DSCP] = { .type = NLA_U8, },
	[SIPFAST_A_FLOW_STATS_LAST_SEEN_MS] = { .type = NLA_U64, },
	[SIPFAST_A_FLOW_STATS_DROPPED] = { .type = NLA_U64, },
	[SIPFAST_A_FLOW_STATS_ROUND_TRIP_US] = { .type = NLA_U32, },
};

const struct nla_policy sipfast_new_session_nl_policy[SIPFAST_A_SESSION_IDLE_EXPIRE_MS + 1] = {
	[SIPFAST_A_SESSION_COOKIE] = { .type = NLA_NUL_STRING, .len = SIPFAST_COOKIE_LEN, },
	[SIPFAST_A_SESSION_STREAM] = NLA_POLICY_NESTED(sipfast_stream_nl_policy),
	[SIPFAST_A_SESSION_LIFETIME_MS] = { .type = NLA_U32, },
	[SIPFAST_A_SESSION_IDLE_NOTIFY_MS] = { .type = NLA_U32, },
	[SIPFAST_A_SESSION_IDLE_EXPIRE_MS] = { .type = NLA_U32, },
};

const struct nla_policy sipfast_side_nl_policy[SIPFAST_A_SIDE_STATS + 1] = {
	[SIPFAST_A_SIDE_LOCAL] = NLA_POLICY_NESTED(sipfast_endpoint_nl_policy),
	[SIPFAST_A_SIDE_REMOTE] = NLA_POLICY_NESTED(sipfast_endpoint_nl_policy),
	[SIPFAST_A_SIDE_LEARN] = NLA_POLICY_MAX(NLA_U32, 3),
	[SIPFAST_A_SIDE_LEARN_WINDOW_MS] = { .type = NLA_U32, },
	[SIPFAST_A_SIDE_LEARNED] = NLA_POLICY_NESTED(sipfast_endpoint_nl_policy),
	[SIPFAST_A_SIDE_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[SIPFAST_A_SIDE_MARK] = { .type = NLA_U32, },
	[SIPFAST_A_SIDE_IFINDEX] = { .type = NLA_U32, },
	[SIPFAST_A_SIDE_RATE_PACKETS] = { .type = NLA_U32, },
	[SIPFAST_A_SIDE_RATE_BYTES] = { .type = NLA_U32, },
	[SIPFAST_A_SIDE_STATS] = NLA_POLICY_NESTED(sipfast_flow_stats_nl_policy),
};

const struct nla_policy sipfast_stream_nl_policy[SIPFAST_A_STREAM_TURN + 1] = {
	[SIPFAST_A_STREAM_ID] = NLA_POLICY_MAX(NLA_U32, 255),
	[SIPFAST_A_STREAM_RULE] = NLA_POLICY_MAX(NLA_U32, 1),
	[SIPFAST_A_STREAM_KIND] = NLA_POLICY_MAX(NLA_U32, 2),
	[SIPFAST_A_STREAM_A] = NLA_POLICY_NESTED(sipfast_side_nl_policy),
	[SIPFAST_A_STREAM_B] = NLA_POLICY_NESTED(sipfast_side_nl_policy),
	[SIPFAST_A_STREAM_STUN] = NLA_POLICY_MAX(NLA_U32, 2),
	[SIPFAST_A_STREAM_DTLS] = NLA_POLICY_MAX(NLA_U32, 2),
	[SIPFAST_A_STREAM_ZRTP] = NLA_POLICY_MAX(NLA_U32, 2),
	[SIPFAST_A_STREAM_TURN] = NLA_POLICY_MAX(NLA_U32, 2),
};

/* SIPFAST_CMD_INFO_GET - do */
const struct nla_policy sipfast_info_get_nl_policy[SIPFAST_A_INFO_CAPABILITIES + 1] = {
	[SIPFAST_A_INFO_CAPABILITIES] = NLA_POLICY_MASK(NLA_U32, 0x7f),
};

/* SIPFAST_CMD_SESSION_NEW - do */
const struct nla_policy sipfast_session_new_nl_policy[SIPFAST_A_SESSION_IDLE_EXPIRE_MS + 1] = {
	[SIPFAST_A_SESSION_COOKIE] = { .type = NLA_NUL_STRING, .len = SIPFAST_COOKIE_LEN, },
	[SIPFAST_A_SESSION_STREAM] = NLA_POLICY_NESTED(sipfast_stream_nl_policy),
	[SIPFAST_A_SESSION_LIFETIME_MS] = { .type = NLA_U32, },
	[SIPFAST_A_SESSION_IDLE_NOTIFY_MS] = { .type = NLA_U32, },
	[SIPFAST_A_SESSION_IDLE_EXPIRE_MS] = { .type = NLA_U32, },
};

/* SIPFAST_CMD_SESSION_BATCH - do */
const struct nla_policy sipfast_session_batch_nl_policy[SIPFAST_A_BATCH_SESSION + 1] = {
	[SIPFAST_A_BATCH_SESSION] = NLA_POLICY_NESTED(sipfast_new_session_nl_policy),
};

/* SIPFAST_CMD_SESSION_SET - do */
const struct nla_policy sipfast_session_set_nl_policy[SIPFAST_A_SESSION_IDLE_EXPIRE_MS + 1] = {
	[SIPFAST_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[SIPFAST_A_SESSION_COOKIE] = { .type = NLA_NUL_STRING, .len = SIPFAST_COOKIE_LEN, },
	[SIPFAST_A_SESSION_STREAM] = NLA_POLICY_NESTED(sipfast_stream_nl_policy),
	[SIPFAST_A_SESSION_STREAM_REMOVE] = NLA_POLICY_MAX(NLA_U32, 255),
	[SIPFAST_A_SESSION_LIFETIME_MS] = { .type = NLA_U32, },
	[SIPFAST_A_SESSION_IDLE_NOTIFY_MS] = { .type = NLA_U32, },
	[SIPFAST_A_SESSION_IDLE_EXPIRE_MS] = { .type = NLA_U32, },
};

/* SIPFAST_CMD_SESSION_DEL - do */
const struct nla_policy sipfast_session_del_nl_policy[SIPFAST_A_SESSION_ID + 1] = {
	[SIPFAST_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* SIPFAST_CMD_SESSION_GET - do */
const struct nla_policy sipfast_session_get_nl_policy[SIPFAST_A_SESSION_ID + 1] = {
	[SIPFAST_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* SIPFAST_CMD_SESSION_FLUSH - do */
const struct nla_policy sipfast_session_flush_nl_policy[SIPFAST_A_SESSION_COOKIE + 1] = {
	[SIPFAST_A_SESSION_COOKIE] = { .type = NLA_NUL_STRING, .len = SIPFAST_COOKIE_LEN, },
};

/* SIPFAST_CMD_PINHOLE_NEW - do */
const struct nla_policy sipfast_pinhole_new_nl_policy[SIPFAST_A_PINHOLE_LIFETIME_MS + 1] = {
	[SIPFAST_A_PINHOLE_COOKIE] = { .type = NLA_NUL_STRING, .len = SIPFAST_COOKIE_LEN, },
	[SIPFAST_A_PINHOLE_LOCAL] = NLA_POLICY_NESTED(sipfast_endpoint_nl_policy),
	[SIPFAST_A_PINHOLE_PROTOCOL] = { .type = NLA_U8, },
	[SIPFAST_A_PINHOLE_IFINDEX] = { .type = NLA_U32, },
	[SIPFAST_A_PINHOLE_PEER] = NLA_POLICY_NESTED(sipfast_endpoint_nl_policy),
	[SIPFAST_A_PINHOLE_LIFETIME_MS] = { .type = NLA_U32, },
};

/* SIPFAST_CMD_PINHOLE_DEL - do */
const struct nla_policy sipfast_pinhole_del_nl_policy[SIPFAST_A_PINHOLE_ID + 1] = {
	[SIPFAST_A_PINHOLE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* SIPFAST_CMD_PINHOLE_GET - do */
const struct nla_policy sipfast_pinhole_get_nl_policy[SIPFAST_A_PINHOLE_ID + 1] = {
	[SIPFAST_A_PINHOLE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* SIPFAST_CMD_DEVICE_NEW - do */
const struct nla_policy sipfast_device_new_nl_policy[SIPFAST_A_DEVICE_HOOK + 1] = {
	[SIPFAST_A_DEVICE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[SIPFAST_A_DEVICE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[SIPFAST_A_DEVICE_HOOK] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* SIPFAST_CMD_DEVICE_DEL - do */
const struct nla_policy sipfast_device_del_nl_policy[SIPFAST_A_DEVICE_IFNAME + 1] = {
	[SIPFAST_A_DEVICE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[SIPFAST_A_DEVICE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* SIPFAST_CMD_DEVICE_GET - do */
const struct nla_policy sipfast_device_get_nl_policy[SIPFAST_A_DEVICE_IFNAME + 1] = {
	[SIPFAST_A_DEVICE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[SIPFAST_A_DEVICE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* SIPFAST_CMD_PAYLOAD_SEND - do */
const struct nla_policy sipfast_payload_send_nl_policy[SIPFAST_A_PAYLOAD_DATA + 1] = {
	[SIPFAST_A_PAYLOAD_SESSION] = NLA_POLICY_MIN(NLA_U32, 1),
	[SIPFAST_A_PAYLOAD_STREAM] = NLA_POLICY_MAX(NLA_U32, 255),
	[SIPFAST_A_PAYLOAD_SIDE] = NLA_POLICY_MAX(NLA_U32, 1),
	[SIPFAST_A_PAYLOAD_REMOTE] = NLA_POLICY_NESTED(sipfast_endpoint_nl_policy),
	[SIPFAST_A_PAYLOAD_DATA] = { .type = NLA_BINARY, },
};

/* SIPFAST_CMD_STATS_GET - do */
const struct nla_policy sipfast_stats_get_nl_policy[SIPFAST_A_STATS_CPU + 1] = {
	[SIPFAST_A_STATS_CPU] = { .type = NLA_U32, },
};

/* Ops table for sipfast */
const struct genl_ops sipfast_nl_ops[15] = {
	{
		.cmd		= SIPFAST_CMD_INFO_GET,
		.doit		= sipfast_nl_info_get_doit,
		.policy		= sipfast_info_get_nl_policy,
		.maxattr	= SIPFAST_A_INFO_CAPABILITIES,
	},
	{
		.cmd		= SIPFAST_CMD_SESSION_NEW,
		.doit		= sipfast_nl_session_new_doit,
		.policy		= sipfast_session_new_nl_policy,
		.maxattr	= SIPFAST_A_SESSION_IDLE_EXPIRE_MS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_SESSION_BATCH,
		.doit		= sipfast_nl_session_batch_doit,
		.policy		= sipfast_session_batch_nl_policy,
		.maxattr	= SIPFAST_A_BATCH_SESSION,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_SESSION_SET,
		.doit		= sipfast_nl_session_set_doit,
		.policy		= sipfast_session_set_nl_policy,
		.maxattr	= SIPFAST_A_SESSION_IDLE_EXPIRE_MS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_SESSION_DEL,
		.doit		= sipfast_nl_session_del_doit,
		.policy		= sipfast_session_del_nl_policy,
		.maxattr	= SIPFAST_A_SESSION_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_SESSION_GET,
		.doit		= sipfast_nl_session_get_doit,
		.dumpit		= sipfast_nl_session_get_dumpit,
		.policy		= sipfast_session_get_nl_policy,
		.maxattr	= SIPFAST_A_SESSION_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_SESSION_FLUSH,
		.doit		= sipfast_nl_session_flush_doit,
		.policy		= sipfast_session_flush_nl_policy,
		.maxattr	= SIPFAST_A_SESSION_COOKIE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_PINHOLE_NEW,
		.doit		= sipfast_nl_pinhole_new_doit,
		.policy		= sipfast_pinhole_new_nl_policy,
		.maxattr	= SIPFAST_A_PINHOLE_LIFETIME_MS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_PINHOLE_DEL,
		.doit		= sipfast_nl_pinhole_del_doit,
		.policy		= sipfast_pinhole_del_nl_policy,
		.maxattr	= SIPFAST_A_PINHOLE_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_PINHOLE_GET,
		.doit		= sipfast_nl_pinhole_get_doit,
		.dumpit		= sipfast_nl_pinhole_get_dumpit,
		.policy		= sipfast_pinhole_get_nl_policy,
		.maxattr	= SIPFAST_A_PINHOLE_ID,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_DEVICE_NEW,
		.doit		= sipfast_nl_device_new_doit,
		.policy		= sipfast_device_new_nl_policy,
		.maxattr	= SIPFAST_A_DEVICE_HOOK,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_DEVICE_DEL,
		.doit		= sipfast_nl_device_del_doit,
		.policy		= sipfast_device_del_nl_policy,
		.maxattr	= SIPFAST_A_DEVICE_IFNAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_DEVICE_GET,
		.doit		= sipfast_nl_device_get_doit,
		.dumpit		= sipfast_nl_device_get_dumpit,
		.policy		= sipfast_device_get_nl_policy,
		.maxattr	= SIPFAST_A_DEVICE_IFNAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_PAYLOAD_SEND,
		.doit		= sipfast_nl_payload_send_doit,
		.policy		= sipfast_payload_send_nl_policy,
		.maxattr	= SIPFAST_A_PAYLOAD_DATA,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= SIPFAST_CMD_STATS_GET,
		.doit		= sipfast_nl_stats_get_doit,
		.policy		= sipfast_stats_get_nl_policy,
		.maxattr	= SIPFAST_A_STATS_CPU,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group sipfast_nl_mcgrps[] = {
	[SIPFAST_NLGRP_EVENTS] = { "events", },
	[SIPFAST_NLGRP_PAYLOADS] = { "payloads", },
};
