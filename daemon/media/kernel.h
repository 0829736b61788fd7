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
 * media_kernel_plan() - what a session of ours does
 * @session: as the module tells it
 * @plan: filled in, as media_ops.install() was given it
 */
void media_kernel_plan(const struct nl_session *session,
		       struct media_plan *plan);

#endif
