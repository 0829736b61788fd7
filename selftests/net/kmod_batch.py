#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Many sessions in one message: all of them or none.

They relay, are told of in their order, and have the ids of the reply. Where
one of them cannot be, the extended ack names its attribute, and nothing is
left of the others: no session, no key, no count, no notification.

Copyright (C) 2026 The sipfast authors
"""

import errno
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import NUMBERS, Rejected, Sipfast, endpoint  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import bound, case, equal, run  # noqa: E402

MAX_BATCH = NUMBERS["SIPFAST_MAX_BATCH"]
EVENTS = []


def session(router, n, **changes):
    """A relay session like any other; @n makes it another one."""
    return dict({"cookie": "batch-%d" % n, "stream": {
        "a": {"local": router.at("lan", 20000 + n),
              "remote": router.at("p", 4000)},
        "b": {"local": router.at("wan", 20000 + n),
              "remote": router.at("s", 6000)}}}, **changes)


def sessions(router, count, first=0):
    return [session(router, n) for n in range(first, first + count)]


def rejected(router, batch, code, blames, index, misses=None):
    """Nothing is left of a batch that is rejected."""
    before = (router.sipfast.dump("session-get"), router.stats())
    try:
        router.sipfast.do("session-batch", {"session": batch})
    except Rejected as answer:
        equal(errno.errorcode[answer.errno], errno.errorcode[code])
        assert answer.message, "no text"
        equal(answer.path(answer.nest if misses else answer.offset, "batch"),
              blames, answer.message)
        equal(place(answer, answer.nest if misses else answer.offset), index,
              answer.message)
    else:
        raise AssertionError("the batch was accepted")
    after = (router.sipfast.dump("session-get"), router.stats())
    equal(after[1], before[1])
    equal([s["id"] for s in after[0]], [s["id"] for s in before[0]])
    equal(EVENTS[0].event(0), None, "an event")


def place(answer, offset):
    """Which session of the batch an attribute is in."""
    at, n = 20, 0
    while True:
        size = int.from_bytes(answer.request[at:at + 2], sys.byteorder)
        if offset < at + size:
            return n
        at += (size + 3) & ~3
        n += 1


@case("as many as one message may have are made, told of, and relay")
def _(router):
    made = router.sipfast.do("session-batch", {
        "session": sessions(router, MAX_BATCH)})["id"]
    equal(len(set(made)), MAX_BATCH)
    for n, ident in enumerate(made):
        name, told = EVENTS[0].event(bound(5))
        equal((name, told["id"], told["cookie"]),
              ("session-new-ntf", ident, "batch-%d" % n))
    equal([(s["id"], s["cookie"]) for s in router.sipfast.dump("session-get")],
          [(ident, "batch-%d" % n) for n, ident in enumerate(made)])
    equal(router.stats()["sessions"], MAX_BATCH)
    phone, peer = router.udp("p", 4000), router.udp("s", 6000)
    for n in (0, MAX_BATCH - 1):
        phone.sendto(rtp(n), (router.ADDRESS["lan"], 20000 + n))
        data, source = peer.recvfrom(2048)
        equal((data, source), (rtp(n), (router.ADDRESS["wan"], 20000 + n)))
    phone.close()
    peer.close()


@case("one too many is one too many")
def _(router):
    rejected(router, sessions(router, MAX_BATCH + 1, 1000), errno.E2BIG,
             "session", MAX_BATCH)


@case("a key that is taken: by another session, or in the batch itself")
def _(router):
    rejected(router, sessions(router, 3, 1000) + [session(router, 7)],
             errno.EEXIST, "session.stream.a.local", 3)
    twice = sessions(router, 3, 1000)
    twice.append(session(router, 2000, stream={
        "a": {"local": router.at("lan", 22000),
              "remote": router.at("p", 4000)},
        "b": {"local": router.at("wan", 21001),
              "remote": router.at("s", 6000)}}))
    rejected(router, twice, errno.EEXIST, "session.stream.b.local", 3)


@case("the last one is wrong, in any way")
def _(router):
    good = sessions(router, 5, 1000)
    for wrong, code, blames in (
            ({"lifetime-ms": b"\1"}, errno.EINVAL, "session.lifetime-ms"),
            ({"cookie": "x" * 65}, errno.EINVAL, "session.cookie"),
            ({"id": 1}, errno.EINVAL, "session.id"),
            ({"age-ms": 1}, errno.EINVAL, "session.age-ms"),
            ({"stream-remove": [0]}, errno.EINVAL, "session.stream-remove"),
            ({"stream": {"kind": 3}}, errno.ERANGE, "session.stream.kind")):
        rejected(router, good + [session(router, 1005, **wrong)], code,
                 blames, 5)
    lacking = session(router, 1005)
    del lacking["stream"]
    rejected(router, good + [lacking], errno.EINVAL, "session", 5, misses=True)
    lacking = session(router, 1005, stream={
        "a": {"local": endpoint("192.168.1.1:21005")},
        "b": {"local": endpoint("203.0.113.1:21005")}})
    rejected(router, good + [lacking], errno.EINVAL, "session.stream.a", 5,
             misses=True)


@case("what was rejected has left no key behind")
def _(router):
    made = router.sipfast.do("session-batch",
                             {"session": sessions(router, 6, 1000)})["id"]
    for ident in made:
        equal(EVENTS[0].event(bound(5))[1]["id"], ident)


@case("a table that is full in the middle of it")
def _(router):
    limit = "/sys/module/sipfast/parameters/max_sessions"
    with open(limit, encoding="ascii") as file:
        old = file.read()
    with open(limit, "w", encoding="ascii") as file:
        file.write("%d" % (router.stats()["sessions"] + 2))
    try:
        rejected(router, sessions(router, 4, 3000), errno.ENOSPC, "session", 2)
        router.sipfast.do("session-batch",
                          {"session": sessions(router, 2, 3000)})
    finally:
        with open(limit, "w", encoding="ascii") as file:
            file.write(old)
    router.sipfast.do("session-flush", {"cookie": "batch-"})
    equal(router.stats()["sessions"], 0)


def main():
    router = Router()
    with router.within("gw"):
        EVENTS.append(Sipfast())
    EVENTS[0].listen()
    run(router)


main()
