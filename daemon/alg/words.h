/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of the ALG's, as a person reads them in the store and in sipfastctl.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_WORDS_H
#define SIPFAST_DAEMON_ALG_WORDS_H

#include "alg/form.h"
#include "alg/lease.h"
#include "transport/message.h"

/** alg_transport_words - by enum transport */
extern const char *const alg_transport_words[N_TRANSPORTS];

/** alg_lease_words - by enum alg_lease_kind */
extern const char *const alg_lease_words[ALG_N_LEASE_KINDS];

/** alg_place_words - by enum alg_place */
extern const char *const alg_place_words[ALG_N_PLACES];

#endif
