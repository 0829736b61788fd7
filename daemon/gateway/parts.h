/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gateway from inside: its parts, and the rungs of its ladder.
 *
 * A rung is a pair of functions. The one that opens returns 0 or -errno, has
 * said why in @why, and leaves nothing half done; the one that closes takes what
 * the other has made.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_GATEWAY_PARTS_H
#define SIPFAST_DAEMON_GATEWAY_PARTS_H

#include "alg/alg.h"
#include "call/call.h"
#include "conf/conf.h"
#include "ctl/ctl.h"
#include "gateway/gateway.h"
#include "gateway/place.h"
#include "media/kernel.h"
#include "media/media.h"
#include "media/ports.h"
#include "nl/genl.h"
#include "nl/route.h"

struct egress_cache;
struct event;
struct nl_events;
struct peer;
struct presence;
struct store;
struct nl_nft;
struct public_port;

#define GATEWAY_MAX_DEVICES	(CONF_MAX_LANS + CONF_MAX_WANS)
#define GATEWAY_MAX_PINHOLES	(2 * CONF_MAX_LANS * CONF_MAX_SIP_PORTS)

/** Room for why a rung could not be opened. */
#define GATEWAY_WHY_LEN		512

/**
 * struct gateway - all that is open
 * @base: event loop, borrowed
 * @conf: configuration, borrowed
 * @place: where we serve
 * @avoided: UDP ports that rules of others forward, a bit for each
 * @n_translated: how many of
 * @translated:	IPv6 networks whose addresses rules of others translate
 * @keep: what runs is to be left running
 * @why: what went wrong last
 * @genl: socket to the module
 * @store: what survives us
 * @restored: what has come back out of it
 * @earlier: a daemon was here before, and did not clear up
 * @n_devices: how many of
 * @devices:	those that we have attached, and are to detach
 * @policies: the policy routes, by family
 * @n_pinholes: how many of
 * @pinholes:	those through which phones reach the divert sockets
 * @nft: our table
 * @ports: public media ports
 * @media: the back end in the kernel
 * @tcp: TCP connections
 * @alg: signalling
 * @calls: calls
 * @ipv6: phones may be mapped over IPv6
 * @diverts: one socket for each SIP port, by family,
 * @tcp_diverts:	and one listener
 * @routes: which phone reaches whom by which WAN, as it was seen last
 * @public_ports: sockets that the ALG has asked for
 * @peers: those that phones answer to at other ports than SIP's, by their address,
 * @last_peer:	and the number of the last one
 * @events: notifications of the module
 * @events_ready: when there are some
 * @stale: some were lost, and it was not looked since
 * @event_counters: what has become of them
 */
struct gateway {
	struct event_base *base;
	const struct conf *conf;
	struct place place;
	uint8_t avoided[(UINT16_MAX + 1) / 8];
	unsigned int n_translated;
	struct conf_prefix translated[PLACE_MAX_MAPPED];
	bool keep;
	char why[GATEWAY_WHY_LEN];
	struct nl_genl *genl;
	struct store *store;
	struct ctl_restored restored;
	bool earlier;
	unsigned int n_devices;
	const char *devices[GATEWAY_MAX_DEVICES];
	struct nl_route_policy policies[PLACE_N_FAMILIES];
	unsigned int n_pinholes;
	uint32_t pinholes[GATEWAY_MAX_PINHOLES];
	struct nl_nft *nft;
	struct media_ports *ports;
	struct media *media;
	struct tcp *tcp;
	struct alg *alg;
	struct calls *calls;
	bool ipv6;
	struct udp_socket *diverts[PLACE_N_FAMILIES][CONF_MAX_SIP_PORTS];
	struct tcp_listener *tcp_diverts[PLACE_N_FAMILIES][CONF_MAX_SIP_PORTS];
	struct egress_cache *routes;
	struct public_port *public_ports;
	struct peer *peers;
	int64_t last_peer;
	struct nl_events *events;
	struct event *events_ready;
	bool stale;
	struct ctl_events event_counters;
};

