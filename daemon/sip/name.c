// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What headers and methods are called.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <string.h>

#include "sip/name.h"
#include "sip/text.h"

static const struct {
	const char *name;
	char compact;
} headers[SIP_N_HEADERS] = {
	[SIP_VIA]		  = { "Via", 'v' },
	[SIP_FROM]		  = { "From", 'f' },
	[SIP_TO]		  = { "To", 't' },
	[SIP_CALL_ID]		  = { "Call-ID", 'i' },
	[SIP_CSEQ]		  = { "CSeq", 0 },
	[SIP_CONTACT]		  = { "Contact", 'm' },
	[SIP_ROUTE]		  = { "Route", 0 },
	[SIP_RECORD_ROUTE]	  = { "Record-Route", 0 },
	[SIP_PATH]		  = { "Path", 0 },
	[SIP_SERVICE_ROUTE]	  = { "Service-Route", 0 },
	[SIP_REFER_TO]		  = { "Refer-To", 'r' },
	[SIP_EXPIRES]		  = { "Expires", 0 },
	[SIP_MIN_EXPIRES]	  = { "Min-Expires", 0 },
	[SIP_CONTENT_TYPE]	  = { "Content-Type", 'c' },
	[SIP_CONTENT_LENGTH]	  = { "Content-Length", 'l' },
	[SIP_CONTENT_ENCODING]	  = { "Content-Encoding", 'e' },
	[SIP_CONTENT_TRANSFER_ENCODING] = { "Content-Transfer-Encoding", 0 },
	[SIP_CONTENT_DISPOSITION] = { "Content-Disposition", 0 },
	[SIP_EVENT]		  = { "Event", 'o' },
	[SIP_SUBSCRIPTION_STATE]  = { "Subscription-State", 0 },
	[SIP_REQUIRE]		  = { "Require", 0 },
	[SIP_SUPPORTED]		  = { "Supported", 'k' },
	[SIP_RACK]		  = { "RAck", 0 },
	[SIP_RSEQ]		  = { "RSeq", 0 },
	[SIP_MAX_FORWARDS]	  = { "Max-Forwards", 0 },
	[SIP_RETRY_AFTER]	  = { "Retry-After", 0 },
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
		if (sip_span_is_nocase(buf, name, headers[id].name))
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
