/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way of a payload through user space: STUN, DTLS, ZRTP or TURN channel
 * data of a stream whose disposition for it is "user". A packet cannot wait for
 * a message to be built: its payload is copied into a queue and told by a work.
 * The queue is bounded, and so is the rate at which a stream, and all of them
 * together, fill it. What user space has to say to that leaves from the endpoint
 * that the side sends to, as if it came from the other side.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#ifndef _SF_QUEUE_H
#define _SF_QUEUE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "core/bucket.h"
#include "core/packet.h"
#include "session.h"
#include "stats.h"

struct sf_rate;
struct sk_buff;

/* What waits at most, in a namespace: payloads, and bytes of them. */
#define SF_QUEUE_MAX_PAYLOADS	256
#define SF_QUEUE_MAX_BYTES	(256 * 1024)

/* Payloads per second of a stream, and of a namespace. */
#define SF_QUEUE_STREAM_RATE	100
#define SF_QUEUE_RATE		10000

/**
 * struct sf_queue_entry - a payload on its way to user space
 * @node: in the queue
 * @session: the session it belongs to; the entry holds a reference
 * @stream_id: the owner's number for the stream
 * @side: where it came from
 * @payload: what it is
 * @tuple: its five-tuple, as it came
 * @len: bytes of @data
 * @data: the UDP payload
 */
struct sf_queue_entry {
	struct list_head	node;
	struct sf_session	*session;
	u32			stream_id;
	enum sf_dir		side;
	enum sf_payload		payload;
	struct sf_five_tuple	tuple;
	unsigned int		len;
	u8			data[];
};

/**
 * struct sf_queue - the payloads of a namespace that wait
 * @lock: protects the other members but @work; taken in softirq
 * @entries: they
 * @n_entries: how many
 * @n_bytes: bytes of all of them
 * @bucket: payloads per second
 * @work: tells
 */
struct sf_queue {
	spinlock_t		lock; /* protects the queue */
	struct list_head	entries;
	unsigned int		n_entries;
	unsigned int		n_bytes;
	struct sf_bucket	bucket;
	struct work_struct	work;
};

/**
 * sf_queue_sink_t - takes a payload to those who listen
 * @sn: the namespace
 * @entry: the payload; its session has not ended
 *
 * Context: process, the lock of the namespace.
 * Return: 0, -ESRCH where nobody listens, or another negative errno where it
 *	could not be told.
 */
typedef int sf_queue_sink_t(struct sf_net *sn,
			    const struct sf_queue_entry *entry);

/**
 * sf_queue_set_sink() - say who tells
 * @sink: the one who tells, or NULL for nobody
 *
 * On return the former sink is not running any more.
 *
 * Context: process.
 */
void sf_queue_set_sink(sf_queue_sink_t *sink);

/**
 * sf_queue_init() - begin to queue
 * @sn: the namespace
 */
void sf_queue_init(struct sf_net *sn);

/**
 * sf_queue_exit() - forget what was not told
 * @sn: the namespace, with no packet left in it
 *
 * Context: process, without the lock of the namespace.
 */
void sf_queue_exit(struct sf_net *sn);

/**
 * sf_queue_wanted() - does a stream hand anything to user space?
 * @conf: what the stream was told
 *
 * Where it does, it needs an sf_rate_new(SF_QUEUE_STREAM_RATE, 0) of its own.
 */
static inline bool sf_queue_wanted(const struct sf_stream_conf *conf)
{
	enum sf_payload payload;

	for (payload = SF_PAYLOAD_STUN; payload < SF_N_PAYLOADS; payload++)
		if (conf->disposition[payload] == SIPFAST_DISPOSITION_USER)
			return true;
	return false;
}

/**
 * sf_queue_payload() - hand a packet's payload to user space
 * @flow: the flow it arrived in
 * @rate: its stream's limit
 * @skb: the packet, at its network header; it stays the caller's
 * @packet: the packet, read
 * @payload: what it carries
 * @now_ns: when it came, as ktime_get_ns() has it
 * @reason: out: why not
 *
 * What is taken is counted when it is told, or cannot be told, in the namespace:
 * as queued, or dropped for a reason.
 *
 * Context: bottom halves disabled, RCU read lock.
 * Return: whether it was taken.
 */
bool sf_queue_payload(struct sf_flow *flow, struct sf_rate *rate,
		      const struct sk_buff *skb,
		      const struct sf_packet *packet, enum sf_payload payload,
		      u64 now_ns, enum sf_drop *reason);

/**
 * sf_queue_send() - send a payload of user space to a side
 * @stream: the stream
 * @side: the side that gets it
 * @remote: where to, or NULL for the side's remote endpoint
 * @data: the payload
 * @len: its bytes
 *
 * It looks like what is relayed to @side: it comes from the endpoint that the
 * side sends to, and has the side's mark, device and DSCP.
 *
 * Context: process, the lock of the namespace.
 * Return: 0, -EDESTADDRREQ where the side's remote endpoint is not known,
 *	-EAFNOSUPPORT where @remote is of another family than the side,
 *	-EHOSTUNREACH where there is no route, -EMSGSIZE where it is too long
 *	for it, -ENOMEM, or what the device said.
 */
int sf_queue_send(struct sf_stream *stream, enum sf_dir side,
		  const struct sf_endpoint *remote, const void *data,
		  unsigned int len);

#endif /* _SF_QUEUE_H */
