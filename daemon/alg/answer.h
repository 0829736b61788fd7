/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What we say ourselves, and it is little: that a request cannot pass.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_ANSWER_H
#define SIPFAST_DAEMON_ALG_ANSWER_H

#include <stdbool.h>

struct alg;
struct alg_endpoint;
struct sip_msg;
struct message;

/** enum alg_refusal - why a request cannot pass */
enum alg_refusal {
	ALG_MALFORMED,		/* 400 */
	ALG_TOO_LARGE,		/* 513 */
	ALG_UNAVAILABLE,	/* 503 */
};

/**
 * alg_refuse() - answer a request ourselves
 * @alg: the ALG
 * @endpoint: at whose public port a request from outside has arrived; NULL for
 *	a phone's request, which is answered in the name of whom it was sent to
 * @message: what came
 * @msg: its index; as far as it goes
 * @refusal: why
 *
 * There are not many in a second (flood.h); one that would be too many is not
 * sent, and counted.
 *
 * Return: false where there is no answer to it: a response, an ACK, or one that
 * lacks what an answer is made of.
 */
bool alg_refuse(struct alg *alg, struct alg_endpoint *endpoint,
		const struct message *message, const struct sip_msg *msg,
		enum alg_refusal refusal);

#endif
