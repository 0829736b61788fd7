#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The kinds of streams: opaque ones, RTCP wherever its port is, and muxed RTCP.

Fax over UDPTL (T.38) counts from 0 in its first two bytes, and so looks in turn
like everything that RFC 7983 tells apart. An opaque stream carries all of it;
a stream of RTP does not. RTCP has a stream of its own where SDP gives it a port
(RFC 3605), which need not be the next one.

Copyright (C) 2026 The sipfast authors
"""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import endpoint, text_of  # noqa: E402
from router import RTCP, Router, rtp, silent  # noqa: E402
from tap import after, case, equal, run, wait_for  # noqa: E402


def udptl(number):
    """A primary packet of one byte, and no redundancy."""
    return struct.pack("!HBBBB", number, 1, 0x06, 0, 0)


# The first one would be STUN, then ZRTP, DTLS, TURN, RTP, and nothing at all.
FAX = [udptl(n << 8) for n in (0, 16, 20, 64, 128, 255)]


class Stream:
    """Between two sockets, by any four ports; it ends with the case."""

    def __init__(self, router, families=(4, 4), local=(20000, 20000),
                 remote=(4000, 6000)):
        inside, outside = families
        self.lan = (address(router, "lan", inside), local[0])
        self.wan = (address(router, "wan", outside), local[1])
        self.phone = router.udp("p", remote[0], inside)
        self.peer = router.udp("s", remote[1], outside)
        after(self.phone.close)
        after(self.peer.close)
        self.far = endpoint("[%s]:%d" % (address(router, "s", outside),
                                         remote[1]))
        self.near = endpoint("[%s]:%d" % (address(router, "p", inside),
                                          remote[0]))

    def attributes(self, kind, **b):
        return {"kind": kind,
                "a": {"local": endpoint("[%s]:%d" % self.lan),
                      "remote": self.near},
                "b": dict({"local": endpoint("[%s]:%d" % self.wan),
                           "remote": self.far}, **b)}

    def carries(self, payload):
        """Both ways, and it comes from where it should."""
        for sock, to, other, source in (
                (self.phone, self.lan, self.peer, self.wan),
                (self.peer, self.wan, self.phone, self.lan)):
            sock.sendto(payload, to)
            data, seen = other.recvfrom(2048)
            equal((data, seen[:2]), (payload, source))


def address(router, name, version):
    return (router.ADDRESS if version == 4 else router.ADDRESS6)[name]


def session(router, *streams):
    """It ends with the case."""
    ident = router.sipfast.do("session-new", {"stream": list(streams)})["id"]
    after(router.sipfast.do, "session-del", {"id": ident})
    return ident


def figures(router, ident, stream=0, side="a"):
    stats = router.sipfast.do("session-get", {"id": ident})[
        "stream"][stream][side]["stats"]
    return (stats["packets"], stats["bytes"], stats.get("rtp-packets", 0),
            stats.get("rtcp-packets", 0))


def carries_fax(router, inside, outside):
    stream = Stream(router, (inside, outside))
    ident = session(router, stream.attributes("opaque"))
    payloads = FAX + [b"\xff" * 1200]
    for payload in payloads:
        stream.carries(payload)
    size = sum(map(len, payloads))
    for side in "ab":
        equal(figures(router, ident, 0, side), (len(payloads), size, 0, 0))


@case("opaque, IPv4: UDPTL passes, whatever it looks like")
def _(router):
    carries_fax(router, 4, 4)


@case("opaque, IPv6")
def _(router):
    carries_fax(router, 6, 6)


@case("opaque, from IPv4 to IPv6")
def _(router):
    carries_fax(router, 4, 6)


@case("opaque: any payload is learned from, and from one source only")
def _(router):
    stream = Stream(router)
    attributes = stream.attributes("opaque", learn="learn-once")
    del attributes["b"]["remote"]
    ident = session(router, attributes)
    stream.peer.sendto(FAX[0], stream.wan)
    equal(stream.phone.recv(2048), FAX[0])
    stranger = router.udp("t", 6000)
    before = router.stats()["dropped"]["source-mismatch"]
    stranger.sendto(FAX[0], stream.wan)
    wait_for(lambda: router.stats()["dropped"]["source-mismatch"] ==
             before + 1)
    side = router.sipfast.do("session-get", {"id": ident})["stream"][0]["b"]
    equal(text_of(side["learned"]), text_of(stream.far))
    stream.carries(FAX[1])


@case("on a stream of RTP, UDPTL that looks like nothing is dropped by name")
def _(router):
    stream = Stream(router)
    session(router, stream.attributes("rtp"))
    before = router.stats()["dropped"]["not-rtp"]
    stream.phone.sendto(FAX[-1], stream.lan)
    wait_for(lambda: router.stats()["dropped"]["not-rtp"] == before + 1)
    stream.carries(rtp(1))


@case("RTCP at ports that have nothing to do with those of RTP")
def _(router):
    media = Stream(router)
    control = Stream(router, (4, 4), (23457, 31002), (4999, 7004))
    ident = session(router, media.attributes("rtp"),
                    control.attributes("rtcp"))
    for n in range(3):
        media.carries(rtp(n))
        control.carries(RTCP)
    equal(figures(router, ident, 0), (3, 3 * len(rtp(0)), 3, 0))
    packets, size, n_rtp, _ = figures(router, ident, 1)
    equal((packets, size, n_rtp), (3, 3 * len(RTCP), 0))


@case("RTCP whose port nobody has told is nobody's")
def _(router):
    stream = Stream(router)
    session(router, stream.attributes("rtp"))
    before = router.stats()["packets"]
    stream.phone.sendto(RTCP, (stream.lan[0], stream.lan[1] + 1))
    at_next = router.udp("s", 6001)
    after(at_next.close)
    stream.carries(rtp(1))
    assert silent(at_next)
    equal(router.stats()["packets"], before + 2)


@case("muxed with RTP, RTCP is counted as what it is")
def _(router):
    stream = Stream(router)
    ident = session(router, stream.attributes("rtp"))
    for payload in (rtp(1), RTCP, rtp(2)):
        stream.carries(payload)
    for side in "ab":
        equal(figures(router, ident, 0, side),
              (3, 2 * len(rtp(0)) + len(RTCP), 2, 1))


run(Router())
