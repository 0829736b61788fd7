// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes into plans. The generated policy has judged each attribute by
 * itself; here is what attributes mean together, what they stand for when they
 * are absent, and which of them is to blame. Nothing is changed here.
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/netlink.h>

#include "netlink_attr.h"
#include "netlink_gen.h"
#include "session.h"

int sf_netlink_check_doubled(const struct nlattr *head, int len, u64 multi,
			     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	u64 seen = 0, bit;
	int rem;

	nla_for_each_attr(attr, head, len, rem) {
		bit = BIT_ULL(nla_type(attr) & 63);
		if (seen & bit & ~multi) {
			SF_SAY(extack, attr, "attribute is given twice");
			return -EINVAL;
		}
		seen |= bit;
	}
	return 0;
}

static int parse_nest(struct nlattr **tb, int maxtype,
		      const struct nlattr *nest,
		      const struct nla_policy *policy,
		      struct netlink_ext_ack *extack)
{
	int err;

	err = nla_parse_nested(tb, maxtype, nest, policy, extack);
	if (err)
		return err;
	return sf_netlink_check_doubled(nla_data(nest), nla_len(nest), 0,
					extack);
}

/* --- endpoints ------------------------------------------------------------ */

static int check_addr4(const struct nlattr *attr, __be32 addr,
		       struct netlink_ext_ack *extack)
{
	if (ipv4_is_zeronet(addr))
		SF_SAY(extack, attr, "address is not that of a host");
	else if (ipv4_is_loopback(addr))
		SF_SAY(extack, attr, "a loopback address is not seen on a device");
	else if (ipv4_is_multicast(addr) || ipv4_is_lbcast(addr))
		SF_SAY(extack, attr, "address is not unicast");
	else
		return 0;
	return -EINVAL;
}

static int check_addr6(const struct nlattr *attr, const struct in6_addr *addr,
		       struct netlink_ext_ack *extack)
{
	if (ipv6_addr_any(addr))
		SF_SAY(extack, attr, "address is not that of a host");
	else if (ipv6_addr_loopback(addr))
		SF_SAY(extack, attr, "a loopback address is not seen on a device");
	else if (ipv6_addr_is_multicast(addr))
		SF_SAY(extack, attr, "address is not unicast");
	else if (ipv6_addr_v4mapped(addr))
		SF_SAY(extack, attr, "an IPv4 address belongs into addr4");
	else
		return 0;
	return -EINVAL;
}

static int parse_addr(struct nlattr **tb, const struct nlattr *nest,
		      struct sf_endpoint *endpoint,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *addr4 = tb[SIPFAST_A_ENDPOINT_ADDR4];
	const struct nlattr *addr6 = tb[SIPFAST_A_ENDPOINT_ADDR6];

	if (addr4 && addr6) {
		SF_SAY(extack, addr6, "both addr4 and addr6 are given");
		return -EINVAL;
	}
	if (addr4) {
		endpoint->family = AF_INET;
		endpoint->ip4 = nla_get_in_addr(addr4);
		return check_addr4(addr4, endpoint->ip4, extack);
	}
	if (addr6) {
		endpoint->family = AF_INET6;
		endpoint->ip6 = nla_get_in6_addr(addr6);
		return check_addr6(addr6, &endpoint->ip6, extack);
	}
	SF_SAY_MISSING(extack, nest, SIPFAST_A_ENDPOINT_ADDR4,
		       "endpoint has neither addr4 nor addr6");
	return -EINVAL;
}

