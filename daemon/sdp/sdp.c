// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The line scanner: each line by its letter, into the section it stands in.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "sdp/sdp.h"
#include "sip/line.h"

/**
 * struct scan - where the scanner has got to
 * @sdp: what is filled in
 * @media: the m-line whose section this is, NULL at session level
 * @n_groups: how many of @groups count
 * @groups: mids of the BUNDLE groups
 */
struct scan {
	struct sdp *sdp;
	struct sdp_media *media;
	unsigned int n_groups;
	struct sip_span groups[SDP_MAX_GROUPS];
};

/* Take the next word, up to blanks, off @left; empty at the end. */
static struct sip_span take_word(const char *buf, struct sip_span *left)
{
	uint32_t end = sip_span_end(*left), at = left->off;
	struct sip_span word;

	while (at < end && sip_is_lws(buf[at]))
		at++;
	word.off = at;
	while (at < end && !sip_is_lws(buf[at]))
		at++;
	word.len = at - word.off;
	*left = sip_span_between(at, end);
	return word;
}

/* The part of @span before the first @mark, all of it where there is none. */
static struct sip_span up_to(const char *buf, struct sip_span span, char mark)
{
	const char *found = memchr(buf + span.off, mark, span.len);

	if (found)
		span.len = (uint32_t)(found - buf) - span.off;
	return span;
}

static enum sdp_host classify_ip4(struct in_addr ip4)
{
	if (ip4.s_addr == htonl(INADDR_ANY))
		return SDP_HOST_HOLD;
	return IN_MULTICAST(ntohl(ip4.s_addr)) ? SDP_HOST_MULTICAST :
						 SDP_HOST_IP;
}

static enum sdp_host classify_ip6(const struct in6_addr *ip6)
{
	if (IN6_IS_ADDR_UNSPECIFIED(ip6))
		return SDP_HOST_HOLD;
	return IN6_IS_ADDR_MULTICAST(ip6) ? SDP_HOST_MULTICAST : SDP_HOST_IP;
}

/* The kind of host that @address->text names; its number goes into @address. */
static enum sdp_host read_host(const char *buf, struct sdp_address *address)
{
	char text[INET6_ADDRSTRLEN];

	if (address->text.len >= sizeof(text))
		return SDP_HOST_OTHER;
	memcpy(text, buf + address->text.off, address->text.len);
	text[address->text.len] = '\0';
	if (address->family == AF_INET &&
	    inet_pton(AF_INET, text, &address->ip4) == 1)
		return classify_ip4(address->ip4);
	if (address->family == AF_INET6 &&
	    inet_pton(AF_INET6, text, &address->ip6) == 1)
		return classify_ip6(&address->ip6);
	return SDP_HOST_OTHER;
}

/* nettype SP addrtype SP address [/ttl[/count]] */
static struct sdp_address read_address(const char *buf, struct sip_span value)
{
	struct sdp_address address = { .host = SDP_HOST_OTHER, .value = value };
	struct sip_span net = take_word(buf, &value);
	struct sip_span type = take_word(buf, &value);
	struct sip_span host = take_word(buf, &value);

	address.text = up_to(buf, host, '/');
	if (!sip_span_is_nocase(buf, net, "IN"))
		return address;
	if (sip_span_is_nocase(buf, type, "IP4"))
		address.family = AF_INET;
	else if (sip_span_is_nocase(buf, type, "IP6"))
		address.family = AF_INET6;
	address.host = read_host(buf, &address);
	return address;
}

/* RFC 8866 5.7 allows several c= for layered multicast; what counts is unclear. */
static void scan_connection(struct scan *scan, struct sip_span value)
{
	struct sdp_address *connection = scan->media ?
		&scan->media->connection : &scan->sdp->connection;
	bool again = connection->host != SDP_HOST_NONE;

	*connection = read_address(scan->sdp->buf, value);
	if (again)
		connection->host = SDP_HOST_OTHER;
}

/* username SP sess-id SP sess-version ... */
static void scan_origin(struct scan *scan, struct sip_span value)
{
	const char *buf = scan->sdp->buf;

	take_word(buf, &value);
	scan->sdp->session_id = take_word(buf, &value);
	scan->sdp->session_version = take_word(buf, &value);
}

