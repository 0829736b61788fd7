// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registrations: each binding that a registrar grants is a lease on the port
 * that its Contact names (RFC 3261 section 10).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/registration.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "alg/headers.h"
#include "alg/lease.h"
#include "alg/passage.h"
#include "sip/param.h"

static char *text_of(const struct sip_msg *msg, struct sip_span span)
{
	return strndup(msg->buf + span.off, span.len);
}

/* A Contact that names an endpoint of this phone's: which, for whom, how long */
struct contact {
	struct alg_endpoint *endpoint;
	struct sip_span user;
	bool has_expires;
	uint32_t expires_s;
};

static bool read_contact(struct alg_passage *passage,
			 const struct sip_addr *addr, struct contact *contact)
{
	const char *buf = passage->msg->buf;
	struct sip_param expires;
	struct sip_uri uri;

	if (sip_uri_parse(&uri, buf, addr->uri))
		return false;
	contact->endpoint = alg_headers_contact(passage, &uri);
	if (!contact->endpoint)
		return false;
	contact->user = uri.user;
	contact->has_expires =
		sip_param_find(buf, addr->params, "expires", &expires) &&
		!sip_span_number(buf, expires.value, UINT32_MAX,
				 &contact->expires_s);
	return true;
}

static void ask_for(struct alg_ask *ask, const struct sip_msg *msg,
		    const struct contact *contact)
{
	struct alg_binding *binding = &ask->bindings[ask->n_bindings];

	if (ask->n_bindings == ALG_MAX_BINDINGS)
		return;
	binding->user = text_of(msg, contact->user);
	if (!binding->user)
		return;
	binding->endpoint = contact->endpoint->id;
	binding->expires_s = contact->has_expires ? contact->expires_s
						  : ask->expires_s;
	ask->n_bindings++;
}

void alg_registration_ask(struct alg_passage *passage,
			  struct alg_branch *branch)
{
	const struct sip_msg *msg = passage->msg;
	struct alg_ask *ask = calloc(1, sizeof(*ask));
	struct sip_values values;
	struct contact contact;
	struct sip_span value;
	struct sip_addr addr;

	if (!ask)
		return;
	if (!sip_msg_number(msg, SIP_EXPIRES, &ask->expires_s))
		ask->expires_s = ALG_DEFAULT_EXPIRES_S;
	sip_values_begin(&values, msg, SIP_CONTACT);
	while (sip_values_next(&values, &value)) {
		if (sip_addr_parse(&addr, msg->buf, value))
			continue;
		if (addr.star)
			ask->all = true;
		else if (read_contact(passage, &addr, &contact))
			ask_for(ask, msg, &contact);
	}
	alg_ask_set(branch, ask);
}

/*
 * A phone that has taken back its last registration wants no more calls, and
 * those it knew are strangers from now on.
 */
static void end_lease(struct alg_endpoint *endpoint, struct alg_lease *lease,
		      uint64_t now_ms)
{
	alg_lease_end(endpoint, lease, now_ms);
	if (!endpoint->leases)
		alg_endpoint_forget_peers(endpoint);
}

static void end_all(struct alg_passage *passage, const char *aor)
{
	const uint64_t now_ms = alg_now_ms(passage->alg);
	struct alg_endpoint *endpoint, *next_endpoint;
	struct alg_lease *lease, *next;

	HASH_ITER(by_id, passage->alg->by_id, endpoint, next_endpoint) {
		if (!alg_address_same_host(&endpoint->lan,
					   &passage->endpoint->lan))
			continue;
		DL_FOREACH_SAFE(endpoint->leases, lease, next)
			if (lease->kind == ALG_REGISTRATION &&
			    !strcmp(lease->what, aor))
				end_lease(endpoint, lease, now_ms);
	}
}

/* Does the response list this binding? */
static bool find_listed(struct alg_passage *passage,
			const struct alg_binding *binding,
			struct contact *contact)
{
	const struct sip_msg *msg = passage->msg;
	struct sip_values values;
	struct sip_span value;
	struct sip_addr addr;

	sip_values_begin(&values, msg, SIP_CONTACT);
	while (sip_values_next(&values, &value))
		if (!sip_addr_parse(&addr, msg->buf, value) && !addr.star &&
		    read_contact(passage, &addr, contact) &&
		    contact->endpoint->id == binding->endpoint &&
		    sip_span_is(msg->buf, contact->user, binding->user))
			return true;
	return false;
}

/*
 * Contact's expires, then Expires, then what was asked for (RFC 3261 10.2.4).
 * Not every registrar lists what it has granted, so one that is not listed, and
 * was not to be ended, counts as granted.
 */
static uint32_t granted_s(struct alg_passage *passage,
			  const struct alg_binding *binding)
{
	struct contact contact;
	bool listed = find_listed(passage, binding, &contact);
	uint32_t expires_s;

	if (listed && contact.has_expires)
		return contact.expires_s;
	if (!listed && !binding->expires_s)
		return 0;
	if (sip_msg_number(passage->msg, SIP_EXPIRES, &expires_s))
		return expires_s;
	return binding->expires_s;
}

static void settle(struct alg_passage *passage, const char *aor,
		   const struct alg_binding *binding)
{
	struct alg_endpoint *endpoint = alg_endpoint_by_id(passage->alg,
							   binding->endpoint);
	const uint64_t now_ms = alg_now_ms(passage->alg);
	uint32_t expires_s = granted_s(passage, binding);
	struct alg_lease *lease;

	if (!endpoint)
		return;
	if (expires_s) {
		alg_lease_grant(endpoint, ALG_REGISTRATION, aor, binding->user,
				now_ms + expires_s * 1000ULL);
		alg_endpoint_add_peer(endpoint, &passage->peer);
		return;
	}
	lease = alg_lease_find(endpoint, ALG_REGISTRATION, aor, binding->user);
	if (lease)
		end_lease(endpoint, lease, now_ms);
}

/* The address-of-record is what To names (RFC 3261 10.2). */
static char *read_aor(const struct sip_msg *msg)
{
	const struct sip_field *to = sip_msg_only(msg, SIP_TO);
	struct sip_addr addr;

	if (!to || sip_addr_parse(&addr, msg->buf, to->value))
		return NULL;
	return text_of(msg, addr.uri);
}

void alg_registration_grant(struct alg_passage *passage,
			    const struct alg_branch *branch)
{
	const struct alg_ask *ask = branch->ask;
	char *aor = read_aor(passage->msg);
	unsigned int i;

	if (ask && aor && ask->all)
		end_all(passage, aor);
	for (i = 0; ask && aor && i < ask->n_bindings; i++)
		settle(passage, aor, &ask->bindings[i]);
	free(aor);
}
