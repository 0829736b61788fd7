// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libosip2, asked about one value at a time.
 *
 * Each question goes the same way: copy the value into a scratch buffer as
 * libosip2 likes it, let it parse, compare what it found with the bytes of our
 * spans, forget it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include <osipparser2/osip_parser.h>
#include <osipparser2/osip_port.h>

#include "sip/opinion.h"
#include "sip/param.h"
#include "sip/text.h"

/* Two NULs: some of libosip2's scanners look one byte behind the first. */
struct scratch {
	uint32_t len;
	char text[SIP_OPINION_MAX + 2];
};

static void be_silent(const char *file, int line, osip_trace_level_t level,
		      const char *format, va_list args)
{
	(void)file;
	(void)line;
	(void)level;
	(void)format;
	(void)args;
}

int sip_opinion_init(void)
{
	osip_trace_initialize_func(TRACE_LEVEL0, be_silent);
	return parser_init() ? -ENOMEM : 0;
}

/* No blank is needed beside one of these, and libosip2 trips over some. */
static bool is_separator(char c)
{
	return sip_is_in(c, "/;=:,<>");
}

/*
 * Copy one value: folds and other white space outside quotes become a single
 * blank, or nothing beside a separator. What may differ between the copy and
 * the original is thereby the white space that the grammar ignores.
 */
static bool copy(struct scratch *scratch, const char *buf, struct sip_span value)
{
	bool quoted = false, gap = false;
	unsigned int n_params = 0;
	char *out = scratch->text;
	uint32_t i;
	char c;

	if (value.len > SIP_OPINION_MAX ||
	    memchr(buf + value.off, '\0', value.len))
		return false;
	for (i = value.off; i < sip_span_end(value); i++) {
		c = buf[i];
		if (!quoted && sip_is_lws(c)) {
			gap = out > scratch->text && !is_separator(out[-1]);
			continue;
		}
		if (gap && !is_separator(c))
			*out++ = ' ';
		gap = false;
		*out++ = c;
		n_params += !quoted && c == ';';
		if (quoted && c == '\\' && i + 1 < sip_span_end(value))
			*out++ = buf[++i];
		else if (c == '"')
			quoted = !quoted;
	}
	scratch->len = (uint32_t)(out - scratch->text);
	out[0] = out[1] = '\0';
	return n_params <= SIP_OPINION_MAX_PARAMS;
}

/* Is @theirs our @span, and missing where ours is empty? */
static bool is_same(const char *theirs, const char *buf, struct sip_span span)
{
	return theirs ? sip_span_is(buf, span, theirs) : !span.len;
}

/* libosip2 tells IPv6 references without their brackets. */
static bool is_same_host(const char *theirs, const char *buf,
			 struct sip_span host)
{
	if (host.len && buf[host.off] == '[')
		host = sip_span_between(host.off + 1, sip_span_end(host) - 1);
	return is_same(theirs, buf, host);
}

static bool is_same_count(const osip_list_t *theirs, const char *buf,
			  struct sip_span params)
{
	struct sip_param param;
	int n = 0;

	while (sip_param_next(buf, &params, &param))
		n += param.name.len > 0;
	return osip_list_size(theirs) == n;
}

static bool is_same_via(osip_via_t *theirs, const char *buf,
			const struct sip_via *via)
{
	osip_generic_param_t *branch = NULL;

	osip_via_param_get_byname(theirs, (char *)"branch", &branch);
	return is_same(theirs->protocol, buf, via->transport) &&
	       is_same_host(theirs->host, buf, via->host) &&
	       is_same(theirs->port, buf, via->port) &&
	       is_same_count(&theirs->via_params, buf, via->params) &&
	       is_same(branch ? branch->gvalue : NULL, buf, via->branch);
}

static bool is_same_uri(const osip_uri_t *theirs, const char *buf,
			const struct sip_uri *uri)
{
	return is_same_host(theirs->host, buf, uri->host) &&
	       is_same(theirs->port, buf, uri->port) &&
	       is_same_count(&theirs->url_params, buf, uri->params);
}

bool sip_opinion_via(const char *buf, struct sip_span value,
		     const struct sip_via *via)
{
	struct scratch scratch;
	osip_via_t *theirs;
	bool agree;

	if (!copy(&scratch, buf, value) || osip_via_init(&theirs))
		return false;
	agree = !osip_via_parse(theirs, scratch.text) &&
		is_same_via(theirs, buf, via);
	osip_via_free(theirs);
	return agree;
}

bool sip_opinion_addr(const char *buf, struct sip_span value,
		      const struct sip_addr *addr, const struct sip_uri *uri)
{
	struct sip_span asked = value;
	struct scratch scratch;
	osip_contact_t *theirs;
	bool agree;

	if (addr->star)
		return sip_span_is(buf, value, "*");
	/*
	 * A display name without quotes may be in any script; libosip2 takes
	 * ASCII tokens only. As it cannot hide a `<`, it need not be asked about.
	 */
	if (addr->display.len && buf[addr->display.off] != '"')
		asked = sip_span_between(sip_span_end(addr->display),
					 sip_span_end(value));
	if (!copy(&scratch, buf, asked) || osip_contact_init(&theirs))
		return false;
	agree = !osip_contact_parse(theirs, scratch.text) && theirs->url &&
		is_same_uri(theirs->url, buf, uri) &&
		is_same_count(&theirs->gen_params, buf, addr->params);
	osip_contact_free(theirs);
	return agree;
}

bool sip_opinion_uri(const char *buf, const struct sip_uri *uri)
{
	struct scratch scratch;
	osip_uri_t *theirs;
	bool agree;

	if (!copy(&scratch, buf, uri->whole) || osip_uri_init(&theirs))
		return false;
	agree = !osip_uri_parse(theirs, scratch.text) &&
		is_same_uri(theirs, buf, uri);
	osip_uri_free(theirs);
	return agree;
}

bool sip_opinion_cseq(const char *buf, struct sip_span value,
		      const struct sip_cseq *cseq)
{
	struct sip_span digits = { .off = value.off };
	struct scratch scratch;
	osip_cseq_t *theirs;
	bool agree;

	while (digits.len < value.len && sip_is_digit(buf[sip_span_end(digits)]))
		digits.len++;
	if (!copy(&scratch, buf, value) || osip_cseq_init(&theirs))
		return false;
	agree = !osip_cseq_parse(theirs, scratch.text) &&
		is_same(theirs->number, buf, digits) &&
		is_same(theirs->method, buf, cseq->method_name);
	osip_cseq_free(theirs);
	return agree;
}

bool sip_opinion_content_type(const char *buf, struct sip_span value,
			      struct sip_span type, struct sip_span subtype)
{
	struct scratch scratch;
	osip_content_type_t *theirs;
	bool agree;

	if (!copy(&scratch, buf, value) || osip_content_type_init(&theirs))
		return false;
	agree = !osip_content_type_parse(theirs, scratch.text) &&
		is_same(theirs->type, buf, type) &&
		is_same(theirs->subtype, buf, subtype);
	osip_content_type_free(theirs);
	return agree;
}