/* Does proto name @word between its slashes? */
static bool proto_has(const char *buf, struct sip_span proto, const char *word)
{
	struct sip_span part;

	for (;;) {
		part = up_to(buf, proto, '/');
		if (sip_span_is_nocase(buf, part, word))
			return true;
		if (part.len == proto.len)
			return false;
		proto = sip_span_between(sip_span_end(part) + 1,
					 sip_span_end(proto));
	}
}

static enum sdp_proto read_proto(const char *buf, struct sip_span proto)
{
	if (proto_has(buf, proto, "TCP"))
		return SDP_PROTO_OTHER;
	if (proto_has(buf, proto, "RTP"))
		return SDP_PROTO_RTP;
	if (proto_has(buf, proto, "udptl") || proto_has(buf, proto, "UDP") ||
	    sip_span_is_nocase(buf, proto, "DTLS/SCTP"))
		return SDP_PROTO_UDP;
	return SDP_PROTO_OTHER;
}

/* media SP port ["/" count] SP proto SP formats */
static int scan_media(struct scan *scan, struct sip_line line,
		      struct sip_span value)
{
	struct sdp *sdp = scan->sdp;
	const char *buf = sdp->buf;
	struct sdp_media *media;
	struct sip_span port;
	uint32_t number;

	if (sdp->n_media == SDP_MAX_MEDIA)
		return -E2BIG;
	media = scan->media = &sdp->media[sdp->n_media++];
	*media = (struct sdp_media){ .n_ports = 1, .bundle = SDP_NO_BUNDLE };
	media->media = take_word(buf, &value);
	port = take_word(buf, &value);
	media->proto_name = take_word(buf, &value);
	media->proto = read_proto(buf, media->proto_name);
	media->formats = sip_span_trim(buf, value);
	media->connection_at = line.next;
	media->port = up_to(buf, port, '/');
	if (!media->proto_name.len ||
	    sip_span_number(buf, media->port, UINT16_MAX, &number))
		return -EINVAL;
	media->port_number = (uint16_t)number;
	if (media->port.len < port.len &&
	    sip_span_number(buf, sip_span_between(sip_span_end(media->port) + 1,
						  sip_span_end(port)),
			    UINT16_MAX, &media->n_ports))
		return -EINVAL;
	return 0;
}

/* port [SP nettype SP addrtype SP address] (RFC 3605) */
static void scan_rtcp(struct scan *scan, struct sip_span value)
{
	const char *buf = scan->sdp->buf;
	struct sip_span port = take_word(buf, &value);
	struct sdp_rtcp *rtcp = &scan->media->rtcp;
	uint32_t number;

	if (rtcp->port.len || sip_span_number(buf, port, UINT16_MAX, &number))
		return;
	rtcp->port = port;
	rtcp->port_number = (uint16_t)number;
	value = sip_span_trim(buf, value);
	if (value.len)
		rtcp->address = read_address(buf, value);
}

/* The direction that attribute @name says, or SDP_UNSAID. */
static enum sdp_direction read_direction(const char *buf, struct sip_span name)
{
	static const char *const names[] = {
		[SDP_SENDRECV] = "sendrecv", [SDP_SENDONLY] = "sendonly",
		[SDP_RECVONLY] = "recvonly", [SDP_INACTIVE] = "inactive",
	};
	enum sdp_direction direction;

	for (direction = SDP_SENDRECV; direction <= SDP_INACTIVE; direction++)
		if (sip_span_is_nocase(buf, name, names[direction]))
			return direction;
	return SDP_UNSAID;
}

static void scan_session_attribute(struct scan *scan, struct sip_span name,
				   struct sip_span value)
{
	const char *buf = scan->sdp->buf;

	if (sip_span_is(buf, name, "group")) {
		if (sip_span_is_nocase(buf, take_word(buf, &value), "BUNDLE") &&
		    scan->n_groups < SDP_MAX_GROUPS)
			scan->groups[scan->n_groups++] = value;
	} else if (sip_span_is(buf, name, "ice-ufrag") ||
		   sip_span_is(buf, name, "ice-lite")) {
		scan->sdp->ice = true;
	}
}

static void scan_media_attribute(struct scan *scan, struct sip_span name,
				 struct sip_span value)
{
	struct sdp_media *media = scan->media;
	const char *buf = scan->sdp->buf;

