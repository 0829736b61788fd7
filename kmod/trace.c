// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoints themselves, what they need to fill an event, and how many
 * relayed packets make one event.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/in.h>
#include <linux/module.h>
#include <linux/percpu.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

static unsigned int trace_every = 100;
module_param(trace_every, uint, 0644);
MODULE_PARM_DESC(trace_every,
		 "Relayed packets of a CPU for one sipfast:sf_forwarded");

static DEFINE_PER_CPU(unsigned int, n_untraced);

bool sf_trace_sample(void)
{
	if (this_cpu_inc_return(n_untraced) < READ_ONCE(trace_every))
		return false;
	this_cpu_write(n_untraced, 0);
	return true;
}

void sf_trace_endpoint(u8 *to, const struct sf_endpoint *endpoint)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *in = (struct sockaddr_in *)to;

	memset(to, 0, SF_TRACE_ENDPOINT_LEN);
	if (endpoint->family == AF_INET) {
		in->sin_family = AF_INET;
		in->sin_port = endpoint->port;
		in->sin_addr.s_addr = endpoint->ip4;
	} else if (endpoint->family == AF_INET6) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = endpoint->port;
		in6->sin6_addr = endpoint->ip6;
	}
}
