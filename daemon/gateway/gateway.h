/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gateway: every room of the house, opened in order and wired together.
 *
 *	place.c		where the router stands, and under which address
 *	gateway.c	the ladder: what is opened when, and closed in reverse
 *	machine.c	its rungs at the kernel: devices, route, table, pinholes
 *	neighbours.c	rules of others that have to do with our ports
 *	egress.c	by which WAN a phone's message leaves
 *	port.c		what the ALG asks for: public ports
 *	inherit.c	what an earlier daemon has left behind
 *	restore.c	what survives us
 *	event.c		what the kernel tells
 *	presence.c	what it has, where it could not tell
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_GATEWAY_H
#define SIPFAST_DAEMON_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

struct conf;
struct ctl_sources;
struct event_base;
struct gateway;
struct place;

/**
 * gateway_probe() - is the module there, and can it do what we need?
 *
 * Return: true, or false when it was logged why not.
 */
bool gateway_probe(void);

/**
 * gateway_open() - begin to serve
 * @base: event loop
 * @conf: borrowed
 * @place: where; copied
 *
 * What fails is logged, and all that went before is undone.
 *
 * Return: the gateway, or NULL.
 */
struct gateway *gateway_open(struct event_base *base, const struct conf *conf,
			     const struct place *place);

/**
 * gateway_close() - serve no more
 * @gateway: the gateway; NULL is fine
 * @keep: leave the media of running calls with the kernel
 *
 * Nothing else of ours stays behind: no table, route, pinhole or device.
 */
void gateway_close(struct gateway *gateway, bool keep);

/** gateway_tick() - end what has run out; to be called once a second */
void gateway_tick(struct gateway *gateway);

/**
 * gateway_move() - take over what has changed outside, and the prefixes inside
 * @gateway: the gateway
 * @place: of which the LAN interfaces are the same as before
 *
 * What stood on an address that is gone ends: its ports and calls. What stands
 * on others does not notice.
 *
 * Return: 0, or -errno where it was logged why the gateway has to be closed.
 */
int gateway_move(struct gateway *gateway, const struct place *place);

/** gateway_show() - tell the control socket where its answers come from */
void gateway_show(const struct gateway *gateway, struct ctl_sources *sources);

/** gateway_now_ms() - monotonic time */
uint64_t gateway_now_ms(void);

#endif
