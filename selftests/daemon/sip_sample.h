/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to try things on: in a block of memory of exactly their length, so
 * that a sanitizer sees who reads on.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_SELFTESTS_SIP_SAMPLE_H
#define SIPFAST_SELFTESTS_SIP_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sip/edit.h"
#include "sip/msg.h"

/**
 * struct sample - one message
 * @buf: its bytes
 * @len: how many
 * @verdict: of the index
 * @msg: its index
 */
struct sample {
	char *buf;
	size_t len;
	enum sip_verdict verdict;
	struct sip_msg msg;
};

/** sample_new() - copy @len bytes and index them */
struct sample *sample_new(const char *bytes, size_t len,
			  enum sip_transport transport);

/** sample_read() - the sample in data/@name, as a datagram */
struct sample *sample_read(const char *name);

/** sample_free() - end a sample */
void sample_free(struct sample *sample);

/** datagram() - a datagram that holds this string literal, NULs too */
#define datagram(literal) \
	sample_new(literal, sizeof(literal) - 1, SIP_DATAGRAM)

/** request() - a good INVITE with these header lines, and @body behind them */
#define request(lines, body)						\
	datagram("INVITE sip:bob@example.com SIP/2.0\r\n"		\
		 lines "\r\n" body)

/** file_read() - a whole file; NULL with errno set where it cannot be */
char *file_read(const char *path, size_t *len);

/** each_file() - call @fn for each regular file in directory @path, sorted */
unsigned int each_file(const char *path,
		       void (*fn)(const char *path, const char *name));

/** assert_span() - the span's bytes have to read @text */
#define assert_span(buf, span, text) \
	check_span(buf, span, text, __FILE__, __LINE__)
void check_span(const char *buf, struct sip_span span, const char *text,
		const char *file, int line);

/** assert_edited() - the sample with @edits made has to read @text */
#define assert_edited(sample, edits, text) \
	check_edited(sample, edits, text, strlen(text), __FILE__, __LINE__)
void check_edited(const struct sample *sample, const struct sip_edits *edits,
		  const char *text, size_t len, const char *file, int line);

#endif
