// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The daemon's nft table as nft itself lists it: its sets and rules over both
 * families, and what changes when a WAN does. In a network namespace of its own.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nl/nft.h"

static bool have_nft;

static struct nl_nft_conf conf;
static struct nl_nft *nft;

/* What nft lists, with every run of blanks made one */
static char listed[32768];

static struct sockaddr_storage address(const char *host, uint16_t port)
{
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&storage;
	struct sockaddr_in *in = (struct sockaddr_in *)&storage;

	if (strchr(host, ':')) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		assert_int_equal(inet_pton(AF_INET6, host, &in6->sin6_addr), 1);
	} else {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		assert_int_equal(inet_pton(AF_INET, host, &in->sin_addr), 1);
	}
	return storage;
}

static void map(const char *host, uint8_t len)
{
	conf.mapped6[conf.n_mapped6++] = (struct nl_prefix){
		.address = address(host, 0),
		.len = len,
	};
}

static const char *list(void)
{
	FILE *pipe = popen("nft list table inet sipfast | tr -s '\\t\\n ' ' '",
			   "r");
	size_t len;

	assert_non_null(pipe);
	len = fread(listed, 1, sizeof(listed) - 1, pipe);
	listed[len] = '\0';
	assert_int_equal(pclose(pipe), 0);
	return listed;
}

static void assert_listed(const char *text)
{
	if (strstr(list(), text))
		return;
	fprintf(stderr, "# %s\n", listed);
	fail_msg("'%s' is not listed", text);
}

static void assert_not_listed(const char *text)
{
	if (strstr(list(), text))
		fail_msg("'%s' is listed", text);
}

static int set_up(void **state)
{
	(void)state;
	conf = (struct nl_nft_conf){
		.n_lans = 1, .lans = { "lan0" },
		.n_wans = 2, .wans = { "wan0", "wan1" },
		.n_wans6 = 1, .wans6 = { "wan1" },
		.n_sip_ports = 1, .sip_ports = { 5060 },
		.mark = 0x10000000, .mask = 0x10000000,
		.media = { 16384, 32767 }, .guard = { 61000, 65535 },
	};
	map("fc00::", 7);
	if (!have_nft)
		return 0;
	return nl_nft_open(&conf, &nft);
}

static int tear_down(void **state)
{
	(void)state;
	nl_nft_close(nft);
	nft = NULL;
	return 0;
}

#define NEED(what) \
	do { \
		if (!(what)) \
			skip(); \
	} while (0)

static void phones_of_both_families_are_diverted(void **state)
{
	(void)state;
	NEED(have_nft);
	assert_listed("iifname @lans meta nfproto ipv4 udp dport @sip_ports fib "
		      "daddr oifname @wans tproxy ip to 127.0.0.1 counter");
	assert_listed("iifname @lans udp dport @sip_ports ip6 saddr @mapped6 fib "
		      "daddr oifname @wans6 tproxy ip6 to [::1] counter");
	assert_listed("set mapped6 { type ipv6_addr flags interval elements = { fc00::/7 } }");
	assert_listed("set wans { type ifname elements = { \"wan0\", \"wan1\" } }");
	assert_listed("set wans6 { type ifname elements = { \"wan1\" } }");
}

static void guard_moves_only_what_is_translated(void **state)
{
	(void)state;
	NEED(have_nft);
	assert_listed("oifname @wans meta nfproto ipv4 udp sport @public_ports "
		      "counter packets 0 bytes 0 masquerade to :61000-65535");
	assert_listed("oifname @wans6 ip6 saddr @mapped6 udp sport @public_ports "
		      "counter packets 0 bytes 0 masquerade to :61000-65535");
}

static void endpoints_are_in_the_set_of_their_family(void **state)
{
	const struct sockaddr_storage four = address("203.0.113.1", 5071);
	const struct sockaddr_storage six = address("2001:db8::1", 5071);

	(void)state;
	NEED(have_nft);
	assert_int_equal(nl_nft_port_add(nft, IPPROTO_UDP, &four), 0);
	assert_int_equal(nl_nft_port_add(nft, IPPROTO_UDP, &six), 0);
	assert_listed("set public { type ipv4_addr . inet_service elements = { "
		      "203.0.113.1 . 5071 } }");
	assert_listed("set public6 { type ipv6_addr . inet_service elements = { "
		      "2001:db8::1 . 5071 } }");
	assert_listed("set public_ports { type inet_service elements = { 5071 } }");
	/* The port is still the other one's. */
	assert_int_equal(nl_nft_port_del(nft, IPPROTO_UDP, &four), 0);
	assert_listed("set public_ports { type inet_service elements = { 5071 } }");
	assert_int_equal(nl_nft_port_del(nft, IPPROTO_UDP, &six), 0);
	assert_listed("set public_ports { type inet_service }");
}

