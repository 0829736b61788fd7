// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * URIs and addresses, by the grammar of RFC 3261 section 25.1.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include "sip/text.h"
#include "sip/uri.h"

static bool is_name_char(char c)
{
	/* `_` is in no host name by the grammar, and in many by habit. */
	return sip_is_alpha(c) || sip_is_digit(c) || sip_is_in(c, "-._");
}

static bool is_reference_char(char c)
{
	return sip_is_hex(c) || c == ':' || c == '.';
}

/* user, without the escapes; `#` is dialled by many and escaped by few. */
static bool is_user_char(char c)
{
	return sip_is_alpha(c) || sip_is_digit(c) ||
	       sip_is_in(c, "-_.!~*'()&=+$,;?/#");
}

static bool is_password_char(char c)
{
	return sip_is_alpha(c) || sip_is_digit(c) ||
	       sip_is_in(c, "-_.!~*'()&=+$,");
}

static uint32_t skip_lws(const char *buf, uint32_t at, uint32_t end)
{
	while (at < end && sip_is_lws(buf[at]))
		at++;
	return at;
}

static int read_port(const char *buf, struct sip_span digits, uint16_t *port)
{
	uint32_t number;

	if (sip_span_number(buf, digits, UINT16_MAX, &number) || !number)
		return -EINVAL;
	*port = (uint16_t)number;
	return 0;
}

/* IPv6reference or hostname; empty where it is neither. */
static struct sip_span read_host(const char *buf, struct sip_span span)
{
	uint32_t at = span.off, end = sip_span_end(span);

	if (at < end && buf[at] == '[') {
		for (at++; at < end && is_reference_char(buf[at]);)
			at++;
		if (at == end || buf[at] != ']' || at - span.off < 3)
			return (struct sip_span){ .off = span.off };
		return sip_span_between(span.off, at + 1);
	}
	while (at < end && is_name_char(buf[at]))
		at++;
	return sip_span_between(span.off, at);
}

int sip_host_read(const char *buf, struct sip_span span, struct sip_span *host,
		  struct sip_span *port, uint16_t *port_number)
{
	uint32_t end = sip_span_end(span), at, colon;

	*host = read_host(buf, span);
	*port = (struct sip_span){ .off = sip_span_end(*host) };
	*port_number = 0;
	if (!host->len)
		return -EINVAL;
	colon = skip_lws(buf, sip_span_end(*host), end);
	if (colon == end || buf[colon] != ':')
		return (int)sip_span_end(*host);
	port->off = at = skip_lws(buf, colon + 1, end);
	while (at < end && sip_is_digit(buf[at]))
		at++;
	port->len = at - port->off;
	if (read_port(buf, *port, port_number))
		return -EINVAL;
	return (int)at;
}

/* scheme ":", or an empty span */
static struct sip_span read_scheme(const char *buf, struct sip_span span)
{
	uint32_t at = span.off, end = sip_span_end(span);

	if (at < end && sip_is_alpha(buf[at]))
		while (at < end && (sip_is_alpha(buf[at]) || sip_is_digit(buf[at]) ||
				    sip_is_in(buf[at], "+-.")))
			at++;
	if (at == end || buf[at] != ':')
		at = span.off;
	return sip_span_between(span.off, at);
}

/* In no URI, wherever in it. */
static bool has_foreign_char(const char *buf, struct sip_span span)
{
	uint32_t i;

	for (i = span.off; i < sip_span_end(span); i++)
		if ((unsigned char)buf[i] <= ' ' || buf[i] == 0x7f ||
		    sip_is_in(buf[i], "<>\""))
			return true;
	return false;
}

/*
 * userinfo: all before the first `@`, if the grammar allows that as user and
 * password. Otherwise there is none, and the `@` belongs to what follows the
 * host: `sip:[2001:db8::1];x=y@z`.
 */
static struct sip_span read_user(const char *buf, struct sip_span span)
{
	const char *at_sign = memchr(buf + span.off, '@', span.len);
	struct sip_span none = { .off = span.off };
	bool password = false;
	uint32_t i, end;

	if (!at_sign)
		return none;
	end = (uint32_t)(at_sign - buf);
	for (i = span.off; i < end; i++) {
		if (buf[i] == ':' && !password)
			password = true;
		else if (buf[i] == '%' && i + 2 < end &&
			 sip_is_hex(buf[i + 1]) && sip_is_hex(buf[i + 2]))
			i += 2;
		else if (password ? !is_password_char(buf[i]) :
				    !is_user_char(buf[i]))
			return none;
	}
	return sip_span_between(span.off, end);
}

