#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""rate-packets and rate-bytes bound what is accepted from a side.

How much passes follows from the time the sending took, which is measured, not
assumed: a second's worth at once, and the rate from then on. The other side,
a side without a limit and other sessions lose nothing.

Copyright (C) 2026 The sipfast authors
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from router import Router, rtp  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

PACKETS_PER_S = 20
BYTES_PER_S = 1000
LEAST_BURST_BYTES = 65535
SIZE = len(rtp(0))


def make(router, limits_a):
    return router.sipfast.do("session-new", {"stream": {
        "a": dict({"local": router.at("lan", 20000),
                   "remote": router.at("p", 4000)}, **limits_a),
        "b": {"local": router.at("wan", 20000),
              "remote": router.at("s", 6000)}}})["id"]


def figures(router, session, side):
    stats = router.sipfast.do("session-get", {"id": session})
    return stats["stream"][0][side]["stats"]


def seen(router, session, side):
    stats = figures(router, session, side)
    return stats["packets"] + stats["dropped"]


def send(router, session, side, n):
    """Sends n packets; returns (relayed, dropped, seconds it took)."""
    name, local = ("p", "lan") if side == "a" else ("s", "wan")
    sock = router.udp(name, 4000 if side == "a" else 6000)
    before = figures(router, session, side)
    begin = time.monotonic()
    for sequence in range(n):
        sock.sendto(rtp(sequence), (router.ADDRESS[local], 20000))
    target = before["packets"] + before["dropped"] + n
    wait_for(lambda: seen(router, session, side) == target)
    seconds = time.monotonic() - begin
    sock.close()
    after = figures(router, session, side)
    return (after["packets"] - before["packets"],
            after["dropped"] - before["dropped"], seconds)


def end(router, session):
    router.sipfast.do("session-del", {"id": session})


@case("no limit: nothing is dropped")
def _(router):
    session = make(router, {})
    equal(send(router, session, "a", 200)[:2], (200, 0))
    equal(router.stats()["dropped"]["rate"], 0)
    end(router, session)


@case("rate-packets: a second's worth at once, then the rate")
def _(router):
    before = router.stats()["dropped"]
    session = make(router, {"rate-packets": PACKETS_PER_S})
    relayed, dropped, seconds = send(router, session, "a", 300)
    equal(relayed + dropped, 300)
    assert PACKETS_PER_S <= relayed, relayed
    assert relayed <= PACKETS_PER_S * (1 + seconds) + 1, (relayed, seconds)
    assert dropped, "the sending took too long to see a limit"
    after = router.stats()["dropped"]
    equal(after["rate"] - before["rate"], dropped, "named rate")
    equal({**after, "rate": 0}, {**before, "rate": 0}, "no other name")
    end(router, session)


@case("the other side is not limited")
def _(router):
    session = make(router, {"rate-packets": PACKETS_PER_S})
    assert send(router, session, "a", 200)[1]
    equal(send(router, session, "b", 200)[:2], (200, 0))
    end(router, session)


@case("after a pause there is room again, for as much as the pause was worth")
def _(router):
    session = make(router, {"rate-packets": PACKETS_PER_S})
    send(router, session, "a", 200)
    begin, passed = time.monotonic(), 0

    def another():
        nonlocal passed
        passed += send(router, session, "a", 1)[0]
        return passed >= 3

    wait_for(another)
    seconds = time.monotonic() - begin
    assert passed <= PACKETS_PER_S * seconds + 1, (passed, seconds)
    end(router, session)


@case("rate-bytes: payload bytes, and always room for the longest payload")
def _(router):
    session = make(router, {"rate-bytes": BYTES_PER_S})
    relayed, dropped, seconds = send(router, session, "a", 500)
    assert LEAST_BURST_BYTES // SIZE <= relayed, relayed
    assert relayed * SIZE <= LEAST_BURST_BYTES + BYTES_PER_S * seconds + SIZE
    assert dropped, "the sending took too long to see a limit"
    end(router, session)


@case("a change of something else is no fresh start")
def _(router):
    session = make(router, {"rate-packets": 1})
    begin = time.monotonic()
    assert send(router, session, "a", 50)[1]
    passed = 0
    for dscp in range(10):
        router.sipfast.do("session-set", {"id": session, "stream": {
            "id": 0, "b": {"dscp": dscp}}})
        passed += send(router, session, "a", 1)[0]
    assert passed <= time.monotonic() - begin, passed
    end(router, session)


@case("a limit can be taken away, and given")
def _(router):
    session = make(router, {"rate-packets": 1})
    assert send(router, session, "a", 50)[1]
    router.sipfast.do("session-set", {"id": session, "stream": {
        "id": 0, "a": {"rate-packets": 0}}})
    equal(send(router, session, "a", 50)[:2], (50, 0))
    router.sipfast.do("session-set", {"id": session, "stream": {
        "id": 0, "a": {"rate-packets": 2}}})
    side = router.sipfast.do("session-get", {"id": session})["stream"][0]["a"]
    equal(side["rate-packets"], 2)
    assert send(router, session, "a", 100)[1]
    end(router, session)


run(Router())
