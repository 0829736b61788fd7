// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The back end that hands media plans to sipfast.ko: one session for a call, one
 * stream for each transport of the plan.
 *
 * Side a is the LAN host. By rule nat it sends straight to its peer, so what is
 * local to a is where b is; by rule relay it sends to a port of ours inside. Side
 * b is the peer, and what is local to it is our public port.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "media/kernel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl/endpoint.h"
#include "nl/session.h"

/**
 * struct media_kernel - the back end
 * @media: how call/ sees it
 * @genl: socket to the module
 * @idle_expire_ms: after which the kernel ends a session
 */
struct media_kernel {
	struct media media;
	struct nl_genl *genl;
	uint32_t idle_expire_ms;
};

static enum sipfast_kind kind_of(enum media_kind kind)
{
	switch (kind) {
	case MEDIA_RTP:
		return SIPFAST_KIND_RTP;
	case MEDIA_RTCP:
		return SIPFAST_KIND_RTCP;
	case MEDIA_OPAQUE:
		break;
	}
	return SIPFAST_KIND_OPAQUE;
}

static enum sipfast_learn learn_of(enum media_learn learn)
{
	switch (learn) {
	case MEDIA_LEARN_SAME_ADDRESS:
		return SIPFAST_LEARN_SAME_ADDRESS;
	case MEDIA_LEARN_ONCE:
		return SIPFAST_LEARN_LEARN_ONCE;
	case MEDIA_LEARN_EXACT:
		break;
	}
	return SIPFAST_LEARN_EXACT;
}

static struct nl_endpoint endpoint_of(const union media_address *address)
{
	const struct sockaddr_storage storage = media_address_to(address);

	return nl_endpoint_from(&storage);
}

static void give_lan(struct nl_stream *stream, const struct media_stream *plan)
{
	stream->a.remote = endpoint_of(&plan->lan);
	stream->a.has.remote = true;
}

static void give_public(struct nl_stream *stream,
			const struct media_stream *plan)
{
	stream->b.local = endpoint_of(&plan->public);
	stream->b.has.local = true;
}

static bool is_relay(const struct media_stream *plan)
{
	return media_address_is_set(&plan->inside);
}

static void give_inside(struct nl_stream *stream,
			const struct media_stream *plan)
{
	stream->a.local = endpoint_of(is_relay(plan) ? &plan->inside
						     : &plan->remote);
	stream->a.has.local = true;
}

static void give_remote(struct nl_stream *stream,
			const struct media_stream *plan)
{
	stream->b.remote = endpoint_of(&plan->remote);
	stream->b.has.remote = true;
	if (!is_relay(plan))
		give_inside(stream, plan);
}

static void give_learn(struct nl_stream *stream,
		       const struct media_stream *plan)
{
	stream->b.learn = learn_of(plan->learn);
	stream->b.has.learn = true;
}

static void give_all(struct nl_stream *stream, const struct media_stream *plan)
{
	*stream = (struct nl_stream){
		.has = { .id = true, .rule = true, .kind = true },
		.id = plan->id,
		.rule = is_relay(plan) ? SIPFAST_RULE_RELAY : SIPFAST_RULE_NAT,
		.kind = kind_of(plan->kind),
	};
	give_lan(stream, plan);
	give_public(stream, plan);
	give_remote(stream, plan);
	give_inside(stream, plan);
	give_learn(stream, plan);
	if (plan->dscp >= 0) {
		stream->a.has.dscp = stream->b.has.dscp = true;
		stream->a.dscp = stream->b.dscp = plan->dscp;
	}
}

/* Only what is different: a remote that is given opens learning anew. */
static void give_changes(struct nl_stream *stream,
			 const struct media_stream *old,
			 const struct media_stream *plan)
{
	*stream = (struct nl_stream){ .has = { .id = true }, .id = plan->id };
	if (!media_address_equal(&old->lan, &plan->lan))
		give_lan(stream, plan);
	if (!media_address_equal(&old->public, &plan->public))
		give_public(stream, plan);
	if (!media_address_equal(&old->remote, &plan->remote))
		give_remote(stream, plan);
	if (!media_address_equal(&old->inside, &plan->inside))
		give_inside(stream, plan);
	if (old->learn != plan->learn)
		give_learn(stream, plan);
}

static int install(void *backend, const char *cookie,
		   const struct media_plan *plan, uint32_t *id)
{
	struct media_kernel *kernel = backend;
	struct nl_session session = {
		.has = { .cookie = true, .idle_expire_ms = true },
		.idle_expire_ms = kernel->idle_expire_ms,
		.n_streams = plan->n_streams,
	};
	unsigned int i;
	int err;

	if (plan->n_streams > SIPFAST_MAX_STREAMS ||
	    strlen(cookie) >= sizeof(session.cookie))
		return -EINVAL;
	strcpy(session.cookie, cookie);
	for (i = 0; i < plan->n_streams; i++)
		give_all(&session.streams[i], &plan->streams[i]);

	err = nl_session_new(kernel->genl, &session, &session);
	if (!err)
		*id = session.id;
	return err;
}