int sf_netlink_parse_endpoint(const struct nlattr *nest, unsigned int optional,
			      struct sf_endpoint *endpoint,
			      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SIPFAST_A_ENDPOINT_MAX + 1];
	const struct nlattr *port;
	int err;

	memset(endpoint, 0, sizeof(*endpoint));
	err = parse_nest(tb, SIPFAST_A_ENDPOINT_MAX, nest,
			 sipfast_endpoint_nl_policy, extack);
	if (err)
		return err;
	if (!(optional & SF_ADDR_OPTIONAL) || tb[SIPFAST_A_ENDPOINT_ADDR4] ||
	    tb[SIPFAST_A_ENDPOINT_ADDR6]) {
		err = parse_addr(tb, nest, endpoint, extack);
		if (err)
			return err;
	}
	port = tb[SIPFAST_A_ENDPOINT_PORT];
	if (port)
		endpoint->port = nla_get_be16(port);
	if (endpoint->port || (optional & SF_PORT_OPTIONAL))
		return 0;
	if (port)
		SF_SAY(extack, port, "0 is no port");
	else
		SF_SAY_MISSING(extack, nest, SIPFAST_A_ENDPOINT_PORT,
			       "endpoint has no port");
	return -EINVAL;
}

int sf_netlink_check_ifindex(struct net *net, const struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	struct net_device *dev;

	if (!attr || !nla_get_u32(attr))
		return 0;
	dev = dev_get_by_index(net, nla_get_u32(attr));
	if (!dev) {
		SF_SAY(extack, attr, "no such device");
		return -ENODEV;
	}
	dev_put(dev);
	return 0;
}

/* --- sides ---------------------------------------------------------------- */

static int check_side_attrs(struct net *net, struct nlattr **tb,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;

	attr = tb[SIPFAST_A_SIDE_LEARNED] ?: tb[SIPFAST_A_SIDE_STATS];
	if (attr) {
		SF_SAY(extack, attr, "attribute is for replies only");
		return -EINVAL;
	}
	return sf_netlink_check_ifindex(net, tb[SIPFAST_A_SIDE_IFINDEX],
					extack);
}

/* Change @side in what is given. */
static int parse_side(struct net *net, const struct nlattr *nest,
		      struct sf_side_conf *side, bool *reopen,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SIPFAST_A_SIDE_MAX + 1];
	int err;

	err = parse_nest(tb, SIPFAST_A_SIDE_MAX, nest, sipfast_side_nl_policy,
			 extack);
	if (!err)
		err = check_side_attrs(net, tb, extack);
	if (!err && tb[SIPFAST_A_SIDE_LOCAL]) {
		err = sf_netlink_parse_endpoint(tb[SIPFAST_A_SIDE_LOCAL], 0,
						&side->local, extack);
		side->local_given = true;
	}
	if (!err && tb[SIPFAST_A_SIDE_REMOTE])
		err = sf_netlink_parse_endpoint(tb[SIPFAST_A_SIDE_REMOTE], 0,
						&side->remote, extack);
	if (err)
		return err;

	if (tb[SIPFAST_A_SIDE_LEARN])
		side->learn = nla_get_u32(tb[SIPFAST_A_SIDE_LEARN]);
	if (tb[SIPFAST_A_SIDE_LEARN_WINDOW_MS])
		side->learn_window_ms =
			nla_get_u32(tb[SIPFAST_A_SIDE_LEARN_WINDOW_MS]);
	if (tb[SIPFAST_A_SIDE_DSCP])
		side->dscp = nla_get_u8(tb[SIPFAST_A_SIDE_DSCP]);
	if (tb[SIPFAST_A_SIDE_MARK])
		side->mark = nla_get_u32(tb[SIPFAST_A_SIDE_MARK]);
	if (tb[SIPFAST_A_SIDE_IFINDEX])
		side->ifindex = nla_get_u32(tb[SIPFAST_A_SIDE_IFINDEX]);
	if (tb[SIPFAST_A_SIDE_RATE_PACKETS])
		side->rate_packets =
			nla_get_u32(tb[SIPFAST_A_SIDE_RATE_PACKETS]);
	if (tb[SIPFAST_A_SIDE_RATE_BYTES])
		side->rate_bytes = nla_get_u32(tb[SIPFAST_A_SIDE_RATE_BYTES]);
	*reopen = tb[SIPFAST_A_SIDE_REMOTE] || tb[SIPFAST_A_SIDE_LEARN];
	return 0;
}

