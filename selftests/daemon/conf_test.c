// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The configuration file: defaults, values, and each kind of mistake with the
 * line it is on and what was expected there.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/conf.h"

#define LAN_WAN "lan \"br-lan\" { }\nwan \"wan0\" { }\n"

/* What conf_load() said, line by line */
struct said {
	unsigned int n;
	char text[4096];
};

static void hear(void *arg, const char *line)
{
	struct said *said = arg;

	said->n++;
	strncat(said->text, line, sizeof(said->text) - strlen(said->text) - 1);
	strncat(said->text, "\n", sizeof(said->text) - strlen(said->text) - 1);
}

/* Load @text from a file, whose name becomes "FILE" in what is said. */
static struct conf *load(const char *text, struct said *said)
{
	char path[] = "/tmp/sipfast-conf-XXXXXX";
	int fd = mkstemp(path);
	struct conf *conf;
	char *at;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	memset(said, 0, sizeof(*said));
	conf = conf_load(path, hear, said);
	unlink(path);
	while ((at = strstr(said->text, path))) {
		memmove(at + 4, at + strlen(path), strlen(at + strlen(path)) + 1);
		memcpy(at, "FILE", 4);
	}
	return conf;
}

static struct conf *load_good(const char *text)
{
	struct said said;
	struct conf *conf = load(text, &said);

	if (said.n)
		print_message("# %s", said.text);
	assert_int_equal(said.n, 0);
	assert_non_null(conf);
	return conf;
}

static void lan_and_wan_are_enough(void **state)
{
	struct conf *conf = load_good(LAN_WAN);

	(void)state;
	assert_int_equal(conf->n_lans, 1);
	assert_string_equal(conf->lans[0].ifname, "br-lan");
	assert_int_equal(conf->lans[0].n_prefixes, 0);
	assert_int_equal(conf->n_wans, 1);
	assert_string_equal(conf->wans[0].ifname, "wan0");
	assert_int_equal(conf->wans[0].external4.ss_family, AF_UNSPEC);
	assert_int_equal(conf->wans[0].external6.ss_family, AF_UNSPEC);
	assert_int_equal(conf->ipv6, CONF_IPV6_AUTO);
	assert_int_equal(conf->n_sip_ports, 1);
	assert_int_equal(conf->sip_ports[0], 5060);
	assert_int_equal(conf->signalling.min, 5062);
	assert_int_equal(conf->signalling.max, 6061);
	assert_int_equal(conf->media.min, 16384);
	assert_int_equal(conf->media.max, 32767);
	assert_int_equal(conf->guard.min, 61000);
	assert_int_equal(conf->guard.max, 65535);
	assert_int_equal(conf->fwmark & ~conf->fwmask, 0);
	assert_true(conf->fwmark && conf->table);
	assert_int_equal(conf->inbound, CONF_INBOUND_KNOWN);
	assert_int_equal(conf->learn, CONF_LEARN_SAME_ADDRESS);
	assert_int_equal(conf->ice, CONF_ICE_PASS);
	assert_int_equal(conf->auth_int, CONF_AUTH_INT_REWRITE);
	assert_int_equal(conf->route, CONF_MEDIA_REWRITE);
	assert_int_equal(conf->flood.messages, 1000);
	assert_int_equal(conf->flood.strangers, 20);
	assert_int_equal(conf->dscp, -1);
	assert_int_equal(conf->media_idle_s, 7200);
	assert_false(conf->keep_calls);
	assert_string_equal(conf->state, CONF_DEFAULT_STATE);
	assert_string_equal(conf->socket, CONF_DEFAULT_SOCKET);
	conf_free(conf);
}

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

static bool holds(const struct conf_prefix *prefix, const char *text)
{
	const struct sockaddr_storage storage = address(text);

	return conf_prefix_holds(prefix, &storage);
}

static void assert_is(const struct sockaddr_storage *storage, const char *text)
{
	const struct sockaddr_storage same = address(text);

	assert_memory_equal(storage, &same, sizeof(same));
}

