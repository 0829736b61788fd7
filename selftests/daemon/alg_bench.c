// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The stage for the ALG, see alg_bench.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg_bench.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#define START_MS 1000000

/* The stage that sockets and texts belong to; one test runs at a time. */
static struct bench *stage;

/* --- addresses --- */

static struct sockaddr_storage address(const char *spec)
{
	const char *colon = strrchr(spec, ':');
	struct alg_address read;

	assert_non_null(colon);
	assert_true(alg_address_host_read(spec, colon - spec, &read));
	read.port = atoi(colon + 1);
	return alg_address_to(&read);
}

static void write_address(const struct sockaddr_storage *storage, char *spec)
{
	const struct alg_address written = alg_address_from(storage);

	alg_address_write(&written, spec);
}

static bool begins(const struct sockaddr_storage *storage, const char *bytes)
{
	char spec[SPEC_LEN];

	write_address(storage, spec);
	return !strncmp(spec, bytes, strlen(bytes));
}

static bool is_lan(void *arg, const struct sockaddr_storage *storage)
{
	(void)arg;
	return begins(storage, "192.168.1.") || begins(storage, "[fd00:1::");
}

/* --- doubles of transport/udp.c: sockets that write down what is sent --- */

struct udp_socket {
	char local[SPEC_LEN];
	struct alg_endpoint *endpoint;
	struct udp_socket *prev, *next;
};

static int record(bool borrowed, const char *src,
		  const struct sockaddr_storage *dst, uint8_t tos,
		  const struct iovec *iov, unsigned int n_iov)
{
	struct sent *sent;
	unsigned int i;

	stage->n_all++;
	if (stage->is_crowded)
		return 0;
	sent = &stage->sent[stage->n_sent++];
	assert_true(stage->n_sent <= MAX_SENT);
	sent->to_phone = is_lan(NULL, dst);
	sent->borrowed = borrowed;
	sent->tos = tos;
	snprintf(sent->src, sizeof(sent->src), "%s", src);
	write_address(dst, sent->dst);
	for (i = 0; i < n_iov; i++) {
		sent->data = realloc(sent->data,
				     sent->len + iov[i].iov_len + 1);
		memcpy(sent->data + sent->len, iov[i].iov_base,
		       iov[i].iov_len);
		sent->len += iov[i].iov_len;
	}
	if (!sent->data)
		sent->data = malloc(1);
	sent->data[sent->len] = '\0';
	return 0;
}

int udp_send(struct udp_socket *socket, const struct sockaddr_storage *dst,
	     uint8_t tos, const struct iovec *iov, unsigned int n_iov)
{
	return record(false, socket->local, dst, tos, iov, n_iov);
}

int udp_send_as(const struct sockaddr_storage *src,
		const struct sockaddr_storage *dst, uint8_t tos,
		const struct iovec *iov, unsigned int n_iov)
{
	char as[SPEC_LEN];

	write_address(src, as);
	return record(true, as, dst, tos, iov, n_iov);
}

/* --- double of the machine --- */

static bool is_busy(const struct bench *b,
		    const struct sockaddr_storage *local)
{
	const struct alg_address busy = alg_address_from(local);
	unsigned int i;

	for (i = 0; i < b->n_busy; i++)
		if (b->busy[i] == busy.port)
			return true;
	return false;
}

static int open_port(void *arg, struct alg_endpoint *endpoint,
		     enum transport transport,
		     const struct sockaddr_storage *local,
		     union alg_socket *opened, uint32_t *pinhole)
{
	struct udp_socket **socket = &opened->udp;
	struct bench *b = arg;

	(void)transport;
	if (b->open_error)
		return b->open_error;
	if (is_busy(b, local))
		return -EADDRINUSE;
	*socket = calloc(1, sizeof(**socket));
	write_address(local, (*socket)->local);
	(*socket)->endpoint = endpoint;
	DL_APPEND(b->sockets, *socket);
	*pinhole = ++b->n_open;
	return 0;
}

static void close_port(void *arg, enum transport transport,
		       const struct sockaddr_storage *local,
		       union alg_socket opened, uint32_t pinhole)
{
	struct udp_socket *socket = opened.udp;
	struct bench *b = arg;
	char closed[SPEC_LEN];

	(void)transport;
	write_address(local, closed);
	assert_string_equal(closed, socket->local);
	assert_true(pinhole);
	DL_DELETE(b->sockets, socket);
	b->n_open--;
	free(socket);
}

static bool egress(void *arg, const struct sockaddr_storage *phone,
		   const struct sockaddr_storage *server,
		   struct alg_egress *out)
{
	const struct bench *b = arg;
	struct sockaddr_storage ours;

	assert_int_equal(phone->ss_family, server->ss_family);
	if (begins(server, "10."))
		return false;
	ours = address(server->ss_family == AF_INET6 ? G6 :
		       begins(server, "192.0.2.") ? G2 :
		       b->moved ? b->moved : G);
	out->public = alg_address_from(&ours);
	out->public.port = 0;
	out->advertised = out->public;
	if (b->advertised && begins(&ours, "203."))
		assert_true(alg_address_host_read(b->advertised,
						  strlen(b->advertised),
						  &out->advertised));
	return true;
}

