/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sipfast.ko is and what it has counted in this network namespace.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_STATS_H
#define SIPFAST_DAEMON_NL_STATS_H

#include <stdint.h>

#include <linux/sipfast.h>

struct nl_genl;
struct nlmsghdr;

/** struct nl_stats - attribute set `stats` */
struct nl_stats {
	uint64_t packets;
	uint64_t bytes;
	uint64_t declined[SIPFAST_A_DECLINED_MAX + 1];	/* by attribute number */
	uint64_t dropped[SIPFAST_A_DROPPED_MAX + 1];	/* by attribute number */
	uint64_t queued;
	uint64_t sent;
	uint64_t pinhole_admitted;
	uint64_t pinhole_refused;
	uint64_t learned;
	uint32_t sessions;
	uint32_t streams;
	uint32_t pinholes;
	uint64_t sessions_made;
	uint64_t sessions_expired;
	uint64_t events_lost;
};

/** struct nl_info - attribute set `info`; @capabilities are SIPFAST_CAPABILITY_* */
struct nl_info {
	char version[64];
	uint32_t capabilities;
	uint32_t max_sessions;
	uint32_t max_pinholes;
};

/**
 * nl_stats_get() - the namespace's counters
 * @genl: socket
 * @stats: filled in
 *
 * Return: 0, or -errno.
 */
int nl_stats_get(struct nl_genl *genl, struct nl_stats *stats);

/**
 * nl_info_get() - what the module is
 * @genl: socket
 * @needed: capabilities that the asker cannot do without, or 0
 * @info: filled in
 *
 * Return: 0; -EOPNOTSUPP where the module lacks something of @needed; another
 * -errno.
 */
int nl_info_get(struct nl_genl *genl, uint32_t needed, struct nl_info *info);

/** nl_stats_parse() - read counters from a reply; 0, or -EBADMSG */
int nl_stats_parse(const struct nlmsghdr *nlh, struct nl_stats *stats);

/** nl_info_parse() - read an info-get reply; 0, or -EBADMSG */
int nl_info_parse(const struct nlmsghdr *nlh, struct nl_info *info);

#endif
