// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The words of the configuration file: ports, ranges, addresses, names.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/draft.h"

/* Route tables that the kernel fills itself: linux/rtnetlink.h */
#define TABLE_DEFAULT	253
#define TABLE_LOCAL	255

#define COUNT_MAX	1000000

#define IDLE_MIN_S	30
#define IDLE_MAX_S	(7 * 24 * 3600)

/* The DSCP names of RFC 4594 that voice is given */
static const struct { const char *name; int dscp; } dscp_names[] = {
	{ "keep", -1 }, { "EF", 46 }, { "CS5", 40 }, { "CS4", 32 },
	{ "CS3", 24 }, { "AF41", 34 }, { "AF31", 26 }, { "CS0", 0 },
};

/*
 * A whole number between @min and @max, with strtoul()'s prefixes. strtoul()
 * would take a sign and leading blanks too; here they are mistakes.
 */
static bool number(const char *word, unsigned long min, unsigned long max,
		   unsigned long *value)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	errno = 0;
	n = strtoul(word, &end, 0);
	if (errno || *end || n < min || n > max)
		return false;
	*value = n;
	return true;
}

const char *conf_word_ifname(const char *word, char *ifname)
{
	static const char expected[] =
		"expected the name of an interface (1 to 15 characters, no '/', no blank)";
	size_t len = strlen(word);
	size_t i;

	if (!len || len >= IF_NAMESIZE || !strcmp(word, ".") ||
	    !strcmp(word, ".."))
		return expected;
	for (i = 0; i < len; i++)
		if (word[i] == '/' || isspace((unsigned char)word[i]))
			return expected;
	memcpy(ifname, word, len + 1);
	return NULL;
}

/* An address of either family; false where @text is none. */
static bool address(const char *text, struct sockaddr_storage *storage)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)storage;
	struct sockaddr_in *in = (struct sockaddr_in *)storage;

	memset(storage, 0, sizeof(*storage));
	storage->ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(storage->ss_family, text,
			 storage->ss_family == AF_INET6 ?
			 (void *)&in6->sin6_addr : (void *)&in->sin_addr) == 1;
}

const char *conf_word_prefix(const char *word, struct conf_prefix *prefix)
{
	static const char expected[] =
		"expected a prefix like \"192.168.1.0/24\" or \"fd00:1::/64\"";
	const char *slash = strchr(word, '/');
	struct sockaddr_storage storage;
	struct conf_prefix whole, value;
	char text[INET6_ADDRSTRLEN];
	unsigned long len;

	if (!slash || (size_t)(slash - word) >= sizeof(text))
		return expected;
	memcpy(text, word, slash - word);
	text[slash - word] = '\0';
	if (!address(text, &storage) ||
	    !number(slash + 1, 1, storage.ss_family == AF_INET6 ? 128 : 32,
		    &len))
		return expected;
	whole = conf_prefix_of(&storage, 128);
	value = conf_prefix_of(&storage, len);
	if (memcmp(whole.address, value.address, sizeof(value.address)))
		return "expected a prefix whose host bits are 0";
	*prefix = value;
	return NULL;
}

