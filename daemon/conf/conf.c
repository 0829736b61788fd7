// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading the configuration file.
 *
 * libconfuse knows the grammar and the line. Every value reaches us as a word,
 * in take() for the options outside sections, in the take_* of their own for
 * those inside: so a mistake is said with the line on which it stands.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/draft.h"

/* Given nothing but its interfaces, a small router needs no other value. */
static const struct conf defaults = {
	.n_sip_ports = 1,
	.sip_ports = { 5060 },
	.signalling = { 5062, 6061 },
	.media = { 16384, 32767 },
	.guard = { 61000, 65535 },
	.fwmark = 0x10000000,
	.fwmask = 0x10000000,
	.table = 5060,
	.inbound = CONF_INBOUND_KNOWN,
	.learn = CONF_LEARN_SAME_ADDRESS,
	.ice = CONF_ICE_PASS,
	.route = CONF_MEDIA_REWRITE,
	.flood = {
		.messages = 1000,
		.messages_burst = 2000,
		.calls = 100,
		.calls_burst = 500,
		.max_endpoints = 256,
		.max_calls = 2048,
		.strangers = 20,
	},
	.dscp = -1,
	.media_idle_s = 7200,
	.state = CONF_DEFAULT_STATE,
	.socket = CONF_DEFAULT_SOCKET,
};

static const char *const key_names[CONF_N_KEYS] = {
	[CONF_SIP_PORTS] = "sip-ports",
	[CONF_SIGNALLING_PORTS] = "signalling-ports",
	[CONF_MEDIA_PORTS] = "media-ports",
	[CONF_GUARD_PORTS] = "guard-ports",
	[CONF_IPV6] = "ipv6",
	[CONF_INBOUND] = "inbound",
	[CONF_LEARN] = "learn",
	[CONF_ICE] = "ice",
	[CONF_MEDIA] = "media",
	[CONF_AUTH_INT] = "auth-int",
	[CONF_DSCP] = "dscp",
	[CONF_MEDIA_IDLE] = "media-idle",
	[CONF_KEEP_CALLS] = "keep-calls",
	[CONF_MARK] = "mark",
	[CONF_MARK_MASK] = "mark-mask",
	[CONF_TABLE] = "table",
	[CONF_STATE] = "state",
	[CONF_CONTROL_SOCKET] = "control-socket",
};

/* libconfuse's callbacks carry no argument of ours: the draft being read. */
static struct conf_draft *reading;

void conf_mistake(struct conf_draft *draft, int line, const char *format, ...)
{
	char what[512], text[CONF_PATH_LEN + sizeof(what) + 16];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (line)
		snprintf(text, sizeof(text), "%s:%d: %s", draft->conf->path,
			 line, what);
	else
		snprintf(text, sizeof(text), "%s: %s", draft->conf->path, what);
	draft->say(draft->arg, text);
	draft->mistakes++;
}

/* A mistake that libconfuse has found: it reads no further. */
static void confuse_mistake(cfg_t *cfg, const char *format, va_list ap)
{
	char what[512];

	vsnprintf(what, sizeof(what), format, ap);
	conf_mistake(reading, cfg->line, "%s", what);
}

static const char *take_sip_port(struct conf *conf, const char *word)
{
	const char *expected;

	if (conf->n_sip_ports == CONF_MAX_SIP_PORTS)
		return "expected at most 8 ports";
	expected = conf_word_port(word, &conf->sip_ports[conf->n_sip_ports]);
	if (!expected)
		conf->n_sip_ports++;
	return expected;
}

