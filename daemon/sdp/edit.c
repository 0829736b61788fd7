// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From places to edits: the session's c= first, then each m-line.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "sdp/edit.h"
#include "sip/text.h"

/** struct turn - one description on its way elsewhere */
struct turn {
	struct sip_edits *edits;
	const struct sdp *sdp;
	const struct sdp_place *places;
};

/** struct host - an address as SDP writes it: "IP4", "192.0.2.1" */
struct host {
	const char *type;
	char text[INET6_ADDRSTRLEN];
};

/* Longest line that is added: "a=rtcp:65535 IN IP6 ..." */
#define ADDED_LINE_LEN (INET6_ADDRSTRLEN + 24)

static struct host write_host(const struct sockaddr_storage *address)
{
	struct host host = { .type = "IP4" };

	if (address->ss_family == AF_INET6) {
		host.type = "IP6";
		inet_ntop(AF_INET6,
			  &((const struct sockaddr_in6 *)address)->sin6_addr,
			  host.text, sizeof(host.text));
	} else {
		inet_ntop(AF_INET,
			  &((const struct sockaddr_in *)address)->sin_addr,
			  host.text, sizeof(host.text));
	}
	return host;
}

static bool is_same_host(const struct sockaddr_storage *one,
			 const struct sockaddr_storage *other)
{
	const struct sockaddr_in6 *in6 = (const void *)one;
	const struct sockaddr_in6 *other_in6 = (const void *)other;
	const struct sockaddr_in *in = (const void *)one;
	const struct sockaddr_in *other_in = (const void *)other;

	if (one->ss_family != other->ss_family)
		return false;
	if (one->ss_family == AF_INET6)
		return !memcmp(&in6->sin6_addr, &other_in6->sin6_addr,
			       sizeof(in6->sin6_addr));
	return in->sin_addr.s_addr == other_in->sin_addr.s_addr;
}

static uint16_t port_of(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
	return ntohs(((const struct sockaddr_in *)address)->sin_port);
}

static bool has_own_connection(const struct sdp_media *media)
{
	return media->connection.host != SDP_HOST_NONE;
}

/*
 * Does m-line @i go elsewhere? A block of ports cannot, nor can what c= names
 * otherwise than by one address of the family that is to be written.
 */
static bool is_moved(const struct turn *turn, unsigned int i)
{
	const struct sdp_media *media = &turn->sdp->media[i];
	const struct sdp_address *connection =
		sdp_media_connection(turn->sdp, media);

	return turn->places[i].mapped && media->n_ports == 1 &&
	       (connection->host == SDP_HOST_IP ||
		connection->host == SDP_HOST_HOLD) &&
	       connection->family == turn->places[i].rtp.ss_family;
}

/* Put @text where @old stands, unless it stands there already. */
static int replace(const struct turn *turn, struct sip_span old,
		   const char *text)
{
	if (sip_span_is(turn->sdp->buf, old, text))
		return 0;
	return sip_edit_replace(turn->edits, old, text, strlen(text));
}

static int replace_port(const struct turn *turn, struct sip_span old,
			const struct sockaddr_storage *address)
{
	char text[8];

	snprintf(text, sizeof(text), "%u", port_of(address));
	return replace(turn, old, text);
}

/* Add a line at offset @at, where the last line of all may have no end. */
static int insert_line(const struct turn *turn, uint32_t at, const char *line,
		       size_t len)
{
	const char *eol = turn->sdp->eol;
	bool ended = sip_is_eol(turn->sdp->buf[at - 1]);
	int err = 0;

	if (!ended)
		err = sip_edit_insert(turn->edits, at, eol, strlen(eol));
	if (!err)
		err = sip_edit_insert(turn->edits, at, line, len);
	if (!err && ended)
		err = sip_edit_insert(turn->edits, at, eol, strlen(eol));
	return err;
}

static int insert_connection(const struct turn *turn,
			     const struct sdp_media *media,
			     const struct host *host)
{
	char line[ADDED_LINE_LEN];
	int len = snprintf(line, sizeof(line), "c=IN %s %s", host->type,
			   host->text);

	return insert_line(turn, media->connection_at, line, (size_t)len);
}

/* The session's own c= as a line of @media's, for what does not move with it. */
static int keep_connection(const struct turn *turn,
			   const struct sdp_media *media)
{
	struct sip_span value = turn->sdp->connection.value;

	return insert_line(turn, media->connection_at,
			   turn->sdp->buf + value.off - 2, value.len + 2);
}

/*
 * Whose host the session's c= is to name: that of the first m-line that moves
 * and has no c= of its own. Where no living m-line depends on the session's c=,
 * it follows an m-line that names the same host, lest it tell what is hidden.
 *
 * Return: number of the m-line, or -1 where the session's c= stays.
 */
