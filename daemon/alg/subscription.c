// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Subscriptions: a lease for each, named by Call-ID and the phone's tag.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/subscription.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alg/lease.h"
#include "alg/passage.h"
#include "sip/param.h"

/* What to show where the event package is not said. */
#define EVENT_UNKNOWN "unknown"

/* Event package without its parameters, allocated; NULL where there is none. */
static char *read_event(const struct sip_msg *msg)
{
	const struct sip_field *event = sip_msg_only(msg, SIP_EVENT);
	char *text;

	if (!event)
		return NULL;
	text = strndup(msg->buf + event->value.off, event->value.len);
	if (text)
		text[strcspn(text, "; \t\r\n")] = '\0';
	return text;
}

void alg_subscription_ask(struct alg_passage *passage,
			  struct alg_branch *branch)
{
	struct alg_ask *ask = calloc(1, sizeof(*ask));

	if (!ask)
		return;
	if (!sip_msg_number(passage->msg, SIP_EXPIRES, &ask->expires_s))
		ask->expires_s = ALG_DEFAULT_EXPIRES_S;
	ask->event = read_event(passage->msg);
	alg_ask_set(branch, ask);
}

/* The tag of the phone's side of the dialog. */
static bool read_own_tag(const struct alg_passage *passage,
			 struct sip_span *tag)
{
	const struct sip_msg *msg = passage->msg;

	return (passage->way == ALG_OUT) == msg->is_request ?
	       sip_msg_from_tag(msg, tag) : sip_msg_to_tag(msg, tag);
}

/* Call-ID and the phone's tag, allocated; NULL where they are not both there. */
static char *read_key(const struct alg_passage *passage)
{
	const char *buf = passage->msg->buf;
	struct sip_span call_id, tag;
	char *key;

	if (!sip_msg_call_id(passage->msg, &call_id) ||
	    !read_own_tag(passage, &tag) || !tag.len ||
	    asprintf(&key, "%.*s %.*s", (int)call_id.len, buf + call_id.off,
		     (int)tag.len, buf + tag.off) < 0)
		return NULL;
	return key;
}

/* Subscription-State: the state, and the parameters behind it. */
static void split(const char *buf, struct sip_span value,
		  struct sip_span *state, struct sip_span *params)
{
	const char *semicolon = memchr(buf + value.off, ';', value.len);
	uint32_t at = semicolon ? semicolon - buf : sip_span_end(value);

	*state = sip_span_trim(buf, sip_span_between(value.off, at));
	*params = sip_span_between(at, sip_span_end(value));
}

static struct alg_lease *find(const struct alg_passage *passage)
{
	char *key = read_key(passage);
	struct alg_lease *lease = key ?
		alg_lease_find(passage->endpoint, ALG_SUBSCRIPTION, NULL, key) :
		NULL;

	free(key);
	return lease;
}

static void grant(struct alg_passage *passage, const char *event,
		  uint32_t expires_s)
{
	const uint64_t now_ms = alg_now_ms(passage->alg);
	struct alg_lease *lease = find(passage);
	char *key = read_key(passage);

	if (key && expires_s)
		alg_lease_grant(passage->endpoint, ALG_SUBSCRIPTION, event, key,
				now_ms + expires_s * 1000ULL);
	else if (lease)
		alg_lease_end(passage->endpoint, lease, now_ms);
	free(key);
}

/* Expires of the 2xx, which has to be there; else what was asked for. */
void alg_subscription_grant(struct alg_passage *passage,
			    const struct alg_branch *branch)
{
	const struct alg_ask *ask = branch ? branch->ask : NULL;
	char *event = read_event(passage->msg);
	uint32_t expires_s;

	if (!sip_msg_number(passage->msg, SIP_EXPIRES, &expires_s))
		expires_s = ask ? ask->expires_s : ALG_DEFAULT_EXPIRES_S;
	if (ask && ask->event)
		grant(passage, ask->event, expires_s);
	else
		grant(passage, event ? event : EVENT_UNKNOWN, expires_s);
	free(event);
}

/* "terminated;reason=...", "active;expires=..." (RFC 6665 4.1.3) */
void alg_subscription_notify(struct alg_passage *passage)
{
	const struct sip_msg *msg = passage->msg;
	const struct sip_field *field = sip_msg_only(msg,
						     SIP_SUBSCRIPTION_STATE);
	const uint64_t now_ms = alg_now_ms(passage->alg);
	struct alg_lease *lease = find(passage);
	struct sip_span state, params;
	struct sip_param expires;
	uint32_t expires_s;

	if (!field || !lease)
		return;
	split(msg->buf, field->value, &state, &params);
	if (sip_span_is_nocase(msg->buf, state, "terminated"))
		alg_lease_end(passage->endpoint, lease, now_ms);
	else if (sip_param_find(msg->buf, params, "expires", &expires) &&
		 !sip_span_number(msg->buf, expires.value, UINT32_MAX,
				  &expires_s))
		alg_lease_renew(passage->endpoint, lease,
				now_ms + expires_s * 1000ULL);
}

bool alg_subscription_awaits(const struct alg_passage *passage)
{
	return passage->msg->is_request && passage->method == SIP_NOTIFY &&
	       find(passage);
}
