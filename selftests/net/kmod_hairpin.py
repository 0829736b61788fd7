#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two phones behind this gateway whose provider does not relay media.

	p --> WAN:21000 (q's public port)      p sees: from WAN:21000
	q --> WAN:20000 (p's public port)      q sees: from WAN:20000

Each call has a nat stream of its own. A packet that one of them sends to this
very machine is the other's: it is turned round in the kernel, and both count
it. A media server on the gateway itself gets what is sent to it, as ever.

Copyright (C) 2026 The sipfast authors
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from router import Router, rtp, silent  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

P_PORT, Q_PORT = 20000, 21000


def make(router, phone, public, peer_port, version):
    """The phone's call: its peer is the other phone's public port."""
    return router.sipfast.do("session-new", {"stream": {
        "rule": "nat",
        "a": {"remote": router.at(phone, 4000, version)},
        "b": {"local": router.at("wan", public, version),
              "remote": router.at("wan", peer_port, version)}}})["id"]


def sides(router, session):
    stream = router.sipfast.do("session-get", {"id": session})["stream"][0]
    return (stream["a"]["stats"]["packets"], stream["b"]["stats"]["packets"])


def talk(router, version):
    wan = (router.ADDRESS if version == 4 else router.ADDRESS6)["wan"]
    of_p = make(router, "p", P_PORT, Q_PORT, version)
    of_q = make(router, "q", Q_PORT, P_PORT, version)
    p, q = router.udp("p", 4000, version), router.udp("q", 4000, version)
    before = router.stats()
    for n in range(10):
        p.sendto(rtp(n, ssrc=1), (wan, Q_PORT))
        data, source = q.recvfrom(2048)
        equal(data, rtp(n, ssrc=1))
        equal(source[:2], (wan, P_PORT), "q sees p's public port")
        q.sendto(rtp(n, ssrc=2), (wan, P_PORT))
        data, source = p.recvfrom(2048)
        equal(data, rtp(n, ssrc=2))
        equal(source[:2], (wan, Q_PORT), "p sees q's public port")
    equal(sides(router, of_p), (10, 10))
    equal(sides(router, of_q), (10, 10))
    after = router.stats()
    equal(after["packets"] - before["packets"], 20, "each packet once")
    equal(after["dropped"], before["dropped"])
    equal(after["declined"], before["declined"])
    p.close()
    q.close()
    return of_p, of_q


@case("IPv4: both phones hear each other, from where they think the other is")
def _(router):
    router.sessions = talk(router, 4)


@case("a stranger who claims to be our own address is not believed")
def _(router):
    q = router.udp("q", 4000)
    before = router.stats()
    head = bytearray.fromhex("45000028000140004011") + b"\0\0" + bytes(
        (203, 0, 113, 1, 203, 0, 113, 1))
    total = sum(int.from_bytes(head[i:i + 2], "big") for i in range(0, 20, 2))
    total = (total & 0xffff) + (total >> 16)
    head[10:12] = (~(total + (total >> 16)) & 0xffff).to_bytes(2, "big")
    udp = (P_PORT.to_bytes(2, "big") + Q_PORT.to_bytes(2, "big") +
           (20).to_bytes(2, "big") + b"\0\0")
    router.frame("s", bytes(head) + udp + rtp(1, size=0))
    wait_for(lambda: router.stats()["declined"] != before["declined"])
    equal(router.stats()["packets"], before["packets"])
    assert silent(q)
    q.close()


@case("what the second stream does not take is nobody's")
def _(router):
    of_p, of_q = router.sessions
    router.sipfast.do("session-set", {"id": of_q, "stream": {
        "id": 0, "b": {"remote": router.at("wan", P_PORT + 2)}}})
    before = sides(router, of_p)
    drops = router.stats()["dropped"]["source-mismatch"]
    p = router.udp("p", 4000)
    p.sendto(rtp(1), (router.ADDRESS["wan"], Q_PORT))
    wait_for(lambda: router.stats()["dropped"]["source-mismatch"] ==
             drops + 1)
    equal(sides(router, of_p), before, "not counted as relayed")
    p.close()
    for session in router.sessions:
        router.sipfast.do("session-del", {"id": session})


@case("IPv6: both phones hear each other, from where they think the other is")
def _(router):
    for session in talk(router, 6):
        router.sipfast.do("session-del", {"id": session})


@case("a media server on the gateway itself hears the phone")
def _(router):
    session = make(router, "p", P_PORT, Q_PORT, 4)
    wan = router.ADDRESS["wan"]
    p, server = router.udp("p", 4000), None
    with router.within("gw"):
        server = type(p)(p.family, p.type)
    server.bind((wan, Q_PORT))
    server.settimeout(p.gettimeout())
    p.sendto(rtp(1), (wan, Q_PORT))
    data, source = server.recvfrom(2048)
    equal(data, rtp(1))
    equal(source, (wan, P_PORT))
    server.close()
    p.close()
    router.sipfast.do("session-del", {"id": session})


run(Router())
