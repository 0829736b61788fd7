#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The round-trip time to each side comes out of the RTCP that passes.

This program is both sides and holds a report back for a while of its own. How
long the gateway must have seen it take lies between two times measured here;
DLSR is told as if the time were spent at the far end, or only part of it, and
what is left is the round trip. RTCP itself passes unchanged.

Copyright (C) 2026 The sipfast authors
"""

import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from router import Router, rtp  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

SSRC = {"a": 0xaaaa0001, "b": 0xbbbb0001}
TICK_US = 1000000 / 65536  # of LSR and DLSR
OTHER = {"a": "b", "b": "a"}


def sender_report(ssrc, ntp, blocks=()):
    """RFC 3550 section 6.4.1; ntp is the middle of the timestamp."""
    return report(200, ssrc, struct.pack(
        "!IIIII", 0xe8520000 | ntp >> 16, (ntp & 0xffff) << 16 | 0x4242,
        160, 1, 160), blocks)


def receiver_report(ssrc, blocks=()):
    return report(201, ssrc, b"", blocks)


def report(kind, ssrc, info, blocks):
    body = struct.pack("!I", ssrc) + info + b"".join(
        struct.pack("!IIIIII", source, 0, 1000, 10, lsr, dlsr)
        for source, lsr, dlsr in blocks)
    return struct.pack("!BBH", 0x80 | len(blocks), kind, len(body) // 4) + body


def description(ssrc):
    return struct.pack("!BBHIBB6s", 0x81, 202, 3, ssrc, 1, 4, b"test\0\0")


class Call:
    """A session with its two ends."""

    def __init__(self, router, version, port, kind):
        self.router = router
        addresses = router.ADDRESS if version == 4 else router.ADDRESS6
        self.id = router.sipfast.do("session-new", {"stream": {
            "kind": kind,
            "a": {"local": router.at("lan", port, version),
                  "remote": router.at("p", 4000, version)},
            "b": {"local": router.at("wan", port, version),
                  "remote": router.at("s", 6000, version)}}})["id"]
        self.sock = {"a": router.udp("p", 4000, version),
                     "b": router.udp("s", 6000, version)}
        self.to = {"a": (addresses["lan"], port),
                   "b": (addresses["wan"], port)}

    def send(self, side, data):
        """Sends it, sees it arrive, returns the times before and after."""
        begin = time.monotonic()
        self.sock[side].sendto(data, self.to[side])
        equal(self.sock[OTHER[side]].recv(2048), data, "as it was sent")
        return begin, time.monotonic()

    def round_trip(self, side):
        """Of a side in microseconds, or None."""
        stream = self.router.sipfast.do("session-get",
                                        {"id": self.id})["stream"][0]
        return stream[side]["stats"].get("round-trip-us")

    def answer(self, side, ntp, sent, held_us=0, ssrc=None):
        """A report of a side on the other's; bounds of its round trip."""
        ticks = int(held_us / TICK_US)
        ssrc = SSRC[OTHER[side]] if ssrc is None else ssrc
        answered = self.send(side, receiver_report(
            SSRC[side], [(ssrc, ntp, ticks)]) + description(SSRC[side]))
        held_us = ticks * TICK_US
        return ((answered[0] - sent[1]) * 1e6 - held_us,
                (answered[1] - sent[0]) * 1e6 - held_us)

    def close(self):
        self.router.sipfast.do("session-del", {"id": self.id})
        for sock in self.sock.values():
            sock.close()


def pause(seconds):
    """Something to measure: at least so long, however slow the machine."""
    end = time.monotonic() + seconds
    wait_for(lambda: time.monotonic() >= end)


def within(us, bounds):
    assert us is not None, "nothing was measured"
    low, high = bounds
    assert low - TICK_US - 1 <= us <= high + TICK_US + 1, (low, us, high)


