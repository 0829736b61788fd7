/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Endpoints: which public port stands for which phone.
 *
 * A phone's signalling endpoint is an address and port on the LAN. One public
 * port stands for it, is told to the world in its place, and carries all that
 * the phone sends and is sent (sip-alg I2). The port lasts as long as somebody
 * outside may rely on it: a registration, a subscription, a call, and a while
 * after the phone's last word.
 *
 * A phone that has servers behind several WANs is an endpoint for each of them,
 * for each server has to see the address that leads back to it (sip-alg B32).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_ENDPOINT_H
#define SIPFAST_DAEMON_ALG_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include <uthash.h>

#include "alg/address.h"
#include "alg/alg.h"
#include "alg/journal.h"

struct alg_form;
struct alg_lease;
struct alg_link;
struct alg_source;

/** How long a port outlives the last lease, call or word of its phone. */
#define ALG_ENDPOINT_GRACE_MS (5 * 60 * 1000)

/** Hosts that an endpoint remembers to have written to; the oldest drops out. */
#define ALG_MAX_PEERS 32

/** Endpoints that one may have opened by naming them (sip-alg D8). */
#define ALG_MAX_NAMED 8

/**
 * struct alg_endpoint - a phone's signalling endpoint and its public port
 * @alg: whose it is
 * @id: its number, never used again
 * @transport: by which it speaks
 * @lan: the phone,
 * @wan:	and the host of @public; together they are its key
 * @public: where we send from and listen, on its behalf
 * @advertised: what the world is told; differs from @public behind a 1:1 NAT
 * @socket: bound to @public; over TCP it listens there
 * @pinhole: what lets datagrams for @socket in
 * @source: the LAN host that it is of; NULL where it is not counted
 * @namer: the endpoint that named this one before it ever spoke, or 0; this
 *	one lives as long as that one
 * @n_named: how many it has opened so
 * @n_calls: calls that stand on it
 * @leases: registrations and subscriptions (registration.c)
 * @links: its TCP connections, the one used last in front (stream.c)
 * @spoke: it has sent SIP from @lan's port itself
 * @forms: how the phone writes its own address (form.c)
 * @peers: hosts that it has written to,
 * @n_peers:	how many of them,
 * @next_peer:	and which is the oldest
 * @last_used_ms: when the phone last spoke or was answered, or something that it
 *	had here ended
 * @from_lan: datagrams that it has sent
 * @from_wan: datagrams that it has been sent
 * @journal: what was done to its messages that are no call's
 * @saved_used_ms: @last_used_ms as it was last written
 * @unsaved: enum alg_part, what has not been written yet;
 * @prev_unsaved: if any has not, in the list of those
 * @next_unsaved:	likewise
 */
struct alg_endpoint {
	struct alg *alg;
	uint32_t id;
	enum transport transport;
	struct alg_address lan;
	struct alg_address wan;
	struct alg_address public;
	struct alg_address advertised;
	union alg_socket socket;
	uint32_t pinhole;
	struct alg_source *source;
	uint32_t namer;
	unsigned int n_named;
	unsigned int n_calls;
	struct alg_lease *leases;
	struct alg_link *links;
	bool spoke;
	struct alg_form *forms;
	struct alg_address peers[ALG_MAX_PEERS];
	unsigned int n_peers;
	unsigned int next_peer;
	uint64_t last_used_ms;
	uint64_t from_lan;
	uint64_t from_wan;
	struct alg_journal journal;
	uint64_t saved_used_ms;
	unsigned int unsaved;
	struct alg_endpoint *prev_unsaved;
	struct alg_endpoint *next_unsaved;
	UT_hash_handle by_id;
	UT_hash_handle by_lan;
	UT_hash_handle by_public;
	UT_hash_handle by_advertised;
};

/** alg_port_is_privileged() - is it a service's port, not a phone's? */
static inline bool alg_port_is_privileged(uint16_t port)
{
	return port < 1024;
}

/** alg_endpoint_by_id() - the endpoint of that number, or NULL */
struct alg_endpoint *alg_endpoint_by_id(struct alg *alg, uint32_t id);

