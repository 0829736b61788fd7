/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Via: a phone's request asks for its answers at our public port, and the
 * answers reach the phone where it waits, with its own Via as it was.
 *
 * Only the topmost value is looked at: in a request it is the sender's own, in
 * a response that of whom the response is for (RFC 3261 18.1.1, 18.2.2).
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_VIA_H
#define SIPFAST_DAEMON_ALG_VIA_H

#include <stdbool.h>
#include <stdint.h>

struct alg_address;
struct alg_branch;
struct alg_branch_key;
struct alg_passage;
struct sip_msg;
struct sip_via;

/** alg_via_sender() - the address in the topmost Via; false where it is a name */
bool alg_via_sender(const struct sip_msg *msg, struct alg_address *sender);

/** alg_via_key() - which transaction a message is of; false where nothing says */
bool alg_via_key(const struct alg_passage *passage,
		 struct alg_branch_key *key);

/** alg_via_map() - a phone's request: sent-by becomes the public port */
void alg_via_map(struct alg_passage *passage);

/**
 * alg_via_remember() - keep what alg_via_map() has replaced
 *
 * Return: the record; NULL where memory is short, or nothing names the request.
 */
struct alg_branch *alg_via_remember(struct alg_passage *passage);

/** alg_via_recall() - the request that a response for a phone answers, or NULL */
struct alg_branch *alg_via_recall(struct alg_passage *passage);

/**
 * alg_via_restore() - a response for a phone: its own Via again
 * @passage: the response
 * @branch: the request that it answers, or NULL where that is forgotten
 *
 * received and rport tell how the server sees the sender; they get what a
 * server on the LAN would have seen (sip-alg B3).
 */
void alg_via_restore(struct alg_passage *passage,
		     const struct alg_branch *branch);

/**
 * alg_via_reply_port() - the port at which answers to a request are awaited
 * @msg: the request
 * @via: its topmost Via
 * @source_port: the port that it came from
 *
 * The source port where there is rport (RFC 3581 4), else the one that sent-by
 * means (RFC 3261 18.2.2).
 */
uint16_t alg_via_reply_port(const struct sip_msg *msg,
			    const struct sip_via *via, uint16_t source_port);

#endif
