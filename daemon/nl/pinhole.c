// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pinholes to and from the wire: see pinhole.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "nl/attr.h"
#include "nl/genl.h"
#include "nl/pinhole.h"

static int pinhole_attr_cb(void *arg, const struct nlattr *attr)
{
	struct nl_pinhole *pinhole = arg;

	switch (mnl_attr_get_type(attr)) {
	case SIPFAST_A_PINHOLE_ID:
		pinhole->has.id = true;
		pinhole->id = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_PINHOLE_COOKIE:
		pinhole->has.cookie = true;
		strcpy(pinhole->cookie, mnl_attr_get_str(attr));
		break;
	case SIPFAST_A_PINHOLE_LOCAL:
		pinhole->has.local = true;
		return nl_endpoint_parse(attr, &pinhole->local);
	case SIPFAST_A_PINHOLE_PROTOCOL:
		pinhole->has.protocol = true;
		pinhole->protocol = mnl_attr_get_u8(attr);
		break;
	case SIPFAST_A_PINHOLE_IFINDEX:
		pinhole->has.ifindex = true;
		pinhole->ifindex = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_PINHOLE_PEER:
		if (pinhole->n_peers == SIPFAST_MAX_PEERS)
			return -EBADMSG;
		return nl_endpoint_parse(attr,
					 &pinhole->peers[pinhole->n_peers++]);
	case SIPFAST_A_PINHOLE_LIFETIME_MS:
		pinhole->has.lifetime_ms = true;
		pinhole->lifetime_ms = mnl_attr_get_u32(attr);
		break;
	case SIPFAST_A_PINHOLE_PACKETS:
		pinhole->has.packets = true;
		pinhole->packets = mnl_attr_get_u64(attr);
		break;
	case SIPFAST_A_PINHOLE_END_REASON:
		pinhole->has.end_reason = true;
		pinhole->end_reason = mnl_attr_get_u32(attr);
		break;
	}
	return 0;
}

int nl_pinhole_parse(const struct nlmsghdr *nlh, struct nl_pinhole *pinhole)
{
	memset(pinhole, 0, sizeof(*pinhole));
	return nl_attr_each_in(nlh, &nl_pinhole_attrs, pinhole_attr_cb,
			       pinhole);
}

int nl_pinhole_put(struct nlmsghdr *nlh, uint32_t room,
		   const struct nl_pinhole *pinhole)
{
	unsigned int i;
	bool ok = true;

	if (pinhole->n_peers > SIPFAST_MAX_PEERS)
		return -EINVAL;
	if (pinhole->has.id)
		ok = mnl_attr_put_u32_check(nlh, room, SIPFAST_A_PINHOLE_ID,
					    pinhole->id);
	if (ok && pinhole->has.cookie)
		ok = mnl_attr_put_strz_check(nlh, room,
					     SIPFAST_A_PINHOLE_COOKIE,
					     pinhole->cookie);
	if (ok && pinhole->has.local)
		ok = !nl_endpoint_put(nlh, room, SIPFAST_A_PINHOLE_LOCAL,
				      &pinhole->local);
	if (ok && pinhole->has.protocol)
		ok = mnl_attr_put_u8_check(nlh, room,
					   SIPFAST_A_PINHOLE_PROTOCOL,
					   pinhole->protocol);
	if (ok && pinhole->has.ifindex)
		ok = mnl_attr_put_u32_check(nlh, room,
					    SIPFAST_A_PINHOLE_IFINDEX,
					    pinhole->ifindex);
	for (i = 0; ok && i < pinhole->n_peers; i++)
		ok = !nl_endpoint_put(nlh, room, SIPFAST_A_PINHOLE_PEER,
				      &pinhole->peers[i]);
	if (ok && pinhole->has.lifetime_ms)
		ok = mnl_attr_put_u32_check(nlh, room,
					    SIPFAST_A_PINHOLE_LIFETIME_MS,
					    pinhole->lifetime_ms);
	return ok ? 0 : -EMSGSIZE;
}

static int take_pinhole(void *arg, const struct nlmsghdr *nlh)
{
	return nl_pinhole_parse(nlh, arg);
}

int nl_pinhole_new(struct nl_genl *genl, const struct nl_pinhole *pinhole,
		   uint32_t *id)
{
	struct nlmsghdr *nlh = nl_genl_begin(genl, SIPFAST_CMD_PINHOLE_NEW);
	struct nl_pinhole reply = { 0 };
	int err;

	err = nl_pinhole_put(nlh, nl_genl_room(genl), pinhole);
	if (err)
		return nl_genl_refuse(genl, err);
	err = nl_genl_request(genl, nlh, take_pinhole, &reply);
	if (!err && id)
		*id = reply.id;
	return err;
}

int nl_pinhole_del(struct nl_genl *genl, uint32_t id)
{
	struct nlmsghdr *nlh = nl_genl_begin(genl, SIPFAST_CMD_PINHOLE_DEL);

	mnl_attr_put_u32(nlh, SIPFAST_A_PINHOLE_ID, id);
	return nl_genl_request(genl, nlh, NULL, NULL);
}

int nl_pinhole_get(struct nl_genl *genl, uint32_t id, struct nl_pinhole *reply)
{
	struct nlmsghdr *nlh = nl_genl_begin(genl, SIPFAST_CMD_PINHOLE_GET);

	mnl_attr_put_u32(nlh, SIPFAST_A_PINHOLE_ID, id);
	return nl_genl_request(genl, nlh, take_pinhole, reply);
}

struct dump {
	nl_pinhole_fn show;
	void *arg;
};

static int show_pinhole(void *arg, const struct nlmsghdr *nlh)
{
	struct nl_pinhole pinhole;
	struct dump *dump = arg;
	int err;

	err = nl_pinhole_parse(nlh, &pinhole);
	return err ? err : dump->show(dump->arg, &pinhole);
}

int nl_pinhole_dump(struct nl_genl *genl, nl_pinhole_fn show, void *arg)
{
	struct dump dump = { show, arg };

	return nl_genl_dump(genl, SIPFAST_CMD_PINHOLE_GET, show_pinhole, &dump);
}
