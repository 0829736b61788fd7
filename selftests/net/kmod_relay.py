#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A relay stream passes RTP and RTCP between a phone and a peer, both ways.

IPv4 and IPv6; the receiver sees the gateway's endpoint, the payload as it
was sent, and one hop less. What the module counts is what was sent.

Copyright (C) 2026 The sipfast authors
"""

import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from router import RTCP, Router, rtp  # noqa: E402
from tap import case, equal, run  # noqa: E402

IP_RECVTTL, IP_RECVTOS = 12, 13  # the socket module has no names for them


def stream_of(router, version, remote_b="s"):
    return {
        "rule": "relay", "kind": "rtp",
        "a": {"local": router.at("lan", 20000, version),
              "remote": router.at("p", 4000, version)},
        "b": {"local": router.at("wan", 20000, version),
              "remote": router.at(remote_b, 6000, version)}}


def make(router, version):
    return router.sipfast.do("session-new", {
        "cookie": "relay%d" % version, "stream": stream_of(router, version)})


def exchange(router, version):
    session = make(router, version)
    addresses = router.ADDRESS if version == 4 else router.ADDRESS6
    phone = router.udp("p", 4000, version)
    peer = router.udp("s", 6000, version)
    for n in range(20):
        phone.sendto(rtp(n), (addresses["lan"], 20000))
        data, source = peer.recvfrom(2048)
        equal(data, rtp(n), "payload outwards")
        equal(source[:2], (addresses["wan"], 20000), "source outwards")
        peer.sendto(rtp(n, ssrc=7), (addresses["wan"], 20000))
        data, source = phone.recvfrom(2048)
        equal(data, rtp(n, ssrc=7), "payload inwards")
        equal(source[:2], (addresses["lan"], 20000), "source inwards")
    phone.sendto(RTCP, (addresses["lan"], 20000))
    equal(peer.recv(2048), RTCP, "RTCP")
    phone.close()
    peer.close()
    return session["id"]


def check_figures(router, session):
    sides = router.sipfast.do("session-get", {"id": session})["stream"][0]
    a, b = sides["a"]["stats"], sides["b"]["stats"]
    equal((a["packets"], a["rtp-packets"], a["rtcp-packets"]), (21, 20, 1))
    equal((b["packets"], b["rtp-packets"], b["rtcp-packets"]), (20, 20, 0))
    equal(a["bytes"], 20 * 172 + len(RTCP))
    equal((a["lost"], a["reordered"], a["duplicates"]), (0, 0, 0))
    equal((a["ssrc"], b["ssrc"]), (0x5f, 7))
    equal((a["dropped"], a["payload-type"]), (0, 0))


@case("IPv4: RTP and RTCP pass both ways")
def _(router):
    check_figures(router, exchange(router, 4))


@case("IPv6: RTP and RTCP pass both ways")
def _(router):
    check_figures(router, exchange(router, 6))


@case("the namespace counts every packet and declines none")
def _(router):
    stats = router.stats()
    equal(stats["packets"], 2 * 41)
    equal(sum(stats["declined"].values()), 0)
    equal(sum(stats["dropped"].values()), 0)
    equal(stats["sessions"], 2)


@case("one hop less, and the DSCP as it came")
def _(router):
    phone = router.udp("p", 4000)
    peer = router.udp("s", 6000)
    peer.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
    peer.setsockopt(socket.IPPROTO_IP, IP_RECVTOS, 1)
    phone.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 40)
    phone.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 46 << 2)
    phone.sendto(rtp(99), (router.ADDRESS["lan"], 20000))
    _, ancillary, _, _ = peer.recvmsg(2048, 256)
    seen = {kind: data[0] for _, kind, data in ancillary}
    equal(seen[socket.IP_TTL], 39, "TTL")
    equal(seen[socket.IP_TOS] >> 2, 46, "DSCP")
    phone.close()
    peer.close()


@case("no conntrack entry is made")
def _(router):
    table = router.do_in("gw", "cat", "/proc/net/nf_conntrack")
    assert "=20000 " not in table, table


@case("a deleted session gives its last figures and relays no more")
def _(router):
    phone = router.udp("p", 4000)
    for session in router.sipfast.dump("session-get"):
        last = router.sipfast.do("session-del", {"id": session["id"]})
        equal(last["end-reason"], "deleted")
        assert last["stream"][0]["a"]["stats"]["packets"] >= 21
    before = router.stats()["packets"]
    phone.sendto(rtp(100), (router.ADDRESS["lan"], 20000))
    equal(router.sipfast.dump("session-get"), [])
    equal(router.stats()["packets"], before)
    phone.close()


run(Router())
