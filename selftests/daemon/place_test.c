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

/* The interfaces there are, and their addresses */
static struct link {
	const char *ifname;
	uint32_t ifindex;
	struct {
		const char *text;
		uint8_t len;
		bool passing;
	} addresses[4];
} links[3];

#define LAN (&links[0])
#define WAN (&links[1])
#define WAN2 (&links[2])

static struct sockaddr_storage address(const char *text)
{
	struct sockaddr_storage storage = { 0 };

	storage.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	assert_int_equal(inet_pton(storage.ss_family, text,
		storage.ss_family == AF_INET6 ?
		(void *)&((struct sockaddr_in6 *)&storage)->sin6_addr :
		(void *)&((struct sockaddr_in *)&storage)->sin_addr), 1);
	return storage;
}

static const struct link *find(const char *ifname)
{
	size_t i;

	for (i = 0; i < 3; i++)
		if (links[i].ifname && !strcmp(links[i].ifname, ifname))
			return &links[i];
	return NULL;
}

unsigned int if_nametoindex(const char *ifname)
{
	return find(ifname) ? find(ifname)->ifindex : 0;
}

int nl_link_prefixes(const char *ifname, int family,
		     struct nl_prefix *prefixes, unsigned int max)
{
	const struct link *link = find(ifname);
	struct nl_prefix prefix;
	unsigned int i;
	int n = 0;

	for (i = 0; i < 4 && link->addresses[i].text; i++) {
		prefix.address = address(link->addresses[i].text);
		prefix.len = link->addresses[i].len;
		prefix.lasting = !link->addresses[i].passing;
		if (prefix.address.ss_family != family)
			continue;
		assert_in_range(n, 0, max - 1);
		prefixes[n++] = prefix;
	}
	return n;
}

static struct conf conf;

static int set_up(void **state)
{
	(void)state;
	links[0] = (struct link){ "lan0", 3, { { "192.168.1.1", 24, 0 } } };
	links[1] = (struct link){ "wan0", 2, { { "203.0.113.1", 29, 0 } } };
	links[2] = (struct link){ "wan1", 4, { { "198.51.100.1", 24, 0 } } };
	conf = (struct conf){
		.n_lans = 1,
		.lans = { { .ifname = "lan0" } },
		.n_wans = 1,
		.wans = { { .ifname = "wan0" }, { .ifname = "wan1" } },
	};
	return 0;
}

static bool is_lan(const struct place *place, const char *host)
{
	const struct sockaddr_storage storage = address(host);

	return place_is_lan(place, &storage);
}

static void assert_is(const struct sockaddr_storage *storage, const char *text)
{
	const struct sockaddr_storage same = address(text);

	assert_memory_equal(storage, &same, sizeof(same));
}

static int look(struct place *place)
{
	char why[PLACE_WHY_LEN];

	return place_look(&conf, NULL, place, why);
}

static void prefixes_are_the_interfaces_own(void **state)
{
	struct place place;

	(void)state;
	assert_int_equal(look(&place), 0);
	assert_is(&place.wans[0].egresses[PLACE_IPV4].public, "203.0.113.1");
	assert_is(&place.wans[0].egresses[PLACE_IPV4].advertised,
		  "203.0.113.1");
	assert_int_equal(place.wans[0].egresses[PLACE_IPV6].public.ss_family,
			 AF_UNSPEC);
	assert_string_equal(place.wans[0].why, "");
	assert_true(is_lan(&place, "192.168.1.10"));
	assert_true(is_lan(&place, "192.168.1.254"));
	assert_false(is_lan(&place, "192.168.2.1"));
	assert_false(is_lan(&place, "203.0.113.1"));
	assert_false(is_lan(&place, "8.8.8.8"));
}

static void given_prefixes_replace_them(void **state)
{
	const struct sockaddr_storage ten = address("10.64.0.0");
	struct place place;

	(void)state;
	LAN->addresses[0].text = NULL;
	conf.lans[0].n_prefixes = 1;
	conf.lans[0].prefixes[0] = conf_prefix_of(&ten, 10);
	assert_int_equal(look(&place), 0);
	assert_true(is_lan(&place, "10.127.255.255"));
	assert_false(is_lan(&place, "10.128.0.0"));
	assert_false(is_lan(&place, "192.168.1.10"));
}

