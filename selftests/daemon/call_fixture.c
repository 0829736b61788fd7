// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The stage for calls, see call_fixture.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "call_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip/msg.h"

/* --- the media back end that only records --- */

static bool fails(struct fixture *f)
{
	if (!f->n_fails)
		return false;
	f->n_fails--;
	return true;
}

static struct session *find_session(struct fixture *f, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < f->n_sessions; i++)
		if (f->sessions[i].id == id)
			return &f->sessions[i];
	return NULL;
}

/* As in the kernel, which finds a stream by the two addresses of its packets. */
static bool is_taken(const struct session *session,
		     const struct media_plan *plan)
{
	const struct media_plan *other = &session->plan;
	unsigned int i, j;

	for (i = 0; i < plan->n_streams; i++)
		for (j = 0; j < other->n_streams; j++)
			if (media_address_equal(&plan->streams[i].lan,
						&other->streams[j].lan) &&
			    media_address_equal(&plan->streams[i].remote,
						&other->streams[j].remote))
				return true;
	return false;
}

static int install(void *backend, const char *cookie,
		   const struct media_plan *plan, uint32_t *id)
{
	struct fixture *f = backend;
	struct session *session;
	unsigned int i;

	f->n_installs++;
	if (fails(f))
		return f->fail;
	assert_in_range(plan->n_streams, 1, MEDIA_MAX_STREAMS);
	assert_true(f->n_sessions < MAX_SESSIONS);
	for (i = 0; i < f->n_sessions; i++) {
		assert_string_not_equal(f->sessions[i].cookie, cookie);
		if (is_taken(&f->sessions[i], plan))
			return -EEXIST;
	}
	session = &f->sessions[f->n_sessions++];
	session->id = *id = ++f->last_session;
	session->plan = *plan;
	snprintf(session->cookie, sizeof(session->cookie), "%s", cookie);
	return 0;
}

static int update(void *backend, uint32_t id, const struct media_plan *old,
		  const struct media_plan *plan)
{
	struct fixture *f = backend;
	struct session *session = find_session(f, id);

	f->n_updates++;
	if (fails(f))
		return f->fail;
	if (!session)
		return -ENOENT;
	assert_true(media_plan_equal(&session->plan, old));
	assert_false(media_plan_equal(old, plan));
	session->plan = *plan;
	return 0;
}

static int end(void *backend, uint32_t id)
{
	struct fixture *f = backend;
	struct session *session = find_session(f, id);

	f->n_removes++;
	if (f->n_keeps) {
		f->n_keeps--;
		return f->fail;
	}
	if (!session)
		return -ENOENT;
	*session = f->sessions[--f->n_sessions];
	return 0;
}

static int figures(void *backend, uint32_t id, struct media_stream_figures *out)
{
	struct session *session = find_session(backend, id);
	unsigned int i;

	if (!session)
		return -ENOENT;
	for (i = 0; i < session->plan.n_streams; i++)
		out[i] = (struct media_stream_figures){
			.id = session->plan.streams[i].id,
			.from_lan.packets = 100 + i,
		};
	return i;
}

static const struct media_ops recording = {
	.install = install,
	.update = update,
	.remove = end,
	.figures = figures,
};

/* --- what calls stand on --- */

static bool is_lan(void *arg, const struct sockaddr_storage *address)
{
	const struct sockaddr_in *in = (const void *)address;

	(void)arg;
	return address->ss_family == AF_INET &&
	       ntohl(in->sin_addr.s_addr) >> 8 == 0xc0a801;
}

static void hold(void *arg, uint32_t endpoint)
{
	((struct fixture *)arg)->held[endpoint]++;
}

static void release(void *arg, uint32_t endpoint)
{
	((struct fixture *)arg)->held[endpoint]--;
}

static bool has(void *arg, uint32_t endpoint)
{
	return ((struct fixture *)arg)->gone != endpoint;
}

/* What a daemon opens at its start */
static void open_calls(struct fixture *f)
{
	const struct call_policy policy = {
		.ice = f->ice,
		.learn = MEDIA_LEARN_SAME_ADDRESS,
		.dscp = -1,
		.is_lan = is_lan,
	};
	static const struct call_user_ops ops = {
		.hold = hold,
		.release = release,
		.has = has,
	};

	f->ports = media_ports_new(PORT_MIN, PORT_MAX);
	f->calls = calls_new(&policy, &f->media, f->ports, &ops, f);
	assert_true(f->ports && f->calls);
	calls_set_store(f->calls, f->store);
}

