/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which port of ours stands for which transport, in one call: a public one for
 * a LAN host's; one inside for the peer's, where the LAN side sends to us as well.
 *
 * The same LAN address and port has the same public port for as long as the
 * call lives, whatever message names it: a retransmission, a session refresh, a
 * second m-line of a BUNDLE, a resume after an hour on hold. Whatever would
 * forget a port while the call goes on breaks a phone that does not expect it.
 *
 * Ports are borrowed in pairs. RTP takes the even one, its RTCP the odd one
 * when nothing else has it, whatever the phone's own numbers are.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_MAPPING_H
#define SIPFAST_DAEMON_CALL_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "media/address.h"
#include "media/media.h"
#include "media/ports.h"

/** Most pairs that one call borrows. */
#define CALL_MAX_PAIRS 24

/**
 * struct call_pair - a borrowed pair of public ports
 * @port: the even one
 * @advertised: it has been in an SDP that left, and cannot be changed
 * @named: number of the message that named it last
 * @lan: whom each half stands for; none where it stands for nobody yet
 */
struct call_pair {
	uint16_t port;
	bool advertised;
	uint32_t named;
	union media_address lan[2];
};

/**
 * struct call_mappings - the public ports of one call
 * @n_pairs: how many of @pairs count
 * @message: number of the message being looked at
 * @pairs: the pairs
 */
struct call_mappings {
	unsigned int n_pairs;
	uint32_t message;
	struct call_pair pairs[CALL_MAX_PAIRS];
};

/**
 * mappings_port() - the public port that stands for a LAN transport
 *
 * Return: the port, or 0 where none does.
 */
uint16_t mappings_port(const struct call_mappings *mappings,
		       const union media_address *lan);

/**
 * mappings_begin() - a message that may name LAN transports is looked at
 *
 * A pair that it names is not taken away before the next one.
 */
void mappings_begin(struct call_mappings *mappings);

/**
 * mappings_add() - see to it that an m-line's transports have public ports
 * @mappings: the call's
 * @ports: the pool
 * @rtp: the LAN host's transport
 * @rtcp: that of its RTCP; none where it has none of its own
 * @plan: what runs now; its ports are never taken away
 * @now_ms: monotonic time
 *
 * Where the call has all the pairs it may have, the one that was named longest
 * ago makes room: a phone may take a new port at every resume.
 *
 * Return: 0, or -ENOSPC.
 */
int mappings_add(struct call_mappings *mappings, struct media_ports *ports,
		 const union media_address *rtp,
		 const union media_address *rtcp,
		 const struct media_plan *plan, uint64_t now_ms);

/**
 * mappings_reserve() - have at least @n pairs, if only for later
 *
 * For an offer from outside: the phone's answer must not fail for want of a
 * port, for an answer cannot be refused.
 *
 * Return: 0, or -ENOSPC.
 */
int mappings_reserve(struct call_mappings *mappings, struct media_ports *ports,
		     unsigned int n, uint64_t now_ms);

/** mappings_advertise() - the message just looked at leaves */
void mappings_advertise(struct call_mappings *mappings);

/**
 * mappings_renew() - other ports for the pairs that nobody has been told of
 *
 * For ports that somebody else turned out to hold in the kernel.
 *
 * Return: 0, -ENOENT where there is no such pair, or -ENOSPC.
 */
int mappings_renew(struct call_mappings *mappings, struct media_ports *ports,
		   uint64_t now_ms);

/**
 * mappings_restore() - the message just looked at is refused
 * @mappings: the call's
 * @ports: the pool
 * @before: a copy from before it was looked at
 * @now_ms: monotonic time, the same as when it was
 */
void mappings_restore(struct call_mappings *mappings, struct media_ports *ports,
		      const struct call_mappings *before, uint64_t now_ms);

/** mappings_end() - give every port back */
void mappings_end(struct call_mappings *mappings, struct media_ports *ports,
		  uint64_t now_ms);

#endif
