// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A genetlink socket that talks to sipfast.ko: see genl.h.
 *
 * The kernel works on a request while sendmsg() runs and has queued its answers
 * when that returns. So answers are received without waiting, and what has not
 * come by then never will: a lost answer is an error, not a daemon that hangs.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "nl/extack.h"
#include "nl/genl.h"
#include "nl/types.h"

#define BUFFER_LEN	65536

/* The answers to as many requests fit a socket buffer of the common size. */
#define BATCH_MAX	32

/* A dump that was disturbed is asked for so often. */
#define DUMP_TRIES	5

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

struct nl_genl {
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t groups[NL_N_GROUPS];
	uint32_t seq;
	uint32_t room;
	bool disturbed;		/* a change went through the dump */
	char error[512];
	char request[BUFFER_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));
	char answer[BUFFER_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));
};

const char *nl_error(const struct nl_genl *genl)
{
	return genl ? genl->error : strerror(ENOMEM);
}

int nl_genl_refuse(struct nl_genl *genl, int error)
{
	snprintf(genl->error, sizeof(genl->error), "%s", strerror(-error));
	return error;
}

uint16_t nl_genl_family(const struct nl_genl *genl)
{
	return genl->family;
}

uint32_t nl_genl_group(const struct nl_genl *genl, enum nl_group group)
{
	return genl->groups[group];
}

/* A header with family, command and a sequence number of its own. */
static struct nlmsghdr *begin(struct nl_genl *genl, void *at, uint16_t family,
			      uint8_t cmd, uint8_t version)
{
	struct genlmsghdr *genlh;
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(at);
	nlh->nlmsg_type = family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++genl->seq;
	genlh = mnl_nlmsg_put_extra_header(nlh, sizeof(*genlh));
	genlh->cmd = cmd;
	genlh->version = version;
	genl->room = (uint32_t)(genl->request + BUFFER_LEN - (char *)at);
	return nlh;
}

struct nlmsghdr *nl_genl_begin(struct nl_genl *genl, uint8_t cmd)
{
	genl->error[0] = '\0';
	return begin(genl, genl->request, genl->family, cmd,
		     SIPFAST_FAMILY_VERSION);
}

uint32_t nl_genl_room(const struct nl_genl *genl)
{
	return genl->room;
}

static const struct nl_attr_set *set_of(const struct nl_genl *genl,
					const struct nlmsghdr *request)
{
	const struct genlmsghdr *genlh = mnl_nlmsg_get_payload(request);
	const struct nl_op *op = nl_op(genlh->cmd);

	return request->nlmsg_type == genl->family && op ? op->set : NULL;
}

/*
 * An NLMSG_ERROR or NLMSG_DONE to @request. Returns what it reports, with its
 * words in genl->error.
 */
static int read_error(struct nl_genl *genl, const struct nlmsghdr *answer,
		      const struct nlmsghdr *request)
{
	int error;

	if (mnl_nlmsg_get_payload_len(answer) < sizeof(error))
		return nl_genl_refuse(genl, -EBADMSG);
	memcpy(&error, mnl_nlmsg_get_payload(answer), sizeof(error));
	if (error < 0)
		nl_extack_text(answer, request, set_of(genl, request), -error,
			       genl->error, sizeof(genl->error));
	return error < 0 ? error : 0;
}

static int transmit(struct nl_genl *genl, const void *request, size_t len)
{
	if (mnl_socket_sendto(genl->socket, request, len) < 0)
		return nl_genl_refuse(genl, -errno);
	return 0;
}

/* Return: bytes in genl->answer, or -errno; -EAGAIN when all has come. */
static ssize_t receive(struct nl_genl *genl)
{
	ssize_t len;

	do {
		len = recv(mnl_socket_get_fd(genl->socket), genl->answer,
			   sizeof(genl->answer), MSG_DONTWAIT | MSG_TRUNC);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	return (size_t)len > sizeof(genl->answer) ? -EMSGSIZE : len;
}

/*
 * Takes the messages in genl->answer that answer @request.
 * Returns 1 when more is to come, 0 when that was all, or -errno.
 */
static int take(struct nl_genl *genl, ssize_t received,
		const struct nlmsghdr *request, nl_reply_fn reply, void *arg)
{
	const struct nlmsghdr *nlh = (const void *)genl->answer;
	int left = (int)received;
	int err;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_seq != request->nlmsg_seq)
			continue;
		/* The kernel may notice only with the NLMSG_DONE. */
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			genl->disturbed = true;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE)
			return read_error(genl, nlh, request);
		if (nlh->nlmsg_type != request->nlmsg_type || !reply)
			continue;
		err = reply(arg, nlh);
		if (err)
			return nl_genl_refuse(genl, err);
	}
	return 1;
}

