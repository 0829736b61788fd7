// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Do the parts of a configuration fit together?
 *
 * Each word is right by itself by now. What is judged here takes two of them:
 * the line named is that of the part that was given, or of the later one.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <string.h>

#include "conf/draft.h"

static void check_interfaces(struct conf_draft *draft)
{
	const struct conf *conf = draft->conf;
	unsigned int i, j;

	if (!conf->n_lans)
		conf_mistake(draft, draft->last_line,
			     "expected a section lan \"INTERFACE\" { }");
	if (!conf->n_wans)
		conf_mistake(draft, draft->last_line,
			     "expected a section wan \"INTERFACE\" { }");
	for (i = 0; i < conf->n_lans; i++)
		for (j = 0; j < conf->n_wans; j++)
			if (!strcmp(conf->lans[i].ifname, conf->wans[j].ifname))
				conf_mistake(draft, draft->last_line,
					     "expected different interfaces: \"%s\" is both lan and wan",
					     conf->wans[j].ifname);
}

static bool overlap(const struct conf_range *a, const struct conf_range *b)
{
	return a->min <= b->max && b->min <= a->max;
}

static void check_apart(struct conf_draft *draft, enum conf_key key_a,
			const char *name_a, const struct conf_range *a,
			enum conf_key key_b, const char *name_b,
			const struct conf_range *b)
{
	int line_a = draft->lines[key_a];
	int line_b = draft->lines[key_b];

	if (overlap(a, b))
		conf_mistake(draft, line_a > line_b ? line_a : line_b,
			     "expected ranges apart: %s %u-%u and %s %u-%u overlap",
			     name_a, a->min, a->max, name_b, b->min, b->max);
}

static void check_ranges(struct conf_draft *draft)
{
	const struct conf *conf = draft->conf;

	check_apart(draft, CONF_SIGNALLING_PORTS, "signalling-ports",
		    &conf->signalling, CONF_MEDIA_PORTS, "media-ports",
		    &conf->media);
	check_apart(draft, CONF_MEDIA_PORTS, "media-ports", &conf->media,
		    CONF_GUARD_PORTS, "guard-ports", &conf->guard);
	check_apart(draft, CONF_SIGNALLING_PORTS, "signalling-ports",
		    &conf->signalling, CONF_GUARD_PORTS, "guard-ports",
		    &conf->guard);
	/* RTP on an even port, RTCP on the next: RFC 3550 section 11 */
	if ((conf->media.min + 1) / 2 * 2 + 1 > conf->media.max)
		conf_mistake(draft, draft->lines[CONF_MEDIA_PORTS],
			     "expected media-ports with an even port and the next one");
}

static void check_sip_ports(struct conf_draft *draft)
{
	const struct conf *conf = draft->conf;
	unsigned int i, j;

	for (i = 0; i < conf->n_sip_ports; i++)
		for (j = 0; j < i; j++)
			if (conf->sip_ports[i] == conf->sip_ports[j])
				conf_mistake(draft, draft->lines[CONF_SIP_PORTS],
					     "expected each of sip-ports once: %u is there twice",
					     conf->sip_ports[i]);
}

static void check_mark(struct conf_draft *draft)
{
	const struct conf *conf = draft->conf;
	int mark_line = draft->lines[CONF_MARK];
	int mask_line = draft->lines[CONF_MARK_MASK];

	if (conf->fwmark & ~conf->fwmask)
		conf_mistake(draft,
			     mark_line > mask_line ? mark_line : mask_line,
			     "expected a mark inside mark-mask: 0x%x is not inside 0x%x",
			     conf->fwmark, conf->fwmask);
}

void conf_check(struct conf_draft *draft)
{
	check_interfaces(draft);
	check_sip_ports(draft);
	check_ranges(draft);
	check_mark(draft);
}
