/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pinholes of sipfast.ko: what is let past the input chain to our sockets.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_PINHOLE_H
#define SIPFAST_DAEMON_NL_PINHOLE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/sipfast.h>

#include "nl/endpoint.h"

struct nl_genl;
struct nlmsghdr;

/** struct nl_pinhole - attribute set `pinhole`; `has` as in session.h */
struct nl_pinhole {
	struct {
		bool id : 1;
		bool cookie : 1;
		bool local : 1;
		bool protocol : 1;
		bool ifindex : 1;
		bool lifetime_ms : 1;
		bool packets : 1;
		bool end_reason : 1;
	} has;
	uint32_t id;
	char cookie[SIPFAST_COOKIE_LEN + 1];
	struct nl_endpoint local;
	uint8_t protocol;
	uint32_t ifindex;
	unsigned int n_peers;
	struct nl_endpoint peers[SIPFAST_MAX_PEERS];
	uint32_t lifetime_ms;
	uint64_t packets;
	enum sipfast_end_reason end_reason;
};

/**
 * typedef nl_pinhole_fn - takes one pinhole of a dump
 * @arg: as given with the dump
 * @pinhole: the pinhole; valid for the time of the call
 *
 * Return: 0, or -errno, which ends the dump with that.
 */
typedef int (*nl_pinhole_fn)(void *arg, const struct nl_pinhole *pinhole);

/**
 * nl_pinhole_new() - make a pinhole
 * @genl: socket
 * @pinhole: what it shall be; without id
 * @id: gets its number; may be NULL
 *
 * Return: 0; -EEXIST where protocol, local endpoint and device are taken;
 * -ENOSPC where the table is full; another -errno.
 */
int nl_pinhole_new(struct nl_genl *genl, const struct nl_pinhole *pinhole,
		   uint32_t *id);

/**
 * nl_pinhole_del() - end a pinhole
 * @genl: socket
 * @id: its number
 *
 * Return: 0; -ENOENT where there is no such pinhole; another -errno.
 */
int nl_pinhole_del(struct nl_genl *genl, uint32_t id);

/**
 * nl_pinhole_get() - look at a pinhole
 * @genl: socket
 * @id: its number
 * @reply: gets it
 *
 * Return: 0; -ENOENT where there is no such pinhole; another -errno.
 */
int nl_pinhole_get(struct nl_genl *genl, uint32_t id,
		   struct nl_pinhole *reply);

/**
 * nl_pinhole_dump() - look at all pinholes
 * @genl: socket
 * @show: called for each; may make requests on @genl
 * @arg: for @show
 *
 * Return: 0; 1 where it was disturbed (nl_genl_dump()); -errno.
 */
int nl_pinhole_dump(struct nl_genl *genl, nl_pinhole_fn show, void *arg);

/**
 * nl_pinhole_put() - add what is given of a pinhole to a message
 * @nlh: message
 * @room: bytes that the message may have
 * @pinhole: pinhole
 *
 * Return: 0; -EINVAL where a count is out of range; -EMSGSIZE.
 */
int nl_pinhole_put(struct nlmsghdr *nlh, uint32_t room,
		   const struct nl_pinhole *pinhole);

/**
 * nl_pinhole_parse() - read a pinhole from a message
 * @nlh: reply or notification
 * @pinhole: filled in
 *
 * Return: 0, or -EBADMSG.
 */
int nl_pinhole_parse(const struct nlmsghdr *nlh, struct nl_pinhole *pinhole);

#endif
