/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices at which sipfast.ko looks for media.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_DEVICE_H
#define SIPFAST_DAEMON_NL_DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/sipfast.h>

struct nl_genl;
struct nlmsghdr;

/** struct nl_device - attribute set `device`; `has` as in session.h */
struct nl_device {
	struct {
		bool ifindex : 1;
		bool ifname : 1;
		bool hook : 1;
		bool packets : 1;
	} has;
	uint32_t ifindex;
	char ifname[IF_NAMESIZE];
	enum sipfast_hook hook;
	uint64_t packets;
};

/**
 * typedef nl_device_fn - takes one device of a dump
 * @arg: as given with the dump
 * @device: the device; valid for the time of the call
 *
 * Return: 0, or -errno, which ends the dump with that.
 */
typedef int (*nl_device_fn)(void *arg, const struct nl_device *device);

/**
 * nl_device_new() - attach a device, at the hook the module thinks best
 * @genl: socket
 * @ifname: its name
 *
 * Return: 0; -EEXIST where it is attached already; -ENODEV; another -errno.
 */
int nl_device_new(struct nl_genl *genl, const char *ifname);

/**
 * nl_device_del() - detach a device
 * @genl: socket
 * @ifname: its name
 *
 * Return: 0; -ENOENT where it is not attached; -ENODEV; another -errno.
 */
int nl_device_del(struct nl_genl *genl, const char *ifname);

/**
 * nl_device_dump() - look at all attached devices
 * @genl: socket
 * @show: called for each; may make requests on @genl
 * @arg: for @show
 *
 * Return: 0; 1 where it was disturbed (nl_genl_dump()); -errno.
 */
int nl_device_dump(struct nl_genl *genl, nl_device_fn show, void *arg);

/**
 * nl_device_parse() - read a device from a message
 * @nlh: reply or notification
 * @device: filled in
 *
 * Return: 0, or -EBADMSG.
 */
int nl_device_parse(const struct nlmsghdr *nlh, struct nl_device *device);

#endif
