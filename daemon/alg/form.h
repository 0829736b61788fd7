/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a phone writes its own address.
 *
 * <sip:alice@192.168.1.10> and <sip:alice@192.168.1.10:5060> are two URIs
 * (RFC 3261 section 19.1.4), and a phone that wrote the first may not know
 * itself in the second. All become the same public one; on the way back each
 * gets the bytes that the phone had used for this user in this place.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_FORM_H
#define SIPFAST_DAEMON_ALG_FORM_H

#include <stdbool.h>
#include <stddef.h>

struct alg_endpoint;

/** Forms that an endpoint remembers; the one unused for longest drops out. */
#define ALG_MAX_FORMS 32

/** enum alg_place - where an address stands */
enum alg_place {
	ALG_PLACE_BINDING,	/* Contact of a REGISTER */
	ALG_PLACE_TARGET,	/* Contact of anything else: a dialog's target */
	ALG_PLACE_ROUTE,	/* Record-Route, Path */
	ALG_N_PLACES,
};

/**
 * alg_form_remember() - the phone has written its address so
 * @endpoint: the endpoint that it meant
 * @place: where
 * @user: the bytes before the '@', none of them where there was none
 * @user_len: how many
 * @hostport: the bytes of host and port
 * @hostport_len: how many
 */
void alg_form_remember(struct alg_endpoint *endpoint, enum alg_place place,
		       const char *user, size_t user_len,
		       const char *hostport, size_t hostport_len);

/**
 * alg_form_recall() - how does the phone write its address?
 * @endpoint: the endpoint
 * @place: where the address stands
 * @user: the bytes before the '@'
 * @user_len: how many
 * @text: ALG_ADDRESS_TEXT_LEN bytes, used where nothing is remembered
 *
 * The form for this user in this place; failing that for this user anywhere;
 * failing that "address:port".
 *
 * Return: host and port, NUL-terminated; valid until the next form is remembered.
 */
const char *alg_form_recall(struct alg_endpoint *endpoint, enum alg_place place,
			    const char *user, size_t user_len, char *text);

/**
 * alg_form_has_host() - has the phone ever written its address with this host?
 * @endpoint: the endpoint
 * @host: the bytes of the host
 * @len: how many
 *
 * A response has no Via of the phone's that says what it calls itself.
 */
bool alg_form_has_host(const struct alg_endpoint *endpoint, const char *host,
		       size_t len);

/** alg_forms_each() - show every form, the one unused for longest first */
void alg_forms_each(const struct alg_endpoint *endpoint,
		    void (*show)(void *arg, enum alg_place place,
				 const char *user, size_t user_len,
				 const char *hostport),
		    void *arg);

/** alg_forms_free() - forget all forms of an endpoint */
void alg_forms_free(struct alg_endpoint *endpoint);

#endif
