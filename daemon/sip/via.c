// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One Via value: `SIP / 2.0 / UDP host : port ; branch = ...`.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>

#include "sip/param.h"
#include "sip/text.h"
#include "sip/uri.h"
#include "sip/via.h"

static void skip_lws(const char *buf, struct sip_span *left)
{
	while (left->len && sip_is_lws(buf[left->off])) {
		left->off++;
		left->len--;
	}
}

/* Take a token, and the white space behind it, off @left. */
static struct sip_span take_token(const char *buf, struct sip_span *left)
{
	struct sip_span token = { .off = left->off };

	while (token.len < left->len && sip_is_token(buf[token.off + token.len]))
		token.len++;
	*left = sip_span_between(sip_span_end(token), sip_span_end(*left));
	skip_lws(buf, left);
	return token;
}

static bool take_slash(const char *buf, struct sip_span *left)
{
	if (!left->len || buf[left->off] != '/')
		return false;
	*left = sip_span_between(left->off + 1, sip_span_end(*left));
	skip_lws(buf, left);
	return true;
}

/* sent-protocol, and the white space that must follow it */
static int read_protocol(struct sip_via *via, const char *buf,
			 struct sip_span *left)
{
	if (!sip_span_is_nocase(buf, take_token(buf, left), "SIP") ||
	    !take_slash(buf, left) ||
	    !sip_span_is(buf, take_token(buf, left), "2.0") ||
	    !take_slash(buf, left))
		return -EINVAL;
	via->transport = take_token(buf, left);
	if (!via->transport.len || left->off == sip_span_end(via->transport))
		return -EINVAL;
	return 0;
}

static void read_params(struct sip_via *via, const char *buf)
{
	struct sip_span list = via->params;
	struct sip_param param;

	while (sip_param_next(buf, &list, &param)) {
		if (!via->branch.len &&
		    sip_span_is_nocase(buf, param.name, "branch")) {
			via->branch = param.value;
		} else if (!via->received.len &&
			   sip_span_is_nocase(buf, param.name, "received")) {
			via->received = param.value;
		} else if (!via->maddr.len &&
			   sip_span_is_nocase(buf, param.name, "maddr")) {
			via->maddr = param.value;
		} else if (!via->has_rport &&
			   sip_span_is_nocase(buf, param.name, "rport")) {
			via->has_rport = true;
			via->rport = param.value;
			via->rport_param = param.whole;
		}
	}
}

int sip_via_parse(struct sip_via *via, const char *buf, struct sip_span value)
{
	struct sip_span left = sip_span_trim(buf, value);
	int next;

	*via = (struct sip_via){ 0 };
	if (read_protocol(via, buf, &left))
		return -EINVAL;
	next = sip_host_read(buf, left, &via->host, &via->port,
			     &via->port_number);
	if (next < 0)
		return -EINVAL;
	via->sent_by = sip_span_between(left.off, (uint32_t)next);
	left = sip_span_between((uint32_t)next, sip_span_end(left));
	skip_lws(buf, &left);
	if (left.len && buf[left.off] != ';')
		return -EINVAL;
	via->params = left;
	read_params(via, buf);
	return 0;
}
