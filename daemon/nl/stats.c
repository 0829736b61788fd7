// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counters and the module's description from the wire: see stats.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "nl/attr.h"
#include "nl/genl.h"
#include "nl/stats.h"

/* Sets `declined` and `dropped`: nothing but u64, so by number. */
static int reason_attr_cb(void *arg, const struct nlattr *attr)
{
	uint64_t *reasons = arg;

	reasons[mnl_attr_get_type(attr)] = mnl_attr_get_u64(attr);
	return 0;
}

static int stats_attr_cb(void *arg, const struct nlattr *attr)
{
	struct nl_stats *stats = arg;

	switch (mnl_attr_get_type(attr)) {
	case SIPFAST_A_STATS_PACKETS:
		stats->packets = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_STATS_BYTES:
		stats->bytes = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_STATS_DECLINED:
		return nl_attr_each(attr, &nl_declined_attrs, reason_attr_cb,
				    stats->declined);
	case SIPFAST_A_STATS_DROPPED:
		return nl_attr_each(attr, &nl_dropped_attrs, reason_attr_cb,
				    stats->dropped);
	case SIPFAST_A_STATS_QUEUED:
		stats->queued = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_STATS_SENT:
		stats->sent = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_STATS_PINHOLE_ADMITTED:
		stats->pinhole_admitted = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_STATS_PINHOLE_REFUSED:
		stats->pinhole_refused = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_STATS_LEARNED:
		stats->learned = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_STATS_SESSIONS:
		stats->sessions = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_STATS_STREAMS:
		stats->streams = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_STATS_PINHOLES:
		stats->pinholes = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_STATS_SESSIONS_MADE:
		stats->sessions_made = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_STATS_SESSIONS_EXPIRED:
		stats->sessions_expired = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_STATS_EVENTS_LOST:
		stats->events_lost = mnl_attr_get_u64(attr);
		break;
	}
	return 0;
}

int nl_stats_parse(const struct nlmsghdr *nlh, struct nl_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	return nl_attr_each_in(nlh, &nl_stats_attrs, stats_attr_cb, stats);
}

static int info_attr_cb(void *arg, const struct nlattr *attr)
{
	struct nl_info *info = arg;

	switch (mnl_attr_get_type(attr)) {
	case SIPFAST_A_INFO_VERSION:
		snprintf(info->version, sizeof(info->version), "%s",
			 mnl_attr_get_str(attr));
		break;
	case SIPFAST_A_INFO_CAPABILITIES:
		info->capabilities = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_INFO_MAX_SESSIONS:
		info->max_sessions = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_INFO_MAX_PINHOLES:
		info->max_pinholes = mnl_attr_get_u32(attr);
		break;
	}
	return 0;
}

int nl_info_parse(const struct nlmsghdr *nlh, struct nl_info *info)
{
	memset(info, 0, sizeof(*info));
	return nl_attr_each_in(nlh, &nl_info_attrs, info_attr_cb, info);
}

static int take_stats(void *arg, const struct nlmsghdr *nlh)
{
	return nl_stats_parse(nlh, arg);
}

int nl_stats_get(struct nl_genl *genl, struct nl_stats *stats)
{
	struct nlmsghdr *nlh = nl_genl_begin(genl, SIPFAST_CMD_STATS_GET);

	return nl_genl_request(genl, nlh, take_stats, stats);
}

static int take_info(void *arg, const struct nlmsghdr *nlh)
{
	return nl_info_parse(nlh, arg);
}

int nl_info_get(struct nl_genl *genl, uint32_t needed, struct nl_info *info)
{
	struct nlmsghdr *nlh = nl_genl_begin(genl, SIPFAST_CMD_INFO_GET);

	if (needed)
		mnl_attr_put_u32(nlh, SIPFAST_A_INFO_CAPABILITIES, needed);
	return nl_genl_request(genl, nlh, take_info, info);
}
