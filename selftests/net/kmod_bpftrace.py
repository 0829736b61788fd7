#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What Documentation/tracing.rst tells to type for bpftrace is typed here.

One packet for each: dropped, relayed, left to the stack, learned from. Every
program of the page runs, and has to show its packets in the end.

Copyright (C) 2026 The sipfast authors
"""

import os
import re
import shlex
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))
from call import Call, outcomes  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import after, case, equal, run, wait_for  # noqa: E402

PAGE = os.path.join(HERE, "../../Documentation/tracing.rst")
EVERY = "/sys/module/sipfast/parameters/trace_every"
EVENT = re.compile(r"tracepoint:sipfast:(\w+)")
N = 3  # packets of each kind


def programs():
    """{event: program}, of every bpftrace command of the page."""
    with open(PAGE, encoding="ascii") as file:
        typed = re.findall(r"^\t(bpftrace -e '[^']*')", file.read(), re.M)
    found = [shlex.split(command)[2] for command in typed]
    return {EVENT.search(program)[1]: program for program in found}


class Bpftrace:
    """A program that runs until it is interrupted, and what it showed. It says
    that it is ready by a timer: BEGIN is a breakpoint in bpftrace, on which an
    emulated machine may spin."""

    def __init__(self, program):
        self.bpftrace = subprocess.Popen(
            ("bpftrace", "-B", "line", "-e",
             'interval:ms:100 { printf("ready\\n"); } ' + program),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        after(self.bpftrace.kill)

    def wait_until_ready(self):
        for line in self.bpftrace.stdout:
            if line == "ready\n":
                return
        raise AssertionError("bpftrace gave up")

    def shown(self):
        self.bpftrace.send_signal(signal.SIGINT)
        text = self.bpftrace.communicate()[0]
        equal(self.bpftrace.returncode, 0, text)
        return text


@case("each tracepoint has its one-liner")
def _(_):
    with open("/sys/kernel/tracing/available_events", encoding="ascii") as file:
        events = re.findall(r"^sipfast:(\w+)$", file.read(), re.M)
    equal(sorted(programs()), sorted(events))


@case("each one-liner shows what happens")
def _(router):
    with open(EVERY, "w", encoding="ascii") as file:
        file.write("1")
    tracers = {event: Bpftrace(text) for event, text in programs().items()}
    for tracer in tracers.values():
        tracer.wait_until_ready()
    call = Call(router, ("s", router.ADDRESS["s"]), learn="same-address")
    other = router.udp("s", 7777)
    call.inwards(by=other)
    call.outwards(at=other)
    before = outcomes(router)
    for _ in range(N):
        call.phone.sendto(b"neither", call.lan)
    call.phone.setsockopt(0, 2, 1)  # IP_TTL
    for n in range(N):
        call.phone.sendto(rtp(n), call.lan)
    wait_for(lambda: sum(outcomes(router).values()) ==
             sum(before.values()) + 2 * N)
    shown = {event: tracer.shown() for event, tracer in tracers.items()}
    assert "@[not-rtp, %d]: %d" % (call.id, N) in shown["sf_dropped"], shown
    assert "@[ttl]: %d" % N in shown["sf_declined"], shown
    assert "%d b\n" % call.id in shown["sf_latched"], shown
    size = len(rtp(0)) + 28
    low = 1 << size.bit_length() - 1
    assert re.search(r"@\[%d\]:.*\n\[%d, %d\) +2 " % (call.id, low, 2 * low),
                     shown["sf_forwarded"]), shown


run(Router())
