/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of words under headings, each column as wide as it must be.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#ifndef SIPFASTCTL_TABLE_H
#define SIPFASTCTL_TABLE_H

#include <stdio.h>

/** Most columns of a table. */
#define TABLE_MAX_COLUMNS 16

struct table;

/**
 * table_new() - begin a table
 * @headings: one for each column, ended by NULL; one that begins with '>' is
 *	shown without it, and its column is flush right
 *
 * Return: the table, or NULL with errno set.
 */
struct table *table_new(const char *const *headings);

/** table_cell() - the next cell, from left to right, row by row */
__attribute__((format(printf, 2, 3)))
void table_cell(struct table *table, const char *format, ...);

/** table_end() - write the table, nothing where it has no row, and free it */
void table_end(struct table *table, FILE *out);

#endif
