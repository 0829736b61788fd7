/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index of one SIP message (RFC 3261 section 7).
 *
 * sip_msg_index() walks over the bytes once and notes where things stand: start
 * line, header fields, body. It reads no values, allocates nothing and never
 * writes to the message. Values are read later, and only the few that matter,
 * by the helpers below, by sip/uri.h and by sip/via.h.
 *
 * Work is linear in the message, and the message, its lines and its fields are
 * bounded before anybody looks closer.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_MSG_H
#define SIPFAST_DAEMON_SIP_MSG_H

#include "sip/span.h"

/** Bounds against floods, far above what honest messages need. */
#define SIP_MAX_MESSAGE 65536
#define SIP_MAX_LINE 8192
#define SIP_MAX_FIELDS 256

/**
 * enum sip_transport - what tells where a message ends
 * @SIP_DATAGRAM: the datagram does, where Content-Length does not
 * @SIP_STREAM: Content-Length alone; more bytes may come
 * @SIP_FRAMED: likewise, and these are all: sip/frame.h has cut it out
 */
enum sip_transport {
	SIP_DATAGRAM,
	SIP_STREAM,
	SIP_FRAMED,
};

/**
 * enum sip_verdict - what came
 * @SIP_MSG_OK: a message; all of struct sip_msg holds
 * @SIP_MSG_NOT_SIP: something else (STUN, keepalives, RTP ...): to be
 *	forwarded as it came
 * @SIP_MSG_PARTIAL: streams only: a message whose end has not come yet
 * @SIP_MSG_BAD: SIP, but no one can say where its parts end: 400 for a request,
 *	a response is dropped. The fields up to the fault are indexed.
 * @SIP_MSG_TOO_LARGE: beyond a bound: 513, likewise
 */
enum sip_verdict {
	SIP_MSG_OK,
	SIP_MSG_NOT_SIP,
	SIP_MSG_PARTIAL,
	SIP_MSG_BAD,
	SIP_MSG_TOO_LARGE,
};

/** enum sip_method - methods we know; their spans hold for any token */
enum sip_method {
	SIP_METHOD_OTHER,
	SIP_INVITE,
	SIP_ACK,
	SIP_BYE,
	SIP_CANCEL,
	SIP_OPTIONS,
	SIP_REGISTER,
	SIP_SUBSCRIBE,
	SIP_NOTIFY,
	SIP_PUBLISH,
	SIP_REFER,
	SIP_MESSAGE,
	SIP_PRACK,
	SIP_UPDATE,
	SIP_INFO,
};

/** enum sip_header - header fields we tell apart */
enum sip_header {
	SIP_HEADER_OTHER,
	SIP_VIA,
	SIP_FROM,
	SIP_TO,
	SIP_CALL_ID,
	SIP_CSEQ,
	SIP_CONTACT,
	SIP_ROUTE,
	SIP_RECORD_ROUTE,
	SIP_PATH,
	SIP_SERVICE_ROUTE,
	SIP_REFER_TO,
	SIP_EXPIRES,
	SIP_MIN_EXPIRES,
	SIP_CONTENT_TYPE,
	SIP_CONTENT_LENGTH,
	SIP_CONTENT_ENCODING,
	SIP_CONTENT_TRANSFER_ENCODING,
	SIP_CONTENT_DISPOSITION,
	SIP_EVENT,
	SIP_SUBSCRIPTION_STATE,
	SIP_REQUIRE,
	SIP_SUPPORTED,
	SIP_RACK,
	SIP_RSEQ,
	SIP_MAX_FORWARDS,
	SIP_RETRY_AFTER,
	SIP_AUTHORIZATION,
	SIP_PROXY_AUTHORIZATION,
	SIP_N_HEADERS,
};

/** No field, where a number of one is asked for. */
#define SIP_NO_FIELD UINT16_MAX

/**
 * struct sip_field - one header field, as a line or folded over several
 * @id: which header; compact names are known, case does not matter
 * @folded: @value goes on over a line's end
 * @next: number of the next field of the same header, or SIP_NO_FIELD
 * @name: its name as written
 * @value: its value without the white space around it; may be empty, then it
 *	still tells where the value would stand
 */
struct sip_field {
	enum sip_header id;
	bool folded;
	uint16_t next;
	struct sip_span name;
	struct sip_span value;
};

/**
 * struct sip_msg - where things stand in one message
 * @buf: the bytes, borrowed; every span counts from here
 * @len: how many
 * @start: offset of the start line, behind any leading line ends (keepalives)
 * @is_request: a request, else a response
 * @method: of a request
 * @method_name: of a request, as written
 * @uri: Request-URI
 * @status: of a response, 100..699
 * @reason: of a response, may be empty
 * @version: "SIP/2.0" as written
 * @n_fields: how many of @fields count
 * @fields: in the message's order
 * @first: number of the first field of each header, or SIP_NO_FIELD
 * @body: the body as Content-Length or the transport bounds it
 * @rest: bytes behind the body: junk in a datagram, the next message in a stream
 * @whole: how many bytes from the first one to the last of the body; known for
 *	SIP_MSG_OK, and for SIP_MSG_PARTIAL where only the body is not all there;
 *	else 0
 */
