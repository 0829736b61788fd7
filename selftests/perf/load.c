// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads sessions into the module, as many as a benchmark wants, and tells what
 * that costs the kernel: it works on a request while sendto() runs. A BATCH of
 * 1 is session-new, more is session-batch.
 *
 *	sf_load new RULE COUNT STREAMS BATCH A-LOCAL A-REMOTE B-LOCAL B-REMOTE
 *	sf_load flush
 *	sf_load dump
 *
 * The addresses are those of the first session; how the others follow is told
 * in lib/plan.py: PER_ADDRESS sessions share an address and have every second
 * port from FIRST_PORT on. A second stream of a session is RTCP, one port up.
 * The result is one line, NAME=VALUE for each figure.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libmnl/libmnl.h>

#include "uapi/linux/sipfast.h"

#define FIRST_PORT	20000
#define PER_ADDRESS	20000
#define BUFFER_LEN	65536

/* As many of two IPv6 streams as fit the buffer. */
#define MAX_BATCH	100

struct endpoint {
	int family;
	uint8_t address[16];
	uint16_t port;
};

/* The sessions that are wanted; @first: a local, a remote, b local, b remote */
struct plan {
	uint32_t rule;
	unsigned int count;
	unsigned int n_streams;
	struct endpoint first[4];
};

struct load {
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t seq;
	uint64_t send_ns;	/* spent in sendto() */
	uint64_t n_found;	/* objects a dump has shown */
};

static char request[BUFFER_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));
static char answer[BUFFER_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "sf_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void __attribute__((noreturn)) usage(void)
{
	fputs("usage: sf_load new RULE COUNT STREAMS BATCH A-LOCAL A-REMOTE "
	      "B-LOCAL B-REMOTE\n"
	      "       sf_load flush\n"
	      "       sf_load dump\n", stderr);
	exit(2);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* --- requests ------------------------------------------------------------- */

static struct nlmsghdr *begin(struct load *load, uint16_t family, uint8_t cmd,
			      uint16_t flags)
{
	struct genlmsghdr *genlh;
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);

	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++load->seq;
	genlh = mnl_nlmsg_put_extra_header(nlh, sizeof(*genlh));
	genlh->cmd = cmd;
	genlh->version = 1;
	return nlh;
}

/* Sends the request and hands each answer to a function. */
static void ask(struct load *load, const struct nlmsghdr *nlh, mnl_cb_t take)
{
	unsigned int port = mnl_socket_get_portid(load->socket);
	uint64_t begun_ns = now_ns();
	ssize_t n;
	int rc;

	n = mnl_socket_sendto(load->socket, nlh, nlh->nlmsg_len);
	load->send_ns += now_ns() - begun_ns;
	if (n < 0)
		die("request");
	do {
		n = mnl_socket_recvfrom(load->socket, answer, sizeof(answer));
		if (n < 0)
			die("answer");
		rc = mnl_cb_run(answer, n, load->seq, port, take, load);
		if (rc < 0)
			die("rejected");
	} while (rc > 0);
}

static int take_attr(const struct nlattr *attr, void *data)
{
	struct load *load = data;

	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		load->family = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int take_family(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), take_attr, data);
}

static int take_session(const struct nlmsghdr *nlh, void *data)
{
	struct load *load = data;

	(void)nlh;
	load->n_found++;
	return MNL_CB_OK;
}

static void open_family(struct load *load)
{
	struct nlmsghdr *nlh;

	load->socket = mnl_socket_open(NETLINK_GENERIC);
	if (!load->socket ||
	    mnl_socket_bind(load->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink");
	nlh = begin(load, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, SIPFAST_FAMILY_NAME);
	ask(load, nlh, take_family);
	load->send_ns = 0;
}

/* --- sessions ------------------------------------------------------------- */

static void parse_address(struct endpoint *first, const char *text)
{
	first->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	first->port = FIRST_PORT;
	if (inet_pton(first->family, text, first->address) == 1)
		return;
	errno = EINVAL;
	die(text);
}

/* That of session @i, where @first is that of session 0. */
static struct endpoint endpoint_of(const struct endpoint *first, unsigned int i)
{
	struct endpoint endpoint = *first;
	unsigned int last = first->family == AF_INET ? 3 : 15;

	endpoint.address[last] += i / PER_ADDRESS;
	endpoint.port += 2 * (i % PER_ADDRESS);
	return endpoint;
}

static void put_endpoint(struct nlmsghdr *nlh, uint16_t type,
			 const struct endpoint *endpoint, unsigned int above)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	if (endpoint->family == AF_INET)
		mnl_attr_put(nlh, SIPFAST_A_ENDPOINT_ADDR4, 4,
			     endpoint->address);
	else
		mnl_attr_put(nlh, SIPFAST_A_ENDPOINT_ADDR6, 16,
			     endpoint->address);
	mnl_attr_put_u16(nlh, SIPFAST_A_ENDPOINT_PORT,
			 htons(endpoint->port + above));
	mnl_attr_nest_end(nlh, nest);
}

/* Side a of rule nat has no local endpoint of its own. */
static void put_side(struct nlmsghdr *nlh, uint16_t type,
		     const struct endpoint *local,
		     const struct endpoint *remote, unsigned int above)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	if (local)
		put_endpoint(nlh, SIPFAST_A_SIDE_LOCAL, local, above);
	put_endpoint(nlh, SIPFAST_A_SIDE_REMOTE, remote, above);
	mnl_attr_nest_end(nlh, nest);
}

