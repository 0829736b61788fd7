// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ICE in a session description: taking it out, or joining it.
 *
 * The index only says that there is ICE. Who asks for more walks the lines once
 * again, which few descriptions need.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "sdp/ice.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "sip/line.h"
#include "sip/text.h"

/* A candidate's base is its address, and it is the only one of this server. */
#define FOUNDATION "sipfast"

#define COMPONENT_RTP	1
#define COMPONENT_RTCP	2

/* RFC 8445 5.1.2.1: type preference 126 of a host, the highest of the rest */
#define HOST_PRIORITY ((126u << 24) + (65535u << 8))

/* RFC 8445 5.1.2: the highest there is */
#define MAX_PRIORITY ((1u << 31) - 1)

#define CANDIDATE_LEN (INET6_ADDRSTRLEN + 64)

/* The name of the attribute that @text is a line of; empty where it is none. */
static struct sip_span attribute_name(const char *buf, struct sip_span text)
{
	const char *colon;

	if (text.len < 2 || buf[text.off] != 'a' || buf[text.off + 1] != '=')
		return (struct sip_span){ 0 };
	text = sip_span_between(text.off + 2, sip_span_end(text));
	colon = memchr(buf + text.off, ':', text.len);
	if (colon)
		text.len = (uint32_t)(colon - buf) - text.off;
	return sip_span_trim(buf, text);
}

static bool is_ice(const char *buf, struct sip_span text)
{
	static const char *const names[] = {
		"candidate", "ice-ufrag", "ice-pwd", "ice-options", "ice-lite",
		"ice-mismatch", "ice-pacing", "remote-candidates",
		"end-of-candidates",
	};
	struct sip_span name = attribute_name(buf, text);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sip_span_is(buf, name, names[i]))
			return true;
	return false;
}

/*
 * A run of lines goes as one edit. Where the last line of all has no end and is
 * among them, the line before it gives up its own.
 */
static int cut(struct sip_edits *edits, const struct sdp *sdp, uint32_t from,
	       uint32_t to)
{
	if (to > from && !sip_is_eol(sdp->buf[to - 1])) {
		if (from > sdp->whole.off && sdp->buf[from - 1] == '\n')
			from--;
		if (from > sdp->whole.off && sdp->buf[from - 1] == '\r')
			from--;
	}
	return sip_edit_replace(edits, sip_span_between(from, to), "", 0);
}

int sdp_ice_strip(struct sip_edits *edits, const struct sdp *sdp)
{
	uint32_t at = sdp->whole.off, end = sip_span_end(sdp->whole);
	uint32_t from = at;
	struct sip_line line;
	int err = 0;

	for (; at < end && !err; at = line.next) {
		line = sip_line_read(sdp->buf, at, end);
		if (is_ice(sdp->buf, line.text))
			continue;
		err = cut(edits, sdp, from, at);
		from = line.next;
	}
	return err ? err : cut(edits, sdp, from, end);
}

/**
 * struct candidates - what is known of an m-line's candidates of one component
 * @n: how many there are
 * @at: offset of the first candidate line of any component; 0 is nowhere
 * @priority: the highest
 */
struct candidates {
	unsigned int n;
	uint32_t at;
	uint32_t priority;
};

static struct sip_span word(const char *buf, struct sip_span *left)
{
	uint32_t end = sip_span_end(*left), at = left->off, from;

	while (at < end && sip_is_lws(buf[at]))
		at++;
	for (from = at; at < end && !sip_is_lws(buf[at]); at++)
		;
	*left = sip_span_between(at, end);
	return sip_span_between(from, at);
}

