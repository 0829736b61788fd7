// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ALG's entry points: what came, and from which side.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/alg.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include <utlist.h>

#include "alg/answer.h"
#include "alg/keep.h"
#include "alg/lease.h"
#include "alg/loan.h"
#include "alg/parts.h"
#include "alg/passage.h"
#include "alg/stream.h"
#include "alg/walk.h"
#include "alg/words.h"
#include "sip/opinion.h"

struct alg *alg_new(const struct alg_policy *policy, const struct alg_ops *ops,
		    void *arg)
{
	struct alg *alg;
	int err = sip_opinion_init();

	if (err) {
		errno = -err;
		return NULL;
	}
	alg = calloc(1, sizeof(*alg));
	if (!alg)
		return NULL;
	if (getrandom(&alg->seed, sizeof(alg->seed), 0) != sizeof(alg->seed)) {
		free(alg);
		return NULL;
	}
	alg->policy = *policy;
	alg->ops = *ops;
	alg->arg = arg;
	return alg;
}

void alg_set_calls(struct alg *alg, struct calls *calls)
{
	alg->calls = calls;
}

void alg_set_store(struct alg *alg, struct store *store)
{
	alg->store = store;
}

/* What is in the store stays there, for the next one. */
void alg_free(struct alg *alg)
{
	if (!alg)
		return;
	alg_commit(alg);
	alg->store = NULL;
	alg_endpoints_free(alg);
	alg_branches_free(alg);
	alg_loans_free(alg);
	alg_journals_free(&alg->journals);
	alg_sources_free(alg);
	free(alg);
}

static enum sip_verdict index_message(const struct message *message,
				      struct sip_msg *msg)
{
	return sip_msg_index(msg, message->data, message->len,
			     message->flow ? SIP_FRAMED : SIP_DATAGRAM);
}

static struct iovec whole(const struct message *message)
{
	return (struct iovec){
		.iov_base = (char *)message->data,
		.iov_len = message->len,
	};
}

/* A request is answered; of anything else nothing can be made. */
static void refuse_malformed(struct alg *alg, struct alg_endpoint *endpoint,
			     const struct message *message,
			     const struct sip_msg *msg,
			     enum alg_refusal refusal)
{
	if (!alg_refuse(alg, endpoint, message, msg, refusal))
		alg->counters.dropped_malformed++;
	else if (refusal == ALG_TOO_LARGE)
		alg->counters.rejected_too_large++;
	else
		alg->counters.rejected_malformed++;
}

/*
 * The phone's endpoint. STUN and empty lines get one, too, even when they come
 * first: they are to make, find and keep the same mapping as SIP.
 */
static struct alg_endpoint *endpoint_of(struct alg *alg,
					const struct alg_egress *egress,
					const struct message *message,
					const struct sip_msg *msg, bool is_sip)
{
	const struct alg_address lan = alg_address_from(&message->src);
	struct alg_endpoint *endpoint;
	int err = message->flow ?
		  alg_stream_endpoint(alg, egress, message, msg, &endpoint) :
		  alg_endpoint_of(alg, TRANSPORT_UDP, &lan, egress, &endpoint);

	if (!err) {
		alg_endpoint_used(endpoint, alg_now_ms(alg));
		if (!endpoint->from_lan++)
			alg_keep(alg, endpoint, ALG_PART_SELF);
		return endpoint;
	}
	if (!is_sip || !alg_refuse(alg, NULL, message, msg, ALG_UNAVAILABLE))
		alg->counters.dropped_no_endpoint++;
	else if (err == -EDQUOT)
		alg->counters.rejected_flood++;
	else
		alg->counters.rejected_no_ports++;
	return NULL;
}

/*
 * By none of our addresses: as if it had never been diverted, the phone's own
 * name on it, it goes where the routing table says (sip-alg A22, B32).
 */
static void go_by(struct alg *alg, const struct message *message)
{
	struct iovec iov = whole(message);

	alg->counters.no_egress++;
	if (message->flow) {
		tcp_pass(message->flow);
		return;
	}
	if (udp_send_as(&message->src, &message->dst, message->tos, &iov, 1))
		alg->counters.send_failed++;
}

/* One LAN host asks for too much. Who floods on is not answered any more. */
static void refuse_flood(struct alg *alg, const struct message *message)
{
	struct sip_msg msg;

	if (index_message(message, &msg) == SIP_MSG_OK &&
	    alg_refuse(alg, NULL, message, &msg, ALG_UNAVAILABLE))
		alg->counters.rejected_flood++;
	else
		alg->counters.dropped_flood++;
}

