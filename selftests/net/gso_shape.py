#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets of unusual shape, out of a virtual machine's TAP and a bridge.

A guest hands over partial checksums, and datagrams that the host is to break
into IP fragments (UFO): these are no aggregate of datagrams, and are left to
the stack as any datagram is that exceeds the MTU. A bridge with br_netfilter
puts fragments together: one datagram, in a list of buffers.

Copyright (C) 2026 The sipfast authors
"""

import fcntl
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call, mac_of, outcomes  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

TUNSETIFF = 0x400454ca
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x1000, 0x4000
NEEDS_CSUM, GSO_NONE, GSO_UDP = 1, 0, 3
GUEST, HOST, MAC = "192.168.7.10", "192.168.7.1", b"\x02\0\0\0\0\x07"


def total16(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def datagram(payload, partial):
    """IPv4 and UDP; @partial: the sum of the pseudo-header alone."""
    size = 8 + len(payload)
    ends = socket.inet_aton(GUEST) + socket.inet_aton(HOST)
    udp = struct.pack("!HHHH", 4000, 20000, size, 0) + payload
    pseudo = ends + struct.pack("!HH", 17, size)
    check = total16(pseudo) if partial else ~total16(pseudo + udp) & 0xffff
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + size, 1, 0, 64, 17, 0) + ends
    head = head[:10] + struct.pack("!H", ~total16(head) & 0xffff) + head[12:]
    return head + udp[:6] + struct.pack("!H", check) + payload


def guest_call(router):
    """A call of the guest. Its address is the phone's, too: that one's socket
    stays unused, the TAP sends."""
    return Call(router, ("s", router.ADDRESS["s"]), lan=HOST,
                near=("p", GUEST))


def guest_sends(router, payload, partial=False, gso=GSO_NONE, size=0):
    vnet = struct.pack("=BBHHHH", NEEDS_CSUM if partial else 0, gso,
                       14 + 20 + 8 if gso else 0, size,
                       34 if partial else 0, 6 if partial else 0)
    os.write(router.tap, vnet + router.tap_mac + MAC + b"\x08\0" +
             datagram(payload, partial))


def bad_checksums(router):
    return int(router.do_in("s", "awk", "/^Udp: [0-9]/ { print $8 }",
                            "/proc/net/snmp"))


@case("a guest's full and partial checksums")
def _(router):
    call = guest_call(router)
    for offload in ("on", "off"):
        router.do_in("gw", "ethtool", "-K", "wan0", "tx", offload)
        for partial in (False, True):
            for size in (160, 161, 1200):
                packet = rtp(call.n, size=size)
                call.n += 1
                guest_sends(router, packet, partial)
                equal(call.peer.recv(4096), packet)
    equal(bad_checksums(router), 0)


@case("a datagram that the host is to fragment is declined, not cut up")
def _(router):
    call = guest_call(router)
    before, relayed = outcomes(router), router.stats()["packets"]
    guest_sends(router, rtp(1, size=4000), True, GSO_UDP, 1480)
    wait_for(lambda: outcomes(router) != before)
    after = outcomes(router)
    moved = {key: after[key] - before[key] for key in after
             if after[key] != before[key]}
    assert moved in ({("declined", "gso"): 1},
                     {("declined", "too-big"): 1}), moved
    equal(router.stats()["packets"], relayed)
    packet = rtp(2)
    guest_sends(router, packet)
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
    router.do_in("gw", "modprobe", "tun")
    with router.within("gw"):
        router.tap = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(router.tap, TUNSETIFF, struct.pack(
            "16sH22x", b"tap7", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
    router.do_in("gw", "ip", "address", "add", HOST + "/24", "dev", "tap7")
    router.do_in("gw", "ip", "link", "set", "tap7", "up")
    router.tap_mac = bytes.fromhex(mac_of(router, "gw", "tap7").replace(
        ":", ""))
    router.sipfast.do("device-new", {"ifname": "tap7"})
    router.do_in("p", "ip", "address", "add", GUEST + "/32", "dev", "lo")
    run(router)


main()
