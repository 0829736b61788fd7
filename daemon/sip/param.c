// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parameters: `;name=value`, one after the other.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "sip/param.h"
#include "sip/text.h"

/* The offset of the next @stop outside quotes, or of the list's end. */
static uint32_t find_outside_quotes(const char *buf, struct sip_span list,
				    char stop)
{
	bool quoted = false;
	uint32_t at;

	for (at = list.off; at < sip_span_end(list); at++) {
		if (quoted && buf[at] == '\\')
			at++;
		else if (buf[at] == '"')
			quoted = !quoted;
		else if (!quoted && buf[at] == stop)
			return at;
	}
	return sip_span_end(list);
}

bool sip_param_next(const char *buf, struct sip_span *list,
		    struct sip_param *param)
{
	uint32_t end = sip_span_end(*list), next, equals;

	if (!list->len)
		return false;
	*list = sip_span_between(list->off + 1, end);
	next = find_outside_quotes(buf, *list, ';');
	param->whole = sip_span_trim(buf, sip_span_between(list->off, next));
	equals = find_outside_quotes(buf, param->whole, '=');
	param->name = sip_span_trim(buf, sip_span_between(param->whole.off,
							  equals));
	param->value = (struct sip_span){ .off = sip_span_end(param->whole) };
	if (equals < sip_span_end(param->whole))
		param->value = sip_span_trim(buf,
			sip_span_between(equals + 1,
					 sip_span_end(param->whole)));
	*list = sip_span_between(next, end);
	return true;
}

bool sip_param_find(const char *buf, struct sip_span list, const char *name,
		    struct sip_param *param)
{
	struct sip_param each;

	while (sip_param_next(buf, &list, &each)) {
		if (!sip_span_is_nocase(buf, each.name, name))
			continue;
		*param = each;
		return true;
	}
	return false;
}
