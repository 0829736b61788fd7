// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the rules of other tables do that concerns our ports: see nft_look.h.
 *
 * A rule is read from its first expression to its last. What was loaded last is
 * what the next comparison is about: so nft and iptables-nft write them. Names
 * of sets and helpers are resolved when all rules have been read.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/object.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>

#include "nl/nft_look.h"
#include "nl/nft_xt.h"

/* Registers by either of their numbers: NFT_REG_*, and NFT_REG32_* from 8 on */
#define N_REGISTERS	24

#define TH_DPORT	2
#define IP6_SADDR	8
#define IP6_ADDR_LEN	16

/* A rule, its table's family, and the names in it that are to be resolved */
struct found {
	struct nl_rule rule;
	uint8_t family;
	char set[NL_RULE_NAME_LEN];
	char helper[NL_RULE_NAME_LEN];
	struct found *next;
};

/* What was loaded last */
enum loaded { NOTHING, NFPROTO, L4PROTO, OIFNAME, DPORT, SADDR6 };

/**
 * struct reading - a rule that is being read
 * @found: what it says so far
 * @acts: it does something that is looked for
 * @loaded: what was loaded last
 * @mask_len: bits of it that count, or 0 for all
 * @immediates: ports that were loaded into registers, in network order
 */
struct reading {
	struct found *found;
	bool acts;
	enum loaded loaded;
	unsigned int mask_len;
	uint16_t immediates[N_REGISTERS];
};

static void add_dports(struct nl_rule *rule, uint16_t min, uint16_t max)
{
	if (rule->n_dports < NL_RULE_MAX_PORTS)
		rule->dports[rule->n_dports++] =
			(struct nl_port_range){ min, max };
}

static void read_meta(struct reading *reading, const struct nftnl_expr *expr)
{
	switch (nftnl_expr_get_u32(expr, NFTNL_EXPR_META_KEY)) {
	case NFT_META_NFPROTO:
		reading->loaded = NFPROTO;
		break;
	case NFT_META_L4PROTO:
		reading->loaded = L4PROTO;
		break;
	case NFT_META_OIFNAME:
		reading->loaded = OIFNAME;
		break;
	default:
		reading->loaded = NOTHING;
	}
}

static void read_payload(struct reading *reading, const struct nftnl_expr *expr)
{
	uint32_t base = nftnl_expr_get_u32(expr, NFTNL_EXPR_PAYLOAD_BASE);
	uint32_t offset = nftnl_expr_get_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET);
	uint32_t len = nftnl_expr_get_u32(expr, NFTNL_EXPR_PAYLOAD_LEN);

	reading->mask_len = 0;
	if (base == NFT_PAYLOAD_TRANSPORT_HEADER && offset == TH_DPORT &&
	    len == sizeof(uint16_t))
		reading->loaded = DPORT;
	else if (base == NFT_PAYLOAD_NETWORK_HEADER && offset == IP6_SADDR &&
		 len <= IP6_ADDR_LEN &&
		 reading->found->rule.family == NFPROTO_IPV6)
		reading->loaded = SADDR6;
	else
		reading->loaded = NOTHING;
}

static void read_bitwise(struct reading *reading, const struct nftnl_expr *expr)
{
	const uint8_t *mask;
	uint32_t len, i;

	mask = nftnl_expr_get(expr, NFTNL_EXPR_BITWISE_MASK, &len);
	reading->mask_len = 0;
	for (i = 0; mask && i < len; i++)
		reading->mask_len += __builtin_popcount(mask[i]);
}

static void take_source(struct reading *reading, const void *data, uint32_t len)
{
	struct nl_prefix *source = &reading->found->rule.source;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&source->address;

	in6->sin6_family = AF_INET6;
	memcpy(&in6->sin6_addr, data, len);
	source->len = reading->mask_len ? reading->mask_len : 8 * len;
}

/* The name of an interface, whole; one that ends in "*" has no NUL. */
static void take_oifname(struct nl_rule *rule, const char *data, uint32_t len)
{
	if (len <= IF_NAMESIZE && memchr(data, '\0', len))
		strcpy(rule->oifname, data);
}

static uint16_t port_at(const void *data)
{
	uint16_t port;

	memcpy(&port, data, sizeof(port));
	return ntohs(port);
}

