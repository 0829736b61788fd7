/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The MTU of the way to a side, where a router further on says that it is less
 * than the route's (RFC 1191, RFC 8201). Such an error comes to the address
 * that a relayed packet left from. The ordinary stack looks for a socket there,
 * finds none, and learns nothing; so it is read here.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_PMTU_H
#define _SF_PMTU_H

struct sf_net;

/**
 * sf_pmtu_hook() - begin to listen to routers
 * @sn: the namespace
 *
 * Context: process, the lock of the namespace.
 * Return: 0 or a negative errno.
 */
int sf_pmtu_hook(struct sf_net *sn);

/**
 * sf_pmtu_unhook() - listen no more
 * @sn: the namespace, after sf_pmtu_hook()
 *
 * Context: process, the lock of the namespace.
 */
void sf_pmtu_unhook(struct sf_net *sn);

#endif /* _SF_PMTU_H */
