# SPDX-License-Identifier: GPL-2.0-or-later
"""What is measured beside relayed packets: sessions, and what is not ours.

Copyright (C) 2026 The sipfast authors
"""

import random

import plan
import rows
from generator import Wrong
from network import run

SESSIONS = 10000
BATCH = 100
TIMES = 3
SLACK = 200  # sessions made before memory is first looked at


# --- sessions ---------------------------------------------------------------

def sessions(bench):
    """What a session of RTP and RTCP, both ways, costs to make, to show and to
    end, in instructions; and what becomes of its first packet."""
    case = plan.Case(SESSIONS)
    rows.insert()
    rows.attach(bench)
    try:
        once = [life(bench, case) for _ in range(TIMES)]
    finally:
        run("rmmod", "sipfast")
    lost = sum(found.pop("lost") for found in once)
    return {"unit": "instructions per session of RTP and RTCP",
            "sessions": SESSIONS, "per_batch": BATCH,
            **{name: min(found[name] for found in once) for name in once[0]},
            "first_packets_lost": lost}


def life(bench, case):
    """Sessions come and go twice. What was done just before may still have
    works to run, so it is looked at several times, and the least counts."""
    found = {"new": rows.load(bench, case, batch=1)["ns"]}
    bench.load("flush")
    found["batch"] = rows.load(bench, case, batch=BATCH)["ns"]
    took = bench.load("dump")
    if took["sessions"] != SESSIONS:
        raise RuntimeError("a dump of %d sessions" % took["sessions"])
    found["dump"] = took["ns"]
    found["first_packet"], lost = first_packets(bench, case)
    found["flush"] = bench.load("flush")["ns"]
    return {"lost": lost, **{name: round(ns / SESSIONS)
                             for name, ns in found.items()}}


def first_packets(bench, case):
    """What the first packets of all streams cost above the wire, and how many
    do not get through."""
    wire = bench.wire(case)
    bench.generator.streams(plan.records(case, "relay"))
    try:
        found = bench.generator.run(case, case.streams)
    except Wrong as wrong:
        found = wrong.found
    return (found["ns"] - wire * case.streams,
            case.streams - found["received"])


# --- memory -----------------------------------------------------------------

def memory(bench):
    """Bytes of kernel memory of a session of RTP and RTCP, both ways, when all
    four flows have carried packets."""
    small = plan.Case(SLACK, directions=2)
    large = plan.Case(SESSIONS, directions=2)
    rows.insert()
    rows.attach(bench)
    try:
        use(bench, small)
        first = in_use()
        bench.load("flush")
        use(bench, large)
        second = in_use()
    finally:
        run("rmmod", "sipfast")
    each = {name: round((second[name] - first[name]) / (SESSIONS - SLACK))
            for name in first}
    each["total"] = sum(each.values())
    return [{"name": "sipfast", "title": "sipfast, RTP and RTCP, both ways",
             "unit": "bytes per session", "sessions": SESSIONS, **each}]


def use(bench, case):
    rows.load(bench, case, batch=BATCH)
    for above in (0, 1):
        bench.generator.streams(plan.records(case, "relay", above=above))
        bench.generator.verify(case)
    bench.generator.forget()


def in_use():
    """Bytes, by kind. Caches of the network are warm, or of no account."""
    with open("/proc/meminfo") as file:
        found = dict(line.split(":") for line in file)
    return {name.lower(): 1024 * int(found[name].split()[0])
            for name in ("SUnreclaim", "Percpu", "VmallocUsed")}


# --- packets of others ------------------------------------------------------

def tax(bench):
    """What the module costs a forwarded packet that is none of its own: 1,000
    sessions of each rule are there, and both devices are attached."""
    found = []
    cases = [plan.Case(family=family, protocol=protocol)
             for family in ("4", "6") for protocol in (plan.UDP, plan.TCP)]
    without = [forwarded(bench, case) for case in cases]
    rows.insert()
    rows.attach(bench)
    try:
        for case in cases[::2]:
            rows.load(bench, case, "relay", 1000, 0)
            rows.load(bench, case, "nat", 1000, plan.N_ADDRESSES - 1)
        for case, before in zip(cases, without):
            found.append({
                "family": case.family,
                "protocol": "udp" if case.protocol == plan.UDP else "tcp",
                "without": round(before, 2),
                "cost": round(forwarded(bench, case) - before, 2)})
    finally:
        run("rmmod", "sipfast")
    return found


def forwarded(bench, case):
    bench.generator.streams(plan.records(case, "routed", ports=scattered(case)))
    return bench.per_packet(case)


def scattered(case):
    """Ports without a pattern, always the same: those that are neighbours may
    all meet bits of the filter that are set, or none of them."""
    ports = range(1024, 65536)
    return {place: random.Random(place).sample(ports, case.streams)
            for place in ("phone", "peer")}
