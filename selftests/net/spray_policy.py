#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""rtpbleed: whatever is sprayed at a media port, it gets nobody anything.

Sprayed are RTP, RTCP, STUN, DTLS, ZRTP, TURN channel data, garbage and empty
datagrams, with true and with forged sources, from the WAN and from the LAN, at
both ends of a call: before there is a session, before its first packet, in
the middle of it, and after each kind of session-set.

Under exact and same-address, which is what sipfastd asks for, nothing of it is
relayed, nobody's media goes anywhere else, and no figure of the legal source
moves. Each sprayed packet is counted once, as a source-mismatch. Only what
comes in where its source cannot be, as the phone's packets from the WAN and
the peer's from the LAN, is left to the stack and its firewall: no-route. These
two are forged to the last bit. What same-address cannot tell from the peer is
a forged packet of the peer's own address, out of the WAN, before the peer has
sent: it is not sprayed before then.
"""

import itertools
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from router import Router, rtp  # noqa: E402
from spray import MARK, PAYLOADS, Sprayer, Witness  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

SSRC_PHONE, SSRC_PEER = 0x5f, 7
STRANGER = {4: "198.51.100.7", 6: "2001:db8:66::7"}
NOBODY = {
    4: ("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255",
        "203.0.113.255"),
    6: ("::", "::1", "ff02::1"),
}


class Call:
    """p and s talk through the router; t and q have other plans."""

    def __init__(self, router, version, **side_b):
        self.router, self.version = router, version
        self.address = router.ADDRESS if version == 4 else router.ADDRESS6
        self.side_b = dict({"remote": router.at("s", 6000, version)}, **side_b)
        self.phone = router.udp("p", 4000, version)
        self.peer = router.udp("s", 6000, version)
        self.witness = {name: Witness(router, name) for name in "pqst"}
        self.wan, self.lan = Sprayer(router, "t"), Sprayer(router, "q")
        self.sent = {"p": 0, "s": 0}
        self.sprayed = self.left = 0
        self.kinds = itertools.cycle(PAYLOADS)
        self.id = None

    def close(self):
        self.router.sipfast.do("session-flush")
        for one in (self.phone, self.peer, self.wan, self.lan,
                    *self.witness.values()):
            one.close()

    def begin(self):
        at = self.router.at
        self.id = self.router.sipfast.do("session-new", {"stream": {
            "a": {"local": at("lan", 20000, self.version),
                  "remote": at("p", 4000, self.version)},
            "b": dict({"local": at("wan", 20000, self.version)},
                      **self.side_b)}})["id"]

    def side(self, name):
        return self.router.sipfast.do(
            "session-get", {"id": self.id})["stream"][0][name]

    def refused(self):
        """(source mismatches, what was left to the stack)"""
        stats = self.router.stats()
        return (stats["dropped"]["source-mismatch"],
                stats["declined"]["no-route"])

    def sources_wan(self, locked):
        """For side b. Once it is locked, other ports of the peer as well."""
        a = self.address
        sources = [(a["t"], 6000), (a["t"], 20000), (a["p"], 4000),
                   (a["q"], 6000), (a["lan"], 20000),
                   (STRANGER[self.version], 6000)]
        sources += [(address, 6000) for address in NOBODY[self.version]]
        if locked or self.side_b.get("learn", "exact") == "exact":
            sources += [(a["s"], 6001), (a["s"], 0), (a["s"], 20000)]
        return sources

    def sources_lan(self):
        a = self.address
        return [(a["q"], 4000), (a["p"], 4001), (a["p"], 0), (a["s"], 6000),
                (a["wan"], 20000), (a["lan"], 20000), (a["t"], 4000)]

    def spray(self, locked=False):
        """From both sides at both local endpoints, the kinds in turn."""
        for sprayer in (self.wan, self.lan):
            for source in self.sources_wan(locked):
                self.spray_one(sprayer, source, "wan")
            for source in self.sources_lan():
                self.spray_one(sprayer, source, "lan")
        self.spray_one(self.lan, (self.address["s"], 6000), "wan")
        self.spray_one(self.wan, (self.address["p"], 4000), "lan")

    def spray_one(self, sprayer, source, name):
        """Three kinds of ten: who comes again comes with others."""
        kinds = [next(self.kinds) for _ in range(3)]
        self.sprayed += sprayer.spray([source], (self.address[name], 20000),
                                      kinds)

    def talk(self, n=5):
        for _ in range(n):
            self.phone.sendto(rtp(self.sent["p"], ssrc=SSRC_PHONE),
                              (self.address["lan"], 20000))
            self.peer.sendto(rtp(self.sent["s"], ssrc=SSRC_PEER),
                             (self.address["wan"], 20000))
            self.sent["p"] += 1
            self.sent["s"] += 1
            self.peer.recv(2048)
            self.phone.recv(2048)

    def check_delivery(self):
        """Who has seen what since the last time."""
        seen = {name: witness.seen() for name, witness in
                self.witness.items()}
        for name, found in seen.items():
            for source, destination, payload in found:
                assert MARK not in payload, "injected: %s got %r of %r" % (
                    name, payload, source)
                assert payload, "an empty datagram got to %s" % name
        equal(seen["q"] + seen["t"], [], "what others got")
        return {source for source, _, _ in seen["p"]}, \
            {destination for _, destination, _ in seen["s"]}

    def check_figures(self):
        """What was sprayed counts as such, and as nothing else."""
        a, b = self.side("a")["stats"], self.side("b")["stats"]
        equal(a["dropped"] + b["dropped"], self.sprayed - self.left,
              "dropped")
        for figures, n, ssrc in ((a, self.sent["p"], SSRC_PHONE),
                                 (b, self.sent["s"], SSRC_PEER)):
            equal(figures["packets"], n, "packets")
            equal(figures["bytes"], n * len(rtp(0)), "bytes")
            equal(figures.get("ssrc", ssrc), ssrc, "SSRC")
            for name in ("ssrc-changes", "lost", "reordered", "duplicates",
                         "rtcp-packets"):
                equal(figures.get(name, 0), 0, name)


def attack(call, locked=False):
    """Sprays, and sees to it that every packet was counted for what it is."""
    before, sprayed = call.refused(), call.sprayed
    relayed = call.router.stats()["packets"]
    call.spray(locked)
    n = call.sprayed - sprayed
    wait_for(lambda: sum(call.refused()) >= sum(before) + n)
    now = call.refused()
    equal(sum(now), sum(before) + n, "refused")
    call.left += now[1] - before[1]
    assert now[0] > before[0] and now[1] >= before[1] + 6, (before, now)
    equal(call.router.stats()["packets"], relayed, "relayed")


def before_the_answer(call):
    stats = call.router.stats()
    call.spray()
    call.sprayed = 0
    equal(call.router.stats(), stats, "before there is a session")


def at_the_answer(call):
    learned = call.router.stats()["learned"]
    call.begin()
    attack(call)
    assert "learned" not in call.side("b")
    equal(call.router.stats()["learned"], learned)
    equal(call.check_delivery(), (set(), set()), "before the first packet")
    call.check_figures()


def in_the_call(call):
    for _ in range(2):
        call.talk()
        attack(call, locked=True)
    call.talk()
    equal(call.check_delivery(), ({(call.address["lan"], 20000)},
                                  {(call.address["s"], 6000)}), "delivery")
    call.check_figures()


def after_set(call, **side_b):
    call.router.sipfast.do("session-set", {"id": call.id, "stream": {
        "id": 0, "b": side_b}})
    attack(call, locked="remote" not in side_b)
    in_the_call(call)


def add_case(version, **side_b):
    policy = side_b.get("learn", "exact")

    @case("%s, IPv%d: before, at and after the answer" % (policy, version))
    def _(router):
        call = Call(router, version, **side_b)
        try:
            before_the_answer(call)
            at_the_answer(call)
            in_the_call(call)
            after_set(call, dscp=46)
            after_set(call, remote=router.at("s", 6000, version))
        finally:
            call.close()


for ip_version in (4, 6):
    add_case(ip_version)
    add_case(ip_version, learn="same-address")
run(Router())