/* A range may be two comparisons, one behind the other. */
static void take_dport(struct nl_rule *rule, uint32_t op, uint16_t port)
{
	switch (op) {
	case NFT_CMP_EQ:
		add_dports(rule, port, port);
		break;
	case NFT_CMP_GTE:
		add_dports(rule, port, UINT16_MAX);
		break;
	case NFT_CMP_LTE:
		if (rule->n_dports)
			rule->dports[rule->n_dports - 1].max = port;
		else
			add_dports(rule, 0, port);
		break;
	}
}

static void read_cmp(struct reading *reading, const struct nftnl_expr *expr)
{
	uint32_t op = nftnl_expr_get_u32(expr, NFTNL_EXPR_CMP_OP), len;
	const void *data = nftnl_expr_get(expr, NFTNL_EXPR_CMP_DATA, &len);
	struct nl_rule *rule = &reading->found->rule;

	if (!data || !len)
		return;
	if (reading->loaded == DPORT && len == sizeof(uint16_t))
		take_dport(rule, op, port_at(data));
	if (op != NFT_CMP_EQ)
		return;
	switch (reading->loaded) {
	case NFPROTO:
		rule->family = *(const uint8_t *)data;
		break;
	case L4PROTO:
		rule->protocol = *(const uint8_t *)data;
		break;
	case OIFNAME:
		take_oifname(rule, data, len);
		break;
	case SADDR6:
		if (len <= IP6_ADDR_LEN)
			take_source(reading, data, len);
		break;
	case DPORT:
	case NOTHING:
		break;
	}
}

static void read_range(struct reading *reading, const struct nftnl_expr *expr)
{
	const void *from, *to;
	uint32_t len;

	from = nftnl_expr_get(expr, NFTNL_EXPR_RANGE_FROM_DATA, &len);
	to = nftnl_expr_get(expr, NFTNL_EXPR_RANGE_TO_DATA, &len);
	if (reading->loaded == DPORT && from && to && len >= sizeof(uint16_t) &&
	    nftnl_expr_get_u32(expr, NFTNL_EXPR_RANGE_OP) == NFT_RANGE_EQ)
		add_dports(&reading->found->rule, port_at(from), port_at(to));
}

static void copy_name(char to[NL_RULE_NAME_LEN], const char *name)
{
	if (name && strlen(name) < NL_RULE_NAME_LEN)
		strcpy(to, name);
}

static void read_lookup(struct reading *reading, const struct nftnl_expr *expr)
{
	if (reading->loaded == DPORT &&
	    !(nftnl_expr_get_u32(expr, NFTNL_EXPR_LOOKUP_FLAGS) &
	      NFT_LOOKUP_F_INV))
		copy_name(reading->found->set,
			  nftnl_expr_get_str(expr, NFTNL_EXPR_LOOKUP_SET));
}

static void read_immediate(struct reading *reading,
			   const struct nftnl_expr *expr)
{
	uint32_t reg = nftnl_expr_get_u32(expr, NFTNL_EXPR_IMM_DREG), len;
	const void *data = nftnl_expr_get(expr, NFTNL_EXPR_IMM_DATA, &len);

	if (data && len >= sizeof(uint16_t) && reg < N_REGISTERS)
		memcpy(&reading->immediates[reg], data, sizeof(uint16_t));
}

/* The port in the register that attribute @attr of @expr names; 0: in none */
static uint16_t immediate(const struct reading *reading,
			  const struct nftnl_expr *expr, uint16_t attr)
{
	uint32_t reg;

	if (!nftnl_expr_is_set(expr, attr))
		return 0;
	reg = nftnl_expr_get_u32(expr, attr);
	return reg < N_REGISTERS ? ntohs(reading->immediates[reg]) : 0;
}

static void read_translation(struct reading *reading,
			     const struct nftnl_expr *expr, uint16_t min_attr,
			     uint16_t max_attr)
{
	struct nl_port_range *to = &reading->found->rule.to;

	reading->acts = true;
	reading->found->rule.kind = NL_RULE_TRANSLATES;
	to->min = immediate(reading, expr, min_attr);
	to->max = immediate(reading, expr, max_attr);
	if (!to->max)
		to->max = to->min;
}

static void read_masq(struct reading *reading, const struct nftnl_expr *expr)
{
	read_translation(reading, expr, NFTNL_EXPR_MASQ_REG_PROTO_MIN,
			 NFTNL_EXPR_MASQ_REG_PROTO_MAX);
}

static void read_redir(struct reading *reading, const struct nftnl_expr *expr)
{
	(void)expr;
	reading->acts = true;
	reading->found->rule.kind = NL_RULE_FORWARDS;
}

