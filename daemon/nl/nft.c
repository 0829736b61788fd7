// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The daemon's own nft table: see nft.h.
 *
 *	set lans, wans		interface names
 *	set sip_ports		where phones' SIP goes to
 *	set public		our public signalling endpoints in use
 *	set public_ports	their ports alone
 *	chain raw_in, raw_out	conntrack never sees our signalling
 *	chain divert		phones' SIP is handed to the daemon
 *	chain guard		other flows do not take our ports
 *
 * The rules that phones' SIP meets in raw_in and in divert are one and the same
 * match, without the packet's mark in it: what one takes from conntrack, the
 * other must divert.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <uthash.h>

#include "nl/nft.h"
#include "nl/nft_batch.h"
#include "nl/nft_rule.h"

/* Behind the user's own mangle rules, which may restore a connection's mark. */
#define PRIORITY_DIVERT	(NF_IP_PRI_MANGLE + 1)

/* Before the user's own masquerade. */
#define PRIORITY_GUARD	(NF_IP_PRI_NAT_SRC - 1)

/* nft's numbers for the types of set keys, so that it can list them. */
#define KEY_IPV4_ADDR		7
#define KEY_INET_SERVICE	13
#define KEY_IFNAME		41
#define KEY_CONCAT_BITS		6
#define KEY_ENDPOINT		(KEY_IPV4_ADDR << KEY_CONCAT_BITS | \
				 KEY_INET_SERVICE)
#define KEY_ORDER_HOST		1
#define KEY_ORDER_NETWORK	2

/* An element of set `public`: a concatenation, each part padded to 4 bytes. */
struct public_key {
	struct in_addr address;
	uint16_t port;		/* network order */
	uint16_t pad;
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
		   uint32_t key_type, uint32_t key_len)
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
	nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE, key_type);
	nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, key_len);
	nft_batch_add_set(batch, set);
	nftnl_set_free(set);
	return 0;
}

typedef void (*element_fn)(struct nft_batch *batch, struct nftnl_set *set);

/* One element, added or deleted, whichever @change does. */
static int change_element(struct nft_batch *batch, const char *name,
			  const void *key, uint32_t key_len, element_fn change)
{
	struct nftnl_set_elem *element = nftnl_set_elem_alloc();
	struct nftnl_set *set = describe_set(name);
	int err = -ENOMEM;

	if (set && element) {
		nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, key, key_len);
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

static int add_sets(struct nft_batch *batch, const struct nl_nft_conf *conf)
{
	static const struct {
		const char *name;
		uint32_t key_type;
		uint32_t key_len;
	} sets[] = {
		{ "lans", KEY_IFNAME, IF_NAMESIZE },
		{ "wans", KEY_IFNAME, IF_NAMESIZE },
		{ "sip_ports", KEY_INET_SERVICE, sizeof(uint16_t) },
		{ "public", KEY_ENDPOINT, sizeof(struct public_key) },
		{ "public_ports", KEY_INET_SERVICE, sizeof(uint16_t) },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]) && !err; i++)
		err = add_set(batch, sets[i].name, i + 1, sets[i].key_type,
			      sets[i].key_len);
	if (!err)
		err = add_ifnames(batch, "lans", conf->lans, conf->n_lans);
	if (!err)
		err = add_ifnames(batch, "wans", conf->wans, conf->n_wans);
	if (!err)
		err = add_sip_ports(batch, conf);
	return err;
}

static int add_chain(struct nft_batch *batch, const char *name,
		     const char *type, uint32_t hook, int32_t priority)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();

	if (!chain)
		return -ENOMEM;
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_FAMILY, NFPROTO_INET);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, NL_NFT_TABLE);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, type);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, hook);
	nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, priority);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
	nft_batch_add_chain(batch, chain);
	nftnl_chain_free(chain);
	return 0;
}

static int add_chains(struct nft_batch *batch)
{
	static const struct {
		const char *name;
		const char *type;
		uint32_t hook;
		int32_t priority;
	} chains[] = {
		{ "raw_in", "filter", NF_INET_PRE_ROUTING, NF_IP_PRI_RAW },
		{ "raw_out", "filter", NF_INET_LOCAL_OUT, NF_IP_PRI_RAW },
		{ "divert", "filter", NF_INET_PRE_ROUTING, PRIORITY_DIVERT },
		{ "guard", "nat", NF_INET_POST_ROUTING, PRIORITY_GUARD },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < sizeof(chains) / sizeof(chains[0]) && !err; i++)
		err = add_chain(batch, chains[i].name, chains[i].type,
				chains[i].hook, chains[i].priority);
	return err;
}

/*
 * SIP of a phone that would leave by a WAN. fib knows no way out for what is
 * addressed to this machine, to a group or to everybody, so that is left alone.
 */
static void match_phone(struct nftnl_rule *rule)
{
	nft_match_iifname(rule, "lans");
	nft_match_ipv4(rule, IPPROTO_UDP);
	nft_match_dport(rule, "sip_ports");
	nft_match_fib_oifname(rule, "wans");
}

static void untrack(struct nftnl_rule *rule)
{
	nft_do_counter(rule);
	nft_do_notrack(rule);
}

static void write_phone_untracked(struct nftnl_rule *rule,
				  const struct nl_nft_conf *conf)
{
	(void)conf;
	match_phone(rule);
	untrack(rule);
}