static void assert_inside(const struct place *place, const char *host,
			  const char *own)
{
	struct sockaddr_storage lan = address(host), inside;
	struct sockaddr_storage expected = address(own);

	assert_true(place_inside(place, &lan, &inside));
	assert_memory_equal(&inside, &expected, sizeof(inside));
}

static void a_lan_host_has_us_under_our_own_address(void **state)
{
	struct sockaddr_storage host = address("172.16.0.9"), inside;
	struct place place;

	(void)state;
	LAN->addresses[1].text = "192.168.2.1";
	LAN->addresses[1].len = 24;
	LAN->addresses[2].text = "fd00::1";
	LAN->addresses[2].len = 64;
	assert_int_equal(look(&place), 0);
	assert_inside(&place, "192.168.1.77", "192.168.1.1");
	assert_inside(&place, "192.168.2.77", "192.168.2.1");
	assert_inside(&place, "fd00::77", "fd00::1");
	assert_false(place_inside(&place, &host, &inside));

	/* One behind another router */
	host = address("172.16.0.0");
	conf.lans[0].n_prefixes = 1;
	conf.lans[0].prefixes[0] = conf_prefix_of(&host, 12);
	assert_int_equal(look(&place), 0);
	assert_inside(&place, "172.16.0.9", "192.168.1.1");
	assert_inside(&place, "192.168.2.77", "192.168.2.1");
}

static void public_address_is_never_inside(void **state)
{
	struct place place;

	(void)state;
	LAN->addresses[0].text = "203.0.113.9";
	assert_int_equal(look(&place), 0);
	assert_true(is_lan(&place, "203.0.113.10"));
	assert_false(is_lan(&place, "203.0.113.1"));
}

static void A24_private_wan_address_is_no_place(void **state)
{
	static const char *const inner[] = {
		"10.0.0.2", "172.16.0.1", "172.31.255.1", "192.168.0.2",
		"100.64.0.1", "100.127.255.254", "169.254.3.4", "fd00::1",
		"fc01::1", "fec0::1",
	};
	static const char *const outer[] = {
		"9.255.255.255", "11.0.0.1", "172.15.0.1", "172.32.0.1",
		"192.167.0.1", "100.63.0.1", "100.128.0.1", "203.0.113.7",
		"2001:db8::1", "fe00::1",
	};
	char why[PLACE_WHY_LEN];
	struct place place;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(inner) / sizeof(inner[0]); i++) {
		WAN->addresses[0].text = inner[i];
		assert_int_equal(place_look(&conf, NULL, &place, why),
				 -ENETUNREACH);
		assert_non_null(strstr(why, inner[i]));
		assert_non_null(strstr(why, "external-address"));
	}
	for (i = 0; i < sizeof(outer) / sizeof(outer[0]); i++) {
		WAN->addresses[0].text = outer[i];
		assert_int_equal(look(&place), 0);
	}
}

static void external_address_is_advertised(void **state)
{
	struct place place;

	(void)state;
	WAN->addresses[0].text = "100.64.0.1";
	WAN->addresses[1].text = "fd00::1";
	conf.wans[0].external4 = address("198.51.100.1");
	conf.wans[0].external6 = address("2001:db8::1");
	assert_int_equal(look(&place), 0);
	assert_is(&place.wans[0].egresses[PLACE_IPV4].public, "100.64.0.1");
	assert_is(&place.wans[0].egresses[PLACE_IPV4].advertised,
		  "198.51.100.1");
	assert_is(&place.wans[0].egresses[PLACE_IPV6].public, "fd00::1");
	assert_is(&place.wans[0].egresses[PLACE_IPV6].advertised,
		  "2001:db8::1");
}

static void what_is_missing_is_said(void **state)
{
	char why[PLACE_WHY_LEN];
	struct place place;

	(void)state;
	WAN->addresses[0].text = NULL;
	assert_int_equal(place_look(&conf, NULL, &place, why), -EADDRNOTAVAIL);
	assert_string_equal(why, "wan0 has no address yet");
	WAN->ifname = NULL;
	assert_int_equal(place_look(&conf, NULL, &place, why), -ENODEV);
	assert_string_equal(why, "there is no interface wan0");
	LAN->addresses[0].text = NULL;
	assert_int_equal(place_look(&conf, NULL, &place, why), -EADDRNOTAVAIL);
	assert_string_equal(why,
			    "lan0 has no address yet, and no prefixes are given for it");
	LAN->ifname = NULL;
	assert_int_equal(place_look(&conf, NULL, &place, why), -ENODEV);
	assert_string_equal(why, "there is no interface lan0");
}

