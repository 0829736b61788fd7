# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws what bench.py has measured, and writes it as tables of a document.

    plot.py DIRECTORY/table.json            draws DIRECTORY/cost.svg and writes
                                            tables between marks in DIRECTORY.rst
    plot.py DIRECTORY/table.json --check    changes nothing; fails where they
                                            are not what the figures say

The picture has two parts: what each way to relay costs with the same 1,000
streams, on a linear scale from zero, so that lengths can be compared; and how
the cost of each grows with the number of streams, where both axes are
logarithmic: a flat line is a cost that does not depend on it.

What is written depends on the JSON alone.

Copyright (C) 2026 The sipfast authors
"""

import argparse
import json
import math
import os
import sys
from xml.sax.saxutils import escape

STREAMS, PAYLOAD, DIRECTIONS, FAMILY = 1000, 172, 1, "4"
FAMILIES = {"4": "IPv4", "6": "IPv6", "46": "IPv4 to IPv6"}
OURS = "sipfast"
WIDTH = 880
LABELS = 330  # room for the titles
RIGHT = 120  # ... and for the figures behind the longest bar
BAR, GAP = 20, 8
HEIGHT = 320  # of the second part
STEPS = (1, 2, 5)  # round figures of a logarithmic scale
NOT_MEASURED = "\u2013"

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 16px; font-weight: 600 }
.small, .axis { font-size: 11px; fill: #57606a }
.end { text-anchor: end }
.middle { text-anchor: middle }
.ours { fill: #0a7a4b; stroke: #0a7a4b }
.other { fill: #8c959f; stroke: #8c959f }
.bold { font-weight: 600 }
.bar { stroke: none }
.line { fill: none; stroke-width: 2 }
.grid { stroke: #d0d7de; stroke-width: 1 }
.leader { stroke: #afb8c1; stroke-width: 1; fill: none }
.back { fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.small, .axis { fill: #9198a1 }
.ours { fill: #3fb984; stroke: #3fb984 }
.other { fill: #6e7681; stroke: #6e7681 }
.grid { stroke: #30363d }
.leader { stroke: #484f58 }
.back { fill: #0d1117 }
}
text.ours, text.other { stroke: none }
"""


# --- what was measured ------------------------------------------------------

def pick(cells, **wanted):
    return [cell for cell in cells
            if all(cell[key] == value for key, value in wanted.items())]


def named(cells):
    """The cells of each row, in the order they were measured in."""
    found = {}
    for cell in cells:
        found.setdefault(cell["name"], []).append(cell)
    return found


def kind(cell):
    return "ours" if cell["name"].startswith(OURS) else "other"


def figure(value):
    return "{:,.0f}".format(value)


# --- the picture ------------------------------------------------------------

def text(x, y, words, style=""):
    return '<text x="%.1f" y="%.1f" class="%s">%s</text>' % (
        x, y, style, escape(words))


def line(x1, y1, x2, y2, style):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>' % (
        x1, y1, x2, y2, style)


def bars(cells, top):
    """The first part, and how far down it reaches."""
    cells = sorted(cells, key=lambda cell: (cell["cost"], cell["name"]))
    least = min(cell["cost"] for cell in cells if kind(cell) == "ours")
    scale = (WIDTH - LABELS - RIGHT) / cells[-1]["cost"]
    yield text(16, top, "Guest instructions per relayed packet, above the "
                        "null wire", "title")
    yield text(16, top + 20, "{:,} streams, {} bytes of UDP payload, IPv4, one "
                             "way; behind it how many times the least of "
                             "sipfast's".format(STREAMS, PAYLOAD), "small")
    for n, cell in enumerate(cells):
        y = top + 38 + n * (BAR + GAP)
        width = cell["cost"] * scale
        bold = " bold" if kind(cell) == "ours" else ""
        yield text(LABELS - 10, y + 15, cell["title"], "end" + bold)
        yield '<rect x="%d" y="%.1f" width="%.1f" height="%d" class="bar %s"/>' \
            % (LABELS, y, width, BAR, kind(cell))
        yield text(LABELS + width + 8, y + 15, "%s  (%.1f\u00d7)" % (
            figure(cell["cost"]), cell["cost"] / least), bold)


