// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The commands of the control socket, one function each, and the JSON that they
 * answer with.
 *
 * Keys are those of the netlink specification where it has the thing, and are
 * made like them where it has not. They are stable: sipfastd(8) lists them.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "ctl/command.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "alg/alg.h"
#include "alg/words.h"
#include "call/call.h"
#include "ctl/ctl.h"
#include "ctl/why.h"
#include "media/ports.h"
#include "store/store.h"
#include "transport/tcp.h"

/*
 * An endpoint as the attribute set of that name: {"addr4": ..., "port": ...}.
 * One without an address is null: a remote that no answer has named yet.
 */
static json_t *endpoint(const struct sockaddr_storage *address)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	char text[INET6_ADDRSTRLEN];

	switch (address->ss_family) {
	case AF_INET:
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
		return json_pack("{s:s, s:i}", "addr4", text,
				 "port", ntohs(in->sin_port));
	case AF_INET6:
		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
		return json_pack("{s:s, s:i}", "addr6", text,
				 "port", ntohs(in6->sin6_port));
	default:
		return json_null();
	}
}

json_t *ctl_text(const char *bytes)
{
	json_t *string = json_string(bytes);
	const char *byte;
	char *plain, *at;

	if (string || !bytes)
		return string ? string : json_null();
	plain = malloc(strlen(bytes) + 1);
	if (!plain)
		return NULL;
	for (byte = bytes, at = plain; *byte; byte++, at++)
		*at = *byte & 0x80 ? '?' : *byte;
	*at = '\0';
	string = json_string(plain);
	free(plain);
	return string;
}

static json_t *lease(const struct alg_lease_view *view)
{
	return json_pack("{s:s, s:o, s:I}", "kind", view->kind,
			 "what", ctl_text(view->what),
			 "left-s", (json_int_t)view->left_s);
}

static void show_endpoint(void *arg, const struct alg_endpoint_view *view)
{
	json_t *list = arg;
	json_t *leases = json_array();
	unsigned int i;

	for (i = 0; i < view->n_leases; i++)
		json_array_append_new(leases, lease(&view->leases[i]));
	json_array_append_new(list, json_pack(
		"{s:I, s:s, s:o, s:o, s:I, s:o, s:I, s:I, s:I}",
		"id", (json_int_t)view->id,
		"transport", alg_transport_words[view->transport],
		"lan", endpoint(view->lan),
		"public", endpoint(view->public),
		"calls", (json_int_t)view->n_calls,
		"leases", leases,
		"from-lan", (json_int_t)view->from_lan,
		"from-wan", (json_int_t)view->from_wan,
		"idle-ms", (json_int_t)view->idle_ms));
}

static json_t *endpoint_list(const struct ctl_sources *sources,
			     const json_t *request, const char **error)
{
	json_t *list = json_array();

	(void)request;
	(void)error;
	if (sources->alg)
		alg_each_endpoint(sources->alg, show_endpoint, list);
	return list;
}

static void show_connection(void *arg, const struct tcp_view *view)
{
	json_t *list = arg;

	json_array_append_new(list, json_pack(
		"{s:o, s:o, s:o, s:s, s:I, s:I, s:I, s:I}",
		"lan", endpoint(view->remote[TCP_LAN]),
		"server", endpoint(view->remote[TCP_WAN]->ss_family ?
				   view->remote[TCP_WAN] :
				   view->local[TCP_LAN]),
		"public", endpoint(view->local[TCP_WAN]),
		"state", view->state,
		"from-lan", (json_int_t)view->bytes[TCP_LAN],
		"from-wan", (json_int_t)view->bytes[TCP_WAN],
		"age-ms", (json_int_t)view->age_ms,
		"idle-ms", (json_int_t)view->idle_ms));
}

static json_t *connection_list(const struct ctl_sources *sources,
			       const json_t *request, const char **error)
{
	json_t *list = json_array();

	(void)request;
	(void)error;
	if (sources->tcp)
		tcp_each_flow(sources->tcp, show_connection, list);
	return list;
}

