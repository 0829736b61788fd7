/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A passage: one message on its way through us.
 *
 * It is made when a message has been indexed, handed from one step of the walk
 * to the next, and gone when the message has left. What the steps want changed
 * they put into its edit list; nothing is written before all have agreed.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_ALG_PASSAGE_H
#define SIPFAST_DAEMON_ALG_PASSAGE_H

#include "alg/parts.h"
#include "sip/edit.h"
#include "sip/msg.h"
#include "sip/via.h"

/** Edits after which no header's value is turned any more: none real has so many. */
#define ALG_MAX_TURNED 64

/** Notes of one message that its journal gets; what is more is only counted. */
#define ALG_MAX_NOTES 32

/** enum alg_way - which way a message goes */
enum alg_way {
	ALG_OUT,	/* from a phone to the world */
	ALG_IN,
};

/**
 * struct alg_note - what is done to a part of a message, and why
 * @why: the reason
 * @part: the bytes in question; none where it is the whole message
 * @changed: they are replaced,
 * @text:	by the bytes there in struct sip_edits.text,
 * @len:	so many
 */
struct alg_note {
	enum alg_why why;
	struct sip_span part;
	bool changed;
	uint32_t text;
	uint32_t len;
};

/**
 * struct alg_passage - one message on its way
 * @alg: the ALG
 * @way: where it goes
 * @endpoint: whose message it is: the phone's that sends it, or is sent it
 * @peer: the host outside
 * @message: what came
 * @msg: its index
 * @method: of the request, or of the one that a response answers
 * @has_via: the topmost Via can be read, and both parsers read it alike:
 * @via:	this is it
 * @edits: what will be changed
 * @edit_error: why a change could not be noted down, or 0
 * @notes: what the journal will say of it
 * @n_notes: how many of them, those included that there was no room for
 * @n_whys: how often for which reason, which is counted when it has come to pass
 */
struct alg_passage {
	struct alg *alg;
	enum alg_way way;
	struct alg_endpoint *endpoint;
	struct alg_address peer;
	const struct message *message;
	const struct sip_msg *msg;
	enum sip_method method;
	bool has_via;
	struct sip_via via;
	struct sip_edits edits;
	int edit_error;
	struct alg_note notes[ALG_MAX_NOTES];
	unsigned int n_notes;
	uint16_t n_whys[ALG_N_WHYS];
};

/** alg_passage_begin() - the message of @message sets out */
void alg_passage_begin(struct alg_passage *passage, struct alg *alg,
		       enum alg_way way, struct alg_endpoint *endpoint,
		       const struct message *message,
		       const struct sip_msg *msg);

/**
 * alg_passage_replace() - let @text stand in the place of @old
 *
 * Where that cannot be noted down, @passage->edit_error says so.
 */
void alg_passage_replace(struct alg_passage *passage, enum alg_why why,
			 struct sip_span old, const char *text, size_t len);

/** alg_passage_left() - @part, none for all of it, stays as it came */
void alg_passage_left(struct alg_passage *passage, enum alg_why why,
		      struct sip_span part);

/** alg_passage_leave_alone() - the message is to leave as it came */
void alg_passage_leave_alone(struct alg_passage *passage);

/** alg_passage_refused() - the message ends here */
void alg_passage_refused(struct alg_passage *passage, enum alg_why why);

/**
 * alg_passage_end() - the message leaves
 * @passage: the message
 * @phone: where the phone waits, on the way in; else NULL. Over TCP it is by
 *	which connection it came that counts.
 *
 * Return: 0, or -errno, which has been counted (EHOSTUNREACH: by alg_stream_send(),
 * and then it was not).
 */
int alg_passage_end(struct alg_passage *passage,
		     const struct alg_address *phone);

/**
 * alg_send_to_phone() - send to a phone in the name of somebody outside
 * @alg: the ALG
 * @about: the message that is sent on or answered, by the way that it came
 * @as: whom the phone shall see
 * @phone: the phone
 * @iov: the pieces
 * @n_iov: how many
 */
void alg_send_to_phone(struct alg *alg, const struct message *about,
		       const struct sockaddr_storage *as,
		       const struct sockaddr_storage *phone,
		       const struct iovec *iov, unsigned int n_iov);

/** alg_send_to_world() - send from the public port of @endpoint, likewise */
void alg_send_to_world(struct alg *alg, struct alg_endpoint *endpoint,
		       const struct message *about,
		       const struct sockaddr_storage *dst,
		       const struct iovec *iov, unsigned int n_iov);

#endif
