// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The control socket: requests and replies, its limits, and who else is there.
 * The ALG and its calls are played by this file.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>
#include <jansson.h>

#include "alg/alg.h"
#include "call/call.h"
#include "ctl/ctl.h"
#include "media/ports.h"

static char directory[] = "/tmp/sipfast-ctl-XXXXXX";
static char path[64];
static struct event_base *base;

/* The ALG and the calls, as far as the control socket sees them */

static struct sockaddr_storage address(const char *host, uint16_t port)
{
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&storage;

	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	assert_int_equal(inet_pton(AF_INET, host, &in->sin_addr), 1);
	return storage;
}

void alg_each_endpoint(struct alg *alg,
		       void (*show)(void *arg,
				    const struct alg_endpoint_view *view),
		       void *arg)
{
	const struct sockaddr_storage lan = address("192.168.1.10", 5060);
	const struct sockaddr_storage public = address("203.0.113.1", 5062);
	const struct alg_lease_view lease = {
		.kind = "registration",
		/* Latin-1, as an old phone writes it: no UTF-8 */
		.what = "sip:j\xfcrgen@example.com",
		.left_s = 3599,
	};
	const struct alg_endpoint_view view = {
		.id = 7, .lan = &lan, .public = &public, .n_calls = 1,
		.n_leases = 1, .leases = &lease, .from_lan = 3, .from_wan = 4,
		.idle_ms = 250,
	};

	(void)alg;
	show(arg, &view);
}

static const struct alg_entry_view entries[] = {
	{ .age_ms = 9, .endpoint = 7, .out = true, .message = "INVITE",
	  .where = "Contact", .from = "192.168.1.10", .to = "203.0.113.1",
	  .reason = "values_mapped", .why = "it names a phone" },
	{ .age_ms = 8, .endpoint = 7, .message = "200 to INVITE", .where = "",
	  .from = "\xff", .reason = "sdp_left", .why = "left alone" },
};

#define ENTRIES "\"forgotten\": 3, \"entries\": [" \
	"{\"age-ms\": 9, \"endpoint\": 7, \"way\": \"out\"," \
	"\"message\": \"INVITE\", \"where\": \"Contact\"," \
	"\"from\": \"192.168.1.10\", \"to\": \"203.0.113.1\"," \
	"\"reason\": \"values-mapped\", \"why\": \"it names a phone\"}," \
	"{\"age-ms\": 8, \"endpoint\": 7, \"way\": \"in\"," \
	"\"message\": \"200 to INVITE\", \"where\": \"\", \"from\": \"?\"," \
	"\"reason\": \"sdp-left\", \"why\": \"left alone\"}]"

bool alg_why_call(struct alg *alg, const char *call_id, uint64_t *n_forgotten,
		  void (*show)(void *arg, const struct alg_entry_view *view),
		  void *arg)
{
	(void)alg;
	assert_string_equal(call_id, "abc");
	*n_forgotten = 3;
	show(arg, &entries[0]);
	show(arg, &entries[1]);
	return true;
}

bool alg_why_endpoint(struct alg *alg, uint32_t id, uint64_t *n_forgotten,
		      void (*show)(void *arg,
				   const struct alg_entry_view *view),
		      void *arg)
{
	return id == 7 && alg_why_call(alg, "abc", n_forgotten, show, arg);
}

void alg_each_journal(struct alg *alg,
		      void (*show)(void *arg, const char *call_id), void *arg)
{
	(void)alg;
	show(arg, "abc");
	show(arg, "abcd");
	show(arg, "xyz");
}

const struct alg_counters *alg_counters(const struct alg *alg)
{
	static const struct alg_counters counters = {
		.lan_datagrams = 12, .values_doubted = 1,
	};

	(void)alg;
	return &counters;
}

static union media_address transport(const char *host, uint16_t port)
{
	const struct sockaddr_storage storage = address(host, port);

	return media_address_from(&storage);
}

unsigned int calls_count(const struct calls *calls)
{
	(void)calls;
	return 1;
}

