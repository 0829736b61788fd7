/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a session description says about media transports, and no more of it.
 *
 * An m-line is *open* when it names a transport that could be relayed: UDP, one
 * port, a unicast address. All others stay as they came and get no stream: port
 * 0, TCP, a host name, multicast, a range of ports.
 *
 * A line is *held* when its address is 0.0.0.0 or ::, the hold of RFC 2543. Then
 * it keeps the transport it had, so that nothing is lost until the resume.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_DESCRIPTION_H
#define SIPFAST_DAEMON_CALL_DESCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "media/address.h"
#include "call/call.h"
#include "media/media.h"
#include "sdp/sdp.h"

/**
 * struct call_media - one m-line
 * @kind: MEDIA_RTP, or MEDIA_OPAQUE where it is not RTP
 * @mux: it says rtcp-mux (RFC 5761)
 * @held: its address is 0.0.0.0 or ::
 * @left: why it is not open, where it is not
 * @port: the port it names, in host order
 * @rtp: its transport; none where the line is not open
 * @rtcp: where its RTCP goes; none where it has none
 */
struct call_media {
	enum media_kind kind;
	bool mux;
	bool held;
	enum call_left left;
	uint16_t port;
	union media_address rtp;
	union media_address rtcp;
};

/**
 * struct call_description - one side's media
 * @n_holders: how many hold it; it ends with the last of them
 * @ice: it has ICE (RFC 8839), which is to pass; then none of it is mapped
 * @n_media: how many @media there are
 * @media: the m-lines, in order
 *
 * What has been said stays said: once it has a second holder it does not change.
 * So the many places that remember it, before and after an answer and in every
 * fork, share one.
 */
struct call_description {
	unsigned int n_holders;
	bool ice;
	unsigned int n_media;
	struct call_media media[];
};

/** description_new() - one of @n_media m-lines, still blank; NULL without memory */
struct call_description *description_new(unsigned int n_media);

/**
 * description_read() - take from an SDP what media needs
 * @sdp: the SDP
 * @before: what the same side had said before, for lines on hold; may be NULL
 *
 * Return: the description, or NULL without memory.
 */
struct call_description *
description_read(const struct sdp *sdp, const struct call_description *before);

/**
 * description_append() - one m-line more
 * @held: a description of which this is the one holder, or NULL; it may move
 * @media: the m-line
 *
 * Return: 0, or -ENOMEM, and then nothing has changed.
 */
int description_append(struct call_description **held,
		       const struct call_media *media);

/**
 * description_hold() - remember another
 * @held: what is remembered, or NULL; let go
 * @description: what is from now on; may be NULL
 */
void description_hold(struct call_description **held,
		      struct call_description *description);

/** description_put() - let go of it; nothing happens where it is NULL */
void description_put(struct call_description *description);

/** description_n_open() - how many m-lines are open */
unsigned int description_n_open(const struct call_description *description);

#endif
