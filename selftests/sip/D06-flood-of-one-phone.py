# SPDX-License-Identifier: GPL-2.0-or-later
"""A host that floods is held back, and nobody else's calls wait for it.

given	a host of the LAN that sends ten times as many INVITEs and REGISTERs as
	it may; a P that has nothing to do with it
when	P makes calls meanwhile
then	each of P's calls is set up, talks and ends; the flood is told 503 with
	Retry-After at first, and what goes on after that is dropped

Copyright (C) 2026 The sipfast authors
"""

import threading

import sip
from agent import Agent
from place import T
from tap import equal

BY_TCP = False

CONFIG = "flood { messages = 50 messages-burst = 100 }"
RATE = 500  # messages in a second
CALLS = 5


class Flood(threading.Thread):
    """It goes on until it is told to stop."""

    def __init__(self, scene):
        super().__init__()
        self.q = Agent(scene, "q", scene.ADDRESS["q"], 5060, "q", T + ":5060")
        self.over = threading.Event()
        self.messages = [sip.write("%s sip:example.com SIP/2.0" % method,
                                   self.q.headers(method))
                         for method in ("INVITE", "REGISTER") * 5]

    def run(self):
        while not self.over.wait(len(self.messages) / RATE):
            for message in self.messages:
                self.q.send(message)


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    flood = Flood(scene)
    flood.start()
    try:
        for n in range(CALLS):
            call, _, _ = scene.call(p, s, 40000 + 2 * n, 6000 + 2 * n)
            call.end()
    finally:
        flood.over.set()
        flood.join()
    if scene.has_sipfast:
        stats = scene.gateway.ask("stats")["signalling"]
        assert stats["rejected-flood"] and stats["dropped-flood"], stats
        equal(stats["rejected-no-ports"], 0)
        for _ in range(stats["rejected-flood"]):
            told = flood.q.receive(503, by_gateway=True)
            assert int(told["Retry-After"]) > 0
    scene.counts(rejected_flood=None, dropped_flood=None)
