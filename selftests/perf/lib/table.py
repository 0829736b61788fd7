#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures of a benchmark as people read them: 80 columns of text.

    table.py FILE             the JSON that bench.py writes

Copyright (C) 2026 The sipfast authors
"""

import json
import sys

FAMILIES = {"4": "IPv4", "6": "IPv6", "46": "IPv4 to IPv6"}
TITLE = 36
COLUMN = 9


def heads(cells):
    """What the parts of the table have in common, in order."""
    return list(dict.fromkeys((cell["family"], cell["payload"],
                               cell["directions"]) for cell in cells))


def part(cells, streams):
    """Rows of one family, payload and number of directions."""
    names = dict.fromkeys((cell["name"], cell["title"]) for cell in cells)
    for name, title in names:
        row = {cell["streams"]: cell for cell in cells if cell["name"] == name}
        costs = "".join("%*s" % (COLUMN, "%.0f" % row[n]["cost"]
                                 if n in row else "-") for n in streams)
        ratios = [row[n]["ratio"] for n in (1000, *streams)
                  if n in row and "ratio" in row[n]]
        yield "%-*s%s%s" % (TITLE, title[:TITLE], costs,
                            "%8.2f" % ratios[0] if ratios else "")


def lines(result):
    cells = result["rows"]
    streams = sorted({cell["streams"] for cell in cells})
    yield "Guest instructions per relayed packet, above the null wire"
    for family, payload, directions in heads(cells):
        yield ""
        yield "%-*s%s%8s" % (
            TITLE, "%s, %d bytes, %s" % (
                FAMILIES[family], payload,
                "one way" if directions == 1 else "both ways"),
            "".join("%*s" % (COLUMN, "{:,}".format(n)) for n in streams),
            "ratio")
        yield from part([cell for cell in cells if
                         (cell["family"], cell["payload"], cell["directions"])
                         == (family, payload, directions)], streams)
    for others in result.get("tax", ()):
        yield "" if others is result["tax"][0] else None
        yield "%-*s%*.0f" % (TITLE, "tax on a forwarded %s %s packet" % (
            FAMILIES[others["family"]], others["protocol"].upper()),
            COLUMN, others["cost"])
    for memory in result.get("memory", ()):
        yield "" if memory is result["memory"][0] else None
        yield "%-*s%*s bytes" % (TITLE, memory["title"], COLUMN,
                                 "{:,}".format(memory["total"]))
    control = result.get("control")
    if control:
        yield ""
        for name, title in (
                ("new", "to make a session"),
                ("batch", "... in a batch of %d" % control["per_batch"]),
                ("dump", "to show one in a dump"),
                ("flush", "to end one in a flush"),
                ("first_packet", "the first packet of a stream")):
            yield "%-*s%*s instructions" % (TITLE, title, COLUMN,
                                            "{:,}".format(control[name]))


def text(result):
    return "\n".join(line for line in lines(result) if line is not None)


if __name__ == "__main__":
    with open(sys.argv[1]) as results:
        print(text(json.load(results)))
