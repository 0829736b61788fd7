#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions and pinholes end by themselves, and it is said why.

Idle notification once and again after traffic, idle expiry, lifetime whether
or not there is traffic, flush by the beginning of the cookie.

Copyright (C) 2026 The sipfast authors
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import Sipfast, endpoint  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import bound, case, equal, run, wait_for  # noqa: E402

EVENTS = []


def make(router, port=20000, **changes):
    values = {"stream": {
        "a": {"local": router.at("lan", port), "remote": router.at("p", 4000)},
        "b": {"local": router.at("wan", port), "remote": router.at("s", 6000)},
    }}
    values.update({k.replace("_", "-"): v for k, v in changes.items()})
    session = router.sipfast.do("session-new", values)
    next_event("session-new-ntf", session["id"])
    return session["id"]


def next_event(name, ident):
    event = EVENTS[0].event(bound(8))
    assert event, "no %s came" % name
    equal((event[0], event[1]["id"]), (name, ident))
    return event[1]


@case("a session that is idle is said to be, then ends")
def _(router):
    began = time.monotonic()
    ident = make(router, idle_notify_ms=300, idle_expire_ms=900)
    next_event("session-idle-ntf", ident)
    assert time.monotonic() - began >= 0.3
    end = next_event("session-end-ntf", ident)
    equal(end["end-reason"], "idle")
    assert end["idle-ms"] >= 900, end
    equal(router.sipfast.dump("session-get"), [])
    equal(router.stats()["sessions-expired"], 1)


@case("traffic keeps it, and idleness is said once each time")
def _(router):
    ident = make(router, idle_notify_ms=400)
    phone, peer = router.udp("p", 4000), router.udp("s", 6000)
    next_event("session-idle-ntf", ident)
    for n in range(3):
        phone.sendto(rtp(n), (router.ADDRESS["lan"], 20000))
        peer.recv(2048)
    next_event("session-idle-ntf", ident)
    router.sipfast.do("session-del", {"id": ident})
    next_event("session-end-ntf", ident)


@case("traffic keeps it from its end, and one without limits is left alone")
def _(router):
    other = make(router, port=20002)
    ident = make(router, idle_expire_ms=1000)
    phone, peer = router.udp("p", 4000), router.udp("s", 6000)
    began, n = time.monotonic(), 0
    while time.monotonic() - began < 2.5:
        phone.sendto(rtp(n), (router.ADDRESS["lan"], 20000))
        equal(peer.recv(2048), rtp(n))
        equal(EVENTS[0].event(0.05), None, "under traffic")
        n += 1
    ceased = time.monotonic()
    equal(next_event("session-end-ntf", ident)["end-reason"], "idle")
    assert time.monotonic() - ceased >= 0.9
    equal([s["id"] for s in router.sipfast.dump("session-get")], [other])
    router.sipfast.do("session-del", {"id": other})
    next_event("session-end-ntf", other)
    phone.close()
    peer.close()


@case("a lifetime ends it under traffic, later where it is set again")
def _(router):
    ident = make(router, lifetime_ms=500)
    router.sipfast.do("session-set", {"id": ident, "lifetime-ms": 1500})
    began = time.monotonic()
    next_event("session-set-ntf", ident)
    phone = router.udp("p", 4000)

    def is_over():
        phone.sendto(rtp(1), (router.ADDRESS["lan"], 20000))
        return not router.sipfast.dump("session-get")

    wait_for(is_over)
    assert time.monotonic() - began >= 1.4
    equal(next_event("session-end-ntf", ident)["end-reason"], "lifetime")


@case("flush ends the sessions whose cookie begins so, and no other")
def _(router):
    first = make(router, 20000, cookie="one-1")
    other = make(router, 20002, cookie="two-1")
    second = make(router, 20004, cookie="one-2")
    router.sipfast.do("session-flush", {"cookie": "one-"})
    for ident in (first, second):
        equal(next_event("session-end-ntf", ident)["end-reason"], "flushed")
    equal([s["id"] for s in router.sipfast.dump("session-get")], [other])
    router.sipfast.do("session-flush")
    next_event("session-end-ntf", other)
    equal(router.sipfast.dump("session-get"), [])


@case("a pinhole's lifetime")
def _(router):
    hole = router.sipfast.do("pinhole-new", {
        "local": endpoint("203.0.113.1:5060"), "lifetime-ms": 300})["id"]
    next_event("pinhole-new-ntf", hole)
    equal(next_event("pinhole-end-ntf", hole)["end-reason"], "lifetime")
    equal(router.sipfast.dump("pinhole-get"), [])


def main():
    router = Router()
    with router.within("gw"):
        EVENTS.append(Sipfast())
    EVENTS[0].listen()
    run(router)


main()
