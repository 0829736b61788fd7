// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an SDP means for the call's public ports, and they for the SDP.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call/places.h"

#include <errno.h>

/** Most m-lines that get ports: each may need a stream for RTP and for RTCP. */
#define MAX_OPEN (MEDIA_MAX_STREAMS / 2)

/*
 * A LAN host's, and of the family that the call's way out has: what is of the
 * other one has no address of ours to stand for it there (sip-alg C25).
 */
static bool is_ours(const struct calls *calls, const struct call *call,
		    const union media_address *address)
{
	struct sockaddr_storage storage = media_address_to(address);

	return media_address_is_set(address) &&
	       address->family == call->local.family &&
	       calls->policy.is_lan(calls->policy.lan_arg, &storage);
}

static bool is_mapped(const struct calls *calls, const struct call *call,
		      enum call_side from, const union media_address *address)
{
	if (from == CALL_LAN)
		return is_ours(calls, call, address);
	return media_address_is_set(address) &&
	       address->family == call->inside.family;
}

int places_map(struct calls *calls, struct call *call,
	       const struct call_description *description, enum call_side from,
	       uint64_t now_ms)
{
	static const union media_address none;
	const struct call_media *media;
	unsigned int i;
	int err;

	if (description->ice ||
	    (from == CALL_WAN && !media_address_is_set(&call->inside)))
		return 0;
	if (description_n_open(description) > MAX_OPEN)
		return -ENOSPC;
	for (i = 0; i < description->n_media; i++) {
		media = &description->media[i];
		if (!is_mapped(calls, call, from, &media->rtp))
			continue;
		err = mappings_add(&call->mappings, calls->ports, &media->rtp,
				   is_mapped(calls, call, from, &media->rtcp) ?
				   &media->rtcp : &none,
				   &call->plan, now_ms);
		if (err)
			return err;
	}
	return 0;
}

bool places_are_ours(const struct calls *calls, const struct call *call,
		     const struct call_description *description)
{
	const struct call_media *media;
	unsigned int i;

	for (i = 0; i < description->n_media; i++) {
		media = &description->media[i];
		if (media->port && !is_ours(calls, call, &media->rtp))
			return false;
	}
	return description->n_media;
}

/* Where both sides send to us, each m-line has a port for each. */
int places_reserve(struct calls *calls, struct call *call,
		   const struct call_description *description,
		   uint64_t now_ms)
{
	unsigned int n = description ? description_n_open(description) : 1;

	if (n > MAX_OPEN)
		return -ENOSPC;
	if (media_address_is_set(&call->inside))
		n *= 2;
	return mappings_reserve(&call->mappings, calls->ports, n, now_ms);
}

/*
 * An open line that has no port names us already, or goes where our way out does
 * not, or is nobody's here.
 */
static enum call_left why_left(const struct call_media *media,
			       const union media_address *public)
{
	if (!media_address_is_set(&media->rtp))
		return media->left;
	if (media_address_same_host(&media->rtp, public))
		return CALL_LEFT_PUBLIC;
	if (media->rtp.family != public->family)
		return CALL_LEFT_FAMILY;
	return media->left;
}

static void write_place(const struct call_mappings *mappings,
			const struct call_media *media,
			const struct sockaddr_storage *public,
			struct call_place *place)
{
	union media_address address = media_address_from(public);
	uint16_t port = mappings_port(mappings, &media->rtp);

	/* On hold a line may name any port; only the one it had is ours. */
	*place = (struct call_place){
		.mapped = port &&
			  media->port == media_address_port(&media->rtp),
		.left = why_left(media, &address),
	};
	if (!place->mapped)
		return;
	if (media->held)
		media_address_set_any(&address);
	media_address_set_port(&address, port);
	place->rtp = media_address_to(&address);
	if (!media_address_is_set(&media->rtcp))
		return;

	port = mappings_port(mappings, &media->rtcp);
	if (!port) {
		place->rtcp = media_address_to(&media->rtcp);
		return;
	}
	media_address_set_port(&address, port);
	place->rtcp = media_address_to(&address);
}

void places_write(const struct call *call,
		  const struct call_description *description,
		  enum call_side from, const struct sockaddr_storage *public,
		  struct call_verdict *verdict)
{
	struct sockaddr_storage ours = *public;
	unsigned int i;

	if (from == CALL_WAN) {
		if (!media_address_is_set(&call->inside))
			return;
		ours = media_address_to(&call->inside);
	}
	verdict->n_places = description->n_media;
	for (i = 0; i < description->n_media; i++) {
		if (description->ice)
			verdict->places[i] = (struct call_place){
				.left = CALL_LEFT_ICE,
			};
		else
			write_place(&call->mappings, &description->media[i],
				    &ours, &verdict->places[i]);
	}
}
