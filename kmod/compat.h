/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Teaches old kernels the names that new ones have, so that the sources read
 * as current upstream. Included before everything else by kmod/Kbuild, and the
 * only place that knows kernel versions. Each block says which version brought
 * the name; it goes when the last older version is no longer supported.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_COMPAT_H
#define _SF_COMPAT_H

#include <linux/version.h>

/* 6.2: the plain form is safe against softirqs on 32-bit machines, too. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#include <linux/u64_stats_sync.h>
#define u64_stats_fetch_begin	u64_stats_fetch_begin_irq
#define u64_stats_fetch_retry	u64_stats_fetch_retry_irq
#endif

/* 6.5: skb_gso_segment() has a header of its own. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#include <linux/netdevice.h>
#else
#include <net/gso.h>
#endif

/* 6.7, and many a stable kernel: who may listen to a multicast group. */
#include <net/genetlink.h>
#ifndef GENL_MCAST_CAP_NET_ADMIN
#define GENL_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif

/* Not declared at all where bridges do not know netfilter. */
#include <linux/netfilter_bridge.h>
#if !IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
static inline bool nf_bridge_info_exists(const struct sk_buff *skb)
{
	return false;
}
#endif

#endif /* _SF_COMPAT_H */
