/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration while it is being read: what stands in it so far, and where.
 *
 * conf.c walks the file, word.c turns its words into values, check.c judges the
 * whole. Each mistake is said at once and counted, so that one run shows all of
 * them.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_CONF_DRAFT_H
#define SIPFAST_DAEMON_CONF_DRAFT_H

#include "conf/conf.h"

/** enum conf_key - the options outside sections, in the order of the manual */
enum conf_key {
	CONF_SIP_PORTS,
	CONF_IPV6,
	CONF_SIGNALLING_PORTS,
	CONF_MEDIA_PORTS,
	CONF_GUARD_PORTS,
	CONF_INBOUND,
	CONF_LEARN,
	CONF_ICE,
	CONF_MEDIA,
	CONF_AUTH_INT,
	CONF_DSCP,
	CONF_MEDIA_IDLE,
	CONF_KEEP_CALLS,
	CONF_MARK,
	CONF_MARK_MASK,
	CONF_TABLE,
	CONF_STATE,
	CONF_CONTROL_SOCKET,
	CONF_N_KEYS,
};

/**
 * struct conf_draft - a configuration in the making
 * @conf: its values; what was not given has its default
 * @lines: where each option stands, 0 where it was not given
 * @last_line: where the file ends
 * @mistakes: how many were said
 * @say: as given to conf_load()
 * @arg: for @say
 */
struct conf_draft {
	struct conf *conf;
	int lines[CONF_N_KEYS];
	int last_line;
	unsigned int mistakes;
	void (*say)(void *arg, const char *line);
	void *arg;
};

/** conf_mistake() - say and count one; @line 0 stands for the whole file */
void conf_mistake(struct conf_draft *draft, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** conf_check() - judge whether the parts fit together */
void conf_check(struct conf_draft *draft);

/*
 * Words into values. Each takes one word and returns NULL, or what was expected
 * instead of it; the value is untouched then.
 */
const char *conf_word_ifname(const char *word, char *ifname);
const char *conf_word_prefix(const char *word, struct conf_prefix *prefix);
const char *conf_word_address(const char *word,
			      struct sockaddr_storage *address);
const char *conf_word_port(const char *word, uint16_t *port);
const char *conf_word_range(const char *word, struct conf_range *range);
const char *conf_word_ipv6(const char *word, enum conf_ipv6 *ipv6);
const char *conf_word_inbound(const char *word, enum conf_inbound *inbound);
const char *conf_word_learn(const char *word, enum conf_learn *learn);
const char *conf_word_ice(const char *word, enum conf_ice *ice);
const char *conf_word_auth_int(const char *word, enum conf_auth_int *auth_int);
const char *conf_word_media(const char *word, enum conf_media *media);
const char *conf_word_count(const char *word, uint32_t *count);
const char *conf_word_dscp(const char *word, int *dscp);
const char *conf_word_idle(const char *word, uint32_t *seconds);
const char *conf_word_bool(const char *word, bool *value);
const char *conf_word_mark(const char *word, uint32_t *mark);
const char *conf_word_table(const char *word, uint32_t *table);
const char *conf_word_path(const char *word, char *path);
const char *conf_word_socket(const char *word, char *path);

#endif
