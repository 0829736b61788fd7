// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What headers and methods are called.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <string.h>

#include "sip/name.h"
#include "sip/text.h"

#define HEADER(name, compact) { name, sizeof(name) - 1, compact }

static const struct {
	const char *name;
	uint32_t len;
	char compact;
} headers[SIP_N_HEADERS] = {
	[SIP_VIA]		  = HEADER("Via", 'v'),
	[SIP_FROM]		  = HEADER("From", 'f'),
	[SIP_TO]		  = HEADER("To", 't'),
	[SIP_CALL_ID]		  = HEADER("Call-ID", 'i'),
	[SIP_CSEQ]		  = HEADER("CSeq", 0),
	[SIP_CONTACT]		  = HEADER("Contact", 'm'),
	[SIP_ROUTE]		  = HEADER("Route", 0),
	[SIP_RECORD_ROUTE]	  = HEADER("Record-Route", 0),
	[SIP_PATH]		  = HEADER("Path", 0),
	[SIP_SERVICE_ROUTE]	  = HEADER("Service-Route", 0),
	[SIP_REFER_TO]		  = HEADER("Refer-To", 'r'),
	[SIP_EXPIRES]		  = HEADER("Expires", 0),
	[SIP_MIN_EXPIRES]	  = HEADER("Min-Expires", 0),
	[SIP_CONTENT_TYPE]	  = HEADER("Content-Type", 'c'),
	[SIP_CONTENT_LENGTH]	  = HEADER("Content-Length", 'l'),
	[SIP_CONTENT_ENCODING]	  = HEADER("Content-Encoding", 'e'),
	[SIP_CONTENT_TRANSFER_ENCODING] = HEADER("Content-Transfer-Encoding", 0),
	[SIP_CONTENT_DISPOSITION] = HEADER("Content-Disposition", 0),
	[SIP_EVENT]		  = HEADER("Event", 'o'),
	[SIP_SUBSCRIPTION_STATE]  = HEADER("Subscription-State", 0),
	[SIP_REQUIRE]		  = HEADER("Require", 0),
	[SIP_SUPPORTED]		  = HEADER("Supported", 'k'),
	[SIP_RACK]		  = HEADER("RAck", 0),
	[SIP_RSEQ]		  = HEADER("RSeq", 0),
	[SIP_MAX_FORWARDS]	  = HEADER("Max-Forwards", 0),
	[SIP_RETRY_AFTER]	  = HEADER("Retry-After", 0),
	[SIP_AUTHORIZATION]	  = HEADER("Authorization", 0),
	[SIP_PROXY_AUTHORIZATION] = HEADER("Proxy-Authorization", 0),
};

static const char *const methods[] = {
	[SIP_INVITE]	= "INVITE",
	[SIP_ACK]	= "ACK",
	[SIP_BYE]	= "BYE",
	[SIP_CANCEL]	= "CANCEL",
	[SIP_OPTIONS]	= "OPTIONS",
	[SIP_REGISTER]	= "REGISTER",
	[SIP_SUBSCRIBE]	= "SUBSCRIBE",
	[SIP_NOTIFY]	= "NOTIFY",
	[SIP_PUBLISH]	= "PUBLISH",
	[SIP_REFER]	= "REFER",
	[SIP_MESSAGE]	= "MESSAGE",
	[SIP_PRACK]	= "PRACK",
	[SIP_UPDATE]	= "UPDATE",
	[SIP_INFO]	= "INFO",
};

static enum sip_header read_compact(char c)
{
	unsigned int id;

	for (id = SIP_HEADER_OTHER + 1; id < SIP_N_HEADERS; id++)
		if (headers[id].compact && headers[id].compact == sip_lower(c))
			return id;
	return SIP_HEADER_OTHER;
}

enum sip_header sip_header_read(const char *buf, struct sip_span name)
{
	unsigned int id;

	if (name.len == 1)
		return read_compact(buf[name.off]);
	for (id = SIP_HEADER_OTHER + 1; id < SIP_N_HEADERS; id++)
		if (headers[id].len == name.len &&
		    sip_span_is_nocase(buf, name, headers[id].name))
			return id;
	return SIP_HEADER_OTHER;
}

enum sip_method sip_method_read(const char *buf, struct sip_span name)
{
	unsigned int method;

	for (method = SIP_METHOD_OTHER + 1;
	     method < sizeof(methods) / sizeof(methods[0]); method++)
		if (sip_span_is(buf, name, methods[method]))
			return method;
	return SIP_METHOD_OTHER;
}
