#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeout: 300
"""Pinholes are made, dumped and deleted at once, while datagrams
arrive at them.

The hooks come with the first pinhole and go with the last, so this is done
with few of them, over and over.

Copyright (C) 2026 The sipfast authors
"""

import errno
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../net/lib"))
from race import Contender, attempt, case, control, end_pinholes  # noqa: E402
from router import Router  # noqa: E402
from tap import equal, run  # noqa: E402

ROUNDS = 150


def make_and_end(contender, router, mark):
    sipfast = control(router)
    made = 0
    for n in range(ROUNDS):
        pinhole = attempt(sipfast, "pinhole-new", {
            "cookie": "%s-%d" % (mark, n),
            "local": router.at("wan", 5060 + n % 3),
            "peer": [router.at("s", 0)],
            "lifetime-ms": 60000 if n % 2 else 1}, errno.EEXIST)
        if pinhole is None:
            continue
        made += 1
        if n % 2:
            attempt(sipfast, "pinhole-del", {"id": pinhole["id"]},
                    errno.ENOENT)
    return made


def dump(contender, router):
    sipfast = control(router)
    dumps = 0
    while not contender.is_over():
        idents = [pinhole["id"] for pinhole in sipfast.dump("pinhole-get")]
        assert len(set(idents)) == len(idents)
        dumps += 1
    return dumps


def end_all(contender, router):
    """Ends what one of the two has made."""
    sipfast = control(router)
    rounds = 0
    while not contender.is_over():
        end_pinholes(sipfast, "a")
        rounds += 1
    return rounds


def knock(contender, router, sock):
    """A peer that knocks at the three ports."""
    knocks = 0
    while not contender.is_over():
        for n in range(32):
            try:
                sock.sendto(b"OPTIONS", (router.ADDRESS["wan"], 5060 + n % 3))
                knocks += 1
            except OSError:
                pass  # refused, as it may be
    return knocks


@case("two make and end pinholes, one dumps, one ends them, one knocks")
def _(router):
    peer = router.udp("s", 5060)
    witnesses = [Contender(knock, router, peer), Contender(dump, router),
                 Contender(end_all, router)]
    makers = [Contender(make_and_end, router, mark) for mark in "ab"]
    made = [maker.join() for maker in makers]
    for witness in witnesses:
        assert witness.stop() > 0
    assert min(made) > 0, "made %r" % made
    end_pinholes(router.sipfast)
    equal(router.sipfast.dump("pinhole-get"), [])
    equal(router.stats()["pinholes"], 0)
    peer.close()


@case("a pinhole that is there all the while admits every datagram")
def _(router):
    with router.within("gw"):
        import socket
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((router.ADDRESS["wan"], 5070))
    server.settimeout(10)
    router.sipfast.do("pinhole-new", {
        "cookie": "stays", "local": router.at("wan", 5070),
        "lifetime-ms": 3600000})
    maker = Contender(make_and_end, router, "c")
    peer = router.udp("s", 5071)
    for n in range(200):
        peer.sendto(b"%d" % n, (router.ADDRESS["wan"], 5070))
        equal(server.recv(64), b"%d" % n)
    maker.join()
    end_pinholes(router.sipfast)
    peer.close()
    server.close()


run(Router())
