#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 300
"""Interfaces are attached, detached, taken down, moved and removed under
traffic and under requests. A call outlives what its path does not.

Copyright (C) 2026 The sipfast authors
"""

import errno
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../net/lib"))
from race import Contender, attempt, case, control  # noqa: E402
from race import cpus_add_up, traffic  # noqa: E402
from router import Router  # noqa: E402
from tap import equal, run, wait_for  # noqa: E402

ROUNDS = 18


def attach_and_detach(contender, router, names, rounds=None):
    """For so many rounds, or until it is told to stop."""
    sipfast = control(router)
    done = 0
    while done != rounds and not (rounds is None and contender.is_over()):
        for name in names:
            attempt(sipfast, "device-new", {
                "ifname": name,
                "hook": "pre-routing" if done % 3 == 2 else "ingress"},
                errno.EEXIST, errno.ENODEV)
            sipfast.dump("device-get")
            attempt(sipfast, "device-del", {"ifname": name},
                    errno.ENOENT, errno.ENODEV)
        done += 1
    return done


def relays_again(router):
    """Both interfaces are attached, and the call goes through."""
    for name in "br-lan", "wan0":
        attempt(router.sipfast, "device-new", {"ifname": name}, errno.EEXIST)
    before = router.stats()["packets"]
    rtp_through = traffic(router, 1)
    wait_for(lambda: router.stats()["packets"] > before + 100)
    rtp_through.stop()
    cpus_add_up(router)


@case("two attach and detach the interfaces of a call")
def _(router):
    router.relay()
    rtp_through = traffic(router, 1)
    contenders = [Contender(attach_and_detach, router, names, ROUNDS)
                  for names in (("br-lan", "wan0"), ("wan0", "br-lan"))]
    for contender in contenders:
        contender.join()
    rtp_through.stop()
    equal([d for d in router.sipfast.dump("device-get")], [])
    relays_again(router)


def forget_neighbours(router, name):
    """ip gives up where traffic brings them back as fast as they are flushed."""
    with router.within("gw"):
        subprocess.call(("ip", "neigh", "flush", "dev", name),
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@case("the interface goes down and up, and its neighbours are forgotten")
def _(router):
    rtp_through = traffic(router, 1)
    for _ in range(ROUNDS // 6):
        router.do_in("gw", "ip", "link", "set", "wan0", "down")
        router.do_in("gw", "ip", "link", "set", "wan0", "up")
        forget_neighbours(router, "br-lan")
    rtp_through.stop()
    # IPv4 addresses stay on an interface that is down
    relays_again(router)


@case("interfaces are removed while they are attached and are paths")
def _(router):
    contender = Contender(attach_and_detach, router, ("gone0", "gone1"))
    rtp_through = traffic(router, 1, 22000)
    for n in range(ROUNDS // 4):
        router.do_in("gw", "ip", "link", "add", "gone0", "type", "veth",
                     "peer", "name", "gone1")
        router.do_in("gw", "ip", "link", "set", "gone0", "up")
        router.do_in("gw", "ip", "link", "set", "gone1", "up")
        router.do_in("gw", "ip", "address", "add", "198.51.100.1/24", "dev",
                     "gone0")
        session = router.sipfast.do("session-new", {"stream": {
            "a": {"local": router.at("lan", 22000),
                  "remote": router.at("p", 4000)},
            "b": {"local": {"addr4": "198.51.100.1", "port": 22000},
                  "remote": {"addr4": "198.51.100.2", "port": 6000 + n}}}})
        router.do_in("gw", "ip", "neigh", "replace", "198.51.100.2", "dev",
                     "gone0", "lladdr", "02:00:00:00:00:01")
        side = lambda: router.sipfast.do(  # noqa: E731
            "session-get", {"id": session["id"]})["stream"][0]["a"]["stats"]
        wait_for(lambda: side()["packets"] > 0)
        router.do_in("gw", "ip", "link", "del", "gone0")
        router.sipfast.do("session-del", {"id": session["id"]})
    rtp_through.stop()
    contender.stop()
    relays_again(router)


@case("an attached interface moves to another namespace and back")
def _(router):
    router.do_in("gw", "ip", "link", "add", "moves0", "type", "dummy")
    contender = Contender(attach_and_detach, router, ("moves0",))
    for _ in range(ROUNDS // 6):
        router.do_in("gw", "ip", "link", "set", "moves0", "netns",
                     router.ns["t"])
        router.do_in("t", "ip", "link", "set", "moves0", "netns",
                     router.ns["gw"])
    contender.stop()
    router.do_in("gw", "ip", "link", "del", "moves0")
    relays_again(router)
    router.sipfast.do("session-flush")


run(Router())
