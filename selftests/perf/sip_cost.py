#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 300
"""What it costs to rewrite a message, in instructions.

A typical INVITE with SDP, a new call each time, beside libosip2's parse of the
same message in the same run: that parse is the yardstick, about 14.5 us of one
core, and all of our work is to stay below it. And messages that are made to hurt
(sip-alg D19): twice as long, they may cost twice as much and no more.

Copyright (C) 2026 The sipfast authors
"""

import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))
sys.path.insert(0, os.path.join(HERE, "../net/lib"))
import callgrind  # noqa: E402
from tap import case, run  # noqa: E402

RATIO = 1.0  # of libosip2's parse
LINEAR = 2.1  # of half the message
WORST = 1600000  # instructions: half a millisecond, and a message has one

PROGRAM = callgrind.build("sf_rewrite")


def instructions(kind, number):
    return callgrind.instructions(PROGRAM, kind, number)


def each(kind, times=100):
    return (instructions(kind, times + 1) - instructions(kind, 1)) / times


@case("an INVITE with SDP costs less than libosip2's parse of it")
def _(_):
    alg, osip = each("alg"), each("osip")
    print("# alg %.0f, osip_message_parse %.0f: %.2f" % (alg, osip, alg / osip))
    assert alg < RATIO * osip


def grows(kind, number):
    base = instructions("none", 0)
    half = instructions(kind, number // 2) - base
    whole = instructions(kind, number) - base
    print("# %s %d: %d, %d: %d" % (kind, number // 2, half, number, whole))
    assert whole < LINEAR * half
    return whole


for name, kind_of, size in (
        ("a Via with 16,000 parameters", "via", 16000),
        ("6,400 Contacts", "contact", 6400),
        ("3,800 Vias, which fill 64 kB", "vias", 3800),
        ("16,000 headers", "headers", 16000)):
    @case("D19: %s cost what their length does" % name)
    def _(_, kind_of=kind_of, size=size):
        assert grows(kind_of, size) < WORST


@case("D19: what is read by both parsers is bounded")
def _(_):
    base = instructions("none", 0)
    via, params = (instructions("via", 1000) - base,
                   instructions("params", 220) - base)
    print("# a Via with 1,000 parameters: %d" % via)
    print("# 220 Contacts with 31 parameters: %d" % params)
    assert via < WORST
    assert params < 4 * WORST


if __name__ == "__main__":
    run(None)
