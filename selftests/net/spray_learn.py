#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""learn-once and off under spray: what they can keep, and what they cannot.

CVE-2025-53399: a relay that takes its peer's endpoint from packets is sprayed
with RTP from everywhere while it learns. learn-once trusts the first RTP
packet inside its window, whoever sent it; that is the policy, and why it is not
the default. It keeps even so: one source and never two, nothing but RTP is
learned from, nobody is learned who can be no host, nothing after the window,
and nothing else until the owner says so. same-address, which sipfastd asks for,
does not learn from the spray at all: spray_policy.py.

off accepts everybody, yet learns nobody: media goes where it was told to.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import text_of  # noqa: E402
from router import Router, rtp  # noqa: E402
from spray import MARK, MEDIA, PAYLOADS, Sprayer, Witness  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

CROWD = 40          # hosts of the WAN that t speaks for
NOT_MEDIA = tuple(kind for kind in PAYLOADS if kind not in MEDIA)


def counters(router):
    """(relayed, refused, learned); as no-route, our own addresses are."""
    stats = router.stats()
    return (stats["packets"], stats["dropped"]["source-mismatch"] +
            stats["declined"]["no-route"], stats["learned"])


class Call:
    """p's side is told; where s is shall be learned. t has many addresses."""

    def __init__(self, router, version=4, **side_b):
        self.router = router
        self.address = router.ADDRESS if version == 4 else router.ADDRESS6
        self.wan = (self.address["wan"], 20000)
        self.phone = router.udp("p", 4000, version)
        self.peer = router.udp("s", 6000, version)
        self.witness = {name: Witness(router, name) for name in "pqst"}
        self.sprayer = Sprayer(router, "t")
        self.id = router.sipfast.do("session-new", {"stream": {
            "a": {"local": router.at("lan", 20000, version),
                  "remote": router.at("p", 4000, version)},
            "b": dict({"local": router.at("wan", 20000, version),
                       "learn": "learn-once"}, **side_b)}})["id"]
        self.before = counters(router)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.router.sipfast.do("session-del", {"id": self.id})
        for one in (self.phone, self.peer, self.sprayer,
                    *self.witness.values()):
            one.close()

    def set_b(self, **side_b):
        self.router.sipfast.do("session-set", {"id": self.id, "stream": {
            "id": 0, "b": side_b}})

    def moved(self):
        """What counters() say has happened since the call began."""
        return tuple(now - then for now, then in
                     zip(counters(self.router), self.before))

    def becomes(self, *moved):
        wait_for(lambda: sum(self.moved()) >= sum(moved))
        equal(self.moved(), moved, "relayed, refused, learned")

    def learned(self):
        side = self.router.sipfast.do("session-get",
                                      {"id": self.id})["stream"][0]["b"]
        return text_of(side["learned"]) if "learned" in side else None

    def spray(self, sources, kinds=MEDIA):
        return self.sprayer.spray(sources, self.wan, kinds)

    def from_phone(self):
        """Where does a packet of the phone go to? (host, destination)"""
        self.drain()
        packet = rtp(77)
        self.phone.sendto(packet, (self.address["lan"], 20000))
        found = []

        def has_come():
            for name in "pqst":
                found.extend((name, destination) for _, destination, payload
                             in self.witness[name].seen()
                             if payload == packet)
            return found

        wait_for(has_come)
        equal(len(found), 1, "copies")
        return found[0]

    def drain(self):
        return [entry for witness in self.witness.values()
                for entry in witness.seen()]


def crowd(n=CROWD):
    return [("203.0.113.%d" % (100 + i), 1024 + 7 * i) for i in range(n)]


@case("t is a crowd")
def _(router):
    router.ip("t", *("address add %s/24 dev eth0" % address
                     for address, _ in crowd()))


@case("learn-once, sprayed first: one is learned, it stays the only one")
def _(router):
    with Call(router) as call:
        n = call.spray(crowd())
        call.becomes(3, n - 3, 1)
        equal(call.learned(), "203.0.113.100:1024")
        n += call.spray(crowd())
        call.becomes(6, n - 6, 1)
        call.peer.sendto(rtp(1), call.wan)
        call.becomes(6, n - 6 + 1, 1)
        equal(call.from_phone(), ("t", ("203.0.113.100", 1024)))


