/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One question to the kernel's routing tables, and its answer.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_RTNL_H
#define SIPFAST_DAEMON_NL_RTNL_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct nlattr;
struct nlmsghdr;

/** Room for any request of ours. */
#define RTNL_REQUEST_LEN 512

/**
 * struct rtnl_request - a request that is being put together
 * @buffer: the message; attributes are added to @buffer
 */
struct rtnl_request {
	char buffer[RTNL_REQUEST_LEN] __attribute__((aligned(8)));
};

/**
 * rtnl_begin() - begin a request
 * @request: the request
 * @type: RTM_*
 * @flags: NLM_F_*, besides NLM_F_REQUEST
 * @header: what follows the netlink header, copied
 * @len: its length
 *
 * Return: the message.
 */
struct nlmsghdr *rtnl_begin(struct rtnl_request *request, uint16_t type,
			    uint16_t flags, const void *header, size_t len);

/** rtnl_put_address() - add an attribute with the address in @address */
void rtnl_put_address(struct nlmsghdr *nlh, uint16_t type,
		      const struct sockaddr_storage *address);

/** rtnl_get_address() - the address of @family in @attr; 0, or -EBADMSG */
int rtnl_get_address(const struct nlattr *attr, int family,
		     struct sockaddr_storage *address);

/**
 * rtnl_exchange() - send it, take the answers
 * @nlh: the message
 * @take: called for each answer that is no error; may be NULL
 * @arg: for @take
 *
 * Return: 0, -errno from the kernel, or what @take returned.
 */
int rtnl_exchange(struct nlmsghdr *nlh,
		  int (*take)(void *arg, const struct nlmsghdr *nlh),
		  void *arg);

#endif
