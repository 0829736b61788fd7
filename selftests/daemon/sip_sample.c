// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages to try things on.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sip_sample.h"

struct sample *sample_new(const char *bytes, size_t len,
			  enum sip_transport transport)
{
	struct sample *sample = malloc(sizeof(*sample));

	sample->buf = malloc(len ? len : 1);
	memcpy(sample->buf, bytes, len);
	sample->len = len;
	sample->verdict = sip_msg_index(&sample->msg, sample->buf, len,
					transport);
	return sample;
}

void sample_free(struct sample *sample)
{
	free(sample->buf);
	free(sample);
}

char *file_read(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char *bytes = NULL;
	long size = -1;

	if (!file)
		return NULL;
	if (!fseek(file, 0, SEEK_END))
		size = ftell(file);
	if (size >= 0) {
		rewind(file);
		bytes = malloc((size_t)size + 1);
		*len = fread(bytes, 1, (size_t)size, file);
	}
	fclose(file);
	return bytes;
}

struct sample *sample_read(const char *name)
{
	struct sample *sample;
	char path[4096];
	size_t len;
	char *bytes;

	snprintf(path, sizeof(path), "%s/%s", TEST_DATA, name);
	bytes = file_read(path, &len);
	assert_non_null(bytes);
	sample = sample_new(bytes, len, SIP_DATAGRAM);
	free(bytes);
	return sample;
}

unsigned int each_file(const char *path,
		       void (*fn)(const char *path, const char *name))
{
	struct dirent **entries;
	unsigned int n_files = 0;
	char full[4096 + 256];
	struct stat status;
	int i, n;

	n = scandir(path, &entries, NULL, alphasort);
	for (i = 0; i < n; i++) {
		snprintf(full, sizeof(full), "%s/%s", path, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && !stat(full, &status) &&
		    S_ISREG(status.st_mode)) {
			fn(full, entries[i]->d_name);
			n_files++;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return n_files;
}

void check_span(const char *buf, struct sip_span span, const char *text,
		const char *file, int line)
{
	if (sip_span_is(buf, span, text))
		return;
	print_error("\"%.*s\" is not \"%s\"\n", (int)span.len, buf + span.off,
		    text);
	_fail(file, line);
}

void check_edited(const struct sample *sample, const struct sip_edits *edits,
		  const char *text, size_t len, const char *file, int line)
{
	size_t cap = sample->len + sizeof(edits->text);
	char *out = malloc(cap), *back = malloc(cap);
	static struct sip_edits inverse;
	ssize_t n = sip_edit_apply(edits, sample->buf, sample->len, out, cap);
	ssize_t n_back;

	_assert_int_equal(sip_edit_invert(edits, sample->buf, &inverse), 0,
			  file, line);
	n_back = sip_edit_apply(&inverse, out, (size_t)n, back, cap);
	if (n != (ssize_t)len || memcmp(out, text, len)) {
		print_error("got:\n%.*s\nexpected:\n%s\n", (int)n, out, text);
		_fail(file, line);
	}
	if (n_back != (ssize_t)sample->len ||
	    memcmp(back, sample->buf, sample->len)) {
		print_error("inverted:\n%.*s\n", (int)n_back, back);
		_fail(file, line);
	}
	free(out);
	free(back);
}
