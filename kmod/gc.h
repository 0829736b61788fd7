/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ends by itself: sessions idle or out of their lifetime, pinholes out of
 * theirs. The kernel does this, so that a call survives its daemon and a dead
 * call does not.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_GC_H
#define _SF_GC_H

#include <linux/ktime.h>
#include <linux/workqueue.h>

struct sf_net;

/**
 * struct sf_gc - the work of a namespace
 * @work: looks at everything that has a deadline
 * @next: when it does so next; under the lock of the namespace
 */
struct sf_gc {
	struct delayed_work	work;
	ktime_t			next;
};

/**
 * sf_gc_init() - prepare the work of a namespace
 * @sn: the namespace
 */
void sf_gc_init(struct sf_net *sn);

/**
 * sf_gc_exit() - stop the work of a namespace for good
 * @sn: the namespace
 *
 * Context: process, without the lock of the namespace.
 */
void sf_gc_exit(struct sf_net *sn);

/**
 * sf_gc_within() - something has a new deadline
 * @sn: the namespace
 * @ms: how far away it is, in milliseconds; 0 is no deadline
 *
 * Context: process, the lock of the namespace.
 */
void sf_gc_within(struct sf_net *sn, u32 ms);

#endif /* _SF_GC_H */
