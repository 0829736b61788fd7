#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A router further on has a smaller MTU, and says so.

s is that router: the peer, in t, is behind a link of 1,300 bytes. What s says
of a relayed packet comes to the gateway, which has no socket for it. The next
packet that is too long is fragmented here, or its sender is told. What nobody
who sees the packets would have said changes nothing.

Copyright (C) 2026 The sipfast authors
"""

import os
import re
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call  # noqa: E402
from genl import endpoint  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import bound, case, equal, run, wait_for  # noqa: E402

FAR = {4: "198.51.100.10", 6: "2001:db8:5::10"}
NARROW = 1300  # of the link between s and t
LEAST = 552  # net.ipv4.route.min_pmtu
LONG = {4: rtp(1, size=1360), 6: rtp(1, size=1340)}  # about 1,400 bytes
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, NEVER, PROBE = 10, 23, 0, 3
UDP, ICMP, ICMPV6 = 17, 1, 58


def known(router, version, *words, ns="gw", to=None):
    """The path MTU that a host knows of, or None."""
    text = router.do_in(ns, "ip", "-%d" % version, "route", "get",
                        to or FAR[version], *words)
    found = re.search(r"\bmtu (?:lock )?(\d+)", text)
    return found and int(found.group(1))


def forget(router, version):
    for name in ("gw", "p"):
        router.do_in(name, "ip", "-%d" % version, "route", "flush", "cache")


def discover(sock, version, how):
    """PROBE: not to be fragmented, whatever is known. NEVER: may be."""
    if version == 4:
        sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, how)
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, how)


def call_of(router, version, **b):
    forget(router, version)
    router.sipfast.do("session-flush")  # of a case that has failed
    call = Call(router, ("t", FAR[version]), version, **b)
    discover(call.phone, version, PROBE)
    return call


def send_long(call):
    call.phone.sendto(LONG[call.version], call.lan)


def check_told(router, version):
    call = call_of(router, version)
    call.holds()
    equal(known(router, version), None)
    send_long(call)  # as far as s
    wait_for(lambda: known(router, version) == NARROW)
    call.next = lambda: LONG[version]
    call.moves("declined", "too-big")
    equal(known(router, version, ns="p", to=call.lan[0]), NARROW,
          "what the phone was told")
    del call.next
    call.holds()
    call.close()


@case("IPv4: the first is lost, and then the phone is told")
def _(router):
    check_told(router, 4)


@case("IPv6: likewise")
def _(router):
    check_told(router, 6)


def lengths(wire, n):
    """Of the next packets to the peer that a tap sees."""
    found = []
    while len(found) < n:
        packet = wire.recv(2048)
        if packet[16:20] == socket.inet_aton(FAR[4]):
            found.append(len(packet))
    return found


@case("IPv4: what may be fragmented is, and leaves in pieces that fit")
def _(router):
    call = call_of(router, 4)
    send_long(call)
    wait_for(lambda: known(router, 4) == NARROW)
    with router.within("s"):
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                             socket.htons(0x0800))
    wire.bind(("eth0", 0x0800))
    wire.settimeout(bound(3))
    forget(router, 4)
    router.do_in("p", "ip", "route", "flush", "cache")
    discover(call.phone, 4, NEVER)
    send_long(call)  # nothing is known of the way any more
    call.gets(call.peer, LONG[4], call.wan)
    equal(lengths(wire, 1), [20 + 8 + len(LONG[4])])
    discover(call.phone, 4, PROBE)
    send_long(call)
    wait_for(lambda: known(router, 4) == NARROW)
    lengths(wire, 1)
    discover(call.phone, 4, NEVER)
    send_long(call)
    call.gets(call.peer, LONG[4], call.wan)
    pieces = lengths(wire, 2)
    assert max(pieces) <= NARROW, pieces
    equal(sum(pieces), 2 * 20 + 8 + len(LONG[4]))
    wire.close()
    call.close()


@case("IPv4: the route of the side's mark learns, and no other")
def _(router):
    router.do_in("gw", "ip", "rule", "add", "fwmark", "7", "lookup", "100")
    router.do_in("gw", "ip", "route", "add", "default", "via",
                 router.ADDRESS["s"], "table", "100")
    call = call_of(router, 4, mark=7)
    call.holds()
    send_long(call)
    wait_for(lambda: known(router, 4, "mark", "7") == NARROW)
    equal(known(router, 4), None)
    call.close()
    router.do_in("gw", "ip", "rule", "del", "fwmark", "7")
    router.do_in("gw", "ip", "route", "flush", "table", "100")


@case("nat: what is said to the public port")
def _(router):
    forget(router, 4)
    phone, peer = router.udp("p", 4000), router.udp_at("t", FAR[4], 6000)
    session = router.sipfast.do("session-new", {"stream": {
        "rule": "nat",
        "a": {"remote": router.at("p", 4000)},
        "b": {"local": router.at("wan", 30000),
              "remote": endpoint("%s:6000" % FAR[4])}}})["id"]
    discover(phone, 4, PROBE)
    phone.sendto(LONG[4], (FAR[4], 6000))
    wait_for(lambda: known(router, 4) == NARROW)
    phone.sendto(LONG[4], (FAR[4], 6000))
    wait_for(lambda: known(router, 4, ns="p") == NARROW)
    router.sipfast.do("session-del", {"id": session})
    phone.close()
    peer.close()


@case("from IPv4 to IPv6: told in the terms of the sender's family")
def _(router):
    for version in (4, 6):
        forget(router, version)
    phone, peer = router.udp("p", 4000), router.udp_at("t", FAR[6], 6000)
    session = router.sipfast.do("session-new", {"stream": {
        "a": {"local": router.at("lan", 20000),
              "remote": router.at("p", 4000)},
        "b": {"local": router.at("wan", 20000, 6),
              "remote": endpoint("[%s]:6000" % FAR[6])}}})["id"]
    discover(phone, 4, PROBE)
    phone.sendto(LONG[6], (router.ADDRESS["lan"], 20000))
    wait_for(lambda: known(router, 6) == NARROW)
    phone.sendto(LONG[6], (router.ADDRESS["lan"], 20000))
    wait_for(lambda: known(router, 4, ns="p", to=router.ADDRESS["lan"]) ==
             NARROW - 20)
    router.sipfast.do("session-del", {"id": session})
    phone.close()
    peer.close()


# --- what is not to be believed


def fold(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip4(src, dst, protocol, payload, length=None):
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, length or 20 + len(payload),
                         0, 0x4000, 64, protocol, 0, socket.inet_aton(src),
                         socket.inet_aton(dst))
    return header[:10] + struct.pack("!H", fold(header)) + header[12:] + payload


def ip6(src, dst, protocol, payload, length=None):
    return struct.pack("!IHBB16s16s", 6 << 28, (length or 40 + len(payload)) -
                       40, protocol, 64, socket.inet_pton(socket.AF_INET6, src),
                       socket.inet_pton(socket.AF_INET6, dst)) + payload


def error(call, mtu, sport=None, dport=6000, dst=None, protocol=UDP,
          length=1400, cut=8, spoil=0):
    """Packet too big, as s says it of a packet of the call, or nearly."""
    router, version = call.router, call.version
    dst = dst or FAR[version]
    udp = struct.pack("!HHHH", sport or call.wan[1], dport, length - 20, 0)
    if version == 4:
        body = ip4(call.wan[0], dst, protocol, udp[:cut], length)
        icmp = struct.pack("!BBHHH", 3, 4, 0, 0, mtu) + body
        check = fold(icmp) ^ spoil
        return ip4(router.ADDRESS["s"], call.wan[0], ICMP,
                   icmp[:2] + struct.pack("!H", check) + icmp[4:])
    body = ip6(call.wan[0], dst, protocol, udp[:cut], length)
    icmp = struct.pack("!BBHI", 2, 0, 0, mtu) + body
    src = router.ADDRESS6["s"]
    pseudo = ip6(src, call.wan[0], 0, b"")[8:40] + struct.pack(
        "!II", len(icmp), ICMPV6)
    check = fold(pseudo + icmp) ^ spoil
    return ip6(src, call.wan[0], ICMPV6,
               icmp[:2] + struct.pack("!H", check) + icmp[4:])


FORGED = (
    ("of a port that no flow has", {"sport": 20002}),
    ("to a port that is not the peer's", {"dport": 6002}),
    ("to somebody who is not the peer", {"dst": True}),
    ("not of UDP", {"protocol": 6}),
    ("without ports", {"cut": 3}),
    ("of a packet that fits", {"length": 1280}),
    ("with a wrong checksum", {"spoil": 1}))


def check_forged(router, version):
    call = call_of(router, version)
    addresses = router.ADDRESS if version == 4 else router.ADDRESS6
    for what, values in FORGED:
        if "dst" in values:
            values = {"dst": addresses["s"]}
        call.holds()
        router.frame("s", error(call, 1281, **values))
        # what comes later is believed: the one before was read, too
        router.frame("s", error(call, 1290))
        wait_for(lambda: known(router, version))
        equal(known(router, version), 1290, what)
        forget(router, version)
    call.close()


@case("IPv4: forged errors change nothing")
def _(router):
    check_forged(router, 4)


@case("IPv6: likewise")
def _(router):
    check_forged(router, 6)


@case("IPv4: less than the least: the least, and what is no longer passes")
def _(router):
    call = call_of(router, 4)
    call.holds()
    router.frame("s", error(call, 100))
    wait_for(lambda: known(router, 4) == LEAST)
    call.next = lambda: rtp(1, size=LEAST - 40)
    call.holds()
    call.next = lambda: rtp(1, size=LEAST - 39)
    discover(call.phone, 4, PROBE)
    call.moves("declined", "too-big")
    call.close()


@case("IPv6: less than the least is nothing at all")
def _(router):
    call = call_of(router, 6)
    call.holds()
    router.frame("s", error(call, 1279))
    router.frame("s", error(call, 1290))
    wait_for(lambda: known(router, 6))
    equal(known(router, 6), 1290)
    call.close()


# --- what is learned while packets are relayed

FITS = {4: rtp(1, size=1250), 6: rtp(1, size=1230)}  # 1,290 bytes


def talk(call, port):
    """A socket of the gateway that talks to the peer, too: what it learns is
    the route's. Conntrack knows of it, and lets errors through."""
    sock = call.router.udp_at("gw", call.wan[0], port)
    sock.connect((FAR[call.version], 6000))
    sock.send(b"hello")
    call.gets(call.peer, b"hello", (call.wan[0], port))
    return sock


