// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The daemon's own nft table: see nft.h.
 *
 *	set lans		interface names
 *	set wans, wans6		likewise: those that have an IPv4, an IPv6 address
 *	set mapped6		networks of phones that the world cannot answer to
 *	set sip_ports		where phones' SIP goes to
 *	set public, public6	our public signalling endpoints in use over UDP,
 *	set public_tcp, public6_tcp	and over TCP
 *	set public_ports	their ports alone
 *	set peers, peers6	who awaits phones' answers at another port
 *
 * Its chains are in nft_chains.c.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <uthash.h>

#include "nl/nft.h"
#include "nl/nft_batch.h"
#include "nl/nft_chains.h"

/* nft's numbers for the types of set keys, so that it can list them. */
#define KEY_IPV4_ADDR		7
#define KEY_IPV6_ADDR		8
#define KEY_INET_SERVICE	13
#define KEY_IFNAME		41
#define KEY_CONCAT_BITS		6
#define KEY_ENDPOINT		(KEY_IPV4_ADDR << KEY_CONCAT_BITS | \
				 KEY_INET_SERVICE)
#define KEY_ENDPOINT6		(KEY_IPV6_ADDR << KEY_CONCAT_BITS | \
				 KEY_INET_SERVICE)
#define KEY_ORDER_HOST		1
#define KEY_ORDER_NETWORK	2

/* The port behind an address in a concatenation: padded to 4 bytes */
#define CONCAT_PORT_LEN		4
#define ENDPOINT_LEN		(sizeof(struct in_addr) + CONCAT_PORT_LEN)
#define ENDPOINT6_LEN		(sizeof(struct in6_addr) + CONCAT_PORT_LEN)

/* One of our public endpoints; of an IPv4 address the first 4 bytes count. */
struct public_key {
	uint16_t family;
	uint16_t protocol;
	uint16_t port;		/* network order */
	uint8_t address[16];
};

struct public_port {
	struct public_key key;
	UT_hash_handle hh;
};

struct nl_nft {
	struct mnl_socket *socket;
	struct public_port *ports;
	char error[256];
};

const char *nl_nft_error(const struct nl_nft *nft)
{
	return nft ? nft->error : strerror(ENOMEM);
}

static int fail(struct nl_nft *nft, int error)
{
	snprintf(nft->error, sizeof(nft->error), "nft: %s", strerror(-error));
	return error;
}

static int commit(struct nl_nft *nft, struct nft_batch *batch)
{
	return nft_batch_commit(batch, nft->socket, nft->error,
				sizeof(nft->error));
}

static struct nftnl_table *describe_table(uint32_t flags)
{
	struct nftnl_table *table = nftnl_table_alloc();

	if (!table)
		return NULL;
	nftnl_table_set_u32(table, NFTNL_TABLE_FAMILY, NFPROTO_INET);
	nftnl_table_set_str(table, NFTNL_TABLE_NAME, NL_NFT_TABLE);
	nftnl_table_set_u32(table, NFTNL_TABLE_FLAGS, flags);
	return table;
}

/* A table that somebody left goes first: adding it makes the deletion sure. */
static int add_table(struct nft_batch *batch)
{
	struct nftnl_table *owned = describe_table(NFT_TABLE_F_OWNER);
	struct nftnl_table *old = describe_table(0);
	int err = -ENOMEM;

	if (owned && old) {
		nft_batch_add_table(batch, old);
		nft_batch_del_table(batch, old);
		nft_batch_add_table(batch, owned);
		err = 0;
	}
	if (owned)
		nftnl_table_free(owned);
	if (old)
		nftnl_table_free(old);
	return err;
}

static struct nftnl_set *describe_set(const char *name)
{
	struct nftnl_set *set = nftnl_set_alloc();

	if (!set)
		return NULL;
	nftnl_set_set_u32(set, NFTNL_SET_FAMILY, NFPROTO_INET);
	nftnl_set_set_str(set, NFTNL_SET_TABLE, NL_NFT_TABLE);
	nftnl_set_set_str(set, NFTNL_SET_NAME, name);
	return set;
}

/* nft lists interface names only where it knows that they are no numbers. */
static int describe_key_order(struct nftnl_set *set, uint32_t key_type)
{
	struct nftnl_udata_buf *udata = nftnl_udata_buf_alloc(64);

	if (!udata)
		return -ENOMEM;
	nftnl_udata_put_u32(udata, NFTNL_UDATA_SET_KEYBYTEORDER,
			    key_type == KEY_IFNAME ? KEY_ORDER_HOST :
						     KEY_ORDER_NETWORK);
	nftnl_set_set_data(set, NFTNL_SET_USERDATA,
			   nftnl_udata_buf_data(udata),
			   nftnl_udata_buf_len(udata));
	nftnl_udata_buf_free(udata);
	return 0;
}

