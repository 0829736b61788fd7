#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 1200
"""A relayed packet costs what the committed table says.

A few cells of the table are measured again and compared; what is promised of
them in relation to each other holds whatever the table says.

Copyright (C) 2026 The sipfast authors
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.join(HERE, "../..")
sys.path.insert(0, os.path.join(HERE, "../net/lib"))
from tap import case, equal, run  # noqa: E402

TABLE = os.path.join(TOP, "Documentation/performance/table.json")
TOLERANCE = 0.03
# which strangers meet a bit of the filter that is set is a matter of chance
TAX_TOLERANCE = 0.15

FLAT = 0.02  # from one stream to 10,000
CONNTRACK = 0.01  # whether conntrack and NAT are there or not

CELLS = ["--streams", "1,1000,10000", "--payload", "172", "--directions", "1",
         "--only", "rows", "--only", "tax", "--only", "control",
         "--family", "4,6",
         "sipfast-ingress", "sipfast-conntrack", "forward"]


def measure():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "table.json")
        done = subprocess.run([os.path.join(HERE, "run"), "--json", path,
                               *CELLS], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        for line in done.stdout.splitlines():
            print("# " + line)
        if done.returncode:
            print("Bail out! the benchmark gave status %d" % done.returncode)
            sys.exit(1)
        with open(path) as file:
            return json.load(file)


def committed():
    with open(TABLE) as file:
        return json.load(file)


def key(cell):
    return tuple(cell[name] for name in ("name", "family", "streams",
                                         "payload", "directions"))


def cost(result, name, family="4", streams=1000):
    wanted = (name, family, streams, 172, 1)
    return next(cell["cost"] for cell in result["rows"]
                if key(cell) == wanted)


def near(value, other, tolerance, what):
    assert abs(value - other) <= tolerance * other, \
        "%s: %.1f, not %.1f" % (what, value, other)


@case("each cell is within 3 % of the committed table")
def _(result):
    table = {key(cell): cell["cost"] for cell in committed()["rows"]}
    for cell in result["rows"]:
        near(cell["cost"], table[key(cell)], TOLERANCE, key(cell))


@case("10,000 streams cost what one does")
def _(result):
    one = cost(result, "sipfast-ingress", streams=1)
    for streams in (1000, 10000):
        near(cost(result, "sipfast-ingress", streams=streams), one, FLAT,
             "%d streams" % streams)


@case("conntrack and NAT make no difference")
def _(result):
    near(cost(result, "sipfast-conntrack"), cost(result, "sipfast-ingress"),
         CONNTRACK, "with conntrack")


@case("what is not ours is held up as the table says")
def _(result):
    table = {(tax["family"], tax["protocol"]): tax["cost"]
             for tax in committed()["tax"]}
    for tax in result["tax"]:
        where = (tax["family"], tax["protocol"])
        near(tax["cost"], table[where], TAX_TOLERANCE, where)


@case("the first packet after the answer to session-new is relayed")
def _(result):
    equal(result["control"]["first_packets_lost"], 0, "lost")


run(measure())
