// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the router stands: which address it serves under, what it waits for,
 * and what is inside. Interfaces and their addresses are played by this file.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/place.h"
#include "nl/link.h"

/* The interfaces there are, each with one address or none */
static struct link {
	const char *ifname;
	uint32_t ifindex;
	const char *address;
	uint8_t len;
} links[2];

static struct sockaddr_storage address(const char *host)
{
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&storage;

	in->sin_family = AF_INET;
	assert_int_equal(inet_pton(AF_INET, host, &in->sin_addr), 1);
	return storage;
}

static const struct link *find(const char *ifname)
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (links[i].ifname && !strcmp(links[i].ifname, ifname))
			return &links[i];
	return NULL;
}

unsigned int if_nametoindex(const char *ifname)
{
	return find(ifname) ? find(ifname)->ifindex : 0;
}

int nl_link_address(const char *ifname, int family,
		    struct sockaddr_storage *result)
{
	const struct link *link = find(ifname);

	assert_int_equal(family, AF_INET);
	if (!link->address)
		return -EADDRNOTAVAIL;
	*result = address(link->address);
	return 0;
}

int nl_link_prefixes(const char *ifname, int family,
		     struct nl_prefix *prefixes, unsigned int max)
{
	const struct link *link = find(ifname);

	assert_int_equal(family, AF_INET);
	assert_true(max > 0);
	if (!link->address)
		return 0;
	prefixes[0].address = address(link->address);
	prefixes[0].len = link->len;
	return 1;
}

static struct conf conf = {
	.n_lans = 1,
	.lans = { { .ifname = "lan0" } },
	.wan = { .ifname = "wan0" },
};

static int set_up(void **state)
{
	(void)state;
	links[0] = (struct link){ "lan0", 3, "192.168.1.1", 24 };
	links[1] = (struct link){ "wan0", 2, "203.0.113.1", 29 };
	conf.lans[0].n_prefixes = 0;
	conf.wan.external.s_addr = INADDR_ANY;
	return 0;
}

static bool is_lan(const struct place *place, const char *host)
{
	const struct sockaddr_storage storage = address(host);

	return place_is_lan(place, &storage);
}

static void prefixes_are_the_interfaces_own(void **state)
{
	char why[PLACE_WHY_LEN];
	struct place place;

	(void)state;
	assert_int_equal(place_look(&conf, &place, why), 0);
	assert_int_equal(place.public.s_addr, inet_addr("203.0.113.1"));
	assert_int_equal(place.advertised.s_addr, place.public.s_addr);
	assert_true(is_lan(&place, "192.168.1.10"));
	assert_true(is_lan(&place, "192.168.1.254"));
	assert_false(is_lan(&place, "192.168.2.1"));
	assert_false(is_lan(&place, "203.0.113.1"));
	assert_false(is_lan(&place, "8.8.8.8"));
}

static void given_prefixes_replace_them(void **state)
{
	char why[PLACE_WHY_LEN];
	struct place place;

	(void)state;
	links[0].address = NULL;
	conf.lans[0].n_prefixes = 1;
	conf.lans[0].prefixes[0].address.s_addr = inet_addr("10.64.0.0");
	conf.lans[0].prefixes[0].len = 10;
	assert_int_equal(place_look(&conf, &place, why), 0);
	assert_true(is_lan(&place, "10.127.255.255"));
	assert_false(is_lan(&place, "10.128.0.0"));
	assert_false(is_lan(&place, "192.168.1.10"));
}

static void public_address_is_never_inside(void **state)
{
	char why[PLACE_WHY_LEN];
	struct place place;

	(void)state;
	links[0] = (struct link){ "lan0", 3, "203.0.113.9", 24 };
	assert_int_equal(place_look(&conf, &place, why), 0);
	assert_true(is_lan(&place, "203.0.113.10"));
	assert_false(is_lan(&place, "203.0.113.1"));
}