void calls_each(struct calls *calls, uint64_t now_ms,
		void (*show)(void *arg, const struct call_view *view),
		void *arg)
{
	struct media_plan plan = { .n_streams = 2 };
	const struct media_stream_figures counted = {
		.id = 0,
		.from_lan = { .packets = 500, .bytes = 86000, .lost = 2,
			      .jitter = 9 },
		.from_wan = { .packets = 480, .bytes = 82560, .lost = -1,
			      .dropped = 5 },
	};
	const struct call_view view = {
		.call_id = "abc@192.168.1.10", .from_uri = "sip:a@example.com",
		.to_uri = "sip:b@example.com", .state = "confirmed",
		.caller = CALL_LAN, .endpoint = 7, .session = 42,
		.age_ms = now_ms, .plan = &plan, .n_figures = 1,
		.figures = &counted,
	};

	(void)calls;
	plan.streams[0].lan = transport("192.168.1.10", 40000);
	plan.streams[0].public = transport("203.0.113.1", 16384);
	plan.streams[0].remote = transport("198.51.100.9", 30000);
	plan.streams[1].id = 1;
	plan.streams[1].kind = MEDIA_RTCP;
	show(arg, &view);
}

static uint64_t now_ms(void)
{
	return 1234;
}

static struct ctl_sources sources = {
	.state = "serving",
	.alg = (struct alg *)&sources,
	.calls = (struct calls *)&sources,
	.now_ms = now_ms,
};

/* A client. The loop that serves it is turned by the test itself. */

static int dial(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(un.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	return fd;
}

static void say(int fd, const char *text, size_t len)
{
	assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), len);
}

/* Turn the loop until a line has come, or until there is nothing more to do. */
static char *hear(int fd)
{
	static char line[65536];
	size_t len = 0;
	int idle = 0;
	ssize_t n;

	while (idle < 8 && len < sizeof(line) - 1) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		n = recv(fd, line + len, 1, 0);
		if (n == 0)
			return NULL;
		idle = n < 0 ? idle + 1 : 0;
		len += n > 0;
		if (len && line[len - 1] == '\n')
			break;
	}
	line[len] = '\0';
	return line;
}

static json_t *ask_fd(int fd, const char *request)
{
	json_t *reply;
	char *line;

	say(fd, request, strlen(request));
	line = hear(fd);
	assert_non_null(line);
	reply = json_loads(line, 0, NULL);
	assert_true(json_is_object(reply));
	return reply;
}

static json_t *ask(const char *request)
{
	int fd = dial();
	json_t *reply = ask_fd(fd, request);

	close(fd);
	event_base_loop(base, EVLOOP_NONBLOCK);
	return reply;
}

static void assert_refused(json_t *reply, const char *error)
{
	assert_true(json_is_false(json_object_get(reply, "ok")));
	assert_string_equal(json_string_value(json_object_get(reply, "error")),
			    error);
	json_decref(reply);
}

/* The reply has to be @expected, as JSON. */
static void assert_result(json_t *reply, const char *expected)
{
	json_t *wanted = json_loads(expected, JSON_DECODE_ANY, NULL);
	json_t *result = json_object_get(reply, "result");
	char *text;

	assert_non_null(wanted);
	assert_true(json_is_true(json_object_get(reply, "ok")));
	if (!json_equal(result, wanted)) {
		text = json_dumps(result, JSON_DECODE_ANY);
		print_message("# got %s\n", text);
		free(text);
		fail();
	}
	json_decref(wanted);
	json_decref(reply);
}

static void endpoints_are_listed(void **state)
{
	(void)state;
	assert_result(ask("{\"command\": \"endpoint-list\"}\n"),
		      "[{\"id\": 7, \"transport\": \"udp\","
		      "\"lan\": {\"addr4\": \"192.168.1.10\", \"port\": 5060},"
		      "\"public\": {\"addr4\": \"203.0.113.1\", \"port\": 5062},"
		      "\"calls\": 1,"
		      "\"leases\": [{\"kind\": \"registration\","
		      "\"what\": \"sip:j?rgen@example.com\", \"left-s\": 3599}],"
		      "\"from-lan\": 3, \"from-wan\": 4, \"idle-ms\": 250}]");
}