def check_learned(router, version):
    call = call_of(router, version)
    other, port = talk(call, 20002), 20002
    call.next = lambda: FITS[version]
    call.holds()
    for mtu in (1295, 1290):  # the route is another one, and then the same
        router.frame("s", error(call, mtu, sport=port))
        wait_for(lambda: known(router, version) == mtu)
        call.holds()
    router.frame("s", error(call, 1285, sport=port))
    wait_for(lambda: known(router, version) == 1285)
    call.moves("declined", "too-big")
    forget(router, version)
    call.holds()
    other.close()
    call.close()


@case("IPv4: learned by a socket of the gateway, and less each time")
def _(router):
    check_learned(router, 4)


@case("IPv6: likewise")
def _(router):
    check_learned(router, 6)


def check_device(router, version):
    call = call_of(router, version)
    call.next = lambda: FITS[version]
    call.holds()
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1289")
    call.moves("declined", "too-big")
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1500")
    forget(router, version)
    call.holds()
    call.close()


@case("IPv4: the device's own MTU becomes less, and what it was")
def _(router):
    check_device(router, 4)


@case("IPv6: likewise")
def _(router):
    check_device(router, 6)


@case("IPv4: net.ipv4.ip_no_pmtu_disc: nobody is listened to")
def _(router):
    call = call_of(router, 4)
    call.holds()
    router.do_in("gw", "sysctl", "-qw", "net.ipv4.ip_no_pmtu_disc=1")
    router.frame("s", error(call, 1290))
    call.inwards()  # behind the error, by the same wire
    equal(known(router, 4), None)
    router.do_in("gw", "sysctl", "-qw", "net.ipv4.ip_no_pmtu_disc=0")
    router.frame("s", error(call, 1290))
    wait_for(lambda: known(router, 4) == 1290)
    call.close()


