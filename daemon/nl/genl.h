/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A genetlink socket that talks to sipfast.ko.
 *
 * Requests are synchronous: the module answers while sendmsg() runs, so
 * nothing here waits. A refusal comes back as -errno, and nl_error() then says
 * in words which attribute was wrong, from the kernel's extended ack. One thread
 * per socket.
 *
 * session.h, pinhole.h, device.h and stats.h are what most programs want; this
 * is the ground they stand on.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_GENL_H
#define SIPFAST_DAEMON_NL_GENL_H

#include <stdbool.h>
#include <stdint.h>

struct nl_genl;
struct nlmsghdr;

/**
 * typedef nl_reply_fn - takes one reply
 * @arg: as given with the request
 * @nlh: the message; valid for the time of the call
 *
 * Return: 0, or -errno, which ends the request with that.
 */
typedef int (*nl_reply_fn)(void *arg, const struct nlmsghdr *nlh);

/**
 * nl_genl_open() - open a socket to the module, in the calling thread's netns
 * @genl: gets the socket, also on failure, so that nl_error() can tell why
 *	(NULL only where there was no memory); to be closed either way
 *
 * Return: 0; -ENOENT where the module is not loaded; another -errno.
 */
int nl_genl_open(struct nl_genl **genl);

/** nl_genl_close() - close a socket; NULL is fine */
void nl_genl_close(struct nl_genl *genl);

/**
 * nl_error() - why the last request failed
 * @genl: the socket
 *
 * "stream[1].b.remote.port: endpoint has no port": the attribute as the YAML
 * names it, where the module named one, and what the module said; else the
 * errno's own words.
 *
 * Return: the text, good until the next request. Never NULL.
 */
const char *nl_error(const struct nl_genl *genl);

/**
 * nl_genl_begin() - begin a request
 * @genl: the socket
 * @cmd: SIPFAST_CMD_*
 *
 * Return: the message, in the socket's own buffer of 64 kB, to which attributes
 * are added. One at a time.
 */
struct nlmsghdr *nl_genl_begin(struct nl_genl *genl, uint8_t cmd);

/** nl_genl_room() - bytes that the message of nl_genl_begin() may have */
uint32_t nl_genl_room(const struct nl_genl *genl);

/**
 * nl_genl_request() - send a request, take the reply
 * @genl: the socket
 * @nlh: from nl_genl_begin()
 * @reply: called for each reply; may be NULL
 * @arg: for @reply
 *
 * Return: 0, or -errno.
 */
int nl_genl_request(struct nl_genl *genl, struct nlmsghdr *nlh,
		    nl_reply_fn reply, void *arg);

/**
 * nl_genl_dump() - all objects of a kind
 * @genl: the socket
 * @cmd: SIPFAST_CMD_*_GET
 * @reply: called for each object, after the last one has come
 * @arg: for @reply
 *
 * A dump during which objects came or went is asked for again, a few times.
 *
 * Return: 0; 1 where every try was disturbed, so that an object may be missing
 * or there twice; -errno.
 */
int nl_genl_dump(struct nl_genl *genl, uint8_t cmd, nl_reply_fn reply,
		 void *arg);

/**
 * nl_genl_refuse() - a request that is not sent after all
 * @genl: the socket
 * @error: -errno
 *
 * Return: @error, for which nl_error() now has a text.
 */
int nl_genl_refuse(struct nl_genl *genl, int error);

/** nl_genl_family() - the number that the kernel gave the family `sipfast` */
uint16_t nl_genl_family(const struct nl_genl *genl);

/** enum nl_group - the multicast groups of the family */
enum nl_group {
	NL_GROUP_EVENTS,
	NL_GROUP_PAYLOADS,
	NL_N_GROUPS
};

/** nl_genl_group() - the number that the kernel gave a multicast group */
uint32_t nl_genl_group(const struct nl_genl *genl, enum nl_group group);

/**
 * struct nl_batch_ops - many requests, sent a few dozen to a system call
 * @build: add attributes to request number @index; -errno skips the request,
 *	and is what @done gets
 * @reply: the reply to request number @index; may be NULL
 * @done: request number @index is done; @error is 0 or -errno, @text then what
 *	nl_error() would say; called once for each, in order
 */
struct nl_batch_ops {
	int (*build)(void *arg, unsigned int index, struct nlmsghdr *nlh);
	void (*reply)(void *arg, unsigned int index,
		      const struct nlmsghdr *nlh);
	void (*done)(void *arg, unsigned int index, int error,
		     const char *text);
};

/**
 * nl_genl_batch() - send many requests
 * @genl: the socket
 * @cmd: SIPFAST_CMD_*
 * @n_requests: how many
 * @ops: see there
 * @arg: for @ops
 *
 * A request that is refused does not hinder the next.
 *
 * Return: how many were refused, or -errno where the socket failed.
 */
int nl_genl_batch(struct nl_genl *genl, uint8_t cmd, unsigned int n_requests,
		  const struct nl_batch_ops *ops, void *arg);

#endif
