# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is where, and which streams run between them.

    phones 10.1.1.x --- 10.1.0.x gateway 10.2.0.x --- peers 10.2.1.x
           fd01::1:x    fd01::x          fd02::x            fd02::1:x

Stream i has the same place in each of the four: PER_ADDRESS streams share an
address, and have every second port from FIRST_PORT on. What becomes of its
packets depends on who relays them: one of WAYS.

Copyright (C) 2026 The sipfast authors
"""

import array
import ipaddress
import sys

FIRST_PORT = 20000
PER_ADDRESS = 20000
N_ADDRESSES = 5
UDP, TCP = 17, 6

# struct sf_bench_record, and where the ports are in two of them
RECORD_LEN = 76
PORTS_AT = [record + at for record in (0, RECORD_LEN)
            for at in (36, 38, 72, 74)]

PLACES = {
    4: {"phone": "10.1.1.1", "lan": "10.1.0.1",
        "wan": "10.2.0.1", "peer": "10.2.1.1"},
    6: {"phone": "fd01::1:1", "lan": "fd01::1",
        "wan": "fd02::1", "peer": "fd02::1:1"},
}

# what is sent outwards, source and destination, and what becomes of it; what
# is sent inwards is the reverse
WAYS = {
    "routed": ("phone", "peer", "phone", "peer"),
    "masquerade": ("phone", "peer", "masquerade", "peer"),
    "nat": ("phone", "peer", "wan", "peer"),
    "relay": ("phone", "lan", "wan", "peer"),
}


class Case:
    """What is measured: one cell of a row.

    family is "4", "6", or "46": phones have IPv4 and peers IPv6.
    directions is 1 (from the phones) or 2 (they and the peers take turns).
    """

    def __init__(self, streams=1000, payload=172, family="4", directions=1,
                 protocol=UDP):
        self.streams = streams
        self.payload = payload
        self.family = family
        self.directions = directions
        self.protocol = protocol

    def like(self, family):
        """The same with another family."""
        return Case(self.streams, self.payload, family, self.directions,
                    self.protocol)

    def version(self, place):
        """The IP version spoken at a place."""
        return int(self.family[0 if place in ("phone", "lan") else -1])

    def address(self, place, n=0):
        """The n-th address of a place."""
        return address(self.version(place), place, n)

    def key(self):
        return (self.family, self.streams, self.payload, self.directions,
                self.protocol)


def address(version, place, n=0):
    return ipaddress.ip_address(PLACES[version][place]) + n


def ports_of(streams, above=0):
    """The port of each stream, where nobody has said otherwise."""
    one = range(FIRST_PORT + above, FIRST_PORT + 2 * PER_ADDRESS, 2)
    return [port for n in range(0, streams, PER_ADDRESS)
            for port in one[:streams - n]]


def packed(case, place, n):
    """The n-th address of a place. All that is masqueraded has the first
    address of the gateway."""
    if place == "masquerade":
        return case.address("wan").packed.ljust(16, b"\0")
    return case.address(place, n).packed.ljust(16, b"\0")


def endpoints(case, place):
    """Address, of 16 bytes, and port of each stream, in network order."""
    return [(packed(case, place, i // PER_ADDRESS), port.to_bytes(2, "big"))
            for i, port in enumerate(ports_of(case.streams))]


def record(end, case, sent, arrives):
    """struct sf_bench_record with addresses, and without ports."""
    versions = [int(case.family[0]), int(case.family[-1])]
    if end:
        versions.reverse()
    return b"".join((bytes((end, case.protocol, *versions)),
                     *sent, bytes(4), *arrives, bytes(4)))


def fill_in(table, offset, step, ports):
    """Writes one port of each record."""
    numbers = array.array("H", ports)
    if sys.byteorder == "little":
        numbers.byteswap()
    numbers = numbers.tobytes()
    table[offset::step] = numbers[0::2]
    table[offset + 1::step] = numbers[1::2]


def records(case, way, above=0, ports=None):
    """struct sf_bench_record for each stream and direction.

    above: 1 for the ports of RTCP.
    ports: the ports of the gateway's endpoints where FIRST_PORT and so on are
    not what the relay was given: {"lan": [...], "wan": [...]}.
    """
    table = bytearray()
    for n, first in enumerate(range(0, case.streams, PER_ADDRESS)):
        a, b, c, d = (packed(case, place, n) for place in WAYS[way])
        both = record(0, case, (a, b), (c, d))
        if case.directions == 2:
            both += record(1, case, (d, c), (b, a))
        table += both * min(PER_ADDRESS, case.streams - first)
    usual = ports_of(case.streams, above)
    source, target, new_source, new_target = (
        (ports or {}).get(place, usual) for place in WAYS[way])
    step = RECORD_LEN * case.directions
    order = [source, target, new_source, new_target]
    if case.directions == 2:
        order += [new_target, new_source, target, source]
    for place, numbers in enumerate(order):
        fill_in(table, PORTS_AT[place], step, numbers)
    return bytes(table)
