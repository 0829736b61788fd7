// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ladder. What a rung needs is below it; when one does not hold, those below
 * are left in reverse, and so they are at the end.
 *
 * Phones are diverted to us by the last rung but one, when everything that is
 * to serve them stands, and it goes first: they are back on plain NAT before
 * anything else is taken down.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "gateway/gateway.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/ctl.h"
#include "gateway/parts.h"
#include "log/log.h"
#include "transport/udp.h"

int gateway_why(struct gateway *gateway, int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(gateway->why, sizeof(gateway->why), format, ap);
	va_end(ap);
	return err;
}

uint64_t gateway_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static bool is_lan(void *arg, const struct sockaddr_storage *address)
{
	const struct gateway *gateway = arg;

	return place_is_lan(&gateway->place, address);
}

/* Those that are somebody else's are lent for good. */
static void lend_avoided(struct gateway *gateway)
{
	const struct conf *conf = gateway->conf;
	uint32_t port;

	for (port = conf->media.min; port <= conf->media.max; port++)
		if (gateway_is_avoided(gateway, port))
			media_ports_take(gateway->ports, port);
}

static bool inside(void *arg, const struct sockaddr_storage *lan,
		   struct sockaddr_storage *address)
{
	const struct gateway *gateway = arg;

	return place_inside(&gateway->place, lan, address);
}

static int open_media(struct gateway *gateway)
{
	const struct conf *conf = gateway->conf;

	gateway->ports = media_ports_new(conf->media.min, conf->media.max);
	if (!gateway->ports)
		return gateway_why(gateway, -errno, "%s", strerror(errno));
	lend_avoided(gateway);
	gateway->media = media_kernel_new(gateway->genl, conf->media_idle_s);
	if (gateway->media)
		return 0;
	gateway_why(gateway, 0, "%s", strerror(errno));
	media_ports_free(gateway->ports);
	return -ENOMEM;
}

static void close_media(struct gateway *gateway)
{
	media_kernel_free(gateway->media);
	media_ports_free(gateway->ports);
}

static void on_opened(void *arg, struct tcp_flow *flow, void *endpoint)
{
	struct gateway *gateway = arg;

	alg_stream_opened(gateway->alg, flow, endpoint);
}

static void on_message(void *arg, enum tcp_side from,
		       const struct message *message)
{
	struct gateway *gateway = arg;

	alg_stream_message(gateway->alg, from, message);
}

static void on_closed(void *arg, struct tcp_flow *flow)
{
	struct gateway *gateway = arg;

	alg_stream_closed(gateway->alg, flow);
}

static bool is_needed(void *arg, struct tcp_flow *flow)
{
	struct gateway *gateway = arg;

	return alg_stream_is_needed(gateway->alg, flow);
}

static int open_tcp(struct gateway *gateway)
{
	static const struct tcp_ops ops = {
		.is_lan = is_lan,
		.opened = on_opened,
		.recv = on_message,
		.closed = on_closed,
		.is_needed = is_needed,
	};

	gateway->tcp = tcp_new(gateway->base, &ops, gateway);
	if (!gateway->tcp)
		return gateway_why(gateway, -errno, "%s", strerror(errno));
	return 0;
}

static void close_tcp(struct gateway *gateway)
{
	tcp_free(gateway->tcp);
}

static int open_alg(struct gateway *gateway)
{
	const struct conf *conf = gateway->conf;
	const struct alg_policy policy = {
		.min_port = conf->signalling.min,
		.max_port = conf->signalling.max,
		.inbound_any = conf->inbound == CONF_INBOUND_ANY,
		.auth_int_bypass = conf->auth_int == CONF_AUTH_INT_BYPASS,
		.n_sip_ports = conf->n_sip_ports,
		.sip_ports = conf->sip_ports,
		.limits = {
			.messages = conf->flood.messages,
			.messages_burst = conf->flood.messages_burst,
			.calls = conf->flood.calls,
			.calls_burst = conf->flood.calls_burst,
			.max_endpoints = conf->flood.max_endpoints,
			.max_calls = conf->flood.max_calls,
			.strangers = conf->flood.strangers,
		},
		.is_lan = is_lan,
		.inside = conf->route == CONF_MEDIA_ANCHOR_BOTH ? inside : NULL,
		.lan_arg = gateway,
	};

	gateway->alg = alg_new(&policy, &gateway_alg_ops, gateway);
	if (!gateway->alg)
		return gateway_why(gateway, -errno, "%s", strerror(errno));
	alg_set_store(gateway->alg, gateway->store);
	return 0;
}

static void close_alg(struct gateway *gateway)
{
	alg_free(gateway->alg);
}

