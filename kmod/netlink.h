/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The genetlink family "sipfast": requests in, replies and notifications out.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_NETLINK_H
#define _SF_NETLINK_H

/**
 * sf_netlink_init() - register the family and begin to notify
 *
 * Context: process, module load.
 * Return: 0 or a negative errno.
 */
int sf_netlink_init(void);

/**
 * sf_netlink_exit() - take no more requests and notify no more
 *
 * Context: process, module unload.
 */
void sf_netlink_exit(void);

#endif /* _SF_NETLINK_H */