static void other_address_or_interface_is_another_place(void **state)
{
	struct place before, now;

	(void)state;
	assert_int_equal(look(&before), 0);
	/* Another network inside changes what is mapped, not how. */
	LAN->addresses[0].len = 16;
	assert_int_equal(look(&now), 0);
	assert_true(place_is_inside_same(&before, &now));
	assert_true(place_is_outside_same(&before, &now));
	WAN->addresses[0].text = "203.0.113.2";
	assert_int_equal(look(&now), 0);
	assert_false(place_is_outside_same(&before, &now));
	WAN->addresses[0].text = "203.0.113.1";
	WAN->ifindex = 9;
	assert_int_equal(look(&now), 0);
	assert_false(place_is_outside_same(&before, &now));
	WAN->ifindex = 2;
	assert_int_equal(look(&now), 0);
	assert_true(place_is_outside_same(&before, &now));
	LAN->ifindex = 8;
	assert_int_equal(look(&now), 0);
	assert_false(place_is_inside_same(&before, &now));
}

static void A23_one_wan_without_an_address_does_not_keep_back_others(void **state)
{
	struct place place;

	(void)state;
	conf.n_wans = 2;
	WAN->addresses[0].text = NULL;
	assert_int_equal(look(&place), 0);
	assert_string_equal(place.wans[0].why, "wan0 has no address yet");
	assert_string_equal(place.wans[1].why, "");
	assert_is(&place.wans[1].egresses[PLACE_IPV4].public, "198.51.100.1");
	WAN->ifname = NULL;
	assert_int_equal(look(&place), 0);
	assert_string_equal(place.wans[0].why, "there is no interface wan0");
}

static void A24_one_private_wan_is_left_alone(void **state)
{
	struct place place;

	(void)state;
	conf.n_wans = 2;
	WAN->addresses[0].text = "100.64.0.1";
	/* It may be served over IPv6, and its IPv4 is said to be left alone. */
	WAN->addresses[1].text = "2001:db8::1";
	assert_int_equal(look(&place), 0);
	assert_non_null(strstr(place.wans[0].why, "100.64.0.1"));
	assert_int_equal(place.wans[0].egresses[PLACE_IPV4].public.ss_family,
			 AF_UNSPEC);
	assert_is(&place.wans[0].egresses[PLACE_IPV6].public, "2001:db8::1");
	assert_string_equal(place.wans[1].why, "");
}

static void A25_the_address_that_lasts_is_taken(void **state)
{
	struct place place, now;
	char why[PLACE_WHY_LEN];

	(void)state;
	*WAN = (struct link){ "wan0", 2, {
		{ "fd00:9::1", 64, false },
		{ "2001:db8:1::bad", 64, true },
		{ "2001:db8:1::1", 64, false },
		{ "2001:db8:1::2", 64, false },
	} };
	assert_int_equal(look(&place), 0);
	assert_is(&place.wans[0].egresses[PLACE_IPV6].public, "2001:db8:1::1");
	assert_string_equal(place.wans[0].why, "");
	/* The kernel lists a new address first: it is not moved to. */
	WAN->addresses[1].passing = false;
	assert_int_equal(place_look(&conf, &place, &now, why), 0);
	assert_true(place_is_outside_same(&place, &now));
	WAN->addresses[2].passing = true;
	assert_int_equal(place_look(&conf, &place, &now, why), 0);
	assert_is(&now.wans[0].egresses[PLACE_IPV6].public, "2001:db8:1::bad");
	assert_false(place_is_outside_same(&place, &now));
}

static void A25_phones_that_the_world_can_answer_are_not_mapped(void **state)
{
	struct place place;

	(void)state;
	*LAN = (struct link){ "lan0", 3, {
		{ "fd00:1::1", 64, false }, { "2001:db8:7::1", 64, false },
	} };
	assert_int_equal(look(&place), 0);
	assert_true(is_lan(&place, "fd00:1::10"));
	assert_false(is_lan(&place, "fd00:2::10"));
	assert_false(is_lan(&place, "2001:db8:7::10"));
	conf.ipv6 = CONF_IPV6_ALWAYS;
	assert_int_equal(look(&place), 0);
	assert_true(is_lan(&place, "fd00:1::10"));
	assert_true(is_lan(&place, "2001:db8:7::10"));
	assert_false(is_lan(&place, "2001:db8:8::10"));
	conf.ipv6 = CONF_IPV6_NEVER;
	WAN->addresses[1].text = "2001:db8:1::1";
	assert_int_equal(look(&place), 0);
	assert_false(is_lan(&place, "fd00:1::10"));
	assert_int_equal(place.wans[0].egresses[PLACE_IPV6].public.ss_family,
			 AF_UNSPEC);
}