static bool admit(void *alg, uint32_t endpoint, enum call_side caller)
{
	return alg_admit(alg, endpoint, caller == CALL_LAN);
}

static void hold(void *alg, uint32_t endpoint)
{
	alg_hold(alg, endpoint);
}

static void release(void *alg, uint32_t endpoint)
{
	alg_release(alg, endpoint);
}

static bool has(void *alg, uint32_t endpoint)
{
	return alg_has(alg, endpoint);
}

static int open_calls(struct gateway *gateway)
{
	static const struct call_user_ops ops = {
		.admit = admit,
		.hold = hold,
		.release = release,
		.has = has,
	};
	static const enum media_learn learns[] = {
		[CONF_LEARN_EXACT] = MEDIA_LEARN_EXACT,
		[CONF_LEARN_SAME_ADDRESS] = MEDIA_LEARN_SAME_ADDRESS,
		[CONF_LEARN_ONCE] = MEDIA_LEARN_ONCE,
	};
	static const enum call_ice ices[] = {
		[CONF_ICE_PASS] = CALL_ICE_PASS,
		[CONF_ICE_ANCHOR] = CALL_ICE_ANCHOR,
		[CONF_ICE_INSERT] = CALL_ICE_INSERT,
	};
	const struct call_policy policy = {
		.ice = ices[gateway->conf->ice],
		.learn = learns[gateway->conf->learn],
		.dscp = gateway->conf->dscp,
		.is_lan = is_lan,
		.lan_arg = gateway,
	};

	gateway->calls = calls_new(&policy, gateway->media, gateway->ports,
				   &ops, gateway->alg);
	if (!gateway->calls)
		return gateway_why(gateway, -errno, "%s", strerror(errno));
	calls_set_store(gateway->calls, gateway->store);
	alg_set_calls(gateway->alg, gateway->calls);
	return 0;
}

static void close_calls(struct gateway *gateway)
{
	calls_free(gateway->calls, gateway->keep);
}

static void on_diverted(void *arg, const struct message *message)
{
	struct gateway *gateway = arg;

	alg_from_lan(gateway->alg, message);
}

static void close_diverts(struct gateway *gateway)
{
	unsigned int i, j;

	for (i = 0; i < PLACE_N_FAMILIES; i++) {
		for (j = 0; j < gateway->conf->n_sip_ports; j++) {
			udp_close(gateway->diverts[i][j]);
			gateway->diverts[i][j] = NULL;
			tcp_unlisten(gateway->tcp_diverts[i][j]);
			gateway->tcp_diverts[i][j] = NULL;
		}
	}
}

static struct sockaddr_storage loopback(sa_family_t family, uint16_t port)
{
	struct sockaddr_storage address = { .ss_family = family };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address;
	struct sockaddr_in *in = (struct sockaddr_in *)&address;

	if (family == AF_INET6) {
		in6->sin6_addr = in6addr_loopback;
		in6->sin6_port = htons(port);
	} else {
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		in->sin_port = htons(port);
	}
	return address;
}

static int open_divert(struct gateway *gateway, sa_family_t family,
		       unsigned int i)
{
	const uint16_t port = gateway->conf->sip_ports[i];
	const struct sockaddr_storage local = loopback(family, port);
	const unsigned int n = place_family_of(family);

	gateway->diverts[n][i] = udp_open_divert(gateway->base, family, port,
						 on_diverted, gateway);
	if (!gateway->diverts[n][i])
		return -errno;
	gateway->tcp_diverts[n][i] = tcp_listen_divert(gateway->tcp, &local);
	return gateway->tcp_diverts[n][i] ? 0 : -errno;
}

static int open_diverts_of(struct gateway *gateway, sa_family_t family)
{
	const struct conf *conf = gateway->conf;
	unsigned int i;
	int err;

	for (i = 0; i < conf->n_sip_ports; i++) {
		err = open_divert(gateway, family, i);
		if (!err)
			continue;
		return gateway_why(gateway, err, "%s:%u: %s",
				   family == AF_INET6 ? "[::1]" : "127.0.0.1",
				   conf->sip_ports[i], strerror(-err));
	}
	return 0;
}

/* A machine may have no IPv6, or none on its loopback: then no phone has it. */
static int open_diverts(struct gateway *gateway)
{
	int err = open_diverts_of(gateway, AF_INET);

	gateway->ipv6 = !err && gateway->place.n_mapped;
	if (gateway->ipv6)
		err = open_diverts_of(gateway, AF_INET6);
	if (err == -EAFNOSUPPORT || err == -EADDRNOTAVAIL) {
		log_notice("IPv6 is left alone: %s", gateway->why);
		gateway->ipv6 = false;
		err = 0;
	}
	if (err)
		close_diverts(gateway);
	return err;
}

