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

const char *conf_word_prefix(const char *word, struct conf_prefix *prefix)
{
	static const char expected[] =
		"expected an IPv4 prefix like \"192.168.1.0/24\"";
	const char *slash = strchr(word, '/');
	char text[INET_ADDRSTRLEN];
	struct in_addr address;
	unsigned long len;

	if (!slash || (size_t)(slash - word) >= sizeof(text))
		return expected;
	memcpy(text, word, slash - word);
	text[slash - word] = '\0';
	if (inet_pton(AF_INET, text, &address) != 1 ||
	    !number(slash + 1, 1, 32, &len))
		return expected;
	if (ntohl(address.s_addr) & ~(~0u << (32 - len)))
		return "expected a prefix whose host bits are 0";
	prefix->address = address;
	prefix->len = len;
	return NULL;
}

const char *conf_word_address(const char *word, struct in_addr *address)
{
	struct in_addr value;
	uint8_t first;

	if (inet_pton(AF_INET, word, &value) != 1)
		return "expected an IPv4 address like \"198.51.100.1\"";
	first = ntohl(value.s_addr) >> 24;
	if (first == 0 || first == IN_LOOPBACKNET || first >= 224)
		return "expected the address of one host on the internet";
	*address = value;
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

const char *conf_word_socket(const char *word, char *path)
{
	size_t len = strlen(word);

	if (*word != '/' || len >= CONF_SOCKET_LEN || word[len - 1] == '/')
		return "expected an absolute path of at most 107 characters";
	memcpy(path, word, len + 1);
	return NULL;
}
