#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Routes, neighbours and interfaces change under a call, which holds.

The peer is behind a next hop, at an address that both hosts of the WAN have:
which of them gets a packet tells which route it took. Where there is no way
out, the packet is declined by name and reaches nobody; once there is one
again, the same session relays again.

Copyright (C) 2026 The sipfast authors
"""

import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call, outcomes  # noqa: E402
from router import Router, silent  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

FAR, FAR6 = "198.51.100.10", "2001:db8:5::10"


def route(router, *words):
    router.do_in("gw", "ip", "route", *words)


def route6(router, *words):
    router.do_in("gw", "ip", "-6", "route", *words)


def link_local(router, name):
    text = router.do_in(name, "ip", "-o", "-6", "address", "show", "dev",
                        "eth0", "scope", "link")
    return text.split("inet6 ")[1].split("/")[0]


@case("a next hop in another subnet")
def _(router):
    router.call.holds()


@case("the default route replaced: the other host gets the rest")
def _(router):
    route(router, "replace", "default", "via", router.ADDRESS["t"])
    router.call.outwards(at=router.at_t)
    assert silent(router.call.peer)
    route(router, "replace", "default", "via", router.ADDRESS["s"])
    router.call.holds()
    assert silent(router.at_t)


@case("a better route through another device, and without it again")
def _(router):
    route(router, "add", FAR, "via", "192.0.2.20", "dev", "wan1")
    router.call.outwards(at=router.at_t)
    route(router, "del", FAR)
    router.call.holds()
    route(router, "replace", "default", "via", "192.0.2.20", "dev", "wan1")
    router.call.outwards(at=router.at_t)
    route(router, "replace", "default", "via", router.ADDRESS["s"])
    router.call.holds()
    assert silent(router.at_t)


@case("no route: declined by name; the route again: relayed again")
def _(router):
    route(router, "del", "default")
    router.call.moves("declined", "no-route")
    route(router, "add", "default", "via", router.ADDRESS["s"])
    router.call.holds()


@case("routes that refuse: blackhole, prohibit, throw, unreachable")
def _(router):
    for kind in ("blackhole", "prohibit", "throw", "unreachable"):
        route(router, "add", kind, FAR)
        if kind == "throw":  # the next table is asked, and has none
            route(router, "del", "default")
        router.call.moves("declined", "no-route")
        route(router, "del", kind, FAR)
        if kind == "throw":
            route(router, "add", "default", "via", router.ADDRESS["s"])
    router.call.holds()


@case("the interface goes down, and comes up again")
def _(router):
    router.do_in("gw", "ip", "link", "set", "wan0", "down")
    router.call.moves("declined", "no-route")
    router.do_in("gw", "ip", "link", "set", "wan0", "up")
    route(router, "add", "default", "via", router.ADDRESS["s"])
    router.call.holds()
    router.do_in("gw", "ip", "address", "add",  # IPv6 loses them
                 router.ADDRESS6["wan"] + "/64", "dev", "wan0", "nodad")


@case("the next hop not resolved yet: all that is sent meanwhile arrives")
def _(router):
    router.do_in("gw", "ip", "neigh", "flush", "dev", "wan0")
    sent = [router.call.next() for _ in range(8)]
    for packet in sent:
        router.call.phone.sendto(packet, router.call.lan)
    equal([router.call.peer.recv(2048) for _ in sent], sent)


@case("the next hop never answers: nothing arrives, and the call goes on")
def _(router):
    route(router, "replace", "default", "via", "203.0.113.99")
    for _ in range(3):
        router.call.send()
    wait_for(lambda: "FAILED" in router.do_in(
        "gw", "ip", "neigh", "show", "203.0.113.99"))
    route(router, "replace", "default", "via", router.ADDRESS["s"])
    router.call.holds()


def announce(router, name, mac):
    """A gratuitous ARP of eth0, for the address it has in the WAN."""
    address = socket.inet_aton(router.ADDRESS[name])
    with router.within(name):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind(("eth0", 0))
    sock.send(b"\xff" * 6 + mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6,
                                              4, 2) +
              mac + address + b"\xff" * 6 + address)
    sock.close()


@case("the next hop's MAC changes, and is announced")
def _(router):
    new = "02:00:00:00:00:5a"
    router.do_in("s", "ip", "link", "set", "eth0", "address", new)
    mac = bytes.fromhex(new.replace(":", ""))

    def is_known():
        announce(router, "s", mac)  # none is heard in the first second
        return new in router.do_in("gw", "ip", "neigh", "show",
                                   router.ADDRESS["s"])

    wait_for(is_known)
    router.call.holds()


@case("a next hop that no subnet has: onlink")
def _(router):
    router.do_in("s", "ip", "address", "add", "10.99.0.1/32", "dev", "eth0")
    route(router, "add", FAR, "via", "10.99.0.1", "dev", "wan0", "onlink")
    router.call.holds()
    route(router, "del", FAR)


@case("IPv4 through an IPv6 next hop")
def _(router):
    hop = link_local(router, "t")
    route(router, "add", FAR, "via", "inet6", hop, "dev", "wan0")
    router.call.outwards(at=router.at_t)
    router.do_in("gw", "ip", "-6", "neigh", "flush", "dev", "wan0")
    router.call.outwards(at=router.at_t)
    route(router, "del", FAR)
    router.call.holds()


@case("IPv6 through a link-local next hop, and another, and none")
def _(router):
    for name in "st":
        router.do_in(name, "ip", "address", "add", FAR6 + "/128", "dev", "lo")
    other = router.udp_at("t", FAR6, 6000)
    route6(router, "add", "default", "via", link_local(router, "s"), "dev",
           "wan0")
    call = Call(router, ("s", FAR6), 6)
    call.holds()
    route6(router, "replace", "default", "via", link_local(router, "t"),
           "dev", "wan0")
    call.outwards(at=other)
    route6(router, "del", "default")
    call.moves("declined", "no-route")
    route6(router, "add", "default", "via", link_local(router, "s"), "dev",
           "wan0")
    call.holds()
    assert silent(other)
    call.close()
    other.close()


@case("a route's own MTU, when it is set and when it is taken away")
def _(router):
    route(router, "replace", "default", "via", router.ADDRESS["s"], "mtu",
          "160")
    router.call.moves("declined", "too-big")
    route(router, "replace", "default", "via", router.ADDRESS["s"])
    router.call.holds()


@case("it was one session all along, and nothing was dropped")
def _(router):
    equal([s["id"] for s in router.sipfast.dump("session-get")],
          [router.call.id])
    equal(sum(value for (kind, _), value in outcomes(router).items()
              if kind == "dropped"), 0)


def main():
    router = Router()
    router.do_in("gw", "ip", "link", "add", "wan1", "type", "veth", "peer",
                 "name", "eth1", "netns", router.ns["t"])
    router.do_in("gw", "ip", "address", "add", "192.0.2.1/24", "dev", "wan1")
    router.do_in("gw", "ip", "link", "set", "wan1", "up")
    router.do_in("t", "ip", "address", "add", "192.0.2.20/24", "dev", "eth1")
    router.do_in("t", "ip", "link", "set", "eth1", "up")
    for name in "st":
        router.do_in(name, "ip", "address", "add", FAR + "/32", "dev", "lo")
        router.do_in(name, "sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0")
    route(router, "add", "default", "via", router.ADDRESS["s"])
    router.at_t = router.udp_at("t", FAR, 6000)
    router.call = Call(router, ("s", FAR))
    run(router)


main()
