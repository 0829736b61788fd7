#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Policy routing by mark, DSCP and source, and VRFs on either side.

The peer's address is one that both hosts of the WAN have, each behind a device
of its own: which of them gets a packet tells which table was asked.

Copyright (C) 2026 The sipfast authors
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call  # noqa: E402
from router import Router, silent  # noqa: E402
from tap import case, run, wait_for  # noqa: E402

FAR = {4: "198.51.100.10", 6: "2001:db8:5::10"}
HOP = {4: "192.0.2.20", 6: "2001:db8:2::20"}
OUTER = {4: "192.0.2.1", 6: "2001:db8:2::1"}


def ip(router, version, *words):
    router.do_in("gw", "ip", "-%d" % version, *words)


def ifindex(router, name):
    return json.loads(router.do_in("gw", "ip", "-j", "link", "show",
                                   name))[0]["ifindex"]


def other(router, version):
    return router.udp_at("t", FAR[version], 6000)


def set_side(router, call, **b):
    """Changes side b of a call that is up."""
    router.sipfast.do("session-set", {"id": call.id,
                                      "stream": {"id": 0, "b": b}})


@case("a mark chooses the table, when it is set and when it is changed")
def _(router):
    for version in (4, 6):
        ip(router, version, "rule", "add", "fwmark", "0x17", "lookup", "100")
        at_t = other(router, version)
        call = Call(router, ("s", FAR[version]), version)
        call.holds()
        set_side(router, call, mark=0x17)
        call.outwards(at=at_t)
        set_side(router, call, mark=0x18)
        call.holds()
        assert silent(at_t)
        call.close()
        at_t.close()


@case("a rule that comes or goes under the call is followed")
def _(router):
    for version in (4, 6):
        at_t = other(router, version)
        call = Call(router, ("s", FAR[version]), version, mark=0x17)
        call.outwards(at=at_t)
        ip(router, version, "rule", "del", "fwmark", "0x17", "lookup", "100")
        call.holds()
        ip(router, version, "rule", "add", "fwmark", "0x17", "prohibit")
        call.moves("declined", "no-route")
        ip(router, version, "rule", "del", "fwmark", "0x17", "prohibit")
        call.holds()
        assert silent(at_t)
        call.close()
        at_t.close()


@case("a rule for the local endpoint's address is obeyed")
def _(router):
    for version in (4, 6):
        rule = ("from", OUTER[version], "lookup", "100")
        at_s = router.udp_at("s", FAR[version], 6000)
        ip(router, version, "rule", "add", *rule)
        call = Call(router, ("t", FAR[version]), version, wan=OUTER[version])
        call.holds()
        ip(router, version, "rule", "del", *rule)
        call.outwards(at=at_s)
        assert silent(call.peer)
        call.close()
        at_s.close()


@case("the device of a side is the only one that its packets leave by")
def _(router):
    for version in (4, 6):
        at_t = other(router, version)
        call = Call(router, ("s", FAR[version]), version,
                    ifindex=ifindex(router, "wan1"))
        ip(router, version, "route", "add", "default", "via", HOP[version],
           "dev", "wan1", "metric", "2000")
        call.outwards(at=at_t)
        assert silent(call.peer)
        ip(router, version, "route", "del", "default", "via", HOP[version],
           "dev", "wan1", "metric", "2000")
        call.close()
        at_t.close()


@case("the WAN in a VRF: by its ifindex; not without it")
def _(router):
    router.do_in("gw", "ip", "link", "set", "wan1", "master", "outer")
    restore(router)
    vrf = ifindex(router, "outer")
    for version in (4, 6):
        call = Call(router, ("t", FAR[version]), version, wan=OUTER[version],
                    ifindex=vrf)
        at_s = router.udp_at("s", FAR[version], 6000)
        call.holds()
        way = ("default", "via", HOP[version], "dev", "wan1", "table", "100")
        ip(router, version, "route", "del", *way)
        call.moves("declined", "no-route")
        ip(router, version, "route", "add", *way)
        call.holds()
        assert silent(at_s)
        call.close()
        call = Call(router, ("t", FAR[version]), version, wan=OUTER[version])
        call.send()
        at_s.recv(2048)  # the main table has its own way there
        assert silent(call.peer)
        call.close()
        at_s.close()


@case("the LAN in a VRF, and the WAN in another")
def _(router):
    router.do_in("gw", "ip", "link", "add", "inner", "type", "vrf", "table",
                 "200")
    router.do_in("gw", "ip", "link", "set", "inner", "up")
    router.do_in("gw", "ip", "link", "set", "br-lan", "master", "inner")
    router.do_in("gw", "ip", "address", "replace", "fd00:1::1/64", "dev",
                 "br-lan", "nodad")
    inner, outer = ifindex(router, "inner"), ifindex(router, "outer")
    for version in (4, 6):
        call = Call(router, ("t", FAR[version]), version, wan=OUTER[version],
                    ifindex=outer)
        call.outwards()
        # without its VRF side a is where the main table says: elsewhere
        before = router.stats()["packets"]
        call.peer.sendto(call.next(), call.wan)
        wait_for(lambda: router.stats()["packets"] == before + 1)
        assert silent(call.phone)
        router.sipfast.do("session-set", {
            "id": call.id, "stream": {"id": 0, "a": {"ifindex": inner}}})
        call.holds()
        call.close()


def restore(router):
    """A device that changes its VRF loses its IPv6 addresses and routes."""
    router.do_in("gw", "ip", "address", "replace", OUTER[6] + "/64", "dev",
                 "wan1", "nodad")
    for version in (4, 6):
        ip(router, version, "route", "replace", "default", "via",
           HOP[version], "dev", "wan1", "table", "100")
        # as a VRF is to have: where its table has no way, the next is not asked
        ip(router, version, "route", "replace", "unreachable", "default",
           "table", "100", "metric", "4278198272")


def prepare(router):
    """s is behind wan0, and t behind wan1, in table 100."""
    router.do_in("gw", "ip", "link", "add", "outer", "type", "vrf", "table",
                 "100")
    router.do_in("gw", "ip", "link", "set", "outer", "up")
    router.do_in("gw", "ip", "link", "add", "wan1", "type", "veth", "peer",
                 "name", "eth1", "netns", router.ns["t"])
    for name, device, addresses in (
            ("gw", "wan1", OUTER), ("t", "eth1", HOP)):
        router.do_in(name, "ip", "address", "add", addresses[4] + "/24", "dev",
                     device)
        router.do_in(name, "ip", "address", "add", addresses[6] + "/64", "dev",
                     device, "nodad")
        router.do_in(name, "ip", "link", "set", device, "up")
    for version in (4, 6):
        addresses = router.ADDRESS if version == 4 else router.ADDRESS6
        for name in "st":
            router.do_in(name, "ip", "address", "add",
                         "%s/%d" % (FAR[version], 32 if version == 4 else 128),
                         "dev", "lo")
        ip(router, version, "route", "add", "default", "via", addresses["s"])
    restore(router)
    router.sipfast.do("device-new", {"ifname": "wan1"})


def main():
    router = Router()
    prepare(router)
    run(router)


main()
