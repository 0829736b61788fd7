/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the session descriptions are in a body (RFC 2046, RFC 5621).
 *
 * Either the body is application/sdp, or it is a multipart with such a part in
 * it, perhaps nested. Bodies that are encoded, signed or encrypted are nobody's
 * to change, and descriptions for another purpose than the session (RFC 3959)
 * are not the session's.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_MIME_H
#define SIPFAST_DAEMON_SIP_MIME_H

#include "sip/msg.h"

/** How deep multiparts may be nested. */
#define SIP_MIME_MAX_DEPTH 4

/**
 * struct sip_media_type - a Content-Type value
 * @type: "multipart"
 * @subtype: "mixed"
 * @params: `;boundary=...`, or empty
 */
struct sip_media_type {
	struct sip_span type;
	struct sip_span subtype;
	struct sip_span params;
};

/**
 * sip_media_type_parse() - take a Content-Type value apart
 *
 * Return: 0; -EINVAL where it is none.
 */
int sip_media_type_parse(struct sip_media_type *type, const char *buf,
			 struct sip_span value);

/**
 * sip_mime_find_sdp() - find the session descriptions of a message
 * @msg: the message
 * @found: set to their spans in the message's order
 * @max: how many there is room for
 *
 * The line end before a boundary is the boundary's, so it is in no span.
 *
 * Return: how many there are, also beyond @max; 0 for none, and for a body that
 * is not to be touched.
 */
unsigned int sip_mime_find_sdp(const struct sip_msg *msg,
			       struct sip_span *found, unsigned int max);

#endif
