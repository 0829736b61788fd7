/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests to the module, and their replies, as JSON.
 *
 * Every function complains itself, on stderr, and returns an exit code.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFASTCTL_REQUEST_H
#define SIPFASTCTL_REQUEST_H

#include <stdint.h>

#include <jansson.h>

struct nl_genl;
struct tool;

/**
 * request_read_file() - JSON from a file
 * @path: the file; - is standard input
 * @given: gets the JSON
 */
int request_read_file(const char *path, json_t **given);

/**
 * request_one() - ask, and take the reply
 * @genl: socket
 * @cmd: SIPFAST_CMD_*
 * @object: the request's attributes; NULL is none
 * @reply: gets the reply's, or an empty object; may be NULL
 */
int request_one(struct nl_genl *genl, uint8_t cmd, const json_t *object,
		json_t **reply);

/**
 * request_list() - all objects of a kind
 * @genl: socket
 * @cmd: SIPFAST_CMD_*_GET
 * @list: gets an array
 */
int request_list(struct nl_genl *genl, uint8_t cmd, json_t **list);

/**
 * request_many() - ask many times
 * @genl: socket
 * @cmd: SIPFAST_CMD_*
 * @objects: array of the requests' attributes
 * @replies: gets an array of the replies to those that were not refused
 *
 * A refusal is complained about with its place in @objects, "[17]: ...".
 */
int request_many(struct nl_genl *genl, uint8_t cmd, const json_t *objects,
		 json_t **replies);

/**
 * request_by_id() - a command's one question about one object
 * @cmd: SIPFAST_CMD_*
 * @what: what it is, for a complaint
 * @argc: one word, the object's number
 * @argv: the words
 * @reply: gets the reply; may be NULL
 */
int request_by_id(uint8_t cmd, const char *what, int argc, char **argv,
		  json_t **reply);

/**
 * request_show_list() - a command that lists all objects of a kind
 * @tool: the options
 * @cmd: SIPFAST_CMD_*_GET
 * @what: what they are
 * @argc: no words
 * @argv: the words
 * @write: shows them as text; returns an exit code
 */
int request_show_list(const struct tool *tool, uint8_t cmd, const char *what,
		      int argc, char **argv, int (*write)(const json_t *list));

#endif
