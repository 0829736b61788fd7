// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What it costs to rewrite a message, counted by whoever runs this program under
 * an instruction counter:
 *
 *	sf_rewrite alg|osip TIMES		a typical INVITE, so many times
 *	sf_rewrite via|contact|vias|headers|params N
 *						a pathological message of size N
 *	sf_rewrite none N			neither: what the others begin with
 *
 * alg is the way from alg_from_lan() to the socket, a new call each time; osip is
 * libosip2's parse of the whole message, the yardstick. The stage is that of stage.h,
 * without a store.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osipparser2/osip_parser.h>

#include "sip/msg.h"
#include "stage.h"

static void phone_says(const char *msg, size_t len)
{
	phone_sends("192.168.1.10", 5060, msg, len);
}

/* --- messages --- */

/* As desk phones send it: 14 headers, one stream, five codecs. */
static const char invite[] =
	"INVITE sip:bob@example.com SIP/2.0\r\n"
	"Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK776asd00000000;rport\r\n"
	"Max-Forwards: 70\r\n"
	"From: \"Alice\" <sip:alice@example.com>;tag=1928301774\r\n"
	"To: Bob <sip:bob@example.com>\r\n"
	"Call-ID: a84b4c76e66710000000@192.168.1.10\r\n"
	"CSeq: 314159 INVITE\r\n"
	"Contact: <sip:alice@192.168.1.10:5060;transport=udp>\r\n"
	"Allow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, MESSAGE, OPTIONS, INFO, "
	"SUBSCRIBE\r\n"
	"Supported: replaces, timer, 100rel\r\n"
	"Session-Expires: 1800\r\n"
	"User-Agent: Deskphone 4.2.1\r\n"
	"Accept: application/sdp\r\n"
	"Content-Type: application/sdp\r\n"
	"Content-Length: 313\r\n"
	"\r\n"
	"v=0\r\n"
	"o=alice 2890844526 2890844526 IN IP4 192.168.1.10\r\n"
	"s=-\r\n"
	"c=IN IP4 192.168.1.10\r\n"
	"t=0 0\r\n"
	"m=audio 40000 RTP/AVP 0 8 9 18 101\r\n"
	"a=rtpmap:0 PCMU/8000\r\n"
	"a=rtpmap:8 PCMA/8000\r\n"
	"a=rtpmap:9 G722/8000\r\n"
	"a=rtpmap:18 G729/8000\r\n"
	"a=fmtp:18 annexb=no\r\n"
	"a=rtpmap:101 telephone-event/8000\r\n"
	"a=fmtp:101 0-16\r\n"
	"a=ptime:20\r\n"
	"a=sendrecv\r\n";

static void write_number(char *msg, const char *before, unsigned int number)
{
	char digits[8];

	snprintf(digits, sizeof(digits), "%04u", number % 10000);
	memcpy(strstr(msg, before) + strlen(before), digits, 4);
}

static void run_alg(unsigned int times)
{
	char msg[sizeof(invite)];
	unsigned int i;

	memcpy(msg, invite, sizeof(invite));
	for (i = 0; i < times; i++) {
		write_number(msg, "z9hG4bK776asd", i);
		write_number(msg, "a84b4c76e66710", i);
		phone_says(msg, sizeof(invite) - 1);
	}
	if (stage.n_sent != times || calls_count(stage.calls) != times)
		exit(EXIT_FAILURE);
}

static void run_osip(unsigned int times)
{
	osip_message_t *parsed;
	unsigned int i;

	for (i = 0; i < times; i++) {
		if (osip_message_init(&parsed) ||
		    osip_message_parse(parsed, invite, sizeof(invite) - 1))
			exit(EXIT_FAILURE);
		osip_message_free(parsed);
	}
}

/* --- messages that are made to hurt (sip-alg D19) --- */

struct text {
	char bytes[SIP_MAX_MESSAGE];
	size_t len;
};

static void add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text->len += vsnprintf(text->bytes + text->len,
			       sizeof(text->bytes) - text->len, format, args);
	va_end(args);
	if (text->len >= sizeof(text->bytes))
		exit(EXIT_FAILURE);
}

/* No printf(): what is to be counted is not the making of the message. */
static void add_times(struct text *text, unsigned int times, const char *what)
{
	const size_t len = strlen(what);

	if (times * len >= sizeof(text->bytes) - text->len)
		exit(EXIT_FAILURE);
	for (; times--; text->len += len)
		memcpy(text->bytes + text->len, what, len);
}

/* @before, @n times @what, and the rest of a request */
static void run_bad(const char *kind, unsigned int n)
{
	static struct text text;

	add(&text, "OPTIONS sip:bob@example.com SIP/2.0\r\n"
	    "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKx");
	if (!strcmp(kind, "via"))
		add_times(&text, n, ";a=b");
	if (!strcmp(kind, "vias"))
		add_times(&text, n, ",\r\n SIP/2.0/UDP h");
	add(&text, "\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:b@b>\r\n"
	    "Call-ID: x\r\nCSeq: 1 OPTIONS\r\n");
	if (!strcmp(kind, "contact")) {
		add(&text, "Contact: sip:c");
		add_times(&text, n, ",\r\n sip:c");
		add(&text, "\r\n");
	}
	if (!strcmp(kind, "params"))
		add_times(&text, n, "Contact: <sip:a@192.168.1.10>;a=b;a=b;a=b;"
			  "a=b;a=b;a=b;a=b;a=b;a=b;a=b;a=b;a=b;a=b;a=b;a=b;"
			  "a=b;a=b;a=b;a=b;a=b;a=b;a=b;a=b;a=b;a=b;a=b;a=b;"
			  "a=b;a=b;a=b;a=b;a=b\r\n");
	if (!strcmp(kind, "headers"))
		add_times(&text, n, "a:\r\n");
	add(&text, "Content-Length: 0\r\n\r\n");
	phone_says(text.bytes, text.len);
	if (stage.n_sent > 1)
		exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return EXIT_FAILURE;
	open_stage(NULL);
	if (!strcmp(argv[1], "alg"))
		run_alg(atoi(argv[2]));
	else if (!strcmp(argv[1], "osip"))
		run_osip(atoi(argv[2]));
	else if (strcmp(argv[1], "none"))
		run_bad(argv[1], atoi(argv[2]));
	if (strcmp(argv[1], "alg"))
		close_stage();
	return EXIT_SUCCESS;
}
