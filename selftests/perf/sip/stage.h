/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's ALG and calls on a stage: messages are put into it, and counted
 * when they come out. Its sockets, and the kernel's media, are doubles that do
 * nothing; all between them, and the store, is real.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_SELFTESTS_PERF_SIP_STAGE_H
#define SIPFAST_SELFTESTS_PERF_SIP_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alg/alg.h"
#include "call/call.h"

#define STAGE_MAX_MESSAGE 4096

/**
 * struct stage - what is open, and what has come out
 * @alg: the ALG
 * @calls: its calls
 * @n_sent: messages that have left
 * @listens: keep the last of them: its text in
 * @last: NUL-terminated
 */
struct stage {
	struct alg *alg;
	struct calls *calls;
	unsigned int n_sent;
	bool listens;
	char last[STAGE_MAX_MESSAGE];
};

extern struct stage stage;

/** open_stage() - begin; @path: where the store is, or NULL for none */
void open_stage(const char *path);

/** close_stage() - end all of it, but keep the store */
void close_stage(void);

/** phone_sends() - a datagram of a LAN host, for the server */
void phone_sends(const char *host, uint16_t port, const char *msg, size_t len);

/** server_sends() - a datagram of the server's, for a public port */
void server_sends(uint16_t port, const char *msg, size_t len);

#endif
