// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plugin for QEMU that counts how often each block of instructions runs
 * between two marks. A mark is a long nop with a number in it that nothing but
 * the generator executes: see kmod/generate.c. After the second mark the
 * blocks are written, one "ADDRESS INSTRUCTIONS TIMES" a line; lib/profile.py
 * finds the functions they belong to.
 *
 *	-plugin libprofile.so,out=FILE
 *
 * Debian packages no header for plugins, so what is used of QEMU's is declared
 * here (API version 1).
 *
 * Copyright (C) 2026 The sipfast authors
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
		void (*cb)(uint64_t id, struct qemu_plugin_tb *tb));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
		void (*cb)(unsigned int cpu, void *data), int flags,
		void *data);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb,
		int op, void *counter, uint64_t add);
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

extern int qemu_plugin_version;
int qemu_plugin_version = 1;

/* nopl NUMBER(%rax,%rax,1): "SFB" and the number of the mark */
static const uint8_t mark[] = { 0x0f, 0x1f, 0x84, 0x00, 'S', 'F', 'B' };

struct block {
	struct block *next;
	uint64_t address;
	uint64_t n_insns;
	uint64_t times;
};

static struct block *blocks;
static const char *out;

static void begin(unsigned int cpu, void *unused)
{
	struct block *block;

	(void)cpu;
	(void)unused;
	for (block = blocks; block; block = block->next)
		block->times = 0;
}

/* The last run is the one that stays in the file. */
static void end(unsigned int cpu, void *unused)
{
	FILE *file = fopen(out, "w");
	struct block *block;

	(void)cpu;
	(void)unused;
	if (!file) {
		perror(out);
		return;
	}
	for (block = blocks; block; block = block->next) {
		if (block->times)
			fprintf(file, "%" PRIx64 " %" PRIu64 " %" PRIu64 "\n",
				block->address, block->n_insns, block->times);
	}
	fclose(file);
}

static void look_for_mark(struct qemu_plugin_insn *insn)
{
	const uint8_t *data = qemu_plugin_insn_data(insn);

	if (qemu_plugin_insn_size(insn) != sizeof(mark) + 1 ||
	    memcmp(data, mark, sizeof(mark)))
		return;
	qemu_plugin_register_vcpu_insn_exec_cb(insn,
			data[sizeof(mark)] == 1 ? begin : end, 0, NULL);
}

static void count_block(uint64_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = calloc(1, sizeof(*block));
	size_t i;

	(void)id;
	if (!block)
		abort();
	block->address = qemu_plugin_tb_vaddr(tb);
	block->n_insns = qemu_plugin_tb_n_insns(tb);
	block->next = blocks;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, &block->times, 1);
	for (i = 0; i < block->n_insns; i++)
		look_for_mark(qemu_plugin_tb_get_insn(tb, i));
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return -1;
	out = strdup(argv[0] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
	return 0;
}