static int add_set(struct nft_batch *batch, const char *name, uint32_t id,
		   uint32_t flags, uint32_t key_type, uint32_t key_len)
{
	struct nftnl_set *set = describe_set(name);
	int err;

	if (!set)
		return -ENOMEM;
	err = describe_key_order(set, key_type);
	if (err) {
		nftnl_set_free(set);
		return err;
	}
	nftnl_set_set_u32(set, NFTNL_SET_ID, id);
	nftnl_set_set_u32(set, NFTNL_SET_FLAGS, flags);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE, key_type);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, key_len);
	nft_batch_add_set(batch, set);
	nftnl_set_free(set);
	return 0;
}

typedef void (*element_fn)(struct nft_batch *batch, struct nftnl_set *set);

/* One element with these flags, added or deleted, whichever @change does. */
static int change_flagged(struct nft_batch *batch, const char *name,
			  const void *key, uint32_t key_len, uint32_t flags,
			  element_fn change)
{
	struct nftnl_set_elem *element = nftnl_set_elem_alloc();
	struct nftnl_set *set = describe_set(name);
	int err = -ENOMEM;

	if (set && element) {
		nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, key, key_len);
		if (flags)
			nftnl_set_elem_set_u32(element, NFTNL_SET_ELEM_FLAGS,
					       flags);
		nftnl_set_elem_add(set, element);
		element = NULL;
		change(batch, set);
		err = 0;
	}
	if (element)
		nftnl_set_elem_free(element);
	if (set)
		nftnl_set_free(set);
	return err;
}

static int change_element(struct nft_batch *batch, const char *name,
			  const void *key, uint32_t key_len, element_fn change)
{
	return change_flagged(batch, name, key, key_len, 0, change);
}

static int add_ifnames(struct nft_batch *batch, const char *set,
		       const char (*ifnames)[IF_NAMESIZE], unsigned int n)
{
	char key[IF_NAMESIZE];
	unsigned int i;
	int err = 0;

	for (i = 0; i < n && !err; i++) {
		memset(key, 0, sizeof(key));
		memcpy(key, ifnames[i], strnlen(ifnames[i], IF_NAMESIZE - 1));
		err = change_element(batch, set, key, sizeof(key),
				     nft_batch_add_elements);
	}
	return err;
}

static int add_sip_ports(struct nft_batch *batch,
			 const struct nl_nft_conf *conf)
{
	unsigned int i;
	uint16_t key;
	int err = 0;

	for (i = 0; i < conf->n_sip_ports && !err; i++) {
		key = htons(conf->sip_ports[i]);
		err = change_element(batch, "sip_ports", &key, sizeof(key),
				     nft_batch_add_elements);
	}
	return err;
}

/* The address behind the last of a network's; false: that is ::, at the end. */
static bool end_of(const struct nl_prefix *prefix, struct in6_addr *end)
{
	unsigned int bit = prefix->len, byte;

	*end = ((const struct sockaddr_in6 *)&prefix->address)->sin6_addr;
	while (bit--) {
		byte = bit / 8;
		end->s6_addr[byte] ^= 0x80 >> bit % 8;
		if (end->s6_addr[byte] & 0x80 >> bit % 8)
			return true;
	}
	return false;
}

/* An interval is two elements, where it begins and where it has ended. */
static int add_prefixes(struct nft_batch *batch, const char *set,
			const struct nl_prefix *prefixes, unsigned int n)
{
	const struct sockaddr_in6 *in6;
	struct in6_addr end;
	unsigned int i;
	int err = 0;

	for (i = 0; i < n && !err; i++) {
		in6 = (const struct sockaddr_in6 *)&prefixes[i].address;
		err = change_element(batch, set, &in6->sin6_addr,
				     sizeof(in6->sin6_addr),
				     nft_batch_add_elements);
		if (!err && end_of(&prefixes[i], &end))
			err = change_flagged(batch, set, &end, sizeof(end),
					     NFT_SET_ELEM_INTERVAL_END,
					     nft_batch_add_elements);
	}
	return err;
}

/* What may change while the table is there. */
static int add_outside(struct nft_batch *batch, const struct nl_nft_conf *conf)
{
	int err;

	err = add_ifnames(batch, "wans", conf->wans, conf->n_wans);
	if (!err)
		err = add_ifnames(batch, "wans6", conf->wans6, conf->n_wans6);
	if (!err)
		err = add_prefixes(batch, "mapped6", conf->mapped6,
				   conf->n_mapped6);
	return err;
}

