/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One Via value, taken apart into spans (RFC 3261 section 20.42, RFC 3581).
 *
 * White space and folds may stand around each separator (RFC 4475 3.1.1.1).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_VIA_H
#define SIPFAST_DAEMON_SIP_VIA_H

#include "sip/span.h"

/**
 * struct sip_via - one Via value
 * @transport: "UDP", "TCP" ... as written
 * @host: sent-by host; an IPv6 reference with its brackets
 * @port: sent-by port, or empty
 * @port_number: 1..65535, or 0 where there is none
 * @sent_by: host, colon and port: what is replaced to move the Via elsewhere
 * @params: all parameters, `;name=value ...`, or empty
 * @branch: its value, or empty
 * @received: its value (IPv6 with or without brackets), or empty
 * @maddr: its value, or empty
 * @has_rport: rport is there, with a value or without
 * @rport: its value, or empty
 * @rport_param: all of the parameter, "rport" or "rport=5060"
 */
struct sip_via {
	struct sip_span transport;
	struct sip_span host;
	struct sip_span port;
	uint16_t port_number;
	struct sip_span sent_by;
	struct sip_span params;
	struct sip_span branch;
	struct sip_span received;
	struct sip_span maddr;
	bool has_rport;
	struct sip_span rport;
	struct sip_span rport_param;
};

/**
 * sip_via_parse() - take one Via value apart
 * @via: filled in
 * @buf: message
 * @value: one value, as sip_values_next() and sip_msg_top_via() give them
 *
 * Return: 0; -EINVAL where it is none.
 */
int sip_via_parse(struct sip_via *via, const char *buf, struct sip_span value);

#endif
