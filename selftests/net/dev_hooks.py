#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a device cannot be served at ingress, and what its egress still sees.

A device whose traffic tc sends through an ifb never shows it to an ingress
hook, and a VRF has no ingress of its own: both are served at PRE_ROUTING. On
the way out the owner's egress chains see what was relayed, with the mark it
leaves with, and may refuse it.

Copyright (C) 2026 The sipfast authors
"""

import json
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call  # noqa: E402
from router import Router, silent  # noqa: E402
from tap import case, equal, run  # noqa: E402


def attach(router, name, hook="ingress"):
    router.sipfast.do("device-new", {"ifname": name, "hook": hook})


def detach(router, name):
    router.sipfast.do("device-del", {"ifname": name})


def packets(router, name):
    return router.sipfast.do("device-get", {"ifname": name})["packets"]


@case("shaped through an ifb: PRE_ROUTING gets what ingress does not")
def _(router):
    router.do_in("gw", "ip", "link", "add", "ifb7", "type", "ifb")
    router.do_in("gw", "ip", "link", "set", "ifb7", "up")
    router.do_in("gw", "tc", "qdisc", "add", "dev", "wan0", "handle", "ffff:",
                 "ingress")
    router.do_in("gw", "tc", "filter", "add", "dev", "wan0", "parent",
                 "ffff:", "matchall", "action", "mirred", "egress",
                 "redirect", "dev", "ifb7")
    for version in (4, 6):
        addresses = router.ADDRESS if version == 4 else router.ADDRESS6
        call = Call(router, ("s", addresses["s"]), version)
        call.outwards()
        call.peer.sendto(call.next(), call.wan)
        call.outwards()
        equal(packets(router, "wan0"), 0)
        detach(router, "wan0")
        attach(router, "wan0", "pre-routing")
        for _ in range(3):
            call.holds()
        equal(packets(router, "wan0"), 3)
        assert silent(call.phone)
        detach(router, "wan0")
        attach(router, "wan0")
        call.close()
    router.do_in("gw", "tc", "qdisc", "del", "dev", "wan0", "ingress")
    router.do_in("gw", "ip", "link", "del", "ifb7")


@case("a VRF attached: PRE_ROUTING, for all that is in it")
def _(router):
    router.do_in("gw", "ip", "link", "add", "inner", "type", "vrf", "table",
                 "200")
    router.do_in("gw", "ip", "link", "set", "inner", "up")
    router.do_in("gw", "ip", "link", "set", "br-lan", "master", "inner")
    router.do_in("gw", "ip", "address", "replace", "fd00:1::1/64", "dev",
                 "br-lan", "nodad")
    detach(router, "br-lan")
    attach(router, "inner", "pre-routing")
    index = json.loads(router.do_in("gw", "ip", "-j", "link", "show",
                                    "inner"))[0]["ifindex"]
    for version in (4, 6):
        addresses = router.ADDRESS if version == 4 else router.ADDRESS6
        call = Call(router, ("s", addresses["s"]), version)
        router.sipfast.do("session-set", {
            "id": call.id, "stream": {"id": 0, "a": {"ifindex": index}}})
        for _ in range(3):
            call.holds()
        call.close()
    equal(packets(router, "inner"), 6)
    detach(router, "inner")
    attach(router, "br-lan")
    router.do_in("gw", "ip", "link", "del", "inner")
    router.do_in("gw", "ip", "address", "replace", "fd00:1::1/64", "dev",
                 "br-lan", "nodad")


@case("a sniffer on both devices changes nothing")
def _(router):
    sniffers = []
    for device in ("br-lan", "wan0"):
        with router.within("gw"):
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                 socket.htons(3))
        sock.bind((device, 3))
        sniffers.append(sock)
    call = Call(router, ("s", router.ADDRESS["s"]))
    for _ in range(3):
        call.holds()
    call.close()
    for sock in sniffers:
        assert not silent(sock)
        sock.close()


def chain(router, *rules):
    """An egress chain of the WAN device, in place of the last one."""
    text = "table netdev out { chain wan { type filter hook egress " \
        "device \"wan0\" priority 0; %s; }; }" % "; ".join(rules)
    router.do_in("gw", "nft", "table netdev out; delete table netdev out; " +
                 text)


def counted(router):
    """Packets of each counter of the chain, in order."""
    rules = json.loads(router.do_in("gw", "nft", "-j", "list", "table",
                                    "netdev", "out"))["nftables"]
    return [part["counter"]["packets"] for rule in rules if "rule" in rule
            for part in rule["rule"]["expr"] if "counter" in part]


@case("an egress chain that drops is obeyed, and counted by name")
def _(router):
    call = Call(router, ("s", router.ADDRESS["s"]))
    call.holds()
    chain(router, "udp dport 6000 counter drop")
    call.moves("dropped", "xmit")
    equal(counted(router), [1])
    side = router.sipfast.do("session-get", {"id": call.id})["stream"][0]["a"]
    equal(side["stats"]["dropped"], 1)
    chain(router, "udp dport 6001 counter drop")
    assert silent(call.peer)
    call.holds()
    equal(counted(router), [0])
    call.close()


@case("what leaves has the mark of its side, and none that it came with")
def _(router):
    router.do_in("gw", "nft", "table netdev into { chain lan { type filter "
                 "hook ingress device \"br-lan\" priority -500; "
                 "udp dport 20000 meta mark set 0x99 counter; }; }")
    call = Call(router, ("s", router.ADDRESS["s"]), mark=0x17)
    chain(router, "udp dport 6000 meta mark 0x17 counter",
          "udp dport 6000 meta mark 0x99 counter",
          "udp dport 6000 meta mark 0 counter")
    call.outwards()
    equal(counted(router), [1, 0, 0])
    router.sipfast.do("session-set", {
        "id": call.id, "stream": {"id": 0, "b": {"mark": 0}}})
    call.outwards()
    equal(counted(router), [1, 0, 1])
    call.close()
    router.do_in("gw", "nft", "delete table netdev into")


run(Router())