def measure_both_ways(call):
    for side in "ab":
        equal(call.round_trip(side), None, "nothing yet")
    for n, side in enumerate("ba"):
        ntp = 0x11223344 + n
        sent = call.send(OTHER[side], sender_report(SSRC[OTHER[side]], ntp))
        pause(0.05)
        bounds = call.answer(side, ntp, sent)
        assert bounds[0] >= 50000, bounds
        within(call.round_trip(side), bounds)

    # What the far end says it held it for is no part of the way.
    sent = call.send("a", sender_report(SSRC["a"], 0x7fffffff))
    pause(0.3)
    bounds = call.answer("b", 0x7fffffff, sent, held_us=250000)
    assert bounds[0] >= 49000, bounds
    within(call.round_trip("b"), bounds)


@case("muxed with RTP, IPv4")
def _(router):
    call = Call(router, 4, 20000, "rtp")
    call.send("a", rtp(1))
    measure_both_ways(call)
    call.send("b", rtp(2))
    call.close()


@case("on a port of its own, IPv4")
def _(router):
    call = Call(router, 4, 20001, "rtcp")
    measure_both_ways(call)
    call.close()


@case("muxed with RTP, IPv6")
def _(router):
    call = Call(router, 6, 20000, "rtp")
    measure_both_ways(call)
    call.close()


@case("a report on an earlier sender report, inside a sender report")
def _(router):
    call = Call(router, 4, 20000, "rtp")
    sent = call.send("a", sender_report(SSRC["a"], 1000))
    pause(0.03)
    for ntp in (1001, 1002, 1003):
        call.send("a", sender_report(SSRC["a"], ntp))
    answered = call.send("b", sender_report(
        SSRC["b"], 5, [(SSRC["b"] + 1, 1003, 0), (SSRC["a"], 1000, 0)]))
    bounds = ((answered[0] - sent[1]) * 1e6, (answered[1] - sent[0]) * 1e6)
    assert bounds[0] >= 30000
    within(call.round_trip("b"), bounds)
    call.close()


@case("what does not belong together, or cannot be, is not measured")
def _(router):
    call = Call(router, 4, 20000, "rtp")
    sent = call.send("a", sender_report(SSRC["a"], 77))
    call.answer("b", 78, sent)  # another timestamp
    call.answer("b", 77, sent, ssrc=SSRC["a"] + 1)  # another source
    call.answer("a", 77, sent, ssrc=SSRC["a"])  # its own
    call.answer("b", 77, sent, held_us=60e6)  # longer than it was there
    call.answer("b", 0, sent)  # none heard of
    equal((call.round_trip("a"), call.round_trip("b")), (None, None))
    bounds = call.answer("b", 77, sent)
    within(call.round_trip("b"), bounds)
    call.close()


@case("broken RTCP passes and is not read")
def _(router):
    call = Call(router, 4, 20000, "rtp")
    sent = call.send("a", sender_report(SSRC["a"], 99))
    whole = receiver_report(SSRC["b"], [(SSRC["a"], 99, 0)])
    for cut in range(4, len(whole)):
        call.send("b", whole[:cut])
    call.send("b", whole + b"\0\0\0\0")
    # more blocks than there are, and SRTCP: its index and tag behind it
    call.send("b", bytes([0x9f]) + whole[1:])
    call.send("b", whole + bytes.fromhex("80000001") + bytes(range(10)))
    equal(call.round_trip("b"), None)
    call.answer("b", 99, sent)
    assert call.round_trip("b")
    call.close()


@case("a change of the stream keeps what was measured")
def _(router):
    call = Call(router, 4, 20000, "rtp")
    call.answer("b", 5, call.send("a", sender_report(SSRC["a"], 5)))
    us = call.round_trip("b")
    assert us
    router.sipfast.do("session-set", {"id": call.id, "stream": {
        "id": 0, "b": {"dscp": 46}}})
    equal(call.round_trip("b"), us)
    call.close()


run(Router())