static int exchange(struct nl_genl *genl, struct nlmsghdr *request,
		    nl_reply_fn reply, void *arg)
{
	ssize_t received;
	int err;

	err = transmit(genl, request, request->nlmsg_len);
	if (err)
		return err;
	do {
		received = receive(genl);
		if (received == -EAGAIN)
			received = -ENOBUFS;
		if (received < 0)
			return nl_genl_refuse(genl, (int)received);
		err = take(genl, received, request, reply, arg);
	} while (err > 0);
	return err;
}

int nl_genl_request(struct nl_genl *genl, struct nlmsghdr *nlh,
		    nl_reply_fn reply, void *arg)
{
	return exchange(genl, nlh, reply, arg);
}

/* The messages of a dump, kept until it is known that nothing disturbed it. */
struct dump {
	char *messages;
	size_t len;
	size_t room;
};

static int keep(void *arg, const struct nlmsghdr *nlh)
{
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len);
	struct dump *dump = arg;
	size_t room;
	char *more;

	if (dump->room - dump->len < len) {
		room = 2 * (dump->room + len);
		more = realloc(dump->messages, room);
		if (!more)
			return -ENOMEM;
		dump->messages = more;
		dump->room = room;
	}
	memcpy(dump->messages + dump->len, nlh, nlh->nlmsg_len);
	dump->len += len;
	return 0;
}

static int show_kept(struct nl_genl *genl, const struct dump *dump,
		     nl_reply_fn reply, void *arg)
{
	const struct nlmsghdr *nlh;
	size_t at;
	int err;

	for (at = 0; at < dump->len; at += NLMSG_ALIGN(nlh->nlmsg_len)) {
		nlh = (const void *)(dump->messages + at);
		err = reply(arg, nlh);
		if (err)
			return nl_genl_refuse(genl, err);
	}
	return 0;
}

int nl_genl_dump(struct nl_genl *genl, uint8_t cmd, nl_reply_fn reply,
		 void *arg)
{
	struct dump dump = { 0 };
	struct nlmsghdr *nlh;
	int tries = 0;
	int err;

	do {
		dump.len = 0;
		genl->disturbed = false;
		nlh = nl_genl_begin(genl, cmd);
		nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
		err = exchange(genl, nlh, keep, &dump);
	} while (!err && genl->disturbed && ++tries < DUMP_TRIES);
	if (!err)
		err = show_kept(genl, &dump, reply, arg);
	free(dump.messages);
	return err ? err : genl->disturbed;
}

/*
 * A batch on its way. Requests [first, next) are in genl->request and [first,
 * answered) of them have been answered.
 */
struct batch {
	const struct nl_batch_ops *ops;
	void *arg;
	uint8_t cmd;
	unsigned int first;
	unsigned int answered;
	unsigned int next;
	unsigned int n_refused;
	size_t len;
	struct nlmsghdr *requests[BATCH_MAX];
};

static void finish(struct nl_genl *genl, struct batch *batch, int error)
{
	if (error)
		batch->n_refused++;
	batch->ops->done(batch->arg, batch->answered++, error,
			 error ? genl->error : "");
}

/* Answers come in the requests' order; one that is passed over was lost. */
static void finish_lost(struct nl_genl *genl, struct batch *batch,
			unsigned int until)
{
	while (batch->answered < until)
		finish(genl, batch, nl_genl_refuse(genl, -ENOBUFS));
}

static void take_batch(struct nl_genl *genl, struct batch *batch,
		       ssize_t received)
{
	const struct nlmsghdr *nlh = (const void *)genl->answer;
	const struct nlmsghdr *request;
	int left = (int)received;
	uint32_t at;

	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		at = nlh->nlmsg_seq - batch->requests[0]->nlmsg_seq;
		if (at >= batch->next - batch->first ||
		    batch->first + at < batch->answered)
			continue;
		finish_lost(genl, batch, batch->first + at);
		request = batch->requests[at];
		if (nlh->nlmsg_type == NLMSG_ERROR)
			finish(genl, batch, read_error(genl, nlh, request));
		else if (nlh->nlmsg_type == genl->family && batch->ops->reply)
			batch->ops->reply(batch->arg, batch->first + at, nlh);
	}
}

static int send_batch(struct nl_genl *genl, struct batch *batch)
{
	ssize_t received;
	int err;

	if (batch->first == batch->next)
		return 0;
	err = transmit(genl, genl->request, batch->len);
	if (err)
		return err;
	while (batch->answered < batch->next) {
		received = receive(genl);
		if (received == -EAGAIN)
			finish_lost(genl, batch, batch->next);
		else if (received >= 0)
			take_batch(genl, batch, received);
		else if (received != -ENOBUFS)
			return nl_genl_refuse(genl, (int)received);
	}
	batch->first = batch->next;
	batch->len = 0;
	return 0;
}

