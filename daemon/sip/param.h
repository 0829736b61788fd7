/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters: `;name=value` behind a Via, an address, a media type, in a URI.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFAST_DAEMON_SIP_PARAM_H
#define SIPFAST_DAEMON_SIP_PARAM_H

#include "sip/span.h"

/**
 * struct sip_param - one parameter
 * @whole: name, equals sign and value, as written
 * @name: the name
 * @value: the value, its quotes included; empty where there is none
 */
struct sip_param {
	struct sip_span whole;
	struct sip_span name;
	struct sip_span value;
};

/**
 * sip_param_next() - take the next parameter off a list
 * @buf: message
 * @list: what is left of the list, beginning at a `;`; moved on
 * @param: set
 *
 * Semicolons in quotes part nothing.
 *
 * Return: false at the list's end.
 */
bool sip_param_next(const char *buf, struct sip_span *list,
		    struct sip_param *param);

/**
 * sip_param_find() - look a parameter up by name
 * @buf: message
 * @list: a list, beginning at a `;`, or empty
 * @name: ASCII case does not matter
 * @param: set to the first of that name, and only then
 *
 * Return: is there one?
 */
bool sip_param_find(const char *buf, struct sip_span list, const char *name,
		    struct sip_param *param);

#endif
