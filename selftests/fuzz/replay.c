// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Feeds a target its corpus, or the files that are named: a fuzz target as a
 * plain test. An input that it does not survive is named before it is fed.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <err.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define INPUT_MAX	1048576

static void feed(const char *path)
{
	uint8_t *input = malloc(INPUT_MAX), *exact;
	FILE *file = fopen(path, "rb");
	size_t len;

	if (!input || !file)
		err(1, "%s", path);
	len = fread(input, 1, INPUT_MAX, file);
	if (ferror(file))
		err(1, "%s", path);
	fclose(file);
	exact = malloc(len + !len);	/* so that ASan sees where it ends */
	if (!exact)
		err(1, "%s", path);
	memcpy(exact, input, len);
	free(input);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
}

int main(int argc, char **argv)
{
	glob_t corpus = { 0 };
	size_t i, n = argc - 1;
	char **paths = argv + 1;

	if (argc == 1) {
		if (glob(CORPUS "/*", 0, NULL, &corpus))
			errx(1, "%s: no corpus", CORPUS);
		n = corpus.gl_pathc;
		paths = corpus.gl_pathv;
	}
	printf("TAP version 13\n1..%zu\n", n);
	for (i = 0; i < n; i++) {
		printf("# %s\n", paths[i]);
		fflush(stdout);
		feed(paths[i]);
		printf("ok %zu %s\n", i + 1, strrchr(paths[i], '/') ?
		       strrchr(paths[i], '/') + 1 : paths[i]);
	}
	globfree(&corpus);
	return 0;
}
