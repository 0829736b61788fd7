# SPDX-License-Identifier: GPL-2.0-or-later
"""Phones, gateway and peers: three namespaces and two cables.

    phone eth0 --- lan gw wan --- eth0 peer

Neighbours are permanent: nobody asks who has an address while packets are
counted.

Copyright (C) 2026 The sipfast authors
"""

import contextlib
import ctypes
import json
import subprocess

import plan

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)

# each end: its device, and the gateway's device and place on that side
SIDES = {"phone": ("lan", "lan"), "peer": ("wan", "wan")}


class Network:
    def __init__(self):
        self.mac = {}
        for name in ("gw", "phone", "peer"):
            run("ip", "netns", "add", name)
            self.ip(name, "link set lo up")
        for end, (device, _) in SIDES.items():
            self.ip("gw", "link add %s type veth peer name eth0 netns %s"
                    % (device, end))
        for end, (device, place) in SIDES.items():
            self.connect(end, device, place)
        self.do("gw", "sysctl", "-qw", "net.ipv4.ip_forward=1",
                "net.ipv6.conf.all.forwarding=1")

    def connect(self, end, device, place):
        self.ip(end, "link set eth0 up")
        self.ip("gw", "link set %s up" % device)
        self.mac[end] = self.link(end, "eth0")
        self.mac[device] = self.link("gw", device)
        for version, length in ((4, 16), (6, 64)):
            nodad = " nodad" if version == 6 else ""
            for n in range(plan.N_ADDRESSES):
                far = plan.address(version, end, n)
                near = plan.address(version, place, n)
                self.ip(end, "address add %s/%d dev eth0%s"
                        % (far, length, nodad))
                self.ip("gw", "address add %s/%d dev %s%s"
                        % (near, length, device, nodad))
                self.ip("gw", "neigh replace %s lladdr %s dev %s nud permanent"
                        % (far, self.mac[end], device))
                self.ip(end, "neigh replace %s lladdr %s dev eth0 nud permanent"
                        % (near, self.mac[device]))
            self.ip(end, "-%d route add default via %s"
                    % (version, plan.address(version, place)))

    def remove(self):
        for name in ("phone", "peer", "gw"):
            run("ip", "netns", "del", name)

    @contextlib.contextmanager
    def within(self, name):
        """What is opened or started in here belongs to that namespace."""
        with open("/proc/self/ns/net") as home, \
                open("/run/netns/" + name) as there:
            enter(there)
            try:
                yield
            finally:
                enter(home)

    def do(self, name, *command, text=None):
        """Runs a command in a namespace and returns what it printed."""
        with self.within(name):
            return run(*command, text=text)

    def ip(self, name, words):
        """One command to ip in a namespace."""
        return run("ip", "-n", name, *words.split())

    def link(self, name, device):
        text = self.ip(name, "-j link show " + device)
        return json.loads(text)[0]["address"]

    def nft(self, rules):
        """Rules for the gateway."""
        self.do("gw", "nft", "-f", "-", text=rules)


def enter(ns):
    if libc.setns(ns.fileno(), CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def run(*command, text=None):
    done = subprocess.run(command, input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **({} if text else {"stdin": subprocess.DEVNULL}))
    if done.returncode:
        raise RuntimeError("%s: %s" % (" ".join(command), done.stdout))
    return done.stdout