static void put_stream(struct nlmsghdr *nlh, uint32_t rule, uint32_t id,
		       const struct endpoint *of)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION_STREAM);

	mnl_attr_put_u32(nlh, SIPFAST_A_STREAM_ID, id);
	mnl_attr_put_u32(nlh, SIPFAST_A_STREAM_RULE, rule);
	mnl_attr_put_u32(nlh, SIPFAST_A_STREAM_KIND,
			 id ? SIPFAST_KIND_RTCP : SIPFAST_KIND_RTP);
	put_side(nlh, SIPFAST_A_STREAM_A,
		 rule == SIPFAST_RULE_NAT ? NULL : &of[0], &of[1], id);
	put_side(nlh, SIPFAST_A_STREAM_B, &of[2], &of[3], id);
	mnl_attr_nest_end(nlh, nest);
}

static void put_session(struct nlmsghdr *nlh, const struct plan *plan,
			unsigned int i)
{
	struct endpoint of[4];
	unsigned int j;

	for (j = 0; j < 4; j++)
		of[j] = endpoint_of(&plan->first[j], i);
	for (j = 0; j < plan->n_streams; j++)
		put_stream(nlh, plan->rule, j, of);
}

static void make_one(struct load *load, const struct plan *plan, unsigned int i)
{
	struct nlmsghdr *nlh = begin(load, load->family,
				     SIPFAST_CMD_SESSION_NEW, NLM_F_ACK);

	put_session(nlh, plan, i);
	ask(load, nlh, NULL);
}

static void make_batch(struct load *load, const struct plan *plan,
		       unsigned int i, unsigned int end)
{
	struct nlmsghdr *nlh = begin(load, load->family,
				     SIPFAST_CMD_SESSION_BATCH, NLM_F_ACK);
	struct nlattr *nest;

	for (; i < end; i++) {
		nest = mnl_attr_nest_start(nlh, SIPFAST_A_BATCH_SESSION);
		put_session(nlh, plan, i);
		mnl_attr_nest_end(nlh, nest);
	}
	ask(load, nlh, NULL);
}

static void make(struct load *load, char **argv)
{
	unsigned int batch = atoi(argv[3]), i, end;
	struct plan plan = {
		.rule = strcmp(argv[0], "nat") ? SIPFAST_RULE_RELAY :
						 SIPFAST_RULE_NAT,
		.count = atoi(argv[1]),
		.n_streams = atoi(argv[2]),
	};

	for (i = 0; i < 4; i++)
		parse_address(&plan.first[i], argv[4 + i]);
	if (!batch || batch > MAX_BATCH)
		usage();
	for (i = 0; i < plan.count; i = end) {
		end = i + batch < plan.count ? i + batch : plan.count;
		if (batch == 1)
			make_one(load, &plan, i);
		else
			make_batch(load, &plan, i, end);
	}
	printf("sessions=%u ns=%" PRIu64 "\n", plan.count, load->send_ns);
}

static void flush(struct load *load)
{
	ask(load, begin(load, load->family, SIPFAST_CMD_SESSION_FLUSH,
			NLM_F_ACK), NULL);
	printf("ns=%" PRIu64 "\n", load->send_ns);
}

static void dump(struct load *load)
{
	uint64_t begun_ns = now_ns();

	ask(load, begin(load, load->family, SIPFAST_CMD_SESSION_GET,
			NLM_F_DUMP), take_session);
	printf("sessions=%" PRIu64 " ns=%" PRIu64 "\n", load->n_found,
	       now_ns() - begun_ns);
}

int main(int argc, char **argv)
{
	struct load load = { 0 };

	open_family(&load);
	if (argc == 10 && !strcmp(argv[1], "new"))
		make(&load, argv + 2);
	else if (argc == 2 && !strcmp(argv[1], "flush"))
		flush(&load);
	else if (argc == 2 && !strcmp(argv[1], "dump"))
		dump(&load);
	else
		usage();
	mnl_socket_close(load.socket);
	return 0;
}
