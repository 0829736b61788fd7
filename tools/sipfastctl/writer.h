/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How things are shown: as text or as JSON.
 *
 * What is shown is a document: a JSON value whose keys are the YAML's names, made
 * from a message (document.h) or got from the daemon. A command hands it to the
 * writer that the options chose and need not know which that is.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFASTCTL_WRITER_H
#define SIPFASTCTL_WRITER_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/**
 * struct writer - a way to show documents
 * @object: show one
 * @list: show an array of them, all alike
 *
 * @name is what they are, "session"; JSON does without.
 */
struct writer {
	void (*object)(FILE *out, const char *name, const json_t *object);
	void (*list)(FILE *out, const char *name, const json_t *list);
};

extern const struct writer writer_text;
extern const struct writer writer_json;
extern const struct writer writer_json_pretty;

/**
 * writer_text_value() - a value as text shows it, on one line
 * @value: scalar, endpoint, or list of scalars
 * @text: gets it
 * @len: bytes in @text
 *
 * Return: false where the value has too many parts for a line.
 */
bool writer_text_value(const json_t *value, char *text, size_t len);

#endif
