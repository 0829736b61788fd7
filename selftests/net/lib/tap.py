# SPDX-License-Identifier: GPL-2.0-or-later
"""TAP, as kselftest writes it, from functions.

    @case("what must be so")
    def _(...): raises AssertionError, or anything else, where it is not

    run(...)    runs all cases in order, hands them its arguments, exits 0 or 1

Copyright (C) 2026 The sipfast authors
"""

import os
import sys
import time
import traceback

CASES = []


def case(name):
    def add(function):
        CASES.append((name, function))
        return function
    return add


def equal(actual, expected, what=""):
    assert actual == expected, "%s: %r, not %r" % (what, actual, expected)


def bound(seconds):
    """A patience: longer where everything is emulated."""
    return seconds * int(os.environ.get("SIPFAST_PATIENCE", "1"))


def wait_for(condition, seconds=10):
    """Waits for a condition, never for a time; returns what it returned."""
    end = time.monotonic() + bound(seconds)
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.02)


def run(*args):
    failed = 0
    print("TAP version 13\n1..%d" % len(CASES))
    for n, (name, function) in enumerate(CASES, 1):
        try:
            function(*args)
            print("ok %d %s" % (n, name), flush=True)
        except Exception:  # a case that breaks is a case that fails
            failed += 1
            for line in traceback.format_exc().splitlines()[-8:]:
                print("# " + line)
            print("not ok %d %s" % (n, name), flush=True)
    print("# Totals: pass:%d fail:%d skip:0" % (len(CASES) - failed, failed))
    sys.exit(1 if failed else 0)
