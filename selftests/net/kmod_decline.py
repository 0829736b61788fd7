#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the module cannot relay it leaves to the stack, or drops by name.

Each packet below belongs to a stream by its addresses; each must move exactly
the one counter that is its reason's, and none of them may reach the peer. The
packet that is in order, sent last, does.

Copyright (C) 2026 The sipfast authors
"""

import os
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from datagram import checksum  # noqa: E402
from router import STUN, Router, rtp, silent  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402


def ipv4(payload, ttl=64, offset=0, options=b"", total=None, bad=0, src=None):
    size = 20 + len(options)
    total = size + len(payload) if total is None else total
    head = struct.pack("!BBHHHBBH4s4s", 0x40 | size // 4, 0, total, 1, offset,
                       ttl, 17, 0, socket.inet_aton(src or "192.168.1.10"),
                       socket.inet_aton("192.168.1.1")) + options
    check = checksum(head) ^ bad
    return head[:10] + struct.pack("!H", check) + head[12:] + payload


def ipv6(payload, hops=64, kind=17, total=None):
    return struct.pack("!IHBB16s16s", 0x60000000,
                       len(payload) if total is None else total, kind, hops,
                       socket.inet_pton(socket.AF_INET6, "fd00:1::10"),
                       socket.inet_pton(socket.AF_INET6, "fd00:1::1")) + payload


def udp(payload, size=None, check=0, port=20000):
    size = 8 + len(payload) if size is None else size
    return struct.pack("!HHHH", 4000, port, size, check) + payload


def counters(router):
    stats = router.stats()
    return {(kind, name): value for kind in ("declined", "dropped")
            for name, value in stats[kind].items()}


def moves(router, packet, kind, name):
    """The packet moves this counter, by one, and no other."""
    before, relayed = counters(router), router.stats()["packets"]
    router.frame("p", packet)
    wait_for(lambda: counters(router) != before)
    after = counters(router)
    moved = {key: after[key] - before[key] for key in after
             if after[key] != before[key]}
    equal(moved, {(kind, name): 1})
    equal(router.stats()["packets"], relayed)


def in_header_errors(router):
    with router.within("s"):
        text = subprocess.run(("nstat", "-asz", "IpExtInCsumErrors",
                               "IpInHdrErrors"), check=True, text=True,
                              stdout=subprocess.PIPE).stdout
    return sum(int(line.split()[1]) for line in text.splitlines()
               if line.startswith("Ip"))


GOOD = udp(rtp(1))


@case("IPv4: fragments, options, TTL, lengths")
def _(router):
    moves(router, ipv4(GOOD, offset=0x2000), "declined", "fragment")
    moves(router, ipv4(GOOD, options=b"\1\1\1\0"), "declined", "ip-options")
    moves(router, ipv4(GOOD, ttl=1), "declined", "ttl")
    moves(router, ipv4(GOOD, ttl=0), "declined", "ttl")
    moves(router, ipv4(udp(rtp(1), size=2000)), "declined", "malformed")
    moves(router, ipv4(udp(rtp(1), size=7)), "declined", "malformed")
    moves(router, ipv4(GOOD, total=1000), "declined", "malformed")


@case("IPv4: a wrong header checksum stays wrong, and the next hop drops it")
def _(router):
    before = router.stats()["packets"]
    router.frame("p", ipv4(GOOD, bad=0x1))
    wait_for(lambda: router.stats()["packets"] == before + 1)
    wait_for(lambda: in_header_errors(router) > 0)
    assert silent(router.peer)


@case("IPv6: fragments, extension headers, hop limit, no UDP checksum")
def _(router):
    first = struct.pack("!BBHI", 17, 0, 1, 1) + udp(rtp(1), check=7)
    moves(router, ipv6(first, kind=44), "declined", "fragment")
    hop_by_hop = bytes((17, 0, 1, 4, 0, 0, 0, 0)) + udp(rtp(1), check=7)
    moves(router, ipv6(hop_by_hop, kind=0), "declined", "ip-options")
    moves(router, ipv6(udp(rtp(1), check=7), hops=1), "declined", "ttl")
    moves(router, ipv6(udp(rtp(1), check=0)), "declined", "malformed")


@case("payloads: nothing RFC 7983 knows, and what the stream forbids")
def _(router):
    moves(router, ipv4(udp(b"\xff" * 20)), "dropped", "not-rtp")
    moves(router, ipv4(udp(b"\x80" * 5)), "dropped", "not-rtp")
    stream = {"id": 0, "stun": "drop", "dtls": "drop", "zrtp": "drop",
              "turn": "drop"}
    router.sipfast.do("session-set", {"id": router.v4, "stream": stream})
    for payload in (STUN, b"\x16\xfe\xfd" + bytes(20), b"\x10" + bytes(20),
                    b"\x40" + bytes(20)):
        moves(router, ipv4(udp(payload)), "dropped", "policy")


@case("sources the policy does not accept")
def _(router):
    moves(router, ipv4(GOOD, src="192.168.1.11"), "dropped",
          "source-mismatch")
    side = router.sipfast.do("session-get",
                             {"id": router.v4})["stream"][0]["a"]
    assert side["stats"]["dropped"] >= 7


@case("no route to the peer, and a way out that is too narrow")
def _(router):
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1280")
    moves(router, ipv4(udp(rtp(1, size=1400)), offset=0x4000), "declined",
          "too-big")
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1500")
    router.do_in("gw", "ip", "route", "add", "unreachable",
                 "203.0.113.10/32")
    moves(router, ipv4(GOOD), "declined", "no-route")
    router.do_in("gw", "ip", "route", "del", "unreachable",
                 "203.0.113.10/32")


@case("none of it reached the peer; what is in order does, padding cut off")
def _(router):
    assert silent(router.peer)
    for payload in (rtp(2), b""):
        router.frame("p", ipv4(udp(payload)) + bytes(18))
        equal(router.peer.recv(2048), payload)


def main():
    router = Router()
    router.v4, router.v6 = router.relay(4), router.relay(6)
    router.peer = router.udp("s", 6000)
    router.peer6 = router.udp("s", 6000, 6)
    run(router)


main()
