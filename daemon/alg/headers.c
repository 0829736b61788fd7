// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Headers: which values name a phone, and what stands there on the other side.
 *
 * From, To, Call-ID, P-Asserted-Identity and the like are not in the table:
 * they say who, not where (sip-alg B23).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/headers.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "alg/form.h"
#include "alg/passage.h"
#include "sip/opinion.h"
#include "sip/param.h"

/**
 * struct row - a header whose values may name a phone
 * @header: which
 * @place: how the phone writes its address there is remembered for this place;
 *	Contact of a REGISTER is ALG_PLACE_BINDING whatever stands here
 * @out: its values are turned on the way out; on the way in all are
 * @own: it names the one who writes it: the name that the phone goes by means
 *	the phone, and a port of the phone's not heard of yet is opened
 */
struct row {
	enum sip_header header;
	enum alg_place place;
	bool out;
	bool own;
};

static const struct row rows[] = {
	/* RFC 3261 20.10; sip-alg B8, B9, B11, B12, B14, B16, B17 */
	{ SIP_CONTACT,		ALG_PLACE_TARGET,	true,	true },
	/* RFC 3261 16.6 step 4: a proxy on the LAN; sip-alg B20 */
	{ SIP_RECORD_ROUTE,	ALG_PLACE_ROUTE,	true,	true },
	/* RFC 3327 4: likewise; sip-alg B16, B20 */
	{ SIP_PATH,		ALG_PLACE_ROUTE,	true,	true },
	/* RFC 3608 5: a registrar on the LAN; sip-alg B16 */
	{ SIP_SERVICE_ROUTE,	ALG_PLACE_ROUTE,	true,	true },
	/* RFC 3261 16.4: what Record-Route or Path had said; sip-alg B19, B20 */
	{ SIP_ROUTE,		ALG_PLACE_ROUTE,	false,	false },
	/* RFC 3515 2.1: somebody else, perhaps a phone here; sip-alg B22 */
	{ SIP_REFER_TO,		ALG_PLACE_TARGET,	true,	false },
};

#define CONTACT_ROW (&rows[0])

static uint16_t port_of(const struct sip_uri *uri)
{
	return uri->port_number ? uri->port_number : sip_uri_default_port(uri);
}

/* Host and port of @uri; false where the host is a name. */
static bool read_address(const char *buf, const struct sip_uri *uri,
			 struct alg_address *address)
{
	if (!alg_address_host_read(buf + uri->host.off, uri->host.len, address))
		return false;
	address->port = port_of(uri);
	return true;
}

/*
 * sent-by is the sender's own name for itself (RFC 3261 18.1.1). In a response
 * there is nobody's but the asker's: what the phone called itself before holds.
 */
static bool is_senders_name(const struct alg_passage *passage,
			    const struct sip_uri *uri)
{
	const struct sip_span name = passage->via.host;
	const char *buf = passage->msg->buf;

	if (!passage->msg->is_request)
		return alg_form_has_host(passage->endpoint,
					 buf + uri->host.off, uri->host.len);
	return passage->has_via && name.len == uri->host.len &&
	       !strncasecmp(buf + name.off, buf + uri->host.off, name.len);
}

/* By what @uri is to be reached: as it says, else as its message came. */
static enum transport transport_of(const struct alg_passage *passage,
				   const struct sip_uri *uri)
{
	const char *buf = passage->msg->buf;
	struct sip_param param;

	if (sip_param_find(buf, uri->params, "transport", &param)) {
		if (sip_span_is_nocase(buf, param.value, "tcp"))
			return TRANSPORT_TCP;
		if (sip_span_is_nocase(buf, param.value, "udp"))
			return TRANSPORT_UDP;
	}
	return message_transport(passage->message);
}

/* Whatever it is reached by, its address stands for the same phone. */
static struct alg_endpoint *by_public(struct alg *alg,
				      enum transport transport,
				      const struct alg_address *address)
{
	struct alg_endpoint *found =
		alg_endpoint_by_public(alg, transport, address);

	return found ? found : alg_endpoint_by_public(alg, !transport, address);
}

static struct alg_endpoint *by_lan(struct alg_passage *passage,
				   enum transport transport,
				   const struct alg_address *address)
{
	const struct alg_address *wan = &passage->endpoint->wan;
	struct alg_endpoint *found =
		alg_endpoint_by_lan(passage->alg, transport, address, wan);

	return found ? found : alg_endpoint_by_lan(passage->alg, !transport,
						   address, wan);
}

/*
 * The near end of its own connection: nobody listens there, and a phone that
 * writes it wants to be reached by that connection (RFC 5626 does it in words).
 */
