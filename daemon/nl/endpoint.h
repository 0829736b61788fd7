/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transport address as the module has it: attribute set `endpoint`.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_ENDPOINT_H
#define SIPFAST_DAEMON_NL_ENDPOINT_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct nlattr;
struct nlmsghdr;

/** Room for any endpoint as text, "[IPv6]:port" and the NUL. */
#define NL_ENDPOINT_TEXT_LEN (INET6_ADDRSTRLEN + 8)

/**
 * struct nl_endpoint - an address and a port
 * @family: AF_INET, AF_INET6, or AF_UNSPEC where there is no address
 * @port: host order; 0 is no port
 * @addr4: for AF_INET
 * @addr6: for AF_INET6
 */
struct nl_endpoint {
	sa_family_t family;
	uint16_t port;
	union {
		struct in_addr addr4;
		struct in6_addr addr6;
	};
};

/**
 * nl_endpoint_from() - an endpoint from a socket address
 * @address: of AF_INET or AF_INET6; any other gives one without address or port
 */
struct nl_endpoint nl_endpoint_from(const struct sockaddr_storage *address);

/**
 * nl_endpoint_to() - a socket address from an endpoint
 * @endpoint: the endpoint
 * @address: filled in; ss_family is AF_UNSPEC where @endpoint has no address
 */
void nl_endpoint_to(const struct nl_endpoint *endpoint,
		    struct sockaddr_storage *address);

/**
 * nl_endpoint_text() - "192.0.2.1:1234", "[2001:db8::1]:1234", "*:1234"
 * @endpoint: the endpoint; the port is left out where it is 0
 * @text: NL_ENDPOINT_TEXT_LEN bytes
 *
 * Return: @text.
 */
const char *nl_endpoint_text(const struct nl_endpoint *endpoint, char *text);

/**
 * nl_endpoint_read() - an endpoint from text
 * @text: as nl_endpoint_text() writes it; the port may be left out
 * @endpoint: filled in
 *
 * Return: 0, or -EINVAL.
 */
int nl_endpoint_read(const char *text, struct nl_endpoint *endpoint);

/**
 * nl_endpoint_put() - add a nest with an endpoint to a message
 * @nlh: the message
 * @room: bytes that the message may have
 * @number: attribute number of the nest
 * @endpoint: the endpoint
 *
 * Return: 0, or -EMSGSIZE.
 */
int nl_endpoint_put(struct nlmsghdr *nlh, uint32_t room, uint16_t number,
		    const struct nl_endpoint *endpoint);

/**
 * nl_endpoint_parse() - read a nest with an endpoint
 * @nest: the attribute
 * @endpoint: filled in
 *
 * Return: 0, or -EBADMSG.
 */
int nl_endpoint_parse(const struct nlattr *nest, struct nl_endpoint *endpoint);

#endif