/**
 * alg_endpoint_by_lan() - the endpoint of a phone at one of our addresses
 * @alg: the ALG
 * @transport: by what it speaks
 * @lan: the phone
 * @wan: the host of ours by which it goes out; its port is 0
 *
 * Return: the endpoint, or NULL.
 */
struct alg_endpoint *alg_endpoint_by_lan(struct alg *alg,
					 enum transport transport,
					 const struct alg_address *lan,
					 const struct alg_address *wan);

/** alg_endpoint_twin() - that of the same phone and port, by the other transport */
struct alg_endpoint *alg_endpoint_twin(struct alg *alg,
				       const struct alg_endpoint *endpoint);

/**
 * alg_endpoint_by_public() - the endpoint that @address stands for, or NULL
 *
 * @address may be the one that we listen at or the one that the world sees.
 */
struct alg_endpoint *alg_endpoint_by_public(struct alg *alg,
					    enum transport transport,
					    const struct alg_address *address);

/**
 * alg_endpoint_of() - the endpoint of a phone that speaks, made if need be
 * @alg: the ALG
 * @transport: by what it speaks
 * @lan: the phone
 * @egress: the address of ours by which it goes out
 * @endpoint: set on success
 *
 * Its own port stands for it where that is free and not privileged. Otherwise
 * the pool is searched from a place that depends on @lan alone, so that a phone
 * mostly gets the same port again. One number stands for one phone, and where
 * it can be had for both transports, for both.
 *
 * Return: 0; -ENOSPC where no port is free; -EDQUOT where its host, or all of
 * them, have as many as they may have; -errno where none can be opened.
 */
int alg_endpoint_of(struct alg *alg, enum transport transport,
		    const struct alg_address *lan,
		    const struct alg_egress *egress,
		    struct alg_endpoint **endpoint);

/**
 * alg_endpoint_again() - an endpoint comes back to its port
 * @alg: the ALG
 * @id: its number, or 0 for a new one
 * @transport: by which it speaks
 * @lan: the phone
 * @egress: the address of ours by which it goes out
 * @port: its public port
 * @endpoint: set on success
 *
 * Return: 0, or -errno where that very port is not to be had.
 */
int alg_endpoint_again(struct alg *alg, uint32_t id, enum transport transport,
		       const struct alg_address *lan,
		       const struct alg_egress *egress, uint16_t port,
		       struct alg_endpoint **endpoint);

/**
 * alg_endpoint_named() - the endpoint of a port that @namer has named
 * @alg: the ALG
 * @namer: the endpoint whose message names @port
 * @transport: by what it is to be reached there
 * @port: a port of the same host
 *
 * It is made where it may be: a port below 1024 is no phone's, and a page in a
 * browser can make a phone-like message name it (NAT slipstreaming, sip-alg
 * D8); and one endpoint may not have all ports opened.
 *
 * Return: the endpoint, or NULL.
 */
struct alg_endpoint *alg_endpoint_named(struct alg *alg,
					struct alg_endpoint *namer,
					enum transport transport,
					uint16_t port);

/** alg_endpoint_used() - the phone has spoken, or what it had here ended */
void alg_endpoint_used(struct alg_endpoint *endpoint, uint64_t now_ms);

/** alg_endpoint_add_peer() - the phone has written to @peer's host */
void alg_endpoint_add_peer(struct alg_endpoint *endpoint,
			   const struct alg_address *peer);

/** alg_endpoint_knows() - has the phone written to @peer's host? */
bool alg_endpoint_knows(const struct alg_endpoint *endpoint,
			const struct alg_address *peer);

/** alg_endpoint_forget_peers() - it has said good-bye to all of them */
void alg_endpoint_forget_peers(struct alg_endpoint *endpoint);

/** alg_endpoints_leave() - close the ports at @public's host */
void alg_endpoints_leave(struct alg *alg, const struct alg_address *public);

/** alg_endpoints_move() - what is at @public's host goes to the same port there */
void alg_endpoints_move(struct alg *alg, const struct alg_address *public,
			const struct alg_egress *egress);

/** alg_endpoints_expire() - close the ports that nobody relies on any more */
void alg_endpoints_expire(struct alg *alg, uint64_t now_ms);

/** alg_endpoints_free() - close every port */
void alg_endpoints_free(struct alg *alg);

#endif
