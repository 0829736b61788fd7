// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The genetlink family `sipfast` as data: see types.h.
 *
 * The tables follow the YAML, set by set, in its order: inner sets first.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include "nl/types.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

static const char *const rule_entries[] = {
	"relay",
	"nat",
};

static const struct nl_names rule_names = {
	.name = "rule",
	.n_entries = N_ELEMENTS(rule_entries),
	.entries = rule_entries,
};

static const char *const kind_entries[] = {
	"rtp",
	"rtcp",
	"opaque",
};

static const struct nl_names kind_names = {
	.name = "kind",
	.n_entries = N_ELEMENTS(kind_entries),
	.entries = kind_entries,
};

static const char *const learn_entries[] = {
	"exact",
	"same-address",
	"learn-once",
	"off",
};

static const struct nl_names learn_names = {
	.name = "learn",
	.n_entries = N_ELEMENTS(learn_entries),
	.entries = learn_entries,
};

static const char *const disposition_entries[] = {
	"relay",
	"user",
	"drop",
};

static const struct nl_names disposition_names = {
	.name = "disposition",
	.n_entries = N_ELEMENTS(disposition_entries),
	.entries = disposition_entries,
};

static const char *const hook_entries[] = {
	"ingress",
	"pre-routing",
};

static const struct nl_names hook_names = {
	.name = "hook",
	.n_entries = N_ELEMENTS(hook_entries),
	.entries = hook_entries,
};

static const char *const end_reason_entries[] = {
	"deleted",
	"flushed",
	"idle",
	"lifetime",
};

static const struct nl_names end_reason_names = {
	.name = "end-reason",
	.n_entries = N_ELEMENTS(end_reason_entries),
	.entries = end_reason_entries,
};

static const char *const side_name_entries[] = {
	"a",
	"b",
};

static const struct nl_names side_name_names = {
	.name = "side-name",
	.n_entries = N_ELEMENTS(side_name_entries),
	.entries = side_name_entries,
};

static const char *const payload_class_entries[] = {
	"stun",
	"dtls",
	"zrtp",
	"turn",
};

static const struct nl_names payload_class_names = {
	.name = "payload-class",
	.n_entries = N_ELEMENTS(payload_class_entries),
	.entries = payload_class_entries,
};

static const char *const capability_entries[] = {
	"relay",
	"nat",
	"ipv6",
	"family-bridge",
	"user-queue",
	"rate-limit",
	"pinhole-tcp",
};

static const struct nl_names capability_names = {
	.name = "capability",
	.n_entries = N_ELEMENTS(capability_entries),
	.entries = capability_entries,
};

static const struct nl_attr_type endpoint_types[] = {
	[SIPFAST_A_ENDPOINT_ADDR4] = { "addr4", NL_TYPE_ADDR4 },
	[SIPFAST_A_ENDPOINT_ADDR6] = { "addr6", NL_TYPE_ADDR6 },
	[SIPFAST_A_ENDPOINT_PORT] = { "port", NL_TYPE_PORT },
};

const struct nl_attr_set nl_endpoint_attrs = {
	.name = "endpoint",
	.max = SIPFAST_A_ENDPOINT_MAX,
	.attrs = endpoint_types,
};

