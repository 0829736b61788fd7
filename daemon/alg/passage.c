// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A passage: one message on its way through us, from its index to its leaving.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/passage.h"

#include <errno.h>

#include "alg/note.h"
#include "alg/stream.h"
#include "sip/opinion.h"

/* The topmost Via, which says where responses go: both parsers have to agree. */
static bool read_via(struct alg_passage *passage)
{
	const struct sip_msg *msg = passage->msg;
	struct sip_span value;

	return sip_msg_top_via(msg, &value) &&
	       !sip_via_parse(&passage->via, msg->buf, value) &&
	       sip_opinion_via(msg->buf, value, &passage->via);
}

static enum sip_method method_of(const struct sip_msg *msg)
{
	struct sip_cseq cseq;

	if (msg->is_request)
		return msg->method;
	return sip_msg_cseq(msg, &cseq) ? cseq.method : SIP_METHOD_OTHER;
}

void alg_passage_begin(struct alg_passage *passage, struct alg *alg,
		       enum alg_way way, struct alg_endpoint *endpoint,
		       const struct message *message,
		       const struct sip_msg *msg)
{
	passage->alg = alg;
	passage->way = way;
	passage->endpoint = endpoint;
	passage->peer = alg_address_from(way == ALG_OUT ? &message->dst
							: &message->src);
	passage->message = message;
	passage->msg = msg;
	passage->method = method_of(msg);
	passage->has_via = read_via(passage);
	passage->edit_error = 0;
	alg_notes_drop(passage);
	sip_edit_init(&passage->edits);
}

void alg_passage_replace(struct alg_passage *passage, enum alg_why why,
			 struct sip_span old, const char *text, size_t len)
{
	uint32_t at = passage->edits.used;
	int err = sip_edit_replace(&passage->edits, old, text, len);

	if (!err)
		alg_note_changed(passage, why, old, at, len);
	else if (!passage->edit_error)
		passage->edit_error = err;
}

void alg_passage_left(struct alg_passage *passage, enum alg_why why,
		      struct sip_span part)
{
	alg_note_left(passage, why, part);
}

void alg_passage_leave_alone(struct alg_passage *passage)
{
	alg_notes_drop(passage);
	alg_note_left(passage, ALG_WHY_edits_left, (struct sip_span){ 0 });
	sip_edit_init(&passage->edits);
	passage->edit_error = 0;
}

void alg_passage_refused(struct alg_passage *passage, enum alg_why why)
{
	alg_notes_drop(passage);
	alg_note_left(passage, why, (struct sip_span){ 0 });
	alg_notes_file(passage);
}

static int count_sent(struct alg *alg, int err)
{
	if (err && err != -EHOSTUNREACH)
		alg->counters.send_failed++;
	return err;
}

/*
 * A phone may be talking to another one through our own public ports. Those
 * are bound already, and so can speak for themselves.
 */
static int send_datagram_to_phone(struct alg *alg, const struct message *about,
				  const struct sockaddr_storage *as,
				  const struct sockaddr_storage *phone,
				  const struct iovec *iov, unsigned int n_iov)
{
	const struct alg_address address = alg_address_from(as);
	struct alg_endpoint *other =
		alg_endpoint_by_public(alg, TRANSPORT_UDP, &address);

	return other ?
	       udp_send(other->socket.udp, phone, about->tos, iov, n_iov) :
	       udp_send_as(as, phone, about->tos, iov, n_iov);
}

void alg_send_to_phone(struct alg *alg, const struct message *about,
		       const struct sockaddr_storage *as,
		       const struct sockaddr_storage *phone,
		       const struct iovec *iov, unsigned int n_iov)
{
	alg_commit(alg);
	count_sent(alg, about->flow ?
		   tcp_send(about->flow, TCP_LAN, iov, n_iov) :
		   send_datagram_to_phone(alg, about, as, phone, iov, n_iov));
}

void alg_send_to_world(struct alg *alg, struct alg_endpoint *endpoint,
		       const struct message *about,
		       const struct sockaddr_storage *dst,
		       const struct iovec *iov, unsigned int n_iov)
{
	alg_commit(alg);
	count_sent(alg, about->flow ?
		   tcp_send(about->flow, TCP_WAN, iov, n_iov) :
		   udp_send(endpoint->socket.udp, dst, about->tos, iov, n_iov));
}

int alg_passage_end(struct alg_passage *passage,
		    const struct alg_address *phone)
{
	const struct message *message = passage->message;
	struct alg_endpoint *endpoint = passage->endpoint;
	struct iovec iov[SIP_EDIT_MAX_IOV];
	struct sockaddr_storage dst;
	int n_iov = sip_edit_gather(&passage->edits, message->data,
				    message->len, iov, SIP_EDIT_MAX_IOV);
	int err;

	alg_notes_file(passage);
	alg_commit(passage->alg);
	if (passage->way == ALG_IN)
		endpoint->from_wan++;
	if (message->flow) {
		err = alg_stream_send(passage, iov, n_iov);
	} else if (passage->way == ALG_OUT) {
		err = udp_send(endpoint->socket.udp, &message->dst,
			       message->tos, iov, n_iov);
	} else {
		dst = alg_address_to(phone);
		err = send_datagram_to_phone(passage->alg, message,
					     &message->src, &dst, iov, n_iov);
	}
	return count_sent(passage->alg, err);
}
