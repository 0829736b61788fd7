# SPDX-License-Identifier: GPL-2.0-or-later
"""UDP datagrams, byte by byte.

Copyright (C) 2026 The sipfast authors
"""

import ipaddress
import struct


def total16(data):
    """The sum that checksums are the complement of."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def checksum(data):
    return ~total16(data) & 0xffff


def datagram(source, destination, payload, partial=False):
    """From the IP header on; endpoints are (address, port). @partial: the UDP
    checksum is the sum of the pseudo-header, for a device to complete."""
    src = ipaddress.ip_address(source[0]).packed
    dst = ipaddress.ip_address(destination[0]).packed
    size = 8 + len(payload)
    head = struct.pack("!HHH", source[1], destination[1], size)
    pseudo = src + dst + struct.pack("!II", size, 17)
    check = total16(pseudo) if partial else \
        checksum(pseudo + head + b"\0\0" + payload) or 0xffff
    udp = head + struct.pack("!H", check)
    if len(src) == 16:
        return struct.pack("!IHBB", 6 << 28, size, 17, 64) + src + dst + \
            udp + payload
    ip = struct.pack("!BBHHHBB", 0x45, 0, 20 + size, 0, 0, 64, 17)
    return ip + struct.pack("!H", checksum(ip + b"\0\0" + src + dst)) + \
        src + dst + udp + payload