static const struct nl_attr_type flow_stats_types[] = {
	[SIPFAST_A_FLOW_STATS_PACKETS] = { "packets", NL_TYPE_U64 },
	[SIPFAST_A_FLOW_STATS_BYTES] = { "bytes", NL_TYPE_U64 },
	[SIPFAST_A_FLOW_STATS_RTP_PACKETS] = { "rtp-packets", NL_TYPE_U64 },
	[SIPFAST_A_FLOW_STATS_RTCP_PACKETS] = { "rtcp-packets", NL_TYPE_U64 },
	[SIPFAST_A_FLOW_STATS_LOST] = { "lost", NL_TYPE_S64 },
	[SIPFAST_A_FLOW_STATS_REORDERED] = { "reordered", NL_TYPE_U64 },
	[SIPFAST_A_FLOW_STATS_DUPLICATES] = { "duplicates", NL_TYPE_U64 },
	[SIPFAST_A_FLOW_STATS_JITTER] = { "jitter", NL_TYPE_U32 },
	[SIPFAST_A_FLOW_STATS_SSRC] = { "ssrc", NL_TYPE_U32 },
	[SIPFAST_A_FLOW_STATS_SSRC_CHANGES] = { "ssrc-changes", NL_TYPE_U32 },
	[SIPFAST_A_FLOW_STATS_PAYLOAD_TYPE] = { "payload-type", NL_TYPE_U8 },
	[SIPFAST_A_FLOW_STATS_DSCP] = { "dscp", NL_TYPE_U8 },
	[SIPFAST_A_FLOW_STATS_LAST_SEEN_MS] = { "last-seen-ms", NL_TYPE_U64 },
	[SIPFAST_A_FLOW_STATS_DROPPED] = { "dropped", NL_TYPE_U64 },
	[SIPFAST_A_FLOW_STATS_ROUND_TRIP_US] = { "round-trip-us", NL_TYPE_U32 },
	[SIPFAST_A_FLOW_STATS_PAD] = { "pad", NL_TYPE_PAD },
};

const struct nl_attr_set nl_flow_stats_attrs = {
	.name = "flow-stats",
	.max = SIPFAST_A_FLOW_STATS_MAX,
	.attrs = flow_stats_types,
};

static const struct nl_attr_type side_types[] = {
	[SIPFAST_A_SIDE_LOCAL] = {
		"local", NL_TYPE_NEST, .nest = &nl_endpoint_attrs,
	},
	[SIPFAST_A_SIDE_REMOTE] = {
		"remote", NL_TYPE_NEST, .nest = &nl_endpoint_attrs,
	},
	[SIPFAST_A_SIDE_LEARN] = {
		"learn", NL_TYPE_ENUM, .names = &learn_names,
	},
	[SIPFAST_A_SIDE_LEARN_WINDOW_MS] = { "learn-window-ms", NL_TYPE_U32 },
	[SIPFAST_A_SIDE_LEARNED] = {
		"learned", NL_TYPE_NEST, .nest = &nl_endpoint_attrs,
	},
	[SIPFAST_A_SIDE_DSCP] = { "dscp", NL_TYPE_U8 },
	[SIPFAST_A_SIDE_MARK] = { "mark", NL_TYPE_U32 },
	[SIPFAST_A_SIDE_IFINDEX] = { "ifindex", NL_TYPE_U32 },
	[SIPFAST_A_SIDE_RATE_PACKETS] = { "rate-packets", NL_TYPE_U32 },
	[SIPFAST_A_SIDE_RATE_BYTES] = { "rate-bytes", NL_TYPE_U32 },
	[SIPFAST_A_SIDE_STATS] = {
		"stats", NL_TYPE_NEST, .nest = &nl_flow_stats_attrs,
	},
};

const struct nl_attr_set nl_side_attrs = {
	.name = "side",
	.max = SIPFAST_A_SIDE_MAX,
	.attrs = side_types,
};

static const struct nl_attr_type stream_types[] = {
	[SIPFAST_A_STREAM_ID] = { "id", NL_TYPE_U32 },
	[SIPFAST_A_STREAM_RULE] = {
		"rule", NL_TYPE_ENUM, .names = &rule_names,
	},
	[SIPFAST_A_STREAM_KIND] = {
		"kind", NL_TYPE_ENUM, .names = &kind_names,
	},
	[SIPFAST_A_STREAM_A] = { "a", NL_TYPE_NEST, .nest = &nl_side_attrs },
	[SIPFAST_A_STREAM_B] = { "b", NL_TYPE_NEST, .nest = &nl_side_attrs },
	[SIPFAST_A_STREAM_STUN] = {
		"stun", NL_TYPE_ENUM, .names = &disposition_names,
	},
	[SIPFAST_A_STREAM_DTLS] = {
		"dtls", NL_TYPE_ENUM, .names = &disposition_names,
	},
	[SIPFAST_A_STREAM_ZRTP] = {
		"zrtp", NL_TYPE_ENUM, .names = &disposition_names,
	},
	[SIPFAST_A_STREAM_TURN] = {
		"turn", NL_TYPE_ENUM, .names = &disposition_names,
	},
};

