/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The edit list: what of a message leaves otherwise than it came.
 *
 * Whoever wants bytes changed says which, and what shall stand there; the list
 * keeps itself in order and refuses two opinions on the same byte. Only when
 * the message leaves are the edits and the untouched bytes between them put
 * together, so what nobody named cannot change. Inverting a list yields the
 * edits that lead back, which is how that is tested.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_EDIT_H
#define SIPFAST_DAEMON_SIP_EDIT_H

#include <sys/types.h>
#include <sys/uio.h>

#include "sip/span.h"

struct sip_msg;

/** Bounds of one list; a message that needs more is not rewritten. */
#define SIP_MAX_EDITS 256
#define SIP_MAX_EDIT_TEXT 16384

/** Pieces that a list at its bound makes of a message. */
#define SIP_EDIT_MAX_IOV (2 * SIP_MAX_EDITS + 1)

/**
 * struct sip_edit - one change
 * @old: the bytes that go; an empty span inserts before @old.off
 * @text: offset of the new bytes in struct sip_edits.text
 * @len: how many new bytes
 */
struct sip_edit {
	struct sip_span old;
	uint32_t text;
	uint32_t len;
};

/**
 * struct sip_edits - the edits of one message
 * @n: how many; set it to 0, or call sip_edit_init(), to begin
 * @used: bytes of @text in use
 * @edit: by offset; inserts at one offset in the order in which they were added
 * @text: the new bytes
 */
struct sip_edits {
	unsigned int n;
	uint32_t used;
	struct sip_edit edit[SIP_MAX_EDITS];
	char text[SIP_MAX_EDIT_TEXT];
};

/** sip_edit_init() - begin an empty list */
void sip_edit_init(struct sip_edits *edits);

/**
 * sip_edit_replace() - put @text in the place of @old
 * @edits: the list
 * @old: the bytes that go
 * @text: the bytes that come; copied
 * @len: how many; 0 deletes
 *
 * Edits may be added in any order. Nothing for nothing is no edit.
 *
 * Return: 0; -EEXIST where another edit has these bytes; -ENOBUFS where the
 * list is full. The list is as before then.
 */
int sip_edit_replace(struct sip_edits *edits, struct sip_span old,
		     const char *text, size_t len);

/**
 * sip_edit_insert() - put @text before the byte at @off
 *
 * Likewise; text inserted twice at one offset stands in the order of the calls,
 * and before what replaces the byte at @off.
 */
int sip_edit_insert(struct sip_edits *edits, uint32_t off, const char *text,
		    size_t len);

/** sip_edit_delta() - by how many bytes the edits inside @span lengthen it */
int sip_edit_delta(const struct sip_edits *edits, struct sip_span span);

/**
 * sip_edit_content_length() - let Content-Length follow the edits of the body
 * @edits: the list; all edits of the body are in it
 * @msg: the message
 *
 * The new number is the old one plus what the edits add, written as the old one
 * was: the same width where it has leading zeros. A message without
 * Content-Length gets none.
 *
 * Return: 0, or as sip_edit_replace().
 */
int sip_edit_content_length(struct sip_edits *edits, const struct sip_msg *msg);

/**
 * sip_edit_gather() - the edited message as pieces, nothing copied
 * @edits: the list
 * @buf: the message
 * @len: its length
 * @iov: filled in; points into @buf and @edits
 * @max: how many there is room for; SIP_EDIT_MAX_IOV always suffices
 *
 * Return: how many pieces; -ENOBUFS where @max is too small.
 */
int sip_edit_gather(const struct sip_edits *edits, const char *buf, size_t len,
		    struct iovec *iov, unsigned int max);

/**
 * sip_edit_apply() - the edited message in one buffer
 *
 * Return: its length; -ENOBUFS where @cap is too small.
 */
ssize_t sip_edit_apply(const struct sip_edits *edits, const char *buf,
		       size_t len, char *out, size_t cap);

/**
 * sip_edit_invert() - the edits that lead back
 * @edits: a list
 * @buf: the message before it
 * @inverse: becomes the list that makes @buf of the message after it
 *
 * Return: 0; -ENOBUFS where the old bytes do not fit into a list.
 */
int sip_edit_invert(const struct sip_edits *edits, const char *buf,
		    struct sip_edits *inverse);

#endif