/** gateway_why() - say why; Return: @err */
int gateway_why(struct gateway *gateway, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* neighbours.c */
int gateway_open_neighbours(struct gateway *gateway);
void gateway_close_neighbours(struct gateway *gateway);

/** gateway_is_avoided() - is this UDP port left to a rule of somebody else's? */
bool gateway_is_avoided(const struct gateway *gateway, uint16_t port);

/** gateway_take_place() - we are at @place, and know our neighbours there */
void gateway_take_place(struct gateway *gateway, const struct place *place);

/* machine.c */
int gateway_open_module(struct gateway *gateway);
void gateway_close_module(struct gateway *gateway);
int gateway_open_devices(struct gateway *gateway);
void gateway_close_devices(struct gateway *gateway);
int gateway_open_route(struct gateway *gateway);
void gateway_close_route(struct gateway *gateway);
int gateway_open_pinholes(struct gateway *gateway);
void gateway_close_pinholes(struct gateway *gateway);
int gateway_open_table(struct gateway *gateway);
void gateway_close_table(struct gateway *gateway);

/**
 * gateway_move_table() - let the table know of a place that has changed
 *
 * Return: 0, or -errno, and @gateway->why says why.
 */
int gateway_move_table(struct gateway *gateway);

/** gateway_attach_wans() - attach the WANs that were not there before */
void gateway_attach_wans(struct gateway *gateway);

/* egress.c */

/**
 * gateway_egress() - struct alg_ops.egress: by which WAN is that?
 *
 * Where several WANs are served the routing tables are asked, with the phone's
 * source address, so that rules of the user's have their say. What they answer
 * is believed for a second.
 */
bool gateway_egress(void *arg, const struct sockaddr_storage *phone,
		    const struct sockaddr_storage *server,
		    struct alg_egress *egress);

/** gateway_forget_routes() - something has changed: ask anew */
void gateway_forget_routes(struct gateway *gateway);

/* restore.c */
int gateway_open_store(struct gateway *gateway);
void gateway_close_store(struct gateway *gateway);
int gateway_open_restored(struct gateway *gateway);
void gateway_close_restored(struct gateway *gateway);

/** gateway_save() - write what has changed, and all where the store needs it */
void gateway_save(struct gateway *gateway, uint64_t now_ms);

/* inherit.c */
int gateway_open_inherited(struct gateway *gateway);
void gateway_close_inherited(struct gateway *gateway);

/** gateway_has_sessions() - is there media of ours in the kernel? */
bool gateway_has_sessions(struct gateway *gateway);

/**
 * gateway_adopt_sessions() - join the calls that have come back to their sessions
 *
 * Return: 0, or -errno, and @gateway->why says why.
 */
int gateway_adopt_sessions(struct gateway *gateway);

/* presence.c */

/**
 * struct presence - the sessions that the kernel has
 * @n_ids: how many of
 * @ids: their numbers, ascending
 * @room: for how many there is room
 */
struct presence {
	unsigned int n_ids;
	uint32_t *ids;
	unsigned int room;
};

/**
 * gateway_look() - which sessions does the kernel have?
 * @presence: filled in; to be freed with gateway_look_away()
 *
 * Return: 0, or -errno, and then nothing is to be freed.
 */
int gateway_look(struct gateway *gateway, struct presence *presence);

/** gateway_look_away() - free what gateway_look() has found */
void gateway_look_away(struct presence *presence);

/**
 * gateway_is_gone() - has a session ended?
 * @presence: what was found
 * @id: its number
 *
 * One that was not found is asked for: a dump that was disturbed may lack it.
 */
bool gateway_is_gone(struct gateway *gateway, const struct presence *presence,
		     uint32_t id);

/* event.c */
int gateway_open_events(struct gateway *gateway);
void gateway_close_events(struct gateway *gateway);

/**
 * gateway_resync() - where notifications were lost, look what there is
 *
 * What is gone is ended as if that had been told. Where the kernel does not
 * answer it is tried again the next time.
 */
void gateway_resync(struct gateway *gateway);

/* peer.c */
/** gateway_divert_peer() - struct alg_ops.divert: phones answer to @peer */
void gateway_divert_peer(void *arg, const struct sockaddr_storage *peer);

/** gateway_restore_peers() - those of before; the table is there */
void gateway_restore_peers(struct gateway *gateway);

/** gateway_keep_peers() - write them all */
void gateway_keep_peers(struct gateway *gateway);

/** gateway_forget_peers() - all of them; the table is still there */
void gateway_forget_peers(struct gateway *gateway);

/* port.c: struct alg_ops with the gateway as its argument */
extern const struct alg_ops gateway_alg_ops;

#endif
