// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipfastctl: shows and sets what sipfast.ko and sipfastd do.
 *
 * A command is a noun and a verb, `session list`; a few nouns stand alone. All of
 * them are in the table below or in the tables it names, from which the help is
 * made, too. Each noun has its file.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl/genl.h"
#include "tool.h"
#include "writer.h"

#define DEFAULT_SOCKET "/run/sipfast/sipfastd.sock"

static const struct command commands[] = {
	{ "session", "VERB", "media sessions in the kernel",
	  .verbs = session_verbs },
	{ "device", "VERB", "devices whose packets the module looks at",
	  .verbs = device_verbs },
	{ "pinhole", "VERB", "what is let past the input chain",
	  .verbs = pinhole_verbs },
	{ "stats", "[-a] [cpu N|daemon]", "counters of the module or of sipfastd",
	  .run = stats_run, .details =
	  "The counters that are not 0, with -a all of them; of one CPU where\n"
	  "it is given. With -j always all.\n" },
	{ "monitor", "[payloads]", "what happens in the module, as it happens",
	  .run = monitor_run, .details =
	  "With payloads, the payloads for user space, too (disposition user): whose\n"
	  "listener this is then, so that they are not counted as no-listener.\n\n"
	  "With -j each line is an object with \"name\" and \"msg\". Where\n"
	  "events were missed, an \"overrun\" says so, and all that there is\n"
	  "follows as \"session-get\", \"pinhole-get\" and \"device-get\".\n" },
	{ "connection", "VERB", "phones' TCP connections (asks sipfastd)",
	  .verbs = connection_verbs },
	{ "endpoint", "VERB", "phones and their public ports (asks sipfastd)",
	  .verbs = endpoint_verbs },
	{ "call", "VERB", "calls (asks sipfastd)", .verbs = call_verbs },
	{ "version", "", "versions of this program and of the module",
	  .run = version_run },
	{ 0 },
};

int tool_complain(enum tool_exit code, const char *format, ...)
{
	va_list args;

	fputs("sipfastctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return code;
}

int tool_open(struct nl_genl **genl)
{
	int err, code;

	err = nl_genl_open(genl);
	if (!err)
		return TOOL_OK;
	if (err == -ENOENT)
		code = tool_complain(TOOL_ABSENT, "%s: modprobe sipfast",
				     nl_error(*genl));
	else
		code = tool_complain(TOOL_REFUSED, "%s", nl_error(*genl));
	nl_genl_close(*genl);
	return code;
}

int tool_id(const char *what, const char *word, uint32_t *id)
{
	unsigned long value;
	char *end;

	if (!word)
		return tool_complain(TOOL_USAGE, "%s is missing", what);
	errno = 0;
	value = strtoul(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || errno || value > UINT32_MAX)
		return tool_complain(TOOL_USAGE, "%s: not a number: %s", what,
				     word);
	*id = (uint32_t)value;
	return TOOL_OK;
}

int tool_no_more(int argc, char **argv)
{
	if (!argc)
		return TOOL_OK;
	return tool_complain(TOOL_USAGE, "unexpected: %s", argv[0]);
}

static void print_usage(const char *words, const char *arguments)
{
	printf("Usage: sipfastctl [OPTION]...%s%s%s%s\n", *words ? " " : "",
	       words, *arguments ? " " : "", arguments);
}

static void print_verbs(const struct command *verbs)
{
	char usage[64];

	for (; verbs->name; verbs++) {
		snprintf(usage, sizeof(usage), "%s %s", verbs->name,
			 verbs->arguments);
		if (strlen(usage) > 26)
			printf("  %s\n  %-26s  %s\n", usage, "", verbs->help);
		else
			printf("  %-26s  %s\n", usage, verbs->help);
	}
}

static void print_options(void)
{
	puts("\nOptions:\n"
	     "  -j, --json                  write JSON, a document on a line\n"
	     "  -p, --pretty                write JSON, indented\n"
	     "  -b, --batch FILE            run the commands in FILE, one a line\n"
	     "  -s, --socket PATH           the daemon's control socket, instead of\n"
	     "                              " DEFAULT_SOCKET "\n"
	     "  -h, --help                  this, and that of each noun and verb\n"
	     "  -V, --version               the version of this program\n"
	     "\nExit status: 0 done, 1 refused, 2 wrong usage, 3 the module or the\n"
	     "daemon is not there. See sipfastctl(8).");
}

static int print_help(const char *words, const struct command *command)
{
	print_usage(words, command ? command->arguments : "NOUN VERB...");
	if (command && !command->verbs) {
		printf("\n%c%s.\n", toupper(command->help[0]),
		       command->help + 1);
		if (command->details)
			printf("\n%s", command->details);
		return TOOL_OK;
	}
	printf("\n%s:\n", command ? "Verbs" : "Nouns");
	print_verbs(command ? command->verbs : commands);
	if (!command)
		print_options();
	return TOOL_OK;
}

static const struct command *find(const struct command *among,
				  const char *word)
{
	for (; among->name; among++)
		if (!strcmp(among->name, word))
			return among;
	return NULL;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "help") || !strcmp(word, "-h") ||
	       !strcmp(word, "--help");
}

/* Follows the words through the tables, to a verb or to somebody's help. */
static int dispatch(const struct tool *tool, int argc, char **argv)
{
	const struct command *among = commands, *command = NULL;
	char words[64] = "";
	size_t used;

	for (; among; argc--, argv++) {
		if (!argc) {
			fprintf(stderr, "sipfastctl: %s is missing, see --help\n",
				command ? "a verb" : "a noun");
			return TOOL_USAGE;
		}
		if (is_help(argv[0]))
			return print_help(words, command);
		command = find(among, argv[0]);
		if (!command)
			return tool_complain(TOOL_USAGE,
					     "unknown %s: %s, see --help",
					     *words ? "verb" : "noun", argv[0]);
		used = strlen(words);
		snprintf(words + used, sizeof(words) - used, "%s%s",
			 used ? " " : "", command->name);
		among = command->verbs;
	}
	if (argc && is_help(argv[0]))
		return print_help(words, command);
	return command->run(tool, argc, argv);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "batch", required_argument, NULL, 'b' },
		{ "socket", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	struct tool tool = { .writer = &writer_text, .socket = DEFAULT_SOCKET };
	const char *script = NULL;
	int option, code;

	while ((option = getopt_long(argc, argv, "+jpb:s:hV", options, NULL)) !=
	       -1) {
		switch (option) {
		case 'j':
		case 'p':
			tool.json = true;
			if (tool.writer != &writer_json_pretty)
				tool.writer = option == 'j' ?
						      &writer_json :
						      &writer_json_pretty;
			break;
		case 'b':
			script = optarg;
			break;
		case 's':
			tool.socket = optarg;
			break;
		case 'h':
			return print_help("", NULL);
		case 'V':
			puts("sipfastctl " SIPFAST_VERSION);
			return TOOL_OK;
		default:
			return TOOL_USAGE;
		}
	}
	argc -= optind;
	argv += optind;
	if (!script)
		code = dispatch(&tool, argc, argv);
	else if (argc)
		code = tool_no_more(argc, argv);
	else
		code = script_run(&tool, script, dispatch);
	if (fflush(stdout) || ferror(stdout))
		return tool_complain(TOOL_REFUSED, "stdout: %s",
				     strerror(errno));
	return code;
}