static int add_sets(struct nft_batch *batch, const struct nl_nft_conf *conf)
{
	static const struct {
		const char *name;
		uint32_t flags;
		uint32_t key_type;
		uint32_t key_len;
	} sets[] = {
		{ "lans", 0, KEY_IFNAME, IF_NAMESIZE },
		{ "wans", 0, KEY_IFNAME, IF_NAMESIZE },
		{ "wans6", 0, KEY_IFNAME, IF_NAMESIZE },
		{ "mapped6", NFT_SET_INTERVAL, KEY_IPV6_ADDR,
		  sizeof(struct in6_addr) },
		{ "sip_ports", 0, KEY_INET_SERVICE, sizeof(uint16_t) },
		{ "public", 0, KEY_ENDPOINT, ENDPOINT_LEN },
		{ "public6", 0, KEY_ENDPOINT6, ENDPOINT6_LEN },
		{ "public_tcp", 0, KEY_ENDPOINT, ENDPOINT_LEN },
		{ "public6_tcp", 0, KEY_ENDPOINT6, ENDPOINT6_LEN },
		{ "public_ports", 0, KEY_INET_SERVICE, sizeof(uint16_t) },
		{ "peers", 0, KEY_ENDPOINT, ENDPOINT_LEN },
		{ "peers6", 0, KEY_ENDPOINT6, ENDPOINT6_LEN },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]) && !err; i++)
		err = add_set(batch, sets[i].name, i + 1, sets[i].flags,
			      sets[i].key_type, sets[i].key_len);
	if (!err)
		err = add_ifnames(batch, "lans", conf->lans, conf->n_lans);
	if (!err)
		err = add_outside(batch, conf);
	if (!err)
		err = add_sip_ports(batch, conf);
	return err;
}

static int empty_set(struct nft_batch *batch, const char *name)
{
	struct nftnl_set *set = describe_set(name);

	if (!set)
		return -ENOMEM;
	nft_batch_del_elements(batch, set);
	nftnl_set_free(set);
	return 0;
}

static int make_table(struct nl_nft *nft, const struct nl_nft_conf *conf)
{
	struct nft_batch *batch = nft_batch_begin();
	int err;

	if (!batch)
		return fail(nft, -ENOMEM);
	err = add_table(batch);
	if (!err)
		err = add_sets(batch, conf);
	if (!err)
		err = nft_chains_add(batch, conf);
	err = err ? fail(nft, err) : commit(nft, batch);
	nft_batch_free(batch);
	return err;
}

static bool is_sane(const struct nl_nft_conf *conf)
{
	return conf->n_lans && conf->n_lans <= NL_NFT_MAX_IFNAMES &&
	       conf->n_wans <= NL_NFT_MAX_IFNAMES &&
	       conf->n_wans6 <= NL_NFT_MAX_IFNAMES &&
	       conf->n_mapped6 <= NL_NFT_MAX_PREFIXES &&
	       conf->n_sip_ports &&
	       conf->n_sip_ports <= NL_NFT_MAX_SIP_PORTS &&
	       conf->mark && !(conf->mark & ~conf->mask) &&
	       conf->media.min && conf->media.min <= conf->media.max &&
	       conf->guard.min && conf->guard.min <= conf->guard.max;
}

static int open_socket(struct nl_nft *nft)
{
	int on = 1;

	nft->socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!nft->socket ||
	    mnl_socket_bind(nft->socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(nft->socket, NETLINK_EXT_ACK, &on,
				  sizeof(on)) < 0)
		return fail(nft, -errno);
	return 0;
}

int nl_nft_open(const struct nl_nft_conf *conf, struct nl_nft **nftp)
{
	struct nl_nft *nft;
	int err;

	*nftp = nft = calloc(1, sizeof(*nft));
	if (!nft)
		return -ENOMEM;
	if (!is_sane(conf))
		return fail(nft, -EINVAL);
	err = open_socket(nft);
	return err ? err : make_table(nft, conf);
}

int nl_nft_move(struct nl_nft *nft, const struct nl_nft_conf *conf)
{
	static const char *const outside[] = { "wans", "wans6", "mapped6" };
	struct nft_batch *batch;
	unsigned int i;
	int err = 0;

	if (!is_sane(conf))
		return fail(nft, -EINVAL);
	batch = nft_batch_begin();
	if (!batch)
		return fail(nft, -ENOMEM);
	for (i = 0; i < sizeof(outside) / sizeof(outside[0]) && !err; i++)
		err = empty_set(batch, outside[i]);
	if (!err)
		err = add_outside(batch, conf);
	err = err ? fail(nft, err) : commit(nft, batch);
	nft_batch_free(batch);
	return err;
}

static int read_key(uint8_t protocol, const struct sockaddr_storage *public,
		    struct public_key *key)
{
	const struct sockaddr_in6 *in6 = (const void *)public;
	const struct sockaddr_in *in = (const void *)public;

