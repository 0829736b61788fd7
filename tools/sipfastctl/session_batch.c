// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl session batch: many sessions in few messages. Of what one message
 * holds, the module makes all or none.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>

#include "document.h"
#include "nl/genl.h"
#include "nl/types.h"
#include "request.h"
#include "tool.h"
#include "writer.h"

/* What is to be made, and how much of it is. */
struct batch {
	struct nl_genl *genl;
	const json_t *sessions;
	size_t n_made;
	json_t *ids;
};

/* @count of the sessions from the first one that is not made yet. */
static json_t *slice(const struct batch *batch, size_t count)
{
	json_t *sessions = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append(sessions,
				  json_array_get(batch->sessions,
						 batch->n_made + i));
	return json_pack("{s:o}", "session", sessions);
}

static int complain(const struct batch *batch, enum tool_exit code,
		    const char *text)
{
	return tool_complain(code, "from [%zu] on: %s", batch->n_made, text);
}

static int take_ids(void *arg, const struct nlmsghdr *nlh)
{
	struct batch *batch = arg;
	json_t *reply = document_read(nlh, &nl_batch_attrs);

	if (!reply)
		return -EBADMSG;
	json_array_extend(batch->ids, json_object_get(reply, "id"));
	json_decref(reply);
	return 0;
}

/* As many as one message can have; where it has not enough room, half of them. */
static int make_some(struct batch *batch)
{
	size_t count = json_array_size(batch->sessions) - batch->n_made;
	char complaint[DOCUMENT_COMPLAINT_LEN];
	struct nlmsghdr *nlh;
	json_t *object;
	int err;

	if (count > SIPFAST_MAX_BATCH)
		count = SIPFAST_MAX_BATCH;
	for (;;) {
		nlh = nl_genl_begin(batch->genl, SIPFAST_CMD_SESSION_BATCH);
		object = slice(batch, count);
		err = document_put(nlh, nl_genl_room(batch->genl),
				   &nl_batch_attrs, object, complaint);
		json_decref(object);
		if (err != -EMSGSIZE || count == 1)
			break;
		count /= 2;
	}
	if (err)
		return complain(batch, TOOL_USAGE, complaint);
	if (nl_genl_request(batch->genl, nlh, take_ids, batch))
		return complain(batch, TOOL_REFUSED, nl_error(batch->genl));
	batch->n_made += count;
	return TOOL_OK;
}

static void write_ids(const struct tool *tool, const json_t *ids)
{
	json_t *id;
	size_t i;

	if (tool->json) {
		tool->writer->list(stdout, "session", ids);
		return;
	}
	json_array_foreach(ids, i, id)
		printf("%" JSON_INTEGER_FORMAT "\n", json_integer_value(id));
}

int session_batch_run(const struct tool *tool, int argc, char **argv)
{
	struct batch batch = { 0 };
	json_t *given = NULL;
	int code;

	if (!argc)
		return tool_complain(TOOL_USAGE, "a file is missing");
	code = tool_no_more(argc - 1, argv + 1);
	if (!code)
		code = request_read_file(argv[0], &given);
	if (!code && !json_is_array(given))
		code = tool_complain(TOOL_USAGE, "a list was expected");
	if (!code)
		code = tool_open(&batch.genl);
	if (code) {
		json_decref(given);
		return code;
	}
	batch.sessions = given;
	batch.ids = json_array();
	while (!code && batch.n_made < json_array_size(given))
		code = make_some(&batch);
	write_ids(tool, batch.ids);
	json_decref(batch.ids);
	json_decref(given);
	nl_genl_close(batch.genl);
	return code;
}
