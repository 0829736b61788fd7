// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One question to the kernel's routing tables, and its answer: see rtnl.h.
 *
 * They are asked at start-up and at exit, and now and then for a new phone; a
 * socket of its own for each question is simple and good enough. As everywhere
 * here the kernel has answered when sendmsg() returns, or never will.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "nl/rtnl.h"

struct nlmsghdr *rtnl_begin(struct rtnl_request *request, uint16_t type,
			    uint16_t flags, const void *header, size_t len)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request->buffer);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	if ((flags & NLM_F_DUMP) != NLM_F_DUMP)	/* NLM_F_EXCL is a bit of it */
		nlh->nlmsg_flags |= NLM_F_ACK;
	nlh->nlmsg_seq = 1;
	memcpy(mnl_nlmsg_put_extra_header(nlh, len), header, len);
	return nlh;
}

void rtnl_put_address(struct nlmsghdr *nlh, uint16_t type,
		      const struct sockaddr_storage *address)
{
	const struct sockaddr_in6 *in6 = (const void *)address;
	const struct sockaddr_in *in = (const void *)address;

	if (address->ss_family == AF_INET)
		mnl_attr_put(nlh, type, sizeof(in->sin_addr), &in->sin_addr);
	else
		mnl_attr_put(nlh, type, sizeof(in6->sin6_addr),
			     &in6->sin6_addr);
}

int rtnl_get_address(const struct nlattr *attr, int family,
		     struct sockaddr_storage *address)
{
	struct sockaddr_in6 *in6 = (void *)address;
	struct sockaddr_in *in = (void *)address;
	size_t len = mnl_attr_get_payload_len(attr);
	void *to = family == AF_INET ? (void *)&in->sin_addr :
				       (void *)&in6->sin6_addr;

	if (len != (family == AF_INET ? sizeof(in->sin_addr) :
					sizeof(in6->sin6_addr)))
		return -EBADMSG;
	memset(address, 0, sizeof(*address));
	address->ss_family = (sa_family_t)family;
	memcpy(to, mnl_attr_get_payload(attr), len);
	return 0;
}

/* Return: 1 when more is to come, 0 at the end, or -errno. */
static int take_all(const char *buffer, ssize_t received,
		    int (*take)(void *arg, const struct nlmsghdr *nlh),
		    void *arg)
{
	const struct nlmsghdr *nlh = (const void *)buffer;
	const struct nlmsgerr *answer;
	int left = (int)received;
	int err;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_type == NLMSG_DONE)
			return 0;
		if (nlh->nlmsg_type == NLMSG_ERROR) {
			answer = mnl_nlmsg_get_payload(nlh);
			return answer->error;
		}
		err = take ? take(arg, nlh) : 0;
		if (err)
			return err;
	}
	return 1;
}

int rtnl_exchange(struct nlmsghdr *nlh,
		  int (*take)(void *arg, const struct nlmsghdr *nlh),
		  void *arg)
{
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct mnl_socket *socket;
	ssize_t received;
	int err = 0;

	socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!socket)
		return -errno;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0)
		err = -errno;
	while (!err) {
		received = recv(mnl_socket_get_fd(socket), buffer,
				sizeof(buffer), MSG_DONTWAIT);
		if (received < 0 && errno == EINTR)
			continue;
		if (received < 0) {
			err = errno == EAGAIN ? -ENOBUFS : -errno;
			break;
		}
		err = take_all(buffer, received, take, arg);
		if (!err)
			break;
		err = err > 0 ? 0 : err;
	}
	mnl_socket_close(socket);
	return err;
}