const struct nl_attr_set nl_stream_attrs = {
	.name = "stream",
	.max = SIPFAST_A_STREAM_MAX,
	.attrs = stream_types,
};

static const struct nl_attr_type session_types[] = {
	[SIPFAST_A_SESSION_ID] = { "id", NL_TYPE_U32 },
	[SIPFAST_A_SESSION_COOKIE] = {
		"cookie", NL_TYPE_STRING, .max = SIPFAST_COOKIE_LEN,
	},
	[SIPFAST_A_SESSION_STREAM] = {
		"stream", NL_TYPE_NEST, .multi = true, .nest = &nl_stream_attrs,
	},
	[SIPFAST_A_SESSION_STREAM_REMOVE] = {
		"stream-remove", NL_TYPE_U32, .multi = true,
	},
	[SIPFAST_A_SESSION_LIFETIME_MS] = { "lifetime-ms", NL_TYPE_U32 },
	[SIPFAST_A_SESSION_IDLE_NOTIFY_MS] = { "idle-notify-ms", NL_TYPE_U32 },
	[SIPFAST_A_SESSION_IDLE_EXPIRE_MS] = { "idle-expire-ms", NL_TYPE_U32 },
	[SIPFAST_A_SESSION_AGE_MS] = { "age-ms", NL_TYPE_U64 },
	[SIPFAST_A_SESSION_IDLE_MS] = { "idle-ms", NL_TYPE_U64 },
	[SIPFAST_A_SESSION_END_REASON] = {
		"end-reason", NL_TYPE_ENUM, .names = &end_reason_names,
	},
	[SIPFAST_A_SESSION_PAD] = { "pad", NL_TYPE_PAD },
};

const struct nl_attr_set nl_session_attrs = {
	.name = "session",
	.max = SIPFAST_A_SESSION_MAX,
	.attrs = session_types,
};

/* A new session is a session that has not got all it will have. */
static const struct nl_attr_type batch_types[] = {
	[SIPFAST_A_BATCH_SESSION] = {
		"session", NL_TYPE_NEST, .multi = true,
		.nest = &nl_session_attrs,
	},
	[SIPFAST_A_BATCH_ID] = { "id", NL_TYPE_U32, .multi = true },
};

const struct nl_attr_set nl_batch_attrs = {
	.name = "batch",
	.max = SIPFAST_A_BATCH_MAX,
	.attrs = batch_types,
};

static const struct nl_attr_type payload_types[] = {
	[SIPFAST_A_PAYLOAD_SESSION] = { "session", NL_TYPE_U32 },
	[SIPFAST_A_PAYLOAD_COOKIE] = {
		"cookie", NL_TYPE_STRING, .max = SIPFAST_COOKIE_LEN,
	},
	[SIPFAST_A_PAYLOAD_STREAM] = { "stream", NL_TYPE_U32 },
	[SIPFAST_A_PAYLOAD_SIDE] = {
		"side", NL_TYPE_ENUM, .names = &side_name_names,
	},
	[SIPFAST_A_PAYLOAD_CLASS] = {
		"class", NL_TYPE_ENUM, .names = &payload_class_names,
	},
	[SIPFAST_A_PAYLOAD_LOCAL] = {
		"local", NL_TYPE_NEST, .nest = &nl_endpoint_attrs,
	},
	[SIPFAST_A_PAYLOAD_REMOTE] = {
		"remote", NL_TYPE_NEST, .nest = &nl_endpoint_attrs,
	},
	[SIPFAST_A_PAYLOAD_DATA] = { "data", NL_TYPE_BINARY },
};

const struct nl_attr_set nl_payload_attrs = {
	.name = "payload",
	.max = SIPFAST_A_PAYLOAD_MAX,
	.attrs = payload_types,
};

