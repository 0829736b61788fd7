// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Holds the daemon's nft table and policy route, and nothing else of the daemon.
 *
 *	nft_owner [PUBLIC-ENDPOINT...]
 *
 * Says "ready" when all is there. Then each line of input is a change, answered
 * by "ok" or by what was wrong: "add ENDPOINT", "del ENDPOINT". At its end the
 * table and the route are taken away.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdio.h>
#include <string.h>

#include "nl/endpoint.h"
#include "nl/nft.h"
#include "nl/route.h"

static const struct nl_route_policy policy = {
	.family = AF_INET,
	.mark = 0x51000000,
	.mask = 0xff000000,
	.table = 5060,
};

static const struct nl_nft_conf conf = {
	.n_lans = 1,
	.lans = { "br-lan" },
	.n_wans = 1,
	.wans = { "wan0" },
	.n_sip_ports = 2,
	.sip_ports = { 5060, 5080 },
	.mark = 0x51000000,
	.mask = 0xff000000,
	.media = { 16384, 32767 },
	.guard = { 61000, 65535 },
};

static int change(struct nl_nft *nft, const char *verb, const char *text)
{
	struct sockaddr_storage address;
	struct nl_endpoint endpoint;
	int err;

	if (nl_endpoint_read(text, &endpoint))
		return -1;
	nl_endpoint_to(&endpoint, &address);
	err = strcmp(verb, "del") ? nl_nft_port_add(nft, IPPROTO_UDP, &address) :
				    nl_nft_port_del(nft, IPPROTO_UDP, &address);
	puts(err ? nl_nft_error(nft) : "ok");
	return err;
}

int main(int argc, char **argv)
{
	char verb[8], text[NL_ENDPOINT_TEXT_LEN];
	struct nl_nft *nft;
	int i, err;

	setlinebuf(stdout);
	err = nl_nft_open(&conf, &nft);
	if (err) {
		puts(nl_nft_error(nft));
		nl_nft_close(nft);
		return 1;
	}
	err = nl_route_add(&policy);
	for (i = 1; i < argc && !err; i++)
		err = change(nft, "add", argv[i]);
	if (!err)
		puts("ready");
	while (!err && scanf("%7s %53s", verb, text) == 2)
		change(nft, verb, text);
	if (err)
		printf("%s\n", strerror(-err));
	nl_nft_close(nft);
	return nl_route_del(&policy) || err;
}
