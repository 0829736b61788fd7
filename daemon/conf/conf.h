/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration file as the daemon uses it: parsed, checked, defaulted.
 *
 * conf.c reads the file with libconfuse, word.c knows its words, check.c judges
 * whether the parts fit together. Whoever holds a struct conf may rely on every
 * promise made here. A mistake is reported with file, line and what was
 * expected; a file with a mistake yields no struct conf.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CONF_H
#define SIPFAST_DAEMON_CONF_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "conf/prefix.h"

#define CONF_DEFAULT_PATH	"/etc/sipfast/sipfastd.conf"
#define CONF_DEFAULT_STATE	"/var/lib/sipfast/sipfastd.db"
#define CONF_DEFAULT_SOCKET	"/run/sipfast/sipfastd.sock"

#define CONF_MAX_LANS		16
#define CONF_MAX_WANS		8
#define CONF_MAX_SIP_PORTS	8
#define CONF_MAX_PREFIXES	16
#define CONF_PATH_LEN		256
#define CONF_SOCKET_LEN		108	/* sun_path, unix(7) */

/** struct conf_range - ports @min to @max, both in it; @min <= @max, @min > 0 */
struct conf_range {
	uint16_t min;
	uint16_t max;
};

/**
 * struct conf_lan - one interface with phones behind it
 * @ifname: its name
 * @n_prefixes: prefixes given; 0 means those of the interface's own addresses
 * @prefixes: the addresses whose media may be mapped
 */
struct conf_lan {
	char ifname[IF_NAMESIZE];
	unsigned int n_prefixes;
	struct conf_prefix prefixes[CONF_MAX_PREFIXES];
};

/**
 * struct conf_wan - an interface towards providers
 * @ifname: its name
 * @external4: what the world sees instead of the interface's own address (a 1:1
 *	NAT in front of this router); AF_UNSPEC where that is the same
 * @external6: likewise for IPv6
 */
struct conf_wan {
	char ifname[IF_NAMESIZE];
	struct sockaddr_storage external4;
	struct sockaddr_storage external6;
};

/** enum conf_ipv6 - which phones' IPv6 addresses are mapped */
enum conf_ipv6 {
	CONF_IPV6_AUTO,		/* those that the world cannot answer to */
	CONF_IPV6_ALWAYS,
	CONF_IPV6_NEVER,
};

/** enum conf_inbound - from whom a request outside any dialog is let in */
enum conf_inbound {
	CONF_INBOUND_KNOWN,	/* whom the phone has sent SIP to */
	CONF_INBOUND_ANY,
};

/** enum conf_learn - whose media is accepted from outside (RFC 7362) */
enum conf_learn {
	CONF_LEARN_EXACT,
	CONF_LEARN_SAME_ADDRESS,
	CONF_LEARN_ONCE,
};

/** enum conf_ice - what becomes of ICE (RFC 8839) */
enum conf_ice {
	CONF_ICE_PASS,		/* left alone, and with it all of its SDP */
	CONF_ICE_ANCHOR,	/* taken out: media is mapped like any */
	CONF_ICE_INSERT,	/* our port is a candidate, too */
};

/** enum conf_media - where LAN hosts send their media */
enum conf_media {
	CONF_MEDIA_REWRITE,	/* straight to their peer */
	CONF_MEDIA_ANCHOR_BOTH,	/* to this router */
};

/** enum conf_auth_int - what becomes of an SDP that is hashed into credentials */
enum conf_auth_int {
	CONF_AUTH_INT_REWRITE,	/* what becomes of any; the credentials break */
	CONF_AUTH_INT_BYPASS,	/* it stays as it is */
};

/**
 * struct conf_flood - how much one host may ask of us
 * @messages: messages a second of one LAN host,
 * @messages_burst:	and so many at once
 * @calls: calls a second that one LAN host may begin,
 * @calls_burst:	and so many at once
 * @max_endpoints: endpoints of one LAN host
 * @max_calls: calls of one LAN host at a time
 * @strangers: messages a second of one host outside that no phone has written to
 */
struct conf_flood {
	uint32_t messages;
	uint32_t messages_burst;
	uint32_t calls;
	uint32_t calls_burst;
	uint32_t max_endpoints;
	uint32_t max_calls;
	uint32_t strangers;
};

/**
 * struct conf - the whole configuration
 * @path: the file it was read from
 * @n_lans: 1 or more
 * @lans: no interface twice, none that is in @wans
 * @n_wans: 1 or more
 * @wans: the ways out; no interface twice
 * @ipv6: see the enum
 * @n_sip_ports: 1 or more
 * @sip_ports: destination ports at which the phones' SIP is intercepted
 * @signalling: pool of public signalling ports, for phones whose own is taken
 * @media: pool of public media ports; apart from @signalling and @guard
 * @guard: where other flows' source ports go that would take one of ours
 * @fwmark: mark of diverted packets, inside @fwmask
 * @fwmask: bits of the packet mark that are ours
 * @table: routing table that delivers them to this machine
 * @inbound: see the enum
 * @learn: see the enum
 * @ice: see the enum
 * @route: see enum conf_media
 * @auth_int: see the enum
 * @flood: see the struct
 * @dscp: DSCP for media, or -1 to keep what comes
 * @media_idle_s: seconds without a packet after which the kernel ends a session
 * @keep_calls: leave sessions running when the daemon ends
 * @state: path of the file in which endpoints and calls outlive the daemon
 * @socket: path of the control socket
 */
struct conf {
	char path[CONF_PATH_LEN];
	unsigned int n_lans;
	struct conf_lan lans[CONF_MAX_LANS];
	unsigned int n_wans;
	struct conf_wan wans[CONF_MAX_WANS];
	enum conf_ipv6 ipv6;
	unsigned int n_sip_ports;
	uint16_t sip_ports[CONF_MAX_SIP_PORTS];
	struct conf_range signalling;
	struct conf_range media;
	struct conf_range guard;
	uint32_t fwmark;
	uint32_t fwmask;
	uint32_t table;
	enum conf_inbound inbound;
	enum conf_learn learn;
	enum conf_ice ice;
	enum conf_media route;
	enum conf_auth_int auth_int;
	struct conf_flood flood;
	int dscp;
	uint32_t media_idle_s;
	bool keep_calls;
	char state[CONF_PATH_LEN];
	char socket[CONF_SOCKET_LEN];
};

/**
 * conf_load() - read and check a configuration file
 * @path: the file
 * @say: called for each mistake with one line, `FILE:LINE: what was expected`
 * @arg: for @say
 *
 * Return: the configuration, or NULL when there was a mistake (@say was called
 * at least once).
 */
struct conf *conf_load(const char *path,
		       void (*say)(void *arg, const char *line), void *arg);

/** conf_free() - end a configuration; NULL is fine */
void conf_free(struct conf *conf);

#endif