static const char *take_word(struct conf *conf, enum conf_key key,
			     const char *word)
{
	switch (key) {
	case CONF_SIP_PORTS:
		return take_sip_port(conf, word);
	case CONF_SIGNALLING_PORTS:
		return conf_word_range(word, &conf->signalling);
	case CONF_MEDIA_PORTS:
		return conf_word_range(word, &conf->media);
	case CONF_GUARD_PORTS:
		return conf_word_range(word, &conf->guard);
	case CONF_IPV6:
		return conf_word_ipv6(word, &conf->ipv6);
	case CONF_INBOUND:
		return conf_word_inbound(word, &conf->inbound);
	case CONF_LEARN:
		return conf_word_learn(word, &conf->learn);
	case CONF_ICE:
		return conf_word_ice(word, &conf->ice);
	case CONF_MEDIA:
		return conf_word_media(word, &conf->route);
	case CONF_AUTH_INT:
		return conf_word_auth_int(word, &conf->auth_int);
	case CONF_DSCP:
		return conf_word_dscp(word, &conf->dscp);
	case CONF_MEDIA_IDLE:
		return conf_word_idle(word, &conf->media_idle_s);
	case CONF_KEEP_CALLS:
		return conf_word_bool(word, &conf->keep_calls);
	case CONF_MARK:
		return conf_word_mark(word, &conf->fwmark);
	case CONF_MARK_MASK:
		return conf_word_mark(word, &conf->fwmask);
	case CONF_TABLE:
		return conf_word_table(word, &conf->table);
	case CONF_STATE:
		return conf_word_path(word, conf->state);
	case CONF_CONTROL_SOCKET:
		return conf_word_socket(word, conf->socket);
	case CONF_N_KEYS:
		break;
	}
	return "no such option";
}

static enum conf_key key_of(const char *name)
{
	enum conf_key key;

	for (key = 0; key < CONF_N_KEYS; key++)
		if (!strcmp(key_names[key], name))
			break;
	return key;
}

/* Is this the first word after the option's equal sign? */
static bool is_first_word(const cfg_opt_t *opt)
{
	return opt->nvalues == 1;
}

/*
 * cfg_callback_t of every option outside sections. A mistake is counted, not
 * returned: the file is read on, and the next one said too.
 */
static int take(cfg_t *cfg, cfg_opt_t *opt, const char *word, void *result)
{
	struct conf_draft *draft = reading;
	enum conf_key key = key_of(opt->name);
	const char *expected;

	*(const char **)result = word;
	if (is_first_word(opt)) {
		if (draft->lines[key])
			conf_mistake(draft, cfg->line,
				     "expected %s once: it is on line %d already",
				     opt->name, draft->lines[key]);
		if (key == CONF_SIP_PORTS)
			draft->conf->n_sip_ports = 0;
		draft->lines[key] = cfg->line;
	}
	expected = take_word(draft->conf, key, word);
	if (expected)
		conf_mistake(draft, cfg->line, "%s: %s, not \"%s\"", opt->name,
			     expected, word);
	return 0;
}

/* The lan section called @ifname, made where it is new; NULL: it cannot be. */
static struct conf_lan *lan_of(struct conf *conf, const char *ifname)
{
	struct conf_lan *lan;
	unsigned int i;

	for (i = 0; i < conf->n_lans; i++)
		if (!strcmp(conf->lans[i].ifname, ifname))
			return &conf->lans[i];
	if (conf->n_lans == CONF_MAX_LANS)
		return NULL;
	lan = &conf->lans[conf->n_lans];
	if (conf_word_ifname(ifname, lan->ifname))
		return NULL;
	conf->n_lans++;
	return lan;
}

static int take_prefix(cfg_t *cfg, cfg_opt_t *opt, const char *word,
		       void *result)
{
	struct conf_lan *lan = lan_of(reading->conf, cfg->title);
	const char *expected;

	*(const char **)result = word;
	if (!lan)	/* said at the end of the section */
		return 0;
	if (lan->n_prefixes == CONF_MAX_PREFIXES) {
		expected = "expected at most 16 prefixes";
	} else {
		expected = conf_word_prefix(word,
					    &lan->prefixes[lan->n_prefixes]);
		if (!expected)
			lan->n_prefixes++;
	}
	if (expected)
		conf_mistake(reading, cfg->line, "%s: %s, not \"%s\"",
			     opt->name, expected, word);
	return 0;
}

/* The wan section called @ifname, made where it is new; NULL: it cannot be. */
static struct conf_wan *wan_of(struct conf *conf, const char *ifname)
{
	struct conf_wan *wan;
	unsigned int i;

