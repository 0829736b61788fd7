/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The back end that hands media plans to sipfast.ko.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_MEDIA_KERNEL_H
#define SIPFAST_DAEMON_MEDIA_KERNEL_H

#include <stdint.h>

#include "media/media.h"
#include "media/ports.h"

struct nl_genl;
struct nl_session;

/**
 * media_kernel_new() - make the back end
 * @genl: socket to the module, borrowed
 * @idle_s: seconds without a packet after which the kernel ends a session by
 *	itself; 0 is never
 *
 * Return: the back end, or NULL with errno set.
 */
struct media *media_kernel_new(struct nl_genl *genl, uint32_t idle_s);

/** media_kernel_free() - end the back end; its sessions run on; NULL is fine */
void media_kernel_free(struct media *media);

/**
 * media_kernel_take_ports() - mark the ports that our sessions use as lent
 * @media: the back end
 * @ports: the pool
 *
 * At start, for sessions that an earlier daemon left running. Ports outside the
 * pool, as from another configuration, are passed over.
 *
 * Return: 0, or -errno.
 */
int media_kernel_take_ports(struct media *media, struct media_ports *ports);

/**
 * media_kernel_put_ports() - a session of an earlier daemon has ended
 * @session: as its notification described it; without effect where it was none
 *	of a daemon's
 * @ports: the pool, where its ports were taken
 * @now_ms: monotonic time
 */
void media_kernel_put_ports(const struct nl_session *session,
			    struct media_ports *ports, uint64_t now_ms);

#endif
