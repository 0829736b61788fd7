#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices on top of devices: VLAN, bridge, bond, macvlan.

Each is attached both as itself and together with what is below it: the packet
has to be relayed once, at the upper device, and counted there. What is below
without being attached is left alone. A port of a bridge or bond cannot be
attached, but what is attached can become one.

Copyright (C) 2026 The sipfast authors
"""

import json
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from call import Call, mac_of  # noqa: E402
from genl import Rejected  # noqa: E402
from router import Router, rtp  # noqa: E402
from tap import after, bound, case, equal, run, wait_for  # noqa: E402

SOL_PACKET, PACKET_AUXDATA, TP_STATUS_VLAN_VALID = 263, 8, 0x10
NEAR, GATEWAY = "192.168.7.10", "192.168.7.1"


def attach(router, *names):
    for name in names:
        router.sipfast.do("device-new", {"ifname": name})


def attach_port(router, name):
    """Refused while it is one; so it is attached before it becomes one again.
    """
    try:
        attach(router, name)
        raise AssertionError("a port was attached")
    except Rejected as answer:
        equal(answer.blames("device"), "ifname")
    master = json.loads(router.do_in("gw", "ip", "-j", "link", "show",
                                     name))[0]["master"]
    router.ip("gw", "link set %s nomaster" % name)
    attach(router, name)
    router.ip("gw", "link set %s master %s" % (name, master))


def packets(router, name):
    return router.sipfast.do("device-get", {"ifname": name})["packets"]


def counted_at(router, call, upper, *lower):
    """Media is relayed both ways, and counted at the upper device alone."""
    before = {name: packets(router, name) for name in (upper,) + lower}
    for _ in range(3):
        call.holds()
    equal(packets(router, upper), before[upper] + 3, upper)
    for name in lower:
        equal(packets(router, name), before[name], name)


def cable(router, name, other, there):
    """A device @name in the gateway, @other in @there."""
    router.ip("gw", "link add %s type veth peer name %s netns %s" % (
        name, other, router.ns[there]))


def passing(router, name, device):
    """It goes with the case, and so does what is attached to it, above it or
    at the other end of it."""
    after(router.ip, name, "link del " + device)


def near_cable(router):
    """To a phone that is on no bridge."""
    cable(router, "lan7", "eth7", "p")
    passing(router, "gw", "lan7")


def up(device, address=None):
    """Lines for ip."""
    lines = ["link set %s up" % device]
    return lines + (["address add %s/24 dev %s" % (address, device)]
                    if address else [])


def tagged(router, lower, peer_lower, tag):
    """VLAN devices with the addresses of a phone and its gateway."""
    for name, device, address in (("gw", lower, GATEWAY),
                                  ("p", peer_lower, NEAR)):
        router.ip(name, *up(device), "link add link %s name vlan%s type vlan "
                  "id %s" % (device, tag, tag), *up("vlan" + tag, address))


def near_call(router):
    """Of the phone's address NEAR."""
    return Call(router, ("s", router.ADDRESS["s"]), lan=GATEWAY,
                near=("p", NEAR))


@case("a VLAN: with the tag in the frame, and beside it")
def _(router):
    near_cable(router)
    tagged(router, "lan7", "eth7", "7")
    attach(router, "lan7", "vlan7")
    call = near_call(router)
    for state in ("on", "off"):
        for name, device in (("p", "eth7"), ("gw", "lan7")):
            router.do_in(name, "ethtool", "-K", device, "tx-vlan-hw-insert",
                         state, "rx-vlan-hw-parse", state)
        counted_at(router, call, "vlan7", "lan7")
    # another VLAN's frame is not this call's
    before = router.stats()["packets"]
    send_tagged(router, 8, rtp(1))
    call.holds()
    equal(router.stats()["packets"], before + 2)


def send_tagged(router, tci, payload, port=20000):
    """A frame with a tag in it, from NEAR to the gateway's endpoint."""
    datagram = struct.pack("!HHHH", 4000, port, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 1, 0, 64,
                       17, 0, socket.inet_aton(NEAR),
                       socket.inet_aton(GATEWAY))
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xffff) + (total >> 16)
    head = head[:10] + struct.pack("!H", ~total & 0xffff) + head[12:]
    there, here = (bytes.fromhex(mac_of(router, *end).replace(":", ""))
                   for end in (("gw", "lan7"), ("p", "eth7")))
    with router.within("p"):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind(("eth7", 0))
    sock.send(there + here + struct.pack("!HHH", 0x8100, tci, 0x0800) + head +
              datagram)
    sock.close()


@case("a tag of priority alone is no VLAN, and does not leave again")
def _(router):
    near_cable(router)
    router.ip("gw", *up("lan7", GATEWAY))
    router.ip("p", *up("eth7", NEAR))
    attach(router, "lan7")
    call = near_call(router)
    with router.within("s"):
        sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                socket.htons(3))
    sniffer.bind(("eth0", 3))
    sniffer.settimeout(bound(3))
    sniffer.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    packet = call.next()
    send_tagged(router, 5 << 13, packet)
    equal(call.peer.recv(2048), packet)
    equal(packets(router, "lan7"), 1)
    frame = b""
    while packet not in frame:
        frame, ancillary, _, _ = sniffer.recvmsg(2048, 256)
    equal(frame[12:14], b"\x08\x00", "ethertype")
    status = struct.unpack_from("I", ancillary[0][2])[0]
    equal(status & TP_STATUS_VLAN_VALID, 0, "tag beside the frame")
    sniffer.close()
    call.holds()


