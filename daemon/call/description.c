// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a session description says about media transports, and no more of it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/description.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* Can a packet be sent there? Neither this host nor a range of no host's. */
static bool is_unicast(const union media_address *address)
{
	const struct in6_addr *in6 = &address->in6.sin6_addr;
	uint8_t first = ntohl(address->in.sin_addr.s_addr) >> 24;

	if (address->family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(in6) &&
		       !IN6_IS_ADDR_LOOPBACK(in6) &&
		       !IN6_IS_ADDR_MULTICAST(in6) &&
		       !IN6_IS_ADDR_LINKLOCAL(in6) &&
		       !IN6_IS_ADDR_V4MAPPED(in6);
	return first != 0 && first != 127 && first < 224;
}

/* The transport that sdp_media_rtp() or its sister found, if we can relay it. */
static union media_address relayable(bool found,
				     const struct sockaddr_storage *storage)
{
	union media_address address = { 0 };

	if (found)
		address = media_address_from(storage);
	if (media_address_is_set(&address) && is_unicast(&address))
		return address;
	return (union media_address){ 0 };
}

static void read_transports(struct call_media *media, const struct sdp *sdp,
			    const struct sdp_media *line)
{
	struct sockaddr_storage storage;

	media->rtp = relayable(sdp_media_rtp(sdp, line, &storage), &storage);
	if (media->kind == MEDIA_RTP && media_address_is_set(&media->rtp))
		media->rtcp = relayable(sdp_media_rtcp(sdp, line, &storage),
					&storage);
}

/* Why a line is not open, by what it says; FOREIGN where that is not said. */
static enum call_left why_left(const struct sdp_media *line,
			       const struct sdp_address *address)
{
	if (!line->port_number)
		return CALL_LEFT_REJECTED;
	if (line->proto == SDP_PROTO_OTHER)
		return CALL_LEFT_NO_UDP;
	if (line->n_ports != 1)
		return CALL_LEFT_RANGED;
	switch (address->host) {
	case SDP_HOST_MULTICAST:
		return CALL_LEFT_MULTICAST;
	case SDP_HOST_HOLD:
		return CALL_LEFT_HELD;
	case SDP_HOST_IP:
		return CALL_LEFT_FOREIGN;
	case SDP_HOST_NONE:
	case SDP_HOST_OTHER:
		break;
	}
	return CALL_LEFT_NAMED;
}

static void read_media(struct call_media *media, const struct sdp *sdp,
		       const struct sdp_media *line,
		       const struct call_media *before)
{
	const struct sdp_address *address = sdp_media_connection(sdp, line);

	*media = (struct call_media){
		.kind = line->proto == SDP_PROTO_RTP ? MEDIA_RTP : MEDIA_OPAQUE,
		.mux = line->rtcp_mux,
		.left = why_left(line, address),
		.port = line->port_number,
	};
	if (line->proto == SDP_PROTO_OTHER || !line->port_number ||
	    line->n_ports != 1)
		return;
	if (address->host == SDP_HOST_IP) {
		read_transports(media, sdp, line);
	} else if (address->host == SDP_HOST_HOLD && before &&
		   before->kind == media->kind) {
		media->held = true;
		media->rtp = before->rtp;
		media->rtcp = before->rtcp;
	}
}

static size_t size_of(unsigned int n_media)
{
	return sizeof(struct call_description) +
	       n_media * sizeof(struct call_media);
}

struct call_description *description_new(unsigned int n_media)
{
	struct call_description *description = calloc(1, size_of(n_media));

	if (!description)
		return NULL;
	description->n_holders = 1;
	description->n_media = n_media;
	return description;
}

struct call_description *
description_read(const struct sdp *sdp, const struct call_description *before)
{
	struct call_description *description = description_new(sdp->n_media);
	unsigned int i;

	if (!description)
		return NULL;
	description->ice = sdp_has_ice(sdp);
	for (i = 0; i < sdp->n_media; i++)
		read_media(&description->media[i], sdp, &sdp->media[i],
			   before && i < before->n_media ? &before->media[i]
							 : NULL);
	return description;
}

int description_append(struct call_description **held,
		       const struct call_media *media)
{
	struct call_description *grown;

	if (!*held)
		*held = description_new(0);
	if (!*held)
		return -ENOMEM;
	grown = realloc(*held, size_of((*held)->n_media + 1));
	if (!grown)
		return -ENOMEM;
	grown->media[grown->n_media++] = *media;
	*held = grown;
	return 0;
}

void description_hold(struct call_description **held,
		      struct call_description *description)
{
	if (description)
		description->n_holders++;
	description_put(*held);
	*held = description;
}

void description_put(struct call_description *description)
{
	if (description && !--description->n_holders)
		free(description);
}

unsigned int description_n_open(const struct call_description *description)
{
	unsigned int i, n_open = 0;

	for (i = 0; i < description->n_media; i++)
		n_open += media_address_is_set(&description->media[i].rtp);
	return n_open;
}