	for (i = 0; i < conf->n_wans; i++)
		if (!strcmp(conf->wans[i].ifname, ifname))
			return &conf->wans[i];
	if (conf->n_wans == CONF_MAX_WANS)
		return NULL;
	wan = &conf->wans[conf->n_wans];
	if (conf_word_ifname(ifname, wan->ifname))
		return NULL;
	conf->n_wans++;
	return wan;
}

/* One of each family. */
static const char *take_external_word(struct conf_wan *wan, const char *word)
{
	struct sockaddr_storage address, *external;
	const char *expected = conf_word_address(word, &address);

	if (expected)
		return expected;
	external = address.ss_family == AF_INET6 ? &wan->external6
						 : &wan->external4;
	if (external->ss_family)
		return "expected one address of each family";
	*external = address;
	return NULL;
}

static int take_external(cfg_t *cfg, cfg_opt_t *opt, const char *word,
			 void *result)
{
	struct conf_wan *wan = wan_of(reading->conf, cfg->title);
	const char *expected;

	*(const char **)result = word;
	if (!wan)	/* said at the end of the section */
		return 0;
	expected = take_external_word(wan, word);
	if (expected)
		conf_mistake(reading, cfg->line, "%s: %s, not \"%s\"",
			     opt->name, expected, word);
	return 0;
}

/* The options of the flood section, and where their values go */
static const struct {
	const char *name;
	size_t offset;
} flood_options[] = {
	{ "messages", offsetof(struct conf_flood, messages) },
	{ "messages-burst", offsetof(struct conf_flood, messages_burst) },
	{ "calls", offsetof(struct conf_flood, calls) },
	{ "calls-burst", offsetof(struct conf_flood, calls_burst) },
	{ "max-endpoints", offsetof(struct conf_flood, max_endpoints) },
	{ "max-calls", offsetof(struct conf_flood, max_calls) },
	{ "strangers", offsetof(struct conf_flood, strangers) },
};

#define N_FLOOD_OPTIONS (sizeof(flood_options) / sizeof(flood_options[0]))

static int take_flood(cfg_t *cfg, cfg_opt_t *opt, const char *word,
		      void *result)
{
	char *flood = (char *)&reading->conf->flood;
	const char *expected = NULL;
	size_t i;

	*(const char **)result = word;
	for (i = 0; i < N_FLOOD_OPTIONS; i++)
		if (!strcmp(flood_options[i].name, opt->name))
			expected = conf_word_count(word, (uint32_t *)
				(flood + flood_options[i].offset));
	if (expected)
		conf_mistake(reading, cfg->line, "%s: %s, not \"%s\"",
			     opt->name, expected, word);
	return 0;
}

/* cfg_validate_callback_t at the closing brace of a lan section */
static int end_lan(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *title = cfg_title(cfg_opt_getnsec(opt,
						      cfg_opt_size(opt) - 1));
	char ifname[IF_NAMESIZE];
	const char *expected;

	expected = conf_word_ifname(title, ifname);
	if (expected)
		conf_mistake(reading, cfg->line, "lan: %s, not \"%s\"",
			     expected, title);
	else if (!lan_of(reading->conf, title))
		conf_mistake(reading, cfg->line,
			     "expected at most %u lan sections", CONF_MAX_LANS);
	return 0;
}

/* cfg_validate_callback_t at the closing brace of a wan section */
static int end_wan(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *title = cfg_title(cfg_opt_getnsec(opt,
						      cfg_opt_size(opt) - 1));
	char ifname[IF_NAMESIZE];
	const char *expected;

	expected = conf_word_ifname(title, ifname);
	if (expected)
		conf_mistake(reading, cfg->line, "wan: %s, not \"%s\"",
			     expected, title);
	else if (!wan_of(reading->conf, title))
		conf_mistake(reading, cfg->line,
			     "expected at most %u wan sections", CONF_MAX_WANS);
	return 0;
}

#define COUNT(i) CFG_STR_CB(flood_options[i].name, NULL, CFGF_NODEFAULT, \
			    take_flood)
#define WORD(key) CFG_STR_CB(key_names[key], NULL, CFGF_NODEFAULT, take)

