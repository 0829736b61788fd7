// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an m-line means together with the session above it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <string.h>

#include "sdp/sdp.h"

const struct sdp_address *sdp_media_connection(const struct sdp *sdp,
					       const struct sdp_media *media)
{
	return media->connection.host == SDP_HOST_NONE ? &sdp->connection :
							 &media->connection;
}

enum sdp_direction sdp_media_direction(const struct sdp *sdp,
				       const struct sdp_media *media)
{
	if (media->direction != SDP_UNSAID)
		return media->direction;
	return sdp->direction != SDP_UNSAID ? sdp->direction : SDP_SENDRECV;
}

static bool put_address(struct sockaddr_storage *to,
			const struct sdp_address *address, uint16_t port)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *sin = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*to));
	if (address->host != SDP_HOST_IP)
		return false;
	to->ss_family = address->family;
	if (address->family == AF_INET) {
		sin->sin_addr = address->ip4;
		sin->sin_port = htons(port);
	} else {
		sin6->sin6_addr = address->ip6;
		sin6->sin6_port = htons(port);
	}
	return true;
}

bool sdp_media_rtp(const struct sdp *sdp, const struct sdp_media *media,
		   struct sockaddr_storage *address)
{
	return put_address(address, sdp_media_connection(sdp, media),
			   media->port_number);
}

bool sdp_media_rtcp(const struct sdp *sdp, const struct sdp_media *media,
		    struct sockaddr_storage *address)
{
	const struct sdp_address *host = sdp_media_connection(sdp, media);
	uint32_t port = (uint32_t)media->port_number + 1;

	if (media->rtcp.port.len) {
		port = media->rtcp.port_number;
		if (media->rtcp.address.host != SDP_HOST_NONE)
			host = &media->rtcp.address;
	}
	if (!media->port_number || !port || port > UINT16_MAX) {
		memset(address, 0, sizeof(*address));
		return false;
	}
	return put_address(address, host, (uint16_t)port);
}

bool sdp_has_ice(const struct sdp *sdp)
{
	unsigned int i;

	for (i = 0; i < sdp->n_media; i++)
		if (sdp->media[i].ice)
			return true;
	return sdp->ice;
}
