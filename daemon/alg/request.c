// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A request on its way through us.
 *
 * A request that comes again meets the same endpoint, ports and call, and so
 * leaves with the same bytes.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>

#include "alg/answer.h"
#include "alg/body.h"
#include "alg/headers.h"
#include "alg/keep.h"
#include "alg/passage.h"
#include "alg/registration.h"
#include "alg/subscription.h"
#include "alg/via.h"
#include "alg/walk.h"
#include "call/call.h"

/* The endpoint at which the one who is refused has knocked, if it has. */
static struct alg_endpoint *door(const struct alg_passage *passage)
{
	return passage->way == ALG_IN ? passage->endpoint : NULL;
}

/* More is to be changed than an edit list holds, or there is room for. */
static bool is_too_large(struct alg_passage *passage)
{
	if (!passage->edit_error ||
	    !alg_refuse(passage->alg, door(passage), passage->message,
			passage->msg, ALG_TOO_LARGE))
		return false;
	alg_passage_refused(passage, ALG_WHY_rejected_too_large);
	return true;
}

static enum alg_why why_refused(int err)
{
	switch (err) {
	case -ENOSPC:
		return ALG_WHY_rejected_no_ports;
	case -EDQUOT:
		return ALG_WHY_rejected_flood;
	default:
		return ALG_WHY_rejected_media;
	}
}

/*
 * The call cannot have its media. An ACK cannot be refused, and withholding it
 * would end the call that it confirms: it leaves with the SDP as it came.
 */
static bool is_refused_by_call(struct alg_passage *passage)
{
	int err = alg_body_map(passage);

	if (!err || !alg_refuse(passage->alg, door(passage), passage->message,
				passage->msg, ALG_UNAVAILABLE))
		return false;
	alg_passage_refused(passage, why_refused(err));
	return true;
}

static void note_ask(struct alg_passage *passage, struct alg_branch *branch)
{
	if (passage->method == SIP_REGISTER)
		alg_registration_ask(passage, branch);
	else if (passage->method == SIP_SUBSCRIBE)
		alg_subscription_ask(passage, branch);
}

void alg_request_out(struct alg_passage *passage)
{
	struct alg_counters *counters = &passage->alg->counters;
	struct alg_branch *branch;

	alg_endpoint_add_peer(passage->endpoint, &passage->peer);
	if (!passage->has_via) {
		/* Its answers could not be brought home: hands off (I4). */
		alg_passage_left(passage, ALG_WHY_vias_doubted,
				 (struct sip_span){ 0 });
		goto leave;
	}
	alg_via_map(passage);
	alg_headers_map(passage);
	if (is_too_large(passage))
		return;
	if (is_refused_by_call(passage))
		return;
	if (is_too_large(passage)) {
		alg_body_withdraw(passage);
		return;
	}
	branch = alg_via_remember(passage);
	if (branch) {
		note_ask(passage, branch);
		alg_keep_branch(passage->alg, branch);
	}
	if (passage->method == SIP_NOTIFY)
		alg_subscription_notify(passage);
leave:
	if (passage->edit_error)
		alg_passage_leave_alone(passage);
	counters->requests_out++;
	alg_passage_end(passage, NULL);
}

/*
 * Another phone here, by its public port. Over TCP the port may be any: nobody
 * but ourselves connects from our address.
 */
static bool is_one_of_us(const struct alg_passage *passage)
{
	const struct alg_address *ours = &passage->endpoint->public;

	if (passage->message->flow)
		return alg_address_same_host(&passage->peer, ours);
	return alg_endpoint_by_public(passage->alg, TRANSPORT_UDP,
				      &passage->peer);
}

/*
 * Whom the phone has written to may write to it, and so may whoever names a
 * dialog of its: that comes from wherever its route leads (sip-alg B18, B28).
 */
static bool may_enter(struct alg_passage *passage)
{
	struct alg *alg = passage->alg;

	return alg->policy.inbound_any ||
	       alg_endpoint_knows(passage->endpoint, &passage->peer) ||
	       is_one_of_us(passage) ||
	       call_is_dialog(alg->calls, passage->msg) ||
	       alg_subscription_awaits(passage);
}

/*
 * Who asks may send from any port, and await the answer there or where its Via
 * says. An answer that does not come by us would leave as it is, from a port that
 * nobody knows.
 */
static void await_answer(struct alg_passage *passage)
{
	const struct message *message = passage->message;
	struct alg_address peer = alg_address_from(&message->src);
	struct sockaddr_storage storage;

	if (message->flow || !passage->has_via ||
	    alg_endpoint_by_public(passage->alg, TRANSPORT_UDP, &peer))
		return;
	peer.port = alg_via_reply_port(passage->msg, &passage->via, peer.port);
	storage = alg_address_to(&peer);
	passage->alg->ops.divert(passage->alg->arg, &storage);
}

void alg_request_in(struct alg_passage *passage)
{
	struct alg_counters *counters = &passage->alg->counters;

	if (!may_enter(passage)) {
		counters->dropped_stranger++;
		return;
	}
	alg_headers_map_request_uri(passage);
	alg_headers_map(passage);
	if (is_too_large(passage))
		return;
	if (is_refused_by_call(passage))
		return;
	if (is_too_large(passage)) {
		alg_body_withdraw(passage);
		return;
	}
	if (passage->method == SIP_NOTIFY)
		alg_subscription_notify(passage);
	if (passage->edit_error)
		alg_passage_leave_alone(passage);
	await_answer(passage);
	if (alg_passage_end(passage, &passage->endpoint->lan) != -EHOSTUNREACH)
		counters->requests_in++;
	else if (alg_refuse(passage->alg, door(passage), passage->message,
			    passage->msg, ALG_UNAVAILABLE))
		alg_passage_refused(passage, ALG_WHY_rejected_unreachable);
}
