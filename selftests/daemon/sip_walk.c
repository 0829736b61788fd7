// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a message as far as it can be read, and moving all that is in it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdp/edit.h"
#include "sip/edit.h"
#include "sip/mime.h"
#include "sip/opinion.h"
#include "sip/response.h"
#include "sip/uri.h"
#include "sip/via.h"
#include "sip_walk.h"

/* Where everything is moved to. */
#define HOST "203.0.113.1:40000"

#define must(fact) do {							\
	if (!(fact)) {							\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #fact); \
		abort();						\
	}								\
} while (0)

static void must_be_inside(struct sip_span inner, struct sip_span outer)
{
	must(inner.off >= outer.off);
	must(sip_span_end(inner) <= sip_span_end(outer));
}

static void move(struct sip_edits *edits, struct sip_span old)
{
	int err = sip_edit_replace(edits, old, HOST, strlen(HOST));

	must(!err || err == -ENOBUFS);
}

static void walk_uri(const struct sip_msg *msg, struct sip_span span,
		     struct sip_edits *edits)
{
	struct sip_uri uri;

	if (sip_uri_parse(&uri, msg->buf, span) || !uri.host.len)
		return;
	must_be_inside(uri.user, span);
	must_be_inside(uri.host_port, span);
	must_be_inside(uri.params, span);
	must_be_inside(uri.headers, span);
	move(edits, uri.host_port);
}

static void walk_via(const struct sip_msg *msg, struct sip_span value,
		     struct sip_edits *edits, struct sip_walk *walk)
{
	struct sip_via via;

	if (sip_via_parse(&via, msg->buf, value))
		return;
	must_be_inside(via.sent_by, value);
	must_be_inside(via.params, value);
	if (via.branch.len)
		must_be_inside(via.branch, via.params);
	if (via.has_rport)
		must_be_inside(via.rport_param, via.params);
	walk->n_read++;
	walk->n_agreed += sip_opinion_via(msg->buf, value, &via);
	move(edits, via.sent_by);
}

static void walk_addr(const struct sip_msg *msg, struct sip_span value,
		      struct sip_edits *edits, struct sip_walk *walk)
{
	struct sip_addr addr;
	struct sip_uri uri;

	if (sip_addr_parse(&addr, msg->buf, value) || addr.star)
		return;
	must_be_inside(addr.uri, value);
	must_be_inside(addr.params, value);
	if (sip_uri_parse(&uri, msg->buf, addr.uri))
		return;
	walk->n_read++;
	walk->n_agreed += sip_opinion_addr(msg->buf, value, &addr, &uri);
	walk_uri(msg, addr.uri, edits);
}

static void walk_values(const struct sip_msg *msg, struct sip_edits *edits,
			struct sip_walk *walk)
{
	static const enum sip_header ids[] = { SIP_VIA, SIP_CONTACT, SIP_ROUTE,
		SIP_RECORD_ROUTE, SIP_PATH, SIP_SERVICE_ROUTE, SIP_REFER_TO };
	struct sip_values values;
	struct sip_span value;
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		sip_values_begin(&values, msg, ids[i]);
		while (sip_values_next(&values, &value)) {
			must_be_inside(value, values.field->value);
			walk->n_values++;
			if (ids[i] == SIP_VIA)
				walk_via(msg, value, edits, walk);
			else
				walk_addr(msg, value, edits, walk);
		}
	}
}

/* The few values that are read from everywhere. */
static void walk_helpers(const struct sip_msg *msg)
{
	struct sip_response response = { .status = 400, .reason = "Bad Request",
					 .received = "192.0.2.1",
					 .rport = 5060 };
	static char answer[2 * SIP_MAX_MESSAGE];
	struct sip_media_type type;
	struct sip_cseq cseq;
	struct sip_span span;
	uint32_t number;

	sip_msg_call_id(msg, &span);
	sip_msg_from_tag(msg, &span);
	sip_msg_to_tag(msg, &span);
	sip_msg_number(msg, SIP_EXPIRES, &number);
	sip_msg_has_token(msg, SIP_SUPPORTED, "path");
	if (sip_msg_cseq(msg, &cseq))
		sip_opinion_cseq(msg->buf, sip_msg_only(msg, SIP_CSEQ)->value,
				 &cseq);
	if (sip_msg_only(msg, SIP_CONTENT_TYPE) &&
	    !sip_media_type_parse(&type, msg->buf, sip_msg_only(msg,
						SIP_CONTENT_TYPE)->value))
		sip_opinion_content_type(msg->buf, sip_msg_only(msg,
						SIP_CONTENT_TYPE)->value,
					 type.type, type.subtype);
	must(sip_response_write(answer, sizeof(answer), msg, &response) !=
	     -ENOBUFS);
}

static int move_sdp(const char *buf, struct sip_span span,
		    struct sip_edits *edits)
{
	static struct sdp_place places[SDP_MAX_MEDIA];
	static struct sdp sdp;
	struct sockaddr_storage address;
	unsigned int i;