static void read_nat(struct reading *reading, const struct nftnl_expr *expr)
{
	if (nftnl_expr_is_set(expr, NFTNL_EXPR_NAT_FAMILY))
		reading->found->rule.family =
			nftnl_expr_get_u32(expr, NFTNL_EXPR_NAT_FAMILY);
	if (nftnl_expr_get_u32(expr, NFTNL_EXPR_NAT_TYPE) == NFT_NAT_DNAT)
		read_redir(reading, expr);
	else
		read_translation(reading, expr, NFTNL_EXPR_NAT_REG_PROTO_MIN,
				 NFTNL_EXPR_NAT_REG_PROTO_MAX);
}

static void read_objref(struct reading *reading, const struct nftnl_expr *expr)
{
	if (nftnl_expr_get_u32(expr, NFTNL_EXPR_OBJREF_IMM_TYPE) !=
	    NFT_OBJECT_CT_HELPER)
		return;
	reading->acts = true;
	reading->found->rule.kind = NL_RULE_HELPS;
	copy_name(reading->found->helper,
		  nftnl_expr_get_str(expr, NFTNL_EXPR_OBJREF_IMM_NAME));
}

static void read_match(struct reading *reading, const struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_MT_NAME);
	uint32_t len;
	const void *info = nftnl_expr_get(expr, NFTNL_EXPR_MT_INFO, &len);

	if (name && info)
		nft_xt_read_match(&reading->found->rule, name, info, len);
}

static void read_target(struct reading *reading, const struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_TG_NAME);
	uint32_t len;
	const void *info = nftnl_expr_get(expr, NFTNL_EXPR_TG_INFO, &len);

	if (name && info &&
	    nft_xt_read_target(&reading->found->rule, name, info, len))
		reading->acts = true;
}

static int read_expr(struct nftnl_expr *expr, void *arg)
{
	static const struct {
		const char *name;
		void (*read)(struct reading *reading,
			     const struct nftnl_expr *expr);
	} readers[] = {
		{ "meta", read_meta }, { "payload", read_payload },
		{ "bitwise", read_bitwise }, { "cmp", read_cmp },
		{ "range", read_range }, { "lookup", read_lookup },
		{ "immediate", read_immediate }, { "masq", read_masq },
		{ "redir", read_redir }, { "nat", read_nat },
		{ "objref", read_objref }, { "match", read_match },
		{ "target", read_target },
	};
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);
	size_t i;

	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (!strcmp(name, readers[i].name))
			readers[i].read(arg, expr);
	return 0;
}

static int read_rule(struct found **list, const struct nftnl_rule *rule)
{
	struct reading reading = { .found = calloc(1, sizeof(struct found)) };
	struct found *found = reading.found;

	if (!found)
		return -ENOMEM;
	found->family = nftnl_rule_get_u32(rule, NFTNL_RULE_FAMILY);
	found->rule.family = found->family;
	found->rule.handle = nftnl_rule_get_u64(rule, NFTNL_RULE_HANDLE);
	copy_name(found->rule.table,
		  nftnl_rule_get_str(rule, NFTNL_RULE_TABLE));
	copy_name(found->rule.chain,
		  nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN));
	nftnl_expr_foreach((struct nftnl_rule *)rule, read_expr, &reading);
	if (!reading.acts || !strcmp(found->rule.table, NL_NFT_TABLE)) {
		free(found);
		return 0;
	}
	found->next = *list;
	*list = found;
	return 0;
}

static int on_rule(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	int err = -ENOMEM;

	if (rule && !nftnl_rule_nlmsg_parse(nlh, rule))
		err = read_rule(arg, rule);
	if (rule)
		nftnl_rule_free(rule);
	if (!err)
		return MNL_CB_OK;
	errno = -err;
	return MNL_CB_ERROR;
}

