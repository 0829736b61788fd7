/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Leases: for how long somebody outside will come back to a phone's port.
 *
 * A lease is made by a server's 2xx, never by the phone's request: only the
 * server knows for how long it will remember. What a server refuses changes
 * nothing that it has granted before (sip-alg B15).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_LEASE_H
#define SIPFAST_DAEMON_ALG_LEASE_H

#include <stdbool.h>
#include <stdint.h>

struct alg_branch;
struct alg_endpoint;

/** Leases of one endpoint; what is beyond has to do with the others' time. */
#define ALG_MAX_LEASES 256

/** Bindings of one REGISTER that are followed. */
#define ALG_MAX_BINDINGS 16

/** Where neither asks for a time, nor grants one: RFC 3261 10.2 means an hour. */
#define ALG_DEFAULT_EXPIRES_S 3600

/** enum alg_lease_kind - why a port is needed */
enum alg_lease_kind {
	ALG_REGISTRATION,
	ALG_SUBSCRIPTION,
	ALG_N_LEASE_KINDS,
};

/**
 * struct alg_lease - one reason for an endpoint to last
 * @kind: what kind of reason
 * @what: address-of-record, or event package; NUL-terminated, as the next
 * @key: which one of them: the binding's user; Call-ID and the phone's tag
 * @expires_ms: when it ends
 * @prev: in the endpoint's list
 * @next:	likewise
 */
struct alg_lease {
	enum alg_lease_kind kind;
	char *what;
	char *key;
	uint64_t expires_ms;
	struct alg_lease *prev;
	struct alg_lease *next;
};

/**
 * struct alg_binding - a Contact of a REGISTER
 * @endpoint: number of the endpoint that it names
 * @expires_s: for how long it is wanted; 0 ends it
 * @user: the user that it names, or ""; allocated
 */
struct alg_binding {
	uint32_t endpoint;
	uint32_t expires_s;
	char *user;
};

/**
 * struct alg_ask - what a REGISTER or SUBSCRIBE asks for
 * @expires_s: for how long
 * @event: of a SUBSCRIBE; allocated
 * @all: REGISTER with "Contact: *", which ends all bindings
 * @n_bindings: how many
 * @bindings:	bindings of a REGISTER are asked for
 */
struct alg_ask {
	uint32_t expires_s;
	char *event;
	bool all;
	unsigned int n_bindings;
	struct alg_binding bindings[ALG_MAX_BINDINGS];
};

/** alg_ask_set() - @branch asks for @ask, which is taken over; NULL is fine */
void alg_ask_set(struct alg_branch *branch, struct alg_ask *ask);

/** alg_ask_free() - forget what has been asked for; NULL is fine */
void alg_ask_free(struct alg_ask *ask);

/** alg_lease_find() - the lease, or NULL; @what is NULL where @key says it all */
struct alg_lease *alg_lease_find(const struct alg_endpoint *endpoint,
				 enum alg_lease_kind kind, const char *what,
				 const char *key);

/**
 * alg_lease_grant() - @endpoint is needed until @expires_ms
 *
 * A lease that is there gets the new time, be it later or earlier.
 */
void alg_lease_grant(struct alg_endpoint *endpoint, enum alg_lease_kind kind,
		     const char *what, const char *key, uint64_t expires_ms);

/** alg_lease_renew() - @lease of @endpoint ends at @expires_ms */
void alg_lease_renew(struct alg_endpoint *endpoint, struct alg_lease *lease,
		     uint64_t expires_ms);

/** alg_lease_end() - @lease of @endpoint is over; its grace begins */
void alg_lease_end(struct alg_endpoint *endpoint, struct alg_lease *lease,
		   uint64_t now_ms);

/** alg_leases_expire() - end the leases of @endpoint that have run out */
void alg_leases_expire(struct alg_endpoint *endpoint, uint64_t now_ms);

/** alg_leases_free() - forget all leases of @endpoint */
void alg_leases_free(struct alg_endpoint *endpoint);

#endif