static json_t *figures(const struct media_figures *figures)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}",
			 "packets", (json_int_t)figures->packets,
			 "bytes", (json_int_t)figures->bytes,
			 "lost", (json_int_t)figures->lost,
			 "jitter", (json_int_t)figures->jitter,
			 "dropped", (json_int_t)figures->dropped);
}

static const struct media_stream_figures *
figures_of(const struct call_view *view, uint8_t id)
{
	unsigned int i;

	for (i = 0; i < view->n_figures; i++)
		if (view->figures[i].id == id)
			return &view->figures[i];
	return NULL;
}

static json_t *transport(const union media_address *address)
{
	const struct sockaddr_storage storage = media_address_to(address);

	return endpoint(&storage);
}

static json_t *stream(const struct media_stream *stream,
		      const struct media_stream_figures *counted)
{
	static const char *const kinds[] = {
		[MEDIA_RTP] = "rtp",
		[MEDIA_RTCP] = "rtcp",
		[MEDIA_OPAQUE] = "opaque",
	};
	json_t *object = json_pack("{s:I, s:s, s:o, s:o, s:o}",
				   "id", (json_int_t)stream->id,
				   "kind", kinds[stream->kind],
				   "lan", transport(&stream->lan),
				   "public", transport(&stream->public),
				   "remote", transport(&stream->remote));

	if (object && counted) {
		json_object_set_new(object, "from-lan",
				    figures(&counted->from_lan));
		json_object_set_new(object, "from-wan",
				    figures(&counted->from_wan));
	}
	return object;
}

static void show_call(void *arg, const struct call_view *view)
{
	json_t *list = arg;
	json_t *streams = json_array();
	unsigned int i;

	for (i = 0; view->plan && i < view->plan->n_streams; i++)
		json_array_append_new(streams, stream(
			&view->plan->streams[i],
			figures_of(view, view->plan->streams[i].id)));
	json_array_append_new(list, json_pack(
		"{s:o, s:o, s:o, s:s, s:s, s:I, s:I, s:I, s:o}",
		"call-id", ctl_text(view->call_id),
		"from-uri", ctl_text(view->from_uri),
		"to-uri", ctl_text(view->to_uri),
		"state", view->state,
		"caller", view->caller == CALL_LAN ? "lan" : "wan",
		"endpoint", (json_int_t)view->endpoint,
		"session", (json_int_t)view->session,
		"age-ms", (json_int_t)view->age_ms,
		"streams", streams));
}

static json_t *call_list(const struct ctl_sources *sources,
			 const json_t *request, const char **error)
{
	json_t *list = json_array();

	(void)request;
	(void)error;
	if (sources->calls)
		calls_each(sources->calls, sources->now_ms(), show_call, list);
	return list;
}

json_t *ctl_key(const char *name)
{
	char key[64];
	size_t i;

	for (i = 0; name[i] && i < sizeof(key) - 1; i++)
		key[i] = name[i] == '_' ? '-' : name[i];
	return json_stringn(key, i);
}

static void add_counter(json_t *object, const char *name, uint64_t value)
{
	json_t *key = ctl_key(name);

	json_object_set_new(object, json_string_value(key),
			    json_integer(value));
	json_decref(key);
}

static void add_restored(json_t *object, const struct ctl_restored *restored)
{
	add_counter(object, "restored_endpoints", restored->endpoints);
	add_counter(object, "restored_calls", restored->calls);
	add_counter(object, "adopted_sessions", restored->sessions_adopted);
	add_counter(object, "made_sessions", restored->sessions_made);
	add_counter(object, "ended_sessions", restored->sessions_ended);
}

static void add_store(json_t *object, const struct store_counters *counters)
{
	add_counter(object, "commits", counters->commits);
	add_counter(object, "failed", counters->failed);
	add_counter(object, "rewrites", counters->rewrites);
}

