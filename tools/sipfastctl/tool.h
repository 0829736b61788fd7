/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every command of sipfastctl shares: its place in the table of verbs, the
 * options, and how it ends.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFASTCTL_TOOL_H
#define SIPFASTCTL_TOOL_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct nl_genl;
struct writer;

/** enum tool_exit - exit codes; sipfastctl(8) promises them */
enum tool_exit {
	TOOL_OK = 0,
	TOOL_REFUSED = 1,	/* the module or the daemon said no */
	TOOL_USAGE = 2,		/* the command line or the input is wrong */
	TOOL_ABSENT = 3,	/* the module or the daemon is not there */
};

/**
 * struct tool - the options, and what they led to
 * @json: -j or -p was given
 * @writer: writes what is shown, as the options say
 * @socket: path of the daemon's control socket
 */
struct tool {
	bool json;
	const struct writer *writer;
	const char *socket;
};

/**
 * struct command - a verb, or a noun with verbs of its own
 * @name: the word
 * @arguments: what may follow it, for the help
 * @help: one line
 * @verbs: of a noun, ended by one without a name
 * @run: of a verb: @argv is what follows the word, @argc long and then NULL;
 *	returns an exit code
 * @details: further lines of help, or NULL
 */
struct command {
	const char *name;
	const char *arguments;
	const char *help;
	const struct command *verbs;
	int (*run)(const struct tool *tool, int argc, char **argv);
	const char *details;
};

/**
 * typedef tool_run_fn - runs a command
 * @tool: the options
 * @argc: how many words, from the noun on
 * @argv: the words
 *
 * Return: exit code; on failure the complaint has been made.
 */
typedef int (*tool_run_fn)(const struct tool *tool, int argc, char **argv);

/**
 * script_run() - run the commands of a file
 * @tool: the options, of all of them
 * @path: the file; - is standard input
 * @run: runs one
 *
 * Return: exit code, that of the first command that failed.
 */
int script_run(const struct tool *tool, const char *path, tool_run_fn run);

/* The nouns, a file each. */
extern const struct command session_verbs[];
extern const struct command pinhole_verbs[];
extern const struct command device_verbs[];
extern const struct command connection_verbs[];
extern const struct command endpoint_verbs[];
extern const struct command call_verbs[];
int session_batch_run(const struct tool *tool, int argc, char **argv);
int stats_run(const struct tool *tool, int argc, char **argv);
int monitor_run(const struct tool *tool, int argc, char **argv);
int version_run(const struct tool *tool, int argc, char **argv);

/**
 * tool_complain() - say on stderr what is wrong
 * @code: exit code
 * @format: like printf()'s, one line without its end
 *
 * Return: @code.
 */
__attribute__((format(printf, 2, 3)))
int tool_complain(enum tool_exit code, const char *format, ...);

/**
 * tool_open() - a socket to the module
 * @genl: gets it, where the return value is TOOL_OK
 *
 * Return: exit code; on failure the complaint has been made.
 */
int tool_open(struct nl_genl **genl);

/**
 * tool_id() - read an object's number
 * @what: what it is the number of, for the complaint
 * @word: the word, or NULL where it is missing
 * @id: gets the number
 *
 * Return: exit code; on failure the complaint has been made.
 */
int tool_id(const char *what, const char *word, uint32_t *id);

/**
 * tool_no_more() - a command that takes no more words
 * @argc: how many there are
 * @argv: the words
 *
 * Return: exit code; on failure the complaint has been made.
 */
int tool_no_more(int argc, char **argv);

#endif
