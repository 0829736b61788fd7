#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 300
"""The module and namespaces go while packets, requests, learning and timers
are under way.

kmod_exit.py shows that they go; here others are in their way. A process that
talks to the module when it goes is told that the family is no more.

Copyright (C) 2026 The sipfast authors
"""

import errno
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../net/lib"))
from race import Contender, attempt, case, control, traffic  # noqa: E402
from router import Router  # noqa: E402
from tap import run, wait_for  # noqa: E402

KO = os.environ.get("SIPFAST_KO", os.path.join(
    os.path.dirname(os.path.realpath(__file__)), "../../kmod/sipfast.ko"))
ROUNDS = 5


def busy_router():
    """A router of one's own: with RTP under way, and a socket to talk to it. Who
    sends has no share in that socket, which would keep the namespace alive."""
    router = Router(attach=False)
    router.sipfast.close()
    rtp_through = traffic(router, 8)
    return router, rtp_through, fill(router)


def fill(router):
    sipfast = control(router)
    for name in ("br-lan", "wan0"):
        sipfast.do("device-new", {"ifname": name})
    for n in range(8):
        port = 20000 + 2 * n
        sipfast.do("session-new", {
            "idle-notify-ms": 5, "lifetime-ms": 3600000, "stream": {
                "a": {"local": router.at("lan", port),
                      "learn": "same-address", "remote": router.at("p", 1)},
                "b": {"local": router.at("wan", port),
                      "learn": "learn-once"}}})
        sipfast.do("pinhole-new", {"local": router.at("wan", 5060 + n),
                                   "lifetime-ms": 10 + n})
    return sipfast


def talk(contender, router):
    """Requests, until the family is gone or the end is here."""
    requests = 0
    try:
        sipfast = control(router)
        while not contender.is_over():
            session = attempt(sipfast, "session-new", {
                "cookie": "talk", "stream": {
                    "a": {"local": router.at("lan", 30000),
                          "remote": router.at("p", 4000)},
                    "b": {"local": router.at("wan", 30000),
                          "remote": router.at("s", 6000)}}}, errno.EEXIST)
            sipfast.dump("session-get")
            if session:
                attempt(sipfast, "session-del", {"id": session["id"]},
                        errno.ENOENT)
            requests += 1
    except (OSError, KeyError, StopIteration, AssertionError):
        pass  # no family, or no answer about it
    except Exception as gone:  # a rejection: the family has no such command
        if getattr(gone, "errno", None) not in (errno.ENOENT,
                                                errno.EOPNOTSUPP,
                                                errno.EPROTONOSUPPORT):
            raise
    return requests


def remove_module():
    """While a request is under way the module is in use."""
    return not subprocess.call(("rmmod", "sipfast"),
                               stderr=subprocess.DEVNULL)


@case("the module is removed while it is talked to and relays")
def _(router):
    for _ in range(ROUNDS):
        if not os.path.isdir("/sys/module/sipfast"):
            subprocess.run(("insmod", KO), check=True)
        sipfast = fill(router)
        rtp_through = traffic(router, 8)
        talkers = [Contender(talk, router) for _ in range(2)]
        wait_for(lambda: sipfast.do("stats-get")["packets"] > 50, 30)
        sipfast.close()
        wait_for(remove_module, 30)
        for talker in talkers:
            talker.stop()
        rtp_through.stop()


@case("a namespace is deleted while it is talked to and relays")
def _(router):
    subprocess.run(("insmod", KO), check=True)
    for _ in range(ROUNDS):
        one, rtp_through, sipfast = busy_router()
        wait_for(lambda: sipfast.do("stats-get")["packets"] > 50, 30)
        talker = Contender(talk, one)
        subprocess.run(("ip", "netns", "del", one.ns["gw"]), check=True)
        sipfast.close()
        talker.stop()
        wait_for(lambda: "eth0" not in one.do_in("p", "ip", "link"), 30)
        rtp_through.stop()
        one.shell.communicate("\n")


@case("the module is removed while a namespace is on its way out")
def _(router):
    one, rtp_through, sipfast = busy_router()
    wait_for(lambda: sipfast.do("stats-get")["packets"] > 50, 30)
    sipfast.close()
    router.sipfast.close()
    deleting = subprocess.Popen(("ip", "netns", "del", one.ns["gw"]))
    wait_for(remove_module, 30)
    assert not deleting.wait()
    rtp_through.stop()
    one.shell.communicate("\n")
    assert not os.path.isdir("/sys/module/sipfast")


run(Router(attach=False))
