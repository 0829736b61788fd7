/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pool of public media ports.
 *
 * RTP wants an even port with RTCP on the next one (RFC 3550 section 11), so
 * ports are lent in pairs. A pair is taken at random, for a port that follows
 * the last one can be guessed and sprayed, and rests for a while when it comes
 * back, so that a late packet of one call never reaches the next.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_MEDIA_PORTS_H
#define SIPFAST_DAEMON_MEDIA_PORTS_H

#include <stdint.h>

struct media_ports;

/** Seconds for which a returned pair rests. */
#define MEDIA_PORTS_QUARANTINE_S 60

/**
 * media_ports_new() - make a pool
 * @min: lowest port, rounded up to an even one
 * @max: highest port
 *
 * Return: the pool, or NULL with errno set.
 */
struct media_ports *media_ports_new(uint16_t min, uint16_t max);

/** media_ports_free() - end a pool; the ports lent are forgotten */
void media_ports_free(struct media_ports *ports);

/**
 * media_ports_get() - borrow a pair
 * @ports: the pool
 * @now_ms: monotonic time
 *
 * Return: the even port of the pair, or -ENOSPC when none is free.
 */
int media_ports_get(struct media_ports *ports, uint64_t now_ms);

/**
 * media_ports_take() - mark a pair as lent that somebody uses already
 * @ports: the pool
 * @port: either port of the pair
 *
 * For sessions that an earlier daemon left running in the kernel.
 *
 * Return: 0; -EBUSY where it is lent already; -ERANGE where it is none of the
 * pool's.
 */
int media_ports_take(struct media_ports *ports, uint16_t port);

/**
 * media_ports_put() - give a pair back into quarantine
 * @ports: the pool
 * @port: the even port that media_ports_get() returned
 * @now_ms: monotonic time
 */
void media_ports_put(struct media_ports *ports, uint16_t port, uint64_t now_ms);

/** media_ports_used() - how many pairs are lent; *@total gets the pool's size */
unsigned int media_ports_used(const struct media_ports *ports,
			      unsigned int *total);

#endif
