#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Only what is relayed keeps a session alive, and silence is said once.

The other half of kmod_lifetime.py: no second notification in one silence, no
expiry under traffic, and expiry under traffic that is refused.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import Sipfast  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import bound, case, equal, run  # noqa: E402

PERIOD = 0.5


class Watch:
    """A session with a phone, a peer, a stranger, and its events."""

    def __init__(self, router, **times):
        with router.within("gw"):
            self.events = Sipfast()
        self.events.listen()
        self.router = router
        self.id = router.relay(**times)
        self.phone = router.udp("p", 4000)
        self.peer = router.udp("s", 6000)
        self.stranger = router.udp("t", 6000)
        self.expect("session-new-ntf")

    def expect(self, name):
        event = self.events.event(bound(8))
        assert event, "no %s came" % name
        equal((event[0], event[1]["id"]), (name, self.id))
        return event[1]

    def quiet(self, periods, sock=None):
        """Nothing is said for so long, while packets come from a socket."""
        end = time.monotonic() + periods * PERIOD
        n = 0
        while time.monotonic() < end:
            if sock:
                sock.sendto(rtp(n), (self.router.ADDRESS[
                    "lan" if sock is self.phone else "wan"], 20000))
                n += 1
            event = self.events.event(PERIOD / 10)
            assert not event, event

    def close(self):
        self.router.sipfast.do("session-flush")
        for one in (self.events, self.phone, self.peer, self.stranger):
            one.close()


@case("one silence is said once, the next one again")
def _(router):
    watch = Watch(router, **{"idle-notify-ms": int(PERIOD * 1000)})
    for n in range(2):
        watch.expect("session-idle-ntf")
        watch.quiet(4)
        watch.phone.sendto(rtp(n), (router.ADDRESS["lan"], 20000))
        watch.peer.recv(2048)
    watch.expect("session-idle-ntf")
    watch.close()


@case("traffic from either side keeps it from being idle")
def _(router):
    times = {"idle-notify-ms": int(PERIOD * 1000),
             "idle-expire-ms": int(PERIOD * 2000)}
    watch = Watch(router, **times)
    watch.quiet(4, watch.phone)
    watch.quiet(4, watch.peer)
    watch.expect("session-idle-ntf")
    equal(watch.expect("session-end-ntf")["end-reason"], "idle")
    watch.close()


@case("what is refused does not")
def _(router):
    watch = Watch(router, **{"idle-expire-ms": int(PERIOD * 2000)})
    before = router.stats()["dropped"]["source-mismatch"]
    end = time.monotonic() + bound(8)
    event = None
    while not event and time.monotonic() < end:
        watch.stranger.sendto(rtp(1), (router.ADDRESS["wan"], 20000))
        event = watch.events.event(PERIOD / 10)
    equal((event[0], event[1]["end-reason"]), ("session-end-ntf", "idle"))
    assert router.stats()["dropped"]["source-mismatch"] > before
    watch.close()


run(Router())