/* [ userinfo "@" ] hostport uri-parameters [ headers ] */
static int read_sip(struct sip_uri *uri, const char *buf, struct sip_span span)
{
	uint32_t at = span.off, end = sip_span_end(span);
	const char *mark;
	int next;

	uri->user = read_user(buf, span);
	if (uri->user.len)
		at = sip_span_end(uri->user) + 1;
	next = sip_host_read(buf, sip_span_between(at, end), &uri->host,
			     &uri->port, &uri->port_number);
	if (next < 0)
		return next;
	uri->host_port = sip_span_between(at, (uint32_t)next);
	at = (uint32_t)next;
	if (at < end && buf[at] != ';' && buf[at] != '?')
		return -EINVAL;
	mark = memchr(buf + at, '?', end - at);
	uri->params = sip_span_between(at, mark ? (uint32_t)(mark - buf) : end);
	uri->headers = sip_span_between(sip_span_end(uri->params), end);
	return 0;
}

int sip_uri_parse(struct sip_uri *uri, const char *buf, struct sip_span span)
{
	struct sip_span scheme = read_scheme(buf, span);

	*uri = (struct sip_uri){ .whole = span };
	if (!scheme.len || has_foreign_char(buf, span))
		return -EINVAL;
	if (sip_span_is_nocase(buf, scheme, "sip"))
		uri->scheme = SIP_SCHEME_SIP;
	else if (sip_span_is_nocase(buf, scheme, "sips"))
		uri->scheme = SIP_SCHEME_SIPS;
	else if (sip_span_is_nocase(buf, scheme, "tel"))
		uri->scheme = SIP_SCHEME_TEL;
	if (uri->scheme != SIP_SCHEME_SIP && uri->scheme != SIP_SCHEME_SIPS)
		return 0;
	return read_sip(uri, buf, sip_span_between(sip_span_end(scheme) + 1,
						   sip_span_end(span)));
}

uint16_t sip_uri_default_port(const struct sip_uri *uri)
{
	return uri->scheme == SIP_SCHEME_SIPS ? 5061 : 5060;
}

/* The offset behind the quoted string that begins at @at; @end if it has none. */
static uint32_t skip_quoted(const char *buf, uint32_t at, uint32_t end)
{
	for (at++; at < end && buf[at] != '"'; at++)
		if (buf[at] == '\\')
			at++;
	return at < end ? at + 1 : end;
}

/*
 * The offset of the `<` of a name-addr, @end for an addr-spec. A display name
 * without quotes should be tokens; whatever cannot begin a URI is let pass, for
 * names are written in every script.
 */
static uint32_t find_bracket(const char *buf, uint32_t at, uint32_t end)
{
	if (at < end && buf[at] == '"')
		at = skip_lws(buf, skip_quoted(buf, at, end), end);
	while (at < end && !sip_is_in(buf[at], "<:;\""))
		at++;
	return at < end && buf[at] == '<' ? at : end;
}

static int read_name_addr(struct sip_addr *addr, const char *buf,
			  struct sip_span value, uint32_t bracket)
{
	uint32_t end = sip_span_end(value), at;
	const char *close = memchr(buf + bracket, '>', end - bracket);

	if (!close)
		return -EINVAL;
	addr->bracketed = true;
	addr->display = sip_span_trim(buf, sip_span_between(value.off, bracket));
	at = (uint32_t)(close - buf);
	addr->uri = sip_span_trim(buf, sip_span_between(bracket + 1, at));
	at = skip_lws(buf, at + 1, end);
	if (at < end && buf[at] != ';')
		return -EINVAL;
	addr->params = sip_span_between(at, end);
	return 0;
}

static void read_addr_spec(struct sip_addr *addr, const char *buf,
			   struct sip_span value)
{
	const char *semicolon = memchr(buf + value.off, ';', value.len);
	uint32_t end = sip_span_end(value);
	uint32_t at = semicolon ? (uint32_t)(semicolon - buf) : end;

	addr->uri = sip_span_trim(buf, sip_span_between(value.off, at));
	addr->params = sip_span_between(at, end);
}

int sip_addr_parse(struct sip_addr *addr, const char *buf,
		   struct sip_span value)
{
	uint32_t bracket;
	int err = 0;

	value = sip_span_trim(buf, value);
	*addr = (struct sip_addr){ .params.off = sip_span_end(value) };
	if (sip_span_is(buf, value, "*")) {
		addr->star = true;
		return 0;
	}
	bracket = find_bracket(buf, value.off, sip_span_end(value));
	if (bracket < sip_span_end(value))
		err = read_name_addr(addr, buf, value, bracket);
	else
		read_addr_spec(addr, buf, value);
	return !err && addr->uri.len ? 0 : -EINVAL;
}
