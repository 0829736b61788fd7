// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What conntrack has done with an address of ours: see conntrack.h.
 *
 * The kernel picks the flows, however many there are of others. Their tuples
 * are taken from a dump, and removed when that has ended. IPv6 addresses are
 * compared here: kernels compare them the wrong way round, and pick all flows
 * but those that were asked for.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "nl/conntrack.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

/* Flows at a time; there is one for each host that is spoken to. */
#define MAX_TUPLES 64

/* A tuple's attributes: two addresses, a protocol, two ports, a zone */
#define TUPLE_LEN 96

/* By what CTA_FILTER picks (the kernel's net/netfilter/nf_internals.h) */
#define FILTER_IP_DST		0x02
#define FILTER_PROTO_NUM	0x08
#define FILTER_PROTO_DST_PORT	0x20

/**
 * struct tuples - flows that were found
 * @local: where their answers come to
 * @n: how many of
 * @bytes:	their CTA_TUPLE_ORIG, as they came
 * @len:	and how long each is
 */
struct tuples {
	const struct sockaddr_storage *local;
	unsigned int n;
	uint8_t bytes[MAX_TUPLES][TUPLE_LEN];
	size_t len[MAX_TUPLES];
};

static struct nlmsghdr *begin(void *buffer, uint8_t what, uint16_t flags,
			      int family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *header;

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | what;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = 1;
	header = mnl_nlmsg_put_extra_header(nlh, sizeof(*header));
	header->nfgen_family = (uint8_t)family;
	header->version = NFNETLINK_V0;
	return nlh;
}

static uint16_t port_of(const struct sockaddr_storage *local)
{
	return local->ss_family == AF_INET6 ?
	       ((const struct sockaddr_in6 *)local)->sin6_port :
	       ((const struct sockaddr_in *)local)->sin_port;
}

static uint16_t address_type(const struct sockaddr_storage *local)
{
	return local->ss_family == AF_INET6 ? CTA_IP_V6_DST : CTA_IP_V4_DST;
}

static const void *address_of(const struct sockaddr_storage *local, size_t *len)
{
	const struct sockaddr_in6 *in6 = (const void *)local;
	const struct sockaddr_in *in = (const void *)local;

	if (local->ss_family == AF_INET6) {
		*len = sizeof(in6->sin6_addr);
		return &in6->sin6_addr;
	}
	*len = sizeof(in->sin_addr);
	return &in->sin_addr;
}

/* Those of which an answer is addressed to @local; with IPv6, to its port. */
static void put_filter(struct nlmsghdr *nlh, uint8_t protocol,
		       const struct sockaddr_storage *local)
{
	uint32_t flags = FILTER_PROTO_NUM | FILTER_PROTO_DST_PORT;
	struct nlattr *tuple, *nest;
	const void *address;
	size_t len;

	tuple = mnl_attr_nest_start(nlh, CTA_TUPLE_REPLY);
	nest = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);
	address = address_of(local, &len);
	mnl_attr_put(nlh, address_type(local), len, address);
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(nlh, CTA_PROTO_NUM, protocol);
	mnl_attr_put_u16(nlh, CTA_PROTO_DST_PORT, port_of(local));
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, tuple);

	if (local->ss_family == AF_INET)
		flags |= FILTER_IP_DST;
	nest = mnl_attr_nest_start(nlh, CTA_FILTER);
	mnl_attr_put_u32(nlh, CTA_FILTER_REPLY_FLAGS, flags);
	mnl_attr_nest_end(nlh, nest);
}

static const struct nlattr *nested(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	if (nest)
		mnl_attr_for_each_nested(attr, nest)
			if (mnl_attr_get_type(attr) == type)
				return attr;
	return NULL;
}

static bool is_addressed_to(const struct nlattr *tuple,
			    const struct sockaddr_storage *local)
{
	const struct nlattr *said = nested(nested(tuple, CTA_TUPLE_IP),
					   address_type(local));
	const void *address;
	size_t len;

	address = address_of(local, &len);
	return said && mnl_attr_get_payload_len(said) == len &&
	       !memcmp(mnl_attr_get_payload(said), address, len);
}

static int take_flow(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr, *orig = NULL, *reply = NULL;
	struct tuples *tuples = arg;
	size_t len;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == CTA_TUPLE_ORIG)
			orig = attr;
		else if (mnl_attr_get_type(attr) == CTA_TUPLE_REPLY)
			reply = attr;
	}
	len = orig ? mnl_attr_get_payload_len(orig) : 0;
	if (!len || len > TUPLE_LEN || tuples->n == MAX_TUPLES ||
	    !is_addressed_to(reply, tuples->local))
		return MNL_CB_OK;
	memcpy(tuples->bytes[tuples->n], mnl_attr_get_payload(orig), len);
	tuples->len[tuples->n++] = len;
	return MNL_CB_OK;
}

/* As everywhere here the kernel has answered when sendmsg() returns. */
static int exchange(struct mnl_socket *socket, const struct nlmsghdr *nlh,
		    struct tuples *tuples)
{
	char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t received;
	int more = MNL_CB_OK;

	if (mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		received = recv(mnl_socket_get_fd(socket), buffer,
				sizeof(buffer), MSG_DONTWAIT);
		if (received < 0 && errno == EINTR)
			continue;
		if (received < 0)
			return errno == EAGAIN ? -ENOBUFS : -errno;
		more = mnl_cb_run(buffer, received, nlh->nlmsg_seq, 0,
				  tuples ? take_flow : NULL, tuples);
		if (more < 0)
			return -errno;
	}
	return 0;
}

static int find(struct mnl_socket *socket, uint8_t protocol,
		const struct sockaddr_storage *local, struct tuples *tuples)
{
	char buffer[512] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = begin(buffer, IPCTNL_MSG_CT_GET, NLM_F_DUMP,
				     local->ss_family);

	put_filter(nlh, protocol, local);
	tuples->local = local;
	tuples->n = 0;
	return exchange(socket, nlh, tuples);
}

/* One that has ended by itself meanwhile is as well. */
static int forget(struct mnl_socket *socket, int family,
		  const struct tuples *tuples)
{
	char buffer[512] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh;
	unsigned int i;
	int err;

	for (i = 0; i < tuples->n; i++) {
		nlh = begin(buffer, IPCTNL_MSG_CT_DELETE, NLM_F_ACK, family);
		mnl_attr_put(nlh, CTA_TUPLE_ORIG | NLA_F_NESTED,
			     tuples->len[i], tuples->bytes[i]);
		err = exchange(socket, nlh, NULL);
		if (err && err != -ENOENT)
			return err;
	}
	return 0;
}

/* The kernel has no conntrack, or not as a module that can be had. */
static bool is_untracked(int err)
{
	return err == -EINVAL || err == -EOPNOTSUPP || err == -EPROTONOSUPPORT;
}

int nl_conntrack_release(uint8_t protocol,
			 const struct sockaddr_storage *local)
{
	struct mnl_socket *socket;
	struct tuples tuples;
	int err, n = 0;

	socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!socket)
		return is_untracked(-errno) ? 0 : -errno;
	err = mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ? -errno : 0;
	do {
		if (!err)
			err = find(socket, protocol, local, &tuples);
		if (!err)
			err = forget(socket, local->ss_family, &tuples);
		if (!err)
			n += (int)tuples.n;
	} while (!err && tuples.n == MAX_TUPLES);
	mnl_socket_close(socket);
	return err && !is_untracked(err) ? err : n;
}