static int update(void *backend, uint32_t id, const struct media_plan *old,
		  const struct media_plan *plan)
{
	struct media_kernel *kernel = backend;
	struct nl_session session = { .has = { .id = true }, .id = id };
	const struct media_stream *stream, *before;
	unsigned int i;

	for (i = 0; i < old->n_streams; i++) {
		stream = &old->streams[i];
		if (!media_plan_find(plan, stream->id))
			session.removes[session.n_removes++] = stream->id;
	}
	for (i = 0; i < plan->n_streams; i++) {
		stream = &plan->streams[i];
		before = media_plan_find(old, stream->id);
		if (!before)
			give_all(&session.streams[session.n_streams++], stream);
		else if (!media_stream_equal(before, stream))
			give_changes(&session.streams[session.n_streams++],
				     before, stream);
	}
	if (!session.n_streams && !session.n_removes)
		return 0;
	return nl_session_set(kernel->genl, &session, NULL);
}

static int end(void *backend, uint32_t id)
{
	struct media_kernel *kernel = backend;

	return nl_session_del(kernel->genl, id, NULL);
}

static struct media_figures figures_of(const struct nl_flow_stats *stats)
{
	return (struct media_figures){
		.packets = stats->packets,
		.bytes = stats->bytes,
		.lost = stats->lost,
		.jitter = stats->jitter,
		.dropped = stats->dropped,
	};
}

static int figures(void *backend, uint32_t id, struct media_stream_figures *out)
{
	struct media_kernel *kernel = backend;
	struct nl_session session;
	unsigned int i;
	int err;

	err = nl_session_get(kernel->genl, id, &session);
	if (err)
		return err;
	for (i = 0; i < session.n_streams && i < MEDIA_MAX_STREAMS; i++)
		out[i] = (struct media_stream_figures){
			.id = session.streams[i].id,
			.from_lan = figures_of(&session.streams[i].a.stats),
			.from_wan = figures_of(&session.streams[i].b.stats),
		};
	return i;
}

static const struct media_ops kernel_ops = {
	.install = install,
	.update = update,
	.remove = end,
	.figures = figures,
};

struct media *media_kernel_new(struct nl_genl *genl, uint32_t idle_s)
{
	struct media_kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		return NULL;
	kernel->media.ops = &kernel_ops;
	kernel->media.backend = kernel;
	kernel->genl = genl;
	kernel->idle_expire_ms = idle_s > UINT32_MAX / 1000 ? UINT32_MAX
							    : idle_s * 1000;
	return &kernel->media;
}

void media_kernel_free(struct media *media)
{
	if (media)
		free(media->backend);
}

static enum media_kind kind_from(enum sipfast_kind kind)
{
	switch (kind) {
	case SIPFAST_KIND_RTP:
		return MEDIA_RTP;
	case SIPFAST_KIND_RTCP:
		return MEDIA_RTCP;
	default:
		return MEDIA_OPAQUE;
	}
}

static enum media_learn learn_from(enum sipfast_learn learn)
{
	switch (learn) {
	case SIPFAST_LEARN_SAME_ADDRESS:
		return MEDIA_LEARN_SAME_ADDRESS;
	case SIPFAST_LEARN_LEARN_ONCE:
		return MEDIA_LEARN_ONCE;
	default:
		return MEDIA_LEARN_EXACT;
	}
}

static union media_address address_of(const struct nl_endpoint *endpoint)
{
	struct sockaddr_storage storage;

	nl_endpoint_to(endpoint, &storage);
	return media_address_from(&storage);
}

void media_kernel_plan(const struct nl_session *session,
		       struct media_plan *plan)
{
	const struct nl_stream *told;
	struct media_stream *stream;
	unsigned int i;

	plan->n_streams = 0;
	for (i = 0; i < session->n_streams && i < MEDIA_MAX_STREAMS; i++) {
		told = &session->streams[i];
		stream = &plan->streams[plan->n_streams++];
		*stream = (struct media_stream){
			.id = told->id,
			.kind = kind_from(told->kind),
			.learn = learn_from(told->b.learn),
			.dscp = told->b.has.dscp ? told->b.dscp : -1,
		};
		stream->lan = address_of(&told->a.remote);
		stream->public = address_of(&told->b.local);
		stream->remote = address_of(&told->b.remote);
		if (told->rule == SIPFAST_RULE_RELAY)
			stream->inside = address_of(&told->a.local);
	}
}
