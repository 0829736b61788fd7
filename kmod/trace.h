/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What perf, bpftrace and ftrace see of packets: one of so many that are
 * relayed, each that is declined or dropped, and each that makes a side known.
 * A tracepoint that is off costs a no-op. Documentation/tracing.rst shows how
 * they are used.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#undef TRACE_SYSTEM
#define TRACE_SYSTEM sipfast

#if !defined(_SF_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SF_TRACE_H

#include <linux/in6.h>
#include <linux/tracepoint.h>

#include "core/packet.h"
#include "net.h"
#include "session.h"

#ifndef _SF_TRACE_HELPERS
#define _SF_TRACE_HELPERS

/* Room for the longest name of a reason. */
#define SF_TRACE_REASON_LEN	20

/* Room for the name of a side: perf prints strings, but no characters. */
#define SF_TRACE_SIDE_LEN	2

/* An endpoint as struct sockaddr_in or sockaddr_in6, zero behind it. */
#define SF_TRACE_ENDPOINT_LEN	sizeof(struct sockaddr_in6)

/**
 * sf_trace_endpoint() - write an endpoint into an event
 * @to: SF_TRACE_ENDPOINT_LEN bytes
 * @endpoint: the endpoint
 */
void sf_trace_endpoint(u8 *to, const struct sf_endpoint *endpoint);

/**
 * sf_trace_side() - the name of the side that a flow arrives from
 * @flow: the flow
 */
static inline const char *sf_trace_side(const struct sf_flow *flow)
{
	return flow->dir == SF_DIR_A ? "a" : "b";
}

/**
 * sf_trace_sample() - is it the turn of this relayed packet?
 *
 * Context: bottom halves disabled.
 * Return: whether it is: once in as many calls on this CPU as the module
 *	parameter trace_every says.
 */
bool sf_trace_sample(void);

#endif /* _SF_TRACE_HELPERS */

/*
 * Which packet of which stream: as it came, whatever becomes of it. @len is the
 * bytes of the IP packet.
 */
DECLARE_EVENT_CLASS(sf_refused,

	TP_PROTO(struct sf_flow *flow, const struct sf_five_tuple *tuple,
		 unsigned int len, const char *reason),

	TP_ARGS(flow, tuple, len, reason),

	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, session)
		__field(u32, stream)
		__field(u32, len)
		__array(u8, src, SF_TRACE_ENDPOINT_LEN)
		__array(u8, dst, SF_TRACE_ENDPOINT_LEN)
		__array(char, side, SF_TRACE_SIDE_LEN)
		__array(char, reason, SF_TRACE_REASON_LEN)
	),

	TP_fast_assign(
		const struct sf_stream *stream = sf_flow_stream(flow);

		__entry->netns = stream->session->sn->net->ns.inum;
		__entry->session = stream->session->id;
		__entry->stream = stream->conf.id;
		__entry->len = len;
		sf_trace_endpoint(__entry->src, &tuple->src);
		sf_trace_endpoint(__entry->dst, &tuple->dst);
		strscpy(__entry->side, sf_trace_side(flow), SF_TRACE_SIDE_LEN);
		strscpy(__entry->reason, reason, SF_TRACE_REASON_LEN);
	),

	TP_printk("netns=%u session=%u stream=%u side=%s src=%pISpc dst=%pISpc len=%u reason=%s",
		  __entry->netns, __entry->session, __entry->stream,
		  __entry->side, __entry->src, __entry->dst, __entry->len,
		  __entry->reason)
);

DEFINE_EVENT(sf_refused, sf_declined,

	TP_PROTO(struct sf_flow *flow, const struct sf_five_tuple *tuple,
		 unsigned int len, const char *reason),

	TP_ARGS(flow, tuple, len, reason)
);

DEFINE_EVENT(sf_refused, sf_dropped,

	TP_PROTO(struct sf_flow *flow, const struct sf_five_tuple *tuple,
		 unsigned int len, const char *reason),

	TP_ARGS(flow, tuple, len, reason)
);

/* Relayed: as it came, and where it went. By way of sf_trace_forwarded(). */
TRACE_EVENT(sf_forwarded,

	TP_PROTO(struct sf_flow *flow, const struct sf_five_tuple *tuple,
		 unsigned int len, const struct sf_endpoint *to),

	TP_ARGS(flow, tuple, len, to),

	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, session)
		__field(u32, stream)
		__field(u32, len)
		__array(u8, src, SF_TRACE_ENDPOINT_LEN)
		__array(u8, dst, SF_TRACE_ENDPOINT_LEN)
		__array(u8, to, SF_TRACE_ENDPOINT_LEN)
		__array(char, side, SF_TRACE_SIDE_LEN)
	),

	TP_fast_assign(
		const struct sf_stream *stream = sf_flow_stream(flow);

		__entry->netns = stream->session->sn->net->ns.inum;
		__entry->session = stream->session->id;
		__entry->stream = stream->conf.id;
		__entry->len = len;
		sf_trace_endpoint(__entry->src, &tuple->src);
		sf_trace_endpoint(__entry->dst, &tuple->dst);
		sf_trace_endpoint(__entry->to, to);
		strscpy(__entry->side, sf_trace_side(flow), SF_TRACE_SIDE_LEN);
	),

	TP_printk("netns=%u session=%u stream=%u side=%s src=%pISpc dst=%pISpc to=%pISpc len=%u",
		  __entry->netns, __entry->session, __entry->stream,
		  __entry->side, __entry->src, __entry->dst, __entry->to,
		  __entry->len)
);

/* A packet made @side known: that is where it is from now on. */
TRACE_EVENT(sf_latched,

	TP_PROTO(struct sf_flow *flow, const struct sf_endpoint *remote),

	TP_ARGS(flow, remote),

	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, session)
		__field(u32, stream)
		__array(u8, remote, SF_TRACE_ENDPOINT_LEN)
		__array(char, side, SF_TRACE_SIDE_LEN)
	),

	TP_fast_assign(
		const struct sf_stream *stream = sf_flow_stream(flow);

		__entry->netns = stream->session->sn->net->ns.inum;
		__entry->session = stream->session->id;
		__entry->stream = stream->conf.id;
		sf_trace_endpoint(__entry->remote, remote);
		strscpy(__entry->side, sf_trace_side(flow), SF_TRACE_SIDE_LEN);
	),

	TP_printk("netns=%u session=%u stream=%u side=%s remote=%pISpc",
		  __entry->netns, __entry->session, __entry->stream,
		  __entry->side, __entry->remote)
);

#ifndef _SF_TRACE_FORWARDED
#define _SF_TRACE_FORWARDED

/**
 * sf_trace_forwarded() - a packet is relayed; one of so many is traced
 * @flow: the flow it arrived in
 * @tuple: its five-tuple as it came
 * @len: bytes of the IP packet as it came
 * @to: where it goes
 *
 * Context: bottom halves disabled, RCU read lock.
 */
static inline void sf_trace_forwarded(struct sf_flow *flow,
				      const struct sf_five_tuple *tuple,
				      unsigned int len,
				      const struct sf_endpoint *to)
{
	if (trace_sf_forwarded_enabled() && sf_trace_sample())
		trace_sf_forwarded(flow, tuple, len, to);
}

#endif /* _SF_TRACE_FORWARDED */

#endif /* _SF_TRACE_H */

/* Here, not in the kernel's own include/trace/events. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
