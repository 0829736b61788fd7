/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of calls, and what a call is.
 *
 * A call is one INVITE on its way through one signalling endpoint, and all that
 * came of it. Where a provider forks an INVITE to two phones, both have the same
 * Call-ID and From tag, and each is a call of its own; a call from one phone
 * behind us to another is two calls as well, one for each time it passes.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CALL_TABLE_H
#define SIPFAST_DAEMON_CALL_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "media/address.h"
#include "call/call.h"
#include "call/dialog.h"
#include "call/ids.h"
#include "call/mapping.h"
#include "call/offer_answer.h"
#include "media/media.h"

/** Most calls at a time. */
#define CALLS_MAX 8192

/** Most calls of one Call-ID: one for each phone that a provider rings. */
#define CALLS_MAX_GROUP 32

/** Longest Call-ID, tag or branch of a call; nothing real comes near it. */
#define CALL_MAX_ID_LEN 1024

/** How long an INVITE may ring (RFC 3261 16.6, timer C). */
#define CALL_RINGING_MS (180 * 1000ULL)

/** How long a transaction can last (RFC 3261 17.1, 64 * T1). */
#define CALL_LINGER_MS (32 * 1000ULL)

/** How long a call may be silent whose media the kernel does not watch. */
#define CALL_SILENT_MS (12 * 3600 * 1000ULL)

/** Parts of a call that are written to the store one by one. */
#define CALL_N_PARTS 4

enum call_state {
	CALL_CALLING,
	CALL_RINGING,
	CALL_UP,
	CALL_ENDING,
};

/**
 * struct call - one of them
 * @group: those with the same Call-ID, itself among them
 * @number: tells it from every other, now and in an earlier daemon
 * @caller: the side that sent the INVITE
 * @caller_tag: its From tag
 * @from_uri: who calls
 * @to_uri: who is called
 * @endpoint: the signalling endpoint that it holds
 * @local: our address outside; its port does not matter
 * @inside: our address inside, where the LAN host's media comes to it; none where
 *	that is sent straight to the peer
 * @state: how far it is
 * @since_ms: when it began
 * @deadline_ms: when it ends, unless something happens before
 * @ended: the kernel has ended its session
 * @behind: the kernel has refused what its dialogs agree on; it is asked again
 * @mappings: its public ports
 * @first: what its INVITE offers to every dialog yet to begin
 * @dialogs: its dialogs, oldest first
 * @active: the one whose media runs, or NULL
 * @requests: requests under way
 * @session: the kernel's number for its session, or 0
 * @plan: what the session does
 * @kept: digests of its parts as the store has them, or 0 (keep.c)
 * @prev: its neighbours in @group
 * @next: likewise
 * @by_number: in the table
 */
struct call {
	struct call_group *group;
	uint64_t number;
	enum call_side caller;
	char *caller_tag;
	char *from_uri;
	char *to_uri;
	uint32_t endpoint;
	union media_address local;
	union media_address inside;
	enum call_state state;
	uint64_t since_ms;
	uint64_t deadline_ms;
	bool ended;
	bool behind;
	struct call_mappings mappings;
	struct offer_answer first;
	struct dialog *dialogs;
	struct dialog *active;
	struct call_requests requests;
	uint32_t session;
	struct media_plan plan;
	uint64_t kept[CALL_N_PARTS];
	struct call *prev, *next;
	UT_hash_handle by_number;
};

/** struct call_group - the calls of one Call-ID */
struct call_group {
	char *call_id;
	struct call *calls;
	UT_hash_handle hh;
};

/** struct calls - all of them, and what they stand on */
struct calls {
	struct call_policy policy;
	struct media *media;
	struct media_ports *ports;
	struct call_user_ops ops;
	void *arg;
	struct store *store;
	struct call_group *groups;
	struct call *by_number;
	unsigned int n_calls;
	uint64_t last_number;
};

/**
 * calls_add() - a call begins with @message
 *
 * Return: 0 and *@call; -ENOSPC, or -EDQUOT where the endpoint may have no more.
 */
int calls_add(struct calls *calls, const struct call_message *message,
	      const struct call_ids *ids, struct call **call);

/**
 * calls_add_again() - a call of before begins once more
 * @calls: the table
 * @call_id: its Call-ID
 * @number: its number
 * @endpoint: the signalling endpoint that it holds
 *
 * Return: the call, to be completed; or NULL.
 */
struct call *calls_add_again(struct calls *calls, const char *call_id,
			     uint64_t number, uint32_t endpoint);

/** calls_find_number() - the call of that number, or NULL */
struct call *calls_find_number(struct calls *calls, uint64_t number);

/**
 * calls_find_dialog() - the call and dialog that a message is sent in
 * @calls: the table
 * @message: the message
 * @ids: its names
 * @dialog: gets the dialog
 *
 * The tags have to be those of the sides that the message says. Among several
 * calls (forked to many phones) the one of the message's endpoint is meant.
 *
 * Return: the call, or NULL.
 */
struct call *calls_find_dialog(struct calls *calls,
			       const struct call_message *message,
			       const struct call_ids *ids,
			       struct dialog **dialog);

/**
 * calls_find_caller() - the call that a request outside any dialog belongs to
 *
 * Return: the call with the same caller at the same endpoint, or NULL.
 */
struct call *calls_find_caller(struct calls *calls,
			       const struct call_message *message,
			       const struct call_ids *ids);

/**
 * calls_find_request() - the call and request that a response answers
 *
 * Return: the call and *@request, or NULL.
 */
struct call *calls_find_request(struct calls *calls,
				const struct call_message *message,
				const struct call_ids *ids,
				struct call_request **request);

/** call_find_dialog() - the dialog of @call with the party called @tag, or NULL */
struct dialog *call_find_dialog(const struct call *call,
				const struct call_text *tag);

/** call_add_dialog() - a party answers; NULL where it is one too many */
struct dialog *call_add_dialog(struct call *call, const struct call_text *tag);

/** call_end_dialog() - a dialog of @call is over; it runs nowhere any more */
void call_end_dialog(struct call *call, struct dialog *dialog);

/** call_begin_ending() - @call is as good as over: it ends unless it is heard of */
void call_begin_ending(struct call *call, uint64_t now_ms);

/** call_end() - @call is over: its session, its ports, its endpoint */
void call_end(struct calls *calls, struct call *call, uint64_t now_ms);

#endif
