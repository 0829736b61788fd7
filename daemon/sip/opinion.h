/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second opinion: does libosip2 read this value as we do?
 *
 * Two parsers that read one value differently are how things get past a
 * gateway. So a value is only rewritten when libosip2, asked about that one
 * value, finds the same host, port and parameters in it. It is given a bounded
 * copy, unfolded and without optional white space; its whole-message,
 * serialising, multipart and SDP code is never called.
 *
 * libosip2 is seen by opinion.c and by nobody else.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_OPINION_H
#define SIPFAST_DAEMON_SIP_OPINION_H

#include "sip/msg.h"
#include "sip/uri.h"
#include "sip/via.h"

/** Longer values are not asked about: libosip2's lists are quadratic. */
#define SIP_OPINION_MAX 2048

/** Most semicolons of one: libosip2 takes longer for each parameter than before. */
#define SIP_OPINION_MAX_PARAMS 32

/**
 * sip_opinion_init() - wake libosip2, and silence it
 *
 * Once in a process, before the first question.
 *
 * Return: 0, or -ENOMEM.
 */
int sip_opinion_init(void);

/** sip_opinion_via() - is @via what libosip2 reads in @value, too? */
bool sip_opinion_via(const char *buf, struct sip_span value,
		     const struct sip_via *via);

/**
 * sip_opinion_addr() - is @addr with @uri in it what libosip2 reads, too?
 * @buf: message
 * @value: one value of Contact, Route, Record-Route, Path, Refer-To, From, To
 * @addr: how we read it
 * @uri: how we read its URI; not looked at for `*`
 */
bool sip_opinion_addr(const char *buf, struct sip_span value,
		      const struct sip_addr *addr, const struct sip_uri *uri);

/** sip_opinion_uri() - likewise for a bare URI, as in a request line */
bool sip_opinion_uri(const char *buf, const struct sip_uri *uri);

/** sip_opinion_cseq() - likewise for a CSeq value */
bool sip_opinion_cseq(const char *buf, struct sip_span value,
		      const struct sip_cseq *cseq);

/** sip_opinion_content_type() - does libosip2 find @type and @subtype, too? */
bool sip_opinion_content_type(const char *buf, struct sip_span value,
			      struct sip_span type, struct sip_span subtype);

#endif
