// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Endpoints between the wire, socket addresses and text: see endpoint.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "nl/attr.h"
#include "nl/endpoint.h"

struct nl_endpoint nl_endpoint_from(const struct sockaddr_storage *address)
{
	const struct sockaddr_in6 *in6 = (const void *)address;
	const struct sockaddr_in *in = (const void *)address;
	struct nl_endpoint endpoint;

	memset(&endpoint, 0, sizeof(endpoint));
	if (address->ss_family == AF_INET) {
		endpoint.family = AF_INET;
		endpoint.addr4 = in->sin_addr;
		endpoint.port = ntohs(in->sin_port);
	} else if (address->ss_family == AF_INET6) {
		endpoint.family = AF_INET6;
		endpoint.addr6 = in6->sin6_addr;
		endpoint.port = ntohs(in6->sin6_port);
	}
	return endpoint;
}

void nl_endpoint_to(const struct nl_endpoint *endpoint,
		    struct sockaddr_storage *address)
{
	struct sockaddr_in6 *in6 = (void *)address;
	struct sockaddr_in *in = (void *)address;

	memset(address, 0, sizeof(*address));
	address->ss_family = endpoint->family;
	if (endpoint->family == AF_INET) {
		in->sin_addr = endpoint->addr4;
		in->sin_port = htons(endpoint->port);
	} else if (endpoint->family == AF_INET6) {
		in6->sin6_addr = endpoint->addr6;
		in6->sin6_port = htons(endpoint->port);
	}
}

const char *nl_endpoint_text(const struct nl_endpoint *endpoint, char *text)
{
	bool brackets = endpoint->family == AF_INET6 && endpoint->port;
	char address[INET6_ADDRSTRLEN] = "*";
	char port[sizeof(":65535")] = "";

	if (endpoint->family != AF_UNSPEC)
		inet_ntop(endpoint->family, &endpoint->addr4, address,
			  sizeof(address));
	if (endpoint->port)
		snprintf(port, sizeof(port), ":%u", endpoint->port);
	snprintf(text, NL_ENDPOINT_TEXT_LEN, "%s%s%s%s", brackets ? "[" : "",
		 address, brackets ? "]" : "", port);
	return text;
}

static int read_port(const char *text, uint16_t *port)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || value > UINT16_MAX)
		return -EINVAL;
	*port = (uint16_t)value;
	return 0;
}

/*
 * Cuts @text into address and port. More than one colon without brackets is an
 * IPv6 address without a port.
 */
static int split(char *text, char **address, char **port)
{
	char *colon = strchr(text, ':');
	char *bracket;

	*address = text;
	*port = NULL;
	if (*text == '[') {
		bracket = strchr(text, ']');
		if (!bracket || (bracket[1] && bracket[1] != ':'))
			return -EINVAL;
		*address = text + 1;
		*bracket = '\0';
		if (bracket[1])
			*port = bracket + 2;
	} else if (colon && !strchr(colon + 1, ':')) {
		*colon = '\0';
		*port = colon + 1;
	}
	return 0;
}

int nl_endpoint_read(const char *text, struct nl_endpoint *endpoint)
{
	char copy[NL_ENDPOINT_TEXT_LEN];
	char *address, *port;

	memset(endpoint, 0, sizeof(*endpoint));
	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	if (split(copy, &address, &port))
		return -EINVAL;
	if (port && read_port(port, &endpoint->port))
		return -EINVAL;
	if (!strcmp(address, "*"))
		return port ? 0 : -EINVAL;
	if (*text != '[' && inet_pton(AF_INET, address, &endpoint->addr4) == 1)
		endpoint->family = AF_INET;
	else if (inet_pton(AF_INET6, address, &endpoint->addr6) == 1)
		endpoint->family = AF_INET6;
	else
		return -EINVAL;
	return 0;
}

int nl_endpoint_put(struct nlmsghdr *nlh, uint32_t room, uint16_t number,
		    const struct nl_endpoint *endpoint)
{
	struct nlattr *nest;
	bool ok = true;

	nest = mnl_attr_nest_start_check(nlh, room, number);
	if (!nest)
		return -EMSGSIZE;
	if (endpoint->family == AF_INET)
		ok = mnl_attr_put_u32_check(nlh, room,
					    SIPFAST_A_ENDPOINT_ADDR4,
					    endpoint->addr4.s_addr);
	else if (endpoint->family == AF_INET6)
		ok = mnl_attr_put_check(nlh, room, SIPFAST_A_ENDPOINT_ADDR6,
					sizeof(endpoint->addr6),
					&endpoint->addr6);
	if (ok && endpoint->port)
		ok = mnl_attr_put_u16_check(nlh, room, SIPFAST_A_ENDPOINT_PORT,
					    htons(endpoint->port));
	mnl_attr_nest_end(nlh, nest);
	return ok ? 0 : -EMSGSIZE;
}

static int endpoint_attr_cb(void *arg, const struct nlattr *attr)
{
	struct nl_endpoint *endpoint = arg;

	switch (mnl_attr_get_type(attr)) {
	case SIPFAST_A_ENDPOINT_ADDR4:
		endpoint->family = AF_INET;
		endpoint->addr4.s_addr = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_ENDPOINT_ADDR6:
		endpoint->family = AF_INET6;
		memcpy(&endpoint->addr6, mnl_attr_get_payload(attr),
		       sizeof(endpoint->addr6));
		break;
	case SIPFAST_A_ENDPOINT_PORT:
		endpoint->port = ntohs(mnl_attr_get_u16(attr));
		break;
	}
	return 0;
}

int nl_endpoint_parse(const struct nlattr *nest, struct nl_endpoint *endpoint)
{
	memset(endpoint, 0, sizeof(*endpoint));
	return nl_attr_each(nest, &nl_endpoint_attrs, endpoint_attr_cb,
			    endpoint);
}
