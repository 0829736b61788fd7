/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's own nft table, `inet sipfast`.
 *
 * It hands the phones' SIP to the daemon, keeps our signalling out of conntrack
 * and our ports out of other flows' hands. The user's own tables stay as they
 * are. The table belongs to the socket that made it: it goes when the daemon
 * goes, however that happens, and the phones are back on plain NAT.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_NL_NFT_H
#define SIPFAST_DAEMON_NL_NFT_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>

#include "nl/link.h"

struct nl_nft;

#define NL_NFT_TABLE		"sipfast"
#define NL_NFT_MAX_IFNAMES	16
#define NL_NFT_MAX_SIP_PORTS	8
#define NL_NFT_MAX_PREFIXES	16

/** struct nl_port_range - ports @min to @max, both in it */
struct nl_port_range {
	uint16_t min;
	uint16_t max;
};

/**
 * struct nl_nft_conf - what the table is made from
 * @n_lans: how many of
 * @lans:	interfaces with phones behind them
 * @n_wans: how many of
 * @wans:	interfaces towards the providers; only what would leave by one of
 *	them is diverted
 * @n_wans6: how many of
 * @wans6:	likewise for IPv6
 * @n_mapped6: how many of
 * @mapped6:	IPv6 networks, apart from each other; only phones in one of them
 *	are diverted. Where there is none at first, IPv6 is left alone for good.
 * @n_sip_ports: how many of
 * @sip_ports:	destination ports, host order, of what is diverted: a packet for
 *	port P goes to the transparent socket at 127.0.0.1:P or [::1]:P
 * @mark: mark of diverted packets, inside @mask
 * @mask: bits of the packet mark that are ours; the others are kept
 * @media: our media ports
 * @guard: where the source ports of other flows are moved that would take one
 *	of ours; apart from @media and our signalling ports
 */
struct nl_nft_conf {
	unsigned int n_lans;
	char lans[NL_NFT_MAX_IFNAMES][IF_NAMESIZE];
	unsigned int n_wans;
	char wans[NL_NFT_MAX_IFNAMES][IF_NAMESIZE];
	unsigned int n_wans6;
	char wans6[NL_NFT_MAX_IFNAMES][IF_NAMESIZE];
	unsigned int n_mapped6;
	struct nl_prefix mapped6[NL_NFT_MAX_PREFIXES];
	unsigned int n_sip_ports;
	uint16_t sip_ports[NL_NFT_MAX_SIP_PORTS];
	uint32_t mark;
	uint32_t mask;
	struct nl_port_range media;
	struct nl_port_range guard;
};

/**
 * nl_nft_open() - make the table, in the calling thread's netns
 * @conf: see there; not kept
 * @nft: gets the table, also on failure, so that nl_nft_error() can tell why
 *	(NULL only where there was no memory); to be closed either way
 *
 * The table is there as a whole or not at all. One that was left by somebody
 * without an owner is replaced.
 *
 * Return: 0; -EPERM without CAP_NET_ADMIN or where another daemon owns the
 * table; -EINVAL; another -errno.
 */
int nl_nft_open(const struct nl_nft_conf *conf, struct nl_nft **nft);

/**
 * nl_nft_move() - other WANs have an address now, or other phones are mapped
 * @nft: the table
 * @conf: of which @wans, @wans6 and @mapped6 count
 *
 * It happens at once: no packet meets sets that are half filled.
 *
 * Return: 0, or -errno, and then all is as it was.
 */
int nl_nft_move(struct nl_nft *nft, const struct nl_nft_conf *conf);

/**
 * nl_nft_port_add() - one of our public signalling ports is in use now
 * @nft: the table
 * @protocol: IPPROTO_UDP or IPPROTO_TCP
 * @public: address and port
 *
 * Return: 0; -EAFNOSUPPORT; another -errno. Adding one twice is no error.
 */
int nl_nft_port_add(struct nl_nft *nft, uint8_t protocol,
		    const struct sockaddr_storage *public);

/**
 * nl_nft_port_del() - it is no longer
 * @nft: the table
 * @protocol: likewise
 * @public: as it was added
 *
 * Return: 0; -ENOENT where it was not there; another -errno.
 */
int nl_nft_port_del(struct nl_nft *nft, uint8_t protocol,
		    const struct sockaddr_storage *public);

/**
 * nl_nft_peer_add() - phones answer to this peer at a port that is no SIP port
 * @nft: the table
 * @peer: address and port
 *
 * What they send there over UDP is diverted as if it were for the first of the SIP
 * ports.
 *
 * Return: 0; -EAFNOSUPPORT; another -errno. Adding one twice is no error.
 */
int nl_nft_peer_add(struct nl_nft *nft, const struct sockaddr_storage *peer);

/**
 * nl_nft_peer_del() - they do no more
 *
 * Return: 0; -ENOENT where it was not there; another -errno.
 */
int nl_nft_peer_del(struct nl_nft *nft, const struct sockaddr_storage *peer);

/** nl_nft_error() - why the last call failed, in words; never NULL */
const char *nl_nft_error(const struct nl_nft *nft);

/** nl_nft_close() - the table goes; NULL is fine */
void nl_nft_close(struct nl_nft *nft);

#endif
