// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rules of other tables, as nft and iptables-nft leave them in the kernel, and
 * what is made of them. In a network namespace of its own, with the real ones.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nl/nft_look.h"

static bool have_nft;
static bool have_iptables;

#define NEED(what) \
	do { \
		if (!(what)) \
			skip(); \
	} while (0)

/* What was shown, one rule a line */
static char shown[4096];

static void show(void *arg, const struct nl_rule *rule)
{
	static const char *const kinds[] = {
		[NL_RULE_FORWARDS] = "forwards",
		[NL_RULE_HELPS] = "helps",
		[NL_RULE_TRANSLATES] = "translates",
	};
	char *at = shown + strlen(shown), host[INET6_ADDRSTRLEN];
	const struct sockaddr_in6 *in6 = (void *)&rule->source.address;
	unsigned int i;

	(void)arg;
	assert_true(rule->handle > 0);
	at += sprintf(at, "%s %s/%s family %u protocol %u", kinds[rule->kind],
		      rule->table, rule->chain, rule->family, rule->protocol);
	for (i = 0; i < rule->n_dports; i++)
		at += sprintf(at, " %u-%u", rule->dports[i].min,
			      rule->dports[i].max);
	if (*rule->oifname)
		at += sprintf(at, " by %s", rule->oifname);
	if (rule->source.address.ss_family)
		at += sprintf(at, " from %s/%u",
			      inet_ntop(AF_INET6, &in6->sin6_addr, host,
					sizeof(host)), rule->source.len);
	if (rule->to.min)
		at += sprintf(at, " to %u-%u", rule->to.min, rule->to.max);
	strcpy(at, "\n");
}

/* Look at what @command has set up, and take it away again. */
static const char *look(const char *command)
{
	*shown = '\0';
	assert_int_equal(system(command), 0);
	assert_int_equal(nl_nft_look(show, NULL), 0);
	assert_int_equal(system("nft flush ruleset"), 0);
	return shown;
}

static void look_at(const char *expected, const char *chain, const char *rule)
{
	char command[1024];

	snprintf(command, sizeof(command),
		 "nft 'add table inet t; add set inet t ports { type inet_service; flags interval; elements = { 5060-5070, 7000 }; }; "
		 "add chain inet t c { type nat hook %s; policy accept; }; "
		 "add rule inet t c %s'", chain, rule);
	assert_string_equal(look(command), expected);
}

#define PRE "prerouting priority dstnat"
#define POST "postrouting priority srcnat"

static void forwarded_ports_are_found(void **state)
{
	(void)state;
	NEED(have_nft);
	look_at("forwards t/c family 2 protocol 17 5060-5060\n", PRE,
		"meta nfproto ipv4 udp dport 5060 dnat ip to 192.168.1.5");
	look_at("forwards t/c family 2 protocol 17 10000-20000\n", PRE,
		"iifname wan0 udp dport 10000-20000 dnat ip to 192.168.1.5:10000-20000");
	look_at("forwards t/c family 1 protocol 17 5060-5060\n", PRE,
		"udp dport 5060 redirect to :5080");
	look_at("forwards t/c family 2 protocol 0\n", PRE,
		"iifname wan0 dnat ip to 192.168.1.5");
	look_at("forwards t/c family 10 protocol 6 443-443\n", PRE,
		"tcp dport 443 dnat ip6 to fd00::5");
}

static void ports_may_be_in_a_set(void **state)
{
	(void)state;
	NEED(have_nft);
	look_at("forwards t/c family 1 protocol 17 7000-7000 5060-5070\n", PRE,
		"udp dport @ports redirect");
	look_at("forwards t/c family 2 protocol 17 5080-5080 5060-5061\n", PRE,
		"udp dport { 5060-5061, 5080 } dnat ip to 192.168.1.5");
}

static void other_ports_are_not_told_of(void **state)
{
	(void)state;
	NEED(have_nft);
	/* Not these: whatever ports they are, it may be any. */
	look_at("forwards t/c family 1 protocol 17\n", PRE,
		"udp dport != 5060 redirect");
	look_at("", PRE, "udp dport 5060 accept");
}

