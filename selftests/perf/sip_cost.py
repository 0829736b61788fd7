#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 300
"""What it costs to rewrite a message, in instructions.

A typical INVITE with SDP, a new call each time, beside libosip2's parse of the
same message in the same run: that parse is the yardstick, about 14.5 us of one
core, and all of our work is to stay below it. And messages that are made to hurt (sip-alg D19):
twice as long, they may cost twice as much and no more.

Valgrind counts. Its count is the same on every machine that has the same C
library; the time is not asked.

Copyright (C) 2026 The sipfast authors
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.join(HERE, "../..")
sys.path.insert(0, os.path.join(HERE, "../net/lib"))
from tap import case, run  # noqa: E402

OUT = os.path.realpath(os.path.join(
    os.environ.get("SIPFAST_BUILD", os.path.join(TOP, "build")), "perf"))
PROGRAM = os.path.join(OUT, "sf_rewrite")

RATIO = 1.0  # of libosip2's parse
LINEAR = 2.1  # of half the message
WORST = 1600000  # instructions: half a millisecond, and a message has one

# "rep stosb" is one instruction to a processor, and to valgrind one a byte.
TUNABLES = ":".join("glibc.cpu.x86_rep_%sb_threshold=1000000000" % kind
                    for kind in ("stos", "movs"))


def instructions(kind, number):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind",
             "--callgrind-out-file=%s/out" % folder, PROGRAM, kind,
             str(number)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
            env=dict(os.environ, GLIBC_TUNABLES=TUNABLES))
    assert done.returncode == 0, done.stdout
    return int(re.search(r"Collected : (\d+)", done.stdout).group(1))


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
    if not shutil.which("valgrind"):
        print("TAP version 13\n1..0 # SKIP valgrind is not installed")
        sys.exit(4)
    build = subprocess.run(["make", "-s", "-C", HERE, "O=" + OUT, PROGRAM],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           text=True, check=False)
    if build.returncode:
        print("Bail out! %s" % build.stdout.strip().replace("\n", " | "))
        sys.exit(1)
    run(None)
