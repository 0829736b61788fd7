/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notes: what is done to a message, first in its passage, then in a journal.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_NOTE_H
#define SIPFAST_DAEMON_ALG_NOTE_H

#include "alg/passage.h"

/** alg_note_left() - take down that @part stays, or ends here */
void alg_note_left(struct alg_passage *passage, enum alg_why why,
		   struct sip_span part);

/** alg_note_changed() - likewise that @part is replaced, by @text of the edits */
void alg_note_changed(struct alg_passage *passage, enum alg_why why,
		      struct sip_span part, uint32_t text, uint32_t len);

/**
 * alg_notes_edits() - take down what the edits of one step do to the body
 * @passage: the message
 * @why: why they were made
 * @from: struct sip_edits.used before the first of them; they are the last
 */
void alg_notes_edits(struct alg_passage *passage, enum alg_why why,
		     uint32_t from);

/** alg_notes_drop() - nothing of what was noted will be done, or counted */
void alg_notes_drop(struct alg_passage *passage);

/**
 * alg_notes_file() - count the notes, and hand them over to their journal
 *
 * That of the call, or of the endpoint where it is no call's.
 */
void alg_notes_file(struct alg_passage *passage);

#endif
