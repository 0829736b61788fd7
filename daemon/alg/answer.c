// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What we say ourselves: that a request cannot pass.
 *
 * Nothing is remembered of it. A request that is sent again is answered again,
 * with the same bytes.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/answer.h"

#include "alg/passage.h"
#include "alg/via.h"
#include "sip/response.h"

/* A port or some memory may be free again by then. */
#define RETRY_AFTER "Retry-After: 10\r\n"

static const struct {
	unsigned int status;
	const char *reason;
	const char *header;
} refusals[] = {
	[ALG_MALFORMED]		= { 400, "Bad Request", NULL },
	[ALG_TOO_LARGE]		= { 513, "Message Too Large", NULL },
	[ALG_UNAVAILABLE]	= { 503, "Service Unavailable", RETRY_AFTER },
};

/* Where the sender waits: its host, at the port that its Via asks for. */
static struct alg_address sender_of(const struct message *message,
				    const struct sip_msg *msg)
{
	struct alg_address sender = alg_address_from(&message->src);
	struct sip_span value;
	struct sip_via via;
	uint16_t port;

	if (!sip_msg_top_via(msg, &value) ||
	    sip_via_parse(&via, msg->buf, value))
		return sender;
	port = alg_via_reply_port(msg, &via, sender.port);
	if (!alg_port_is_privileged(port))
		sender.port = port;
	return sender;
}

bool alg_refuse(struct alg *alg, struct alg_endpoint *endpoint,
		const struct message *message, const struct sip_msg *msg,
		enum alg_refusal refusal)
{
	const struct alg_address source = alg_address_from(&message->src);
	const struct alg_address sender = sender_of(message, msg);
	const struct sockaddr_storage dst = alg_address_to(&sender);
	char received[ALG_ADDRESS_TEXT_LEN];
	char bytes[SIP_MAX_MESSAGE];
	const struct sip_response response = {
		.status = refusals[refusal].status,
		.reason = refusals[refusal].reason,
		.header = refusals[refusal].header,
		.received = received,
		.rport = source.port,
	};
	struct iovec iov = { .iov_base = bytes };
	struct alg_source *asker = endpoint ? NULL :
				   alg_source_of(alg, &source);
	ssize_t len;

	alg_address_bare_write(&source, received);
	len = sip_response_write(bytes, sizeof(bytes), msg, &response);
	if (len < 0)
		return false;
	if (!alg_may_answer(alg, asker)) {
		alg->counters.answers_withheld++;
		return true;
	}
	iov.iov_len = len;
	if (endpoint)
		alg_send_to_world(alg, endpoint, message, &dst, &iov, 1);
	else
		alg_send_to_phone(alg, message, &message->dst, &dst, &iov, 1);
	return true;
}
