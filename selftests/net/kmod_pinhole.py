#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pinholes let packets past an input chain that drops them, and no others.

The router's own rules stay as they are. A host in the WAN sends to a socket of
the gateway: by protocol, local endpoint, device and peer a pinhole lets it in
or does not. Conntrack knows a flow that was let in like any other.

Copyright (C) 2026 The sipfast authors
"""

import contextlib
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from genl import Rejected  # noqa: E402
from router import Router, silent  # noqa: E402
from tap import bound, case, equal, run, wait_for  # noqa: E402

PORT = 5060


def gateway_socket(router, version=4, kind=socket.SOCK_DGRAM):
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    with router.within("gw"):
        sock = socket.socket(family, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("0.0.0.0" if version == 4 else "::", PORT))
    sock.settimeout(bound(3))
    return sock


@contextlib.contextmanager
def pinhole(router, **values):
    """A pinhole for as long as it is needed."""
    ident = router.sipfast.do("pinhole-new", values)["id"]
    try:
        yield ident
    finally:
        router.sipfast.do("pinhole-del", {"id": ident})


def packets(router, ident):
    return router.sipfast.do("pinhole-get", {"id": ident})["packets"]


def wan(router, version=4):
    address = router.ADDRESS if version == 4 else router.ADDRESS6
    return (address["wan"], PORT)


def is_let_in(router, name, sender, version=4):
    """Does the socket get it? What a ping follows has arrived, or never will."""
    with gateway_socket(router, version) as sock:
        sender.sendto(b"knock", wan(router, version))
        router.do_in(name, "ping", "-c", "1", wan(router, version)[0])
        return not silent(sock)


@case("without a pinhole the input chain drops it")
def _(router):
    with router.udp("s", 5060) as host:
        assert not is_let_in(router, "s", host)
    equal(router.stats()["pinhole-admitted"], 0)
    equal(router.stats()["pinhole-refused"], 0)


@case("a pinhole lets it in, and ends")
def _(router):
    with router.udp("s", 5061) as host:
        with pinhole(router, local=router.at("wan", PORT)) as hole:
            assert is_let_in(router, "s", host)
            equal(packets(router, hole), 1)
            equal(router.stats()["pinholes"], 1)
        assert not is_let_in(router, "s", host)
    equal(router.stats()["pinhole-admitted"], 1)
    equal(router.stats()["pinholes"], 0)


@case("conntrack has confirmed the flow, and the answer is of it")
def _(router):
    with router.udp("s", 5062) as host, gateway_socket(router) as sock, \
            pinhole(router, local=router.at("wan", PORT)):
        host.sendto(b"knock", wan(router))
        equal(sock.recv(64), b"knock")
        flows = router.do_in("gw", "cat", "/proc/net/nf_conntrack")
        mine = [line for line in flows.splitlines()
                if "sport=5062 dport=%d" % PORT in line]
        equal(len(mine), 1, flows)
        assert "UNREPLIED" in mine[0], mine
        sock.sendto(b"answer", host.getsockname())
        equal(host.recvfrom(64), (b"answer", wan(router)))
        flows = router.do_in("gw", "cat", "/proc/net/nf_conntrack")
        assert "UNREPLIED" not in [line for line in flows.splitlines()
                                   if "sport=5062" in line][0], flows


@case("peers: the address, any port, or one")
def _(router):
    refused = router.stats()["pinhole-refused"]
    with router.udp("s", 5063) as host, router.udp("t", 5063) as other:
        with pinhole(router, local=router.at("wan", PORT),
                     peer=[router.at("t", 1), router.at("s", 5063)]):
            assert is_let_in(router, "s", host)
            assert not is_let_in(router, "t", other)
        with pinhole(router, local=router.at("wan", PORT),
                     peer=[router.at("t", 0)]):
            assert is_let_in(router, "t", other)
    equal(router.stats()["pinhole-refused"], refused + 1)


@case("device: only what came in by it")
def _(router):
    with router.within("gw"):
        index = {name: socket.if_nametoindex(name)
                 for name in ("wan0", "br-lan")}
    with router.udp("s", 5064) as host:
        with pinhole(router, local=router.at("wan", PORT),
                     ifindex=index["br-lan"]):
            assert not is_let_in(router, "s", host)
            with pinhole(router, local=router.at("wan", PORT),
                         ifindex=index["wan0"]):
                assert is_let_in(router, "s", host)


@case("another port, address or protocol stays shut")
def _(router):
    with router.udp("s", 5065) as host:
        for values in ({"local": router.at("wan", PORT + 1)},
                       {"local": router.at("lan", PORT)},
                       {"local": router.at("wan", PORT), "protocol": 6}):
            with pinhole(router, **values):
                assert not is_let_in(router, "s", host), values


@case("without an address it is for all of its peers' family")
def _(router):
    for version, other in ((4, 6), (6, 4)):
        with router.udp("s", 5066, version) as host, \
                router.udp("s", 5066, other) as stranger:
            with pinhole(router, local={"port": PORT}):
                assert is_let_in(router, "s", host, version)
            with pinhole(router, local={"port": PORT},
                         peer=[router.at("s", 0, version)]):
                assert is_let_in(router, "s", host, version)
                refused = router.stats()["pinhole-refused"]
                assert not is_let_in(router, "s", stranger, other)
                equal(router.stats()["pinhole-refused"], refused)


@case("IPv6 by its address")
def _(router):
    with router.udp("s", 5067, 6) as host:
        assert not is_let_in(router, "s", host, 6)
        with pinhole(router, local=router.at("wan", PORT, 6)):
            assert is_let_in(router, "s", host, 6)


@case("TCP connects, talks and closes")
def _(router):
    with gateway_socket(router, kind=socket.SOCK_STREAM) as listener, \
            router.within("s"):
        listener.listen()
        with pinhole(router, local=router.at("wan", PORT), protocol=6) as hole:
            with socket.create_connection(wan(router), bound(5)) as host:
                served, _ = listener.accept()
                host.sendall(b"hello")
                equal(served.recv(16), b"hello")
                served.sendall(b"welcome")
                equal(host.recv(16), b"welcome")
                served.close()
                equal(host.recv(16), b"")
            wait_for(lambda: packets(router, hole) >= 5)


@case("a duplicate is refused, a near one is not")
def _(router):
    with pinhole(router, local=router.at("wan", PORT)):
        try:
            router.sipfast.do("pinhole-new", {"local": router.at("wan", PORT)})
        except Rejected:
            pass
        else:
            raise AssertionError("it was made twice")
        with pinhole(router, local=router.at("wan", PORT), protocol=6), \
                pinhole(router, local=router.at("wan", PORT), ifindex=1), \
                pinhole(router, local={"port": PORT}):
            equal(len(router.sipfast.dump("pinhole-get")), 4)


run(Router(attach=False))