static void divert(void *arg, const struct sockaddr_storage *peer)
{
	((struct bench *)arg)->diverted = *peer;
}

static uint64_t now_ms(void *arg)
{
	return ((struct bench *)arg)->now_ms;
}

/* --- double of the kernel's media: it counts --- */

static int install(void *backend, const char *cookie,
		   const struct media_plan *plan, uint32_t *session)
{
	struct bench *b = backend;

	(void)cookie;
	(void)plan;
	if (b->media_error)
		return b->media_error;
	*session = ++b->n_sessions;
	return 0;
}

static int update(void *backend, uint32_t session,
		  const struct media_plan *old, const struct media_plan *plan)
{
	(void)session;
	(void)old;
	(void)plan;
	return ((struct bench *)backend)->media_error;
}

static int end(void *backend, uint32_t session)
{
	(void)session;
	((struct bench *)backend)->n_sessions--;
	return 0;
}

static int figures(void *backend, uint32_t session,
		   struct media_stream_figures *out)
{
	(void)backend;
	(void)session;
	(void)out;
	return 0;
}

static const struct media_ops counting = {
	.install = install,
	.update = update,
	.remove = end,
	.figures = figures,
};

static bool admit(void *arg, uint32_t endpoint, enum call_side caller)
{
	return alg_admit(arg, endpoint, caller == CALL_LAN);
}

static void hold(void *arg, uint32_t endpoint)
{
	alg_hold(arg, endpoint);
}

static void release(void *arg, uint32_t endpoint)
{
	alg_release(arg, endpoint);
}

/* --- the stage --- */

struct alg_policy bench_policy(void)
{
	return (struct alg_policy){
		.min_port = POOL_MIN,
		.max_port = POOL_MAX,
		.limits = {
			.messages = 1000, .messages_burst = 2000,
			.calls = 100, .calls_burst = 500,
			.max_endpoints = 256, .max_calls = 2048,
			.strangers = 20,
		},
		.is_lan = is_lan,
	};
}

/* The rooms, as a daemon opens them at its start. */
static void open_rooms(struct bench *b)
{
	static const struct alg_ops ops = {
		.open = open_port,
		.close = close_port,
		.egress = egress,
		.divert = divert,
		.now_ms = now_ms,
	};
	static const struct call_user_ops user_ops = {
		.admit = admit,
		.hold = hold,
		.release = release,
	};
	const struct call_policy call_policy = {
		.ice = b->ice,
		.learn = MEDIA_LEARN_SAME_ADDRESS,
		.dscp = -1,
		.is_lan = is_lan,
	};

	b->media = (struct media){ .ops = &counting, .backend = b };
	b->ports = media_ports_new(30000, 30000 + 2 * b->n_pairs - 1);
	b->alg = alg_new(&b->policy, &ops, b);
	b->calls = calls_new(&call_policy, &b->media, b->ports, &user_ops,
			     b->alg);
	assert_true(b->ports && b->alg && b->calls);
	alg_set_calls(b->alg, b->calls);
	alg_set_store(b->alg, b->store);
}

static void close_rooms(struct bench *b, bool keep)
{
	calls_free(b->calls, keep);
	alg_free(b->alg);
	media_ports_free(b->ports);
	store_close(b->store);
}

static int set_up(void **state, const struct alg_policy *policy,
		  unsigned int n_pairs, enum call_ice ice)
{
	struct bench *b = calloc(1, sizeof(*b));

	stage = b;
	*state = b;
	b->now_ms = START_MS;
	b->policy = *policy;
	b->n_pairs = n_pairs;
	b->ice = ice;
	open_rooms(b);
	return 0;
}

int bench_setup_with(void **state, const struct alg_policy *policy,
		     unsigned int n_pairs)
{
	return set_up(state, policy, n_pairs, CALL_ICE_PASS);
}

int bench_setup_ice(void **state, enum call_ice ice)
{
	const struct alg_policy policy = bench_policy();

	return set_up(state, &policy, 100, ice);
}

int bench_setup(void **state)
{
	return bench_setup_ice(state, CALL_ICE_PASS);
}

int bench_setup_kept(void **state)
{
	const struct alg_policy policy = bench_policy();
	struct bench *b;

	bench_setup_with(state, &policy, 100);
	b = *state;
	strcpy(b->dir, "/tmp/sipfast-bench-XXXXXX");
	if (!mkdtemp(b->dir))
		return -1;
	b->store = store_open(text("%s/0.db", b->dir), b->now_ms);
	alg_set_store(b->alg, b->store);
	return !store_is_kept(b->store);
}

/* What is in a file at this moment, without any more that its writer may say. */
static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	char bytes[4096];
	size_t len;

	assert_non_null(in);
	assert_non_null(out);
	while ((len = fread(bytes, 1, sizeof(bytes), in)))
		assert_int_equal(fwrite(bytes, 1, len, out), len);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