def bars_height(cells):
    return 38 + len(cells) * (BAR + GAP)


class Axes:
    """Both logarithmic; y from a round figure to what holds the highest."""

    def __init__(self, cells, top):
        streams = [cell["streams"] for cell in cells]
        costs = [cell["cost"] for cell in cells]
        self.left, self.right = 70, WIDTH - 320
        self.top, self.bottom = top, top + HEIGHT
        self.x0, self.x1 = 0, max(1, math.log10(max(streams)))
        self.y0 = max(math.log10(step * 10 ** power)
                      for power in range(6) for step in STEPS
                      if step * 10 ** power <= min(costs))
        self.y1 = math.log10(max(costs) * 1.15)

    def x(self, streams):
        share = (math.log10(streams) - self.x0) / (self.x1 - self.x0)
        return self.left + share * (self.right - self.left)

    def y(self, cost):
        share = (math.log10(cost) - self.y0) / (self.y1 - self.y0)
        return self.bottom - share * (self.bottom - self.top)

    def grid(self):
        for power in range(6):
            for step in STEPS:
                cost = step * 10 ** power
                if not self.y0 <= math.log10(cost) <= self.y1:
                    continue
                y = self.y(cost)
                yield line(self.left, y, self.right, y, "grid")
                yield text(self.left - 8, y + 4, figure(cost), "axis end")
        for power in range(self.x0, math.floor(self.x1) + 1):
            x = self.x(10 ** power)
            yield line(x, self.top, x, self.bottom, "grid")
            yield text(x, self.bottom + 18, figure(10 ** power),
                       "axis middle")
        yield text((self.left + self.right) / 2, self.bottom + 36, "streams",
                   "axis middle")


def spread(wanted, least, low, high):
    """Places near those wanted, in order, none nearer than least."""
    places = []
    for place in wanted:
        places.append(max(place, places[-1] + least if places else low))
    limit = high
    for n in range(len(places) - 1, -1, -1):
        places[n] = min(places[n], limit)
        limit = places[n] - least
    return places


def growth(cells, top):
    yield text(16, top, "The same with more streams, and with fewer", "title")
    yield text(16, top + 20, "both scales are logarithmic: a flat line is a "
                             "cost that does not grow", "small")
    axes = Axes(cells, top + 36)
    yield from axes.grid()
    rows = [sorted(row, key=lambda cell: cell["streams"])
            for row in named(cells).values()]
    rows.sort(key=lambda row: axes.y(row[-1]["cost"]))
    for row in rows:
        points = [(axes.x(c["streams"]), axes.y(c["cost"])) for c in row]
        yield '<polyline points="%s" class="line %s"/>' % (
            " ".join("%.1f,%.1f" % point for point in points), kind(row[0]))
        for x, y in points:
            yield '<circle cx="%.1f" cy="%.1f" r="3" class="bar %s"/>' % (
                x, y, kind(row[0]))
    ends = [(axes.x(row[-1]["streams"]), axes.y(row[-1]["cost"]))
            for row in rows]
    places = spread([y for _, y in ends], 16, axes.top, axes.bottom)
    for row, (x, y), place in zip(rows, ends, places):
        yield '<polyline points="%.1f,%.1f %.1f,%.1f %.1f,%.1f" ' \
            'class="leader"/>' % (x + 5, y, axes.right + 6, y,
                                  axes.right + 20, place)
        yield text(axes.right + 24, place + 4, row[0]["title"],
                   "small bold" if kind(row[0]) == "ours" else "small")


def svg(result):
    cells = pick(result["rows"], payload=PAYLOAD, directions=DIRECTIONS,
                 family=FAMILY)
    some = pick(cells, streams=STREAMS)
    top = 34
    second = top + bars_height(some) + 40
    height = second + 36 + HEIGHT + 60
    yield '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" ' \
        'role="img">' % (WIDTH, height)
    yield "<title>Instructions per relayed packet</title>"
    yield "<style>%s</style>" % STYLE
    yield '<rect class="back" width="%d" height="%d"/>' % (WIDTH, height)
    yield from bars(some, top)
    yield from growth(cells, second)
    yield "</svg>"