@case("detached, the stack alone is there, and learns nothing")
def _(router):
    call = call_of(router, 4)
    call.holds()
    for name in ("br-lan", "wan0"):
        router.sipfast.do("device-del", {"ifname": name})
    router.frame("s", error(call, 1290))
    router.do_in("gw", "ping", "-c1", "-W5", router.ADDRESS["s"])
    equal(known(router, 4), None)
    for name in ("br-lan", "wan0"):
        router.sipfast.do("device-new", {"ifname": name})
    call.holds()
    router.frame("s", error(call, 1290))
    wait_for(lambda: known(router, 4) == 1290)
    call.close()


def main():
    router = Router()
    for command in (
            "link add far type veth peer name eth1 netns " + router.ns["t"],
            "link set far mtu %d up" % NARROW,
            "address add 10.99.0.1/24 dev far",
            "address add fd00:99::1/64 dev far nodad",
            "route add %s via 10.99.0.2" % FAR[4],
            "-6 route add %s via fd00:99::2" % FAR[6]):
        router.do_in("s", "ip", *command.split())
    for command in (
            "link set eth1 mtu %d up" % NARROW,
            "address add 10.99.0.2/24 dev eth1",
            "address add fd00:99::2/64 dev eth1 nodad",
            "address add %s/32 dev lo" % FAR[4],
            "address add %s/128 dev lo" % FAR[6],
            "route add %s via 10.99.0.1" % router.ADDRESS["wan"],
            "-6 route add %s via fd00:99::1" % router.ADDRESS6["wan"]):
        router.do_in("t", "ip", *command.split())
    for name in ("s", "t"):
        router.do_in(name, "sysctl", "-qw", "net.ipv4.ip_forward=1",
                     "net.ipv6.conf.all.forwarding=1",
                     "net.ipv4.conf.all.rp_filter=0")
    for name in ("gw", "s"):  # errors come close together, and each counts
        router.do_in(name, "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0",
                     "net.ipv6.icmp.ratelimit=0")
    for version, addresses in ((4, router.ADDRESS), (6, router.ADDRESS6)):
        router.do_in("gw", "ip", "-%d" % version, "route", "add", "default",
                     "via", addresses["s"])
    run(router)


main()