static void A25_mapped_networks_stay_apart(void **state)
{
	const struct sockaddr_storage any = address("::");
	const struct sockaddr_storage global = address("2001:db8:7::");
	const struct conf_prefix part = conf_prefix_of(&global, 48);
	const struct conf_prefix all = conf_prefix_of(&any, 0);
	struct place place;

	(void)state;
	*LAN = (struct link){ "lan0", 3, { { "2001:db8:7::1", 64, false } } };
	assert_int_equal(look(&place), 0);
	assert_false(is_lan(&place, "2001:db8:7::10"));
	place_map(&place, &part);
	assert_int_equal(place.n_mapped, 3);
	assert_true(is_lan(&place, "2001:db8:7::10"));
	place_map(&place, &part);
	assert_int_equal(place.n_mapped, 3);
	place_map(&place, &all);
	assert_int_equal(place.n_mapped, 1);
	assert_true(is_lan(&place, "2001:db8:7::10"));
	place_map(&place, &part);
	assert_int_equal(place.n_mapped, 1);
}

static bool keeps(const struct place *before, const struct place *now,
		  const char *text)
{
	const struct sockaddr_storage storage = address(text);

	return place_keeps(before, now, &storage);
}

static void D10_what_stands_on_a_kept_address_is_kept(void **state)
{
	struct place before, now;

	(void)state;
	conf.n_wans = 2;
	assert_int_equal(look(&before), 0);
	WAN->addresses[0].text = "203.0.113.2";
	assert_int_equal(look(&now), 0);
	assert_false(keeps(&before, &now, "203.0.113.1"));
	assert_true(keeps(&before, &now, "198.51.100.1"));
	conf.wans[1].external4 = address("192.0.2.1");
	assert_int_equal(look(&now), 0);
	assert_false(keeps(&before, &now, "198.51.100.1"));
}

static void egress_is_found_by_either_of_its_addresses(void **state)
{
	const struct sockaddr_storage public = address("198.51.100.1");
	const struct sockaddr_storage seen = address("192.0.2.1");
	const struct sockaddr_storage other = address("192.0.2.2");
	const struct sockaddr_storage other6 = address("2001:db8::1");
	struct place place;

	(void)state;
	conf.n_wans = 2;
	conf.wans[1].external4 = seen;
	assert_int_equal(look(&place), 0);
	assert_ptr_equal(place_egress_at(&place, &public),
			 &place.wans[1].egresses[PLACE_IPV4]);
	assert_ptr_equal(place_egress_at(&place, &seen),
			 &place.wans[1].egresses[PLACE_IPV4]);
	assert_null(place_egress_at(&place, &other));
	assert_null(place_egress_at(&place, &other6));
	assert_true(place_has(&place, &public));
	assert_false(place_has(&place, &seen));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(prefixes_are_the_interfaces_own, set_up),
		cmocka_unit_test_setup(given_prefixes_replace_them, set_up),
		cmocka_unit_test_setup(a_lan_host_has_us_under_our_own_address,
				       set_up),
		cmocka_unit_test_setup(public_address_is_never_inside, set_up),
		cmocka_unit_test_setup(A24_private_wan_address_is_no_place,
				       set_up),
		cmocka_unit_test_setup(external_address_is_advertised, set_up),
		cmocka_unit_test_setup(what_is_missing_is_said, set_up),
		cmocka_unit_test_setup(
			other_address_or_interface_is_another_place, set_up),
		cmocka_unit_test_setup(
			A23_one_wan_without_an_address_does_not_keep_back_others,
			set_up),
		cmocka_unit_test_setup(A24_one_private_wan_is_left_alone,
				       set_up),
		cmocka_unit_test_setup(A25_the_address_that_lasts_is_taken,
				       set_up),
		cmocka_unit_test_setup(
			A25_phones_that_the_world_can_answer_are_not_mapped,
			set_up),
		cmocka_unit_test_setup(A25_mapped_networks_stay_apart, set_up),
		cmocka_unit_test_setup(
			D10_what_stands_on_a_kept_address_is_kept, set_up),
		cmocka_unit_test_setup(
			egress_is_found_by_either_of_its_addresses, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