/* foundation SP component SP transport SP priority ... (RFC 8839 5.1) */
static void read_candidate(const char *buf, struct sip_span text,
			   unsigned int component, struct candidates *known)
{
	struct sip_span name = attribute_name(buf, text), left;
	uint32_t number, priority;

	if (!sip_span_is(buf, name, "candidate"))
		return;
	if (!known->at)
		known->at = text.off;
	left = sip_span_between(sip_span_end(name) + 1, sip_span_end(text));
	word(buf, &left);
	if (sip_span_number(buf, word(buf, &left), 256, &number) ||
	    number != component)
		return;
	known->n++;
	word(buf, &left);
	if (!sip_span_number(buf, word(buf, &left), MAX_PRIORITY, &priority) &&
	    priority > known->priority)
		known->priority = priority;
}

static struct candidates read_candidates(const struct sdp *sdp,
					 const struct sdp_media *media,
					 unsigned int component)
{
	struct candidates known = { 0 };
	uint32_t at = media->connection_at;
	struct sip_line line;

	for (; at < media->end; at = line.next) {
		line = sip_line_read(sdp->buf, at, media->end);
		read_candidate(sdp->buf, line.text, component, &known);
	}
	return known;
}

/* That of a host, or the next above what is there: ours is to be tried first. */
static uint32_t priority_above(const struct candidates *known,
			       unsigned int component)
{
	uint32_t priority = HOST_PRIORITY + 256 - component;

	if (known->priority >= priority)
		priority = known->priority < MAX_PRIORITY ?
			   known->priority + 1 : MAX_PRIORITY;
	return priority;
}

static void write_candidate(const struct candidates *known,
			    unsigned int component,
			    const struct sockaddr_storage *place,
			    char line[CANDIDATE_LEN])
{
	const struct sockaddr_in6 *in6 = (const void *)place;
	const struct sockaddr_in *in = (const void *)place;
	bool is_ip6 = place->ss_family == AF_INET6;
	char host[INET6_ADDRSTRLEN];

	if (is_ip6)
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
	else
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
	snprintf(line, CANDIDATE_LEN,
		 "a=candidate:" FOUNDATION " %u UDP %u %s %u typ host",
		 component, priority_above(known, component), host,
		 ntohs(is_ip6 ? in6->sin6_port : in->sin_port));
}

/* Before the others; behind all where there are none, and the end may be none. */
static int insert(struct sip_edits *edits, const struct sdp *sdp,
		  const struct sdp_media *media, uint32_t at, const char *line)
{
	bool ended = true;
	int err = 0;

	if (!at) {
		at = media->end;
		ended = sip_is_eol(sdp->buf[at - 1]);
	}
	if (!ended)
		err = sip_edit_insert(edits, at, sdp->eol, strlen(sdp->eol));
	if (!err)
		err = sip_edit_insert(edits, at, line, strlen(line));
	if (!err && ended)
		err = sip_edit_insert(edits, at, sdp->eol, strlen(sdp->eol));
	return err;
}

static int join(struct sip_edits *edits, const struct sdp *sdp,
		const struct sdp_media *media, const struct sdp_place *place)
{
	struct candidates known = read_candidates(sdp, media, COMPONENT_RTP);
	char line[CANDIDATE_LEN];
	int err;

	write_candidate(&known, COMPONENT_RTP, &place->rtp, line);
	err = insert(edits, sdp, media, known.at, line);
	if (err || place->rtcp.ss_family == AF_UNSPEC)
		return err;
	known = read_candidates(sdp, media, COMPONENT_RTCP);
	if (!known.n)
		return 0;
	write_candidate(&known, COMPONENT_RTCP, &place->rtcp, line);
	return insert(edits, sdp, media, known.at, line);
}

int sdp_ice_insert(struct sip_edits *edits, const struct sdp *sdp,
		   const struct sdp_place *places)
{
	const struct sdp_media *media;
	unsigned int i;
	int err = 0;

	for (i = 0; i < sdp->n_media && !err; i++) {
		media = &sdp->media[i];
		if (places[i].mapped && media->port_number &&
		    (sdp->ice || media->ice) &&
		    sdp_media_connection(sdp, media)->host == SDP_HOST_IP)
			err = join(edits, sdp, media, &places[i]);
	}
	return err;
}
