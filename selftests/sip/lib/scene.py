# SPDX-License-Identifier: GPL-2.0-or-later
"""The scene of a scenario: the router, one of the gateways, agents, a witness.

A scenario is a file with a function, scenario(scene), and a docstring whose
first line says what it shows. CONFIG, if there, is added to the gateway's
configuration; with OWN it asks what only sipfast can be asked, as with any
CONFIG that does not say otherwise; with ODD what it sends is not for tshark to
judge; FAMILIES are those that it is about, if it is not about both; without
BY_TCP it is about datagrams, or about connections in any case. Scenarios share
the namespaces; the gateway is a new one for each of them.

Copyright (C) 2026 The sipfast authors
"""

import contextlib
import importlib.util
import os
import time

import gateway
import place
from agent import Agent, Call, Ear, meet
from peers import Baresip, Provider
from router import Topology
from sip import at, endpoint, literal, sdp
from witness import Witness


class Scenario:
    """One file."""

    def __init__(self, path):
        self.name = os.path.basename(path)[:-len(".py")]
        spec = importlib.util.spec_from_file_location(
            self.name.replace("-", "_"), path)
        self.module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.module)
        self.shows = self.module.__doc__.split("\n")[0]
        self.config = getattr(self.module, "CONFIG", "")
        self.own = getattr(self.module, "OWN", bool(self.config))
        self.families = getattr(self.module, "FAMILIES", (4, 6))
        self.by_tcp = getattr(self.module, "BY_TCP", True)

    def play(self, scene):
        """A remark says how long the gateway's start, the story and the
        gateway's end took."""
        times = [time.monotonic()]
        scene.begin(self)
        times.append(time.monotonic())
        try:
            self.module.scenario(scene)
            scene.judge()
            if not getattr(self.module, "ODD", False):
                scene.witness.keep()
        except AssertionError as error:
            scene.fail(error)
        finally:
            times.append(time.monotonic())
            scene.end()
            times.append(time.monotonic())
            print("# %s: %.1f s, %.1f s, %.1f s" % (
                self.name, *(b - a for a, b in zip(times, times[1:]))))


class Scene(Topology):
    """p, q: phones; s: the provider; t: somebody else in the WAN."""

    ADDRESS = place.ADDRESS

    def __init__(self):
        super().__init__(gateway.KINDS[gateway.chosen()].before)
        self.gateway = gateway.gateway(self)
        self.witness = Witness(self)
        self.kamailio = None

    def begin(self, scenario):
        self.scenario, self.n, self.opened = scenario.name, 0, []
        self.expected = {}
        self.gateway.silence()
        self.gateway.forget()
        self.gateway.start(scenario.config)
        self.witness.begin()

    def judge(self):
        self.witness.judge()
        if self.has_sipfast:
            remarks = self.gateway.remarks()
            for name, value in self.expected.items():
                if value is None:
                    remarks[name] = None
            assert remarks == self.expected, "the gateway says %s, not %s" % (
                remarks, self.expected)

    def fail(self, error):
        if self.has_sipfast:
            raise AssertionError("%s\nsipfastd: %s\n%s" % (
                error, self.gateway.remarks(), self.gateway.said())) from None
        raise error

    def restart(self, config):
        """The gateway's owner has changed his mind, and forgets everything."""
        self.gateway.stop()
        self.gateway.forget()
        self.gateway.start(config)

    def provider(self):
        """A Kamailio, the same one for all scenarios."""
        self.witness.has_real_peers = True
        if not self.kamailio:
            self.kamailio = Provider(self)
        return self.kamailio

    @contextlib.contextmanager
    def moved(self, gateway_address, host_address):
        """The WAN has other addresses: the gateway's, and another one of s."""
        change = [("s", "add", host_address, "eth0"),
                  ("gw", "del", self.ADDRESS["wan"], "wan0"),
                  ("gw", "add", gateway_address, "wan0")]
        self.change(change)
        try:
            yield
        finally:
            self.change([(ns, {"add": "del", "del": "add"}[verb], address,
                          device) for ns, verb, address, device
                         in change[::-1]])

    def change(self, addresses):
        for ns, verb, address, device in addresses:
            nodad = place.FAMILY == 6 and verb == "add"
            self.do_in(ns, "ip", "address", verb, address + place.PREFIX,
                       "dev", device, *["nodad"] * nodad)

    def end(self):
        for sock in self.opened:
            sock.close()
        self.gateway.stop()

    @property
    def has_sipfast(self):
        """For what is asked of no other gateway."""
        return self.gateway.name == "sipfast"

    def counts(self, **remarks):
        """What the gateway is expected to remark: dropped_stranger=1, or None
        where it may be any number."""
        for name, value in remarks.items():
            self.expected[name.replace("_", "-")] = value

    def next(self):
        """Something to tell messages apart by."""
        self.n += 1
        return "%s.%d" % (self.scenario[:3], self.n)

    def udp_at(self, name, address, port):
        sock = super().udp_at(name, address, port)
        self.opened.append(sock)
        return sock

    def phone(self, name, port=5060, user=None, server="s"):
        """A phone on the LAN, with its server."""
        if server in self.ADDRESS:
            server = literal(self.ADDRESS[server])
        return Agent(self, name, self.ADDRESS[name], port, user or name,
                     at(*endpoint(server)))

    def host(self, name, port=5060, user=None):
        """Somebody on the WAN."""
        return Agent(self, name, self.ADDRESS[name], port, user or name)

    def baresip(self, name, user):
        """A real phone in that namespace; it hangs up when it is closed."""
        phone = Baresip(self, name, user)
        self.opened.append(phone)
        return phone

    def ear(self, name, port):
        """A socket for RTP in that namespace."""
        return Ear(self, name, self.ADDRESS[name], port)

    def call(self, caller, callee, near=40000, far=6000, uri=None):
        """An established call: (call, the caller's ear, the callee's)."""
        one = self.ear(caller.ns, near)
        other = self.ear(callee.ns, far)
        call = Call(caller, callee, uri)
        meet(one, other, *call.set_up(sdp(*one.at), sdp(*other.at)))
        return call, one, other