static void every_option_is_taken(void **state)
{
	struct conf *conf = load_good(
		"# a comment\n"
		"lan \"br-lan\" { prefixes = {\"192.168.1.0/24\", \"10.1.0.0/16\"} }\n"
		"lan \"br-guest\" {\n\tprefixes = {\"fd00:2::/61\"}\n}\n"
		"wan \"wan0\" { external-address = \"198.51.100.1\" }\n"
		"wan \"wan1\" { external-address = {\"2001:db8::7\", "
		"\"198.51.100.2\"} }\n"
		"wan \"wan2\" { }\n"
		"ipv6 = always\n"
		"sip-ports = {5060, 5080}\n"
		"signalling-ports = \"7000-7099\"\n"
		"media-ports = 20000-29999\n"
		"guard-ports = \"50000-59999\"\n"
		"inbound = any\n"
		"learn = \"exact\"\n"
		"ice = insert\n"
		"media = anchor-both\n"
		"auth-int = bypass\n"
		"flood {\n\tmessages = 10\n\tmessages-burst = 20\n"
		"\tcalls = 1\n\tcalls-burst = 2\n\tmax-endpoints = 3\n"
		"\tmax-calls = 4\n\tstrangers = 5\n}\n"
		"dscp = \"EF\"\n"
		"media-idle = 600\n"
		"keep-calls = true\n"
		"mark = 0x200\n"
		"mark-mask = 0xff00\n"
		"table = 77\n"
		"state = \"/srv/other.db\"\n"
		"control-socket = \"/run/other.sock\"\n");

	(void)state;
	assert_int_equal(conf->n_lans, 2);
	assert_int_equal(conf->lans[0].n_prefixes, 2);
	assert_true(holds(&conf->lans[0].prefixes[1], "10.1.255.1"));
	assert_false(holds(&conf->lans[0].prefixes[1], "10.2.0.1"));
	assert_int_equal(conf->lans[0].prefixes[1].len, 16);
	assert_string_equal(conf->lans[1].ifname, "br-guest");
	assert_int_equal(conf->lans[1].n_prefixes, 1);
	assert_true(holds(&conf->lans[1].prefixes[0], "fd00:2:0:7::1"));
	assert_false(holds(&conf->lans[1].prefixes[0], "fd00:2:0:8::1"));
	assert_false(holds(&conf->lans[1].prefixes[0], "253.0.0.2"));
	assert_int_equal(conf->n_wans, 3);
	assert_is(&conf->wans[0].external4, "198.51.100.1");
	assert_int_equal(conf->wans[0].external6.ss_family, AF_UNSPEC);
	assert_is(&conf->wans[1].external4, "198.51.100.2");
	assert_is(&conf->wans[1].external6, "2001:db8::7");
	assert_string_equal(conf->wans[2].ifname, "wan2");
	assert_int_equal(conf->ipv6, CONF_IPV6_ALWAYS);
	assert_int_equal(conf->n_sip_ports, 2);
	assert_int_equal(conf->sip_ports[1], 5080);
	assert_int_equal(conf->signalling.max, 7099);
	assert_int_equal(conf->media.min, 20000);
	assert_int_equal(conf->guard.min, 50000);
	assert_int_equal(conf->inbound, CONF_INBOUND_ANY);
	assert_int_equal(conf->learn, CONF_LEARN_EXACT);
	assert_int_equal(conf->ice, CONF_ICE_INSERT);
	assert_int_equal(conf->auth_int, CONF_AUTH_INT_BYPASS);
	assert_int_equal(conf->route, CONF_MEDIA_ANCHOR_BOTH);
	assert_int_equal(conf->flood.messages, 10);
	assert_int_equal(conf->flood.messages_burst, 20);
	assert_int_equal(conf->flood.calls, 1);
	assert_int_equal(conf->flood.calls_burst, 2);
	assert_int_equal(conf->flood.max_endpoints, 3);
	assert_int_equal(conf->flood.max_calls, 4);
	assert_int_equal(conf->flood.strangers, 5);
	assert_int_equal(conf->dscp, 46);
	assert_int_equal(conf->media_idle_s, 600);
	assert_true(conf->keep_calls);
	assert_int_equal(conf->fwmark, 0x200);
	assert_int_equal(conf->fwmask, 0xff00);
	assert_int_equal(conf->table, 77);
	assert_string_equal(conf->state, "/srv/other.db");
	assert_string_equal(conf->socket, "/run/other.sock");
	conf_free(conf);
}

static void dscp_may_be_a_number(void **state)
{
	struct conf *conf = load_good(LAN_WAN "dscp = 63\n");

	(void)state;
	assert_int_equal(conf->dscp, 63);
	conf_free(conf);
	conf = load_good(LAN_WAN "dscp = keep\n");
	assert_int_equal(conf->dscp, -1);
	conf_free(conf);
}

