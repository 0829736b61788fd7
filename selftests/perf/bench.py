#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures what relays cost, where time is the number of instructions.

To be run in a machine of that kind (selftests/perf/run starts one). A row is
a way to relay, see lib/rows.py; a cell of it is a number of streams, a payload
and so on. Each is measured in three steps: it is set up, every packet of a
first pass is looked at, and a second pass is timed. What the null wire takes
for the same packets, in the same boot, is subtracted.

Copyright (C) 2026 The sipfast authors
"""

import argparse
import importlib
import itertools
import json
import os
import platform
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
BUILD = os.environ["SIPFAST_PERF"]
sys.path.insert(0, os.path.join(HERE, "lib"))
import control  # noqa: E402
from generator import Generator, Wrong  # noqa: E402
from network import Network, run  # noqa: E402
import plan  # noqa: E402
import rows  # noqa: E402
import table  # noqa: E402

UNIT = "guest instructions per packet above the wire"
REFERENCE = "sipfast-ingress"
PACKETS = 20000  # of a timed pass, and at least one of each stream


def give_way():
    """Packets are sent when all else rests. A program that relays would have
    the next burst before it had seen the end of the last: rtpengine gives a
    socket up that it has found full too often."""
    os.sched_setscheduler(0, os.SCHED_IDLE | os.SCHED_RESET_ON_FORK,
                          os.sched_param(0))


class Bench:
    """The machine as it is between two rows: a network, and a generator."""

    def __init__(self):
        give_way()
        run("insmod", os.path.join(BUILD, "kmod/sf_bench.ko"))
        self.network = Network()
        self.generator = Generator(self.network)
        self.wires = {}

    def load(self, *words):
        """What sf_load says, run in the gateway."""
        text = self.network.do("gw", os.path.join(BUILD, "sf_load"),
                               *(str(word) for word in words))
        return {name: int(value) for name, value in
                (pair.split("=") for pair in text.split())}

    def per_packet(self, case):
        """Instructions per packet of the streams that are loaded."""
        self.generator.verify(case)
        count = max(PACKETS, self.generator.n_streams)
        return self.generator.per_packet(case, count)

    def wire(self, case):
        """The null wire takes packets as the gateway would get them."""
        if case.directions == 2 and case.family == "46":
            return (self.wire(case.like("4")) + self.wire(case.like("6"))) / 2
        bare = case.like(case.family[0])
        if bare.key() not in self.wires:
            self.generator.streams(plan.records(bare, "routed"))
            self.generator.wire(True)
            self.wires[bare.key()] = self.per_packet(bare)
            self.generator.wire(False)
        return self.wires[bare.key()]

    def measure(self, row, family, streams, payloads, directions):
        """The cells of a row with one number of streams."""
        first = plan.Case(streams, family=family)
        row.set_up(self, first)
        try:
            for ways, payload in itertools.product(directions, payloads):
                case = plan.Case(streams, payload, family, ways)
                wire = self.wire(case)
                self.generator.streams(row.records(case))
                yield cell_of(row, case, self.per_packet(case), wire)
        finally:
            if not keep_modules():
                row.tear_down(self, first)


def keep_modules():
    """A profile wants the names of a module's functions afterwards."""
    return "SIPFAST_PROFILE" in os.environ


def cell_of(row, case, total, wire):
    return {"name": row.name, "title": row.title, "family": case.family,
            "streams": case.streams, "payload": case.payload,
            "directions": case.directions, "total": round(total, 2),
            "wire": round(wire, 2), "cost": round(total - wire, 2)}


def add_ratios(cells):
    """How many times the cost of sipfast with the same packets."""
    def same(cell):
        return (cell["family"], cell["streams"], cell["payload"],
                cell["directions"])
    ours = {same(cell): cell["cost"] for cell in cells
            if cell["name"] == REFERENCE}
    for cell in cells:
        if same(cell) in ours:
            cell["ratio"] = round(cell["cost"] / ours[same(cell)], 3)


# --- what is to be measured -------------------------------------------------

def all_rows():
    """Ours, and those of lib/peers.py: programs that relay."""
    found = list(rows.ROWS)
    if os.path.exists(os.path.join(HERE, "lib/peers.py")):
        found += importlib.import_module("peers").ROWS
    return {row.name: row for row in found}


def measure_rows(bench, args):
    known = all_rows()
    for name in args.rows or known:
        row = known[name]
        for family in row.families:
            if args.family and family not in args.family:
                continue
            for streams in args.streams:
                if streams in row.streams:
                    yield from measure_cells(bench, row, family, streams, args)


def measure_cells(bench, row, family, streams, args):
    try:
        yield from bench.measure(row, family, streams, args.payload,
                                 args.directions)
    except rows.Missing as missing:
        print("# %s: not measured: %s" % (row.name, missing), flush=True)
    except Wrong as wrong:
        if not row.may_lose:
            raise
        print("# %s: no figure: %s" % (row.name, wrong), flush=True)


def numbers(text):
    return [int(word) for word in text.split(",")]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--streams", type=numbers,
                        default=[1, 1000, 10000, 100000])
    parser.add_argument("--payload", type=numbers, default=[172, 1200])
    parser.add_argument("--directions", type=numbers, default=[1, 2])
    parser.add_argument("--family", type=lambda text: text.split(","),
                        help="4, 6, 46; all of a row unless told")
    parser.add_argument("--only", choices=("rows", "tax", "memory", "control"),
                        action="append", help="all unless told")
    parser.add_argument("--json", help="file to write")
    parser.add_argument("rows", nargs="*", metavar="ROW",
                        help="all unless told, else no tax, memory, control")
    return parser.parse_args()


def main():
    args = parse_arguments()
    only = args.only or (["rows"] if args.rows else
                         ["rows", "tax", "memory", "control"])
    bench = Bench()
    result = {"kernel": platform.release(), "unit": UNIT, "rows": []}
    if "rows" in only:
        for cell in measure_rows(bench, args):
            print("# %(name)s %(family)s %(streams)d x %(payload)d x "
                  "%(directions)d: %(cost).1f, wire %(wire).1f" % cell,
                  flush=True)
            result["rows"].append(cell)
        add_ratios(result["rows"])
    if "tax" in only:
        result["tax"] = control.tax(bench)
    if "memory" in only:
        result["memory"] = control.memory(bench)
    if "control" in only:
        result["control"] = control.sessions(bench)
    print(table.text(result))
    path = args.json or os.path.join(os.environ["SIPFAST_RESULTS"],
                                     "table.json")
    with open(path, "w") as file:
        json.dump(result, file, indent=1)
        file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