static const struct nl_attr_type pinhole_types[] = {
	[SIPFAST_A_PINHOLE_ID] = { "id", NL_TYPE_U32 },
	[SIPFAST_A_PINHOLE_COOKIE] = {
		"cookie", NL_TYPE_STRING, .max = SIPFAST_COOKIE_LEN,
	},
	[SIPFAST_A_PINHOLE_LOCAL] = {
		"local", NL_TYPE_NEST, .nest = &nl_endpoint_attrs,
	},
	[SIPFAST_A_PINHOLE_PROTOCOL] = { "protocol", NL_TYPE_U8 },
	[SIPFAST_A_PINHOLE_IFINDEX] = { "ifindex", NL_TYPE_U32 },
	[SIPFAST_A_PINHOLE_PEER] = {
		"peer", NL_TYPE_NEST, .multi = true, .nest = &nl_endpoint_attrs,
	},
	[SIPFAST_A_PINHOLE_LIFETIME_MS] = { "lifetime-ms", NL_TYPE_U32 },
	[SIPFAST_A_PINHOLE_PACKETS] = { "packets", NL_TYPE_U64 },
	[SIPFAST_A_PINHOLE_END_REASON] = {
		"end-reason", NL_TYPE_ENUM, .names = &end_reason_names,
	},
	[SIPFAST_A_PINHOLE_PAD] = { "pad", NL_TYPE_PAD },
};

const struct nl_attr_set nl_pinhole_attrs = {
	.name = "pinhole",
	.max = SIPFAST_A_PINHOLE_MAX,
	.attrs = pinhole_types,
};

static const struct nl_attr_type device_types[] = {
	[SIPFAST_A_DEVICE_IFINDEX] = { "ifindex", NL_TYPE_U32 },
	[SIPFAST_A_DEVICE_IFNAME] = { "ifname", NL_TYPE_STRING, .max = 15 },
	[SIPFAST_A_DEVICE_HOOK] = {
		"hook", NL_TYPE_ENUM, .names = &hook_names,
	},
	[SIPFAST_A_DEVICE_PACKETS] = { "packets", NL_TYPE_U64 },
	[SIPFAST_A_DEVICE_PAD] = { "pad", NL_TYPE_PAD },
};

const struct nl_attr_set nl_device_attrs = {
	.name = "device",
	.max = SIPFAST_A_DEVICE_MAX,
	.attrs = device_types,
};

static const struct nl_attr_type declined_types[] = {
	[SIPFAST_A_DECLINED_FRAGMENT] = { "fragment", NL_TYPE_U64 },
	[SIPFAST_A_DECLINED_IP_OPTIONS] = { "ip-options", NL_TYPE_U64 },
	[SIPFAST_A_DECLINED_MALFORMED] = { "malformed", NL_TYPE_U64 },
	[SIPFAST_A_DECLINED_TTL] = { "ttl", NL_TYPE_U64 },
	[SIPFAST_A_DECLINED_NO_ROUTE] = { "no-route", NL_TYPE_U64 },
	[SIPFAST_A_DECLINED_TOO_BIG] = { "too-big", NL_TYPE_U64 },
	[SIPFAST_A_DECLINED_GSO] = { "gso", NL_TYPE_U64 },
	[SIPFAST_A_DECLINED_PAD] = { "pad", NL_TYPE_PAD },
};

const struct nl_attr_set nl_declined_attrs = {
	.name = "declined",
	.max = SIPFAST_A_DECLINED_MAX,
	.attrs = declined_types,
};

static const struct nl_attr_type dropped_types[] = {
	[SIPFAST_A_DROPPED_SOURCE_MISMATCH] = { "source-mismatch", NL_TYPE_U64 },
	[SIPFAST_A_DROPPED_REMOTE_UNKNOWN] = { "remote-unknown", NL_TYPE_U64 },
	[SIPFAST_A_DROPPED_NOT_RTP] = { "not-rtp", NL_TYPE_U64 },
	[SIPFAST_A_DROPPED_POLICY] = { "policy", NL_TYPE_U64 },
	[SIPFAST_A_DROPPED_RATE] = { "rate", NL_TYPE_U64 },
	[SIPFAST_A_DROPPED_QUEUE_FULL] = { "queue-full", NL_TYPE_U64 },
	[SIPFAST_A_DROPPED_NO_LISTENER] = { "no-listener", NL_TYPE_U64 },
	[SIPFAST_A_DROPPED_NO_MEMORY] = { "no-memory", NL_TYPE_U64 },
	[SIPFAST_A_DROPPED_XMIT] = { "xmit", NL_TYPE_U64 },
	[SIPFAST_A_DROPPED_PAD] = { "pad", NL_TYPE_PAD },
};

