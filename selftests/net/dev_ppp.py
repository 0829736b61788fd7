#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A WAN behind PPPoE: a device without link-layer headers.

Both ends are the kernel's; what a pppd would have negotiated is agreed on
beforehand: one session number, and IP from the start.

Copyright (C) 2026 The sipfast authors
"""

import ctypes
import fcntl
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call, mac_of  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import case, equal, run  # noqa: E402

AF_PPPOX, SOCK_DGRAM, PX_PROTO_OE = 24, 2, 0
PPPIOCGCHAN, PPPIOCATTCHAN = 0x80047437, 0x40047438
PPPIOCNEWUNIT, PPPIOCCONNECT = 0xc004743e, 0x4004743a
SESSION = 0x51f
libc = ctypes.CDLL(None, use_errno=True)


def check(status):
    if status < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return status


def pppoe(router, name, device, peer):
    """One end: returns what keeps its interface, ppp0, alive."""
    address = struct.pack("=HIH6s16s", AF_PPPOX, PX_PROTO_OE,
                          int.from_bytes(struct.pack("!H", SESSION),
                                         sys.byteorder),
                          bytes.fromhex(peer.replace(":", "")),
                          device.encode())
    with router.within(name):
        sock = check(libc.socket(AF_PPPOX, SOCK_DGRAM, PX_PROTO_OE))
        check(libc.connect(sock, address, len(address)))
        channel = fcntl.ioctl(sock, PPPIOCGCHAN, bytes(4))
        link = os.open("/dev/ppp", os.O_RDWR)
        fcntl.ioctl(link, PPPIOCATTCHAN, channel)
        unit = os.open("/dev/ppp", os.O_RDWR)
        number = fcntl.ioctl(unit, PPPIOCNEWUNIT, struct.pack("i", 0))
        fcntl.ioctl(link, PPPIOCCONNECT, number)
    return sock, link, unit


@case("media passes both ways, IPv4 and IPv6")
def _(router):
    for version, wan, far in ((4, "100.64.0.1", "100.64.0.2"),
                              (6, "2001:db8:2::1", "2001:db8:2::2")):
        call = Call(router, ("s", far), version, wan=wan)
        for _ in range(4):
            call.holds()
        call.close()
    equal(router.sipfast.do("device-get", {"ifname": "ppp0"})["packets"], 8)
    equal(router.sipfast.do("device-get", {"ifname": "wan0"})["packets"], 0)


@case("more than its MTU of 1492 is left to the stack")
def _(router):
    call = Call(router, ("s", "100.64.0.2"), wan="100.64.0.1")
    call.holds()
    packet = rtp(2, size=1492 - 20 - 8 - 12)
    call.phone.sendto(packet, call.lan)
    equal(call.peer.recv(2048), packet)
    before = router.stats()
    call.phone.sendto(rtp(3, size=1500 - 20 - 8 - 12), call.lan)
    call.outwards()
    after = router.stats()
    equal(after["declined"]["too-big"], before["declined"]["too-big"] + 1)
    equal(after["packets"], before["packets"] + 1)
    call.close()


@case("the line drops and comes again, as another device of that name")
def _(router):
    call = Call(router, ("s", "100.64.0.2"), wan="100.64.0.1")
    call.holds()
    for fd in router.line:
        os.close(fd)
    equal([d["ifname"] for d in router.sipfast.dump("device-get")],
          ["br-lan", "wan0"])
    call.moves("declined", "no-route")
    dial(router)
    call.holds()
    call.close()


def dial(router):
    router.line = pppoe(router, "gw", "wan0", mac_of(router, "s", "eth0")) + \
        pppoe(router, "s", "eth0", mac_of(router, "gw", "wan0"))
    for name, here, there in (("gw", 1, 2), ("s", 2, 1)):
        router.do_in(name, "ip", "link", "set", "ppp0", "mtu", "1492", "up")
        router.do_in(name, "ip", "address", "add", "100.64.0.%d" % here,
                     "peer", "100.64.0.%d" % there, "dev", "ppp0")
        router.do_in(name, "ip", "address", "add", "2001:db8:2::%d/64" % here,
                     "dev", "ppp0", "nodad")
    router.sipfast.do("device-new", {"ifname": "ppp0"})


def main():
    router = Router()
    router.do_in("gw", "modprobe", "-a", "ppp_generic", "pppoe")
    if not os.path.exists("/dev/ppp"):
        os.mknod("/dev/ppp", 0o20600, os.makedev(108, 0))
    dial(router)
    run(router)


main()