/* Neither this host's own nor a group's, nor good on one link alone. */
static bool is_a_hosts(const struct sockaddr_storage *storage)
{
	const struct in6_addr *in6 =
		&((const struct sockaddr_in6 *)storage)->sin6_addr;
	uint8_t first;

	if (storage->ss_family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(in6) &&
		       !IN6_IS_ADDR_LOOPBACK(in6) &&
		       !IN6_IS_ADDR_MULTICAST(in6) &&
		       !IN6_IS_ADDR_LINKLOCAL(in6);
	first = ntohl(((const struct sockaddr_in *)storage)->sin_addr.s_addr)
		>> 24;
	return first != 0 && first != IN_LOOPBACKNET && first < 224;
}

const char *conf_word_address(const char *word,
			      struct sockaddr_storage *storage)
{
	struct sockaddr_storage value;

	if (!address(word, &value))
		return "expected an address like \"198.51.100.1\" or \"2001:db8::1\"";
	if (!is_a_hosts(&value))
		return "expected the address of one host on the internet";
	*storage = value;
	return NULL;
}

const char *conf_word_port(const char *word, uint16_t *port)
{
	unsigned long value;

	if (!number(word, 1, UINT16_MAX, &value))
		return "expected a port, 1 to 65535";
	*port = value;
	return NULL;
}

const char *conf_word_range(const char *word, struct conf_range *range)
{
	static const char expected[] =
		"expected a range of ports, 1 to 65535, like \"16384-32767\"";
	const char *dash = strchr(word, '-');
	unsigned long min, max;
	char text[8];

	if (!dash || (size_t)(dash - word) >= sizeof(text))
		return expected;
	memcpy(text, word, dash - word);
	text[dash - word] = '\0';
	if (!number(text, 1, UINT16_MAX, &min) ||
	    !number(dash + 1, 1, UINT16_MAX, &max))
		return expected;
	if (min > max)
		return "expected the lower port first";
	range->min = min;
	range->max = max;
	return NULL;
}

const char *conf_word_ipv6(const char *word, enum conf_ipv6 *ipv6)
{
	if (!strcmp(word, "auto"))
		*ipv6 = CONF_IPV6_AUTO;
	else if (!strcmp(word, "always"))
		*ipv6 = CONF_IPV6_ALWAYS;
	else if (!strcmp(word, "never"))
		*ipv6 = CONF_IPV6_NEVER;
	else
		return "expected \"auto\", \"always\" or \"never\"";
	return NULL;
}

const char *conf_word_inbound(const char *word, enum conf_inbound *inbound)
{
	if (!strcmp(word, "known"))
		*inbound = CONF_INBOUND_KNOWN;
	else if (!strcmp(word, "any"))
		*inbound = CONF_INBOUND_ANY;
	else
		return "expected \"known\" or \"any\"";
	return NULL;
}

const char *conf_word_learn(const char *word, enum conf_learn *learn)
{
	if (!strcmp(word, "exact"))
		*learn = CONF_LEARN_EXACT;
	else if (!strcmp(word, "same-address"))
		*learn = CONF_LEARN_SAME_ADDRESS;
	else if (!strcmp(word, "learn-once"))
		*learn = CONF_LEARN_ONCE;
	else
		return "expected \"exact\", \"same-address\" or \"learn-once\"";
	return NULL;
}

const char *conf_word_ice(const char *word, enum conf_ice *ice)
{
	if (!strcmp(word, "pass"))
		*ice = CONF_ICE_PASS;
	else if (!strcmp(word, "anchor"))
		*ice = CONF_ICE_ANCHOR;
	else if (!strcmp(word, "insert"))
		*ice = CONF_ICE_INSERT;
	else
		return "expected \"pass\", \"anchor\" or \"insert\"";
	return NULL;
}

const char *conf_word_auth_int(const char *word, enum conf_auth_int *auth_int)
{
	if (!strcmp(word, "rewrite"))
		*auth_int = CONF_AUTH_INT_REWRITE;
	else if (!strcmp(word, "bypass"))
		*auth_int = CONF_AUTH_INT_BYPASS;
	else
		return "expected \"rewrite\" or \"bypass\"";
	return NULL;
}

const char *conf_word_media(const char *word, enum conf_media *media)
{
	if (!strcmp(word, "rewrite"))
		*media = CONF_MEDIA_REWRITE;
	else if (!strcmp(word, "anchor-both"))
		*media = CONF_MEDIA_ANCHOR_BOTH;
	else
		return "expected \"rewrite\" or \"anchor-both\"";
	return NULL;
}

const char *conf_word_count(const char *word, uint32_t *count)
{
	unsigned long value;

	if (!number(word, 1, COUNT_MAX, &value))
		return "expected a number, 1 to 1000000";
	*count = value;
	return NULL;
}

const char *conf_word_dscp(const char *word, int *dscp)
{
	unsigned long value;
	size_t i;

	for (i = 0; i < sizeof(dscp_names) / sizeof(dscp_names[0]); i++) {
		if (!strcmp(word, dscp_names[i].name)) {
			*dscp = dscp_names[i].dscp;
			return NULL;
		}
	}
	if (!number(word, 0, 63, &value))
		return "expected \"keep\", 0 to 63, or a name like \"EF\"";
	*dscp = value;
	return NULL;
}

const char *conf_word_idle(const char *word, uint32_t *seconds)
{
	unsigned long value;

	if (!number(word, IDLE_MIN_S, IDLE_MAX_S, &value))
		return "expected seconds, 30 to 604800";
	*seconds = value;
	return NULL;
}

const char *conf_word_bool(const char *word, bool *value)
{
	if (!strcmp(word, "true") || !strcmp(word, "yes"))
		*value = true;
	else if (!strcmp(word, "false") || !strcmp(word, "no"))
		*value = false;
	else
		return "expected true or false";
	return NULL;
}

const char *conf_word_mark(const char *word, uint32_t *mark)
{
	unsigned long value;

	if (!number(word, 1, UINT32_MAX, &value))
		return "expected a packet mark, 0x1 to 0xffffffff";
	*mark = value;
	return NULL;
}

const char *conf_word_table(const char *word, uint32_t *table)
{
	unsigned long value;

	if (!number(word, 1, UINT32_MAX, &value) ||
	    (value >= TABLE_DEFAULT && value <= TABLE_LOCAL))
		return "expected the number of a routing table of our own, not 253 to 255";
	*table = value;
	return NULL;
}

static bool is_file(const char *word, size_t size)
{
	size_t len = strlen(word);

	return *word == '/' && len < size && word[len - 1] != '/';
}

const char *conf_word_path(const char *word, char *path)
{
	if (!is_file(word, CONF_PATH_LEN))
		return "expected an absolute path of at most 255 characters";
	strcpy(path, word);
	return NULL;
}

const char *conf_word_socket(const char *word, char *path)
{
	if (!is_file(word, CONF_SOCKET_LEN))
		return "expected an absolute path of at most 107 characters";
	strcpy(path, word);
	return NULL;
}
