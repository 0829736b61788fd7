#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 300
"""Many phones and many calls at once, with a store behind them.

10,000 phones register and are held; calls are set up and torn down. What each
takes of memory is printed and bounded, and so are the instructions: what a core
that does a thousand million of them a second has for one of 500 calls, and for one
of the 170 registrations a second with which 10,000 phones come back each minute.

Copyright (C) 2026 The sipfast authors
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))
sys.path.insert(0, os.path.join(HERE, "../net/lib"))
import callgrind  # noqa: E402
from tap import case, run  # noqa: E402

PROGRAM = callgrind.build("sf_calls")

A_SECOND = 1000000000  # instructions; ours has twice as many and more
CALLS = 500  # a second
PHONES = 10000
REFRESH_S = 60

ENDPOINT_BYTES = 4096
CALL_BYTES = 8 * 1024


def held(kind, number):
    """What is printed where @number of them are held at once."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [PROGRAM, kind, str(number), os.path.join(folder, "store")],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
    assert done.returncode == 0, done.stdout
    print("# " + done.stdout.strip())
    return int(done.stdout.split()[3])


def each(kind):
    """Instructions for one more of them, among many."""
    def count(number):
        with tempfile.TemporaryDirectory() as folder:
            return callgrind.instructions(PROGRAM, kind, number,
                                          os.path.join(folder, "store"))
    few, many = 100, 300
    return (count(many) - count(few)) / (many - few)


@case("10,000 registered phones are held")
def _(_):
    assert held("endpoints", PHONES) < ENDPOINT_BYTES


@case("2,000 calls are held")
def _(_):
    assert held("calls", 2000) < CALL_BYTES


@case("500 calls a second are set up and torn down, and written down")
def _(_):
    phone, both = each("endpoints"), each("calls")
    call = both - phone  # each of those phones has registered before
    print("# a call %.0f instructions, a registration %.0f" % (call, phone))
    assert call < A_SECOND / CALLS
    assert phone < A_SECOND / (PHONES / REFRESH_S)


if __name__ == "__main__":
    run(None)