static json_t *stats(const struct ctl_sources *sources, const json_t *request,
		     const char **error)
{
	const struct alg_counters *counters;
	json_t *signalling = json_object();
	json_t *events = json_object();
	json_t *tcp = json_object();
	json_t *store = json_object();
	const struct tcp_counters *connections;
	unsigned int used = 0, total = 0;

	(void)request;
	(void)error;
	if (sources->alg) {
		counters = alg_counters(sources->alg);
#define X(name, what) add_counter(signalling, #name, counters->name);
		ALG_COUNTERS(X)
#undef X
	}
	if (sources->tcp) {
		connections = tcp_counters(sources->tcp);
#define X(name, what) add_counter(tcp, #name, connections->name);
		TCP_COUNTERS(X)
#undef X
	}
	if (sources->events) {
		add_counter(events, "overruns", sources->events->overruns);
		add_counter(events, "sessions_missed",
			    sources->events->sessions_missed);
	}
	if (sources->restored)
		add_restored(store, sources->restored);
	if (sources->store)
		add_store(store, store_counters(sources->store));
	if (sources->ports)
		used = media_ports_used(sources->ports, &total);
	return json_pack("{s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o}",
			 "state", sources->state,
			 "calls", (json_int_t)(sources->calls ?
					       calls_count(sources->calls) : 0),
			 "media-ports-used", (json_int_t)used,
			 "media-ports-total", (json_int_t)total,
			 "signalling", signalling,
			 "tcp", tcp,
			 "events", events,
			 "store", store);
}

static json_t *version(const struct ctl_sources *sources,
		       const json_t *request, const char **error)
{
	(void)sources;
	(void)request;
	(void)error;
	return json_pack("{s:s}", "version", SIPFAST_VERSION);
}

/*
 * What a command answers: a new reference; NULL with @error set where what it
 * was given is wrong, and without it where there was no memory.
 */
static const struct {
	const char *name;
	json_t *(*answer)(const struct ctl_sources *sources,
			  const json_t *request, const char **error);
} commands[] = {
	{ "endpoint-list", endpoint_list },
	{ "endpoint-why", ctl_why_endpoint },
	{ "connection-list", connection_list },
	{ "call-list", call_list },
	{ "call-why", ctl_why_call },
	{ "stats", stats },
	{ "version", version },
};

/* The reply as a line. Takes the reference to @reply, which may be NULL. */
static char *write_line(json_t *reply)
{
	size_t len;
	char *line;

	if (!reply)
		return NULL;
	len = json_dumpb(reply, NULL, 0, JSON_COMPACT);
	line = malloc(len + 2);
	if (line) {
		json_dumpb(reply, line, len, JSON_COMPACT);
		line[len] = '\n';
		line[len + 1] = '\0';
	}
	json_decref(reply);
	return line;
}

char *ctl_refusal(const char *error)
{
	return write_line(json_pack("{s:b, s:s}", "ok", 0, "error", error));
}

static char *answer_command(const struct ctl_sources *sources,
			    const char *name, const json_t *request)
{
	const char *error = NULL;
	json_t *result;
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name))
			continue;
		result = commands[i].answer(sources, request, &error);
		if (error)
			return ctl_refusal(error);
		return write_line(json_pack("{s:b, s:o}", "ok", 1,
					    "result", result));
	}
	return ctl_refusal("no such command; there are endpoint-list, "
			   "endpoint-why, connection-list, call-list, "
			   "call-why, stats, version");
}

char *ctl_answer(const struct ctl_sources *sources, const char *line,
		 size_t len)
{
	json_t *request, *name;
	char *reply;

	request = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(request)) {
		json_decref(request);
		return ctl_refusal("expected a JSON object on one line");
	}
	name = json_object_get(request, "command");
	if (json_is_string(name))
		reply = answer_command(sources, json_string_value(name),
				       request);
	else
		reply = ctl_refusal("expected a string called \"command\"");
	json_decref(request);
	return reply;
}