static int parse(struct conf_draft *draft, FILE *file)
{
	cfg_opt_t lan[] = {
		CFG_STR_LIST_CB("prefixes", NULL, CFGF_NODEFAULT, take_prefix),
		CFG_END()
	};
	cfg_opt_t wan[] = {
		CFG_STR_LIST_CB("external-address", NULL, CFGF_NODEFAULT,
				take_external),
		CFG_END()
	};
	cfg_opt_t flood[] = {
		COUNT(0), COUNT(1), COUNT(2), COUNT(3), COUNT(4), COUNT(5),
		COUNT(6),
		CFG_END()
	};
	cfg_opt_t root[] = {
		CFG_SEC("lan", lan,
			CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
		CFG_SEC("wan", wan,
			CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
		CFG_SEC("flood", flood, CFGF_NODEFAULT),
		CFG_STR_LIST_CB(key_names[CONF_SIP_PORTS], NULL,
				CFGF_NODEFAULT, take),
		WORD(CONF_SIGNALLING_PORTS), WORD(CONF_MEDIA_PORTS),
		WORD(CONF_GUARD_PORTS), WORD(CONF_IPV6), WORD(CONF_INBOUND),
		WORD(CONF_LEARN), WORD(CONF_ICE), WORD(CONF_MEDIA),
		WORD(CONF_AUTH_INT), WORD(CONF_DSCP),
		WORD(CONF_MEDIA_IDLE), WORD(CONF_KEEP_CALLS),
		WORD(CONF_MARK), WORD(CONF_MARK_MASK), WORD(CONF_TABLE),
		WORD(CONF_STATE), WORD(CONF_CONTROL_SOCKET),
		CFG_END()
	};
	cfg_t *cfg = cfg_init(root, CFGF_NONE);
	const cfg_opt_t *ports;
	unsigned int before = draft->mistakes;
	int err;

	if (!cfg)
		return -ENOMEM;
	cfg_set_error_function(cfg, confuse_mistake);
	cfg_set_validate_func(cfg, "lan", end_lan);
	cfg_set_validate_func(cfg, "wan", end_wan);

	err = cfg_parse_fp(cfg, file);
	draft->last_line = cfg->line;
	if (err && draft->mistakes == before)
		conf_mistake(draft, cfg->line, "expected an option or a section");
	/* An empty list never reaches take(). */
	ports = cfg_getopt(cfg, key_names[CONF_SIP_PORTS]);
	if (!err && ports->flags & CFGF_MODIFIED && !ports->nvalues)
		conf_mistake(draft, cfg->line, "%s: expected at least one port",
			     ports->name);
	cfg_free(cfg);
	return err ? -EINVAL : 0;
}

/* A directory opens, too, and then ends libconfuse's lexer. */
static FILE *open_file(const char *path)
{
	FILE *file = fopen(path, "re");
	struct stat status;

	if (!file)
		return NULL;
	if (fstat(fileno(file), &status)) {
		fclose(file);
		return NULL;
	}
	if (S_ISDIR(status.st_mode)) {
		fclose(file);
		errno = EISDIR;
		return NULL;
	}
	return file;
}

struct conf *conf_load(const char *path,
		       void (*say)(void *arg, const char *line), void *arg)
{
	struct conf_draft draft = { .say = say, .arg = arg };
	FILE *file;
	int err;

	draft.conf = malloc(sizeof(*draft.conf));
	if (!draft.conf) {
		say(arg, "out of memory");
		return NULL;
	}
	*draft.conf = defaults;
	snprintf(draft.conf->path, sizeof(draft.conf->path), "%s", path);

	file = open_file(path);
	if (!file) {
		conf_mistake(&draft, 0, "%s", strerror(errno));
		goto err_free;
	}
	reading = &draft;
	err = parse(&draft, file);
	reading = NULL;
	fclose(file);
	if (!err)
		conf_check(&draft);
	else if (!draft.mistakes)
		conf_mistake(&draft, 0, "%s", strerror(-err));
	if (draft.mistakes)
		goto err_free;
	return draft.conf;

err_free:
	conf_free(draft.conf);
	return NULL;
}

void conf_free(struct conf *conf)
{
	free(conf);
}
