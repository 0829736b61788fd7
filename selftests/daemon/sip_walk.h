/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a message as far as it can be read, whatever it is: for the corpus,
 * the torture messages and the fuzzers, which know no expected values, but know
 * what has to hold for any.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_SELFTESTS_SIP_WALK_H
#define SIPFAST_SELFTESTS_SIP_WALK_H

#include <stddef.h>

#include "sdp/sdp.h"
#include "sip/msg.h"

/**
 * struct sip_walk - what was found on the way
 * @n_values: header values looked at
 * @n_read: of them, addresses and Vias that we could read
 * @n_agreed: of them, those that libosip2 reads likewise
 * @n_sdp: session descriptions
 */
struct sip_walk {
	unsigned int n_values;
	unsigned int n_read;
	unsigned int n_agreed;
	unsigned int n_sdp;
};

/**
 * sip_walk_message() - index bytes and read all that is in them
 * @buf: the bytes, of exactly @len for a sanitizer to see the end
 * @len: how many
 * @transport: as what to index them
 * @walk: filled in, or NULL
 *
 * Aborts where what must hold for any message does not: spans lie inside and in
 * order, all hosts moved elsewhere and the edits inverted give the same bytes,
 * and a message that was moved is a message again.
 */
enum sip_verdict sip_walk_message(const char *buf, size_t len,
				  enum sip_transport transport,
				  struct sip_walk *walk);

/** sip_walk_sdp() - likewise for a session description by itself */
void sip_walk_sdp(const char *buf, size_t len);

#endif
