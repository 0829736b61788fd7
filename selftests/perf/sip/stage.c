// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The stage of what signalling costs, see stage.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "stage.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

struct stage stage;

static struct media_ports *ports;
static struct store *store;

/* Whose public port it is */
static struct alg_endpoint *endpoints[UINT16_MAX + 1];

int udp_send(struct udp_socket *socket, const struct sockaddr_storage *dst,
	     uint8_t tos, const struct iovec *iov, unsigned int n_iov)
{
	size_t len = 0;
	unsigned int i;

	(void)socket;
	(void)dst;
	(void)tos;
	stage.n_sent++;
	for (i = 0; stage.listens && i < n_iov; i++) {
		if (len + iov[i].iov_len >= sizeof(stage.last))
			exit(EXIT_FAILURE);
		memcpy(stage.last + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	stage.last[len] = '\0';
	return 0;
}

int udp_send_as(const struct sockaddr_storage *src,
		const struct sockaddr_storage *dst, uint8_t tos,
		const struct iovec *iov, unsigned int n_iov)
{
	(void)src;
	return udp_send(NULL, dst, tos, iov, n_iov);
}

static int open_port(void *arg, struct alg_endpoint *endpoint,
		     enum transport transport,
		     const struct sockaddr_storage *local,
		     union alg_socket *socket, uint32_t *pinhole)
{
	(void)arg;
	(void)transport;
	endpoints[alg_address_from(local).port] = endpoint;
	socket->udp = NULL;
	*pinhole = 1;
	return 0;
}

static void close_port(void *arg, enum transport transport,
		       const struct sockaddr_storage *local,
		       union alg_socket socket, uint32_t pinhole)
{
	(void)arg;
	(void)transport;
	(void)local;
	(void)socket;
	(void)pinhole;
}

static bool egress(void *arg, const struct sockaddr_storage *phone,
		   const struct sockaddr_storage *server,
		   struct alg_egress *out)
{
	struct sockaddr_storage wan = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&wan;

	(void)arg;
	(void)phone;
	(void)server;
	in->sin_family = AF_INET;
	inet_pton(AF_INET, "203.0.113.1", &in->sin_addr);
	out->public = out->advertised = alg_address_from(&wan);
	return true;
}

static void divert(void *arg, const struct sockaddr_storage *peer)
{
	(void)arg;
	(void)peer;
}

static uint64_t now_ms(void *arg)
{
	(void)arg;
	return 1000000;
}

static int install(void *backend, const char *cookie,
		   const struct media_plan *plan, uint32_t *session)
{
	(void)backend;
	(void)cookie;
	(void)plan;
	*session = 1;
	return 0;
}

static int update(void *backend, uint32_t session,
		  const struct media_plan *old, const struct media_plan *plan)
{
	(void)backend;
	(void)session;
	(void)old;
	(void)plan;
	return 0;
}

static int end(void *backend, uint32_t session)
{
	(void)backend;
	(void)session;
	return 0;
}

static bool is_lan(void *arg, const struct sockaddr_storage *storage)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)storage;

	(void)arg;
	return ntohl(in->sin_addr.s_addr) >> 16 == 0xc0a8;
}

static bool admit(void *arg, uint32_t endpoint, enum call_side caller)
{
	return alg_admit(arg, endpoint, caller == CALL_LAN);
}

static void hold(void *arg, uint32_t endpoint)
{
	alg_hold(arg, endpoint);
}

static void release(void *arg, uint32_t endpoint)
{
	alg_release(arg, endpoint);
}

void open_stage(const char *path)
{
	static const struct media_ops media_ops = {
		.install = install, .update = update, .remove = end,
	};
	static struct media media = { .ops = &media_ops };
	static const struct alg_ops ops = {
		.open = open_port, .close = close_port, .egress = egress,
		.divert = divert, .now_ms = now_ms,
	};
	static const struct call_user_ops user_ops = {
		.admit = admit, .hold = hold, .release = release,
	};
	static const struct call_policy call_policy = {
		.learn = MEDIA_LEARN_SAME_ADDRESS, .dscp = -1,
		.is_lan = is_lan,
	};
	const struct alg_policy policy = {
		.min_port = 5061, .max_port = 16383, .is_lan = is_lan,
		.limits = { 1000000, 1000000, 1000000, 1000000, 1000, 8192,
			    1000000 },
	};

	ports = media_ports_new(16384, 32767);
	stage.alg = alg_new(&policy, &ops, NULL);
	stage.calls = calls_new(&call_policy, &media, ports, &user_ops,
				stage.alg);
	store = path ? store_open(path, now_ms(NULL)) : NULL;
	if (!ports || !stage.alg || !stage.calls ||
	    (path && !store_is_kept(store)))
		exit(EXIT_FAILURE);
	alg_set_calls(stage.alg, stage.calls);
	alg_set_store(stage.alg, store);
	calls_set_store(stage.calls, store);
}

void close_stage(void)
{
	calls_free(stage.calls, false);
	alg_free(stage.alg);
	media_ports_free(ports);
	store_close(store);
}

static struct sockaddr_storage address(const char *host, uint16_t port)
{
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&storage;

	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	inet_pton(AF_INET, host, &in->sin_addr);
	return storage;
}

void phone_sends(const char *host, uint16_t port, const char *msg, size_t len)
{
	const struct message message = {
		.data = msg, .len = len,
		.src = address(host, port),
		.dst = address("203.0.113.10", 5060),
	};

	alg_from_lan(stage.alg, &message);
}

void server_sends(uint16_t port, const char *msg, size_t len)
{
	const struct message message = {
		.data = msg, .len = len,
		.src = address("203.0.113.10", 5060),
		.dst = address("203.0.113.1", port),
	};

	if (!endpoints[port])
		exit(EXIT_FAILURE);
	alg_from_wan(stage.alg, endpoints[port], &message);
}