@case("the owner's word puts it right, and same-address keeps it so")
def _(router):
    with Call(router) as call:
        n = call.spray(crowd())
        call.becomes(3, n - 3, 1)
        call.set_b(remote=router.at("s", 6000), learn="same-address")
        n += call.spray(crowd())
        call.becomes(3, n - 3, 1)
        equal(call.from_phone(), ("s", ("203.0.113.10", 6000)))
        call.peer.sendto(rtp(1), call.wan)
        call.becomes(5, n - 3, 2)
        n += call.spray(crowd())
        call.becomes(5, n - 3, 2)
        equal(call.learned(), "203.0.113.10:6000")


@case("learn-once, the peer first: the spray finds it locked")
def _(router):
    with Call(router) as call:
        call.peer.sendto(rtp(1), call.wan)
        call.becomes(1, 0, 1)
        call.drain()
        n = call.spray(crowd(), tuple(PAYLOADS))
        call.becomes(1, n, 1)
        call.set_b(dscp=46)
        n += call.spray(crowd(), tuple(PAYLOADS))
        call.becomes(1, n, 1)
        equal(call.drain(), [], "injected")
        equal(call.from_phone(), ("s", ("203.0.113.10", 6000)))
        equal(call.learned(), "203.0.113.10:6000")


@case("learn-once: nothing but RTP and RTCP is learned from")
def _(router):
    with Call(router, remote=router.at("s", 6000)) as call:
        n = call.spray(crowd(), NOT_MEDIA)
        call.becomes(0, n, 0)
        equal(call.drain(), [], "injected")
        equal(call.from_phone(), ("s", ("203.0.113.10", 6000)))


@case("learn-once, IPv6: one is learned, it stays the only one")
def _(router):
    with Call(router, 6) as call:
        sources = [(call.address["t"], 1024 + i) for i in range(CROWD)]
        n = call.spray(sources)
        call.becomes(3, n - 3, 1)
        equal(call.from_phone(), ("t", (call.address["t"], 1024)))
        call.peer.sendto(rtp(1), call.wan)
        call.becomes(4, n - 3 + 1, 1)


@case("learn-once, the window over: nobody is learned any more")
def _(router):
    with Call(router, remote=router.at("s", 6000),
              **{"learn-window-ms": 1}) as call:
        n = call.spray(crowd())
        call.becomes(0, n, 0)
        call.peer.sendto(rtp(1), call.wan)
        call.becomes(1, n, 0)
        call.drain()
        equal(call.from_phone(), ("s", ("203.0.113.10", 6000)))


@case("who can be no host is never learned")
def _(router):
    nobody = [("0.0.0.0", 6000), ("0.1.2.3", 6000), ("127.0.0.1", 6000),
              ("224.0.0.1", 6000), ("239.1.2.3", 6000),
              ("255.255.255.255", 6000), ("203.0.113.10", 0)]
    with Call(router) as call:
        n = call.spray(nobody)
        call.becomes(0, n, 0)
        equal(call.drain(), [], "injected")
    nobody = [("::", 6000), ("::1", 6000), ("ff02::1", 6000),
              ("ff0e::1", 6000), ("2001:db8:1::10", 0)]
    with Call(router, 6) as call:
        n = call.spray(nobody)
        call.becomes(0, n, 0)
        equal(call.drain(), [], "injected")


@case("nor a network's broadcast address, nor any of our own")
def _(router):
    own = [("203.0.113.255", 6000), ("192.168.1.255", 6000),
           ("203.0.113.1", 20000), ("203.0.113.1", 6000),
           ("192.168.1.1", 20000)]
    with Call(router) as call:
        n = call.spray(own)
        call.becomes(0, n, 0)
        equal(call.drain(), [], "injected")
    own = [("2001:db8:1::1", 20000), ("2001:db8:1::1", 6000),
           ("fd00:1::1", 20000)]
    with Call(router, 6) as call:
        n = call.spray(own)
        call.becomes(0, n, 0)


@case("off: everybody gets in, nobody gets anything")
def _(router):
    with Call(router, remote=router.at("s", 6000), learn="off") as call:
        n = call.spray(crowd())
        call.becomes(n, 0, 0)
        seen = call.witness["p"].seen()
        equal(len(seen), n)
        assert all(MARK in payload for _, _, payload in seen)
        equal(call.from_phone(), ("s", ("203.0.113.10", 6000)))
        equal(call.learned(), None)


run(Router())
