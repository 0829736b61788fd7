// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rungs that change something at the kernel: the module's devices and
 * pinholes, the policy route, the nft table.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "gateway/parts.h"
#include "log/log.h"
#include "nl/device.h"
#include "nl/nft.h"
#include "nl/pinhole.h"
#include "nl/stats.h"

int gateway_open_module(struct gateway *gateway)
{
	struct nl_info info;
	int err;

	err = nl_genl_open(&gateway->genl);
	if (err == -ENOENT)
		gateway_why(gateway, err, "not loaded: modprobe sipfast");
	else if (err)
		gateway_why(gateway, err, "%s", gateway->genl ?
			    nl_error(gateway->genl) : strerror(-err));
	if (err)
		goto err_close;
	err = nl_info_get(gateway->genl, SIPFAST_CAPABILITY_NAT, &info);
	if (err) {
		gateway_why(gateway, err, "%s", nl_error(gateway->genl));
		goto err_close;
	}
	log_debug("sipfast.ko %s, capabilities 0x%x, at most %u sessions",
		  info.version, info.capabilities, info.max_sessions);
	return 0;

err_close:
	nl_genl_close(gateway->genl);
	return err;
}

void gateway_close_module(struct gateway *gateway)
{
	nl_genl_close(gateway->genl);
}

/*
 * A device that somebody else has attached stays attached when we go. One that
 * an earlier daemon has left is ours.
 */
static int attach(struct gateway *gateway, const char *ifname)
{
	int err = nl_device_new(gateway->genl, ifname);

	if (err == -EEXIST && !gateway->earlier) {
		log_info("%s is attached already, and will stay so", ifname);
		return 0;
	}
	if (err && err != -EEXIST)
		return gateway_why(gateway, err, "%s: %s", ifname,
				   nl_error(gateway->genl));
	gateway->devices[gateway->n_devices++] = ifname;
	return 0;
}

static bool is_attached(const struct gateway *gateway, const char *ifname)
{
	unsigned int i;

	for (i = 0; i < gateway->n_devices; i++)
		if (gateway->devices[i] == ifname)
			return true;
	return false;
}

static void detach_all(struct gateway *gateway)
{
	const char *ifname;
	int err;

	while (gateway->n_devices) {
		ifname = gateway->devices[--gateway->n_devices];
		err = nl_device_del(gateway->genl, ifname);
		/* It is detached when it goes away. */
		if (err && err != -ENOENT && err != -ENODEV)
			log_warning("detaching %s: %s", ifname,
				    nl_error(gateway->genl));
	}
}

int gateway_open_devices(struct gateway *gateway)
{
	const struct conf *conf = gateway->conf;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < conf->n_wans; i++)
		if (gateway->place.wans[i].ifindex)
			err = attach(gateway, conf->wans[i].ifname);
	for (i = 0; !err && i < conf->n_lans; i++)
		err = attach(gateway, conf->lans[i].ifname);
	if (err)
		detach_all(gateway);
	return err;
}

/*
 * A WAN that went away was detached by that, and may be back as another device.
 * Media of one that cannot be attached is the ordinary stack's, as ever.
 */
void gateway_attach_wans(struct gateway *gateway)
{
	const struct conf *conf = gateway->conf;
	unsigned int i;
	int err;

	for (i = 0; i < conf->n_wans; i++) {
		if (!gateway->place.wans[i].ifindex)
			continue;
		if (!is_attached(gateway, conf->wans[i].ifname))
			err = attach(gateway, conf->wans[i].ifname);
		else
			err = nl_device_new(gateway->genl,
					    conf->wans[i].ifname);
		if (err && err != -EEXIST)
			log_warning("%s: %s", conf->wans[i].ifname,
				    nl_error(gateway->genl));
	}
}

void gateway_close_devices(struct gateway *gateway)
{
	if (gateway->keep && gateway_has_sessions(gateway))
		log_notice("calls run on, their devices stay attached");
	else
		detach_all(gateway);
}

static int open_route(struct gateway *gateway, sa_family_t family)
{
	struct nl_route_policy *policy =
		&gateway->policies[place_family_of(family)];
	const struct conf *conf = gateway->conf;
	int err;

	*policy = (struct nl_route_policy){
		.family = family,
		.mark = conf->fwmark,
		.mask = conf->fwmask,
		.table = conf->table,
	};
	err = nl_route_add(policy);
	if (err == -EEXIST)
		gateway_why(gateway, err,
			    "table %u has routes of others; choose another one",
			    conf->table);
	else if (err)
		gateway_why(gateway, err, "%s", strerror(-err));
	return err;
}

static void close_route(struct gateway *gateway, enum place_family family)
{
	int err = nl_route_del(&gateway->policies[family]);

	if (err)
		log_warning("removing the policy route: %s", strerror(-err));
}

int gateway_open_route(struct gateway *gateway)
{
	int err = open_route(gateway, AF_INET);

	if (err || !gateway->ipv6)
		return err;
	err = open_route(gateway, AF_INET6);
	if (err)
		close_route(gateway, PLACE_IPV4);
	return err;
}

