/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index of a session description (RFC 8866): where the lines stand that say
 * where media goes.
 *
 * A line scanner, not a parser: c=, m=, o= and the handful of attributes that
 * bear on transport are read, anything else is passed over, in any order, with
 * any line end, and whether or not lines are missing that the RFC demands. Spans
 * count from the first byte of the message that the description stands in, so
 * that its edits and the message's live in one list.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SDP_H
#define SIPFAST_DAEMON_SDP_H

#include <netinet/in.h>

#include "sip/span.h"

/** Bounds; a description beyond them is left as it is. */
#define SDP_MAX_MEDIA 32
#define SDP_MAX_LINE 8192
#define SDP_MAX_GROUPS 4

/**
 * enum sdp_host - what kind of host an address names
 * @SDP_HOST_NONE: there is none
 * @SDP_HOST_IP: one address
 * @SDP_HOST_HOLD: 0.0.0.0 or ::, an old way to put a call on hold; is kept
 * @SDP_HOST_MULTICAST: a group; is kept
 * @SDP_HOST_OTHER: a name, another network, or two that contradict each other;
 *	is kept
 */
enum sdp_host {
	SDP_HOST_NONE,
	SDP_HOST_IP,
	SDP_HOST_HOLD,
	SDP_HOST_MULTICAST,
	SDP_HOST_OTHER,
};

/**
 * struct sdp_address - the host of a c= or a=rtcp
 * @host: what kind
 * @family: AF_INET or AF_INET6 as its addrtype says, or AF_UNSPEC
 * @text: the host as written, without /ttl and /count
 * @value: all behind the "c=": "IN IP4 192.0.2.1"
 * @ip4: the address, where @host is not OTHER and @family is AF_INET
 * @ip6: likewise for AF_INET6
 */
struct sdp_address {
	enum sdp_host host;
	sa_family_t family;
	struct sip_span text;
	struct sip_span value;
	union {
		struct in_addr ip4;
		struct in6_addr ip6;
	};
};

/** enum sdp_direction - a=sendrecv and its like; media inherits the session's */
enum sdp_direction {
	SDP_UNSAID,
	SDP_SENDRECV,
	SDP_SENDONLY,
	SDP_RECVONLY,
	SDP_INACTIVE,
};

/**
 * enum sdp_proto - what an m-line's proto runs over
 * @SDP_PROTO_OTHER: not UDP, as far as we know: is kept
 * @SDP_PROTO_RTP: RTP in any profile, secured or not, over UDP
 * @SDP_PROTO_UDP: anything else over UDP: udptl, UDP/BFCP, UDP/DTLS/SCTP ...
 */
enum sdp_proto {
	SDP_PROTO_OTHER,
	SDP_PROTO_RTP,
	SDP_PROTO_UDP,
};

/**
 * struct sdp_rtcp - an a=rtcp line (RFC 3605)
 * @port: its digits; empty where there is no such line
 * @port_number: its number
 * @address: its host, or SDP_HOST_NONE where it says only the port
 */
struct sdp_rtcp {
	struct sip_span port;
	uint16_t port_number;
	struct sdp_address address;
};

/** Not in any BUNDLE group. */
#define SDP_NO_BUNDLE (-1)

/**
 * struct sdp_media - one m-line and the lines below it
 * @media: "audio", "video", "image" ...
 * @port: the digits of the port
 * @port_number: the port; 0 where the stream is rejected or bundled away
 * @n_ports: "40000/2" says 2, else 1
 * @proto: what it runs over
 * @proto_name: "RTP/AVP" ...
 * @formats: the formats behind it
 * @connection: its own c=; SDP_HOST_NONE where it takes the session's
 * @rtcp: its a=rtcp
 * @rtcp_mux: a=rtcp-mux
 * @direction: its own, or SDP_UNSAID where it takes the session's
 * @mid: a=mid, or empty
 * @bundle: number of the BUNDLE group that lists its mid, or SDP_NO_BUNDLE
 * @bundle_only: a=bundle-only
 * @n_candidates: number of a=candidate lines
 * @ice: a=candidate or a=ice-ufrag is there
 * @has_path: a=path is there (MSRP)
 * @connection_at: offset at which a c= line of its own would stand
 * @end: offset behind its last line
 */
struct sdp_media {
	struct sip_span media;
	struct sip_span port;
	uint16_t port_number;
	uint32_t n_ports;
	enum sdp_proto proto;
	struct sip_span proto_name;
	struct sip_span formats;
	struct sdp_address connection;
	struct sdp_rtcp rtcp;
	bool rtcp_mux;
	enum sdp_direction direction;
	struct sip_span mid;
	int bundle;
	bool bundle_only;
	unsigned int n_candidates;
	bool ice;
	bool has_path;
	uint32_t connection_at;
	uint32_t end;
};

/**
 * struct sdp - a session description
 * @buf: the message, borrowed; every span counts from here
 * @whole: the description
 * @eol: how its lines end, "\r\n", "\n" or "\r"
 * @session_id: of o=, or empty; o= is never edited, it tells what has changed
 * @session_version: of o=, or empty
 * @connection: the session's c=
 * @direction: the session's, or SDP_UNSAID
 * @ice: a=ice-ufrag or a=ice-lite stands at session level
 * @n_media: how many of @media count
 * @media: the m-lines in order
 */
struct sdp {
	const char *buf;
	struct sip_span whole;
	const char *eol;
	struct sip_span session_id;
	struct sip_span session_version;
	struct sdp_address connection;
	enum sdp_direction direction;
	bool ice;
	unsigned int n_media;
	struct sdp_media media[SDP_MAX_MEDIA];
};

/**
 * sdp_index() - note where things stand
 * @sdp: filled in
 * @buf: the message; has to stay as long as @sdp is used
 * @span: the description in it, as sip_mime_find_sdp() gives it
 *
 * Return: 0; -E2BIG beyond a bound; -EINVAL where an m-line cannot be read.
 * Then the description is to be left as it is.
 */
int sdp_index(struct sdp *sdp, const char *buf, struct sip_span span);

/** sdp_media_connection() - the c= that holds for @media: its own or the session's */
const struct sdp_address *sdp_media_connection(const struct sdp *sdp,
					       const struct sdp_media *media);

/** sdp_media_direction() - likewise its direction; sendrecv where none is said */
enum sdp_direction sdp_media_direction(const struct sdp *sdp,
				       const struct sdp_media *media);

/**
 * sdp_media_rtp() - where an m-line wants its media
 * @sdp: the description
 * @media: one of its m-lines
 * @address: set to address and port; the port may be 0
 *
 * Return: false where its host is none that can be sent to (SDP_HOST_IP).
 */
bool sdp_media_rtp(const struct sdp *sdp, const struct sdp_media *media,
		   struct sockaddr_storage *address);

/**
 * sdp_media_rtcp() - where an m-line wants its RTCP
 *
 * By a=rtcp, else on the next port (RFC 3550); on the same port where a=rtcp
 * says so. Whether a=rtcp-mux holds is the answer's matter, not asked here.
 *
 * Return: false likewise, and where the port is 0 or the last one.
 */
bool sdp_media_rtcp(const struct sdp *sdp, const struct sdp_media *media,
		    struct sockaddr_storage *address);

/** sdp_has_ice() - is ICE offered or answered anywhere in it? */
bool sdp_has_ice(const struct sdp *sdp);

#endif