static bool is_own_connection(const struct alg_passage *passage,
			      enum transport transport,
			      const struct alg_address *address)
{
	const struct alg_address near =
		alg_address_from(&passage->message->src);

	return passage->message->flow && transport == TRANSPORT_TCP &&
	       alg_address_equal(address, &near);
}

/* The endpoint that a phone means by @uri, or NULL. */
static struct alg_endpoint *named_by_phone(struct alg_passage *passage,
					   const struct row *row,
					   const struct sip_uri *uri)
{
	const enum transport transport = transport_of(passage, uri);
	struct alg_endpoint *sender = passage->endpoint;
	struct alg_endpoint *named;
	struct alg_address address;

	if (!read_address(passage->msg->buf, uri, &address)) {
		if (!row->own || !is_senders_name(passage, uri))
			return NULL;
		address = sender->lan;
		address.port = port_of(uri);
	}
	if (!alg_address_same_host(&address, &sender->lan)) {
		/* It may know its public address, from STUN (sip-alg C22). */
		named = by_public(passage->alg, transport, &address);
		if (named && alg_address_same_host(&named->lan, &sender->lan))
			return named;
		return by_lan(passage, transport, &address);
	}
	if (!row->own)
		return by_lan(passage, transport, &address);
	if (is_own_connection(passage, transport, &address))
		return sender;
	named = alg_endpoint_named(passage->alg, sender, transport,
				   address.port);
	return named ? named : by_lan(passage, transport, &address);
}

/* The endpoint of this phone's that somebody outside means by @uri, or NULL. */
static struct alg_endpoint *named_by_world(struct alg_passage *passage,
					   const struct sip_uri *uri)
{
	struct alg_endpoint *named;
	struct alg_address address;

	if (!read_address(passage->msg->buf, uri, &address))
		return NULL;
	named = by_public(passage->alg, transport_of(passage, uri), &address);
	if (!named ||
	    !alg_address_same_host(&named->lan, &passage->endpoint->lan))
		return NULL;
	return named;
}

bool alg_headers_first_contact(const struct sip_msg *msg,
			       struct alg_address *address)
{
	struct sip_values values;
	struct sip_span value;
	struct sip_addr addr;
	struct sip_uri uri;

	sip_values_begin(&values, msg, SIP_CONTACT);
	return sip_values_next(&values, &value) &&
	       !sip_addr_parse(&addr, msg->buf, value) && !addr.star &&
	       !sip_uri_parse(&uri, msg->buf, addr.uri) && uri.host.len &&
	       read_address(msg->buf, &uri, address);
}

static bool is_sip(const struct sip_uri *uri)
{
	return uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS;
}

struct alg_endpoint *alg_headers_contact(struct alg_passage *passage,
					 const struct sip_uri *uri)
{
	struct alg_endpoint *named;

	if (!is_sip(uri))
		return NULL;
	if (passage->way == ALG_IN)
		return named_by_world(passage, uri);
	named = named_by_phone(passage, CONTACT_ROW, uri);
	return named && alg_address_same_host(&named->lan,
					      &passage->endpoint->lan) ?
	       named : NULL;
}

/* The port is written where it was, and where it is not the scheme's own. */
static void write_public(struct alg_passage *passage, const struct sip_uri *uri,
			 const struct alg_endpoint *named)
{
	char text[ALG_ADDRESS_TEXT_LEN];
	unsigned int len;

	if (uri->port.len ||
	    named->advertised.port != sip_uri_default_port(uri))
		len = alg_address_write(&named->advertised, text);
	else
		len = alg_address_host_write(&named->advertised, text);
	alg_passage_replace(passage, ALG_WHY_values_mapped, uri->host_port,
			    text, len);
}

/* A URI that does not say by what means UDP (RFC 3263 4.1). */
static bool means_datagrams(const struct alg_passage *passage,
			    const struct sip_uri *uri)
{
	struct sip_param param;

	return passage->message->flow && uri->scheme == SIP_SCHEME_SIP &&
	       !sip_param_find(passage->msg->buf, uri->params, "transport",
			       &param);
}

/* What was written is where datagrams will be sent to, too: listen there. */
static void open_twin(struct alg_passage *passage, enum alg_place place,
		      const struct sip_uri *uri, struct alg_endpoint *named)
{
	const char *buf = passage->msg->buf;
	struct alg_endpoint *twin;

	twin = alg_endpoint_named(passage->alg, named, TRANSPORT_UDP,
				  named->lan.port);
	if (!twin || twin->public.port != named->public.port)
		return;
	alg_form_remember(twin, place, buf + uri->user.off, uri->user.len,
			  buf + uri->host_port.off, uri->host_port.len);
	alg_endpoint_add_peer(twin, &passage->peer);
}

