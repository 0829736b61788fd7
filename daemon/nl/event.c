// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Notifications of sipfast.ko: see event.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "nl/device.h"
#include "nl/event.h"
#include "nl/genl.h"
#include "nl/pinhole.h"
#include "nl/session.h"
#include "nl/types.h"

#define BUFFER_LEN	65536

/* Room for a burst: a thousand calls that end at once. */
#define RECEIVE_ROOM	(4 << 20)

struct nl_events {
	struct mnl_socket *socket;
	struct nl_event_ops ops;
	void *arg;
	uint16_t family;
	char buffer[BUFFER_LEN] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* What a notification may be about. */
union object {
	struct nl_session session;
	struct nl_pinhole pinhole;
	struct nl_device device;
};

static int parse(const struct nlmsghdr *nlh, const struct nl_op *op,
		 union object *object, struct nl_event *event)
{
	if (op->set == &nl_session_attrs) {
		event->session = &object->session;
		return nl_session_parse(nlh, &object->session);
	}
	if (op->set == &nl_pinhole_attrs) {
		event->pinhole = &object->pinhole;
		return nl_pinhole_parse(nlh, &object->pinhole);
	}
	if (op->set == &nl_device_attrs) {
		event->device = &object->device;
		return nl_device_parse(nlh, &object->device);
	}
	return 0;
}

/* A notification that a newer module has and we do not know is passed over. */
static int take(struct nl_events *events, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genlh = mnl_nlmsg_get_payload(nlh);
	struct nl_event event = { .nlh = nlh };
	union object object;
	const struct nl_op *op;
	int err;

	if (nlh->nlmsg_type != events->family ||
	    mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
		return 0;
	op = nl_op(genlh->cmd);
	if (!op || !op->notify)
		return 0;
	event.cmd = genlh->cmd;
	event.name = op->name;
	err = parse(nlh, op, &object, &event);
	if (err)
		return err;
	events->ops.event(events->arg, &event);
	if (event.cmd == SIPFAST_CMD_OVERRUN_NTF)
		events->ops.overrun(events->arg);
	return 0;
}

int nl_events_read(struct nl_events *events)
{
	const struct nlmsghdr *nlh;
	ssize_t received;
	int left, err;

	for (;;) {
		received = mnl_socket_recvfrom(events->socket, events->buffer,
					       sizeof(events->buffer));
		if (received < 0 && errno == EINTR)
			continue;
		if (received < 0 && errno == ENOBUFS) {
			events->ops.overrun(events->arg);
			continue;
		}
		if (received < 0)
			return errno == EAGAIN ? 0 : -errno;
		left = (int)received;
		nlh = (const void *)events->buffer;
		for (; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			err = take(events, nlh);
			if (err)
				return err;
		}
	}
}

int nl_events_fd(const struct nl_events *events)
{
	return mnl_socket_get_fd(events->socket);
}

static int join(struct nl_events *events, uint32_t group)
{
	if (mnl_socket_setsockopt(events->socket, NETLINK_ADD_MEMBERSHIP,
				  &group, sizeof(group)) < 0)
		return -errno;
	return 0;
}

static int subscribe(struct nl_events *events, uint32_t group)
{
	int room = RECEIVE_ROOM;
	int fd;

	events->socket = mnl_socket_open2(NETLINK_GENERIC,
					  SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!events->socket ||
	    mnl_socket_bind(events->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	/* Best effort: with less room an overrun comes sooner. */
	fd = mnl_socket_get_fd(events->socket);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return join(events, group);
}

int nl_events_open(const struct nl_genl *genl, const struct nl_event_ops *ops,
		   void *arg, struct nl_events **eventsp)
{
	struct nl_events *events;
	int err;

	events = calloc(1, sizeof(*events));
	if (!events)
		return -ENOMEM;
	events->ops = *ops;
	events->arg = arg;
	events->family = nl_genl_family(genl);
	err = subscribe(events, nl_genl_group(genl, NL_GROUP_EVENTS));
	if (err) {
		nl_events_close(events);
		return err;
	}
	*eventsp = events;
	return 0;
}

int nl_events_add_payloads(struct nl_events *events,
			   const struct nl_genl *genl)
{
	return join(events, nl_genl_group(genl, NL_GROUP_PAYLOADS));
}

void nl_events_close(struct nl_events *events)
{
	if (!events)
		return;
	if (events->socket)
		mnl_socket_close(events->socket);
	free(events);
}