@case("a bridge; a port of it that was attached before it was one")
def _(router):
    call = Call(router, ("s", router.ADDRESS["s"]))
    counted_at(router, call, "br-lan")
    attach_port(router, "p")
    after(router.sipfast.do, "device-del", {"ifname": "p"})
    counted_at(router, call, "br-lan", "p")


@case("a VLAN on a bridge, which filters VLANs or not")
def _(router):
    tagged(router, "br-lan", "eth0", "7")
    passing(router, "gw", "vlan7")
    passing(router, "p", "vlan7")
    attach(router, "vlan7")
    call = near_call(router)
    counted_at(router, call, "vlan7", "br-lan")
    filter_vlans(router, "1")
    after(filter_vlans, router, "0")
    router.do_in("gw", "bridge", "vlan", "add", "dev", "br-lan", "vid", "7",
                 "self")
    router.do_in("gw", "bridge", "vlan", "add", "dev", "p", "vid", "7")
    counted_at(router, call, "vlan7", "br-lan")
    call.close()
    counted_at(router, Call(router, ("s", router.ADDRESS["s"])), "br-lan",
               "vlan7")


def filter_vlans(router, state):
    router.ip("gw", "link set br-lan type bridge vlan_filtering " + state)


@case("a bridge with br_netfilter: relayed, and nothing of conntrack's left")
def _(router):
    router.filter_bridged()
    for version in (4, 6):
        addresses = router.ADDRESS if version == 4 else router.ADDRESS6
        call = Call(router, ("s", addresses["s"]), version)
        counted_at(router, call, "br-lan")
        # q is on the same bridge: what is between the phones is theirs
        at_q = router.udp("q", 20000, version)
        before = router.stats()["packets"]
        call.phone.sendto(rtp(1), (addresses["q"], 20000))
        equal(at_q.recv(2048), rtp(1))
        equal(router.stats()["packets"], before)
        at_q.close()
        call.close()
    for line in router.do_in("gw", "cat",
                             "/proc/net/nf_conntrack").splitlines():
        assert "src=192.168.1.10 dst=192.168.1.1 " not in line or \
            "dport=20000" not in line, line


@case("a bond of two, attached before they were, in use by turns")
def _(router):
    bond(router, "balance-rr")
    for name in ("slave1", "slave2"):
        attach_port(router, name)
    wait_for(lambda: both_up(router))
    call = Call(router, ("s", "192.0.2.10"), wan="192.0.2.1")
    before = packets(router, "bond0")
    for _ in range(4):
        call.holds()
    equal(packets(router, "bond0"), before + 4)
    equal([packets(router, "slave" + n) for n in "12"], [0, 0])


@case("a bond of two, one of which loses its carrier under the call")
def _(router):
    bond(router, "active-backup")
    call = Call(router, ("s", "192.0.2.10"), wan="192.0.2.1")
    call.holds()
    router.ip("s", "link set slave1 down")
    for name in ("gw", "s"):
        wait_for(lambda: "MII Status: down" in router.do_in(
            name, "cat", "/proc/net/bonding/bond0"))
    for _ in range(2):
        call.holds()


def bond(router, mode):
    """Between the gateway and s, of two cables, attached."""
    for n in "12":
        cable(router, "slave" + n, "slave" + n, "s")
        passing(router, "gw", "slave" + n)
    for name, address in (("gw", "192.0.2.1"), ("s", "192.0.2.10")):
        router.ip(name, "link add name bond0 type bond mode %s miimon 100" %
                  mode)
        passing(router, name, "bond0")
        router.ip(name, "link set slave1 master bond0",
                  "link set slave2 master bond0", *up("bond0", address))
    attach(router, "bond0")
    wait_for(lambda: both_up(router))


def both_up(router):
    """At either end the bond is up, and so are its two slaves."""
    return all(router.do_in(name, "cat", "/proc/net/bonding/bond0").count(
        "MII Status: up") == 3 for name in ("gw", "s"))


@case("a macvlan: its own frames, and not those of the device below")
def _(router):
    # each of the two answers for its own address
    router.do_in("gw", "sysctl", "-qw", "net.ipv4.conf.all.arp_ignore=1")
    router.ip("gw", "link add link wan0 name mac0 type macvlan mode bridge",
              *up("mac0", "192.0.2.1"))
    passing(router, "gw", "mac0")
    router.ip("s", "address add 192.0.2.10/24 dev eth0")
    attach(router, "mac0")
    call = Call(router, ("s", "192.0.2.10"), wan="192.0.2.1")
    before = packets(router, "wan0"), packets(router, "mac0")
    for _ in range(3):
        call.holds()
    equal((packets(router, "wan0"), packets(router, "mac0")),
          (before[0], before[1] + 3))
    call.close()
    call = Call(router, ("s", router.ADDRESS["s"]))
    counted_at(router, call, "br-lan", "mac0")


@case("a device attached and removed, from below: nothing holds it")
def _(router):
    cable(router, "lan9", "eth9", "p")
    tagged(router, "lan9", "eth9", "9")
    attach(router, "vlan9")
    call = near_call(router)
    call.holds()
    router.ip("gw", "link del lan9")
    equal(sorted(d["ifname"] for d in router.sipfast.dump("device-get")),
          ["br-lan", "wan0"])
    call.moves("declined", "no-route", inwards=True)


run(Router())
