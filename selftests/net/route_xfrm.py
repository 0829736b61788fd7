#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Media that an IPsec policy covers leaves encrypted, and never in clear.

ESP between the router and the peer, in tunnel and in transport mode. The
policy comes and goes while the call is up; a sniffer at the peer's device sees
which packets were ESP and which were not.

Copyright (C) 2026 The sipfast authors
"""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call  # noqa: E402
from router import Router, silent  # noqa: E402
from tap import bound, case, equal, run, wait_for  # noqa: E402

ESP, UDP = 50, 17
KEY = "0x" + "5a" * 20
ETH_P = {4: 0x0800, 6: 0x86dd}
NETLINK_XFRM, XFRMGRP_ACQUIRE = 6, 1


def xfrm(router, name, *words):
    router.do_in(name, "ip", "xfrm", *words)


def ends(router, version):
    addresses = router.ADDRESS if version == 4 else router.ADDRESS6
    return addresses["wan"], addresses["s"]


def add_states(router, version, mode):
    """One SA each way, at both ends."""
    wan, far = ends(router, version)
    for name in ("gw", "s"):
        for src, dst, spi in ((wan, far, "0x101"), (far, wan, "0x102")):
            xfrm(router, name, "state", "add", "src", src, "dst", dst,
                 "proto", "esp", "spi", spi, "reqid", "1", "mode", mode,
                 "aead", "rfc4106(gcm(aes))", KEY, "128")


def policy(router, name, verb, version, mode, direction, strict=False):
    """About UDP between the two ends and nothing else."""
    wan, far = ends(router, version)
    src, dst = (wan, far) if (name == "gw") == (direction == "out") \
        else (far, wan)
    words = ["policy", verb, "src", src, "dst", dst, "proto", "udp", "dir",
             direction]
    if verb == "add":
        words += ["tmpl", "src", src, "dst", dst, "proto", "esp", "reqid",
                  "1", "mode", mode]
        if direction != "out" and not strict:  # and in clear, too
            words += ["level", "use"]
    xfrm(router, name, *words)


def flush(router):
    for name in ("gw", "s"):
        xfrm(router, name, "policy", "flush")
        xfrm(router, name, "state", "flush")


class Sniffer:
    """What arrives at a device: the protocols of its IP packets."""

    def __init__(self, router, version):
        self.version = version
        with router.within("s"):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                      socket.htons(ETH_P[version]))
        self.sock.bind(("eth0", ETH_P[version]))
        self.sock.settimeout(bound(3))

    def protocols(self, n):
        """Of the next @n packets that are ESP, or UDP to the peer's port."""
        seen = []
        while len(seen) < n:
            packet, address = self.sock.recvfrom(4096)
            if address[2] == socket.PACKET_OUTGOING:
                continue
            protocol = packet[9] if self.version == 4 else packet[6]
            at = 20 if self.version == 4 else 40
            port = struct.unpack_from("!H", packet, at + 2)[0]
            if protocol == ESP or (protocol == UDP and port == 6000):
                seen.append(protocol)
        return seen

    def close(self):
        self.sock.close()


def outwards(call, n):
    """One after another."""
    for _ in range(n):
        call.outwards()


def comes_and_goes(router, version, mode):
    call = Call(router, ("s", ends(router, version)[1]), version)
    sniffer = Sniffer(router, version)
    outwards(call, 2)
    equal(sniffer.protocols(2), [UDP, UDP], "before")
    add_states(router, version, mode)
    policy(router, "s", "add", version, mode, "in")
    policy(router, "gw", "add", version, mode, "out")
    outwards(call, 3)
    # tunnelled ones are seen at the device once more, decrypted
    seen = sniffer.protocols(6 if mode == "tunnel" else 3)
    equal(seen, [ESP, UDP] * 3 if mode == "tunnel" else [ESP] * 3, "covered")
    policy(router, "gw", "del", version, mode, "out")
    outwards(call, 2)
    equal(sniffer.protocols(2), [UDP, UDP], "after")
    policy(router, "gw", "add", version, mode, "out")
    call.outwards()
    equal(sniffer.protocols(1), [ESP], "covered again")
    sniffer.close()
    flush(router)
    call.close()