void gateway_close_route(struct gateway *gateway)
{
	close_route(gateway, PLACE_IPV4);
	if (gateway->ipv6)
		close_route(gateway, PLACE_IPV6);
}

static void close_lan_pinholes(struct gateway *gateway)
{
	int err;

	while (gateway->n_pinholes) {
		err = nl_pinhole_del(gateway->genl,
				     gateway->pinholes[--gateway->n_pinholes]);
		if (err && err != -ENOENT)
			log_warning("removing a pinhole: %s",
				    nl_error(gateway->genl));
	}
}

/*
 * What tproxy has diverted climbs through the input chain like anything for this
 * machine, and many a router lets in nothing from the LAN but DHCP and DNS.
 */
static int open_lan_pinhole(struct gateway *gateway, uint32_t ifindex,
			    uint16_t port, uint8_t protocol)
{
	const struct nl_pinhole pinhole = {
		.has = { .cookie = true, .local = true, .protocol = true,
			 .ifindex = true },
		.cookie = MEDIA_COOKIE_PREFIX "lan",
		.local = { .family = AF_UNSPEC, .port = port },
		.protocol = protocol,
		.ifindex = ifindex,
	};
	int err = nl_pinhole_new(gateway->genl, &pinhole,
				 &gateway->pinholes[gateway->n_pinholes]);

	if (err)
		return gateway_why(gateway, err, "%s", nl_error(gateway->genl));
	gateway->n_pinholes++;
	return 0;
}

int gateway_open_pinholes(struct gateway *gateway)
{
	const struct conf *conf = gateway->conf;
	const uint32_t *lans = gateway->place.lan_ifindex;
	unsigned int i, j;
	int err = 0;

	for (i = 0; !err && i < conf->n_lans; i++)
		for (j = 0; !err && j < conf->n_sip_ports; j++)
			err = open_lan_pinhole(gateway, lans[i],
					       conf->sip_ports[j],
					       IPPROTO_UDP) ?:
			      open_lan_pinhole(gateway, lans[i],
					       conf->sip_ports[j],
					       IPPROTO_TCP);
	if (err)
		close_lan_pinholes(gateway);
	return err;
}

void gateway_close_pinholes(struct gateway *gateway)
{
	close_lan_pinholes(gateway);
}

/* The WANs that serve in @family; how many. */
static unsigned int list_wans(const struct gateway *gateway,
			      enum place_family family,
			      char (*wans)[IF_NAMESIZE])
{
	const struct conf *conf = gateway->conf;
	unsigned int i, n = 0;

	for (i = 0; i < conf->n_wans; i++)
		if (gateway->place.wans[i].egresses[family].public.ss_family)
			memcpy(wans[n++], conf->wans[i].ifname, IF_NAMESIZE);
	return n;
}

static struct nl_nft_conf describe_table(const struct gateway *gateway)
{
	const struct place *place = &gateway->place;
	const struct conf *conf = gateway->conf;
	struct nl_nft_conf nft = {
		.n_lans = conf->n_lans,
		.n_sip_ports = conf->n_sip_ports,
		.mark = conf->fwmark,
		.mask = conf->fwmask,
		.media = { conf->media.min, conf->media.max },
		.guard = { conf->guard.min, conf->guard.max },
	};
	struct sockaddr_in6 *in6;
	unsigned int i;

	for (i = 0; i < conf->n_lans; i++)
		memcpy(nft.lans[i], conf->lans[i].ifname, IF_NAMESIZE);
	memcpy(nft.sip_ports, conf->sip_ports, sizeof(nft.sip_ports));
	nft.n_wans = list_wans(gateway, PLACE_IPV4, nft.wans);
	if (!gateway->ipv6)
		return nft;
	nft.n_wans6 = list_wans(gateway, PLACE_IPV6, nft.wans6);
	nft.n_mapped6 = place->n_mapped;
	for (i = 0; i < place->n_mapped; i++) {
		in6 = (struct sockaddr_in6 *)&nft.mapped6[i].address;
		in6->sin6_family = AF_INET6;
		memcpy(&in6->sin6_addr, place->mapped[i].address,
		       sizeof(in6->sin6_addr));
		nft.mapped6[i].len = place->mapped[i].len;
	}
	return nft;
}

int gateway_move_table(struct gateway *gateway)
{
	const struct nl_nft_conf nft = describe_table(gateway);
	int err = nl_nft_move(gateway->nft, &nft);

	if (err)
		gateway_why(gateway, err, "%s", nl_nft_error(gateway->nft));
	return err;
}

int gateway_open_table(struct gateway *gateway)
{
	const struct nl_nft_conf nft = describe_table(gateway);
	int err;

	err = nl_nft_open(&nft, &gateway->nft);
	if (!err)
		return 0;
	gateway_why(gateway, err, "%s", gateway->nft ?
		    nl_nft_error(gateway->nft) : strerror(-err));
	nl_nft_close(gateway->nft);
	gateway->nft = NULL;
	return err;
}

void gateway_close_table(struct gateway *gateway)
{
	gateway_forget_peers(gateway);
	nl_nft_close(gateway->nft);
	gateway->nft = NULL;
}
