/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * URIs and the addresses that hold them, taken apart into spans.
 *
 * By the grammar of RFC 3261 section 25.1, which knows that the user part may
 * hold `;` and `?`, that an `@` may follow in parameters of careless senders,
 * and that a host may be an IPv6 reference (RFC 5118). What the grammar does
 * not allow is refused: a URI that is read in a way others do not read it would
 * be rewritten in the wrong place.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_URI_H
#define SIPFAST_DAEMON_SIP_URI_H

#include "sip/span.h"

/** enum sip_scheme - schemes we tell apart */
enum sip_scheme {
	SIP_SCHEME_OTHER,
	SIP_SCHEME_SIP,
	SIP_SCHEME_SIPS,
	SIP_SCHEME_TEL,
};

/**
 * struct sip_uri - a URI
 * @whole: all of it
 * @scheme: which; only for sip and sips is there more than @whole
 * @user: user and password, without the `@`; empty where there is none
 * @host: name or address; an IPv6 reference with its brackets
 * @port: digits; empty where there is none
 * @port_number: 1..65535, or 0 where there is none
 * @host_port: host, colon and port: what is replaced to move the URI elsewhere
 * @params: `;name=value ...`, or empty
 * @headers: `?name=value&...`, or empty
 */
struct sip_uri {
	struct sip_span whole;
	enum sip_scheme scheme;
	struct sip_span user;
	struct sip_span host;
	struct sip_span port;
	uint16_t port_number;
	struct sip_span host_port;
	struct sip_span params;
	struct sip_span headers;
};

/**
 * struct sip_addr - a name-addr, an addr-spec, or the `*` of Contact
 * @star: it is `*`, and there is nothing else
 * @display: display name, quotes included, or empty
 * @uri: the URI
 * @bracketed: the URI stands in <>
 * @params: parameters of the header field (tag, expires, q ...), or empty. A
 *	URI without <> has none of its own: they are the field's (RFC 3261 20.10)
 */
struct sip_addr {
	bool star;
	struct sip_span display;
	struct sip_span uri;
	bool bracketed;
	struct sip_span params;
};

/**
 * sip_uri_parse() - take a URI apart
 * @uri: filled in
 * @buf: message
 * @span: the URI and nothing else
 *
 * Return: 0; -EINVAL where it is no URI by the grammar.
 */
int sip_uri_parse(struct sip_uri *uri, const char *buf, struct sip_span span);

/** sip_uri_default_port() - the port that is meant where none is written */
uint16_t sip_uri_default_port(const struct sip_uri *uri);

/**
 * sip_addr_parse() - take one value of Contact, Route, From ... apart
 * @addr: filled in
 * @buf: message
 * @value: one value, as sip_values_next() gives them
 *
 * Return: 0; -EINVAL where it is none.
 */
int sip_addr_parse(struct sip_addr *addr, const char *buf,
		   struct sip_span value);

/**
 * sip_host_read() - read a host and, behind a colon, its port
 * @buf: message
 * @span: from the host's first byte; white space around the colon is allowed
 *	(Via, RFC 4475 3.1.1.1)
 * @host: set
 * @port: set to the digits, or empty
 * @port_number: set to the number, or 0
 *
 * Return: offset behind what was read; -EINVAL where it is no host, or its port
 * is none of 1..65535.
 */
int sip_host_read(const char *buf, struct sip_span span, struct sip_span *host,
		  struct sip_span *port, uint16_t *port_number);

#endif