void write_anew(struct bench *b)
{
	store_begin_anew(b->store);
	alg_keep_all(b->alg);
	alg_commit(b->alg);
}

void restart(struct bench *b)
{
	const char *before = text("%s/%u.db", b->dir, b->n_restarts++);
	const char *after = text("%s/%u.db", b->dir, b->n_restarts);

	copy_file(before, after);
	copy_file(text("%s-wal", before), text("%s-wal", after));
	close_rooms(b, true);
	b->store = store_open(after, b->now_ms);
	open_rooms(b);
	alg_restore(b->alg);
	write_anew(b);
}

static int remove_one(const char *file, const struct stat *status, int type,
		      struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(file);
}

int bench_teardown(void **state)
{
	struct bench *b = *state;
	unsigned int i, left;

	close_rooms(b, false);
	if (b->dir[0] && nftw(b->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS))
		return -1;
	left = b->n_open + b->n_sessions;
	for (i = 0; i < b->n_sent; i++)
		free(b->sent[i].data);
	for (i = 0; i < b->n_texts; i++)
		free(b->texts[i]);
	free(b);
	return left;
}

/* --- texts --- */

char *kept(char *made)
{
	assert_non_null(made);
	assert_true(stage->n_texts < MAX_TEXTS);
	return stage->texts[stage->n_texts++] = made;
}

/* --- datagrams --- */

/* A copy of its own size lets ASan see whoever reads beyond the end. */
static struct message datagram(const char *src, const char *dst,
				    const void *bytes, size_t len)
{
	struct message made = {
		.data = malloc(len ? len : 1),
		.len = len,
		.src = address(src),
		.dst = address(dst),
		.tos = 0xb8,
	};

	memcpy((char *)made.data, bytes, len);
	return made;
}

void phone_sends_bytes(struct bench *b, const char *src, const char *dst,
		       const void *bytes, size_t len)
{
	struct message made = datagram(src, dst, bytes, len);

	alg_from_lan(b->alg, &made);
	free((char *)made.data);
}

void phone_sends(struct bench *b, const char *src, const char *dst,
		 const char *msg)
{
	phone_sends_bytes(b, src, dst, msg, strlen(msg));
}

void world_sends_bytes(struct bench *b, const char *src, const char *dst,
		       const void *bytes, size_t len)
{
	struct message made = datagram(src, dst, bytes, len);
	struct udp_socket *socket;

	DL_FOREACH(b->sockets, socket)
		if (!strcmp(socket->local, dst))
			break;
	if (!socket)
		fail_msg("nobody listens at %s", dst);
	else
		alg_from_wan(b->alg, socket->endpoint, &made);
	free((char *)made.data);
}

void world_sends(struct bench *b, const char *src, const char *dst,
		 const char *msg)
{
	world_sends_bytes(b, src, dst, msg, strlen(msg));
}

const struct sent *next_sent(struct bench *b)
{
	if (b->n_seen == b->n_sent)
		fail_msg("nothing has been sent");
	return &b->sent[b->n_seen++];
}

static void assert_sent(struct bench *b, bool to_phone, const char *src,
			const char *dst, const char *msg)
{
	const struct sent *sent = next_sent(b);

	assert_string_equal(sent->data, msg);
	assert_string_equal(sent->src, src);
	assert_string_equal(sent->dst, dst);
	assert_int_equal(sent->to_phone, to_phone);
	assert_int_equal(sent->tos, 0xb8);
}

void assert_left(struct bench *b, const char *src, const char *dst,
		 const char *msg)
{
	assert_sent(b, false, src, dst, msg);
}

void assert_reached(struct bench *b, const char *src, const char *dst,
		    const char *msg)
{
	assert_sent(b, true, src, dst, msg);
}

void assert_silent(struct bench *b)
{
	if (b->n_seen != b->n_sent)
		fail_msg("sent to %s:\n%s", b->sent[b->n_seen].dst,
			 b->sent[b->n_seen].data);
}

const char *forwarded(struct bench *b, const char *src, const char *dst,
		      const char *msg)
{
	assert_silent(b);
	phone_sends(b, src, dst, msg);
	return next_sent(b)->data;
}

const char *delivered(struct bench *b, const char *src, const char *dst,
		      const char *msg)
{
	assert_silent(b);
	world_sends(b, src, dst, msg);
	return next_sent(b)->data;
}

void later(struct bench *b, uint64_t ms)
{
	const uint64_t until_ms = b->now_ms + ms;

	while (b->now_ms < until_ms) {
		b->now_ms += until_ms - b->now_ms < 1000 ?
			     until_ms - b->now_ms : 1000;
		calls_expire(b->calls, b->now_ms);
		alg_expire(b->alg, b->now_ms);
		/* The wall clock has stood still meanwhile, as if it was set. */
		if (store_is_behind(b->store, b->now_ms))
			write_anew(b);
		alg_commit(b->alg);
	}
}