static void turn_out(struct alg_passage *passage, enum alg_place place,
		     const struct sip_uri *uri, struct alg_endpoint *named)
{
	const char *buf = passage->msg->buf;

	write_public(passage, uri, named);
	if (!alg_address_same_host(&named->lan, &passage->endpoint->lan))
		return;
	alg_form_remember(named, place, buf + uri->user.off, uri->user.len,
			  buf + uri->host_port.off, uri->host_port.len);
	alg_endpoint_add_peer(named, &passage->peer);
	if (means_datagrams(passage, uri))
		open_twin(passage, place, uri, named);
}

static void turn_in(struct alg_passage *passage, enum alg_place place,
		    const struct sip_uri *uri, struct alg_endpoint *named)
{
	const char *buf = passage->msg->buf;
	char room[ALG_ADDRESS_TEXT_LEN];
	const char *text = alg_form_recall(named, place, buf + uri->user.off,
					   uri->user.len, room);

	alg_passage_replace(passage, ALG_WHY_values_restored, uri->host_port,
			    text, strlen(text));
}

/* The phone's own host, and still no endpoint: it was not to be (sip-alg D8). */
static bool names_closed_port(const struct alg_passage *passage,
			      const struct sip_uri *uri)
{
	struct alg_address address;

	return read_address(passage->msg->buf, uri, &address) &&
	       alg_address_same_host(&address, &passage->endpoint->lan);
}

static void map_value(struct alg_passage *passage, const struct row *row,
		      struct sip_span value)
{
	const char *buf = passage->msg->buf;
	enum alg_place place = row->place;
	struct alg_endpoint *named;
	struct sip_addr addr;
	struct sip_uri uri;

	if (sip_addr_parse(&addr, buf, value) ||
	    (!addr.star && sip_uri_parse(&uri, buf, addr.uri))) {
		alg_passage_left(passage, ALG_WHY_values_unread, value);
		return;
	}
	if (addr.star || !is_sip(&uri))
		return;
	named = passage->way == ALG_OUT ? named_by_phone(passage, row, &uri) :
					  named_by_world(passage, &uri);
	if (!named) {
		/* From outside, to name somebody outside is what is usual. */
		if (passage->way == ALG_OUT && row->own)
			alg_passage_left(passage,
					 names_closed_port(passage, &uri) ?
					 ALG_WHY_ports_refused :
					 ALG_WHY_values_foreign, value);
		return;
	}
	/* Two parsers for each of hundreds would make a flood of one message. */
	if (passage->edits.n >= ALG_MAX_TURNED) {
		passage->edit_error = -ENOBUFS;
		return;
	}
	if (!sip_opinion_addr(buf, value, &addr, &uri)) {
		alg_passage_left(passage, ALG_WHY_values_doubted, value);
		return;
	}
	if (row->header == SIP_CONTACT && passage->method == SIP_REGISTER)
		place = ALG_PLACE_BINDING;
	if (passage->way == ALG_OUT)
		turn_out(passage, place, &uri, named);
	else
		turn_in(passage, place, &uri, named);
}

void alg_headers_map(struct alg_passage *passage)
{
	struct sip_values values;
	struct sip_span value;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (passage->way == ALG_OUT && !rows[i].out)
			continue;
		sip_values_begin(&values, passage->msg, rows[i].header);
		while (!passage->edit_error && sip_values_next(&values, &value))
			map_value(passage, &rows[i], value);
	}
}

/* In a dialog it is the target that the phone gave, else its binding. */
static enum alg_place place_of_request(const struct sip_msg *msg)
{
	struct sip_span tag;

	return sip_msg_to_tag(msg, &tag) && tag.len ? ALG_PLACE_TARGET
						    : ALG_PLACE_BINDING;
}

void alg_headers_map_request_uri(struct alg_passage *passage)
{
	const struct sip_msg *msg = passage->msg;
	struct alg_endpoint *named;
	struct sip_uri uri;

	if (sip_uri_parse(&uri, msg->buf, msg->uri) || !is_sip(&uri))
		return;
	named = named_by_world(passage, &uri);
	if (!named)
		return;
	if (sip_opinion_uri(msg->buf, &uri))
		turn_in(passage, place_of_request(msg), &uri, named);
	else
		alg_passage_left(passage, ALG_WHY_values_doubted, msg->uri);
}
