/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an SDP means for the call's public ports, and they for the SDP.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_PLACES_H
#define SIPFAST_DAEMON_CALL_PLACES_H

#include "call/description.h"
#include "call/table.h"

/**
 * places_map() - see to it that what an SDP names has ports of ours
 * @calls: the table
 * @call: the call
 * @description: what the SDP says
 * @from: the side it comes from
 * @now_ms: monotonic time
 *
 * Of what comes from the LAN only addresses of LAN hosts get one, whoever of
 * them (sip-alg C21, D9). What comes from outside gets some where the LAN side is
 * to send to us, too (struct call.inside).
 *
 * Return: 0, or -ENOSPC.
 */
int places_map(struct calls *calls, struct call *call,
	       const struct call_description *description, enum call_side from,
	       uint64_t now_ms);

/** places_are_ours() - can every living m-line of a LAN host's SDP be mapped? */
bool places_are_ours(const struct calls *calls, const struct call *call,
		     const struct call_description *description);

/**
 * places_reserve() - have ports ready for the answer to an offer
 * @calls: the table
 * @call: the call
 * @description: the offer, or NULL where the answer will be one
 * @now_ms: monotonic time
 *
 * Return: 0, or -ENOSPC.
 */
int places_reserve(struct calls *calls, struct call *call,
		   const struct call_description *description,
		   uint64_t now_ms);

/**
 * places_write() - say where an SDP is to point
 * @call: the call
 * @description: what the SDP says
 * @from: the side it comes from; from outside it only points elsewhere where
 *	the LAN side is to send to us
 * @public: our address as the world sees it
 * @verdict: its places are filled in
 */
void places_write(const struct call *call,
		  const struct call_description *description,
		  enum call_side from, const struct sockaddr_storage *public,
		  struct call_verdict *verdict);

#endif
