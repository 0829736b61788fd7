/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Digest credentials (RFC 3261 22.4, RFC 8760), as far as they bear on the body.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_DIGEST_H
#define SIPFAST_DAEMON_SIP_DIGEST_H

#include <stdbool.h>

struct sip_msg;

/**
 * sip_digest_has_body() - do the message's credentials hold for this body only?
 *
 * With qop=auth-int the body is hashed with them: who changes a byte of it makes
 * them wrong.
 */
bool sip_digest_has_body(const struct sip_msg *msg);

#endif
