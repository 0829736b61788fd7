// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl session: the media sessions of the module.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <string.h>

#include "nl/genl.h"
#include "nl/types.h"
#include "request.h"
#include "table.h"
#include "tool.h"
#include "words.h"
#include "writer.h"

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const char *word(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

/* Where a side is; a star where that was learned. */
static void add_where(struct table *table, const json_t *side)
{
	const json_t *learned = json_object_get(side, "learned");
	const json_t *where = learned ? learned :
					json_object_get(side, "remote");
	char text[128] = "?";

	if (where)
		writer_text_value(where, text, sizeof(text));
	table_cell(table, "%s%s", text, learned ? "*" : "");
}

/*
 * RTP clocks at 8 kHz (RFC 3551 table 4), the only ones that the payload type
 * alone tells for sure. G.722 is among them, for its clock was an error.
 */
static bool clock_is_8khz(json_int_t payload_type)
{
	return payload_type == 0 || payload_type == 3 || payload_type == 4 ||
	       (payload_type >= 7 && payload_type <= 9) ||
	       payload_type == 12 || payload_type == 13 ||
	       payload_type == 15 || payload_type == 18;
}

/* "1.4ms" where the clock is known, else "11" in units of the timestamp. */
static void jitter_text(const json_t *stats, char *text, size_t len)
{
	json_int_t jitter = number(stats, "jitter");

	if (!json_object_get(stats, "jitter"))
		snprintf(text, len, "-");
	else if (clock_is_8khz(number(stats, "payload-type")))
		snprintf(text, len, "%.1fms", (double)jitter / 8);
	else
		snprintf(text, len, "%" JSON_INTEGER_FORMAT, jitter);
}

static void add_stream(struct table *table, const json_t *session,
		       const json_t *stream)
{
	const json_t *a = json_object_get(stream, "a");
	const json_t *b = json_object_get(stream, "b");
	const json_t *from_a = json_object_get(a, "stats");
	const json_t *from_b = json_object_get(b, "stats");
	char jitter_a[32], jitter_b[32];

	jitter_text(from_a, jitter_a, sizeof(jitter_a));
	jitter_text(from_b, jitter_b, sizeof(jitter_b));
	table_cell(table, "%" JSON_INTEGER_FORMAT ".%" JSON_INTEGER_FORMAT,
		   number(session, "id"), number(stream, "id"));
	table_cell(table, "%s", word(stream, "kind"));
	add_where(table, a);
	add_where(table, b);
	table_cell(table, "%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT,
		   number(from_a, "packets"), number(from_b, "packets"));
	table_cell(table, "%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT,
		   number(from_a, "lost"), number(from_b, "lost"));
	table_cell(table, "%s/%s", jitter_a, jitter_b);
}

/* A line a stream; session show tells the rest. */
static int write_list(const json_t *list)
{
	static const char *const headings[] = {
		"ID", "KIND", "A", "B", "PACKETS", "LOST", "JITTER", NULL,
	};
	struct table *table = table_new(headings);
	json_t *session, *stream;
	size_t i, j;

	if (!table)
		return tool_complain(TOOL_REFUSED, "out of memory");
	json_array_foreach(list, i, session)
		json_array_foreach(json_object_get(session, "stream"), j,
				   stream)
			add_stream(table, session, stream);
	table_end(table, stdout);
	return TOOL_OK;
}

static int list_run(const struct tool *tool, int argc, char **argv)
{
	return request_show_list(tool, SIPFAST_CMD_SESSION_GET, "session", argc,
				 argv, write_list);
}

/* What is shown of the replies to new and set: the numbers, or all in JSON. */
static void write_replies(const struct tool *tool, const json_t *replies,
			  bool is_batch)
{
	json_t *reply;
	size_t i;

	if (tool->json && is_batch) {
		tool->writer->list(stdout, "session", replies);
		return;
	}
	json_array_foreach(replies, i, reply) {
		if (tool->json)
			tool->writer->object(stdout, "session", reply);
		else
			printf("%" JSON_INTEGER_FORMAT "\n",
			       number(reply, "id"));
	}
}

static int send(const struct tool *tool, uint8_t cmd, const json_t *given)
{
	json_t *replies = NULL, *reply = NULL;
	struct nl_genl *genl;
	int code;

	code = tool_open(&genl);
	if (code)
		return code;
	if (json_is_array(given)) {
		code = request_many(genl, cmd, given, &replies);
		write_replies(tool, replies, true);
	} else {
		code = request_one(genl, cmd, given, &reply);
		replies = json_array();
		if (!code)
			json_array_append_new(replies, reply);
		write_replies(tool, replies, false);
	}
	json_decref(replies);
	nl_genl_close(genl);
	return code;
}

/* -f FILE, or words. */
static int read_given(int argc, char **argv, json_t **given)
{
	if (!argc)
		return tool_complain(TOOL_USAGE,
				     "-f FILE or words were expected");
	if (strcmp(argv[0], "-f"))
		return words_read(&nl_session_attrs, argc, argv, given);
	if (argc < 2)
		return tool_complain(TOOL_USAGE, "-f: a file is missing");
	if (tool_no_more(argc - 2, argv + 2))
		return TOOL_USAGE;
	return request_read_file(argv[1], given);
}

static int add_run(const struct tool *tool, int argc, char **argv)
{
	json_t *given;
	int code;

	code = read_given(argc, argv, &given);
	if (code)
		return code;
	code = send(tool, SIPFAST_CMD_SESSION_NEW, given);
	json_decref(given);
	return code;
}

static int set_run(const struct tool *tool, int argc, char **argv)
{
	bool is_file = argc && !strcmp(argv[0], "-f");
	json_t *given;
	uint32_t id;
	int code;

	if (!is_file) {
		code = tool_id("session", argv[0], &id);
		if (code)
			return code;
		argc--;
		argv++;
	}
	code = read_given(argc, argv, &given);
	if (code)
		return code;
	if (!is_file)
		json_object_set_new(given, "id", json_integer(id));
	code = send(tool, SIPFAST_CMD_SESSION_SET, given);
	json_decref(given);
	return code;
}

static int show_run(const struct tool *tool, int argc, char **argv)
{
	json_t *reply;
	int code;

	code = request_by_id(SIPFAST_CMD_SESSION_GET, "session", argc, argv,
			     &reply);
	if (code)
		return code;
	tool->writer->object(stdout, "session", reply);
	json_decref(reply);
	return TOOL_OK;
}

static int del_run(const struct tool *tool, int argc, char **argv)
{
	json_t *reply;
	int code;

	code = request_by_id(SIPFAST_CMD_SESSION_DEL, "session", argc, argv,
			     &reply);
	if (code)
		return code;
	if (tool->json)
		tool->writer->object(stdout, "session", reply);
	json_decref(reply);
	return TOOL_OK;
}

static int flush_run(const struct tool *tool, int argc, char **argv)
{
	json_t *object = json_object();
	struct nl_genl *genl;
	int code = TOOL_OK;

	(void)tool;
	if (argc) {
		json_object_set_new(object, "cookie", json_string(argv[0]));
		code = tool_no_more(argc - 1, argv + 1);
	}
	if (!code)
		code = tool_open(&genl);
	if (!code) {
		code = request_one(genl, SIPFAST_CMD_SESSION_FLUSH, object,
				   NULL);
		nl_genl_close(genl);
	}
	json_decref(object);
	return code;
}

#define WORDS								\
	"WORDs are attribute names of the netlink specification, each with its\n" \
	"value; after `stream', and in it `a' and `b', come those of the nest:\n" \
	"\n"								\
	"  cookie TEXT  lifetime-ms N  idle-notify-ms N  idle-expire-ms N\n" \
	"  stream  [id N] [rule relay|nat] [kind rtp|rtcp|opaque]\n"	\
	"          [stun|dtls|zrtp|turn relay|user|drop]\n"		\
	"  a|b     [local ADDRESS:PORT] [remote ADDRESS:PORT]\n"		\
	"          [learn exact|same-address|learn-once|off]\n"		\
	"          [learn-window-ms N] [dscp N] [mark N] [ifindex N|NAME]\n" \
	"          [rate-packets N] [rate-bytes N]\n"			\
	"\n"								\
	"-f reads a JSON object, or a list of them, with the same names as keys;\n" \
	"- is standard input.\n"

const struct command session_verbs[] = {
	{ "list", "", "all sessions, a line a stream", .run = list_run,
	  .details =
	  "A and B are where the sides are, with a star where that was learned.\n"
	  "Figures are those from A and those from B. Jitter is in milliseconds\n"
	  "where the payload type tells the clock, else in timestamp units.\n" },
	{ "show", "ID", "one session, all of it", .run = show_run },
	{ "add", "WORD... | -f FILE", "make sessions, print their numbers",
	  .run = add_run, .details = WORDS },
	{ "batch", "FILE", "make many sessions at once, print their numbers",
	  .run = session_batch_run, .details =
	  "FILE is a JSON list as `session add -f' takes it, - standard input. They\n"
	  "are made by up to 256 at a time: of those all or none. Where one is\n"
	  "refused nothing more is made, and what was made before stays.\n" },
	{ "set", "ID WORD... | -f FILE", "change sessions in what is given",
	  .run = set_run, .details = WORDS
	  "\nMoreover: stream-remove N. In JSON the session is told by \"id\".\n" },
	{ "del", "ID", "end a session", .run = del_run, .details =
	  "With -j its last figures are shown.\n" },
	{ "flush", "[PREFIX]", "end all sessions, or those of a cookie",
	  .run = flush_run, .details =
	  "With PREFIX those whose cookie begins so.\n" },
	{ 0 },
};
