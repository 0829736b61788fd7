# SPDX-License-Identifier: GPL-2.0-or-later
"""The router of selftests/lib/netns.sh for Python, with the module or without.

A shell in the background makes the topology and takes it away again when this
program ends, however it ends. Sockets are opened inside a namespace and keep
to it, so that one program can be the phone, the gateway and the peer.

Copyright (C) 2026 The sipfast authors
"""

import contextlib
import ctypes
import json
import os
import socket
import struct
import subprocess
import sys

import genl
import tap

LIB = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../lib")
SCRIPT = """
. "$0/ktap.sh"; . "$0/netns.sh"; . "$0/gateway.sh"
"$1" || exit
topo_router || exit
echo "gw=$NS_GW"; for n in p q s t switch; do echo "$n=$(ns_of $n)"; done
echo ready
read -r _
"""
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


class Topology:
    """p and q are phones, s and t hosts in the WAN, gw is between them."""

    ADDRESS = {
        "p": "192.168.1.10", "q": "192.168.1.11", "lan": "192.168.1.1",
        "wan": "203.0.113.1", "s": "203.0.113.10", "t": "203.0.113.20"}
    ADDRESS6 = {
        "p": "fd00:1::10", "q": "fd00:1::11", "lan": "fd00:1::1",
        "wan": "2001:db8:1::1", "s": "2001:db8:1::10",
        "t": "2001:db8:1::20"}

    def __init__(self, before="true"):
        """@before: what the shell does first, and has to succeed with."""
        self.shell = subprocess.Popen(["bash", "-c", SCRIPT, LIB, before],
                                      stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True)
        self.ns = {}
        for line in self.shell.stdout:
            if line == "ready\n":
                break
            name, _, value = line.strip().partition("=")
            self.ns[name] = value
        else:
            print("Bail out! there is no router")
            sys.exit(1)

    @contextlib.contextmanager
    def within(self, name):
        """What is opened in here belongs to that namespace."""
        with open("/proc/self/ns/net") as home, \
                open("/run/netns/" + self.ns[name]) as there:
            enter(there)
            try:
                yield
            finally:
                enter(home)

    def do_in(self, name, *command):
        """What a program says that runs in there, if it succeeds."""
        with self.within(name):
            return subprocess.run(command, check=True, text=True,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT).stdout

    def ip(self, name, *lines):
        """Many of ip's commands at once: a program takes long to start."""
        with self.within(name):
            subprocess.run(("ip", "-batch", "-"), check=True, text=True,
                           input="\n".join(lines), stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT)

    def udp(self, name, port, version=4):
        """A UDP socket of a phone or host."""
        address = (self.ADDRESS if version == 4 else self.ADDRESS6)[name]
        return self.udp_at(name, address, port)

    def udp_at(self, name, address, port):
        """A UDP socket in a namespace, at any of its addresses."""
        with self.within(name):
            sock = socket.socket(
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_DGRAM)
        sock.bind((address, port))
        sock.settimeout(tap.bound(3))
        return sock

    def frame(self, name, packet):
        """Sends bytes, from the IP header on, to the gateway's MAC."""
        with self.within(name):
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
        gateway = "br-lan" if name in "pq" else "wan0"
        link = json.loads(self.do_in("gw", "ip", "-j", "link", "show",
                                     gateway))[0]["address"]
        protocol = 0x0800 if packet[0] >> 4 == 4 else 0x86dd
        sock.sendto(packet, ("eth0", protocol, 0, 0,
                             bytes.fromhex(link.replace(":", ""))))
        sock.close()


class Router(Topology):
    """The same with the module, and both devices attached."""

    def __init__(self, attach=True):
        super().__init__("gateway_load")
        with self.within("gw"):
            self.sipfast = genl.Sipfast()
        if attach:
            for name in ("br-lan", "wan0"):
                self.sipfast.do("device-new", {"ifname": name})

    def relay(self, version=4, port=20000, **values):
        """A relay stream between p:4000 and s:6000."""
        return self.sipfast.do("session-new", dict({"stream": {
            "a": {"local": self.at("lan", port, version),
                  "remote": self.at("p", 4000, version)},
            "b": {"local": self.at("wan", port, version),
                  "remote": self.at("s", 6000, version)}}}, **values))["id"]

    def at(self, name, port, version=4):
        """The endpoint as an attribute."""
        address = (self.ADDRESS if version == 4 else self.ADDRESS6)[name]
        return genl.endpoint("[%s]:%d" % (address, port))

    def filter_bridged(self):
        """br_netfilter looks at what the LAN's bridge passes on, as long as
        the case goes on."""
        calls = ["net.bridge.bridge-nf-call-%s=" % table
                 for table in ("iptables", "ip6tables")]
        self.do_in("gw", "modprobe", "br_netfilter")
        tap.after(self.do_in, "gw", "sysctl", "-qw",
                  *(call + "0" for call in calls))
        self.do_in("gw", "sysctl", "-qw", *(call + "1" for call in calls))

    def stats(self):
        return self.sipfast.do("stats-get")


def enter(ns):
    if libc.setns(ns.fileno(), CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def rtp(sequence, timestamp=None, ssrc=0x5f, payload_type=0, size=160):
    """An RTP packet, G.711 unless said otherwise."""
    if timestamp is None:
        timestamp = sequence * size
    return struct.pack("!BBHII", 0x80, payload_type, sequence & 0xffff,
                       timestamp & 0xffffffff, ssrc) + bytes(size)


RTCP = struct.pack("!BBHIIIIII", 0x80, 200, 6, 0x5f, 0, 0, 0, 0, 0)
STUN = struct.pack("!HHI12s", 1, 0, 0x2112a442, b"transaction!")


def silent(sock):
    """Has nothing come in? To be asked after what came later did come in."""
    sock.setblocking(False)
    try:
        sock.recv(2048)
        return False
    except BlockingIOError:
        return True
    finally:
        sock.settimeout(tap.bound(3))