static bool is_link_local(const struct sf_endpoint *endpoint)
{
	return endpoint->family == AF_INET6 &&
	       ipv6_addr_type(&endpoint->ip6) & IPV6_ADDR_LINKLOCAL;
}

/* What the members of a side must be like together; @blame is its nest. */
static int check_side(const struct sf_side_conf *side,
		      const struct nlattr *blame,
		      struct netlink_ext_ack *extack)
{
	if (!side->local.family) {
		SF_SAY_MISSING(extack, blame, SIPFAST_A_SIDE_LOCAL,
			       "side has no local endpoint");
		return -EINVAL;
	}
	if (!side->remote.family && side->learn != SIPFAST_LEARN_LEARN_ONCE) {
		SF_SAY_MISSING(extack, blame, SIPFAST_A_SIDE_REMOTE,
			       "side has no remote endpoint, and its learn policy is not learn-once");
		return -EINVAL;
	}
	if (side->remote.family && side->remote.family != side->local.family) {
		SF_SAY(extack, blame,
		       "local and remote endpoint of a side are of different families");
		return -EINVAL;
	}
	if (is_link_local(&side->remote) && !side->ifindex) {
		SF_SAY_MISSING(extack, blame, SIPFAST_A_SIDE_IFINDEX,
			       "a link-local remote endpoint needs ifindex");
		return -EINVAL;
	}
	return 0;
}

/* --- streams -------------------------------------------------------------- */

static const unsigned int disposition_attr[SF_N_PAYLOADS] = {
	[SF_PAYLOAD_STUN] = SIPFAST_A_STREAM_STUN,
	[SF_PAYLOAD_DTLS] = SIPFAST_A_STREAM_DTLS,
	[SF_PAYLOAD_ZRTP] = SIPFAST_A_STREAM_ZRTP,
	[SF_PAYLOAD_TURN] = SIPFAST_A_STREAM_TURN,
};

static void parse_dispositions(struct nlattr **tb, struct sf_stream_conf *conf)
{
	const struct nlattr *attr;
	unsigned int i;

	for (i = 0; i < SF_N_PAYLOADS; i++) {
		attr = tb[disposition_attr[i]];
		if (attr)
			conf->disposition[i] = nla_get_u32(attr);
	}
}

/* Rule and kind are given to a new stream, and at most repeated to an old. */
static int parse_fixed(struct nlattr **tb, struct sf_stream_conf *conf,
		       bool is_new, struct netlink_ext_ack *extack)
{
	const struct nlattr *rule = tb[SIPFAST_A_STREAM_RULE];
	const struct nlattr *kind = tb[SIPFAST_A_STREAM_KIND];

	if (!is_new && rule && nla_get_u32(rule) != conf->rule) {
		SF_SAY(extack, rule, "rule is fixed when the stream is made");
		return -EINVAL;
	}
	if (!is_new && kind && nla_get_u32(kind) != conf->kind) {
		SF_SAY(extack, kind, "kind is fixed when the stream is made");
		return -EINVAL;
	}
	if (rule)
		conf->rule = nla_get_u32(rule);
	if (kind)
		conf->kind = nla_get_u32(kind);
	return 0;
}

static int check_nat(struct sf_stream_conf *conf, const struct nlattr *blame_a,
		     struct netlink_ext_ack *extack)
{
	struct sf_side_conf *a = &conf->side[SF_DIR_A];

	if (!a->local_given)
		a->local = conf->side[SF_DIR_B].remote;
	if (a->learn != SIPFAST_LEARN_EXACT) {
		SF_SAY(extack, blame_a, "side a of a nat stream is always exact");
		return -EINVAL;
	}
	return 0;
}

