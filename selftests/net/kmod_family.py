#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A relay stream between a phone of IPv4 and a peer of IPv6, and the other way
round: headers are translated, payloads are not.

The kernel at either end checks what it gets: a wrong checksum or length would
not arrive. What does not fit the way out is told to its sender in its own
family, or fragmented where it lets that be done; it is never just lost.

Copyright (C) 2026 The sipfast authors
"""

import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from router import RTCP, Router, rtp  # noqa: E402
from tap import bound, case, equal, run, wait_for  # noqa: E402

IP_MTU_DISCOVER, IP_PMTUDISC_DONT, IP_PMTUDISC_DO, IP_MTU = 10, 0, 2, 14
IPV6_MTU_DISCOVER, IPV6_MTU = 23, 24
SO_NO_CHECK = 11


def make(router, inside, outside):
    """p speaks the family inside, s the family outside."""
    return router.sipfast.do("session-new", {"stream": {
        "rule": "relay", "kind": "rtp",
        "a": {"local": router.at("lan", 20000, inside),
              "remote": router.at("p", 4000, inside)},
        "b": {"local": router.at("wan", 20000, outside),
              "remote": router.at("s", 6000, outside)}}})["id"]


def address(router, name, version):
    return (router.ADDRESS if version == 4 else router.ADDRESS6)[name]


def figures(router, session):
    stream = router.sipfast.do("session-get", {"id": session})["stream"][0]
    return stream["a"]["stats"], stream["b"]["stats"]


def exchange(router, inside, outside):
    session = make(router, inside, outside)
    phone, peer = router.udp("p", 4000, inside), router.udp("s", 6000, outside)
    lan, wan = address(router, "lan", inside), address(router, "wan", outside)
    for n in range(10):
        phone.sendto(rtp(n), (lan, 20000))
        data, source = peer.recvfrom(2048)
        equal(data, rtp(n), "payload outwards")
        equal(source[:2], (wan, 20000), "source outwards")
        peer.sendto(rtp(n, ssrc=7), (wan, 20000))
        data, source = phone.recvfrom(2048)
        equal(data, rtp(n, ssrc=7), "payload inwards")
        equal(source[:2], (lan, 20000), "source inwards")
    phone.sendto(RTCP, (lan, 20000))
    equal(peer.recv(2048), RTCP, "RTCP")
    a, b = figures(router, session)
    equal((a["packets"], a["rtp-packets"], a["lost"]), (11, 10, 0))
    equal((b["packets"], b["rtp-packets"], b["lost"]), (10, 10, 0))
    phone.close()
    peer.close()
    return session


def delete(router, session):
    router.sipfast.do("session-del", {"id": session})


@case("a phone of IPv4 and a peer of IPv6")
def _(router):
    delete(router, exchange(router, 4, 6))


@case("a phone of IPv6 and a peer of IPv4")
def _(router):
    delete(router, exchange(router, 6, 4))


@case("IPv4 without a UDP checksum gets one")
def _(router):
    session = make(router, 4, 6)
    phone, peer = router.udp("p", 4000, 4), router.udp("s", 6000, 6)
    phone.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    for size in (160, 161):
        phone.sendto(rtp(1, size=size), (router.ADDRESS["lan"], 20000))
        equal(peer.recv(2048), rtp(1, size=size))
    phone.close()
    peer.close()
    delete(router, session)


@case("one hop less, and the DSCP as it came")
def _(router):
    session = make(router, 4, 6)
    phone, peer = router.udp("p", 4000, 4), router.udp("s", 6000, 6)
    peer.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
    peer.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
    phone.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 40)
    phone.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 46 << 2)
    phone.sendto(rtp(1), (router.ADDRESS["lan"], 20000))
    _, ancillary, _, _ = peer.recvmsg(2048, 256)
    seen = {kind: data[0] for _, kind, data in ancillary}
    equal(seen[socket.IPV6_HOPLIMIT], 39, "hop limit")
    equal(seen[socket.IPV6_TCLASS] >> 2, 46, "DSCP")
    phone.close()
    peer.close()
    delete(router, session)


def declined(router):
    return router.stats()["declined"]["too-big"]


def learns_mtu(sock, option, send, expected):
    """Sends until the sender's kernel knows better than to."""
    def knows():
        try:
            send()
        except OSError:
            pass
        return sock.getsockopt(*option) == expected
    wait_for(knows)


@case("too long for the way: an IPv4 sender is told in its own terms")
def _(router):
    session = make(router, 4, 6)
    phone = router.udp("p", 4000, 4)
    phone.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
    phone.connect((router.ADDRESS["lan"], 20000))
    before = declined(router)
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1400")
    learns_mtu(phone, (socket.IPPROTO_IP, IP_MTU),
               lambda: phone.send(rtp(1, size=1400)), 1380)
    assert declined(router) > before
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1500")
    phone.close()
    delete(router, session)


@case("too long for the way: an IPv6 sender is told in its own terms")
def _(router):
    session = make(router, 6, 4)
    phone = router.udp("p", 4000, 6)
    phone.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, IP_PMTUDISC_DO)
    phone.connect((router.ADDRESS6["lan"], 20000))
    before = declined(router)
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1300")
    learns_mtu(phone, (socket.IPPROTO_IPV6, IPV6_MTU),
               lambda: phone.send(rtp(1, size=1400)), 1320)
    assert declined(router) > before
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1500")
    phone.close()
    delete(router, session)


def fragments(router, inside, outside):
    """Less than what the phone has been told above, more than goes out."""
    session = make(router, inside, outside)
    phone, peer = router.udp("p", 4000, inside), router.udp("s", 6000, outside)
    phone.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1280")
    phone.sendto(rtp(1, size=1300), (address(router, "lan", inside), 20000))
    equal(peer.recv(4096), rtp(1, size=1300))
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1500")
    equal(figures(router, session)[0]["packets"], 1)
    phone.close()
    peer.close()
    delete(router, session)


@case("what may be fragmented is, IPv4 to IPv4")
def _(router):
    fragments(router, 4, 4)


@case("what may be fragmented is, IPv4 to IPv6")
def _(router):
    fragments(router, 4, 6)


@case("a damaged IPv4 header is not made good")
def _(router):
    session = make(router, 4, 6)
    before = router.stats()["declined"]["malformed"]
    phone, peer = router.udp("p", 4000, 4), router.udp("s", 6000, 6)
    peer.settimeout(bound(3))
    packet = bytearray.fromhex("450000280001400040110000c0a8010ac0a80101"
                               "0fa04e2000140000") + rtp(1, size=0)
    packet[10:12] = b"\x12\x34"
    router.frame("p", bytes(packet))
    wait_for(lambda: router.stats()["declined"]["malformed"] == before + 1)
    phone.sendto(rtp(2), (router.ADDRESS["lan"], 20000))
    equal(peer.recv(2048), rtp(2), "the sound one is the first to arrive")
    phone.close()
    peer.close()
    delete(router, session)


run(Router())
