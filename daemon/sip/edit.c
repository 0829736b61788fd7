// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The edit list: add, sum up, apply, invert.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sip/edit.h"
#include "sip/msg.h"

void sip_edit_init(struct sip_edits *edits)
{
	edits->n = 0;
	edits->used = 0;
}

/* Is @edit wholly before @old? An insert is before what begins at its offset. */
static bool is_before(const struct sip_edit *edit, struct sip_span old)
{
	return sip_span_end(edit->old) <= old.off;
}

static bool is_behind(const struct sip_edit *edit, struct sip_span old)
{
	return edit->old.off >= sip_span_end(old);
}

/* Make room for an edit at place @i and fill it in. */
static int put(struct sip_edits *edits, unsigned int i, struct sip_span old,
	       const char *text, size_t len)
{
	if (edits->n == SIP_MAX_EDITS || len > sizeof(edits->text) - edits->used)
		return -ENOBUFS;
	memmove(&edits->edit[i + 1], &edits->edit[i],
		(edits->n - i) * sizeof(edits->edit[0]));
	edits->edit[i] = (struct sip_edit){ .old = old, .text = edits->used,
					    .len = (uint32_t)len };
	if (len)
		memcpy(edits->text + edits->used, text, len);
	edits->used += (uint32_t)len;
	edits->n++;
	return 0;
}

int sip_edit_replace(struct sip_edits *edits, struct sip_span old,
		     const char *text, size_t len)
{
	unsigned int i = edits->n;

	if (!old.len && !len)
		return 0;
	while (i && !is_before(&edits->edit[i - 1], old))
		i--;
	if (i < edits->n && !is_behind(&edits->edit[i], old))
		return -EEXIST;
	return put(edits, i, old, text, len);
}

int sip_edit_insert(struct sip_edits *edits, uint32_t off, const char *text,
		    size_t len)
{
	return sip_edit_replace(edits, (struct sip_span){ .off = off }, text,
				len);
}

int sip_edit_delta(const struct sip_edits *edits, struct sip_span span)
{
	const struct sip_edit *edit;
	int delta = 0;

	for (edit = edits->edit; edit < edits->edit + edits->n; edit++)
		if (edit->old.off >= span.off &&
		    sip_span_end(edit->old) <= sip_span_end(span))
			delta += (int)edit->len - (int)edit->old.len;
	return delta;
}

int sip_edit_content_length(struct sip_edits *edits, const struct sip_msg *msg)
{
	const struct sip_field *field = sip_msg_first(msg, SIP_CONTENT_LENGTH);
	int delta = sip_edit_delta(edits, msg->body), width, len, err;
	char digits[SIP_MAX_LINE + 1];

	if (!delta)
		return 0;
	for (; field; field = sip_msg_next(msg, field)) {
		width = msg->buf[field->value.off] == '0' ?
				(int)field->value.len : 0;
		len = snprintf(digits, sizeof(digits), "%0*d", width,
			       (int)msg->body.len + delta);
		err = sip_edit_replace(edits, field->value, digits, (size_t)len);
		if (err)
			return err;
	}
	return 0;
}

int sip_edit_gather(const struct sip_edits *edits, const char *buf, size_t len,
		    struct iovec *iov, unsigned int max)
{
	const struct sip_edit *edit;
	unsigned int n = 0;
	size_t at = 0;

	for (edit = edits->edit; edit < edits->edit + edits->n; edit++) {
		if (n + 2 > max)
			return -ENOBUFS;
		if (edit->old.off > at)
			iov[n++] = (struct iovec){ (char *)buf + at,
						   edit->old.off - at };
		if (edit->len)
			iov[n++] = (struct iovec){
				(char *)edits->text + edit->text, edit->len };
		at = sip_span_end(edit->old);
	}
	if (at == len)
		return (int)n;
	if (n == max)
		return -ENOBUFS;
	iov[n++] = (struct iovec){ (char *)buf + at, len - at };
	return (int)n;
}

ssize_t sip_edit_apply(const struct sip_edits *edits, const char *buf,
		       size_t len, char *out, size_t cap)
{
	struct iovec iov[SIP_EDIT_MAX_IOV];
	int i, n = sip_edit_gather(edits, buf, len, iov, SIP_EDIT_MAX_IOV);
	size_t at = 0;

	for (i = 0; i < n; i++) {
		if (iov[i].iov_len > cap - at)
			return -ENOBUFS;
		memcpy(out + at, iov[i].iov_base, iov[i].iov_len);
		at += iov[i].iov_len;
	}
	return (ssize_t)at;
}

int sip_edit_invert(const struct sip_edits *edits, const char *buf,
		    struct sip_edits *inverse)
{
	const struct sip_edit *edit;
	uint32_t out = 0, at = 0;
	int err;

	sip_edit_init(inverse);
	for (edit = edits->edit; edit < edits->edit + edits->n; edit++) {
		out += edit->old.off - at;
		err = put(inverse, inverse->n,
			  (struct sip_span){ .off = out, .len = edit->len },
			  buf + edit->old.off, edit->old.len);
		if (err)
			return err;
		out += edit->len;
		at = sip_span_end(edit->old);
	}
	return 0;
}
