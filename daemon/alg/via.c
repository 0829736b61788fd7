// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Via: whose answers come back where.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/via.h"

#include <stdio.h>
#include <string.h>

#include "alg/passage.h"

#define DEFAULT_PORT		5060
#define DEFAULT_PORT_TLS	5061

static uint16_t default_port(const struct sip_msg *msg,
			     const struct sip_via *via)
{
	return sip_span_is_nocase(msg->buf, via->transport, "TLS") ?
	       DEFAULT_PORT_TLS : DEFAULT_PORT;
}

static uint16_t sent_by_port(const struct sip_msg *msg,
			     const struct sip_via *via)
{
	return via->port_number ? via->port_number : default_port(msg, via);
}

uint16_t alg_via_reply_port(const struct sip_msg *msg,
			    const struct sip_via *via, uint16_t source_port)
{
	return via->has_rport ? source_port : sent_by_port(msg, via);
}

bool alg_via_sender(const struct sip_msg *msg, struct alg_address *sender)
{
	struct sip_span value;
	struct sip_via via;

	if (!sip_msg_top_via(msg, &value) ||
	    sip_via_parse(&via, msg->buf, value) ||
	    !alg_address_host_read(msg->buf + via.host.off, via.host.len,
				   sender))
		return false;
	sender->port = sent_by_port(msg, &via);
	return true;
}

/* IPv6 has many spellings, and whoever sends may choose (RFC 5118 4.6). */
static bool spells_host(const struct sip_msg *msg, struct sip_span span,
			const struct alg_address *address)
{
	struct alg_address spelt;

	return span.len &&
	       alg_address_host_read(msg->buf + span.off, span.len, &spelt) &&
	       alg_address_same_host(&spelt, address);
}

/* In brackets or without, as it is there. */
static void replace_host(struct alg_passage *passage, enum alg_why why,
			 struct sip_span old, const struct alg_address *address)
{
	char text[ALG_ADDRESS_TEXT_LEN];
	unsigned int len;

	if (passage->msg->buf[old.off] == '[')
		len = alg_address_host_write(address, text);
	else
		len = alg_address_bare_write(address, text);
	alg_passage_replace(passage, why, old, text, len);
}

/*
 * Any sent-by is replaced, a host name too: it is the sender's (sip-alg B1). A
 * maddr would win over it, so it has to go along where it is the phone's. And
 * "received" is for the server to add, but there are phones that do.
 */
void alg_via_map(struct alg_passage *passage)
{
	const struct alg_endpoint *endpoint = passage->endpoint;
	const struct sip_msg *msg = passage->msg;
	const struct sip_via *via = &passage->via;
	char text[ALG_ADDRESS_TEXT_LEN];
	unsigned int len;

	if (via->port.len ||
	    endpoint->advertised.port != default_port(msg, via))
		len = alg_address_write(&endpoint->advertised, text);
	else
		len = alg_address_host_write(&endpoint->advertised, text);
	alg_passage_replace(passage, ALG_WHY_vias_mapped, via->sent_by, text,
			    len);
	if (spells_host(msg, via->maddr, &endpoint->lan))
		replace_host(passage, ALG_WHY_vias_mapped, via->maddr,
			     &endpoint->advertised);
	if (spells_host(msg, via->received, &endpoint->lan))
		replace_host(passage, ALG_WHY_vias_mapped, via->received,
			     &endpoint->advertised);
}

/* Before RFC 3261 there were no branches worth the name: 17.2.3. */
bool alg_via_key(const struct alg_passage *passage,
		 struct alg_branch_key *key)
{
	const struct sip_msg *msg = passage->msg;
	struct sip_span id = passage->via.branch;
	struct sip_cseq cseq;

	if (!passage->has_via || !sip_msg_cseq(msg, &cseq) ||
	    (!id.len && !sip_msg_call_id(msg, &id)))
		return false;
	*key = (struct alg_branch_key){
		.endpoint = passage->endpoint->id,
		.method = msg->buf + cseq.method_name.off,
		.method_len = cseq.method_name.len,
		.id = msg->buf + id.off,
		.id_len = id.len,
	};
	return true;
}

/*
 * The port that a phone waits at without rport. A privileged one that it does
 * not send from is no phone's, and gets nothing from us (sip-alg D8).
 */
static uint16_t awaited_port(const struct alg_passage *passage)
{
	const uint16_t source_port = passage->endpoint->lan.port;
	uint16_t port = alg_via_reply_port(passage->msg, &passage->via,
					   source_port);

	return alg_port_is_privileged(port) ? source_port : port;
}

struct alg_branch *alg_via_remember(struct alg_passage *passage)
{
	const struct alg_endpoint *endpoint = passage->endpoint;
	const struct sip_msg *msg = passage->msg;
	const struct sip_via *via = &passage->via;
	struct alg_branch_key key;
	struct alg_branch *branch;

	if (!alg_via_key(passage, &key))
		return NULL;
	branch = alg_branch_remember(passage->alg, &key,
				     msg->buf + via->sent_by.off,
				     via->sent_by.len);
	if (!branch)
		return NULL;
	branch->maddr = spells_host(msg, via->maddr, &endpoint->lan);
	branch->reply = endpoint->lan;
	branch->reply.port = awaited_port(passage);
	branch->source_port = alg_address_from(&passage->message->src).port;
	return branch;
}

struct alg_branch *alg_via_recall(struct alg_passage *passage)
{
	struct alg_branch_key key;

	if (!alg_via_key(passage, &key))
		return NULL;
	return alg_branch_find(passage->alg, &key);
}

static bool is_ours(const struct alg_passage *passage)
{
	const struct alg_address *ours = &passage->endpoint->advertised;

	return spells_host(passage->msg, passage->via.host, ours) &&
	       sent_by_port(passage->msg, &passage->via) == ours->port;
}

/* Over TCP a phone sends from another port than it listens at. */
static void restore_rport(struct alg_passage *passage,
			  const struct alg_branch *branch)
{
	const uint16_t port = branch ? branch->source_port :
				       passage->endpoint->lan.port;
	char text[ALG_ADDRESS_TEXT_LEN];
	unsigned int len;

	len = snprintf(text, sizeof(text), "%u", port);
	alg_passage_replace(passage, ALG_WHY_vias_restored, passage->via.rport,
			    text, len);
}

void alg_via_restore(struct alg_passage *passage,
		     const struct alg_branch *branch)
{
	const struct alg_address *lan = &passage->endpoint->lan;
	const struct sip_via *via = &passage->via;
	char text[ALG_ADDRESS_TEXT_LEN];
	const char *sent_by = text;

	if (!passage->has_via || !is_ours(passage))
		return;
	if (branch)
		sent_by = branch->sent_by;
	else
		alg_address_write(lan, text);
	alg_passage_replace(passage, ALG_WHY_vias_restored, via->sent_by,
			    sent_by, strlen(sent_by));
	if (branch && branch->maddr)
		replace_host(passage, ALG_WHY_vias_restored, via->maddr, lan);
	if (via->received.len)
		replace_host(passage, ALG_WHY_vias_restored, via->received,
			     lan);
	if (via->rport.len)
		restore_rport(passage, branch);
}
