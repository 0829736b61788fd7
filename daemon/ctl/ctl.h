/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: what sipfastctl and other programs ask the daemon.
 *
 * A stream socket in the file system. One request is one line of JSON,
 * {"command": "endpoint-list"}, one reply is one line, {"ok": true,
 * "result": ...} or {"ok": false, "error": "what was wrong"}. A client may ask
 * more than once. Who may connect is who may open the socket (mode 0660).
 *
 * Commands: endpoint-list, endpoint-why, connection-list, call-list, call-why,
 * stats, version. sipfastd(8) has the keys of what they are given and of their
 * results; command.c and why.c make them.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CTL_H
#define SIPFAST_DAEMON_CTL_H

#include <stdint.h>

struct alg;
struct calls;
struct ctl;
struct event_base;
struct media_ports;
struct store;
struct tcp;

/** Longest request, in bytes without its newline. */
#define CTL_MAX_REQUEST		4096

/** Most clients at a time. */
#define CTL_MAX_CLIENTS		16

/** Seconds after which a client that asks nothing is hung up on. */
#define CTL_IDLE_S		30

/**
 * struct ctl_events - what has become of the notifications of the kernel
 * @overruns: how often some of them were lost
 * @sessions_missed: sessions whose end was not told, but found out by looking
 */
struct ctl_events {
	uint64_t overruns;
	uint64_t sessions_missed;
};

/**
 * struct ctl_restored - what was there again after the start
 * @endpoints: endpoints, with their public ports
 * @calls: calls
 * @sessions_adopted: sessions that the kernel has gone on with
 * @sessions_made: sessions of these calls that it had not, made again
 * @sessions_ended: sessions of no call that was known
 */
struct ctl_restored {
	uint64_t endpoints;
	uint64_t calls;
	uint64_t sessions_adopted;
	uint64_t sessions_made;
	uint64_t sessions_ended;
};

/**
 * struct ctl_sources - where the answers come from
 * @state: "serving", or what the daemon is waiting for
 * @alg: endpoints and counters; NULL where there are none
 * @tcp: likewise, connections
 * @calls: likewise
 * @ports: likewise
 * @events: likewise
 * @store: likewise
 * @restored: likewise
 * @now_ms: monotonic time
 */
struct ctl_sources {
	const char *state;
	struct alg *alg;
	struct tcp *tcp;
	struct calls *calls;
	struct media_ports *ports;
	const struct ctl_events *events;
	const struct store *store;
	const struct ctl_restored *restored;
	uint64_t (*now_ms)(void);
};

/**
 * ctl_open() - listen
 * @base: event loop
 * @path: where; its directory is made, a dead socket there is replaced, a live
 *	one gives EADDRINUSE
 * @sources: borrowed, and looked at for each request: its owner may change it
 *	between two turns of the loop
 *
 * The process has to ignore SIGPIPE.
 *
 * Return: the socket, or NULL with errno set.
 */
struct ctl *ctl_open(struct event_base *base, const char *path,
		     const struct ctl_sources *sources);

/** ctl_close() - hang up, and remove the socket's file; NULL is fine */
void ctl_close(struct ctl *ctl);

#endif
