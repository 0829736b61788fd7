#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A nat stream rewrites the source outwards and the destination inwards.

Two phones send straight to one and the same endpoint of a peer, each through
a public port of its own; the peer's answers go back to the right one, from
the address that phone sends to. The peer may be learned: then packets go to
where it really is, and still come from where the phone thinks it is.

Copyright (C) 2026 The sipfast authors
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import text_of  # noqa: E402
from router import Router, rtp, silent  # noqa: E402
from tap import case, equal, run  # noqa: E402


def make(router, phone, port, version=4, **side_b):
    return router.sipfast.do("session-new", {"stream": {
        "rule": "nat",
        "a": {"remote": router.at(phone, 4000, version)},
        "b": dict({"local": router.at("wan", port, version),
                   "remote": router.at("s", 6000, version)}, **side_b)}})


def exchange(router, version):
    address = router.ADDRESS if version == 4 else router.ADDRESS6
    sessions = [make(router, "p", 20000, version),
                make(router, "q", 20002, version)]
    peer = router.udp("s", 6000, version)
    for phone, port, ssrc in (("p", 20000, 1), ("q", 20002, 2)):
        sock = router.udp(phone, 4000, version)
        for n in range(5):
            sock.sendto(rtp(n, ssrc=ssrc), (address["s"], 6000))
            data, source = peer.recvfrom(2048)
            equal(data, rtp(n, ssrc=ssrc))
            equal(source[:2], (address["wan"], port), "source outwards")
            peer.sendto(rtp(n, ssrc=9), source)
            data, source = sock.recvfrom(2048)
            equal(data, rtp(n, ssrc=9))
            equal(source[:2], (address["s"], 6000), "source inwards")
        sock.close()
    peer.close()
    for session in sessions:
        last = router.sipfast.do("session-del", {"id": session["id"]})
        stream = last["stream"][0]
        equal(stream["a"]["stats"]["packets"], 5)
        equal(stream["b"]["stats"]["packets"], 5)


@case("IPv4: two phones and one peer")
def _(router):
    exchange(router, 4)


@case("IPv6: two phones and one peer")
def _(router):
    exchange(router, 6)


@case("side a's local endpoint is side b's remote one unless given")
def _(router):
    session = make(router, "p", 20000)
    equal(text_of(session["stream"][0]["a"]["local"]), "203.0.113.10:6000")
    session = router.sipfast.do("session-set", {
        "id": session["id"],
        "stream": {"id": 0, "b": {"remote": router.at("t", 6000)}}})
    equal(text_of(session["stream"][0]["a"]["local"]), "203.0.113.20:6000")
    router.sipfast.do("session-del", {"id": session["id"]})


@case("a learned peer is sent to where it is, and seen where it was")
def _(router):
    session = make(router, "p", 20000, learn="learn-once")
    phone = router.udp("p", 4000)
    told, real = router.udp("s", 6000), router.udp("t", 7000)
    real.sendto(rtp(1), (router.ADDRESS["wan"], 20000))
    data, source = phone.recvfrom(2048)
    equal((data, source), (rtp(1), (router.ADDRESS["s"], 6000)))
    phone.sendto(rtp(2), (router.ADDRESS["s"], 6000))
    data, source = real.recvfrom(2048)
    equal((data, source), (rtp(2), (router.ADDRESS["wan"], 20000)))
    assert silent(told)
    stream = router.sipfast.do("session-get",
                               {"id": session["id"]})["stream"][0]
    equal(text_of(stream["b"]["learned"]), "203.0.113.20:7000")
    equal(text_of(stream["b"]["remote"]), "203.0.113.10:6000")
    router.sipfast.do("session-del", {"id": session["id"]})


@case("what another phone sends to the same peer is left to the router")
def _(router):
    session = make(router, "p", 20000)
    before = router.stats()
    phone, peer = router.udp("q", 4100), router.udp("s", 6000)
    phone.sendto(b"\x80 not of the stream", (router.ADDRESS["s"], 6000))
    data, source = peer.recvfrom(2048)
    equal(data, b"\x80 not of the stream")
    equal(source[0], router.ADDRESS["wan"], "masqueraded as ever")
    after = router.stats()
    equal((after["packets"], after["declined"], after["dropped"]),
          (before["packets"], before["declined"], before["dropped"]))
    router.sipfast.do("session-del", {"id": session["id"]})


run(Router())
