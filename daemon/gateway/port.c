// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Public ports, as the ALG asks for them: a socket, its number in the nft sets
 * that keep conntrack's hands off it, and a pinhole through the input chain.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "gateway/parts.h"
#include "log/log.h"
#include "nl/conntrack.h"
#include "nl/nft.h"
#include "nl/pinhole.h"
#include "transport/udp.h"

/**
 * struct public_port - one socket, and for whom it is
 * @gateway: the gateway
 * @endpoint: what the ALG wants to be told with each datagram
 * @transport: what it is a port of
 * @socket: the socket
 * @prev: in the gateway's list
 * @next:	likewise
 */
struct public_port {
	struct gateway *gateway;
	struct alg_endpoint *endpoint;
	enum transport transport;
	union alg_socket socket;
	struct public_port *prev;
	struct public_port *next;
};

static void on_datagram(void *arg, const struct message *message)
{
	struct public_port *port = arg;

	alg_from_wan(port->gateway->alg, port->endpoint, message);
}

static bool in_range(uint16_t port, const struct conf_range *range)
{
	return port >= range->min && port <= range->max;
}

/* A phone's own port is kept where it is free; here it never is. */
static bool is_reserved(const struct gateway *gateway, uint16_t port)
{
	const struct conf *conf = gateway->conf;

	return in_range(port, &conf->media) || in_range(port, &conf->guard) ||
	       gateway_is_avoided(gateway, port);
}

static uint8_t protocol_of(enum transport transport)
{
	return transport == TRANSPORT_TCP ? IPPROTO_TCP : IPPROTO_UDP;
}

static int open_pinhole(struct gateway *gateway, enum transport transport,
			const struct sockaddr_storage *local, uint32_t *id)
{
	const struct nl_pinhole pinhole = {
		.has = { .cookie = true, .local = true, .protocol = true },
		.cookie = MEDIA_COOKIE_PREFIX "endpoint",
		.local = nl_endpoint_from(local),
		.protocol = protocol_of(transport),
	};
	int err = nl_pinhole_new(gateway->genl, &pinhole, id);

	if (err)
		log_debug("pinhole: %s", nl_error(gateway->genl));
	return err;
}

/* Begin to listen; 0, or -errno. */
static int open_socket(struct public_port *port,
		       const struct sockaddr_storage *local)
{
	struct gateway *gateway = port->gateway;

	if (port->transport == TRANSPORT_TCP) {
		port->socket.tcp = tcp_listen_public(gateway->tcp, local,
						     port->endpoint);
		return port->socket.tcp ? 0 : -errno;
	}
	port->socket.udp = udp_open_public(gateway->base, local, on_datagram,
					   port);
	return port->socket.udp ? 0 : -errno;
}

static void close_socket(struct public_port *port)
{
	if (port->transport == TRANSPORT_TCP)
		tcp_unlisten(port->socket.tcp);
	else
		udp_close(port->socket.udp);
}

/* It is not tracked any more. Who had it from NAT before gets another one. */
static void release_flows(enum transport transport,
			  const struct sockaddr_storage *local)
{
	const unsigned int port = alg_address_from(local).port;
	int n = nl_conntrack_release(protocol_of(transport), local);

	if (n < 0)
		log_warning("asking conntrack who uses port %u: %s", port,
			    strerror(-n));
	else if (n)
		log_notice("port %u is ours now: flows that have to take another one: %d",
			   port, n);
}

static int open_port(void *arg, struct alg_endpoint *endpoint,
		     enum transport transport,
		     const struct sockaddr_storage *local,
		     union alg_socket *socket, uint32_t *pinhole)
{
	const struct alg_address address = alg_address_from(local);
	struct gateway *gateway = arg;
	struct public_port *port;
	int err;

	if (is_reserved(gateway, address.port))
		return -EADDRINUSE;
	port = calloc(1, sizeof(*port));
	if (!port)
		return -ENOMEM;
	port->gateway = gateway;
	port->endpoint = endpoint;
	port->transport = transport;
	err = open_socket(port, local);
	if (err)
		goto err_free;
	err = nl_nft_port_add(gateway->nft, protocol_of(transport), local);
	if (err) {
		log_debug("nft: %s", nl_nft_error(gateway->nft));
		goto err_close;
	}
	release_flows(transport, local);
	err = open_pinhole(gateway, transport, local, pinhole);
	if (err)
		goto err_del;
	DL_APPEND(gateway->public_ports, port);
	*socket = port->socket;
	return 0;

err_del:
	nl_nft_port_del(gateway->nft, protocol_of(transport), local);
err_close:
	close_socket(port);
err_free:
	free(port);
	return err;
}

/* The port that @socket is of, taken out of the list. */
static struct public_port *take_port(struct gateway *gateway,
				     enum transport transport,
				     union alg_socket socket)
{
	struct public_port *port;

	DL_FOREACH(gateway->public_ports, port)
		if (port->transport == transport &&
		    (transport == TRANSPORT_TCP ?
		     port->socket.tcp == socket.tcp :
		     port->socket.udp == socket.udp))
			break;
	if (port)
		DL_DELETE(gateway->public_ports, port);
	return port;
}

static void close_port(void *arg, enum transport transport,
		       const struct sockaddr_storage *local,
		       union alg_socket socket, uint32_t pinhole)
{
	struct gateway *gateway = arg;
	struct public_port *port = take_port(gateway, transport, socket);
	int err;

	err = nl_pinhole_del(gateway->genl, pinhole);
	if (err && err != -ENOENT)
		log_warning("removing a pinhole: %s", nl_error(gateway->genl));
	/* When closing down, the table has gone before. */
	err = gateway->nft ? nl_nft_port_del(gateway->nft,
					     protocol_of(transport), local) :
			     0;
	if (err && err != -ENOENT)
		log_warning("nft: %s", nl_nft_error(gateway->nft));
	close_socket(port);
	free(port);
}

static uint64_t now_ms(void *arg)
{
	(void)arg;
	return gateway_now_ms();
}

const struct alg_ops gateway_alg_ops = {
	.open = open_port,
	.close = close_port,
	.egress = gateway_egress,
	.divert = gateway_divert_peer,
	.now_ms = now_ms,
};
