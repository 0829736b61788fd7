/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can become of a message, each with a name and a count.
 *
 * One list makes the struct, the table of names and so the keys of the control
 * socket: whoever adds a line here has added it everywhere.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_COUNTERS_H
#define SIPFAST_DAEMON_ALG_COUNTERS_H

#include <stdint.h>

/* name, what it says */
#define ALG_COUNTERS(X)							\
	X(lan_datagrams, "datagrams from phones")			\
	X(wan_datagrams, "datagrams from outside")			\
	X(requests_out, "requests of phones sent on")			\
	X(requests_in, "requests from outside sent on")			\
	X(responses_out, "responses of phones sent on")			\
	X(responses_in, "responses from outside sent on")		\
	X(not_sip, "no SIP: forwarded as it came")			\
	X(no_egress, "not ours to send: forwarded as it came")		\
	X(values_doubted, "values left alone: not understood, or not by both parsers") \
	X(ports_refused, "values left alone: they name a port that is no phone's") \
	X(sdp_left, "bodies left alone: not ours, or not understood")	\
	X(rejected_malformed, "requests answered 400")			\
	X(rejected_too_large, "requests answered 513")		\
	X(rejected_no_ports, "requests answered 503: no port was free")	\
	X(rejected_media, "requests answered 503: the kernel refused")	\
	X(rejected_unreachable, "requests answered 503: no connection leads to the phone") \
	X(dropped_malformed, "malformed messages dropped: none that can be answered")		\
	X(dropped_stranger, "datagrams of strangers dropped")		\
	X(dropped_no_endpoint, "datagrams dropped: no port for the phone") \
	X(send_failed, "datagrams that could not be sent")

struct alg_counters {
#define X(name, text) uint64_t name;
	ALG_COUNTERS(X)
#undef X
};

#endif