static void calls_are_listed_with_their_streams(void **state)
{
	(void)state;
	assert_result(ask("{\"command\": \"call-list\"}\n"),
		      "[{\"call-id\": \"abc@192.168.1.10\","
		      "\"from-uri\": \"sip:a@example.com\","
		      "\"to-uri\": \"sip:b@example.com\","
		      "\"state\": \"confirmed\", \"caller\": \"lan\","
		      "\"endpoint\": 7, \"session\": 42, \"age-ms\": 1234,"
		      "\"streams\": ["
		      "{\"id\": 0, \"kind\": \"rtp\","
		      "\"lan\": {\"addr4\": \"192.168.1.10\", \"port\": 40000},"
		      "\"public\": {\"addr4\": \"203.0.113.1\", \"port\": 16384},"
		      "\"remote\": {\"addr4\": \"198.51.100.9\", \"port\": 30000},"
		      "\"from-lan\": {\"packets\": 500, \"bytes\": 86000,"
		      "\"lost\": 2, \"jitter\": 9, \"dropped\": 0},"
		      "\"from-wan\": {\"packets\": 480, \"bytes\": 82560,"
		      "\"lost\": -1, \"jitter\": 0, \"dropped\": 5}},"
		      "{\"id\": 1, \"kind\": \"rtcp\", \"lan\": null,"
		      "\"public\": null, \"remote\": null}]}]");
}

static void a_call_tells_why(void **state)
{
	(void)state;
	assert_result(ask("{\"command\": \"call-why\", \"call-id\": \"abc\"}\n"),
		      "{\"call-id\": \"abc\", " ENTRIES "}");
	assert_refused(ask("{\"command\": \"call-why\", \"call-id\": \"ab\"}\n"),
		       "more than one call begins so");
	assert_refused(ask("{\"command\": \"call-why\", \"call-id\": \"b\"}\n"),
		       "nothing is known of such a call");
	assert_refused(ask("{\"command\": \"call-why\", \"call-id\": 7}\n"),
		       "expected a string called \"call-id\"");
}

static void an_endpoint_tells_why(void **state)
{
	(void)state;
	assert_result(ask("{\"command\": \"endpoint-why\", \"id\": 7}\n"),
		      "{\"id\": 7, " ENTRIES "}");
	assert_refused(ask("{\"command\": \"endpoint-why\", \"id\": 8}\n"),
		       "no such endpoint");
	assert_refused(ask("{\"command\": \"endpoint-why\", \"id\": -1}\n"),
		       "no such endpoint");
	assert_refused(ask("{\"command\": \"endpoint-why\"}\n"),
		       "expected a number called \"id\"");
}

static void stats_have_the_names_of_the_counters(void **state)
{
	static const struct ctl_events events = {
		.overruns = 3, .sessions_missed = 7,
	};
	const struct ctl_restored restored = {
		.endpoints = 5, .calls = 4, .sessions_adopted = 3,
		.sessions_made = 1, .sessions_ended = 2,
	};
	json_t *reply, *result, *signalling, *store;

	(void)state;
	sources.events = &events;
	sources.restored = &restored;
	sources.ports = media_ports_new(30000, 30009);
	assert_non_null(sources.ports);
	assert_true(media_ports_get(sources.ports, 0) > 0);
	reply = ask("{\"command\": \"stats\"}\n");
	result = json_object_get(reply, "result");
	signalling = json_object_get(result, "signalling");
	assert_string_equal(json_string_value(json_object_get(result, "state")),
			    "serving");
	assert_int_equal(json_integer_value(
		json_object_get(result, "media-ports-used")), 1);
	assert_int_equal(json_integer_value(
		json_object_get(result, "media-ports-total")), 5);
	assert_int_equal(json_integer_value(
		json_object_get(signalling, "lan-datagrams")), 12);
	assert_int_equal(json_integer_value(
		json_object_get(signalling, "values-doubted")), 1);
	assert_int_equal(json_integer_value(json_object_get(
		json_object_get(result, "events"), "overruns")), 3);
	assert_int_equal(json_integer_value(json_object_get(
		json_object_get(result, "events"), "sessions-missed")), 7);
	store = json_object_get(result, "store");
	assert_int_equal(json_integer_value(
		json_object_get(store, "restored-endpoints")), 5);
	assert_int_equal(json_integer_value(
		json_object_get(store, "restored-calls")), 4);
	assert_int_equal(json_integer_value(
		json_object_get(store, "adopted-sessions")), 3);
	assert_int_equal(json_integer_value(
		json_object_get(store, "made-sessions")), 1);
	assert_int_equal(json_integer_value(
		json_object_get(store, "ended-sessions")), 2);
	json_decref(reply);
	sources.events = NULL;
	sources.restored = NULL;
	media_ports_free(sources.ports);
	sources.ports = NULL;
}