const struct nl_attr_set nl_dropped_attrs = {
	.name = "dropped",
	.max = SIPFAST_A_DROPPED_MAX,
	.attrs = dropped_types,
};

static const struct nl_attr_type stats_types[] = {
	[SIPFAST_A_STATS_PACKETS] = { "packets", NL_TYPE_U64 },
	[SIPFAST_A_STATS_BYTES] = { "bytes", NL_TYPE_U64 },
	[SIPFAST_A_STATS_DECLINED] = {
		"declined", NL_TYPE_NEST, .nest = &nl_declined_attrs,
	},
	[SIPFAST_A_STATS_DROPPED] = {
		"dropped", NL_TYPE_NEST, .nest = &nl_dropped_attrs,
	},
	[SIPFAST_A_STATS_QUEUED] = { "queued", NL_TYPE_U64 },
	[SIPFAST_A_STATS_SENT] = { "sent", NL_TYPE_U64 },
	[SIPFAST_A_STATS_PINHOLE_ADMITTED] = { "pinhole-admitted", NL_TYPE_U64 },
	[SIPFAST_A_STATS_PINHOLE_REFUSED] = { "pinhole-refused", NL_TYPE_U64 },
	[SIPFAST_A_STATS_LEARNED] = { "learned", NL_TYPE_U64 },
	[SIPFAST_A_STATS_SESSIONS] = { "sessions", NL_TYPE_U32 },
	[SIPFAST_A_STATS_STREAMS] = { "streams", NL_TYPE_U32 },
	[SIPFAST_A_STATS_PINHOLES] = { "pinholes", NL_TYPE_U32 },
	[SIPFAST_A_STATS_SESSIONS_MADE] = { "sessions-made", NL_TYPE_U64 },
	[SIPFAST_A_STATS_SESSIONS_EXPIRED] = { "sessions-expired", NL_TYPE_U64 },
	[SIPFAST_A_STATS_EVENTS_LOST] = { "events-lost", NL_TYPE_U64 },
	[SIPFAST_A_STATS_CPU] = { "cpu", NL_TYPE_U32 },
	[SIPFAST_A_STATS_PAD] = { "pad", NL_TYPE_PAD },
};

const struct nl_attr_set nl_stats_attrs = {
	.name = "stats",
	.max = SIPFAST_A_STATS_MAX,
	.attrs = stats_types,
};

static const struct nl_attr_type info_types[] = {
	[SIPFAST_A_INFO_VERSION] = { "version", NL_TYPE_STRING },
	[SIPFAST_A_INFO_CAPABILITIES] = {
		"capabilities", NL_TYPE_FLAGS, .names = &capability_names,
	},
	[SIPFAST_A_INFO_MAX_SESSIONS] = { "max-sessions", NL_TYPE_U32 },
	[SIPFAST_A_INFO_MAX_PINHOLES] = { "max-pinholes", NL_TYPE_U32 },
};

const struct nl_attr_set nl_info_attrs = {
	.name = "info",
	.max = SIPFAST_A_INFO_MAX,
	.attrs = info_types,
};

