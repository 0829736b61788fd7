#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions per packet and function, from what profile.c has written.

    profile.py BLOCKS KALLSYMS PACKETS

Copyright (C) 2026 The sipfast authors
"""

import bisect
import collections
import sys

LEAST = 1.0  # instructions per packet that are worth a line


def symbols(path):
    found = []
    with open(path) as file:
        for line in file:
            words = line.split()
            if words[1] in "tTwW":
                module = " " + words[3] if len(words) > 3 else ""
                found.append((int(words[0], 16), words[2] + module))
    return sorted(found)


def main():
    blocks, kallsyms, packets = sys.argv[1:]
    table = symbols(kallsyms)
    starts = [start for start, _ in table]
    spent = collections.Counter()
    with open(blocks) as file:
        for line in file:
            address, insns, times = line.split()
            at = bisect.bisect(starts, int(address, 16)) - 1
            name = table[at][1] if at >= 0 else "user space"
            spent[name] += int(insns) * int(times) / int(packets)
    print("%10.1f  all" % sum(spent.values()))
    for name, count in spent.most_common():
        if count < LEAST:
            break
        print("%10.1f  %s" % (count, name))


if __name__ == "__main__":
    main()