static void open_store(struct fixture *f)
{
	char path[80];

	strcpy(f->dir, "/tmp/sipfast-calls-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(path, sizeof(path), "%s/calls.db", f->dir);
	f->store = store_open(path, f->now_ms);
	assert_true(store_is_kept(f->store));
}

static int remove_one(const char *file, const struct stat *status, int type,
		      struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(file);
}

static void close_store(struct fixture *f)
{
	store_close(f->store);
	if (f->dir[0])
		nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int fixture_setup_ice(void **state, enum call_ice ice)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->ice = ice;
	f->now_ms = 1000000;
	f->media.ops = &recording;
	f->media.backend = f;
	f->restarts = getenv("RESTART");
	if (f->restarts)
		open_store(f);
	open_calls(f);
	*state = f;
	return 0;
}

int fixture_setup(void **state)
{
	return fixture_setup_ice(state, CALL_ICE_PASS);
}

int fixture_setup_kept(void **state)
{
	setenv("RESTART", "once", 0);
	return fixture_setup(state);
}

static bool restarts_always(const struct fixture *f)
{
	return f->restarts && !strcmp(f->restarts, "always");
}

static void adopt_sessions(struct fixture *f)
{
	unsigned int i = 0;

	while (i < f->n_sessions) {
		if (calls_adopt(f->calls, f->sessions[i].cookie,
				f->sessions[i].id, &f->sessions[i].plan))
			i++;
		else
			end(f, f->sessions[i].id);
	}
}

void restart(struct fixture *f)
{
	int held[MAX_ENDPOINTS];

	/* As if it was killed: what it does now, it does to nobody. */
	memcpy(held, f->held, sizeof(held));
	calls_free(f->calls, true);
	media_ports_free(f->ports);
	memset(f->held, 0, sizeof(f->held));
	open_calls(f);
	calls_restore(f->calls, f->now_ms);
	adopt_sessions(f);
	f->n_made = calls_resume(f->calls, f->now_ms);
	store_commit(f->store);
	if (!f->gone)
		assert_memory_equal(f->held, held, sizeof(held));
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	int i, left = 0;

	calls_free(f->calls, false);
	left += f->n_sessions;
	left += media_ports_used(f->ports, NULL);
	for (i = 0; i < MAX_ENDPOINTS; i++)
		left += f->held[i];
	media_ports_free(f->ports);
	close_store(f);
	free(f);
	return left;
}

/* --- speaking SIP --- */

static void write_start(const struct words *words, FILE *out)
{
	if (words->status)
		fprintf(out, "SIP/2.0 %u Said\r\n", words->status);
	else
		fprintf(out, "%s sip:bob@example.com SIP/2.0\r\n",
			words->method);
}

static void write_via(const struct words *words, unsigned int cseq, FILE *out)
{
	fprintf(out, "Via: SIP/2.0/UDP host.example.com;branch=");
	if (words->branch)
		fprintf(out, "%s\r\n", words->branch);
	else
		fprintf(out, "z9hG4bK%s%u\r\n", words->method, cseq);
}

static void write_message(const struct words *words, char *text, size_t room)
{
	unsigned int cseq = words->cseq ? words->cseq : 1;
	FILE *out = fmemopen(text, room, "w");

	assert_non_null(out);
	write_start(words, out);
	write_via(words, cseq, out);
	fprintf(out, "From: <sip:alice@example.com>;tag=%s\r\n",
		words->caller ? words->caller : "a");
	fprintf(out, "To: <sip:bob@example.com>%s%s\r\n",
		words->to ? ";tag=" : "", words->to ? words->to : "");
	fprintf(out, "Call-ID: %s\r\n",
		words->call_id ? words->call_id : "call");
	fprintf(out, "CSeq: %u %s\r\n", cseq, words->method);
	if (words->more)
		fprintf(out, "%s", words->more);
	if (words->sdp)
		fprintf(out, "Content-Type: application/sdp\r\n");
	fprintf(out, "Content-Length: %zu\r\n\r\n",
		words->sdp ? strlen(words->sdp) : 0);
	if (words->sdp)
		fprintf(out, "%s", words->sdp);
	assert_int_equal(fclose(out), 0);
}

int fixture_say(struct fixture *f, const struct words *words)
{
	struct sockaddr_in public = { .sin_family = AF_INET };
	struct sockaddr_storage storage = { 0 }, inside = { 0 };
	struct call_message message = {
		.from = words->from,
		.endpoint = words->endpoint ? words->endpoint : 1,
		.public = &storage,
		.now_ms = f->now_ms,
	};
	static char text[16384];
	static struct sip_msg msg;
	static struct sdp sdp_index_of;
	int err;

	inet_pton(AF_INET, GATEWAY, &public.sin_addr);
	memcpy(&storage, &public, sizeof(public));
	if (f->inside) {
		inet_pton(AF_INET, f->inside, &public.sin_addr);
		memcpy(&inside, &public, sizeof(public));
		message.inside = &inside;
	}
	write_message(words, text, sizeof(text));
	assert_int_equal(sip_msg_index(&msg, text, strlen(text), SIP_DATAGRAM),
			 SIP_MSG_OK);
	message.msg = &msg;
	if (words->sdp) {
		assert_int_equal(sdp_index(&sdp_index_of, text, msg.body), 0);
		message.sdp = &sdp_index_of;
	}
	memset(&f->verdict, 0xa5, sizeof(f->verdict));
	err = call_message(f->calls, &message, &f->verdict);
	store_commit(f->store);
	if (restarts_always(f))
		restart(f);
	return err;
}

bool fixture_is_dialog(struct fixture *f, const struct words *words)
{
	static char text[16384];
	static struct sip_msg msg;

	write_message(words, text, sizeof(text));
	assert_int_equal(sip_msg_index(&msg, text, strlen(text), SIP_DATAGRAM),
			 SIP_MSG_OK);
	return call_is_dialog(f->calls, &msg);
}

/* Some texts live at a time, so that one message can be said again. */
const char *sdp(const char *host, const char *lines)
{
	static char texts[8][2048];
	static unsigned int next;
	char *text = texts[next++ % 8];

	assert_true(snprintf(text, sizeof(texts[0]),
		"v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n%s",
		host, host, lines) < (int)sizeof(texts[0]));
	return text;
}

const char *audio(const char *host, unsigned int port)
{
	char line[64];

	snprintf(line, sizeof(line), "m=audio %u RTP/AVP 0\r\n", port);
	return sdp(host, line);
}

void later(struct fixture *f, uint64_t ms)
{
	f->now_ms += ms;
	/* The wall clock has stood still meanwhile, as if it was set. */
	if (store_is_behind(f->store, f->now_ms)) {
		store_begin_anew(f->store);
		calls_keep_all(f->calls);
	}
	calls_expire(f->calls, f->now_ms);
	store_commit(f->store);
}

/* --- seeing --- */

struct session *the_session(struct fixture *f)
{
	assert_int_equal(f->n_sessions, 1);
	return &f->sessions[0];
}

uint16_t port_of(const void *address)
{
	const struct sockaddr_in *in = address;

	return ntohs(in->sin_port);
}

bool host_is(const void *address, const char *host)
{
	const struct sockaddr_in *in = address;

	return in->sin_family == AF_INET &&
	       in->sin_addr.s_addr == inet_addr(host);
}

uint16_t place(struct fixture *f, unsigned int line)
{
	assert_true(line < f->verdict.n_places);
	assert_true(f->verdict.places[line].mapped);
	assert_true(host_is(&f->verdict.places[line].rtp, GATEWAY));
	assert_in_range(port_of(&f->verdict.places[line].rtp), PORT_MIN,
			PORT_MAX);
	return port_of(&f->verdict.places[line].rtp);
}

uint16_t place_rtcp(struct fixture *f, unsigned int line)
{
	place(f, line);
	assert_true(host_is(&f->verdict.places[line].rtcp, GATEWAY));
	return port_of(&f->verdict.places[line].rtcp);
}

void assert_left_alone(struct fixture *f)
{
	unsigned int i;

	for (i = 0; i < f->verdict.n_places; i++)
		assert_false(f->verdict.places[i].mapped);
}

void assert_talks(struct fixture *f, unsigned int index, const char *lan,
		  uint16_t lan_port, uint16_t public_port, const char *remote,
		  uint16_t remote_port)
{
	const struct media_plan *plan = &the_session(f)->plan;
	const struct media_stream *stream = &plan->streams[index];

	assert_true(index < plan->n_streams);
	assert_true(host_is(&stream->lan, lan));
	assert_int_equal(port_of(&stream->lan), lan_port);
	assert_true(host_is(&stream->public, GATEWAY));
	assert_int_equal(port_of(&stream->public), public_port);
	assert_true(host_is(&stream->remote, remote));
	assert_int_equal(port_of(&stream->remote), remote_port);
}

uint16_t set_up(struct fixture *f)
{
	uint16_t port;

	assert_int_equal(say(f, { "INVITE", CALL_LAN,
				  .sdp = audio(PHONE, 40000) }), 0);
	port = place(f, 0);
	assert_int_equal(say(f, { "INVITE", CALL_WAN, 200, .to = "b",
				  .sdp = audio(PEER, 50000) }), 0);
	assert_int_equal(say(f, { "ACK", CALL_LAN, .to = "b" }), 0);
	assert_talks(f, 0, PHONE, 40000, port, PEER, 50000);
	return port;
}

void hang_up(struct fixture *f)
{
	assert_int_equal(say(f, { "BYE", CALL_LAN, .to = "b", .cseq = 9 }), 0);
	assert_int_equal(say(f, { "BYE", CALL_WAN, 200, .to = "b",
				  .cseq = 9 }), 0);
	assert_int_equal(calls_count(f->calls), 0);
}