@case("transport mode, IPv4: a policy comes, goes, and comes again")
def _(router):
    comes_and_goes(router, 4, "transport")


@case("transport mode, IPv6")
def _(router):
    comes_and_goes(router, 6, "transport")


@case("tunnel mode, IPv4")
def _(router):
    comes_and_goes(router, 4, "tunnel")


@case("tunnel mode, IPv6")
def _(router):
    comes_and_goes(router, 6, "tunnel")


@case("a policy without keys, which nobody or somebody is to get")
def _(router):
    for version in (4, 6):
        call = Call(router, ("s", ends(router, version)[1]), version)
        call.outwards()
        policy(router, "gw", "add", version, "transport", "out")
        call.moves("declined", "no-route")
        with router.within("gw"):
            keeper = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                   NETLINK_XFRM)
        keeper.bind((0, XFRMGRP_ACQUIRE))
        call.moves("declined", "no-route")
        assert keeper.recv(4096)  # it was asked for the keys
        add_states(router, version, "transport")
        outwards(call, 2)  # and not what was sent meanwhile
        keeper.close()
        flush(router)
        call.close()


@case("a policy that blocks: nothing leaves")
def _(router):
    wan, far = ends(router, 4)
    call = Call(router, ("s", far))
    call.outwards()
    words = ("src", wan, "dst", far, "proto", "udp", "dir", "out")
    xfrm(router, "gw", "policy", "add", *words, "action", "block")
    call.moves("declined", "no-route")
    xfrm(router, "gw", "policy", "del", *words)
    outwards(call, 2)
    call.close()


def demand(router, verb, version, mode):
    """What comes in has to be encrypted; daemons ask for both directions."""
    for direction in ("in", "fwd"):
        policy(router, "gw", verb, version, mode, direction, strict=True)


@case("in clear what has to come encrypted: refused, and only that")
def _(router):
    for version in (4, 6):
        call = Call(router, ("s", ends(router, version)[1]), version)
        call.inwards()
        demand(router, "add", version, "tunnel")
        call.moves("declined", "no-route", inwards=True)
        assert silent(call.phone)
        add_states(router, version, "tunnel")
        policy(router, "s", "add", version, "tunnel", "out")
        for _ in range(3):
            call.inwards()
        policy(router, "s", "del", version, "tunnel", "out")
        call.moves("declined", "no-route", inwards=True)
        demand(router, "del", version, "tunnel")
        call.inwards()
        flush(router)
        call.close()


@case("what comes in transport mode: at PRE_ROUTING")
def _(router):
    router.sipfast.do("device-del", {"ifname": "wan0"})
    router.sipfast.do("device-new", {"ifname": "wan0", "hook": "pre-routing"})
    for version in (4, 6):
        call = Call(router, ("s", ends(router, version)[1]), version)
        add_states(router, version, "transport")
        policy(router, "s", "add", version, "transport", "out")
        demand(router, "add", version, "transport")
        for _ in range(3):
            call.inwards()
        flush(router)
        call.close()
    router.sipfast.do("device-del", {"ifname": "wan0"})
    router.sipfast.do("device-new", {"ifname": "wan0"})


@case("what the path's narrower MTU cannot take is declined")
def _(router):
    call = Call(router, ("s", ends(router, 4)[1]))
    add_states(router, 4, "tunnel")
    policy(router, "s", "add", 4, "tunnel", "in")
    policy(router, "gw", "add", 4, "tunnel", "out")
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "240")
    call.moves("declined", "too-big")
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1500")
    outwards(call, 2)
    flush(router)
    call.close()


@case("the device goes away under a path that has no neighbour")
def _(router):
    add_states(router, 4, "tunnel")
    policy(router, "s", "add", 4, "tunnel", "in")
    policy(router, "gw", "add", 4, "tunnel", "out")
    call = Call(router, ("s", ends(router, 4)[1]))
    call.outwards()
    router.do_in("gw", "ip", "link", "del", "wan0")
    wait_for(lambda: [d["ifname"] for d in router.sipfast.dump(
        "device-get")] == ["br-lan"])
    call.moves("declined", "no-route")
    flush(router)
    call.close()


run(Router())
