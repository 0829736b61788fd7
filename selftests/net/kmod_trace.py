#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tracepoints say what became of packets, by name and with all fields.

Relayed packets are sampled, the others are all there; an event that is off, or
filtered out, is not. perf sees what tracefs does.

Copyright (C) 2026 The sipfast authors
"""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from router import Router, STUN, rtp  # noqa: E402
from tap import after, case, equal, run, wait_for  # noqa: E402

TRACEFS = "/sys/kernel/tracing"
EVERY = "/sys/module/sipfast/parameters/trace_every"
LINE = re.compile(r" (sf_[a-z]+): (.*)")
UDP_HEADERS = 28  # IPv4's, too


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


class Tracer:
    """Some events are on, in an instance of tracefs of our own. To make one
    takes the kernel longer than all else in here: there is one for all cases.
    """

    path = TRACEFS + "/instances/sipfast-selftest"

    def __init__(self, *events, filters="0"):
        write(self.path + "/trace", "")
        for event in events:
            here = "%s/events/sipfast/%s/" % (self.path, event)
            write(here + "filter", filters)
            write(here + "enable", "1")

    def events(self):
        """[(name, fields)], oldest first."""
        found = []
        for line in read(self.path + "/trace").splitlines():
            match = LINE.search(line)
            if match:
                found.append((match[1], dict(
                    word.split("=", 1) for word in match[2].split(" "))))
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        write(self.path + "/events/sipfast/enable", "0")


def netns_of(router):
    return str(os.stat("/run/netns/" + router.ns["gw"]).st_ino)


class Call:
    """A relay session between p and s, and its two ends."""

    def __init__(self, router, version=4, **values):
        addresses = router.ADDRESS if version == 4 else router.ADDRESS6
        self.router, self.version = router, version
        self.id = router.sipfast.do("session-new", {"stream": dict({
            "id": 3, "a": {"local": router.at("lan", 20000, version),
                           "remote": router.at("p", 4000, version)},
            "b": {"local": router.at("wan", 20000, version),
                  "remote": router.at("s", 6000, version)}}, **values)})["id"]
        self.phone = router.udp("p", 4000, version)
        self.peer = router.udp("s", 6000, version)
        self.lan = (addresses["lan"], 20000)
        self.wan = (addresses["wan"], 20000)

    def common(self, side, **more):
        return dict({"netns": netns_of(self.router), "session": str(self.id),
                     "stream": "3", "side": side}, **more)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.router.sipfast.do("session-del", {"id": self.id})
        self.phone.close()
        self.peer.close()


def relay(call, n):
    for sequence in range(n):
        call.phone.sendto(rtp(sequence), call.lan)
        equal(call.peer.recv(2048), rtp(sequence))


@case("sf_forwarded: which packet, and where it went")
def _(router):
    write(EVERY, "1")
    with Call(router) as call, Tracer("sf_forwarded") as tracer:
        relay(call, 1)
        call.peer.sendto(rtp(2), call.wan)
        equal(call.phone.recv(2048), rtp(2))
        size = str(len(rtp(0)) + UDP_HEADERS)
        equal(tracer.events(), [
            ("sf_forwarded", call.common(
                "a", src="192.168.1.10:4000", dst="192.168.1.1:20000",
                to="203.0.113.10:6000", len=size)),
            ("sf_forwarded", call.common(
                "b", src="203.0.113.10:6000", dst="203.0.113.1:20000",
                to="192.168.1.10:4000", len=size))])


@case("IPv6")
def _(router):
    with Call(router, 6) as call, Tracer("sf_forwarded") as tracer:
        relay(call, 1)
        equal([(e["src"], e["dst"], e["to"]) for _, e in tracer.events()],
              [("[fd00:1::10]:4000", "[fd00:1::1]:20000",
                "[2001:db8:1::10]:6000")])


@case("sf_forwarded is sampled")
def _(router):
    write(EVERY, "10")
    with Call(router) as call, Tracer("sf_forwarded") as tracer:
        relay(call, 100)
        n, cpus = len(tracer.events()), os.cpu_count()
        assert 10 - cpus <= n <= 10 + cpus, n


@case("sf_dropped: each, with the name that its counter has")
def _(router):
    with Call(router, stun="drop") as call, \
            Tracer("sf_dropped", "sf_declined") as tracer:
        before = router.stats()["dropped"]
        stranger = router.udp("p", 4444)
        stranger.sendto(rtp(1), call.lan)
        call.phone.sendto(STUN, call.lan)
        call.phone.sendto(b"neither", call.lan)
        wait_for(lambda: len(tracer.events()) == 3)
        to_lan = {"dst": "192.168.1.1:20000"}
        equal(tracer.events(), [("sf_dropped", call.common("a", **dict(
            to_lan, src=src, len=str(size + UDP_HEADERS), reason=reason)))
            for src, size, reason in (
                ("192.168.1.10:4444", len(rtp(1)), "source-mismatch"),
                ("192.168.1.10:4000", len(STUN), "policy"),
                ("192.168.1.10:4000", len(b"neither"), "not-rtp"))])
        after = router.stats()["dropped"]
        for reason in ("source-mismatch", "policy", "not-rtp"):
            equal(after[reason] - before[reason], 1, reason)
        stranger.close()


@case("sf_declined")
def _(router):
    with Call(router) as call, \
            Tracer("sf_dropped", "sf_declined") as tracer:
        call.phone.setsockopt(0, 2, 1)  # IP_TTL
        call.phone.sendto(rtp(1), call.lan)
        wait_for(tracer.events)
        equal(tracer.events(), [("sf_declined", call.common(
            "a", src="192.168.1.10:4000", dst="192.168.1.1:20000",
            len=str(len(rtp(1)) + UDP_HEADERS), reason="ttl"))])


@case("sf_latched: once, with what was learned")
def _(router):
    with Call(router, b={"local": router.at("wan", 20000),
                         "learn": "learn-once"}) as call, \
            Tracer("sf_latched") as tracer:
        for n in range(3):
            call.peer.sendto(rtp(n), call.wan)
            equal(call.phone.recv(2048), rtp(n))
        equal(tracer.events(), [("sf_latched", call.common(
            "b", remote="203.0.113.10:6000"))])


@case("a filter by name of the reason; what is off is silent")
def _(router):
    with Call(router, stun="drop") as call, \
            Tracer("sf_dropped", filters='reason == "policy"') as tracer:
        before = router.stats()["dropped"]
        for _ in range(3):
            call.phone.sendto(b"neither", call.lan)
        call.phone.sendto(STUN, call.lan)
        relay(call, 1)
        wait_for(lambda: router.stats()["dropped"]["not-rtp"] ==
                 before["not-rtp"] + 3)
        equal([(name, e["reason"]) for name, e in tracer.events()],
              [("sf_dropped", "policy")])


def perf_record(path):
    """perf, as Documentation/tracing.rst has it, until its input ends."""
    perf = subprocess.Popen(
        ["perf", "record", "-q", "-a", "-e", "sipfast:sf_dropped", "-o", path,
         "--", "sh", "-c", "echo ready; read -r _"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    equal(perf.stdout.readline(), "ready\n")
    return perf


@case("perf sees them")
def _(router):
    path = os.path.join(os.environ.get("TMPDIR", "/tmp"), "sipfast-perf.data")
    with Call(router, stun="drop") as call:
        before = router.stats()["dropped"]["policy"]
        perf = perf_record(path)
        for _ in range(5):
            call.phone.sendto(STUN, call.lan)
        wait_for(lambda: router.stats()["dropped"]["policy"] == before + 5)
        equal((perf.communicate("\n")[0], perf.returncode), ("", 0))
    script = subprocess.run(["perf", "script", "-i", path], check=True,
                            text=True, stdout=subprocess.PIPE).stdout
    os.unlink(path)
    lines = [line for line in script.splitlines() if "sf_dropped" in line]
    equal(len(lines), 5, script)
    for line in lines:
        assert "session=%d stream=3 side=a" % call.id in line, line
        assert line.rstrip().endswith("reason=policy"), line


if not os.path.isdir(TRACEFS + "/events"):
    subprocess.run(["mount", "-t", "tracefs", "tracefs", TRACEFS], check=True)
os.mkdir(Tracer.path)
after(os.rmdir, Tracer.path)
run(Router())
