#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets of unusual shape, out of a virtual machine's TAP and a bridge.

A guest hands over partial checksums, and datagrams that the host is to break
into IP fragments (UFO): these are no aggregate of datagrams, and are left to
the stack as any datagram is that exceeds the MTU. A bridge with br_netfilter
puts fragments together: one datagram, in a list of buffers.

Copyright (C) 2026 The sipfast authors
"""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call, outcomes  # noqa: E402
from guest import IFF_VNET_HDR, Guest  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

NEEDS_CSUM, GSO_NONE, GSO_UDP = 1, 0, 3


def guest_sends(guest, payload, partial=False, gso=GSO_NONE, size=0):
    vnet = struct.pack("=BBHHHH", NEEDS_CSUM if partial else 0, gso,
                       14 + 20 + 8 if gso else 0, size,
                       34 if partial else 0, 6 if partial else 0)
    guest.write(vnet, guest.frame(0x0800),
                guest.datagram(payload, partial=partial))


def bad_checksums(router):
    return int(router.do_in("s", "awk", "/^Udp: [0-9]/ { print $8 }",
                            "/proc/net/snmp"))


@case("a guest's full and partial checksums")
def _(router):
    call = router.guest.call()
    for offload in ("on", "off"):
        router.do_in("gw", "ethtool", "-K", "wan0", "tx", offload)
        for partial in (False, True):
            for size in (160, 161, 1200):
                packet = rtp(call.n, size=size)
                call.n += 1
                guest_sends(router.guest, packet, partial)
                equal(call.peer.recv(4096), packet)
    equal(bad_checksums(router), 0)


@case("a datagram that the host is to fragment is declined, not cut up")
def _(router):
    call = router.guest.call()
    before, relayed = outcomes(router), router.stats()["packets"]
    guest_sends(router.guest, rtp(1, size=4000), True, GSO_UDP, 1480)
    wait_for(lambda: outcomes(router) != before)
    after = outcomes(router)
    moved = {key: after[key] - before[key] for key in after
             if after[key] != before[key]}
    assert moved in ({("declined", "gso"): 1},
                     {("declined", "too-big"): 1}), moved
    equal(router.stats()["packets"], relayed)
    packet = rtp(2)
    guest_sends(router.guest, packet)
    equal(call.peer.recv(8192), packet)


@case("fragments that a bridge has put together leave as one datagram")
def _(router):
    router.filter_bridged()
    call = Call(router, ("s", router.ADDRESS["s"]))
    gateway = router.ADDRESS["lan"]
    for offload in ("on", "off"):
        router.do_in("gw", "ethtool", "-K", "wan0", "tx", offload, "sg",
                     offload)
        router.do_in("p", "ip", "route", "replace", gateway, "dev", "eth0",
                     "mtu", "lock", "600")
        for size in (700, 1201, 1400):
            packet = rtp(call.n, size=size)
            call.n += 1
            before = router.stats()["packets"]
            call.phone.sendto(packet, call.lan)
            equal(call.peer.recv(4096), packet)
            equal(router.stats()["packets"], before + 1)
    router.do_in("p", "ip", "route", "del", gateway, "dev", "eth0")
    equal(bad_checksums(router), 0)
    call.holds()


def main():
    router = Router()
    router.guest = Guest(router, IFF_VNET_HDR)
    run(router)


main()