	memset(key, 0, sizeof(*key));
	key->family = public->ss_family;
	key->protocol = protocol;
	if (public->ss_family == AF_INET) {
		memcpy(key->address, &in->sin_addr, sizeof(in->sin_addr));
		key->port = in->sin_port;
	} else if (public->ss_family == AF_INET6) {
		memcpy(key->address, &in6->sin6_addr, sizeof(in6->sin6_addr));
		key->port = in6->sin6_port;
	} else {
		return -EAFNOSUPPORT;
	}
	return 0;
}

/* Address and port in a set of endpoints. */
static int change_endpoint(struct nft_batch *batch, const char *set,
			   const struct public_key *key, element_fn change)
{
	const uint32_t len = key->family == AF_INET6 ? ENDPOINT6_LEN
						     : ENDPOINT_LEN;
	uint8_t bytes[ENDPOINT6_LEN] = { 0 };

	memcpy(bytes, key->address, len - CONCAT_PORT_LEN);
	memcpy(bytes + len - CONCAT_PORT_LEN, &key->port, sizeof(key->port));
	return change_element(batch, set, bytes, len, change);
}

static const char *public_set(const struct public_key *key)
{
	static const char *const sets[2][2] = {
		{ "public", "public_tcp" },
		{ "public6", "public6_tcp" },
	};

	return sets[key->family == AF_INET6][key->protocol == IPPROTO_TCP];
}

/* Does another of our endpoints use the same port? */
static bool port_is_shared(const struct nl_nft *nft,
			   const struct public_key *key)
{
	const struct public_port *port;

	for (port = nft->ports; port; port = port->hh.next)
		if (port->key.port == key->port &&
		    memcmp(&port->key, key, sizeof(*key)))
			return true;
	return false;
}

static int change_public(struct nl_nft *nft, const struct public_key *key,
			 element_fn change)
{
	struct nft_batch *batch = nft_batch_begin();
	int err;

	if (!batch)
		return fail(nft, -ENOMEM);
	err = change_endpoint(batch, public_set(key), key, change);
	if (!err && !port_is_shared(nft, key))
		err = change_element(batch, "public_ports", &key->port,
				     sizeof(key->port), change);
	err = err ? fail(nft, err) : commit(nft, batch);
	nft_batch_free(batch);
	return err;
}

int nl_nft_port_add(struct nl_nft *nft, uint8_t protocol,
		    const struct sockaddr_storage *public)
{
	struct public_port *port, *known;
	int err;

	port = calloc(1, sizeof(*port));
	if (!port)
		return fail(nft, -ENOMEM);
	err = read_key(protocol, public, &port->key);
	if (err) {
		free(port);
		return fail(nft, err);
	}
	HASH_FIND(hh, nft->ports, &port->key, sizeof(port->key), known);
	if (!known)
		err = change_public(nft, &port->key, nft_batch_add_elements);
	if (known || err) {
		free(port);
		return err;
	}
	HASH_ADD(hh, nft->ports, key, sizeof(port->key), port);
	return 0;
}

int nl_nft_port_del(struct nl_nft *nft, uint8_t protocol,
		    const struct sockaddr_storage *public)
{
	struct public_port *port;
	struct public_key key;
	int err;

	err = read_key(protocol, public, &key);
	if (err)
		return fail(nft, err);
	HASH_FIND(hh, nft->ports, &key, sizeof(key), port);
	if (!port)
		return fail(nft, -ENOENT);
	err = change_public(nft, &key, nft_batch_del_elements);
	if (err)
		return err;
	HASH_DEL(nft->ports, port);
	free(port);
	return 0;
}

static int change_peer(struct nl_nft *nft, const struct sockaddr_storage *peer,
		       element_fn change)
{
	struct nft_batch *batch;
	struct public_key key;
	int err;

	err = read_key(IPPROTO_UDP, peer, &key);
	if (err)
		return fail(nft, err);
	batch = nft_batch_begin();
	if (!batch)
		return fail(nft, -ENOMEM);
	err = change_endpoint(batch, key.family == AF_INET6 ? "peers6" : "peers",
			      &key, change);
	err = err ? fail(nft, err) : commit(nft, batch);
	nft_batch_free(batch);
	return err;
}

int nl_nft_peer_add(struct nl_nft *nft, const struct sockaddr_storage *peer)
{
	return change_peer(nft, peer, nft_batch_add_elements);
}

int nl_nft_peer_del(struct nl_nft *nft, const struct sockaddr_storage *peer)
{
	return change_peer(nft, peer, nft_batch_del_elements);
}

/* The kernel destroys the table with the socket that owns it. */
void nl_nft_close(struct nl_nft *nft)
{
	struct public_port *port, *next;

	if (!nft)
		return;
	HASH_ITER(hh, nft->ports, port, next) {
		HASH_DEL(nft->ports, port);
		free(port);
	}
	if (nft->socket)
		mnl_socket_close(nft->socket);
	free(nft);
}