/* May this LAN host go on? It is asked before anything is done for it. */
static bool is_flood(struct alg *alg, const struct message *message)
{
	const struct alg_address lan = alg_address_from(&message->src);
	struct alg_source *source = alg_source_of(alg, &lan);

	if (source && alg_source_may_send(alg, source))
		return false;
	if (source && alg_is_answered(alg, source))
		refuse_flood(alg, message);
	else
		alg->counters.dropped_flood++;
	return true;
}

static void pass_out(struct alg *alg, struct alg_endpoint *endpoint,
		     const struct message *message)
{
	const struct alg_address peer = alg_address_from(&message->dst);
	struct iovec iov = whole(message);

	alg_endpoint_add_peer(endpoint, &peer);
	alg->counters.not_sip++;
	alg_send_to_world(alg, endpoint, message, &message->dst, &iov, 1);
}

static void go_out(struct alg *alg, struct alg_endpoint *endpoint,
		   const struct message *message,
		   const struct sip_msg *msg)
{
	struct alg_passage passage;

	alg_passage_begin(&passage, alg, ALG_OUT, endpoint, message, msg);
	if (msg->is_request)
		alg_request_out(&passage);
	else
		alg_response_out(&passage);
}

/* A port that SIP has come from may be called back (sip-alg D8). */
static void note_port(struct alg *alg, struct alg_endpoint *endpoint,
		      const struct message *message)
{
	const struct alg_address source = alg_address_from(&message->src);

	if (endpoint->spoke || source.port != endpoint->lan.port)
		return;
	endpoint->spoke = true;
	alg_keep(alg, endpoint, ALG_PART_SELF);
}

void alg_from_lan(struct alg *alg, const struct message *message)
{
	struct alg_endpoint *endpoint;
	struct alg_egress egress;
	enum sip_verdict verdict;
	struct sip_msg msg;

	alg->counters.lan_datagrams++;
	if (is_flood(alg, message))
		return;
	if (!alg->ops.egress(alg->arg, &message->src, &message->dst,
			     &egress)) {
		go_by(alg, message);
		return;
	}
	verdict = index_message(message, &msg);
	if (verdict == SIP_MSG_BAD || verdict == SIP_MSG_TOO_LARGE) {
		refuse_malformed(alg, NULL, message, &msg,
				 verdict == SIP_MSG_BAD ? ALG_MALFORMED
							: ALG_TOO_LARGE);
		return;
	}
	endpoint = endpoint_of(alg, &egress, message, &msg,
			       verdict == SIP_MSG_OK);
	if (!endpoint)
		return;
	if (verdict == SIP_MSG_OK) {
		note_port(alg, endpoint, message);
		go_out(alg, endpoint, message, &msg);
	} else {
		pass_out(alg, endpoint, message);
	}
}

/*
 * What is no SIP comes in only from whom the phone has written to, and only to a
 * port that it has written from: one that was merely named is for SIP (D8).
 */
static void pass_in(struct alg *alg, struct alg_endpoint *endpoint,
		    const struct message *message)
{
	const struct sockaddr_storage phone = alg_address_to(&endpoint->lan);
	struct iovec iov = whole(message);

	if (!endpoint->from_lan) {
		alg->counters.dropped_stranger++;
		return;
	}
	alg->counters.not_sip++;
	endpoint->from_wan++;
	alg_send_to_phone(alg, message, &message->src, &phone, &iov, 1);
}

static void go_in(struct alg *alg, struct alg_endpoint *endpoint,
		  const struct message *message,
		  const struct sip_msg *msg)
{
	struct alg_passage passage;

	alg_passage_begin(&passage, alg, ALG_IN, endpoint, message, msg);
	if (msg->is_request)
		alg_request_in(&passage);
	else
		alg_response_in(&passage);
}

/*
 * A phone may write to a public port of ours itself: to another phone, in whose
 * Contact it has read the port. Then its message first goes out like any other,
 * and comes in again from the sender's own public port.
 */
static bool is_from_phone(struct alg *alg, const struct alg_address *source,
			  const struct message *message)
{
	return !message->flow &&
	       !alg_endpoint_by_public(alg, TRANSPORT_UDP, source) &&
	       alg->policy.is_lan(alg->policy.lan_arg, &message->src);
}

