#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Only devices that were named are looked at, for as long as they are there.

Attaching and detaching, the PRE_ROUTING hook, a device that is renamed, moved
to another namespace or removed under traffic, and a way out that disappears.

Copyright (C) 2026 The sipfast authors
"""

import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import Rejected, Sipfast  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import bound, case, equal, run, wait_for  # noqa: E402


def passes(router, n=1):
    phone, peer = router.udp("p", 4000), router.udp("s", 6000)
    phone.sendto(rtp(n), (router.ADDRESS["lan"], 20000))
    equal(peer.recv(2048), rtp(n))
    phone.close()
    peer.close()


def packets(router, name):
    return router.sipfast.do("device-get", {"ifname": name})["packets"]


def attached(router):
    return {d["ifname"]: d["hook"] for d in router.sipfast.dump("device-get")}


@case("nothing is relayed before a device is attached")
def _(router):
    phone = router.udp("p", 4000)
    phone.connect((router.ADDRESS["lan"], 20000))
    phone.send(rtp(1))
    try:  # the stack has it: nobody listens there
        phone.recv(2048)
        raise AssertionError("something answered")
    except ConnectionRefusedError:
        pass
    equal(router.stats()["packets"], 0)
    phone.close()


@case("attached by name: the ingress hook, and its packets counted")
def _(router):
    router.sipfast.do("device-new", {"ifname": "br-lan"})
    equal(attached(router), {"br-lan": "ingress"})
    passes(router)
    equal(packets(router, "br-lan"), 1)


def rename(router, old, new):
    """Linux before 6.2 renames no device that is up."""
    router.do_in("gw", "ip", "link", "set", old, "down")
    router.do_in("gw", "ip", "link", "set", old, "name", new)
    router.do_in("gw", "ip", "link", "set", new, "up")


@case("a device that is renamed stays attached")
def _(router):
    rename(router, "br-lan", "lan7")
    equal(attached(router), {"lan7": "ingress"})
    passes(router)
    rename(router, "lan7", "br-lan")
    equal(packets(router, "br-lan"), 2)


@case("detached: the stack has its packets again")
def _(router):
    router.sipfast.do("device-del", {"ifname": "br-lan"})
    equal(attached(router), {})
    before = router.stats()["packets"]
    phone = router.udp("p", 4000)
    phone.connect((router.ADDRESS["lan"], 20000))
    phone.send(rtp(1))
    try:
        phone.recv(2048)
    except ConnectionRefusedError:
        pass
    equal(router.stats()["packets"], before)
    phone.close()


@case("the PRE_ROUTING hook, for one device and not for others")
def _(router):
    router.sipfast.do("device-new", {"ifname": "br-lan",
                                     "hook": "pre-routing"})
    equal(attached(router), {"br-lan": "pre-routing"})
    before = router.stats()["packets"]
    passes(router)
    equal(packets(router, "br-lan"), 1)
    peer = router.udp("s", 6000)
    peer.connect((router.ADDRESS["wan"], 20000))
    peer.send(rtp(1))
    peer.close()
    passes(router)
    equal(router.stats()["packets"], before + 2)
    router.sipfast.do("device-del", {"ifname": "br-lan"})


def add_veth(router):
    """A second way out: wan1 in the gateway, eth1 in s."""
    router.do_in("gw", "ip", "link", "add", "wan1", "type", "veth", "peer",
                 "name", "eth1", "netns", router.ns["s"])
    router.do_in("gw", "ip", "address", "add", "198.51.100.1/24", "dev",
                 "wan1")
    router.do_in("gw", "ip", "link", "set", "wan1", "up")
    router.do_in("s", "ip", "address", "add", "198.51.100.10/24", "dev",
                 "eth1")
    router.do_in("s", "ip", "link", "set", "eth1", "up")


class Traffic(threading.Thread):
    """A phone that does not stop to send."""

    def __init__(self, router, port):
        super().__init__(daemon=True)
        self.sock = router.udp("p", 4000)
        self.target = (router.ADDRESS["lan"], port)
        self.over = threading.Event()
        self.start()

    def run(self):
        n = 0
        while not self.over.wait(0.001):
            n += 1
            self.sock.sendto(rtp(n), self.target)

    def stop(self):
        self.over.set()
        self.join()
        self.sock.close()


@case("a device removed under traffic is detached, and no path holds it")
def _(router):
    with router.within("gw"):
        events = Sipfast()
    router.sipfast.do("device-new", {"ifname": "br-lan"})
    add_veth(router)
    router.sipfast.do("device-new", {"ifname": "wan1"})
    session = router.sipfast.do("session-new", {"stream": {
        "a": {"local": router.at("lan", 20010),
              "remote": router.at("p", 4000)},
        "b": {"local": {"addr4": "198.51.100.1", "port": 20010},
              "remote": {"addr4": "198.51.100.10", "port": 6000}}}})["id"]
    before = router.stats()["packets"]
    traffic = Traffic(router, 20010)
    wait_for(lambda: router.stats()["packets"] > before + 20)
    events.listen()
    router.do_in("gw", "ip", "link", "del", "wan1")
    name, device = events.event(bound(5))
    equal((name, device["ifname"]), ("device-del-ntf", "wan1"))
    equal(attached(router), {"br-lan": "ingress"})
    traffic.stop()
    router.sipfast.do("session-del", {"id": session})
    events.close()


@case("a device that moves to another namespace is detached")
def _(router):
    router.do_in("gw", "ip", "link", "add", "moves", "type", "dummy")
    router.sipfast.do("device-new", {"ifname": "moves"})
    router.do_in("gw", "ip", "link", "set", "moves", "netns", router.ns["q"])
    equal(attached(router), {"br-lan": "ingress"})
    try:
        router.sipfast.do("device-get", {"ifname": "moves"})
        raise AssertionError("it is still there")
    except Rejected:
        pass


@case("a neighbour that changes its MAC is followed")
def _(router):
    passes(router)
    router.do_in("s", "ip", "link", "set", "eth0", "down")
    router.do_in("s", "ip", "link", "set", "eth0", "address",
                 "02:00:00:00:00:77")
    router.do_in("s", "ip", "link", "set", "eth0", "up")
    router.do_in("gw", "ip", "neigh", "flush", "dev", "wan0")
    passes(router, 2)


def main():
    router = Router(attach=False)
    router.relay()
    run(router)


main()