static const struct nl_op ops[] = {
	[SIPFAST_CMD_INFO_GET] = { "info-get", &nl_info_attrs },
	[SIPFAST_CMD_SESSION_NEW] = { "session-new", &nl_session_attrs },
	[SIPFAST_CMD_SESSION_BATCH] = { "session-batch", &nl_batch_attrs },
	[SIPFAST_CMD_SESSION_SET] = { "session-set", &nl_session_attrs },
	[SIPFAST_CMD_SESSION_DEL] = { "session-del", &nl_session_attrs },
	[SIPFAST_CMD_SESSION_GET] = { "session-get", &nl_session_attrs },
	[SIPFAST_CMD_SESSION_FLUSH] = { "session-flush", &nl_session_attrs },
	[SIPFAST_CMD_SESSION_NEW_NTF] = {
		"session-new-ntf", &nl_session_attrs, .notify = true,
	},
	[SIPFAST_CMD_SESSION_SET_NTF] = {
		"session-set-ntf", &nl_session_attrs, .notify = true,
	},
	[SIPFAST_CMD_SESSION_END_NTF] = {
		"session-end-ntf", &nl_session_attrs, .notify = true,
	},
	[SIPFAST_CMD_SESSION_LEARNED_NTF] = {
		"session-learned-ntf", &nl_session_attrs, .notify = true,
	},
	[SIPFAST_CMD_SESSION_IDLE_NTF] = {
		"session-idle-ntf", &nl_session_attrs, .notify = true,
	},
	[SIPFAST_CMD_PINHOLE_NEW] = { "pinhole-new", &nl_pinhole_attrs },
	[SIPFAST_CMD_PINHOLE_DEL] = { "pinhole-del", &nl_pinhole_attrs },
	[SIPFAST_CMD_PINHOLE_GET] = { "pinhole-get", &nl_pinhole_attrs },
	[SIPFAST_CMD_PINHOLE_NEW_NTF] = {
		"pinhole-new-ntf", &nl_pinhole_attrs, .notify = true,
	},
	[SIPFAST_CMD_PINHOLE_END_NTF] = {
		"pinhole-end-ntf", &nl_pinhole_attrs, .notify = true,
	},
	[SIPFAST_CMD_DEVICE_NEW] = { "device-new", &nl_device_attrs },
	[SIPFAST_CMD_DEVICE_DEL] = { "device-del", &nl_device_attrs },
	[SIPFAST_CMD_DEVICE_GET] = { "device-get", &nl_device_attrs },
	[SIPFAST_CMD_DEVICE_NEW_NTF] = {
		"device-new-ntf", &nl_device_attrs, .notify = true,
	},
	[SIPFAST_CMD_DEVICE_DEL_NTF] = {
		"device-del-ntf", &nl_device_attrs, .notify = true,
	},
	[SIPFAST_CMD_PAYLOAD_SEND] = { "payload-send", &nl_payload_attrs },
	[SIPFAST_CMD_PAYLOAD_NTF] = {
		"payload-ntf", &nl_payload_attrs, .notify = true,
	},
	[SIPFAST_CMD_STATS_GET] = { "stats-get", &nl_stats_attrs },
	[SIPFAST_CMD_OVERRUN_NTF] = {
		"overrun-ntf", &nl_stats_attrs, .notify = true,
	},
};

const struct nl_op *nl_op(uint8_t cmd)
{
	if (cmd >= N_ELEMENTS(ops) || !ops[cmd].name)
		return NULL;
	return &ops[cmd];
}

const struct nl_attr_type *nl_attr_type(const struct nl_attr_set *set,
					unsigned int number)
{
	if (number > set->max || set->attrs[number].type == NL_TYPE_UNUSED)
		return NULL;
	return &set->attrs[number];
}

unsigned int nl_attr_number(const struct nl_attr_set *set, const char *name)
{
	const struct nl_attr_type *type;
	unsigned int number;

	for (number = 1; number <= set->max; number++) {
		type = nl_attr_type(set, number);
		if (type && type->type != NL_TYPE_PAD &&
		    !strcmp(type->name, name))
			return number;
	}
	return 0;
}

const char *nl_name(const struct nl_names *names, uint32_t value)
{
	return value < names->n_entries ? names->entries[value] : "unknown";
}

int nl_value(const struct nl_names *names, const char *name)
{
	unsigned int value;

	for (value = 0; value < names->n_entries; value++)
		if (!strcmp(names->entries[value], name))
			return (int)value;
	return -EINVAL;
}
