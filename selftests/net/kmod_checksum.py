#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP checksums hold whoever computes them, and aggregates are taken apart.

With and without checksum offload on the way in and on the way out, for IPv4
and IPv6, relayed and nat; without a checksum; and as one aggregate that the
sender left for its device to split (UDP_SEGMENT). The receiver's own count of
bad checksums is the witness.

Copyright (C) 2026 The sipfast authors
"""

import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from router import Router, rtp  # noqa: E402
from tap import case, equal, run  # noqa: E402

SO_NO_CHECK, UDP_SEGMENT = 11, 103


def bad_checksums(router):
    total = 0
    for line in router.do_in("s", "cat", "/proc/net/snmp",
                             "/proc/net/snmp6").splitlines():
        words = line.split()
        if words[0] == "Udp:" and words[1].isdigit():
            total += int(words[7])
        if words[0] == "Udp6InCsumErrors":
            total += int(words[1])
    return total


def offload(router, name, device, state):
    router.do_in(name, "ethtool", "-K", device, "tx", state)


def exchange(router, prepare=None):
    for version in (4, 6):
        phone, peer = (router.udp("p", 4000, version),
                       router.udp("s", 6000, version))
        address = router.ADDRESS if version == 4 else router.ADDRESS6
        if prepare:
            prepare(phone, version)
        for n in range(8):
            # an odd length, and payloads that carry into each other
            packet = rtp(n * 9973, ssrc=n * 0x01234567, size=161 + n)
            for target in ((address["lan"], 20000), (address["s"], 6000)):
                phone.sendto(packet, target)
                equal(peer.recv(2048), packet)
        phone.close()
        peer.close()
    equal(bad_checksums(router), 0)


@case("offload on both ways")
def _(router):
    exchange(router)


@case("offload on the way in only: partial sums are completed")
def _(router):
    offload(router, "gw", "wan0", "off")
    exchange(router)
    offload(router, "gw", "wan0", "on")


@case("offload nowhere: full sums are adjusted")
def _(router):
    for name, device in (("p", "eth0"), ("gw", "wan0")):
        offload(router, name, device, "off")
    exchange(router)
    for name, device in (("p", "eth0"), ("gw", "wan0")):
        offload(router, name, device, "on")


@case("no UDP checksum stays none in IPv4")
def _(router):
    def no_check(sock, version):
        if version == 4:
            sock.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    exchange(router, no_check)


def send_aggregate(router, version):
    phone, peer = (router.udp("p", 4000, version),
                   router.udp("s", 6000, version))
    address = router.ADDRESS if version == 4 else router.ADDRESS6
    packets = [rtp(n, ssrc=0xabcdef01) for n in range(8)]
    phone.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(packets[0]))
    phone.sendto(b"".join(packets), (address["lan"], 20000))
    for packet in packets:
        equal(peer.recv(2048), packet)
    phone.close()
    peer.close()
    equal(bad_checksums(router), 0)


@case("an aggregate is split, and each datagram of it counted")
def _(router):
    before = router.stats()
    for version in (4, 6):
        send_aggregate(router, version)
    offload(router, "gw", "wan0", "off")
    for version in (4, 6):
        send_aggregate(router, version)
    offload(router, "gw", "wan0", "on")
    after = router.stats()
    equal(after["packets"] - before["packets"], 32)
    equal(after["declined"], before["declined"])


@case("all of it was the module's doing")
def _(router):
    stats = router.stats()
    equal(stats["packets"], 4 * 2 * 16 + 32)
    equal(sum(stats["dropped"].values()), 0)


def main():
    router = Router()
    for version in (4, 6):
        router.relay(version)
        router.sipfast.do("session-new", {"stream": {
            "rule": "nat", "a": {"remote": router.at("p", 4000, version)},
            "b": {"local": router.at("wan", 20002, version),
                  "remote": router.at("s", 6000, version)}}})
    run(router)


main()