/* Return: 0; -EMSGSIZE where the buffer is too full; what @build returned. */
static int add_request(struct nl_genl *genl, struct batch *batch)
{
	struct nlmsghdr *nlh;
	int err;

	if (batch->next - batch->first == BATCH_MAX ||
	    BUFFER_LEN - batch->len < NLMSG_HDRLEN + GENL_HDRLEN)
		return -EMSGSIZE;
	nlh = begin(genl, genl->request + batch->len, genl->family, batch->cmd,
		    SIPFAST_FAMILY_VERSION);
	err = batch->ops->build(batch->arg, batch->next, nlh);
	if (err) {
		genl->seq--;
		return err;
	}
	batch->requests[batch->next++ - batch->first] = nlh;
	batch->len += NLMSG_ALIGN(nlh->nlmsg_len);
	return 0;
}

int nl_genl_batch(struct nl_genl *genl, uint8_t cmd, unsigned int n_requests,
		  const struct nl_batch_ops *ops, void *arg)
{
	struct batch batch = { .ops = ops, .arg = arg, .cmd = cmd };
	int err, sent;

	while (batch.next < n_requests) {
		err = add_request(genl, &batch);
		if (!err)
			continue;
		sent = send_batch(genl, &batch);
		if (sent)
			return sent;
		if (err == -EMSGSIZE)
			err = add_request(genl, &batch);
		if (err) {
			finish(genl, &batch, nl_genl_refuse(genl, err));
			batch.next = batch.answered;
			batch.first = batch.next;
		}
	}
	err = send_batch(genl, &batch);
	return err ? err : (int)batch.n_refused;
}

static int group_attr_cb(const struct nlattr *attr, void *arg)
{
	const struct nlattr **found = arg;

	if (mnl_attr_get_type(attr) <= CTRL_ATTR_MCAST_GRP_MAX)
		found[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

/* One multicast group: is it one that we know? */
static int groups_attr_cb(const struct nlattr *attr, void *arg)
{
	static const char *const known[NL_N_GROUPS] = {
		[NL_GROUP_EVENTS] = SIPFAST_MCGRP_EVENTS,
		[NL_GROUP_PAYLOADS] = SIPFAST_MCGRP_PAYLOADS,
	};
	const struct nlattr *found[CTRL_ATTR_MCAST_GRP_MAX + 1] = { NULL };
	struct nl_genl *genl = arg;
	const struct nlattr *name, *id;
	unsigned int i;

	mnl_attr_parse_nested(attr, group_attr_cb, found);
	name = found[CTRL_ATTR_MCAST_GRP_NAME];
	id = found[CTRL_ATTR_MCAST_GRP_ID];
	if (!name || mnl_attr_validate(name, MNL_TYPE_NUL_STRING) < 0 || !id ||
	    mnl_attr_validate(id, MNL_TYPE_U32) < 0)
		return MNL_CB_OK;
	for (i = 0; i < NL_N_GROUPS; i++)
		if (!strcmp(mnl_attr_get_str(name), known[i]))
			genl->groups[i] = mnl_attr_get_u32(id);
	return MNL_CB_OK;
}

static int family_attr_cb(const struct nlattr *attr, void *arg)
{
	struct nl_genl *genl = arg;

	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
	    mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
		genl->family = mnl_attr_get_u16(attr);
	else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
		mnl_attr_parse_nested(attr, groups_attr_cb, genl);
	return MNL_CB_OK;
}

static int take_family(void *arg, const struct nlmsghdr *nlh)
{
	mnl_attr_parse(nlh, GENL_HDRLEN, family_attr_cb, arg);
	return 0;
}

static int resolve_family(struct nl_genl *genl)
{
	struct nlmsghdr *nlh;
	int err;

	nlh = begin(genl, genl->request, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, SIPFAST_FAMILY_NAME);
	err = exchange(genl, nlh, take_family, genl);
	if (!err && !genl->family)
		err = -ENOENT;
	if (err == -ENOENT)
		snprintf(genl->error, sizeof(genl->error),
			 "module sipfast is not loaded");
	return err;
}

/* Neither is on by default; kernels of today have both. */
static int ask_for_extack(struct nl_genl *genl)
{
	int on = 1;

	if (mnl_socket_setsockopt(genl->socket, NETLINK_EXT_ACK, &on,
				  sizeof(on)) < 0 ||
	    mnl_socket_setsockopt(genl->socket, NETLINK_CAP_ACK, &on,
				  sizeof(on)) < 0)
		return -errno;
	return 0;
}

int nl_genl_open(struct nl_genl **genlp)
{
	struct nl_genl *genl;
	int err;

	*genlp = genl = calloc(1, sizeof(*genl));
	if (!genl)
		return -ENOMEM;
	genl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!genl->socket || mnl_socket_bind(genl->socket, 0,
					     MNL_SOCKET_AUTOPID) < 0)
		return nl_genl_refuse(genl, -errno);
	err = ask_for_extack(genl);
	if (err)
		return nl_genl_refuse(genl, err);
	return resolve_family(genl);
}

void nl_genl_close(struct nl_genl *genl)
{
	if (!genl)
		return;
	if (genl->socket)
		mnl_socket_close(genl->socket);
	free(genl);
}
