// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TCP connections: whose one is, and by which one a message travels.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/stream.h"

#include <errno.h>
#include <stdlib.h>

#include <utlist.h>

#include "alg/headers.h"
#include "alg/lease.h"
#include "alg/loan.h"
#include "alg/parts.h"
#include "alg/passage.h"
#include "alg/via.h"

/**
 * struct alg_link - a flow is an endpoint's
 * @alg: the ALG
 * @endpoint: whose
 * @flow: which
 * @prev: in the endpoint's list
 * @next:	likewise
 */
struct alg_link {
	struct alg *alg;
	struct alg_endpoint *endpoint;
	struct tcp_flow *flow;
	struct alg_link *prev;
	struct alg_link *next;
};

static struct alg_link *link_new(struct alg *alg, struct alg_endpoint *endpoint,
				 struct tcp_flow *flow)
{
	struct alg_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->alg = alg;
	link->endpoint = endpoint;
	link->flow = flow;
	DL_PREPEND(endpoint->links, link);
	tcp_flow_own(flow, link);
	return link;
}

void alg_stream_opened(struct alg *alg, struct tcp_flow *flow,
		       struct alg_endpoint *endpoint)
{
	if (!link_new(alg, endpoint, flow))
		tcp_close(flow);
}

void alg_stream_closed(struct alg *alg, struct tcp_flow *flow)
{
	struct alg_link *link = tcp_flow_owner(flow);

	alg_loans_end(alg, flow);
	alg_endpoint_used(link->endpoint, alg_now_ms(alg));
	DL_DELETE(link->endpoint->links, link);
	free(link);
}

void alg_links_close(struct alg_endpoint *endpoint)
{
	while (endpoint->links)
		tcp_close(endpoint->links->flow);
}

bool alg_stream_is_needed(struct alg *alg, struct tcp_flow *flow)
{
	const struct alg_link *link = tcp_flow_owner(flow);

	(void)alg;
	return link->endpoint->leases || link->endpoint->n_calls;
}

/* It was used last, and will be used first. */
static void move_to_front(struct alg_link *link)
{
	DL_DELETE(link->endpoint->links, link);
	DL_PREPEND(link->endpoint->links, link);
}

/*
 * Where the phone listens, as it says itself: in Via, failing that in Contact.
 * Only what names its own host counts, and a port that may be a phone's.
 */
static struct alg_address phone_of(const struct message *message,
				   const struct sip_msg *msg)
{
	struct alg_address phone = alg_address_from(&message->src), named;

	if (((msg->is_request && alg_via_sender(msg, &named) &&
	      alg_address_same_host(&named, &phone)) ||
	     (alg_headers_first_contact(msg, &named) &&
	      alg_address_same_host(&named, &phone))) &&
	    !alg_port_is_privileged(named.port))
		phone.port = named.port;
	return phone;
}

int alg_stream_endpoint(struct alg *alg, const struct alg_egress *egress,
			const struct message *message,
			const struct sip_msg *msg,
			struct alg_endpoint **endpoint)
{
	struct alg_link *link = tcp_flow_owner(message->flow);
	struct sockaddr_storage public;
	struct alg_address phone;
	int err;

	if (link) {
		*endpoint = link->endpoint;
		move_to_front(link);
		return 0;
	}
	phone = phone_of(message, msg);
	err = alg_endpoint_of(alg, TRANSPORT_TCP, &phone, egress, endpoint);
	if (err)
		return err;
	public = alg_address_to(&(*endpoint)->public);
	if (!tcp_flow_has(message->flow, TCP_WAN))
		err = tcp_connect(message->flow, TCP_WAN, &public,
				  &message->dst);
	if (err)
		return err;
	return link_new(alg, *endpoint, message->flow) ? 0 : -ENOMEM;
}

static bool is_registered(const struct alg_endpoint *endpoint)
{
	const struct alg_lease *lease;

	DL_FOREACH(endpoint->leases, lease)
		if (lease->kind == ALG_REGISTRATION)
			return true;
	return false;
}

static bool is_sip_port(const struct alg *alg, uint16_t port)
{
	unsigned int i;

	for (i = 0; i < alg->policy.n_sip_ports; i++)
		if (alg->policy.sip_ports[i] == port)
			return true;
	return false;
}

/*
 * A registrar has taken this port for a phone's, and so do we: it is a port of
 * SIP, or SIP has come from it. A browser that was made to register another one
 * has not spoken SIP from there (NAT slipstreaming, sip-alg D8).
 */
static bool may_call(struct alg *alg, const struct alg_endpoint *endpoint)
{
	const struct alg_endpoint *twin = alg_endpoint_twin(alg, endpoint);

	return is_registered(endpoint) &&
	       !alg_port_is_privileged(endpoint->lan.port) &&
	       (is_sip_port(alg, endpoint->lan.port) || endpoint->spoke ||
		(twin && twin->spoke));
}

/* A connection that the phone has, or NULL. */
static struct tcp_flow *flow_to_phone(const struct alg_endpoint *endpoint)
{
	struct alg_link *link;

	DL_FOREACH(endpoint->links, link)
		if (tcp_flow_is_open(link->flow, TCP_LAN))
			return link->flow;
	return NULL;
}

static int send_to_phone(struct alg_passage *passage, const struct iovec *iov,
			 unsigned int n_iov)
{
	struct alg_endpoint *endpoint = passage->endpoint;
	struct sockaddr_storage phone = alg_address_to(&endpoint->lan);
	struct tcp_flow *own = passage->message->flow, *lent;
	int err;

	tcp_flow_prove(own);
	if (tcp_flow_has(own, TCP_LAN))
		return tcp_send(own, TCP_LAN, iov, n_iov);
	lent = flow_to_phone(endpoint);
	if (lent) {
		if (passage->msg->is_request)
			alg_loan_note(passage);
		return tcp_send(lent, TCP_LAN, iov, n_iov);
	}
	if (!may_call(passage->alg, endpoint))
		return -EHOSTUNREACH;
	err = tcp_connect(own, TCP_LAN, &passage->message->src, &phone);
	return err ?: tcp_send(own, TCP_LAN, iov, n_iov);
}

int alg_stream_send(struct alg_passage *passage, const struct iovec *iov,
		    unsigned int n_iov)
{
	struct tcp_flow *flow = NULL;

	if (passage->way == ALG_IN)
		return send_to_phone(passage, iov, n_iov);
	if (!passage->msg->is_request)
		flow = alg_loan_flow(passage);
	return tcp_send(flow ? flow : passage->message->flow, TCP_WAN, iov,
			n_iov);
}

/* A stranger that was not let in has no business here. */
static void recv_from_wan(struct alg *alg, const struct message *message)
{
	struct alg_link *link = tcp_flow_owner(message->flow);

	if (link)
		alg_from_wan(alg, link->endpoint, message);
	if (!tcp_flow_has(message->flow, TCP_LAN) &&
	    !tcp_flow_is_proven(message->flow))
		tcp_close(message->flow);
}

void alg_stream_message(struct alg *alg, enum tcp_side from,
			const struct message *message)
{
	if (from == TCP_LAN)
		alg_from_lan(alg, message);
	else
		recv_from_wan(alg, message);
	/* Without a server to go on to there is nothing left to be said. */
	if (from == TCP_LAN && !tcp_flow_has(message->flow, TCP_WAN))
		tcp_close(message->flow);
}
