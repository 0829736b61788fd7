# SPDX-License-Identifier: GPL-2.0-or-later
"""TAP, as kselftest writes it, from functions.

    @case("what must be so")
    def _(...): raises AssertionError, or anything else, where it is not

    after(f, ...)   calls f(...) when the case is over, however it ends: the
                    last one first. What is said before the cases run is done
                    when all of them are over.
    run(...)        runs all cases in order, hands them its arguments, exits 0
                    or 1

Copyright (C) 2026 The sipfast authors
"""

import os
import sys
import time
import traceback

CASES = []
AFTER = []


def case(name):
    def add(function):
        CASES.append((name, function))
        return function
    return add


def after(function, *args, **kwargs):
    AFTER.append((function, args, kwargs))


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


def attempt(function, *args, **kwargs):
    """Did it do what it should? What went wrong is said."""
    try:
        function(*args, **kwargs)
        return True
    except Exception:  # a case that breaks is a case that fails
        for line in traceback.format_exc().splitlines()[-40:]:
            print("# " + line)
        return False


def undo(mark):
    """All that after() was told since there were so many."""
    fine = True
    while len(AFTER) > mark:
        function, args, kwargs = AFTER.pop()
        fine = attempt(function, *args, **kwargs) and fine
    return fine


def passes(function, args):
    mark = len(AFTER)
    fine = attempt(function, *args)
    return undo(mark) and fine


def run(*args):
    failed = 0
    print("TAP version 13\n1..%d" % len(CASES))
    for n, (name, function) in enumerate(CASES, 1):
        fine = passes(function, args)
        failed += not fine
        print("%sok %d %s" % ("" if fine else "not ", n, name), flush=True)
    print("# Totals: pass:%d fail:%d skip:0" % (len(CASES) - failed, failed))
    sys.exit(0 if undo(0) and not failed else 1)