static void translated_sources_are_found(void **state)
{
	(void)state;
	NEED(have_nft);
	look_at("translates t/c family 1 protocol 0 by wan0\n", POST,
		"oifname wan0 masquerade");
	look_at("translates t/c family 2 protocol 17 by wan0 to 1024-65535\n",
		POST,
		"meta nfproto ipv4 meta l4proto udp oifname wan0 masquerade to :1024-65535");
	look_at("translates t/c family 10 protocol 0 by wan0 from fc00::/7\n",
		POST, "ip6 saddr fc00::/7 oifname wan0 masquerade");
	look_at("translates t/c family 10 protocol 0 from fd00:1::/64\n",
		POST, "ip6 saddr fd00:1::/64 snat ip6 to 2001:db8::1");
	/* A wildcard is no name */
	look_at("translates t/c family 1 protocol 0\n", POST,
		"oifname \"ppp*\" masquerade");
}

static void sip_helper_is_found_by_what_it_is(void **state)
{
	static const char helper[] =
		"nft 'add table inet t; "
		"add ct helper inet t voice { type \"%s\" protocol udp; }; "
		"add chain inet t c { type filter hook prerouting priority 0; }; "
		"add rule inet t c udp dport 5060 ct helper set \"voice\"' 2>/dev/null";
	char command[sizeof(helper) + 8];

	(void)state;
	NEED(have_nft);
	snprintf(command, sizeof(command), helper, "sip");
	/* The kernel may have no such helper. */
	if (system(command)) {
		assert_int_equal(system("nft flush ruleset"), 0);
		skip();
	}
	assert_string_equal(look("true"),
			    "helps t/c family 1 protocol 17 5060-5060\n");
	snprintf(command, sizeof(command), helper, "tftp");
	assert_string_equal(look(command), "");
}

static void our_own_table_is_not_looked_at(void **state)
{
	(void)state;
	NEED(have_nft);
	assert_string_equal(look("nft 'add table inet sipfast; "
		"add chain inet sipfast guard { type nat hook postrouting priority 99; }; "
		"add rule inet sipfast guard masquerade'"), "");
}

#define IPTABLES "iptables-nft -t nat -A "

static void rules_of_iptables_are_read(void **state)
{
	(void)state;
	NEED(have_iptables);
	assert_string_equal(look(IPTABLES
		"PREROUTING -i wan0 -p udp --dport 5060 -j DNAT --to 192.168.1.5"),
		"forwards nat/PREROUTING family 2 protocol 17 5060-5060\n");
	assert_string_equal(look(IPTABLES
		"PREROUTING -p udp -m multiport --dports 5060,7000:7010 -j REDIRECT"),
		"forwards nat/PREROUTING family 2 protocol 17 5060-5060 7000-7010\n");
	assert_string_equal(look(IPTABLES "POSTROUTING -o wan0 -j MASQUERADE"),
		"translates nat/POSTROUTING family 2 protocol 0 by wan0\n");
	assert_string_equal(look(IPTABLES
		"POSTROUTING -o wan0 -p udp -j MASQUERADE --to-ports 5000-6000"),
		"translates nat/POSTROUTING family 2 protocol 17 by wan0 to 5000-6000\n");
	assert_string_equal(look("ip6tables-nft -t nat -A "
		"POSTROUTING -s fd00:1::/64 -o wan0 -j MASQUERADE"),
		"translates nat/POSTROUTING family 10 protocol 0 by wan0 from fd00:1::/64\n");
}

static void prepare(void)
{
	have_nft = !geteuid() && !unshare(CLONE_NEWNET) &&
		!system("ip link set lo up && nft flush ruleset");
	have_iptables = have_nft &&
		!system("command -v iptables-nft >/dev/null && "
			"iptables-nft -t nat -L >/dev/null 2>&1") &&
		!system("nft flush ruleset");
	if (!have_iptables)
		printf("# some tests need root, nft and iptables-nft\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forwarded_ports_are_found),
		cmocka_unit_test(ports_may_be_in_a_set),
		cmocka_unit_test(other_ports_are_not_told_of),
		cmocka_unit_test(translated_sources_are_found),
		cmocka_unit_test(sip_helper_is_found_by_what_it_is),
		cmocka_unit_test(our_own_table_is_not_looked_at),
		cmocka_unit_test(rules_of_iptables_are_read),
	};

	prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
