#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The structures that every packet touches keep their shape.

A packet reads one cache line of its flow and one of its way out, 128 bytes in
all, and writes its flow's counters, which are lines of their own: two processors that relay
two flows write no line that both of them use. What pahole finds in the module's
debug information has to say so. Who moves a member comes by here.

Copyright (C) 2026 The sipfast authors
"""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.join(HERE, "../..")
sys.path.insert(0, os.path.join(HERE, "../net/lib"))
from tap import case, equal, run  # noqa: E402

MODULE = os.environ.get("SIPFAST_KO", os.path.join(TOP, "kmod/sipfast.ko"))
LINE = 64

# read by every packet; written when a session, a latch or a route changes
FLOW = ["node", "local", "remote", "path", "stats", "latch_lock", "generation",
        "dir"]
PATH = ["route", "neigh", "from", "mark", "iif", "small_len", "headroom",
        "flags"]
REWRITE4 = ["sport", "dport", "header_delta", "udp_delta", "pseudo_delta",
            "dscp", "family", "saddr", "daddr"]

# written by every packet, under a lock that is in the first of them
STATS = ["lock", "tos", "rtp_at", "packets", "bytes", "last_seen_ns"]
SOURCE = ["run", "arrival_ns", "ssrc", "timestamp", "jitter", "ticks_per_ns",
          "next"]


class Struct:
    """A structure as pahole prints it. Of members of one name, as in a union,
    the first is meant."""

    MEMBER = re.compile(r"(\w+)(?:\[\d*\])*(?: __attribute__.*)?;"
                        r"\s+/\*\s*(\d+)\s+(\d+) \*/")

    def __init__(self, name):
        text = subprocess.run(["pahole", "-F", "dwarf", "-C", name, MODULE],
                              stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL, check=True).stdout
        self.name = name
        self.member = {}
        for member, offset, size in self.MEMBER.findall(text):
            self.member.setdefault(member, (int(offset), int(size)))
        self.size = int(re.search(r"/\* size: (\d+)", text).group(1))
        found = re.search(r"^} __attribute__\(\(__aligned__\((\d+)", text,
                          re.MULTILINE)
        self.aligned = int(found.group(1)) if found else 0

    def end(self, member):
        return sum(self.member[member])

    def in_first_line(self, members, base=0):
        for member in members:
            assert member in self.member, \
                "%s has no %s" % (self.name, member)
            assert base + self.end(member) <= LINE, \
                "%s.%s ends at byte %d" % (self.name, member,
                                           base + self.end(member))


@case("a flow is one cache line, and all of it is known here")
def _():
    flow = Struct("sf_flow")
    equal((flow.size, flow.aligned), (LINE, LINE), "size and alignment")
    equal(list(flow.member), FLOW, "members")


@case("the two flows of a stream share no line with anything else")
def _():
    stream = Struct("sf_stream")
    equal(stream.member["flow"], (0, 2 * LINE), "flow")
    equal(stream.aligned, LINE, "alignment")


@case("what a packet reads of its way out is one line")
def _():
    path = Struct("sf_path")
    path.in_first_line(PATH)
    Struct("sf_rewrite").in_first_line(REWRITE4, path.member["rewrite"][0])


@case("a flow's counters are lines of their own")
def _():
    stats = Struct("sf_flow_stats")
    equal((stats.size % LINE, stats.aligned), (0, LINE), "size, alignment")
    stats.in_first_line(STATS)


@case("what usual RTP updates is one line, of either flow")
def _():
    source = Struct("sf_rtp_source")
    first = Struct("sf_stream_stats").member["rtp"][0]
    for base in first, first + source.size:
        source.in_first_line(SOURCE, base % LINE)


if not os.path.exists(MODULE):
    print("Bail out! there is no " + MODULE)
    sys.exit(1)
run()