	if (sdp_index(&sdp, buf, span))
		return 0;
	for (i = 0; i < sdp.n_media; i++) {
		must_be_inside(sdp.media[i].port, span);
		must(sdp.media[i].end <= sip_span_end(span));
		must(sdp.media[i].connection_at <= sdp.media[i].end);
		sdp_media_rtcp(&sdp, &sdp.media[i], &places[i].rtcp);
		places[i].mapped = sdp_media_rtp(&sdp, &sdp.media[i], &address);
		places[i].rtp = address;
		if (address.ss_family == AF_INET)
			((struct sockaddr_in *)&places[i].rtp)->sin_addr.s_addr =
				htonl(0xcb007101 + (i & 1));
	}
	return sdp_edit(edits, &sdp, places);
}

/* Apply @edits to @buf, invert them, and be back where it began. */
static char *go_and_return(const struct sip_edits *edits, const char *buf,
			   size_t len, size_t *out_len)
{
	size_t cap = len + sizeof(edits->text);
	static struct sip_edits inverse;
	char *out = malloc(cap), *back = malloc(cap);
	ssize_t n = sip_edit_apply(edits, buf, len, out, cap);
	int err = sip_edit_invert(edits, buf, &inverse);

	must(n >= 0);
	must(!err || err == -ENOBUFS);
	if (!err) {
		must(sip_edit_apply(&inverse, out, (size_t)n, back, cap) ==
		     (ssize_t)len);
		must(!memcmp(back, buf, len));
	}
	free(back);
	*out_len = (size_t)n;
	return out;
}

static void must_be_alike(const struct sip_msg *before, const char *buf,
			  size_t len, enum sip_transport transport,
			  const struct sip_edits *edits)
{
	enum sip_verdict verdict;
	static struct sip_msg after;
	unsigned int i;

	verdict = sip_msg_index(&after, buf, len, transport);
	if (verdict == SIP_MSG_TOO_LARGE && len > before->len)
		return;
	must(verdict == SIP_MSG_OK);
	must(after.n_fields == before->n_fields);
	for (i = 0; i < after.n_fields; i++)
		must(after.fields[i].id == before->fields[i].id);
	must((int)after.body.len == (int)before->body.len +
	     sip_edit_delta(edits, before->body));
	must(after.rest.len == before->rest.len);
}

static void must_be_in_order(const struct sip_msg *msg)
{
	struct sip_span all = { .len = msg->len };
	uint32_t at = msg->start;
	unsigned int i;

	for (i = 0; i < msg->n_fields; i++) {
		must(msg->fields[i].name.off >= at);
		must(msg->fields[i].value.off >=
		     sip_span_end(msg->fields[i].name));
		at = sip_span_end(msg->fields[i].value);
	}
	must(msg->body.off >= at);
	must_be_inside(msg->body, all);
	must_be_inside(msg->rest, all);
}

static void walk_indexed(const struct sip_msg *msg, enum sip_transport transport,
			 struct sip_walk *walk)
{
	static struct sip_edits edits;
	struct sip_span found[2];
	unsigned int i;
	int err = 0;
	size_t len;
	char *out;

	sip_edit_init(&edits);
	if (msg->is_request)
		walk_uri(msg, msg->uri, &edits);
	walk_values(msg, &edits, walk);
	walk->n_sdp = sip_mime_find_sdp(msg, found, 2);
	for (i = 0; i < walk->n_sdp && i < 2 && !err; i++) {
		must_be_inside(found[i], msg->body);
		err = move_sdp(msg->buf, found[i], &edits);
		must(!err || err == -ENOBUFS);
	}
	err = sip_edit_content_length(&edits, msg);
	must(!err || err == -ENOBUFS);
	out = go_and_return(&edits, msg->buf, msg->len, &len);
	if (!err)
		must_be_alike(msg, out, len, transport, &edits);
	free(out);
}

enum sip_verdict sip_walk_message(const char *buf, size_t len,
				  enum sip_transport transport,
				  struct sip_walk *walk)
{
	static struct sip_msg msg;
	struct sip_walk own;
	enum sip_verdict verdict = sip_msg_index(&msg, buf, len, transport);

	if (!walk)
		walk = &own;
	*walk = (struct sip_walk){ 0 };
	must_be_in_order(&msg);
	walk_helpers(&msg);
	if (verdict == SIP_MSG_OK)
		walk_indexed(&msg, transport, walk);
	return verdict;
}

void sip_walk_sdp(const char *buf, size_t len)
{
	struct sip_span whole = { .len = (uint32_t)len };
	static struct sip_edits edits;
	size_t out_len;
	int err;

	sip_edit_init(&edits);
	err = move_sdp(buf, whole, &edits);
	must(!err || err == -ENOBUFS);
	free(go_and_return(&edits, buf, len, &out_len));
}
