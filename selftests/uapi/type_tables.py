#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The type tables of daemon/nl say what the specification says.

A little program prints the tables as they were compiled; each attribute set,
attribute, enum and operation of the YAML has to be there, under its number,
and nothing else.

Copyright (C) 2026 The sipfast authors
"""

import os
import subprocess
import sys
import tempfile

import yaml

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
SPEC = os.path.join(TOP, "Documentation/netlink/specs/sipfast.yaml")

TYPES = ("unused", "pad", "u8", "u32", "u64", "s64", "enum", "flags",
         "string", "addr4", "addr6", "port", "binary", "nest")

PROGRAM = r"""
#include <stdio.h>
#include "nl/types.h"

static void print_set(const struct nl_attr_set *set)
{
	unsigned int i, k;

	for (i = 0; i <= set->max + 1; i++) {
		const struct nl_attr_type *type = nl_attr_type(set, i);

		if (!type)
			continue;
		printf("%s %u %s %u %d %u %s %s", set->name, i, type->name,
		       type->type, type->multi, type->max,
		       type->nest ? type->nest->name : "-",
		       type->names ? type->names->name : "-");
		for (k = 0; type->names && k < type->names->n_entries; k++)
			printf(" %s", nl_name(type->names, k));
		puts("");
	}
}

int main(void)
{
	unsigned int i;

	SETS
	for (i = 0; i < 256; i++) {
		const struct nl_op *op = nl_op((uint8_t)i);

		if (op)
			printf("operation %u %s %s %d\n", i, op->name,
			       op->set->name, op->notify);
	}
	return 0;
}
"""


def c_name(name):
    return name.replace("-", "_")


def compiled(spec):
    """The tables as the compiler has them, a line each."""
    sets = "".join("print_set(&nl_%s_attrs);" % c_name(s["name"])
                   for s in whole_sets(spec))
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "print.c")
        with open(source, "w", encoding="ascii") as file:
            file.write(PROGRAM.replace("SETS", sets))
        subprocess.run(
            ["cc", "-I" + os.path.join(TOP, "daemon"),
             "-I" + os.path.join(TOP, "uapi"), source,
             os.path.join(TOP, "daemon/nl/types.c"),
             "-o", os.path.join(folder, "print")], check=True)
        return subprocess.run([os.path.join(folder, "print")], check=True,
                              stdout=subprocess.PIPE,
                              text=True).stdout.splitlines()


def whole_sets(spec):
    """A subset has no table: its numbers are those of the whole."""
    return [s for s in spec["attribute-sets"] if "subset-of" not in s]


def type_of(attribute, kinds):
    """What an attribute of the YAML is called in our tables."""
    hint = attribute.get("display-hint")
    if "enum" in attribute:
        return kinds[attribute["enum"]]
    if hint in ("ipv4", "ipv6"):
        return "addr4" if hint == "ipv4" else "addr6"
    if attribute["type"] == "u16":
        return "port"
    return attribute["type"]


def attribute_line(name, number, attribute, spec):
    consts = {d["name"]: d.get("value") for d in spec["definitions"]}
    enums = {d["name"]: d for d in spec["definitions"] if "entries" in d}
    kinds = {n: d["type"] for n, d in enums.items()}
    wholes = {s["name"]: s.get("subset-of", s["name"])
              for s in spec["attribute-sets"]}
    longest = 0
    if attribute["type"] == "string":
        longest = attribute.get("checks", {}).get("max-len", 0)
        longest = consts.get(longest, longest)
    words = [name, number, attribute["name"],
             TYPES.index(type_of(attribute, kinds)),
             int(attribute.get("multi-attr", False)), longest,
             wholes.get(attribute.get("nested-attributes"), "-"),
             attribute.get("enum", "-")]
    if "enum" in attribute:
        words += [e["name"] for e in enums[attribute["enum"]]["entries"]]
    return " ".join(str(word) for word in words)


def specified(spec):
    """The same lines, from the YAML."""
    operations = spec["operations"]["list"]
    sets = {o["name"]: o["attribute-set"] for o in operations
            if "attribute-set" in o}
    for attribute_set in whole_sets(spec):
        for number, attribute in enumerate(attribute_set["attributes"], 1):
            yield attribute_line(attribute_set["name"], number, attribute,
                                 spec)
    for number, op in enumerate(operations, 1):
        yield "operation %d %s %s %d" % (
            number, op["name"], sets[op.get("notify", op["name"])],
            "notify" in op or "event" in op)


def main():
    with open(SPEC, encoding="ascii") as file:
        spec = yaml.safe_load(file)
    ours, wanted = compiled(spec), list(specified(spec))
    groups = [s["name"] for s in whole_sets(spec)] + ["operation"]
    failed = 0
    print("TAP version 13\n1..%d" % len(groups))
    for number, group in enumerate(groups, 1):
        mine = [line for line in ours if line.split()[0] == group]
        theirs = [line for line in wanted if line.split()[0] == group]
        for line in sorted(set(mine) ^ set(theirs)):
            print("# %s: %s" % ("table" if line in mine else "YAML", line))
        good = mine == theirs and mine
        failed += not good
        print("%sok %d %s is as in the YAML" % ("" if good else "not ",
                                                number, group))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
