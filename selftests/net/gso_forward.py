#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Aggregates are relayed datagram by datagram: nothing lost, nothing merged.

The sender leaves a train of datagrams to its device (UDP_SEGMENT). The device
splits it, or passes it on whole; the gateway's device may put together again
what arrives (GRO), as segments of one packet or as a list of packets. At the
other end each datagram has to be as it was sent, and be counted as one.

Copyright (C) 2026 The sipfast authors
"""

import os
import random
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call, outcomes  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import case, equal, run  # noqa: E402

UDP_SEGMENT = 103
TRAIN = 12
NOISE = random.Random(7)


def features(router, name, device, **states):
    words = []
    for feature, state in states.items():
        words += [feature.replace("_", "-"), "on" if state else "off"]
    router.do_in(name, "ethtool", "-K", device, *words)


def gro(router, forwarding=False, as_list=False):
    """What the gateway's devices make of what arrives."""
    for device in ("p", "wan0"):
        features(router, "gw", device, gro=forwarding or as_list,
                 rx_udp_gro_forwarding=forwarding, rx_gro_list=as_list)
    # a veth believes that its peer has put together what can be, if that could
    for name, device in (("p", "eth0"), ("switch", "gw")):
        features(router, name, device, tso=not (forwarding or as_list))


def sender(router, whole):
    """Whether trains leave the sender's device as they are."""
    for name in "ps":
        features(router, name, "eth0", tx_udp_segmentation=whole)


def offload(router, state):
    """Checksums and scatter-gather on the way out."""
    for device in ("p", "wan0"):
        features(router, "gw", device, tx=state, sg=state)


def train(first, size, last):
    """RTP packets of noise, all of one size but the last."""
    packets = []
    for n in range(first, first + TRAIN):
        length = last if n == first + TRAIN - 1 else size
        packets.append(rtp(n, ssrc=0x5f, size=0) + NOISE.randbytes(length))
    return packets


def bad_checksums(router):
    total = 0
    for name in "ps":
        for line in router.do_in(name, "cat", "/proc/net/snmp",
                                 "/proc/net/snmp6").splitlines():
            words = line.split()
            if words[0] == "Udp:" and words[1].isdigit():
                total += int(words[7])
            if words[0] == "Udp6InCsumErrors":
                total += int(words[1])
    return total


def send(sock, packets, target):
    size = len(packets[0])
    sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, size)
    sock.sendto(b"".join(packets), target)


def aggregates(router):
    """How many trains an egress chain has seen the gateway's stack get."""
    return int(router.do_in("gw", "nft", "list", "chain", "netdev", "seen",
                            "trains").split("packets ")[1].split()[0])


def exchange(router):
    """Trains both ways, IPv4 and IPv6; all of it counted as datagrams."""
    before = router.stats()
    sent = octets = 0
    for call in router.calls:
        for size, last in ((160, 160), (161, 33), (1000, 1), (20, 20)):
            for sock, target, receiver in (
                    (call.phone, call.lan, call.peer),
                    (call.peer, call.wan, call.phone)):
                packets = train(call.n, size, last)
                send(sock, packets, target)
                equal([receiver.recv(4096) for _ in packets], packets)
                octets += sum(map(len, packets))
                sent += len(packets)
            call.n += TRAIN
    after = router.stats()
    equal(after["packets"] - before["packets"], sent)
    equal(after["bytes"] - before["bytes"], octets)
    for kind in ("declined", "dropped"):
        equal(after[kind], before[kind])
    equal(bad_checksums(router), 0)
    for call in router.calls:
        sides = router.sipfast.do("session-get", {"id": call.id})["stream"][0]
        for side in "ab":
            stats = sides[side]["stats"]
            equal((stats["packets"], stats["lost"], stats["reordered"],
                   stats["duplicates"]), (call.n, 0, 0, 0))


def with_and_without(router):
    before = aggregates(router)
    exchange(router)
    offload(router, False)
    exchange(router)
    offload(router, True)
    return aggregates(router) - before


@case("the sender's device splits: single datagrams")
def _(router):
    sender(router, whole=False)
    gro(router)
    equal(with_and_without(router), 0, "aggregates")


@case("the sender's device passes it on whole")
def _(router):
    sender(router, whole=True)
    assert with_and_without(router) >= 16


@case("rx-udp-gro-forwarding: put together at the gateway's device")
def _(router):
    sender(router, whole=False)
    gro(router, forwarding=True)
    assert with_and_without(router) >= 16


@case("rx-gro-list: put together as a list of packets")
def _(router):
    gro(router, as_list=True)
    assert with_and_without(router) >= 16


@case("an aggregate whose datagrams are too big is left to the stack whole")
def _(router):
    gro(router)
    sender(router, whole=True)
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1280")
    call = router.calls[0]
    before = outcomes(router)
    packets = train(call.n, 1300, 1300)
    send(call.phone, packets, call.lan)
    call.phone.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
    call.outwards()
    after = outcomes(router)
    equal({key: after[key] - before[key] for key in after
           if after[key] != before[key]}, {("declined", "too-big"): 1})
    router.do_in("gw", "ip", "link", "set", "wan0", "mtu", "1500")


@case("datagrams in several pieces of memory")
def _(router):
    for call in router.calls:
        call.phone.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
        for state in (True, False):
            offload(router, state)
            for pieces in ((1, 160), (12, 700, 300), (1, 3, 1200)):
                packet = rtp(call.n, size=0) + NOISE.randbytes(sum(pieces))
                at = 12
                call.phone.sendto(packet[:at], socket.MSG_MORE, call.lan)
                for piece in pieces[:-1]:
                    call.phone.sendto(packet[at:at + piece], socket.MSG_MORE,
                                      call.lan)
                    at += piece
                call.phone.sendto(packet[at:], call.lan)
                equal(call.peer.recv(4096), packet)
    equal(bad_checksums(router), 0)


def main():
    router = Router()
    router.calls = [Call(router, ("s", addresses["s"]), version)
                    for version, addresses in ((4, router.ADDRESS),
                                               (6, router.ADDRESS6))]
    # A witness: what is longer than any one datagram of ours is an aggregate.
    router.do_in("gw", "nft", "table netdev seen { chain trains { type filter "
                 "hook ingress devices = { br-lan, wan0 } priority -500; "
                 "udp dport 20000 meta length > 1400 counter; }; }")
    # The first datagram waits this long for more, in nanoseconds. It takes a
    # /sys that was mounted in there.
    subprocess.run(["ip", "netns", "exec", router.ns["gw"], "sh", "-c",
                    "for device in p wan0; do echo 2000000 >"
                    "/sys/class/net/$device/gro_flush_timeout; done"],
                   check=True)
    run(router)


main()