static void waiting_daemon_has_nothing_to_list(void **state)
{
	const struct ctl_sources serving = sources;

	(void)state;
	sources = (struct ctl_sources){
		.state = "wan0 has no address yet", .now_ms = now_ms,
	};
	assert_result(ask("{\"command\": \"endpoint-list\"}\n"), "[]");
	assert_result(ask("{\"command\": \"call-list\"}\n"), "[]");
	assert_result(ask("{\"command\": \"stats\"}\n"),
		      "{\"state\": \"wan0 has no address yet\", \"calls\": 0,"
		      "\"media-ports-used\": 0, \"media-ports-total\": 0,"
		      "\"signalling\": {}, \"tcp\": {}, \"events\": {},"
		      "\"store\": {}}");
	sources = serving;
}

static void wrong_requests_are_told_so(void **state)
{
	static const char no_object[] = "expected a JSON object on one line";
	static const char no_command[] = "expected a string called \"command\"";

	(void)state;
	assert_refused(ask("{\"command\": \"reboot\"}\n"),
		       "no such command; there are endpoint-list, endpoint-why, connection-list, call-list, call-why, stats, version");
	assert_refused(ask("hello\n"), no_object);
	assert_refused(ask("\n"), no_object);
	assert_refused(ask("[1]\n"), no_object);
	assert_refused(ask("{\"command\": \"stats\"} x\n"), no_object);
	assert_refused(ask("{}\n"), no_command);
	assert_refused(ask("{\"command\": 3}\n"), no_command);
}

static void one_client_may_ask_more_than_once(void **state)
{
	static const char two[] = "{\"command\": \"version\"}\n"
				  "{\"command\": \"nothing\"}\n"
				  "{\"command\": \"vers";
	int fd = dial();
	json_t *reply;

	(void)state;
	reply = ask_fd(fd, two);
	assert_true(json_is_true(json_object_get(reply, "ok")));
	json_decref(reply);
	reply = json_loads(hear(fd), 0, NULL);
	assert_true(json_is_false(json_object_get(reply, "ok")));
	json_decref(reply);
	reply = ask_fd(fd, "ion\"}\n");
	assert_true(json_is_true(json_object_get(reply, "ok")));
	json_decref(reply);
	close(fd);
}

static void client_that_has_shut_down_is_answered(void **state)
{
	static const char request[] = "{\"command\": \"version\"}\n";
	int fd = dial();
	json_t *reply;

	(void)state;
	say(fd, request, sizeof(request) - 1);
	shutdown(fd, SHUT_WR);
	reply = json_loads(hear(fd), 0, NULL);
	assert_true(json_is_true(json_object_get(reply, "ok")));
	json_decref(reply);
	assert_null(hear(fd));
	close(fd);
}

static void endless_request_is_refused(void **state)
{
	static char request[CTL_MAX_REQUEST + 1];
	int fd = dial();

	(void)state;
	memset(request, ' ', sizeof(request));
	say(fd, request, sizeof(request));
	assert_refused(json_loads(hear(fd), 0, NULL),
		       "a request has at most 4096 bytes");
	assert_null(hear(fd));
	close(fd);
}