static int check_stream(struct sf_stream_conf *conf,
			struct nlattr *const blame[SF_N_DIRS],
			struct netlink_ext_ack *extack)
{
	struct sf_side_conf *side = conf->side;
	int err = 0;

	if (conf->rule == SIPFAST_RULE_NAT)
		err = check_nat(conf, blame[SF_DIR_A], extack);
	if (!err)
		err = check_side(&side[SF_DIR_A], blame[SF_DIR_A], extack);
	if (!err)
		err = check_side(&side[SF_DIR_B], blame[SF_DIR_B], extack);
	if (err)
		return err;
	if (conf->rule == SIPFAST_RULE_NAT &&
	    side[SF_DIR_A].local.family != side[SF_DIR_B].local.family) {
		SF_SAY(extack, blame[SF_DIR_B],
		       "the sides of a nat stream are of different families");
		return -EINVAL;
	}
	return 0;
}

static void init_stream(struct sf_stream_conf *conf, u32 id)
{
	memset(conf, 0, sizeof(*conf));
	conf->id = id;
	conf->side[SF_DIR_A].dscp = SF_DSCP_KEEP;
	conf->side[SF_DIR_B].dscp = SF_DSCP_KEEP;
}

static int parse_sides(struct net *net, struct nlattr **tb,
		       const struct nlattr *nest, struct sf_stream_plan *plan,
		       bool is_new, struct netlink_ext_ack *extack)
{
	static const unsigned int side_attr[SF_N_DIRS] = {
		SIPFAST_A_STREAM_A, SIPFAST_A_STREAM_B,
	};
	struct nlattr *blame[SF_N_DIRS];
	enum sf_dir dir;
	int err;

	for (dir = SF_DIR_A; dir < SF_N_DIRS; dir++) {
		blame[dir] = tb[side_attr[dir]] ?: (struct nlattr *)nest;
		if (tb[side_attr[dir]]) {
			err = parse_side(net, blame[dir], &plan->conf.side[dir],
					 &plan->reopen[dir], extack);
			if (err)
				return err;
		} else if (is_new) {
			SF_SAY_MISSING(extack, nest, side_attr[dir],
				       "stream lacks a side");
			return -EINVAL;
		}
	}
	return check_stream(&plan->conf, blame, extack);
}

static bool is_planned(const struct sf_session_plan *plan, u32 id)
{
	unsigned int i;

	for (i = 0; i < plan->n_streams; i++)
		if (plan->stream[i].conf.id == id)
			return true;
	return false;
}

static int parse_stream(struct net *net, struct sf_session *session,
			const struct nlattr *nest, struct sf_session_plan *plan,
			struct netlink_ext_ack *extack)
{
	struct sf_stream_plan *stream = &plan->stream[plan->n_streams];
	struct nlattr *tb[SIPFAST_A_STREAM_MAX + 1];
	u32 id = plan->n_streams;
	struct sf_stream *old;
	int err;

	err = parse_nest(tb, SIPFAST_A_STREAM_MAX, nest,
			 sipfast_stream_nl_policy, extack);
	if (err)
		return err;
	if (tb[SIPFAST_A_STREAM_ID])
		id = nla_get_u32(tb[SIPFAST_A_STREAM_ID]);
	if (is_planned(plan, id)) {
		SF_SAY(extack, tb[SIPFAST_A_STREAM_ID] ?: nest,
		       "two streams have the same id");
		return -EINVAL;
	}
	old = session ? sf_session_stream(session, id) : NULL;
	if (old)
		stream->conf = old->conf;
	else
		init_stream(&stream->conf, id);

	err = parse_fixed(tb, &stream->conf, !old, extack);
	if (err)
		return err;
	parse_dispositions(tb, &stream->conf);
	err = parse_sides(net, tb, nest, stream, !old, extack);
	if (!err)
		plan->n_streams++;
	return err;
}

/* --- sessions ------------------------------------------------------------- */