struct sip_msg {
	const char *buf;
	uint32_t len;
	uint32_t start;
	bool is_request;
	enum sip_method method;
	struct sip_span method_name;
	struct sip_span uri;
	unsigned int status;
	struct sip_span reason;
	struct sip_span version;
	unsigned int n_fields;
	struct sip_field fields[SIP_MAX_FIELDS];
	uint16_t first[SIP_N_HEADERS];
	struct sip_span body;
	struct sip_span rest;
	uint32_t whole;
};

/**
 * sip_msg_index() - note where things stand
 * @msg: filled in; on any verdict it may be read without harm
 * @buf: the bytes; they have to stay as long as @msg is used
 * @len: how many
 * @transport: a datagram's end ends the message; in a stream Content-Length does
 *
 * Lines may end in CRLF, LF or CR. A start line that is not exactly
 * `token SP uri SP SIP/2.0` or `SIP/2.0 SP 3DIGIT` with any case is not SIP.
 *
 * Return: the verdict.
 */
enum sip_verdict sip_msg_index(struct sip_msg *msg, const char *buf, size_t len,
			       enum sip_transport transport);

/** sip_msg_first() - the first field of header @id, or NULL */
const struct sip_field *sip_msg_first(const struct sip_msg *msg,
				      enum sip_header id);

/** sip_msg_next() - the next field of the same header as @field, or NULL */
const struct sip_field *sip_msg_next(const struct sip_msg *msg,
				     const struct sip_field *field);

/**
 * sip_msg_only() - the field of a header that may stand there only once
 *
 * Return: the field; NULL where there is none, or several: what contradicts
 * itself says nothing.
 */
const struct sip_field *sip_msg_only(const struct sip_msg *msg,
				     enum sip_header id);

/**
 * struct sip_values - a walk over the values of one header
 * @msg: the message
 * @field: the field that the last value stood in
 * @at: offset at which the next value begins
 *
 * Several fields of one header and one field with commas are the same thing
 * (RFC 3261 section 7.3.1). Commas in quotes, in <> and in comments part
 * nothing.
 */
struct sip_values {
	const struct sip_msg *msg;
	const struct sip_field *field;
	uint32_t at;
};

/** sip_values_begin() - stand before the first value of header @id */
void sip_values_begin(struct sip_values *values, const struct sip_msg *msg,
		      enum sip_header id);

/**
 * sip_values_next() - go to the next value
 * @values: the walk
 * @value: set to the value, white space around it cut off; may be empty
 *
 * Return: false where there is none left.
 */
bool sip_values_next(struct sip_values *values, struct sip_span *value);

/** sip_msg_top_via() - the topmost value of all Via fields, and only that */
bool sip_msg_top_via(const struct sip_msg *msg, struct sip_span *value);

/** sip_msg_call_id() - the Call-ID; false where there is not exactly one */
bool sip_msg_call_id(const struct sip_msg *msg, struct sip_span *call_id);

/**
 * sip_msg_from_tag() - the tag of From
 *
 * Return: true with an empty span where From has none; false where there is not
 * exactly one From that can be read.
 */
bool sip_msg_from_tag(const struct sip_msg *msg, struct sip_span *tag);

/** sip_msg_to_tag() - the tag of To, likewise */
bool sip_msg_to_tag(const struct sip_msg *msg, struct sip_span *tag);

/**
 * struct sip_cseq - a CSeq value
 * @number: its number
 * @method: what it is about: the request's method, in responses too
 * @method_name: as written
 */
struct sip_cseq {
	uint32_t number;
	enum sip_method method;
	struct sip_span method_name;
};

/** sip_msg_cseq() - the CSeq; false where there is not exactly one, well-formed */
bool sip_msg_cseq(const struct sip_msg *msg, struct sip_cseq *cseq);

/**
 * sip_msg_number() - a header that is a number of seconds or the like
 * @msg: message
 * @id: SIP_EXPIRES, SIP_MIN_EXPIRES, SIP_RSEQ, SIP_MAX_FORWARDS, SIP_RETRY_AFTER
 * @number: set on success
 *
 * Parameters and comments behind the number are passed over; a number beyond 32
 * bits counts as the largest.
 *
 * Return: false where there is not exactly one such field, or no number in it.
 */
bool sip_msg_number(const struct sip_msg *msg, enum sip_header id,
		    uint32_t *number);

/** sip_msg_has_token() - does a list (Require, Supported) name @token? */
bool sip_msg_has_token(const struct sip_msg *msg, enum sip_header id,
		       const char *token);

/** sip_method_read() - which method is this? Case matters (RFC 3261 7.1) */
enum sip_method sip_method_read(const char *buf, struct sip_span name);

#endif