/*
 * A stranger's SIP is judged by the walk, which knows of dialogs. Anything else
 * of a stranger's is not even answered: it would make a reflector of us.
 */
void alg_from_wan(struct alg *alg, struct alg_endpoint *endpoint,
		  const struct message *message)
{
	const struct alg_address source = alg_address_from(&message->src);
	enum sip_verdict verdict;
	struct sip_msg msg;

	if (is_from_phone(alg, &source, message)) {
		alg_from_lan(alg, message);
		return;
	}
	alg->counters.wan_datagrams++;
	if (!alg_endpoint_knows(endpoint, &source) &&
	    !alg_stranger_may_send(alg, &source)) {
		alg->counters.dropped_crowd++;
		return;
	}
	verdict = index_message(message, &msg);
	if (verdict == SIP_MSG_OK)
		go_in(alg, endpoint, message, &msg);
	else if (!alg_endpoint_knows(endpoint, &source))
		alg->counters.dropped_stranger++;
	else if (verdict == SIP_MSG_NOT_SIP)
		pass_in(alg, endpoint, message);
	else
		refuse_malformed(alg, endpoint, message, &msg,
				 verdict == SIP_MSG_TOO_LARGE ? ALG_TOO_LARGE
							      : ALG_MALFORMED);
}

void alg_hold(struct alg *alg, uint32_t id)
{
	struct alg_endpoint *endpoint = alg_endpoint_by_id(alg, id);

	if (!endpoint)
		return;
	endpoint->n_calls++;
	if (endpoint->source)
		endpoint->source->n_calls++;
}

void alg_release(struct alg *alg, uint32_t id)
{
	struct alg_endpoint *endpoint = alg_endpoint_by_id(alg, id);

	if (!endpoint)
		return;
	endpoint->n_calls--;
	if (endpoint->source)
		endpoint->source->n_calls--;
	alg_endpoint_used(endpoint, alg_now_ms(alg));
}

bool alg_has(struct alg *alg, uint32_t id)
{
	return alg_endpoint_by_id(alg, id);
}

void alg_leave(struct alg *alg, const struct sockaddr_storage *public)
{
	const struct alg_address address = alg_address_from(public);

	alg_endpoints_leave(alg, &address);
}

void alg_move(struct alg *alg, const struct sockaddr_storage *public,
	      const struct alg_egress *egress)
{
	const struct alg_address address = alg_address_from(public);

	alg_endpoints_move(alg, &address, egress);
}

void alg_expire(struct alg *alg, uint64_t now_ms)
{
	alg_branches_expire(alg, now_ms);
	alg_loans_expire(alg, now_ms);
	alg_endpoints_expire(alg, now_ms);
	alg_sources_expire(alg, now_ms);
}

static void show_endpoint(struct alg_endpoint *endpoint, uint64_t now_ms,
			  void (*show)(void *arg,
				       const struct alg_endpoint_view *view),
			  void *arg)
{
	const struct sockaddr_storage public = alg_address_to(&endpoint->public);
	const struct sockaddr_storage lan = alg_address_to(&endpoint->lan);
	struct alg_lease_view leases[ALG_MAX_LEASES];
	struct alg_endpoint_view view = {
		.id = endpoint->id,
		.transport = endpoint->transport,
		.lan = &lan,
		.public = &public,
		.n_calls = endpoint->n_calls,
		.leases = leases,
		.from_lan = endpoint->from_lan,
		.from_wan = endpoint->from_wan,
		.idle_ms = now_ms - endpoint->last_used_ms,
	};
	struct alg_lease *lease;

	DL_FOREACH(endpoint->leases, lease) {
		leases[view.n_leases++] = (struct alg_lease_view){
			.kind = alg_lease_words[lease->kind],
			.what = lease->what,
			.left_s = lease->expires_ms > now_ms ?
				  (lease->expires_ms - now_ms) / 1000 : 0,
		};
	}
	show(arg, &view);
}

void alg_each_endpoint(struct alg *alg,
		       void (*show)(void *arg,
				    const struct alg_endpoint_view *view),
		       void *arg)
{
	const uint64_t now_ms = alg_now_ms(alg);
	struct alg_endpoint *endpoint, *next;

	HASH_ITER(by_id, alg->by_id, endpoint, next)
		show_endpoint(endpoint, now_ms, show, arg);
}

const struct alg_counters *alg_counters(const struct alg *alg)
{
	return &alg->counters;
}
