#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a buffer ends is not where a packet ends.

A device may put all of a packet into pages, or any part of it: the headers are
then not where the module would read them. And a frame may be too short to hold
the headers that it announces. The first is relayed as any packet is, the second
is no packet of ours; strangers find their way in pieces, too.

Copyright (C) 2026 The sipfast authors
"""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import outcomes  # noqa: E402
from datagram import checksum  # noqa: E402
from guest import IFF_NAPI, IFF_NAPI_FRAGS, Guest  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

ETH_P = {4: 0x0800, 6: 0x86dd}
ETH_P_ARP = 0x0806
# At, before and behind each field that is read early, and each header's end.
CUTS = (0, 1, 6, 7, 9, 10, 19, 20, 27, 28, 39, 40, 41, 47, 48, 59, 60, 61, 100)


def in_pieces(guest, version, packet, cut):
    """@cut bytes beside the Ethernet header, the rest in a page."""
    guest.write(guest.frame(ETH_P[version]) + packet[:cut], packet[cut:])


def is_relayed(router, version, size):
    guest = router.guest
    call = guest.call(version)
    before = router.stats()["packets"]
    for cut in CUTS:
        packet = call.next() + bytes(size)
        in_pieces(guest, version, guest.datagram(packet, version), cut)
        equal(call.peer.recv(4096), packet, "cut at %d" % cut)
    equal(router.stats()["packets"], before + len(CUTS))


@case("IPv4: relayed, wherever the linear part ends")
def _(router):
    is_relayed(router, 4, 1000)


@case("IPv6: relayed, wherever the linear part ends")
def _(router):
    is_relayed(router, 6, 1000)


def echo(source, destination):
    icmp = struct.pack("!HHI", 8 << 8, 0, 1) + bytes(200)
    icmp = icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]
    ends = socket.inet_aton(source) + socket.inet_aton(destination)
    ip = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(icmp), 0, 0, 64, 1)
    return ip + struct.pack("!H", checksum(ip + b"\0\0" + ends)) + ends + icmp


def echoes(router):
    return int(router.do_in("gw", "awk", "/^Icmp: [0-9]/ { print $10 }",
                            "/proc/net/snmp"))


@case("a stranger in pieces reaches the host")
def _(router):
    guest = router.guest
    before, counted = echoes(router), outcomes(router)
    for cut in CUTS:
        in_pieces(guest, 4, echo(guest.ADDRESS[4], guest.HOST[4]), cut)
    wait_for(lambda: echoes(router) == before + len(CUTS))
    equal(outcomes(router), counted)


@case("a frame that ends within its headers is no packet of a stream")
def _(router):
    guest = router.guest
    for version, headers in ((4, 28), (6, 48)):
        call = guest.call(version)
        relayed = router.stats()["packets"]
        whole = guest.datagram(rtp(1), version)
        for length in range(headers):
            guest.write(guest.frame(ETH_P[version]) + whole[:length])
        guest.write(guest.frame(ETH_P_ARP) + whole)
        packet = call.next()
        guest.write(guest.frame(ETH_P[version]) +
                    guest.datagram(packet, version))
        equal(call.peer.recv(4096), packet)
        equal(router.stats()["packets"], relayed + 1)


@case("a datagram that ends before an RTP header would is told by its kind")
def _(router):
    guest = router.guest
    for version in (4, 6):
        call = guest.call(version)
        for payload in (b"", b"\0", rtp(1)[:11]):
            before = outcomes(router)["dropped", "not-rtp"]
            guest.write(guest.frame(ETH_P[version]) +
                        guest.datagram(payload, version))
            if payload[:1] == b"\x80":
                wait_for(lambda: outcomes(router)["dropped", "not-rtp"] ==
                         before + 1)
            else:
                equal(call.peer.recv(4096), payload)


def main():
    router = Router()
    router.guest = Guest(router, IFF_NAPI | IFF_NAPI_FRAGS)
    # GRO would pull the headers where they belong.
    router.do_in("gw", "ethtool", "-K", "tap7", "gro", "off")
    run(router)


main()
