# SPDX-License-Identifier: GPL-2.0-or-later
"""Allocations that fail when told to; the debug kernel can do that.

    for attempt in Nth(): ...   the first allocation of the system call in it
                                fails, in the next round the second, and so on
                                until a round needs no more
    with atomic_failures(10):   one in ten of those that may not sleep fails,
                                everywhere in the kernel

Copyright (C) 2026 The sipfast authors
"""

import contextlib
import os
import sys

FAILSLAB = "/sys/kernel/debug/failslab/"
MOST = 500  # no system call of ours needs as many


def write(name, value):
    with open(FAILSLAB + name, "w") as knob:
        knob.write(str(value))


def need_faults():
    if not os.path.isdir(FAILSLAB):
        print("1..0 # SKIP this kernel does not fail on demand")
        sys.exit(4)
    write("verbose", 0)
    write("times", -1)
    write("probability", 0)


class Nth:
    """Counts up the allocation that fails, in this thread alone."""

    def __init__(self):
        self.file = os.open("/proc/thread-self/fail-nth", os.O_RDWR)
        self.failed = 0
        write("ignore-gfp-wait", "N")

    def __iter__(self):
        for n in range(1, MOST):
            self.n = n
            yield self
            if not self.hit:
                os.close(self.file)
                write("ignore-gfp-wait", "Y")
                return
            self.failed += 1
        raise AssertionError("%d allocations are not enough" % MOST)

    def __enter__(self):
        os.pwrite(self.file, b"%d" % self.n, 0)

    def __exit__(self, kind, value, trace):
        self.hit = int(os.pread(self.file, 16, 0)) == 0
        os.pwrite(self.file, b"0", 0)
        return kind is not None and issubclass(kind, OSError)


@contextlib.contextmanager
def atomic_failures(percent):
    write("probability", percent)
    try:
        yield
    finally:
        write("probability", 0)
