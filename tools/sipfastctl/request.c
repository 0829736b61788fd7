// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests to the module, and their replies, as JSON: see request.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "document.h"
#include "nl/genl.h"
#include "request.h"
#include "tool.h"
#include "writer.h"

/* What a reply's attributes are made of, and where they go. */
struct replying {
	const struct nl_attr_set *set;
	json_t *reply;
};

static int take_reply(void *arg, const struct nlmsghdr *nlh)
{
	struct replying *replying = arg;
	json_t *object = document_read(nlh, replying->set);

	if (!object)
		return -EBADMSG;
	if (json_is_array(replying->reply))
		return json_array_append_new(replying->reply, object) ?
			-ENOMEM : 0;
	json_object_update(replying->reply, object);
	json_decref(object);
	return 0;
}

/* An empty text is that of a reply that we could not read. */
static int refused(const struct nl_genl *genl)
{
	return tool_complain(TOOL_REFUSED, "%s", nl_error(genl));
}

int request_read_file(const char *path, json_t **given)
{
	bool is_stdin = !strcmp(path, "-");
	json_error_t error;

	*given = is_stdin ? json_loadf(stdin, JSON_REJECT_DUPLICATES, &error) :
			    json_load_file(path, JSON_REJECT_DUPLICATES,
					   &error);
	if (!*given)
		return tool_complain(TOOL_USAGE, "%s:%d:%d: %s",
				     is_stdin ? "stdin" : path, error.line,
				     error.column, error.text);
	return TOOL_OK;
}

int request_one(struct nl_genl *genl, uint8_t cmd, const json_t *object,
		json_t **reply)
{
	struct replying replying = { nl_op(cmd)->set, json_object() };
	struct nlmsghdr *nlh = nl_genl_begin(genl, cmd);
	char complaint[DOCUMENT_COMPLAINT_LEN];
	int err = 0;

	if (object && document_put(nlh, nl_genl_room(genl), nl_op(cmd)->set,
				   object, complaint)) {
		json_decref(replying.reply);
		return tool_complain(TOOL_USAGE, "%s", complaint);
	}
	err = nl_genl_request(genl, nlh, take_reply, &replying);
	if (!err && reply)
		*reply = json_incref(replying.reply);
	json_decref(replying.reply);
	return err ? refused(genl) : TOOL_OK;
}

int request_list(struct nl_genl *genl, uint8_t cmd, json_t **list)
{
	struct replying replying = { nl_op(cmd)->set, json_array() };
	int err;

	err = nl_genl_dump(genl, cmd, take_reply, &replying);
	if (err < 0) {
		json_decref(replying.reply);
		return refused(genl);
	}
	if (err > 0)
		fputs("sipfastctl: they came and went while they were listed: "
		      "some may be missing\n", stderr);
	*list = replying.reply;
	return TOOL_OK;
}

/* Many requests on their way. */
struct many {
	struct nl_genl *genl;
	const struct nl_attr_set *set;
	const json_t *objects;
	struct replying replying;
	bool is_usage;
	bool has_complaint;
	unsigned int complaint_index;
	char complaint[DOCUMENT_COMPLAINT_LEN];
};

static int build(void *arg, unsigned int index, struct nlmsghdr *nlh)
{
	struct many *many = arg;

	int err;

	err = document_put(nlh, nl_genl_room(many->genl), many->set,
			   json_array_get(many->objects, index),
			   many->complaint);
	many->has_complaint = err;
	many->complaint_index = index;
	return err;
}

static void take_one_reply(void *arg, unsigned int index,
			   const struct nlmsghdr *nlh)
{
	struct many *many = arg;

	if (take_reply(&many->replying, nlh))
		tool_complain(TOOL_REFUSED, "[%u]: the reply is malformed",
			      index);
}

/* Before build()'s complaint is asked for, requests before it may be done. */
static void done(void *arg, unsigned int index, int error, const char *text)
{
	struct many *many = arg;

	if (!error)
		return;
	if (many->has_complaint && many->complaint_index == index) {
		many->is_usage = true;
		text = many->complaint;
	}
	tool_complain(TOOL_REFUSED, "[%u]: %s", index, text);
}

int request_many(struct nl_genl *genl, uint8_t cmd, const json_t *objects,
		 json_t **replies)
{
	static const struct nl_batch_ops ops = {
		.build = build,
		.reply = take_one_reply,
		.done = done,
	};
	struct many many = {
		.genl = genl,
		.set = nl_op(cmd)->set,
		.objects = objects,
		.replying = { nl_op(cmd)->set, json_array() },
	};
	int n_refused;

	n_refused = nl_genl_batch(genl, cmd,
				  (unsigned int)json_array_size(objects), &ops,
				  &many);
	*replies = many.replying.reply;
	if (n_refused < 0)
		return refused(genl);
	if (many.is_usage)
		return TOOL_USAGE;
	return n_refused ? TOOL_REFUSED : TOOL_OK;
}

int request_by_id(uint8_t cmd, const char *what, int argc, char **argv,
		  json_t **reply)
{
	struct nl_genl *genl;
	json_t *object;
	uint32_t id;
	int code;

	code = tool_id(what, argv[0], &id);
	if (!code)
		code = tool_no_more(argc - 1, argv + 1);
	if (!code)
		code = tool_open(&genl);
	if (code)
		return code;
	object = json_pack("{s:I}", "id", (json_int_t)id);
	code = request_one(genl, cmd, object, reply);
	json_decref(object);
	nl_genl_close(genl);
	return code;
}

int request_show_list(const struct tool *tool, uint8_t cmd, const char *what,
		      int argc, char **argv, int (*write)(const json_t *list))
{
	struct nl_genl *genl;
	json_t *list;
	int code;

	code = tool_no_more(argc, argv);
	if (!code)
		code = tool_open(&genl);
	if (code)
		return code;
	code = request_list(genl, cmd, &list);
	nl_genl_close(genl);
	if (code)
		return code;
	if (tool->json)
		tool->writer->list(stdout, what, list);
	else
		code = write(list);
	json_decref(list);
	return code;
}
