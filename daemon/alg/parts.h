/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ALG from inside: its state, and which file does what with it.
 *
 *   alg.c           entry points: what came, from which side
 *   passage.c       one message on its way, until it leaves
 *   request.c       the walk of a request, out and in
 *   response.c      the walk of a response, out and in
 *   via.c           whose answers come back where
 *   headers.c       values that name a phone, and their twins
 *   body.c          SDP, and what the call says about it
 *   note.c          what is done to a message, as it is told
 *   journal.c       what was done, for whoever asks
 *   why.c           who asks is shown it
 *   answer.c        what we say ourselves: 400, 503, 513
 *   registration.c  bindings that a registrar grants
 *   subscription.c  subscriptions that a notifier grants
 *   lease.c         for how long either needs a port
 *   stream.c        whose a TCP connection is, and how a phone is reached by one
 *   loan.c          whose answers a lent connection brings
 *   branch.c        what a request looked like, for its responses
 *   endpoint.c      a phone and its public port
 *   flood.c         how much one host may ask of us
 *   form.c          how a phone writes its own address
 *   address.c       host and port
 *   keep.c          what must survive a restart, on its way to the store
 *   restore.c       and on its way back
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_PARTS_H
#define SIPFAST_DAEMON_ALG_PARTS_H

#include "alg/alg.h"
#include "alg/branch.h"
#include "alg/endpoint.h"
#include "alg/flood.h"

/**
 * struct alg - the ALG
 * @policy: what the configuration says
 * @ops: the machine
 * @arg: for @ops
 * @calls: where calls are kept
 * @store: where what must survive is written, or NULL
 * @unsaved: endpoints that have changed since
 * @counters: what has happened so far
 * @last_id: of the endpoint made last
 * @by_id: endpoints by number,
 * @by_lan:	by transport, phone and the address of ours by which it goes out,
 * @by_public:	by transport and the address that we listen at,
 * @by_advertised:	by transport and the address that the world sees
 * @branches: requests of phones whose responses are to come
 * @loans: requests of servers that have reached a phone by somebody else's
 *	connection
 * @journals: what was done to the messages of calls
 * @sources: LAN hosts
 * @answers_outside: for our own answers to hosts outside
 * @strangers: for the messages of hosts outside that no phone has written to,
 * @seed:	and what chooses one for a host
 */
struct alg {
	struct alg_policy policy;
	struct alg_ops ops;
	void *arg;
	struct calls *calls;
	struct store *store;
	struct alg_endpoint *unsaved;
	struct alg_counters counters;
	uint32_t last_id;
	struct alg_endpoint *by_id;
	struct alg_endpoint *by_lan[N_TRANSPORTS];
	struct alg_endpoint *by_public[N_TRANSPORTS];
	struct alg_endpoint *by_advertised[N_TRANSPORTS];
	struct alg_branch *branches;
	struct alg_loan *loans;
	struct alg_journal *journals;
	struct alg_source *sources;
	struct alg_bucket answers_outside;
	struct alg_bucket strangers[ALG_STRANGER_BUCKETS];
	uint32_t seed;
};

/** alg_now_ms() - monotonic time */
static inline uint64_t alg_now_ms(const struct alg *alg)
{
	return alg->ops.now_ms(alg->arg);
}

#endif
