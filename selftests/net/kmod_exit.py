#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The module leaves under traffic, and so does a namespace: nothing stays.

The witness is the kernel's log, which whoever runs this watches for warnings,
and that the module and the devices do go in time.

Copyright (C) 2026 The sipfast authors
"""

import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import Sipfast, endpoint  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import case, equal, run, wait_for  # noqa: E402

KO = os.environ.get("SIPFAST_KO", os.path.join(
    os.path.dirname(os.path.realpath(__file__)), "../../kmod/sipfast.ko"))


def loaded():
    return os.path.isdir("/sys/module/sipfast")


def load():
    subprocess.run(("insmod", KO), check=True)


class Traffic(threading.Thread):
    """A phone and a peer that do not stop to send."""

    def __init__(self, router):
        super().__init__(daemon=True)
        self.phone = router.udp("p", 4000)
        self.peer = router.udp("s", 6000)
        self.router = router
        self.over = threading.Event()
        self.start()

    def run(self):
        n = 0
        while not self.over.wait(0.0005):
            n += 1
            try:
                self.phone.sendto(rtp(n), (self.router.ADDRESS["lan"], 20000))
                self.peer.sendto(rtp(n), (self.router.ADDRESS["wan"], 20000))
            except OSError:
                pass  # an ICMP error: the gateway has let go

    def stop(self):
        self.over.set()
        self.join()
        self.phone.close()
        self.peer.close()


def open_again(router):
    with router.within("gw"):
        router.sipfast = Sipfast()


def fill(router):
    for name in ("br-lan", "wan0"):
        router.sipfast.do("device-new", {"ifname": name})
    router.relay(4, **{"idle-notify-ms": 50, "lifetime-ms": 3600000})
    router.relay(6)
    for port in range(100):
        router.sipfast.do("session-new", {"stream": {
            "a": {"local": router.at("lan", 1000 + port),
                  "remote": router.at("p", 4000)},
            "b": {"local": router.at("wan", 1000 + port),
                  "remote": router.at("s", 6000), "learn": "same-address"}}})
    router.sipfast.do("pinhole-new", {
        "local": endpoint("203.0.113.1:5060"), "lifetime-ms": 60000})


@case("the module is removed under traffic, three times")
def _(router):
    traffic = Traffic(router)
    for _ in range(3):
        if not loaded():
            load()
        open_again(router)
        fill(router)
        wait_for(lambda: router.stats()["packets"] > 50)
        router.sipfast.close()
        subprocess.run(("rmmod", "sipfast"), check=True)
        assert not loaded()
    traffic.stop()


@case("a module that is loaded again begins with nothing")
def _(router):
    load()
    open_again(router)
    equal(router.sipfast.dump("session-get"), [])
    equal(router.sipfast.dump("device-get"), [])
    equal(router.sipfast.dump("pinhole-get"), [])
    equal(router.stats()["packets"], 0)


@case("the namespace is deleted under traffic")
def _(router):
    fill(router)
    traffic = Traffic(router)
    wait_for(lambda: router.stats()["packets"] > 50)
    router.sipfast.close()
    subprocess.run(("ip", "netns", "del", router.ns["gw"]), check=True)
    # the gateway's end of the cable takes the phone's with it
    wait_for(lambda: "eth0" not in router.do_in("p", "ip", "link"), 30)
    traffic.stop()


@case("the module is removed after that")
def _(router):
    subprocess.run(("rmmod", "sipfast"), check=True)
    assert not loaded()


run(Router(attach=False))