static void peers_at_other_ports_are_answered_by_us(void **state)
{
	const struct sockaddr_storage four = address("203.0.113.20", 40404);
	const struct sockaddr_storage six = address("2001:db8::20", 40404);

	(void)state;
	NEED(have_nft);
	assert_listed("iifname @lans ip daddr . udp dport @peers fib daddr "
		      "oifname @wans tproxy ip to 127.0.0.1:5060 counter");
	assert_listed("iifname @lans ip6 daddr . udp dport @peers6 ip6 saddr "
		      "@mapped6 fib daddr oifname @wans6 tproxy ip6 to "
		      "[::1]:5060 counter");
	assert_int_equal(nl_nft_peer_add(nft, &four), 0);
	assert_int_equal(nl_nft_peer_add(nft, &four), 0);
	assert_int_equal(nl_nft_peer_add(nft, &six), 0);
	assert_listed("set peers { type ipv4_addr . inet_service elements = { "
		      "203.0.113.20 . 40404 } }");
	assert_listed("set peers6 { type ipv6_addr . inet_service elements = { "
		      "2001:db8::20 . 40404 } }");
	assert_int_equal(nl_nft_peer_del(nft, &four), 0);
	assert_listed("set peers { type ipv4_addr . inet_service }");
	assert_int_equal(nl_nft_peer_del(nft, &four), -ENOENT);
}

static void tcp_has_sets_of_its_own(void **state)
{
	const struct sockaddr_storage four = address("203.0.113.1", 5071);

	(void)state;
	NEED(have_nft);
	assert_int_equal(nl_nft_port_add(nft, IPPROTO_TCP, &four), 0);
	assert_listed("set public { type ipv4_addr . inet_service }");
	assert_listed("set public_tcp { type ipv4_addr . inet_service elements = { "
		      "203.0.113.1 . 5071 } }");
	assert_int_equal(nl_nft_port_add(nft, IPPROTO_UDP, &four), 0);
	assert_int_equal(nl_nft_port_del(nft, IPPROTO_TCP, &four), 0);
	assert_listed("set public_tcp { type ipv4_addr . inet_service }");
	assert_listed("set public_ports { type inet_service elements = { 5071 } }");
	assert_int_equal(nl_nft_port_del(nft, IPPROTO_UDP, &four), 0);
	assert_listed("socket transparent 1");
}

static void move_changes_the_outside_and_no_more(void **state)
{
	const struct sockaddr_storage four = address("203.0.113.1", 5071);

	(void)state;
	NEED(have_nft);
	assert_int_equal(nl_nft_port_add(nft, IPPROTO_UDP, &four), 0);
	conf.n_wans = 1;
	conf.n_wans6 = 0;
	conf.n_mapped6 = 0;
	map("fd00:1::", 64);
	map("2001:db8::", 32);
	assert_int_equal(nl_nft_move(nft, &conf), 0);
	assert_listed("set wans { type ifname elements = { \"wan0\" } }");
	assert_listed("set wans6 { type ifname }");
	assert_listed("elements = { 2001:db8::/32, fd00:1::/64 } }");
	assert_listed("elements = { 203.0.113.1 . 5071 } }");
	conf.n_mapped6 = 0;
	map("::", 0);
	assert_int_equal(nl_nft_move(nft, &conf), 0);
	assert_listed("set mapped6 { type ipv6_addr flags interval elements = { ::/0 } }");
}

static void without_mapped_phones_ipv6_has_no_rules(void **state)
{
	(void)state;
	NEED(have_nft);
	nl_nft_close(nft);
	conf.n_mapped6 = 0;
	assert_int_equal(nl_nft_open(&conf, &nft), 0);
	assert_listed("tproxy ip to");
	assert_not_listed("meta nfproto ipv6");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(phones_of_both_families_are_diverted),
		TEST(guard_moves_only_what_is_translated),
		TEST(endpoints_are_in_the_set_of_their_family),
		TEST(peers_at_other_ports_are_answered_by_us),
		TEST(tcp_has_sets_of_its_own),
		TEST(move_changes_the_outside_and_no_more),
		TEST(without_mapped_phones_ipv6_has_no_rules),
	};

	have_nft = !geteuid() && !unshare(CLONE_NEWNET) &&
		!system("nft flush ruleset");
	if (!have_nft)
		printf("# some tests need root and nft\n");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
