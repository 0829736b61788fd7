// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Notes: what is done to a message, first in its passage, then in a journal.
 *
 * While the message is on its way a note is a few numbers. Words are made of it
 * when the message has left, and it is known what became of it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include "alg/note.h"

#include <stdio.h>
#include <string.h>

#include "alg/journal.h"
#include "sip/text.h"

static void add(struct alg_passage *passage, struct alg_note note)
{
	passage->n_whys[note.why]++;
	if (passage->n_notes < ALG_MAX_NOTES)
		passage->notes[passage->n_notes] = note;
	passage->n_notes++;
}

void alg_note_left(struct alg_passage *passage, enum alg_why why,
		   struct sip_span part)
{
	add(passage, (struct alg_note){ .why = why, .part = part });
}

void alg_note_changed(struct alg_passage *passage, enum alg_why why,
		      struct sip_span part, uint32_t text, uint32_t len)
{
	add(passage, (struct alg_note){
		.why = why,
		.part = part,
		.changed = true,
		.text = text,
		.len = len,
	});
}

/* The end of a line that is added says nothing. */
static bool is_line_end(const struct sip_edits *edits,
			const struct sip_edit *edit)
{
	return !edit->old.len && sip_is_eol(edits->text[edit->text]);
}

/* New text stands behind the older, and what only goes has none. */
void alg_notes_edits(struct alg_passage *passage, enum alg_why why,
		     uint32_t from)
{
	const struct sip_edits *edits = &passage->edits;
	const struct sip_edit *edit;

	for (edit = edits->edit; edit < edits->edit + edits->n; edit++)
		if (edit->text >= from && !is_line_end(edits, edit))
			alg_note_changed(passage, why, edit->old, edit->text,
					 edit->len);
}

void alg_notes_drop(struct alg_passage *passage)
{
	memset(passage->n_whys, 0, sizeof(passage->n_whys));
	passage->n_notes = 0;
}

static struct alg_slice slice_of(const char *buf, struct sip_span span)
{
	return (struct alg_slice){ .at = buf + span.off, .len = span.len };
}

/* The header field that offset @at is in, or NULL. */
static const struct sip_field *field_at(const struct sip_msg *msg, uint32_t at)
{
	unsigned int low = 0, high = msg->n_fields, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (sip_span_end(msg->fields[middle].value) < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < msg->n_fields && msg->fields[low].name.off <= at ?
	       &msg->fields[low] : NULL;
}

/* How the line of the body begins that offset @at is in: "m=audio", "a=rtcp". */
static struct alg_slice line_at(const struct sip_msg *msg, uint32_t at)
{
	uint32_t begin = at, end;

	while (begin > msg->body.off && !sip_is_eol(msg->buf[begin - 1]))
		begin--;
	for (end = begin; end < sip_span_end(msg->body); end++)
		if (strchr(": \t\r\n", msg->buf[end]))
			break;
	return slice_of(msg->buf, sip_span_between(begin, end));
}

static struct alg_slice where(const struct sip_msg *msg,
			      const struct alg_note *note)
{
	static const struct alg_slice uri = { "Request-URI", 11 }, all = { "", 0 };
	static const struct alg_slice added = { "a new line", 10 };
	const struct sip_field *field;

	if (!note->part.len)
		return note->changed ? added : all;
	if (note->part.off >= msg->body.off)
		return line_at(msg, note->part.off);
	field = field_at(msg, note->part.off);
	if (field)
		return slice_of(msg->buf, field->name);
	return msg->is_request ? uri : all;
}

/* "INVITE", "200 to INVITE"; the method of a response is its CSeq's. */
static struct alg_slice message_name(const struct sip_msg *msg, char *text,
				     size_t size)
{
	struct sip_cseq cseq;

	if (msg->is_request)
		return slice_of(msg->buf, msg->method_name);
	if (!sip_msg_cseq(msg, &cseq))
		cseq.method_name = (struct sip_span){ 0 };
	snprintf(text, size, "%u to %.*s", msg->status,
		 (int)cseq.method_name.len,
		 msg->buf + cseq.method_name.off);
	return (struct alg_slice){ .at = text, .len = strlen(text) };
}

/* An INVITE opens the journal of a call; others belong in it where there is one. */
static struct alg_journal *journal_of(struct alg_passage *passage)
{
	struct alg *alg = passage->alg;
	struct sip_span span;
	struct alg_slice call_id;

	if (!sip_msg_call_id(passage->msg, &span))
		return &passage->endpoint->journal;
	call_id = slice_of(passage->msg->buf, span);
	if (passage->method == SIP_INVITE ||
	    alg_journals_find(alg->journals, call_id))
		return alg_journals_get(&alg->journals, call_id);
	return &passage->endpoint->journal;
}

static void file(struct alg_journal *journal, const struct alg_passage *passage,
		 struct alg_slice message, const struct alg_note *note)
{
	const struct sip_msg *msg = passage->msg;
	const struct alg_entry entry = {
		.at_ms = alg_now_ms(passage->alg),
		.endpoint = passage->endpoint->id,
		.out = passage->way == ALG_OUT,
		.changed = note->changed,
		.why = note->why,
		.texts = {
			[ALG_TEXT_MESSAGE] = message,
			[ALG_TEXT_WHERE] = where(msg, note),
			[ALG_TEXT_FROM] = slice_of(msg->buf, note->part),
			[ALG_TEXT_TO] = {
				passage->edits.text + note->text, note->len,
			},
		},
	};

	alg_journal_write(journal, &entry);
}

void alg_notes_file(struct alg_passage *passage)
{
	char text[ALG_JOURNAL_TEXT];
	struct alg_slice message;
	struct alg_journal *journal;
	unsigned int i;

	if (!passage->n_notes)
		return;
	for (i = 0; i < ALG_N_WHYS; i++)
		passage->alg->counters.by_why[i] += passage->n_whys[i];
	journal = journal_of(passage);
	if (!journal)
		return;
	message = message_name(passage->msg, text, sizeof(text));
	for (i = 0; i < passage->n_notes && i < ALG_MAX_NOTES; i++)
		file(journal, passage, message, &passage->notes[i]);
	journal->n_forgotten += passage->n_notes - i;
}