static int find_leader(const struct turn *turn)
{
	const struct sdp *sdp = turn->sdp;
	bool depended_on = false;
	unsigned int i;

	if (sdp->connection.host != SDP_HOST_IP)
		return -1;
	for (i = 0; i < sdp->n_media; i++) {
		if (has_own_connection(&sdp->media[i]))
			continue;
		if (is_moved(turn, i))
			return (int)i;
		depended_on |= sdp->media[i].port_number != 0;
	}
	for (i = 0; i < sdp->n_media && !depended_on; i++)
		if (is_moved(turn, i) &&
		    sip_span_equal(sdp->buf, sdp->media[i].connection.text,
				   sdp->buf, sdp->connection.text))
			return (int)i;
	return -1;
}

/*
 * One session c= serves many m-lines (sip-alg C1): those that need another host
 * than the leader's get a c= of their own.
 */
static int edit_session(const struct turn *turn)
{
	const struct sdp *sdp = turn->sdp;
	int err, leader = find_leader(turn);
	struct host session, host;
	unsigned int i;

	if (leader < 0)
		return 0;
	session = write_host(&turn->places[leader].rtp);
	err = replace(turn, sdp->connection.text, session.text);
	for (i = 0; i < sdp->n_media && !err; i++) {
		if (has_own_connection(&sdp->media[i]))
			continue;
		if (is_moved(turn, i)) {
			if (is_same_host(&turn->places[i].rtp,
					 &turn->places[leader].rtp))
				continue;
			host = write_host(&turn->places[i].rtp);
			err = insert_connection(turn, &sdp->media[i], &host);
		} else if (sdp->media[i].port_number) {
			err = keep_connection(turn, &sdp->media[i]);
		}
	}
	return err;
}

/* An a=rtcp that is there follows its RTCP, in the form it has. */
static int edit_rtcp(const struct turn *turn, const struct sdp_rtcp *rtcp,
		     const struct sdp_place *place)
{
	struct host host = write_host(&place->rtcp);
	char text[ADDED_LINE_LEN];
	int err;

	switch (rtcp->address.host) {
	case SDP_HOST_NONE:
		if (is_same_host(&place->rtcp, &place->rtp))
			return replace_port(turn, rtcp->port, &place->rtcp);
		snprintf(text, sizeof(text), "%u IN %s %s",
			 port_of(&place->rtcp), host.type, host.text);
		return replace(turn, rtcp->port, text);
	case SDP_HOST_HOLD:
		return replace_port(turn, rtcp->port, &place->rtcp);
	case SDP_HOST_IP:
		if (rtcp->address.family != place->rtcp.ss_family)
			return 0;
		err = replace_port(turn, rtcp->port, &place->rtcp);
		return err ? err : replace(turn, rtcp->address.text, host.text);
	default:
		return 0;
	}
}

/* RFC 3605: where RTCP is not on the port behind RTP's, the peer is told. */
static int insert_rtcp(const struct turn *turn, const struct sdp_media *media,
		       const struct sdp_place *place)
{
	char line[ADDED_LINE_LEN];
	struct host host;
	int len;

	if (port_of(&place->rtcp) == port_of(&place->rtp) + 1 &&
	    is_same_host(&place->rtcp, &place->rtp))
		return 0;
	host = write_host(&place->rtcp);
	if (sdp_media_connection(turn->sdp, media)->host == SDP_HOST_HOLD)
		len = snprintf(line, sizeof(line), "a=rtcp:%u",
			       port_of(&place->rtcp));
	else
		len = snprintf(line, sizeof(line), "a=rtcp:%u IN %s %s",
			       port_of(&place->rtcp), host.type, host.text);
	return insert_line(turn, media->end, line, (size_t)len);
}

static int edit_media(const struct turn *turn, unsigned int i)
{
	const struct sdp_media *media = &turn->sdp->media[i];
	const struct sdp_place *place = &turn->places[i];
	int err = 0;

	if (!is_moved(turn, i))
		return 0;
	if (media->connection.host == SDP_HOST_IP)
		err = replace(turn, media->connection.text,
			      write_host(&place->rtp).text);
	if (err || !media->port_number)	/* rejected, or bundled away */
		return err;
	err = replace_port(turn, media->port, &place->rtp);
	if (err || place->rtcp.ss_family == AF_UNSPEC)
		return err;
	if (media->rtcp.port.len)
		return edit_rtcp(turn, &media->rtcp, place);
	if (media->proto == SDP_PROTO_RTP && !media->rtcp_mux)
		return insert_rtcp(turn, media, place);
	return 0;
}

int sdp_edit(struct sip_edits *edits, const struct sdp *sdp,
	     const struct sdp_place *places)
{
	struct turn turn = { .edits = edits, .sdp = sdp, .places = places };
	unsigned int i;
	int err;

	err = edit_session(&turn);
	for (i = 0; i < sdp->n_media && !err; i++)
		err = edit_media(&turn, i);
	return err;
}
