// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rows of words under headings: see table.h.
 *
 * Copyright (C) 2026 The sipfast authors
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

struct table {
	const char *const *headings;
	size_t n_columns;
	size_t n_cells;
	size_t room;
	char **cells;
};

struct table *table_new(const char *const *headings)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->headings = headings;
	while (headings[table->n_columns] &&
	       table->n_columns < TABLE_MAX_COLUMNS)
		table->n_columns++;
	return table;
}

/* Memory that runs out ends the program: half a table would be a lie. */
static void *checked(void *memory)
{
	if (!memory) {
		perror("sipfastctl");
		exit(1);
	}
	return memory;
}

void table_cell(struct table *table, const char *format, ...)
{
	va_list args;
	char *cell;

	if (table->n_cells == table->room) {
		table->room = table->room ? 2 * table->room : 64;
		table->cells = checked(realloc(table->cells,
					       table->room *
					       sizeof(*table->cells)));
	}
	va_start(args, format);
	if (vasprintf(&cell, format, args) < 0)
		cell = checked(NULL);
	va_end(args);
	table->cells[table->n_cells++] = cell;
}

static bool is_right(const struct table *table, size_t column)
{
	return *table->headings[column] == '>';
}

static const char *heading(const struct table *table, size_t column)
{
	return table->headings[column] + is_right(table, column);
}

static size_t width(const struct table *table, size_t column)
{
	size_t widest = strlen(heading(table, column));
	size_t i;

	for (i = column; i < table->n_cells; i += table->n_columns)
		if (strlen(table->cells[i]) > widest)
			widest = strlen(table->cells[i]);
	return widest;
}

/* The last column is not filled up with blanks. */
static void write_cell(const struct table *table, FILE *out, size_t column,
		       size_t wide, const char *cell)
{
	if (column)
		fputs("  ", out);
	if (is_right(table, column))
		fprintf(out, "%*s", (int)wide, cell);
	else if (column + 1 < table->n_columns)
		fprintf(out, "%-*s", (int)wide, cell);
	else
		fputs(cell, out);
	if (column + 1 == table->n_columns)
		fputc('\n', out);
}

void table_end(struct table *table, FILE *out)
{
	size_t widths[TABLE_MAX_COLUMNS];
	size_t i, column;

	for (i = 0; table->n_cells && i < table->n_columns; i++) {
		widths[i] = width(table, i);
		write_cell(table, out, i, widths[i], heading(table, i));
	}
	for (i = 0; i < table->n_cells; i++) {
		column = i % table->n_columns;
		write_cell(table, out, column, widths[column], table->cells[i]);
	}
	for (i = 0; i < table->n_cells; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table);
}