# --- the tables -------------------------------------------------------------

def rst_table(heads, rows, first=46):
    """A simple table: RST knows where columns are by the lines above them."""
    width = max([first] + [len(row[0]) for row in rows])
    columns = [width] + [max([8, len(head)] + [len(row[n]) for row in rows])
                         for n, head in enumerate(heads[1:], 1)]
    rule = "  ".join("=" * n for n in columns)
    yield rule
    for row in [heads, None, *rows]:
        yield rule if row is None else "  ".join(
            cell.ljust(n) if not i else cell.rjust(n)
            for i, (cell, n) in enumerate(zip(row, columns))).rstrip()
    yield rule


def costs(result):
    """A table for each family, payload and number of directions."""
    parts = dict.fromkeys((c["family"], c["payload"], c["directions"])
                          for c in result["rows"])
    streams = sorted({cell["streams"] for cell in result["rows"]})
    for family, payload, directions in parts:
        cells = pick(result["rows"], family=family, payload=payload,
                     directions=directions)
        yield "%s, %d bytes of UDP payload, %s:" % (
            FAMILIES[family], payload,
            "one way" if directions == 1 else "both ways")
        yield ""
        rows = []
        for row in named(cells).values():
            at = {cell["streams"]: cell for cell in row}
            ratio = [at[n]["ratio"] for n in (STREAMS, *streams)
                     if n in at and "ratio" in at[n]]
            rows.append([row[0]["title"]]
                        + [figure(at[n]["cost"]) if n in at else NOT_MEASURED
                           for n in streams]
                        + ["%.2f" % ratio[0] if ratio else NOT_MEASURED])
        yield from rst_table(["streams", *map(figure, streams), "ratio"], rows)
        yield ""


def tax(result):
    rows = [["%s, %s" % (FAMILIES[cell["family"]], cell["protocol"].upper()),
             figure(cell["cost"])] for cell in result.get("tax", ())]
    if rows:
        yield from rst_table(["a forwarded packet that is not ours",
                              "instructions"], rows)
        yield ""


def memory(result):
    rows = [[cell["title"], figure(cell["total"])]
            for cell in result.get("memory", ())]
    if rows:
        yield from rst_table(["memory", "bytes"], rows)
        yield ""


def control(result):
    found = result.get("control")
    if not found:
        return
    rows = [[title, figure(found[name])] for name, title in (
        ("new", "make a session"),
        ("batch", "make one, in a batch of %d" % found["per_batch"]),
        ("dump", "show one, in a dump"),
        ("flush", "end one, in a flush"),
        ("first_packet", "relay the first packet of a stream"))]
    yield from rst_table(["in the kernel, to", "instructions"], rows)
    yield ""


PARTS = {"costs": costs, "tax": tax, "memory": memory, "control": control}
BEGIN, END = ".. begin %s", ".. end %s"


def document(result, old):
    """The document with the tables between its marks written anew."""
    lines = old.split("\n")
    for name, part in PARTS.items():
        first = lines.index(BEGIN % name)
        last = lines.index(END % name)
        lines[first + 1:last] = ["", *part(result)]
    return "\n".join(lines)


# --- files ------------------------------------------------------------------

def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def put(path, new, check):
    """Writes a file, or tells whether it is what would be written."""
    if read(path) == new:
        return True
    if not check:
        with open(path, "w", encoding="utf-8") as file:
            file.write(new)
        return True
    print("%s is not what the figures say: make it with plot.py" % path)
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("json", metavar="DIRECTORY/table.json")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    directory = os.path.dirname(os.path.realpath(args.json))
    image, page = os.path.join(directory, "cost.svg"), directory + ".rst"
    result = json.loads(read(args.json))
    same = put(image, "\n".join(svg(result)) + "\n", args.check)
    same &= put(page, document(result, read(page)), args.check)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