static void write_wan_untracked(struct nftnl_rule *rule,
				const struct nl_nft_conf *conf)
{
	(void)conf;
	nft_match_iifname(rule, "wans");
	nft_match_ipv4(rule, IPPROTO_UDP);
	nft_match_destination(rule, "public");
	untrack(rule);
}

static void write_public_untracked(struct nftnl_rule *rule,
				   const struct nl_nft_conf *conf)
{
	(void)conf;
	nft_match_ipv4(rule, IPPROTO_UDP);
	nft_match_source(rule, "public");
	untrack(rule);
}

static void write_answers_untracked(struct nftnl_rule *rule,
				    const struct nl_nft_conf *conf)
{
	(void)conf;
	nft_match_oifname(rule, "lans");
	nft_match_ipv4(rule, IPPROTO_UDP);
	nft_match_foreign_source(rule);
	untrack(rule);
}

static void write_divert(struct nftnl_rule *rule,
			 const struct nl_nft_conf *conf)
{
	struct in_addr loopback = { htonl(INADDR_LOOPBACK) };

	match_phone(rule);
	nft_do_tproxy(rule, loopback);
	nft_do_counter(rule);
	nft_do_mark(rule, conf->mark, conf->mask);
	nft_do_accept(rule);
}

static void guard_ports(struct nftnl_rule *rule,
			const struct nl_nft_conf *conf, uint8_t protocol)
{
	nft_match_oifname(rule, "wans");
	nft_match_ipv4(rule, protocol);
	nft_match_sport(rule, "public_ports");
	nft_do_counter(rule);
	nft_do_masquerade(rule, conf->guard.min, conf->guard.max);
}

static void write_guard_udp(struct nftnl_rule *rule,
			    const struct nl_nft_conf *conf)
{
	guard_ports(rule, conf, IPPROTO_UDP);
}

static void write_guard_tcp(struct nftnl_rule *rule,
			    const struct nl_nft_conf *conf)
{
	guard_ports(rule, conf, IPPROTO_TCP);
}

static void write_guard_media(struct nftnl_rule *rule,
			      const struct nl_nft_conf *conf)
{
	nft_match_oifname(rule, "wans");
	nft_match_ipv4(rule, IPPROTO_UDP);
	nft_match_sport_range(rule, conf->media.min, conf->media.max);
	nft_do_counter(rule);
	nft_do_masquerade(rule, conf->guard.min, conf->guard.max);
}

static int add_rules(struct nft_batch *batch, const struct nl_nft_conf *conf)
{
	static const struct {
		const char *chain;
		const char *comment;
		void (*write)(struct nftnl_rule *rule,
			      const struct nl_nft_conf *conf);
	} rules[] = {
		{ "raw_in", "phone to server", write_phone_untracked },
		{ "raw_in", "server to phone", write_wan_untracked },
		{ "raw_out", "to server", write_public_untracked },
		{ "raw_out", "to phone", write_answers_untracked },
		{ "divert", "phone to server", write_divert },
		{ "guard", "signalling ports", write_guard_udp },
		{ "guard", "signalling ports", write_guard_tcp },
		{ "guard", "media ports", write_guard_media },
	};
	struct nftnl_rule *rule;
	unsigned int i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		rule = nft_rule_new(rules[i].chain, rules[i].comment);
		if (!rule)
			return -ENOMEM;
		rules[i].write(rule, conf);
		nft_batch_add_rule(batch, rule);
		nftnl_rule_free(rule);
	}
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
		err = add_chains(batch);
	if (!err)
		err = add_rules(batch, conf);
	err = err ? fail(nft, err) : commit(nft, batch);
	nft_batch_free(batch);
	return err;
}

static bool is_sane(const struct nl_nft_conf *conf)
{
	return conf->n_lans && conf->n_lans <= NL_NFT_MAX_IFNAMES &&
	       conf->n_wans && conf->n_wans <= NL_NFT_MAX_IFNAMES &&
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

static int read_key(const struct sockaddr_storage *public,
		    struct public_key *key)
{
	const struct sockaddr_in *in = (const void *)public;

	if (public->ss_family != AF_INET)
		return -EAFNOSUPPORT;
	memset(key, 0, sizeof(*key));
	key->address = in->sin_addr;
	key->port = in->sin_port;
	return 0;
}

/* Does another of our endpoints use the same port? */
static bool port_is_shared(const struct nl_nft *nft,
			   const struct public_key *key)
{
	const struct public_port *port;

	for (port = nft->ports; port; port = port->hh.next)
		if (port->key.port == key->port &&
		    port->key.address.s_addr != key->address.s_addr)
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
	err = change_element(batch, "public", key, sizeof(*key), change);
	if (!err && !port_is_shared(nft, key))
		err = change_element(batch, "public_ports", &key->port,
				     sizeof(key->port), change);
	err = err ? fail(nft, err) : commit(nft, batch);
	nft_batch_free(batch);
	return err;
}

int nl_nft_port_add(struct nl_nft *nft, const struct sockaddr_storage *public)
{
	struct public_port *port, *known;
	int err;

	port = calloc(1, sizeof(*port));
	if (!port)
		return fail(nft, -ENOMEM);
	err = read_key(public, &port->key);
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

int nl_nft_port_del(struct nl_nft *nft, const struct sockaddr_storage *public)
{
	struct public_port *port;
	struct public_key key;
	int err;

	err = read_key(public, &key);
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