/* Sends a question, and takes all of its answers. */
static int exchange(struct mnl_socket *socket, struct nlmsghdr *nlh,
		    mnl_cb_t take, void *arg)
{
	char buffer[65536] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t len;
	int more;

	if (mnl_socket_sendto(socket, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (len < 0)
			return -errno;
		more = mnl_cb_run(buffer, len, nlh->nlmsg_seq,
				  mnl_socket_get_portid(socket), take, arg);
	} while (more > 0);
	return more < 0 ? -errno : 0;
}

/* Elements of a set come downwards: before an interval's first is its end. */
struct interval {
	struct nl_rule *rule;
	uint16_t end;
};

static int on_element(struct nftnl_set_elem *element, void *arg)
{
	struct interval *interval = arg;
	uint32_t len, flags = 0;
	uint16_t port;
	const void *key;

	key = nftnl_set_elem_get(element, NFTNL_SET_ELEM_KEY, &len);
	if (!key || len < sizeof(port))
		return 0;
	port = port_at(key);
	if (nftnl_set_elem_is_set(element, NFTNL_SET_ELEM_FLAGS))
		flags = nftnl_set_elem_get_u32(element, NFTNL_SET_ELEM_FLAGS);
	if (flags & NFT_SET_ELEM_INTERVAL_END) {
		interval->end = port;
		return 0;
	}
	add_dports(interval->rule, port,
		   interval->end ? interval->end - 1 : port);
	interval->end = 0;
	return 0;
}

static int on_set(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_set *set = nftnl_set_alloc();

	if (set && !nftnl_set_elems_nlmsg_parse(nlh, set))
		nftnl_set_elem_foreach(set, on_element, arg);
	if (set)
		nftnl_set_free(set);
	return MNL_CB_OK;
}

static int resolve_set(struct mnl_socket *socket, struct found *found)
{
	char buffer[512] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct interval interval = { .rule = &found->rule };
	struct nftnl_set *set;
	struct nlmsghdr *nlh;
	int err;

	if (!*found->set)
		return 0;
	set = nftnl_set_alloc();
	if (!set)
		return -ENOMEM;
	nftnl_set_set_str(set, NFTNL_SET_TABLE, found->rule.table);
	nftnl_set_set_str(set, NFTNL_SET_NAME, found->set);
	nlh = nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETSETELEM, found->family,
				    NLM_F_DUMP, 0);
	nftnl_set_elems_nlmsg_build_payload(nlh, set);
	nftnl_set_free(set);
	err = exchange(socket, nlh, on_set, &interval);
	/* It may have gone meanwhile. */
	return err == -ENOENT ? 0 : err;
}

static int on_helper(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_obj *helper = nftnl_obj_alloc();

	if (helper && !nftnl_obj_nlmsg_parse(nlh, helper))
		copy_name(arg, nftnl_obj_get_str(helper,
						 NFTNL_OBJ_CT_HELPER_NAME));
	if (helper)
		nftnl_obj_free(helper);
	return MNL_CB_OK;
}

/* The name of an object that stands for a helper becomes that of the helper. */
static int resolve_helper(struct mnl_socket *socket, struct found *found)
{
	char buffer[512] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nftnl_obj *object;
	struct nlmsghdr *nlh;
	int err;

	if (!*found->helper)
		return 0;
	object = nftnl_obj_alloc();
	if (!object)
		return -ENOMEM;
	nftnl_obj_set_str(object, NFTNL_OBJ_TABLE, found->rule.table);
	nftnl_obj_set_str(object, NFTNL_OBJ_NAME, found->helper);
	nftnl_obj_set_u32(object, NFTNL_OBJ_TYPE, NFT_OBJECT_CT_HELPER);
	nlh = nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETOBJ, found->family,
				    NLM_F_ACK, 0);
	nftnl_obj_nlmsg_build_payload(nlh, object);
	nftnl_obj_free(object);
	err = exchange(socket, nlh, on_helper, found->helper);
	return err == -ENOENT ? 0 : err;
}

static bool is_of_interest(const struct found *found)
{
	return found->rule.kind != NL_RULE_HELPS || !*found->helper ||
	       !strcmp(found->helper, "sip");
}

/* Shown in the order of the dump, of which the list is the reverse. */
static struct found *reversed(struct found *list)
{
	struct found *next, *first = NULL;

	for (; list; list = next) {
		next = list->next;
		list->next = first;
		first = list;
	}
	return first;
}

static int look(struct mnl_socket *socket, struct found **list)
{
	char buffer[512] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct found *found;
	int err;

	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	err = exchange(socket, nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETRULE,
						     NFPROTO_UNSPEC,
						     NLM_F_DUMP, 0),
		       on_rule, list);
	*list = reversed(*list);
	for (found = *list; found && !err; found = found->next) {
		err = resolve_set(socket, found);
		if (!err)
			err = resolve_helper(socket, found);
	}
	return err;
}

int nl_nft_look(nl_rule_fn show, void *arg)
{
	struct found *list = NULL, *next;
	struct mnl_socket *socket;
	int err;

	socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!socket)
		return -errno;
	err = look(socket, &list);
	mnl_socket_close(socket);
	for (; list; list = next) {
		next = list->next;
		if (!err && is_of_interest(list))
			show(arg, &list->rule);
		free(list);
	}
	return err;
}
