#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A side's learn policy says whose packets are accepted (RFC 7362).

exact, same-address, learn-once and off; the window; that only RTP is learned
from; that learning is said once, and opens anew when the owner says so.

Copyright (C) 2026 The sipfast authors
"""

import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import Sipfast, text_of  # noqa: E402
from router import STUN, Router, rtp  # noqa: E402
from tap import bound, case, equal, run, wait_for  # noqa: E402


class Call:
    """A relay stream with a phone, and what side b is told."""

    def __init__(self, router, **side_b):
        self.router = router
        self.phone = router.udp("p", 4000)
        self.id = router.sipfast.do("session-new", {"stream": {
            "a": {"local": router.at("lan", 20000),
                  "remote": router.at("p", 4000)},
            "b": dict({"local": router.at("wan", 20000)}, **side_b)}})["id"]
        self.before = router.stats()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.router.sipfast.do("session-del", {"id": self.id})
        self.phone.close()

    def side_b(self):
        return self.router.sipfast.do("session-get",
                                      {"id": self.id})["stream"][0]["b"]

    def accepts(self, sock, packet=rtp(1)):
        before = self.mismatches()
        sock.sendto(packet, (self.router.ADDRESS["wan"], 20000))
        wait_for(lambda: self.mismatches() > before or
                 not silent_peek(self.phone))
        if self.mismatches() > before:
            return False
        equal(self.phone.recv(2048), packet)
        return True

    def mismatches(self):
        return self.router.stats()["dropped"]["source-mismatch"]

    def reaches(self, sock, packet=rtp(5)):
        self.phone.sendto(packet, (self.router.ADDRESS["lan"], 20000))
        return sock.recv(2048) == packet


def silent_peek(sock):
    sock.setblocking(False)
    try:
        sock.recv(1, socket.MSG_PEEK)
        return False
    except BlockingIOError:
        return True
    finally:
        sock.settimeout(bound(3))


@case("exact: the remote endpoint and no other")
def _(router):
    with Call(router, remote=router.at("s", 6000)) as call:
        assert call.accepts(router.udp("s", 6000))
        assert not call.accepts(router.udp("s", 6001))
        assert not call.accepts(router.udp("t", 6000))
        equal(call.side_b()["stats"]["dropped"], 2)


@case("same-address: the port is learned, then locked")
def _(router):
    with Call(router, remote=router.at("s", 6000),
              learn="same-address") as call:
        assert not call.accepts(router.udp("t", 6000))
        real = router.udp("s", 7777)
        assert call.accepts(real)
        assert call.reaches(real)
        assert not call.accepts(router.udp("s", 6000))
        equal(text_of(call.side_b()["learned"]), "203.0.113.10:7777")


@case("learn-once: nothing is sent before, and one is learned")
def _(router):
    with Call(router, learn="learn-once") as call:
        dropped = router.stats()["dropped"]["remote-unknown"]
        call.phone.sendto(rtp(1), (router.ADDRESS["lan"], 20000))
        wait_for(lambda: router.stats()["dropped"]["remote-unknown"] ==
                 dropped + 1)
        real = router.udp("t", 7777)
        assert call.accepts(real)
        assert call.reaches(real)
        assert not call.accepts(router.udp("s", 6000))
        equal(router.stats()["learned"], call.before["learned"] + 1)


@case("learn-once: STUN is not learned from")
def _(router):
    with Call(router, learn="learn-once") as call:
        assert not call.accepts(router.udp("t", 7777), STUN)
        real = router.udp("s", 6000)
        assert call.accepts(real)
        assert call.accepts(real, STUN)


@case("off: everybody is accepted, nobody is learned")
def _(router):
    with Call(router, remote=router.at("s", 6000), learn="off") as call:
        told = router.udp("s", 6000)
        assert call.accepts(router.udp("t", 7777))
        assert call.accepts(router.udp("s", 7777))
        assert call.accepts(told)
        assert call.reaches(told)
        assert "learned" not in call.side_b()


@case("a window that is closed: what was told is accepted, nobody learned")
def _(router):
    with Call(router, remote=router.at("s", 6000), learn="learn-once",
              **{"learn-window-ms": 1}) as call:
        assert not call.accepts(router.udp("t", 6000))
        assert call.accepts(router.udp("s", 6000))


@case("learning is said, and opens anew with a new remote endpoint")
def _(router):
    with router.within("gw"):
        events = Sipfast()
    events.listen()
    with Call(router, learn="learn-once") as call:
        equal(events.event(bound(3))[0], "session-new-ntf")
        assert call.accepts(router.udp("t", 7777))
        name, session = events.event(bound(3))
        equal(name, "session-learned-ntf")
        equal(text_of(session["stream"][0]["b"]["learned"]),
              "203.0.113.20:7777")
        router.sipfast.do("session-set", {"id": call.id, "stream": {
            "id": 0, "b": {"remote": router.at("s", 6000)}}})
        equal(events.event(bound(3))[0], "session-set-ntf")
        assert "learned" not in call.side_b()
        assert call.accepts(router.udp("s", 6000))
    events.close()


@case("another change leaves what was learned")
def _(router):
    with Call(router, learn="learn-once") as call:
        assert call.accepts(router.udp("t", 7777))
        router.sipfast.do("session-set", {
            "id": call.id, "stream": {"id": 0, "b": {"dscp": 46}}})
        equal(text_of(call.side_b()["learned"]), "203.0.113.20:7777")
        assert not call.accepts(router.udp("s", 6000))
        equal(call.side_b()["stats"]["packets"], 1)


run(Router())
