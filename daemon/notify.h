/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the service manager is told: sd_notify(3) where libsystemd was there at
 * build time, nothing where it was not.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NOTIFY_H
#define SIPFAST_DAEMON_NOTIFY_H

#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>

#define notify(...) sd_notifyf(0, __VA_ARGS__)
#else
static inline int __attribute__((format(printf, 1, 2)))
notify(const char *format, ...)
{
	(void)format;
	return 0;
}
#endif

#endif
