// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Digest credentials, see digest.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "sip/digest.h"

#include <string.h>

#include "sip/msg.h"

/* What stands behind the first @mark of @span, or nothing. */
static struct sip_span behind(const char *buf, struct sip_span span, char mark)
{
	const char *at = memchr(buf + span.off, mark, span.len);

	return sip_span_between(at ? at + 1 - buf : sip_span_end(span),
				sip_span_end(span));
}

static struct sip_span before(const char *buf, struct sip_span span, char mark)
{
	const char *at = memchr(buf + span.off, mark, span.len);

	return sip_span_between(span.off, at ? at - buf : sip_span_end(span));
}

/* The first of them has the scheme before it: "Digest qop=auth-int". */
static struct sip_span name_of(const char *buf, struct sip_span param)
{
	struct sip_span name = sip_span_trim(buf, before(buf, param, '='));
	struct sip_span rest = sip_span_trim(buf, behind(buf, name, ' '));

	return rest.len ? rest : name;
}

static struct sip_span value_of(const char *buf, struct sip_span param)
{
	struct sip_span value = sip_span_trim(buf, behind(buf, param, '='));

	if (value.len < 2 || buf[value.off] != '"')
		return value;
	return before(buf, sip_span_between(value.off + 1, sip_span_end(value)),
		      '"');
}

/* Commas part the parameters of credentials as they part values elsewhere. */
static bool is_signed(const struct sip_msg *msg, enum sip_header header)
{
	struct sip_values values;
	struct sip_span param;

	sip_values_begin(&values, msg, header);
	while (sip_values_next(&values, &param))
		if (sip_span_is_nocase(msg->buf, name_of(msg->buf, param),
				       "qop") &&
		    sip_span_is_nocase(msg->buf, value_of(msg->buf, param),
				       "auth-int"))
			return true;
	return false;
}

bool sip_digest_has_body(const struct sip_msg *msg)
{
	return is_signed(msg, SIP_AUTHORIZATION) ||
	       is_signed(msg, SIP_PROXY_AUTHORIZATION);
}
