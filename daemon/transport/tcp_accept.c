// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connections that are made to us: phones' that are diverted, servers' to a
 * public port, and how many of them one host may make.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <utlist.h>

#include "transport/tcp_parts.h"
#include "transport/tcp_socket.h"

/**
 * struct tcp_listener - where connections can be made
 * @tcp: what keeps their flows
 * @listener: the socket, on the loop
 * @local: what it is bound to
 * @divert: what is accepted was meant for somebody else
 * @owner: of what is accepted
 * @asleep: there were no descriptors; tcp_listeners_wake() tries again
 * @prev: in the list of all
 * @next:	likewise
 */
struct tcp_listener {
	struct tcp *tcp;
	struct evconnlistener *listener;
	struct sockaddr_storage local;
	bool divert;
	void *owner;
	bool asleep;
	struct tcp_listener *prev;
	struct tcp_listener *next;
};

/* The host of @address alone, as a key. */
static struct sockaddr_storage host_of(const struct sockaddr_storage *address)
{
	struct sockaddr_storage host;

	memset(&host, 0, sizeof(host));
	host.ss_family = address->ss_family;
	if (address->ss_family == AF_INET6)
		((struct sockaddr_in6 *)&host)->sin6_addr =
			((const struct sockaddr_in6 *)address)->sin6_addr;
	else
		((struct sockaddr_in *)&host)->sin_addr =
			((const struct sockaddr_in *)address)->sin_addr;
	return host;
}

static struct tcp_source *source_of(struct tcp *tcp,
				    const struct sockaddr_storage *address)
{
	const struct sockaddr_storage host = host_of(address);
	struct tcp_source *source;

	HASH_FIND(hh, tcp->sources, &host, sizeof(host), source);
	if (source)
		return source;
	source = calloc(1, sizeof(*source));
	if (!source)
		return NULL;
	source->host = host;
	HASH_ADD(hh, tcp->sources, host, sizeof(source->host), source);
	return source;
}

static void forget_unused(struct tcp *tcp, struct tcp_source *source)
{
	if (source->n_flows)
		return;
	HASH_DEL(tcp->sources, source);
	free(source);
}

void tcp_source_leave(struct tcp_flow *flow)
{
	struct tcp_source *source = flow->source;

	if (!source)
		return;
	flow->source = NULL;
	source->n_flows--;
	if (!flow->proven)
		source->n_unproven--;
	forget_unused(flow->tcp, source);
}

/* A server may have one connection for each phone; a stranger may not. */
static bool may_come(struct tcp *tcp, const struct tcp_source *source,
		     enum tcp_side side)
{
	struct tcp_counters *counters = &tcp->counters;

	if (tcp->n_flows >= TCP_MAX_FLOWS) {
		counters->refused_total++;
		return false;
	}
	if (side == TCP_LAN && source->n_flows >= TCP_MAX_PER_PHONE) {
		counters->refused_phone++;
		return false;
	}
	if (side == TCP_WAN && source->n_unproven >= TCP_MAX_UNPROVEN) {
		counters->refused_stranger++;
		return false;
	}
	return true;
}

/* A flow for @fd, which is taken over on success. */
static int begin_flow(struct tcp_listener *listener, int fd,
		      const struct sockaddr_storage *remote,
		      const struct sockaddr_storage *local,
		      enum tcp_side side, struct tcp_source *source)
{
	struct tcp *tcp = listener->tcp;
	struct tcp_flow *flow = tcp_flow_new(tcp, side);

	if (!flow)
		return -ENOMEM;
	flow->ends[side].remote = *remote;
	flow->ends[side].local = *local;
	flow->tos = tcp_socket_tos(fd, remote->ss_family);
	flow->deadline_ms = flow->began_ms +
			    (side == TCP_LAN ? TCP_SILENT_MS : TCP_PATIENCE_MS);
	if (tcp_end_open(&flow->ends[side], fd, false)) {
		flow->closing = true;
		tcp_bury(flow);
		return -ENOMEM;
	}
	flow->source = source;
	source->n_flows++;
	source->n_unproven++;
	/* A phone's flow is whose its first message says. */
	if (side == TCP_WAN)
		tcp->ops.opened(tcp->arg, flow, listener->owner);
	tcp->counters.accepted++;
	return 0;
}

/*
 * A divert listener can be reached without being diverted, by a program of this
 * machine. That is no phone, and has no server to go on to.
 */
static bool is_diverted(const struct tcp_listener *listener,
			const struct sockaddr_storage *local)
{
	return memcmp(local, &listener->local, sizeof(*local)) != 0;
}

static void on_accept(struct evconnlistener *unused, evutil_socket_t fd,
		      struct sockaddr *address, int len, void *arg)
{
	struct tcp_listener *listener = arg;
	struct tcp *tcp = listener->tcp;
	struct sockaddr_storage remote = { 0 }, local;
	struct tcp_source *source;
	enum tcp_side side;

	(void)unused;
	memcpy(&remote, address, len);
	side = listener->divert || tcp->ops.is_lan(tcp->arg, &remote) ?
	       TCP_LAN : TCP_WAN;
	source = source_of(tcp, &remote);
	if (!source) {
		close(fd);
		return;
	}
	if (!may_come(tcp, source, side) || tcp_socket_accepted(fd, &local) ||
	    (listener->divert && !is_diverted(listener, &local)) ||
	    begin_flow(listener, fd, &remote, &local, side, source)) {
		tcp_socket_reset_on_close(fd);
		close(fd);
		forget_unused(tcp, source);
	}
}

/* No descriptors: to be asked again at once would only burn time. */
static void on_error(struct evconnlistener *unused, void *arg)
{
	struct tcp_listener *listener = arg;

	(void)unused;
	listener->tcp->counters.refused_total++;
	listener->asleep = true;
	evconnlistener_disable(listener->listener);
}

void tcp_listeners_wake(struct tcp *tcp)
{
	struct tcp_listener *listener;

	DL_FOREACH(tcp->listeners, listener) {
		if (!listener->asleep)
			continue;
		listener->asleep = false;
		evconnlistener_enable(listener->listener);
	}
}

static struct tcp_listener *listen_at(struct tcp *tcp,
				      const struct sockaddr_storage *local,
				      bool divert, void *owner)
{
	struct tcp_listener *listener = calloc(1, sizeof(*listener));
	int fd;

	if (!listener)
		return NULL;
	fd = tcp_socket_listen(local, divert);
	if (fd < 0) {
		free(listener);
		errno = -fd;
		return NULL;
	}
	listener->tcp = tcp;
	listener->divert = divert;
	listener->owner = owner;
	tcp_socket_name(fd, &listener->local);
	listener->listener = evconnlistener_new(tcp->base, on_accept, listener,
						LEV_OPT_CLOSE_ON_FREE |
						LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!listener->listener) {
		close(fd);
		free(listener);
		errno = ENOMEM;
		return NULL;
	}
	evconnlistener_set_error_cb(listener->listener, on_error);
	DL_APPEND(tcp->listeners, listener);
	return listener;
}

struct tcp_listener *tcp_listen_divert(struct tcp *tcp,
				       const struct sockaddr_storage *local)
{
	return listen_at(tcp, local, true, NULL);
}

struct tcp_listener *tcp_listen_public(struct tcp *tcp,
				       const struct sockaddr_storage *local,
				       void *owner)
{
	return listen_at(tcp, local, false, owner);
}

void tcp_unlisten(struct tcp_listener *listener)
{
	if (!listener)
		return;
	DL_DELETE(listener->tcp->listeners, listener);
	evconnlistener_free(listener->listener);
	free(listener);
}
