# SPDX-License-Identifier: GPL-2.0-or-later
"""Somebody who sends what he likes from whom he likes, and who gets it.

A Sprayer writes whole packets, with any source, to the gateway's MAC address.
A Witness sees every datagram that reaches a host, whoever it is for. All that
is sprayed carries MARK; what arrives with it was injected.

Copyright (C) 2026 The sipfast authors
"""

import ipaddress
import json
import socket
import struct

from datagram import datagram
from router import rtp

MARK = b"-sprayed-"
ETH_P_ALL, PACKET_HOST = 3, 0
SO_RCVBUFFORCE = 33

# One payload of each kind that RFC 7983 tells apart, and some of none.
PAYLOADS = {
    "RTP": rtp(1, ssrc=0xbad, size=20) + MARK,
    "RTP, the stream's own SSRC": rtp(9999, ssrc=7, size=20) + MARK,
    "RTCP": struct.pack("!BBHI", 0x80, 201, 1, 0xbad) + MARK,
    "STUN": struct.pack("!HHI12s", 1, 0, 0x2112a442, b"transaction!") + MARK,
    "DTLS": b"\x16\xfe\xfd" + bytes(20) + MARK,
    "ZRTP": b"\x10\x00" + bytes(20) + MARK,
    "TURN channel": b"\x40\x00\x00\x09" + MARK,
    "garbage": b"\xff" * 30 + MARK,
    "a short one": b"\x80",
    "an empty one": b"",
}
MEDIA = ("RTP", "RTP, the stream's own SSRC", "RTCP")


class Sprayer:
    """On the cable of a phone or of a host in the WAN."""

    def __init__(self, router, name):
        with router.within(name):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
        device = "br-lan" if name in "pq" else "wan0"
        link = json.loads(router.do_in("gw", "ip", "-j", "link", "show",
                                       device))[0]["address"]
        self.mac = bytes.fromhex(link.replace(":", ""))

    def send(self, source, destination, payload):
        packet = datagram(source, destination, payload)
        protocol = 0x0800 if packet[0] >> 4 == 4 else 0x86dd
        self.sock.sendto(packet, ("eth0", protocol, 0, 0, self.mac))

    def spray(self, sources, destination, kinds=tuple(PAYLOADS)):
        """Each kind from each source; returns how many packets that was."""
        for source in sources:
            for kind in kinds:
                self.send(source, destination, PAYLOADS[kind])
        return len(sources) * len(kinds)

    def close(self):
        self.sock.close()


class Witness:
    """Every datagram that reaches a host from the gateway."""

    def __init__(self, router, name):
        with router.within(name):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                      socket.htons(ETH_P_ALL))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
        self.sock.setblocking(False)

    def seen(self):
        """[(source, destination, payload), ...] since it was last asked."""
        found = []
        while True:
            try:
                packet, address = self.sock.recvfrom(4096)
            except BlockingIOError:
                return found
            if address[2] == PACKET_HOST:
                found += parse(packet)

    def close(self):
        self.sock.close()


def parse(packet):
    version = packet[0] >> 4
    if version == 4 and packet[9] == 17:
        addresses, udp = (packet[12:16], packet[16:20]), packet[20:]
    elif version == 6 and packet[6] == 17:
        addresses, udp = (packet[8:24], packet[24:40]), packet[40:]
    else:
        return []
    src, dst, size = struct.unpack("!HHH", udp[:6])
    source, destination = (str(ipaddress.ip_address(a)) for a in addresses)
    return [((source, src), (destination, dst), udp[8:size])]
