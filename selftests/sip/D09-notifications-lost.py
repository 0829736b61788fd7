# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon that could not hear the kernel for a while finds out what it missed.

given	a call of P's and one of Q's, and a daemon that is halted
when	more is told of other sessions than the daemon's socket has room for,
	then the session of Q's ends, and the daemon goes on
then	it has noticed, and looked: Q's call has ended, P's goes on as it did all
	the while, and can be ended

Copyright (C) 2026 The sipfast authors
"""

import signal

import genl
import sip
from agent import register, talk
from tap import equal, wait_for

OWN = True
# what is told of them, and that they end, fits into one message each
BATCH = 100


def scenario(scene):
    p, q, s, t = (scene.phone("p"), scene.phone("q"), scene.host("s"),
                  scene.host("t"))
    q.server = t.at
    for phone, server in ((p, s), (q, t)):
        register(phone, server)
    scene.call(q, t, 40010, 6010)
    gone, = sessions(scene)
    call, here, there = scene.call(p, s)
    stays, = sessions(scene) - {gone}

    scene.gateway.daemon.send_signal(signal.SIGSTOP)
    try:
        while not has_missed(scene):
            flood(scene)
        scene.gateway.module.do("session-del", {"id": gone})
        talk(here, there)
    finally:
        scene.gateway.daemon.send_signal(signal.SIGCONT)

    wait_for(lambda: sessions(scene) == {stays})
    equal(scene.gateway.ask("stats")["events"],
          {"overruns": 1, "sessions-missed": 1})
    talk(here, there)
    call.end(by=p)
    wait_for(lambda: not sessions(scene))


def sessions(scene):
    """Those of calls that are up."""
    return {call["session"] for call in scene.gateway.ask("call-list")
            if call["state"] == "up"}


def flood(scene):
    """Sessions of somebody else's, which begin and end."""
    def at(name, port):
        return genl.endpoint(sip.at(scene.ADDRESS[name], port))

    module = scene.gateway.module
    module.do("session-batch", {"session": [{
        "cookie": "flood", "stream": {
            "a": {"local": at("lan", 1024 + n), "remote": at("p", 4000)},
            "b": {"local": at("wan", 1024 + n), "remote": at("s", 6000)}}}
        for n in range(BATCH)]})
    module.do("session-flush", {"cookie": "flood"})


def has_missed(scene):
    """Has a socket of generic netlink had no room for something?"""
    with scene.within("gw"), open("/proc/self/net/netlink") as file:
        lines = [line.split() for line in file][1:]
    return any(int(line[8]) for line in lines if line[1] == "16")