/* One file with one mistake, and what is said about it */
static const struct mistake {
	const char *text;
	const char *said;
} mistakes[] = {
	/* grammar */
	{ LAN_WAN "colour = red\n", "FILE:3: no such option 'colour'" },
	{ LAN_WAN "wan \"wan1\" { mtu = 3 }\n", "FILE:3: no such option "
	  "'mtu'" },
	{ LAN_WAN "dscp 46\n",
	  "FILE:3: missing equal sign after option 'dscp'" },
	{ LAN_WAN "dscp = {46}\n", "FILE:3: unexpected token '{'" },
	{ "lan { }\n", "FILE:1: missing title for section 'lan'" },
	{ LAN_WAN "}\n", "FILE:3: unexpected closing brace" },
	{ "wan \"wan0\" {\nexternal-address =", "FILE:2: premature end of "
	  "file" },
	{ LAN_WAN "inbound = \"any\n", "FILE:4: premature end of file" },
	/* interfaces */
	{ "wan \"wan0\" { }\n",
	  "FILE:2: expected a section lan \"INTERFACE\" { }" },
	{ "lan \"lan0\" { }\n",
	  "FILE:2: expected a section wan \"INTERFACE\" { }" },
	{ LAN_WAN "lan \"br-lan\" { }\n",
	  "FILE:3: found duplicate title 'br-lan'" },
	{ LAN_WAN "wan \"wan0\" { }\n",
	  "FILE:3: found duplicate title 'wan0'" },
	{ "lan \"l\" { }\nwan \"w0\" { }\nwan \"w1\" { }\nwan \"w2\" { }\n"
	  "wan \"w3\" { }\nwan \"w4\" { }\nwan \"w5\" { }\nwan \"w6\" { }\n"
	  "wan \"w7\" { }\nwan \"w8\" { }\n",
	  "FILE:10: expected at most 8 wan sections" },
	{ "lan \"eth0\" { }\nwan \"eth0\" { }\n",
	  "FILE:3: expected different interfaces: \"eth0\" is both lan and "
	  "wan" },
	{ LAN_WAN "lan \"a-name-too-long-for-one\" { }\n",
	  "FILE:3: lan: expected the name of an interface (1 to 15 "
	  "characters, no '/', no blank), not \"a-name-too-long-for-one\"" },
	{ "lan \"br-lan\" { }\nwan \"a/b\" { }\n",
	  "FILE:2: wan: expected the name of an interface (1 to 15 "
	  "characters, no '/', no blank), not \"a/b\"\n"
	  "FILE:3: expected a section wan \"INTERFACE\" { }" },
	/* addresses */
	{ "wan \"wan0\" { }\nlan \"l\" {\nprefixes = {\"192.168.1/24\"} }\n",
	  "FILE:3: prefixes: expected a prefix like \"192.168.1.0/24\" or "
	  "\"fd00:1::/64\", not \"192.168.1/24\"" },
	{ "wan \"wan0\" { }\nlan \"l\" {\nprefixes = {\"192.168.1.0/33\"}\n}\n",
	  "FILE:3: prefixes: expected a prefix like \"192.168.1.0/24\" or "
	  "\"fd00:1::/64\", not \"192.168.1.0/33\"" },
	{ "wan \"wan0\" { }\nlan \"l\" {\nprefixes = {\"fd00:1::/129\"}\n}\n",
	  "FILE:3: prefixes: expected a prefix like \"192.168.1.0/24\" or "
	  "\"fd00:1::/64\", not \"fd00:1::/129\"" },
	{ "wan \"wan0\" { }\nlan \"l\" { prefixes = {\"fd00:1::1/64\"} }\n",
	  "FILE:2: prefixes: expected a prefix whose host bits are 0, not "
	  "\"fd00:1::1/64\"" },
	{ "wan \"wan0\" { }\nlan \"l\" { prefixes = {\"192.168.1.1/24\"} }\n",
	  "FILE:2: prefixes: expected a prefix whose host bits are 0, not "
	  "\"192.168.1.1/24\"" },
	{ "lan \"l\" { }\nwan \"wan0\" {\n\texternal-address = \"example.com\"\n}\n",
	  "FILE:3: external-address: expected an address like "
	  "\"198.51.100.1\" or \"2001:db8::1\", not \"example.com\"" },
	{ "lan \"l\" { }\nwan \"w\" { external-address = \"127.0.0.1\" }\n",
	  "FILE:2: external-address: expected the address of one host on the "
	  "internet, not \"127.0.0.1\"" },
	{ "lan \"l\" { }\nwan \"w\" { external-address = \"224.0.0.1\" }\n",
	  "FILE:2: external-address: expected the address of one host on the "
	  "internet, not \"224.0.0.1\"" },
	{ "lan \"l\" { }\nwan \"w\" { external-address = \"fe80::1\" }\n",
	  "FILE:2: external-address: expected the address of one host on the "
	  "internet, not \"fe80::1\"" },
	{ "lan \"l\" { }\nwan \"w\" { external-address = {\"1.2.3.4\",\n"
	  "\"1.2.3.5\"} }\n",
	  "FILE:3: external-address: expected one address of each family, "
	  "not \"1.2.3.5\"" },
	/* ports */
	{ LAN_WAN "sip-ports = {5060, 0}\n",
	  "FILE:3: sip-ports: expected a port, 1 to 65535, not \"0\"" },
	{ LAN_WAN "sip-ports = {65536}\n",
	  "FILE:3: sip-ports: expected a port, 1 to 65535, not \"65536\"" },
	{ LAN_WAN "sip-ports = {sip}\n",
	  "FILE:3: sip-ports: expected a port, 1 to 65535, not \"sip\"" },
	{ LAN_WAN "sip-ports = {-1}\n",
	  "FILE:3: sip-ports: expected a port, 1 to 65535, not \"-1\"" },
	{ LAN_WAN "sip-ports = {}\n",
	  "FILE:4: sip-ports: expected at least one port" },
	{ LAN_WAN "sip-ports = {5060, 5060}\n",
	  "FILE:3: expected each of sip-ports once: 5060 is there twice" },
	{ LAN_WAN "sip-ports = {1,2,3,4,5,6,7,8,9}\n",
	  "FILE:3: sip-ports: expected at most 8 ports, not \"9\"" },
	{ LAN_WAN "media-ports = \"16384\"\n",
	  "FILE:3: media-ports: expected a range of ports, 1 to 65535, like "
	  "\"16384-32767\", not \"16384\"" },
	{ LAN_WAN "media-ports = \"16384-99999\"\n",
	  "FILE:3: media-ports: expected a range of ports, 1 to 65535, like "
	  "\"16384-32767\", not \"16384-99999\"" },
	{ LAN_WAN "media-ports = \"0-20000\"\n",
	  "FILE:3: media-ports: expected a range of ports, 1 to 65535, like "
	  "\"16384-32767\", not \"0-20000\"" },
	{ LAN_WAN "media-ports = \"32767-16384\"\n",
	  "FILE:3: media-ports: expected the lower port first, not "
	  "\"32767-16384\"" },
	{ LAN_WAN "media-ports = \"20001-20002\"\n",
	  "FILE:3: expected media-ports with an even port and the next one" },
	{ LAN_WAN "\nmedia-ports = \"6000-7000\"\n",
	  "FILE:4: expected ranges apart: signalling-ports 5062-6061 and "
	  "media-ports 6000-7000 overlap" },
	{ LAN_WAN "media-ports = \"40000-61000\"\n",
	  "FILE:3: expected ranges apart: media-ports 40000-61000 and "
	  "guard-ports 61000-65535 overlap" },
	{ LAN_WAN "guard-ports = \"10000-20000\"\n"
	  "signalling-ports = \"9000-10000\"\n"
	  "media-ports = \"30000-40000\"\n",
	  "FILE:4: expected ranges apart: signalling-ports 9000-10000 and "
	  "guard-ports 10000-20000 overlap" },
	/* words */
	{ LAN_WAN "ipv6 = yes\n",
	  "FILE:3: ipv6: expected \"auto\", \"always\" or \"never\", not "
	  "\"yes\"" },
	{ LAN_WAN "inbound = none\n",
	  "FILE:3: inbound: expected \"known\" or \"any\", not \"none\"" },
	{ LAN_WAN "learn = off\n",
	  "FILE:3: learn: expected \"exact\", \"same-address\" or "
	  "\"learn-once\", not \"off\"" },
	{ LAN_WAN "auth-int = pass\n",
	  "FILE:3: auth-int: expected \"rewrite\" or \"bypass\", not "
	  "\"pass\"" },
	{ LAN_WAN "ice = on\n",
	  "FILE:3: ice: expected \"pass\", \"anchor\" or \"insert\", not "
	  "\"on\"" },
	{ LAN_WAN "media = relay\n",
	  "FILE:3: media: expected \"rewrite\" or \"anchor-both\", not "
	  "\"relay\"" },
	{ LAN_WAN "flood {\n\tcalls = 0\n}\n",
	  "FILE:4: calls: expected a number, 1 to 1000000, not \"0\"" },
	{ LAN_WAN "dscp = 64\n",
	  "FILE:3: dscp: expected \"keep\", 0 to 63, or a name like \"EF\", "
	  "not \"64\"" },
	{ LAN_WAN "media-idle = 5\n",
	  "FILE:3: media-idle: expected seconds, 30 to 604800, not \"5\"" },
	{ LAN_WAN "media-idle = 2h\n",
	  "FILE:3: media-idle: expected seconds, 30 to 604800, not \"2h\"" },
	{ LAN_WAN "keep-calls = maybe\n",
	  "FILE:3: keep-calls: expected true or false, not \"maybe\"" },
	{ LAN_WAN "mark = 0\n",
	  "FILE:3: mark: expected a packet mark, 0x1 to 0xffffffff, not "
	  "\"0\"" },
	{ LAN_WAN "mark = 0x100000000\n",
	  "FILE:3: mark: expected a packet mark, 0x1 to 0xffffffff, not "
	  "\"0x100000000\"" },
	{ LAN_WAN "mark-mask = 0x7\nmark = 0x9\n",
	  "FILE:4: expected a mark inside mark-mask: 0x9 is not inside 0x7" },
	{ LAN_WAN "table = 254\n",
	  "FILE:3: table: expected the number of a routing table of our own, "
	  "not 253 to 255, not \"254\"" },
	{ LAN_WAN "state = \"sipfastd.db\"\n",
	  "FILE:3: state: expected an absolute path of at most 255 "
	  "characters, not \"sipfastd.db\"" },
	{ LAN_WAN "control-socket = \"run/sock\"\n",
	  "FILE:3: control-socket: expected an absolute path of at most 107 "
	  "characters, not \"run/sock\"" },
	{ LAN_WAN "dscp = 1\ndscp = 2\n",
	  "FILE:4: expected dscp once: it is on line 3 already" },
	{ LAN_WAN "sip-ports = {5060}\nsip-ports = {5061}\n",
	  "FILE:4: expected sip-ports once: it is on line 3 already" },
};

