// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What else on this router has to do with our ports: rules of other tables,
 * looked at once, when serving begins.
 *
 * They stay as they are, and so does what they do: a port that is forwarded to
 * a host inside is none of ours. The rest is said, for whoever wonders.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "gateway/parts.h"
#include "log/log.h"
#include "nl/nft_look.h"

/* Room for "table inet router, chain postrouting, handle 12" */
#define RULE_TEXT_LEN (2 * NL_RULE_NAME_LEN + 64)

static const char *family_name(uint8_t family)
{
	switch (family) {
	case AF_INET:
		return "ip";
	case AF_INET6:
		return "ip6";
	default:
		return "inet";
	}
}

static const char *write_rule(const struct nl_rule *rule,
			      char text[RULE_TEXT_LEN])
{
	snprintf(text, RULE_TEXT_LEN,
		 "table %s %s, chain %s, handle %" PRIu64,
		 family_name(rule->family), rule->table, rule->chain,
		 rule->handle);
	return text;
}

static bool overlap(const struct nl_port_range *ports,
		    const struct conf_range *ours)
{
	return ports->min <= ours->max && ours->min <= ports->max;
}

/* Of the pools, or what a phone's own port mostly is. */
static bool could_be_ours(const struct conf *conf,
			  const struct nl_port_range *ports)
{
	unsigned int i;

	for (i = 0; i < conf->n_sip_ports; i++)
		if (conf->sip_ports[i] >= ports->min &&
		    conf->sip_ports[i] <= ports->max)
			return true;
	return overlap(ports, &conf->signalling) ||
	       overlap(ports, &conf->media);
}

bool gateway_is_avoided(const struct gateway *gateway, uint16_t port)
{
	return gateway->avoided[port / 8] >> port % 8 & 1;
}

static void avoid(struct gateway *gateway, const struct nl_port_range *ports)
{
	uint32_t port;

	for (port = ports->min; port <= ports->max; port++)
		gateway->avoided[port / 8] |= 1 << port % 8;
}

/*
 * One that forwards whatever comes does not get what comes to a port of ours:
 * that is not tracked, and so not translated.
 */
static void judge_forward(struct gateway *gateway, const struct nl_rule *rule)
{
	const struct nl_port_range *ports;
	char text[RULE_TEXT_LEN];
	unsigned int i;

	if (rule->protocol == IPPROTO_TCP)
		return;
	if (!rule->n_dports)
		log_info("%s forwards every port; those that we use are ours",
			 write_rule(rule, text));
	for (i = 0; i < rule->n_dports; i++) {
		ports = &rule->dports[i];
		avoid(gateway, ports);
		if (could_be_ours(gateway->conf, ports))
			log_warning("ports %u-%u are left to %s, which forwards them",
				    ports->min, ports->max,
				    write_rule(rule, text));
	}
}

static void judge_helper(const struct nl_rule *rule)
{
	char text[RULE_TEXT_LEN];

	log_info("%s assigns the helper \"sip\", which sees nothing of what we serve",
		 write_rule(rule, text));
}

/* The guard keeps other flows off our ports by their own source port only. */
static void judge_range(const struct gateway *gateway,
			const struct nl_rule *rule)
{
	const struct conf *conf = gateway->conf;
	char text[RULE_TEXT_LEN];

	if (rule->to.min && (overlap(&rule->to, &conf->signalling) ||
			     overlap(&rule->to, &conf->media)))
		log_warning("%s translates to ports %u-%u, of which some are ours; signalling-ports and media-ports apart from them are better",
			    write_rule(rule, text), rule->to.min, rule->to.max);
}

static bool leaves_by_wan(const struct conf *conf, const char *ifname)
{
	unsigned int i;

	for (i = 0; i < conf->n_wans; i++)
		if (!strcmp(conf->wans[i].ifname, ifname))
			return true;
	return !*ifname;
}

/* NAT66: the world does not see the phones' own addresses, whatever they are. */
static void judge_source(struct gateway *gateway, const struct nl_rule *rule)
{
	static const struct sockaddr_storage any = { .ss_family = AF_INET6 };
	const struct nl_prefix *source = &rule->source;

	if (gateway->conf->ipv6 != CONF_IPV6_AUTO ||
	    rule->family == AF_INET ||
	    !leaves_by_wan(gateway->conf, rule->oifname) ||
	    gateway->n_translated == PLACE_MAX_MAPPED)
		return;
	gateway->translated[gateway->n_translated++] =
		source->address.ss_family ?
		conf_prefix_of(&source->address, source->len) :
		conf_prefix_of(&any, 0);
}

static void judge(void *arg, const struct nl_rule *rule)
{
	struct gateway *gateway = arg;

	switch (rule->kind) {
	case NL_RULE_FORWARDS:
		judge_forward(gateway, rule);
		break;
	case NL_RULE_HELPS:
		judge_helper(rule);
		break;
	case NL_RULE_TRANSLATES:
		judge_range(gateway, rule);
		judge_source(gateway, rule);
		break;
	}
}

void gateway_take_place(struct gateway *gateway, const struct place *place)
{
	unsigned int i;

	gateway->place = *place;
	for (i = 0; i < gateway->n_translated; i++)
		place_map(&gateway->place, &gateway->translated[i]);
}

/* Without their help we serve none the worse, mostly. */
int gateway_open_neighbours(struct gateway *gateway)
{
	const struct place place = gateway->place;
	int err = nl_nft_look(judge, gateway);

	if (err)
		log_warning("rules of others could not be looked at: %s",
			    strerror(-err));
	gateway_take_place(gateway, &place);
	return 0;
}

void gateway_close_neighbours(struct gateway *gateway)
{
	gateway->n_translated = 0;
}
