/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call's session in the kernel follows what its dialogs agree on.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_SESSION_H
#define SIPFAST_DAEMON_CALL_SESSION_H

#include <stdint.h>

#include "call/table.h"

/**
 * call_session_sync() - make the media of the active dialog true
 * @calls: the table
 * @call: the call
 * @now_ms: monotonic time
 *
 * Installs, updates or removes, whatever is needed. Where a public port turns
 * out to be taken, ports that nobody has been told of yet are changed for
 * others; the caller has to read them from the mappings afterwards. An earlier
 * call of the same endpoint between the same addresses loses its session, and
 * ends.
 *
 * Return: 0; or -errno, and the session is as it was, and the call is behind
 * until another sync succeeds.
 */
int call_session_sync(struct calls *calls, struct call *call, uint64_t now_ms);

/** call_session_number() - the number of the call whose cookie it is, or 0 */
uint64_t call_session_number(const char *cookie);

/** call_session_end() - the call ends: remove its session, if it has one */
void call_session_end(struct calls *calls, struct call *call);

#endif
