/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An object given in words on the command line.
 *
 *	cookie x stream rule nat a remote 192.168.1.10:40000 b local ...
 *
 * A word is an attribute's name; its value follows, or, where it is a nest, the
 * names inside. A name that the nest in hand does not have is looked for in the
 * ones around it.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFASTCTL_WORDS_H
#define SIPFASTCTL_WORDS_H

#include <jansson.h>

#include "nl/types.h"

/**
 * words_read() - JSON from words
 * @set: what the object is made of
 * @argc: how many words
 * @argv: the words
 * @object: gets the JSON
 *
 * Return: exit code; on failure the complaint has been made.
 */
int words_read(const struct nl_attr_set *set, int argc, char **argv,
	       json_t **object);

#endif
