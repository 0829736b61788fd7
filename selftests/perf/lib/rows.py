# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways to relay that are compared: a row of the table each.

A row has

    name, title               for the JSON and for the reader
    families                  those it can relay: "4", "6", "46"
    streams                   numbers of streams it is measured with
    may_lose                  a program: where it loses packets it has no figure;
                              in the kernel that is a mistake
    records(case)             the streams, from plan.records()
    set_up(bench, case)       makes the gateway relay them; payload and
                              directions of the case say nothing yet
    tear_down(bench, case)    makes it forget that it did

Bench is the machine: see bench.py. A row that cannot be, for want of a program
or a module, raises Missing in set_up.

Copyright (C) 2026 The sipfast authors
"""

import contextlib
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                "../../net/lib"))
import genl  # noqa: E402
import plan  # noqa: E402
from network import run  # noqa: E402

# the limit of sessions decides how large the flow table is
MAX_SESSIONS = 100000

BRIDGES_FAMILIES = genl.number("capability", "family-bridge")

# a flow is ASSURED when a packet comes so late after the first
ASSURED_S = 3

MASQUERADE = """
table ip bench {
    chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        ct state invalid drop
        iifname "lan" accept
    }
    chain postrouting {
        type nat hook postrouting priority srcnat;
        oifname "wan" masquerade
    }
}
"""
SIP_HELPER = """
table ip bench {
    ct helper sip {
        type "sip" protocol udp
    }
    chain prerouting {
        type filter hook prerouting priority filter;
        udp dport 5060 ct helper set "sip"
    }
}
"""
FLOWTABLE = """
table ip bench {
    flowtable fast {
        hook ingress priority filter
        devices = { "lan", "wan" }
    }
    chain shortcut {
        type filter hook forward priority filter - 1;
        ip protocol udp flow add @fast
    }
}
"""


class Missing(Exception):
    """Something that a row needs is not on this machine."""


class Row:
    way = "routed"
    families = ("4",)
    streams = (1, 1000, 10000, 100000)
    may_lose = False

    def __init__(self, name, title):
        self.name = name
        self.title = title

    def records(self, case):
        return plan.records(case, self.way)

    def set_up(self, bench, case):
        pass

    def tear_down(self, bench, case):
        pass


class Forward(Row):
    """The ordinary router."""

    families = ("4", "6")


class Conntrack(Row):
    """The ordinary router with NAT and a stateful firewall."""

    way = "masquerade"

    def __init__(self, name, title, rules="", modules=(), status="ASSURED"):
        super().__init__(name, title)
        self.rules = rules
        self.modules = modules
        self.status = status

    def set_up(self, bench, case):
        for module in self.modules:
            run("modprobe", module)
        track(bench, MASQUERADE + self.rules)
        self.establish(bench, case)

    def establish(self, bench, case):
        """Both sides are heard, and once more when that is a while ago."""
        talk = plan.Case(case.streams, 172, case.family, 2)
        bench.generator.streams(self.records(talk))
        bench.generator.run(talk, 2 * case.streams)
        time.sleep(ASSURED_S)  # no time at all: the machine is idle
        bench.generator.run(talk, 4 * case.streams)
        said = bench.network.do("gw", "conntrack", "-L", "-u", self.status)
        found = int(re.search(r"(\d+) flow entries", said).group(1))
        if found != case.streams:
            raise RuntimeError("%d of %d flows are %s" % (
                found, case.streams, self.status))

    def tear_down(self, bench, case):
        untrack(bench)
        for module in reversed(self.modules):
            run("modprobe", "-r", module)


class Sipfast(Row):
    """The module, rule relay or nat, at one of its two hooks."""

    def __init__(self, name, title, rule="relay", hook="ingress",
                 families=("4",), tracking=False):
        super().__init__(name, title)
        self.way = rule
        self.hook = hook
        self.families = families
        self.tracking = tracking

    def set_up(self, bench, case):
        if self.tracking:
            track(bench, MASQUERADE)
        insert()
        if attach(bench, self.hook) & BRIDGES_FAMILIES or case.family != "46":
            load(bench, case, self.way)
            return
        run("rmmod", "sipfast")
        raise Missing("this module relays between no families")

    def tear_down(self, bench, case):
        run("rmmod", "sipfast")
        if self.tracking:
            found = tracked(bench)
            untrack(bench)
            if found:
                raise RuntimeError("%d conntrack entries were made" % found)


# --- conntrack --------------------------------------------------------------

def track(bench, rules):
    """Time passes quickly where the machine idles: no entry may time out."""
    run("modprobe", "nf_conntrack")
    run("sysctl", "-qw", "net.netfilter.nf_conntrack_buckets=262144",
        "net.netfilter.nf_conntrack_max=1048576")
    bench.network.nft(rules)
    bench.network.do("gw", "sysctl", "-qw",
                     "net.netfilter.nf_conntrack_udp_timeout=86400",
                     "net.netfilter.nf_conntrack_udp_timeout_stream=86400")
    with contextlib.suppress(RuntimeError):  # without nf_flow_table
        bench.network.do("gw", "sysctl", "-qw",
                         "net.netfilter.nf_flowtable_udp_timeout=86400")


def tracked(bench):
    return int(bench.network.do("gw", "sysctl", "-n",
                                "net.netfilter.nf_conntrack_count"))


def untrack(bench):
    bench.network.nft("delete table ip bench")
    bench.network.do("gw", "conntrack", "-F")


# --- sipfast ----------------------------------------------------------------

def insert():
    run("insmod", os.environ["SIPFAST_KO"], "max_sessions=%d" % MAX_SESSIONS)


def attach(bench, hook="ingress"):
    """Both devices of the gateway. Returns what the module can do."""
    with bench.network.within("gw"):
        family = genl.Sipfast()
        for device in ("lan", "wan"):
            family.do("device-new", {"ifname": device, "hook": hook})
        capabilities = family.do("info-get")["capabilities"]
        family.close()
    return capabilities


def load(bench, case, rule="relay", count=None, n=0, batch=100):
    """Sessions of RTP and RTCP, from the n-th address on."""
    return bench.load("new", rule, count or case.streams, 2, batch,
                      *(case.address(place, n)
                        for place in ("lan", "phone", "wan", "peer")))


ROWS = [
    Sipfast("sipfast-ingress", "sipfast, ingress hook",
            families=("4", "6", "46")),
    Sipfast("sipfast-pre-routing", "sipfast, PRE_ROUTING hook",
            hook="pre-routing"),
    Sipfast("sipfast-nat", "sipfast, ingress hook, rule nat", rule="nat"),
    Sipfast("sipfast-conntrack", "sipfast, with conntrack and NAT",
            tracking=True),
    Conntrack("flowtable", "nft flowtable", FLOWTABLE,
              status="OFFLOAD"),
    Forward("forward", "ip_forward, no rules"),
    Conntrack("masquerade", "conntrack, masquerade, ct state"),
    Conntrack("masquerade-sip", "... and nf_nat_sip with its helper",
              SIP_HELPER, ("nf_conntrack_sip", "nf_nat_sip")),
]
