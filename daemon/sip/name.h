/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names we know of header fields. Private to sip/.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_NAME_H
#define SIPFAST_DAEMON_SIP_NAME_H

#include "sip/msg.h"

/**
 * sip_header_read() - which header is this?
 *
 * The whole name has to fit, or the whole compact name; case does not matter
 * (RFC 3261 sections 7.3.1 and 7.3.3).
 */
enum sip_header sip_header_read(const char *buf, struct sip_span name);

#endif