static const struct rung {
	const char *what;
	int (*open)(struct gateway *gateway);
	void (*close)(struct gateway *gateway);
} ladder[] = {
	{ "sipfast.ko", gateway_open_module, gateway_close_module },
	{ "store", gateway_open_store, gateway_close_store },
	{ "rules of others", gateway_open_neighbours, gateway_close_neighbours },
	{ "media", open_media, close_media },
	{ "pinholes of before", gateway_open_inherited, gateway_close_inherited },
	{ "devices", gateway_open_devices, gateway_close_devices },
	{ "TCP", open_tcp, close_tcp },
	{ "signalling", open_alg, close_alg },
	{ "calls", open_calls, close_calls },
	{ "SIP sockets", open_diverts, close_diverts },
	{ "pinholes", gateway_open_pinholes, gateway_close_pinholes },
	{ "policy route", gateway_open_route, gateway_close_route },
	{ "nft table", gateway_open_table, gateway_close_table },
	{ "events", gateway_open_events, gateway_close_events },
	{ "what was", gateway_open_restored, gateway_close_restored },
};

#define N_RUNGS (sizeof(ladder) / sizeof(ladder[0]))

static void descend(struct gateway *gateway, size_t from)
{
	while (from-- > 0)
		ladder[from].close(gateway);
	gateway_forget_routes(gateway);
	free(gateway);
}

bool gateway_probe(void)
{
	struct gateway gateway = { 0 };

	if (gateway_open_module(&gateway)) {
		log_err("sipfast.ko: %s", gateway.why);
		return false;
	}
	gateway_close_module(&gateway);
	return true;
}

struct gateway *gateway_open(struct event_base *base, const struct conf *conf,
			     const struct place *place)
{
	struct gateway *gateway = calloc(1, sizeof(*gateway));
	size_t i;

	if (!gateway) {
		log_err("out of memory");
		return NULL;
	}
	gateway->base = base;
	gateway->conf = conf;
	gateway->place = *place;
	/* What an earlier daemon has left stays where we fail. */
	gateway->keep = true;
	for (i = 0; i < N_RUNGS; i++) {
		if (!ladder[i].open(gateway))
			continue;
		log_err("%s: %s", ladder[i].what, gateway->why);
		descend(gateway, i);
		return NULL;
	}
	return gateway;
}

void gateway_close(struct gateway *gateway, bool keep)
{
	if (!gateway)
		return;
	gateway->keep = keep;
	descend(gateway, N_RUNGS);
}

void gateway_tick(struct gateway *gateway)
{
	uint64_t now_ms = gateway_now_ms();

	tcp_tick(gateway->tcp);
	calls_expire(gateway->calls, now_ms);
	alg_expire(gateway->alg, now_ms);
	gateway_resync(gateway);
	gateway_save(gateway, now_ms);
}

/* Phones go where the WAN has gone, if it is anywhere. */
static void leave_address(struct gateway *gateway,
			  const struct sockaddr_storage *public,
			  const struct place_egress *now)
{
	const struct alg_egress egress = {
		.public = alg_address_from(&now->public),
		.advertised = alg_address_from(&now->advertised),
	};

	calls_leave(gateway->calls, public, gateway_now_ms());
	if (now->public.ss_family)
		alg_move(gateway->alg, public, &egress);
	else
		alg_leave(gateway->alg, public);
}

/* Addresses that we had, and have no more: calls that stand on them end. */
static void leave(struct gateway *gateway, const struct place *before)
{
	const struct sockaddr_storage *public;
	unsigned int i, j;

	for (i = 0; i < CONF_MAX_WANS; i++) {
		for (j = 0; j < PLACE_N_FAMILIES; j++) {
			public = &before->wans[i].egresses[j].public;
			if (!public->ss_family ||
			    place_keeps(before, &gateway->place, public))
				continue;
			leave_address(gateway, public,
				      &gateway->place.wans[i].egresses[j]);
		}
	}
}

int gateway_move(struct gateway *gateway, const struct place *place)
{
	const struct place before = gateway->place;
	int err;

	gateway_take_place(gateway, place);
	if (place_is_outside_same(&before, place))
		return 0;
	gateway_forget_routes(gateway);
	gateway_attach_wans(gateway);
	leave(gateway, &before);
	err = gateway_move_table(gateway);
	if (err)
		log_err("nft table: %s", gateway->why);
	return err;
}

void gateway_show(const struct gateway *gateway, struct ctl_sources *sources)
{
	sources->alg = gateway->alg;
	sources->tcp = gateway->tcp;
	sources->calls = gateway->calls;
	sources->ports = gateway->ports;
	sources->store = gateway->store;
	sources->restored = &gateway->restored;
	sources->events = &gateway->event_counters;
}
