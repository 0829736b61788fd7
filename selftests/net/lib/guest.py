# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtual machine's device, as the gateway sees it: what is written here
reaches the module in the very buffers that the segments say.

Copyright (C) 2026 The sipfast authors
"""

import fcntl
import os
import struct

from call import Call, mac_of
from datagram import datagram

TUNSETIFF = 0x400454ca
IFF_TAP, IFF_NAPI, IFF_NAPI_FRAGS = 0x0002, 0x0010, 0x0020
IFF_NO_PI, IFF_VNET_HDR = 0x1000, 0x4000
MAC = b"\x02\0\0\0\0\x07"


class Guest:
    """The device is tap7. The guest's addresses are the phone's, too: that
    one's sockets receive for the guest, the TAP sends."""

    HOST = {4: "192.168.7.1", 6: "fd00:7::1"}
    ADDRESS = {4: "192.168.7.10", 6: "fd00:7::10"}

    def __init__(self, router, flags):
        self.router = router
        router.do_in("gw", "modprobe", "tun")
        with router.within("gw"):
            self.tap = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(self.tap, TUNSETIFF, struct.pack(
                "16sH22x", b"tap7", IFF_TAP | IFF_NO_PI | flags))
        for version, bits in ((4, 32), (6, 128)):
            router.do_in("gw", "ip", "address", "add", "%s/%d" % (
                self.HOST[version], bits - 8), "dev", "tap7", *(
                    ("nodad",) if version == 6 else ()))
            router.do_in("p", "ip", "address", "add", "%s/%d" % (
                self.ADDRESS[version], bits), "dev", "lo")
        router.do_in("gw", "ip", "link", "set", "tap7", "up")
        self.host_mac = bytes.fromhex(mac_of(router, "gw", "tap7").replace(
            ":", ""))
        router.sipfast.do("device-new", {"ifname": "tap7"})

    def call(self, version=4):
        addresses = self.router.ADDRESS if version == 4 else \
            self.router.ADDRESS6
        return Call(self.router, ("s", addresses["s"]), version,
                    lan=self.HOST[version], near=("p", self.ADDRESS[version]))

    def datagram(self, payload, version=4, partial=False):
        """To the call, from the IP header on."""
        return datagram((self.ADDRESS[version], 4000),
                        (self.HOST[version], 20000), payload, partial)

    def frame(self, protocol):
        """The Ethernet header."""
        return self.host_mac + MAC + struct.pack("!H", protocol)

    def write(self, *segments):
        os.writev(self.tap, segments)