static int parse_remove(struct sf_session *session, const struct nlattr *attr,
			struct sf_session_plan *plan,
			struct netlink_ext_ack *extack)
{
	u32 id = nla_get_u32(attr);
	unsigned int i;

	if (!sf_session_stream(session, id)) {
		SF_SAY(extack, attr, "session has no such stream");
		return -ENOENT;
	}
	for (i = 0; i < plan->n_remove; i++) {
		if (plan->remove[i] == id) {
			SF_SAY(extack, attr, "stream is removed twice");
			return -EINVAL;
		}
	}
	plan->remove[plan->n_remove++] = id;
	return 0;
}

/* Neither may a stream be both changed and removed, nor be one too many. */
static int check_plan(struct sf_session *session,
		      const struct sf_session_plan *plan,
		      const struct nlattr *last,
		      struct netlink_ext_ack *extack)
{
	unsigned int i, n = session ? session->n_streams : 0;

	for (i = 0; i < plan->n_remove; i++) {
		if (is_planned(plan, plan->remove[i])) {
			SF_SAY(extack, last, "stream is both given and removed");
			return -EINVAL;
		}
	}
	n -= plan->n_remove;
	for (i = 0; i < plan->n_streams; i++)
		if (!session ||
		    !sf_session_stream(session, plan->stream[i].conf.id))
			n++;
	if (n > SIPFAST_MAX_STREAMS) {
		SF_SAY(extack, last, "session would have more than max-streams streams");
		return -E2BIG;
	}
	return 0;
}

static int parse_streams(struct net *net, struct sf_session *session,
			 const struct nlattr *head, int len,
			 struct sf_session_plan *plan,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *attr, *last = NULL;
	int rem, err;

	nla_for_each_attr(attr, head, len, rem) {
		if (nla_type(attr) == SIPFAST_A_SESSION_STREAM_REMOVE) {
			err = parse_remove(session, attr, plan, extack);
		} else if (nla_type(attr) == SIPFAST_A_SESSION_STREAM) {
			if (plan->n_streams == SIPFAST_MAX_STREAMS) {
				SF_SAY(extack, attr, "more than max-streams streams");
				return -E2BIG;
			}
			err = parse_stream(net, session, attr, plan, extack);
		} else {
			continue;
		}
		if (err)
			return err;
		last = attr;
	}
	return check_plan(session, plan, last, extack);
}

static void parse_times(struct nlattr **tb, struct sf_session_plan *plan)
{
	const struct nlattr *attr;

	attr = tb[SIPFAST_A_SESSION_LIFETIME_MS];
	plan->has_lifetime = attr;
	if (attr)
		plan->lifetime_ms = nla_get_u32(attr);
	attr = tb[SIPFAST_A_SESSION_IDLE_NOTIFY_MS];
	plan->has_idle_notify = attr;
	if (attr)
		plan->idle_notify_ms = nla_get_u32(attr);
	attr = tb[SIPFAST_A_SESSION_IDLE_EXPIRE_MS];
	plan->has_idle_expire = attr;
	if (attr)
		plan->idle_expire_ms = nla_get_u32(attr);
}

int sf_netlink_parse_session(struct net *net, struct sf_session *session,
			     const struct sf_session_attrs *attrs,
			     struct sf_session_plan *plan,
			     struct netlink_ext_ack *extack)
{
	struct nlattr **tb = attrs->tb;

	if (!session && !tb[SIPFAST_A_SESSION_STREAM]) {
		SF_SAY_MISSING(extack, attrs->nest, SIPFAST_A_SESSION_STREAM,
			       "a session needs a stream");
		return -EINVAL;
	}
	if (tb[SIPFAST_A_SESSION_COOKIE])
		plan->cookie = nla_data(tb[SIPFAST_A_SESSION_COOKIE]);
	parse_times(tb, plan);
	return parse_streams(net, session, attrs->head, attrs->len, plan,
			     extack);
}
