#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of the other fields of the IP header.

DSCP is kept, or set for a side; ECN is kept whatever happens to DSCP. One hop
is taken off, and with the last one the stack answers as any router does.

Copyright (C) 2026 The sipfast authors
"""

import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call  # noqa: E402
from router import Router, silent  # noqa: E402
from tap import case, equal, run  # noqa: E402

IP_RECVERR, IP_RECVTTL, IP_RECVTOS = 11, 12, 13
IPV6_RECVERR = 25
EF, AF41 = 46, 34


def socket_options(version):
    """Level, and the options that set and show hops and traffic class."""
    if version == 4:
        return (socket.IPPROTO_IP, socket.IP_TTL, socket.IP_TOS, IP_RECVTTL,
                IP_RECVTOS)
    return (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, socket.IPV6_TCLASS,
            socket.IPV6_RECVHOPLIMIT, socket.IPV6_RECVTCLASS)


def make(router, version, **b):
    addresses = router.ADDRESS if version == 4 else router.ADDRESS6
    return Call(router, ("s", addresses["s"]), version, **b)


def passes(call, sender, target, receiver, tos, hops=64):
    """Sends with this traffic class; returns the one it arrives with."""
    level, set_hops, set_tos, see_hops, see_tos = socket_options(call.version)
    sender.setsockopt(level, set_hops, hops)
    sender.setsockopt(level, set_tos, tos)
    for option in (see_hops, see_tos):
        receiver.setsockopt(level, option, 1)
    packet = call.next()
    sender.sendto(packet, target)
    data, ancillary, _, _ = receiver.recvmsg(2048, 256)
    equal(data, packet)
    seen = {kind: part[0] for _, kind, part in ancillary}
    hops_seen = seen[socket.IP_TTL if call.version == 4
                     else socket.IPV6_HOPLIMIT]
    equal(hops_seen, hops - 1, "hops")
    return seen[socket.IP_TOS if call.version == 4 else socket.IPV6_TCLASS]


def both_ways(call, tos):
    return (passes(call, call.phone, call.lan, call.peer, tos),
            passes(call, call.peer, call.wan, call.phone, tos))


@case("DSCP as it came where no side says anything, and any ECN")
def _(router):
    for version in (4, 6):
        call = make(router, version)
        for ecn in range(4):
            tos = EF << 2 | ecn
            equal(both_ways(call, tos), (tos, tos))
        equal(both_ways(call, 0), (0, 0))
        call.close()


@case("DSCP set for one side: that side's packets alone, and ECN kept")
def _(router):
    for version in (4, 6):
        call = make(router, version, dscp=EF)
        for ecn in range(4):
            equal(both_ways(call, AF41 << 2 | ecn),
                  (EF << 2 | ecn, AF41 << 2 | ecn))
        router.sipfast.do("session-set", {
            "id": call.id, "stream": {"id": 0, "b": {"dscp": 0}}})
        equal(both_ways(call, AF41 << 2 | 3), (3, AF41 << 2 | 3))
        stats = router.sipfast.do("session-get", {
            "id": call.id})["stream"][0]
        equal((stats["a"]["stats"]["dscp"], stats["b"]["stats"]["dscp"]),
              (AF41, AF41), "as received")
        call.close()


@case("the last hop: relayed with two, answered by the stack with one")
def _(router):
    for version in (4, 6):
        call = make(router, version)
        level, set_hops, _, _, _ = socket_options(version)
        passes(call, call.phone, call.lan, call.peer, 0, hops=2)
        call.phone.setsockopt(level, set_hops, 1)
        call.moves("declined", "ttl")
        assert silent(call.peer)
        call.close()


@case("where it is forwarded (nat), the answer is ICMP time exceeded")
def _(router):
    for version in (4, 6):
        addresses = router.ADDRESS if version == 4 else router.ADDRESS6
        session = router.sipfast.do("session-new", {"stream": {
            "rule": "nat", "a": {"remote": router.at("p", 4000, version)},
            "b": {"local": router.at("wan", 20002, version),
                  "remote": router.at("s", 6000, version)}}})["id"]
        phone = router.udp("p", 4000, version)
        level, set_hops, _, _, _ = socket_options(version)
        phone.setsockopt(level, IP_RECVERR if version == 4 else IPV6_RECVERR,
                         1)
        phone.setsockopt(level, set_hops, 1)
        before = router.stats()["declined"]["ttl"]
        phone.sendto(b"\x80\0" + bytes(30), (addresses["s"], 6000))
        router_error(phone, version, addresses["lan"])
        equal(router.stats()["declined"]["ttl"], before + 1)
        phone.close()
        router.sipfast.do("session-del", {"id": session})


def router_error(sock, version, gateway):
    """Waits for the error; it has to be the gateway's."""
    try:
        sock.recv(2048)
        raise AssertionError("something came in")
    except OSError as error:
        equal(os.strerror(error.errno), "No route to host")
    _, ancillary, _, _ = sock.recvmsg(2048, 512, socket.MSG_ERRQUEUE)
    data = [part for _, kind, part in ancillary
            if kind == (IP_RECVERR if version == 4 else IPV6_RECVERR)][0]
    kind, code = data[5], data[6]
    equal((kind, code), (11, 0) if version == 4 else (3, 0))
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    at = 20 if version == 4 else 24
    size = 4 if version == 4 else 16
    equal(socket.inet_ntop(family, data[at:at + size]), gateway)


run(Router())
