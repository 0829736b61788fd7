# SPDX-License-Identifier: GPL-2.0-or-later
"""A call through the router that is asked again and again whether it holds.

What is sent is a numbered RTP packet; what arrives at the other end has to be
that packet, from the gateway's endpoint. The session stays the same from the
beginning to the end, and so do its sockets. It is over with the case that it
was made in, or when it is closed.

Copyright (C) 2026 The sipfast authors
"""

import json
import socket

from genl import endpoint
from router import rtp
from tap import after, equal, wait_for


def outcomes(router):
    """Every counter of the namespace that is a reason, by (kind, name)."""
    stats = router.stats()
    return {(kind, name): value for kind in ("declined", "dropped")
            for name, value in stats[kind].items()}


def mac_of(router, name, device):
    link = json.loads(router.do_in(name, "ip", "-j", "link", "show", device))
    return link[0]["address"]


class Call:
    """A relay stream between a socket on the LAN and one beyond the WAN."""

    def __init__(self, router, far, version=4, port=20000, lan=None, wan=None,
                 near=None, **b):
        """@far: (namespace, address) of the peer; @b: more about its side."""
        addresses = router.ADDRESS if version == 4 else router.ADDRESS6
        self.router, self.version, self.n = router, version, 0
        self.lan = (lan or addresses["lan"], port)
        self.wan = (wan or addresses["wan"], port)
        near = near or ("p", addresses["p"])
        self.id = self.phone = self.peer = None
        after(self.close)
        self.phone = router.udp_at(*near, 4000)
        self.peer = router.udp_at(*far, 6000)
        side = dict({"local": endpoint("[%s]:%d" % self.wan),
                     "remote": endpoint("[%s]:6000" % far[1])}, **b)
        self.id = router.sipfast.do("session-new", {"stream": {
            "a": {"local": endpoint("[%s]:%d" % self.lan),
                  "remote": endpoint("[%s]:4000" % near[1])},
            "b": side}})["id"]

    def next(self):
        self.n += 1
        return rtp(self.n)

    def outwards(self, at=None):
        """One packet from the phone; @at is where it has to arrive."""
        packet = self.next()
        self.phone.sendto(packet, self.lan)
        self.gets(at or self.peer, packet, self.wan)

    def inwards(self, by=None):
        packet = self.next()
        (by or self.peer).sendto(packet, self.wan)
        self.gets(self.phone, packet, self.lan)

    def gets(self, sock, packet, source):
        """The next datagram there is this one, from this endpoint."""
        what = "IPv%d, from %s:%d" % ((self.version,) + source)
        try:
            data, seen = sock.recvfrom(4096)
        except socket.timeout:
            raise AssertionError(what + ": nothing came") from None
        equal(data, packet, what)
        equal(seen[:2], source, what)

    def holds(self):
        """Both ways, and it was the module that relayed both."""
        before = self.router.stats()["packets"]
        self.outwards()
        self.inwards()
        equal(self.router.stats()["packets"], before + 2, "relayed")

    def moves(self, *reason, inwards=False):
        """A packet moves this counter, and no other; nothing is relayed."""
        before = outcomes(self.router)
        relayed = self.router.stats()["packets"]
        if inwards:
            self.peer.sendto(self.next(), self.wan)
        else:
            self.send()
        wait_for(lambda: outcomes(self.router) != before)
        after = outcomes(self.router)
        equal({key: after[key] - before[key] for key in after
               if after[key] != before[key]}, {reason: 1})
        equal(self.router.stats()["packets"], relayed, "relayed")

    def send(self):
        """A packet from the phone, wherever it may end."""
        self.phone.sendto(self.next(), self.lan)

    def close(self):
        for sock in (self.phone, self.peer):
            if sock:
                sock.close()
        if self.id:
            self.router.sipfast.do("session-del", {"id": self.id})
        self.id = self.phone = self.peer = None
