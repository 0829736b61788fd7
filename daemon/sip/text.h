/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Characters as the grammar of RFC 3261 section 25.1 classes them. Private to
 * sip/ and sdp/; the C library's own classes depend on the locale.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_TEXT_H
#define SIPFAST_DAEMON_SIP_TEXT_H

#include <stdbool.h>
#include <string.h>

static inline bool sip_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool sip_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool sip_is_hex(char c)
{
	return sip_is_digit(c) || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

static inline bool sip_is_eol(char c)
{
	return c == '\r' || c == '\n';
}

/* White space inside a header value; line ends only occur in folds there. */
static inline bool sip_is_lws(char c)
{
	return c == ' ' || c == '\t' || sip_is_eol(c);
}

/* strchr() also finds the terminating NUL, which is never in a set here. */
static inline bool sip_is_in(char c, const char *set)
{
	return c && strchr(set, c);
}

static inline bool sip_is_token(char c)
{
	return sip_is_alpha(c) || sip_is_digit(c) || sip_is_in(c, "-.!%*_+`'~");
}

static inline char sip_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

#endif
