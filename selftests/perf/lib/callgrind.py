# SPDX-License-Identifier: GPL-2.0-or-later
"""How many instructions a program takes; valgrind counts.

The count is the same on every machine that has the same C library. Time is not
asked.

Copyright (C) 2026 The sipfast authors
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOM = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..")
OUT = os.path.realpath(os.path.join(
    os.environ.get("SIPFAST_BUILD", os.path.join(ROOM, "../../build")), "perf"))

# "rep stosb" is one instruction to a processor, and to valgrind one a byte.
TUNABLES = ":".join("glibc.cpu.x86_rep_%sb_threshold=1000000000" % kind
                    for kind in ("stos", "movs"))


def build(name):
    """Makes this room's program of that name, or ends the test."""
    if not shutil.which("valgrind"):
        print("TAP version 13\n1..0 # SKIP valgrind is not installed")
        sys.exit(4)
    program = os.path.join(OUT, name)
    done = subprocess.run(["make", "-s", "-C", ROOM, "O=" + OUT, program],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if done.returncode:
        print("Bail out! %s" % done.stdout.strip().replace("\n", " | "))
        sys.exit(1)
    return program


def instructions(program, *arguments):
    """What a run of @program with @arguments takes, in instructions."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind",
             "--callgrind-out-file=%s/out" % folder, program,
             *map(str, arguments)], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False,
            env=dict(os.environ, GLIBC_TUNABLES=TUNABLES))
    assert done.returncode == 0, done.stdout
    return int(re.search(r"Collected : (\d+)", done.stdout).group(1))
