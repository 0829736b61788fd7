/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can become of a message, or of a value in it, each with a name, a count
 * and words for a person.
 *
 * One list makes the struct, the names, the keys of the control socket and what
 * "why" says (journal.h): whoever adds a line here has added it everywhere.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_COUNTERS_H
#define SIPFAST_DAEMON_ALG_COUNTERS_H

#include <stdint.h>

/* name, what it says */
#define ALG_TRAFFIC(X)							\
	X(lan_datagrams, "datagrams from phones")			\
	X(wan_datagrams, "datagrams from outside")			\
	X(requests_out, "requests of phones sent on")			\
	X(requests_in, "requests from outside sent on")			\
	X(responses_out, "responses of phones sent on")			\
	X(responses_in, "responses from outside sent on")		\
	X(not_sip, "no SIP: forwarded as it came")			\
	X(no_egress, "not ours to send: forwarded as it came")		\
	X(send_failed, "datagrams that could not be sent")

/* What is written anew, and why. */
#define ALG_CHANGES(X)							\
	X(vias_mapped, "its answers are to come to the public port that stands for the phone") \
	X(vias_restored, "the phone gets its own Via back, as if no NAT were there") \
	X(values_mapped, "it names a phone here, which the world reaches at its public port") \
	X(values_restored, "it names the phone's public port; the phone gets its own bytes back") \
	X(media_mapped, "media for a LAN host comes to a public port")	\
	X(media_mirrored, "media for the peer goes to this gateway (media = anchor-both)") \
	X(ice_stripped, "ICE is not for the peer: media is relayed here (ice = anchor)") \
	X(ice_inserted, "the public port is offered as a candidate, too (ice = insert)")

/* What stays as it came, and why. */
#define ALG_LEFT(X)							\
	X(vias_doubted, "left alone: without a topmost Via that can be read no answer comes back") \
	X(values_unread, "left alone: it cannot be read")		\
	X(values_doubted, "left alone: two parsers read it differently") \
	X(values_foreign, "left alone: it names no phone here")		\
	X(ports_refused, "left alone: it names a port that is no phone's") \
	X(edits_left, "left alone: more would have to be changed than can be") \
	X(bodies_left, "left alone: a body without plain SDP")		\
	X(sdp_several, "left alone: several SDPs, and nobody knows which counts") \
	X(sdp_left, "left alone: an SDP that cannot be read")		\
	X(credentials_broken, "left alone: credentials for the body as it was") \
	X(sdp_signed, "left alone: credentials hold for this very body") \
	X(sdp_idle, "left alone: an SDP that is neither offer nor answer of a call") \
	X(media_rejected, "left alone: a stream that is off (port 0)")	\
	X(media_ice, "left alone: its host uses ICE (ice = pass)")	\
	X(media_foreign, "left alone: its address is no LAN host's")	\
	X(media_public, "left alone: its address is our own already")	\
	X(media_named, "left alone: its address is a name")		\
	X(media_multicast, "left alone: its address is a multicast group") \
	X(media_family, "left alone: its address is of another family")	\
	X(media_ranged, "left alone: it wants a block of ports")	\
	X(media_no_udp, "left alone: it does not run over UDP")		\
	X(media_held, "left alone: it is on hold and has had no port yet")

/* What ends here, and why. */
#define ALG_REFUSED(X)							\
	X(rejected_malformed, "requests answered 400: malformed")	\
	X(rejected_too_large, "requests answered 513: too large, or too much to change") \
	X(rejected_no_ports, "requests answered 503: no port was free")	\
	X(rejected_flood, "requests answered 503: too many of one LAN host") \
	X(rejected_media, "requests answered 503: the kernel refused the media") \
	X(rejected_unreachable, "requests answered 503: no connection leads to the phone") \
	X(dropped_malformed, "malformed messages dropped: none that can be answered") \
	X(dropped_stranger, "datagrams of strangers dropped")		\
	X(dropped_flood, "datagrams of LAN hosts dropped: too many of one") \
	X(dropped_crowd, "datagrams of strangers dropped: too many")	\
	X(answers_withheld, "answers of our own not given: too many")	\
	X(dropped_no_endpoint, "datagrams dropped: no port for the phone")

#define ALG_COUNTERS(X)							\
	ALG_TRAFFIC(X) ALG_CHANGES(X) ALG_LEFT(X) ALG_REFUSED(X)

/** enum alg_why - a counter by its number */
enum alg_why {
#define X(name, text) ALG_WHY_##name,
	ALG_COUNTERS(X)
#undef X
	ALG_N_WHYS,
};

/** struct alg_counters - the counts, by name and by number */
struct alg_counters {
	union {
		struct {
#define X(name, text) uint64_t name;
			ALG_COUNTERS(X)
#undef X
		};
		uint64_t by_why[ALG_N_WHYS];
	};
};

#endif
