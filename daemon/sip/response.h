/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few answers that we give ourselves: 400, 503, 513.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_RESPONSE_H
#define SIPFAST_DAEMON_SIP_RESPONSE_H

#include <sys/types.h>

#include "sip/msg.h"

/**
 * struct sip_response - what to answer
 * @status: status code, 400..699
 * @reason: reason phrase
 * @header: further header lines, each with its CRLF, or NULL
 * @received: address that the request came from, as text (RFC 3261 18.2.1)
 * @rport: port that it came from, written where Via asks for it (RFC 3581)
 */
struct sip_response {
	unsigned int status;
	const char *reason;
	const char *header;
	const char *received;
	uint16_t rport;
};

/**
 * sip_response_write() - answer a request (RFC 3261 section 8.2.6)
 * @out: gets the response
 * @cap: room in it
 * @request: the request; also one that was found bad or too large
 * @response: what to answer
 *
 * Via, From, To, Call-ID and CSeq are the request's own bytes. A tag is added to
 * To where it has none; it comes from the request, so that a repeated request
 * gets the same answer (section 8.2.7).
 *
 * Return: length; -EINVAL where no answer may be given (a response, an ACK) or
 * the request lacks what an answer is made of; -ENOBUFS where @cap is too small.
 */
ssize_t sip_response_write(char *out, size_t cap, const struct sip_msg *request,
			   const struct sip_response *response);

#endif