static void A24_private_wan_address_is_no_place(void **state)
{
	static const char *const inner[] = {
		"10.0.0.2", "172.16.0.1", "172.31.255.1", "192.168.0.2",
		"100.64.0.1", "100.127.255.254", "169.254.3.4",
	};
	static const char *const outer[] = {
		"9.255.255.255", "11.0.0.1", "172.15.0.1", "172.32.0.1",
		"192.167.0.1", "100.63.0.1", "100.128.0.1", "203.0.113.7",
	};
	char why[PLACE_WHY_LEN];
	struct place place;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(inner) / sizeof(inner[0]); i++) {
		links[1].address = inner[i];
		assert_int_equal(place_look(&conf, &place, why),
				 -EADDRNOTAVAIL);
		assert_non_null(strstr(why, inner[i]));
		assert_non_null(strstr(why, "external-address"));
	}
	for (i = 0; i < sizeof(outer) / sizeof(outer[0]); i++) {
		links[1].address = outer[i];
		assert_int_equal(place_look(&conf, &place, why), 0);
	}
}

static void external_address_is_advertised(void **state)
{
	char why[PLACE_WHY_LEN];
	struct place place;

	(void)state;
	links[1].address = "100.64.0.1";
	conf.wan.external.s_addr = inet_addr("198.51.100.1");
	assert_int_equal(place_look(&conf, &place, why), 0);
	assert_int_equal(place.public.s_addr, inet_addr("100.64.0.1"));
	assert_int_equal(place.advertised.s_addr, inet_addr("198.51.100.1"));
}

static void what_is_missing_is_said(void **state)
{
	char why[PLACE_WHY_LEN];
	struct place place;

	(void)state;
	links[1].address = NULL;
	assert_int_equal(place_look(&conf, &place, why), -EADDRNOTAVAIL);
	assert_string_equal(why, "wan0 has no address yet");
	links[1].ifname = NULL;
	assert_int_equal(place_look(&conf, &place, why), -ENODEV);
	assert_string_equal(why, "there is no interface wan0");
	links[0].address = NULL;
	assert_int_equal(place_look(&conf, &place, why), -EADDRNOTAVAIL);
	assert_string_equal(why,
			    "lan0 has no address yet, and no prefixes are given for it");
	links[0].ifname = NULL;
	assert_int_equal(place_look(&conf, &place, why), -ENODEV);
	assert_string_equal(why, "there is no interface lan0");
}

static void other_address_or_interface_is_another_place(void **state)
{
	char why[PLACE_WHY_LEN];
	struct place before, now;

	(void)state;
	assert_int_equal(place_look(&conf, &before, why), 0);
	/* Another network inside changes what is mapped, not how. */
	links[0].len = 16;
	assert_int_equal(place_look(&conf, &now, why), 0);
	assert_true(place_is_same(&before, &now));
	links[1].address = "203.0.113.2";
	assert_int_equal(place_look(&conf, &now, why), 0);
	assert_false(place_is_same(&before, &now));
	links[1].address = "203.0.113.1";
	links[1].ifindex = 9;
	assert_int_equal(place_look(&conf, &now, why), 0);
	assert_false(place_is_same(&before, &now));
	links[1].ifindex = 2;
	links[0].ifindex = 8;
	assert_int_equal(place_look(&conf, &now, why), 0);
	assert_false(place_is_same(&before, &now));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(prefixes_are_the_interfaces_own, set_up),
		cmocka_unit_test_setup(given_prefixes_replace_them, set_up),
		cmocka_unit_test_setup(public_address_is_never_inside, set_up),
		cmocka_unit_test_setup(A24_private_wan_address_is_no_place,
				       set_up),
		cmocka_unit_test_setup(external_address_is_advertised, set_up),
		cmocka_unit_test_setup(what_is_missing_is_said, set_up),
		cmocka_unit_test_setup(
			other_address_or_interface_is_another_place, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
