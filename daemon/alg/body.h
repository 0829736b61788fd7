/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Body: a call is told of its message, and its SDP is made to say what the call
 * then has in the kernel.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_BODY_H
#define SIPFAST_DAEMON_ALG_BODY_H

struct alg_passage;

/**
 * alg_body_map() - let the message take effect on its call, and turn its SDP
 *
 * The call's media is in the kernel when this returns, before the message has
 * left.
 *
 * Return: 0; -ENOSPC where no media port is free; -EDQUOT where one host has
 * begun too many calls; -errno where the kernel refused. A request has changed
 * nothing then.
 */
int alg_body_map(struct alg_passage *passage);

/** alg_body_withdraw() - the request will not leave: undo what it had begun */
void alg_body_withdraw(struct alg_passage *passage);

#endif
