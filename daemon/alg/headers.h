/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Headers: which values name a phone, and what stands there on the other side.
 *
 * On the way out a value that names a phone is made to name its public port, on
 * the way in one that names a public port of this phone's gets the phone's own
 * bytes back. A value that names anybody else stays as it is, and so does all
 * of a value but its host and port.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_HEADERS_H
#define SIPFAST_DAEMON_ALG_HEADERS_H

#include "sip/uri.h"

struct alg_address;
struct alg_endpoint;
struct alg_passage;
struct sip_msg;

/** alg_headers_map() - turn the values of every header that may name a phone */
void alg_headers_map(struct alg_passage *passage);

/**
 * alg_headers_map_request_uri() - a request for a phone gets the phone's own URI
 *
 * Only on the way in: on the way out it names whom the phone wants, and is part
 * of what its digest covers (sip-alg B21).
 */
void alg_headers_map_request_uri(struct alg_passage *passage);

/**
 * alg_headers_contact() - which endpoint does a Contact value name?
 *
 * Return: the endpoint; NULL for any that is not of this passage's phone, or
 * not known.
 */
struct alg_endpoint *alg_headers_contact(struct alg_passage *passage,
					 const struct sip_uri *uri);

/** alg_headers_first_contact() - its address; false where there is none */
bool alg_headers_first_contact(const struct sip_msg *msg,
			       struct alg_address *address);

#endif
