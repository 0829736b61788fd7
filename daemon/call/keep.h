/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of calls must survive, and how it comes back.
 *
 * A call is written when a message of its has taken effect, and is safe before
 * that message leaves (keep.c). At the start calls come back with dialogs, offers
 * and ports (restore.c), and each is joined to the session that the kernel has
 * gone on with, by its cookie. The plan of a session is not written: it follows
 * from what the dialogs have agreed on, and what runs is the kernel's to say.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_KEEP_H
#define SIPFAST_DAEMON_CALL_KEEP_H

#include <stdint.h>

#include "call/table.h"

/** Room for a call's number as the store has it, and for its NUL. */
#define CALL_NUMBER_LEN 17

/** call_number_write() - the number in hex, as in the cookie of its session */
void call_number_write(uint64_t number, char text[CALL_NUMBER_LEN]);

/** call_number_read() - the number that @text begins with, or 0 */
uint64_t call_number_read(const char *text);

/** call_keep() - @call has changed */
void call_keep(struct calls *calls, struct call *call);

/** call_forget() - @call ends */
void call_forget(struct calls *calls, const struct call *call);

#endif