static void longest_request_is_taken(void **state)
{
	static char request[CTL_MAX_REQUEST + 2];
	static const char version[] = "{\"command\": \"version\"}";
	json_t *reply;

	(void)state;
	memset(request, ' ', CTL_MAX_REQUEST);
	memcpy(request, version, sizeof(version) - 1);
	request[CTL_MAX_REQUEST] = '\n';
	reply = ask(request);
	assert_true(json_is_true(json_object_get(reply, "ok")));
	json_decref(reply);
}

static void crowd_is_kept_out(void **state)
{
	int fds[CTL_MAX_CLIENTS], late, i;
	json_t *reply;

	(void)state;
	for (i = 0; i < CTL_MAX_CLIENTS; i++) {
		fds[i] = dial();
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
	late = dial();
	assert_refused(json_loads(hear(late), 0, NULL), "too many clients");
	assert_null(hear(late));
	close(late);
	close(fds[0]);
	event_base_loop(base, EVLOOP_NONBLOCK);
	reply = ask("{\"command\": \"version\"}\n");
	assert_true(json_is_true(json_object_get(reply, "ok")));
	json_decref(reply);
	for (i = 1; i < CTL_MAX_CLIENTS; i++)
		close(fds[i]);
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static void only_owner_and_group_may_connect(void **state)
{
	struct stat status;

	(void)state;
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0660);
}

static void live_socket_is_not_taken_over(void **state)
{
	(void)state;
	errno = 0;
	assert_null(ctl_open(base, path, &sources));
	assert_int_equal(errno, EADDRINUSE);
}

static void dead_socket_is_replaced(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct ctl *ctl;

	(void)state;
	snprintf(un.sun_path, sizeof(un.sun_path), "%s/dead", directory);
	assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
	close(fd);
	ctl = ctl_open(base, un.sun_path, &sources);
	assert_non_null(ctl);
	ctl_close(ctl);
	assert_int_equal(access(un.sun_path, F_OK), -1);
}

static void other_file_is_left_alone(void **state)
{
	char file[64];
	FILE *stream;

	(void)state;
	snprintf(file, sizeof(file), "%s/file", directory);
	stream = fopen(file, "w");
	assert_non_null(stream);
	fclose(stream);
	errno = 0;
	assert_null(ctl_open(base, file, &sources));
	assert_int_equal(errno, EEXIST);
	assert_int_equal(unlink(file), 0);
}

static int set_up(void **state)
{
	signal(SIGPIPE, SIG_IGN);
	base = event_base_new();
	if (!base || !mkdtemp(directory))
		return -1;
	/* Its directory is made. */
	snprintf(path, sizeof(path), "%s/run/sock", directory);
	*state = ctl_open(base, path, &sources);
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	char run[64];

	ctl_close(*state);
	event_base_free(base);
	snprintf(run, sizeof(run), "%s/run", directory);
	return rmdir(run) || rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endpoints_are_listed),
		cmocka_unit_test(calls_are_listed_with_their_streams),
		cmocka_unit_test(a_call_tells_why),
		cmocka_unit_test(an_endpoint_tells_why),
		cmocka_unit_test(stats_have_the_names_of_the_counters),
		cmocka_unit_test(waiting_daemon_has_nothing_to_list),
		cmocka_unit_test(wrong_requests_are_told_so),
		cmocka_unit_test(one_client_may_ask_more_than_once),
		cmocka_unit_test(client_that_has_shut_down_is_answered),
		cmocka_unit_test(endless_request_is_refused),
		cmocka_unit_test(longest_request_is_taken),
		cmocka_unit_test(crowd_is_kept_out),
		cmocka_unit_test(only_owner_and_group_may_connect),
		cmocka_unit_test(live_socket_is_not_taken_over),
		cmocka_unit_test(dead_socket_is_replaced),
		cmocka_unit_test(other_file_is_left_alone),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
