/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The round-trip times of a stream's two sides, read from the RTCP that passes;
 * core/rtcp.h says how. Made with the first report, so that streams without
 * RTCP have none.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_RTT_H
#define _SF_RTT_H

#include <linux/skbuff.h>
#include <linux/types.h>

#include "core/packet.h"
#include "flow.h"

/* Opaque; a pointer to it lives with the counters of a stream. */
struct sf_rtt;

/**
 * sf_rtt_read() - an RTCP packet passes
 * @slot: where the stream keeps its figures; NULL is stored there at first
 * @dir: which side it comes from
 * @skb: the packet, at its network header; unchanged but for being linear
 * @packet: the packet, read
 * @now_ns: when it came, as ktime_get_ns() has it
 *
 * Where there is no memory, nothing is measured.
 *
 * Context: bottom halves disabled.
 */
void sf_rtt_read(struct sf_rtt **slot, enum sf_dir dir, struct sk_buff *skb,
		 const struct sf_packet *packet, u64 now_ns);

/**
 * sf_rtt_us() - time to a side and back
 * @slot: where the stream keeps its figures
 * @dir: the side
 *
 * Context: any but hard interrupts.
 * Return: microseconds, as measured last; 0 where nothing was measured.
 */
u32 sf_rtt_us(struct sf_rtt **slot, enum sf_dir dir);

/**
 * sf_rtt_free() - forget them
 * @slot: where the stream kept its figures; no packet sees it any more
 *
 * Context: any.
 */
void sf_rtt_free(struct sf_rtt **slot);

#endif /* _SF_RTT_H */