	if (sip_span_is(buf, name, "rtcp")) {
		scan_rtcp(scan, value);
	} else if (sip_span_is(buf, name, "rtcp-mux")) {
		media->rtcp_mux = true;
	} else if (sip_span_is(buf, name, "mid")) {
		media->mid = take_word(buf, &value);
	} else if (sip_span_is(buf, name, "bundle-only")) {
		media->bundle_only = true;
	} else if (sip_span_is(buf, name, "candidate")) {
		media->n_candidates++;
		media->ice = true;
	} else if (sip_span_is(buf, name, "ice-ufrag")) {
		media->ice = true;
	} else if (sip_span_is(buf, name, "path")) {
		media->has_path = true;
	}
}

/* name [":" value] */
static void scan_attribute(struct scan *scan, struct sip_span text)
{
	const char *buf = scan->sdp->buf;
	struct sip_span name = up_to(buf, text, ':'), value = { 0 };
	enum sdp_direction direction;

	if (name.len < text.len)
		value = sip_span_between(sip_span_end(name) + 1,
					 sip_span_end(text));
	name = sip_span_trim(buf, name);
	direction = read_direction(buf, name);
	if (direction != SDP_UNSAID && scan->media)
		scan->media->direction = direction;
	else if (direction != SDP_UNSAID)
		scan->sdp->direction = direction;
	else if (scan->media)
		scan_media_attribute(scan, name, value);
	else
		scan_session_attribute(scan, name, value);
}

static int scan_line(struct scan *scan, struct sip_line line)
{
	const char *buf = scan->sdp->buf;
	struct sip_span value;
	int err = 0;

	if (line.text.len > SDP_MAX_LINE)
		return -E2BIG;
	if (line.text.len >= 2 && buf[line.text.off + 1] == '=') {
		value = sip_span_between(line.text.off + 2,
					 sip_span_end(line.text));
		switch (buf[line.text.off]) {
		case 'o':
			scan_origin(scan, value);
			break;
		case 'm':
			err = scan_media(scan, line, value);
			break;
		case 'i':
			if (scan->media)
				scan->media->connection_at = line.next;
			break;
		case 'c':
			scan_connection(scan, value);
			break;
		case 'a':
			scan_attribute(scan, value);
			break;
		}
	}
	if (scan->media)
		scan->media->end = line.next;
	return err;
}

/* Number the groups; a mid belongs to the first that lists it (RFC 9143). */
static void join_groups(struct scan *scan)
{
	struct sdp *sdp = scan->sdp;
	struct sip_span mid, left;
	struct sdp_media *media;
	unsigned int group, n;

	for (group = 0; group < scan->n_groups; group++) {
		left = scan->groups[group];
		for (n = 0; n < SDP_MAX_MEDIA; n++) {
			mid = take_word(sdp->buf, &left);
			if (!mid.len)
				break;
			for (media = sdp->media;
			     media < sdp->media + sdp->n_media; media++)
				if (media->bundle == SDP_NO_BUNDLE &&
				    sip_span_equal(sdp->buf, media->mid,
						   sdp->buf, mid))
					media->bundle = (int)group;
		}
	}
}

/* How the lines of @span end; as the RFC has it where none does. */
static const char *read_eol(const char *buf, struct sip_span span)
{
	struct sip_line line = sip_line_read(buf, span.off, sip_span_end(span));

	if (!line.ended || line.next - sip_span_end(line.text) == 2)
		return "\r\n";
	return buf[sip_span_end(line.text)] == '\n' ? "\n" : "\r";
}

int sdp_index(struct sdp *sdp, const char *buf, struct sip_span span)
{
	struct scan scan = { .sdp = sdp };
	uint32_t at = span.off;
	struct sip_line line;
	int err;

	sdp->buf = buf;
	sdp->whole = span;
	sdp->eol = read_eol(buf, span);
	sdp->session_id = sdp->session_version = (struct sip_span){ 0 };
	sdp->connection = (struct sdp_address){ .host = SDP_HOST_NONE };
	sdp->direction = SDP_UNSAID;
	sdp->ice = false;
	sdp->n_media = 0;
	while (at < sip_span_end(span)) {
		line = sip_line_read(buf, at, sip_span_end(span));
		err = scan_line(&scan, line);
		if (err)
			return err;
		at = line.next;
	}
	join_groups(&scan);
	return 0;
}