static void each_mistake_is_said_with_its_line(void **state)
{
	struct said said;
	char line[512];
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		assert_null(load(mistakes[i].text, &said));
		snprintf(line, sizeof(line), "%s\n", mistakes[i].said);
		if (!strcmp(said.text, line))
			continue;
		print_message("# expected: %s# but heard: %s", line,
			      said.text);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void all_mistakes_are_said_in_one_run(void **state)
{
	struct said said;

	(void)state;
	assert_null(load("lan \"br-lan\" { }\ndscp = 64\n\nlearn = never\n",
			 &said));
	assert_int_equal(said.n, 3);
	assert_non_null(strstr(said.text, "FILE:2: dscp"));
	assert_non_null(strstr(said.text, "FILE:4: learn"));
	assert_non_null(strstr(said.text, "expected a section wan"));
}

static void unreadable_file_says_why(void **state)
{
	struct said said = { 0 };

	(void)state;
	assert_null(conf_load("/nonexistent/sipfastd.conf", hear, &said));
	assert_string_equal(said.text,
			    "/nonexistent/sipfastd.conf: No such file or directory\n");
	memset(&said, 0, sizeof(said));
	assert_null(conf_load("/", hear, &said));
	assert_string_equal(said.text, "/: Is a directory\n");
}

static void rubbish_is_a_mistake(void **state)
{
	char rubbish[4096];
	struct said said;
	unsigned int i, round;

	(void)state;
	srand(1);
	for (round = 0; round < 200; round++) {
		for (i = 0; i < sizeof(rubbish) - 1; i++)
			rubbish[i] = 1 + rand() % 255;
		rubbish[i] = '\0';
		assert_null(load(rubbish, &said));
		assert_true(said.n >= 1);
	}
}

/* The example that is installed is right as it stands. */
static void installed_example_is_right(void **state)
{
	struct said said = { 0 };
	struct conf *conf = conf_load("daemon/sipfastd.conf", hear, &said);

	(void)state;
	if (said.n)
		print_message("# %s", said.text);
	assert_non_null(conf);
	assert_string_equal(conf->wans[0].ifname, "wan");
	conf_free(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lan_and_wan_are_enough),
		cmocka_unit_test(every_option_is_taken),
		cmocka_unit_test(dscp_may_be_a_number),
		cmocka_unit_test(each_mistake_is_said_with_its_line),
		cmocka_unit_test(all_mistakes_are_said_in_one_run),
		cmocka_unit_test(unreadable_file_says_why),
		cmocka_unit_test(rubbish_is_a_mistake),
		cmocka_unit_test(installed_example_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
