# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands between phones and providers: one of three.

masquerade	the router as it is
nf_nat_sip	with the kernel's SIP helper on port 5060
sipfast		with our module and daemon

All have the same words, so that the same scenarios run with each of them.

Copyright (C) 2026 The sipfast authors
"""

import glob
import json
import os
import shutil
import socket
import subprocess
import tempfile

import genl
import tap

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
BUILD = os.environ.get("SIPFAST_BUILD", os.path.join(TOP, "build"))
DAEMON = os.environ.get("SIPFASTD", os.path.join(BUILD, "sipfastd"))
# What does not pass, and what is not understood, has counters that begin, or
# end, like this. A scenario says which of them it is about.
REFUSED = ("dropped-", "rejected-")
DOUBTED = ("-doubted", "-unread", "-refused", "-failed")


class Masquerade:
    """Nothing but the owner's firewall."""

    name = "masquerade"
    before = "true"

    def __init__(self, topology):
        self.topology = topology

    def start(self, config):
        pass

    def stop(self):
        pass

    def kill(self):
        """The daemon dies and another begins; the kernel has none."""

    def forget(self):
        """What was known before the next start."""

    def remarks(self):
        """{counter: value} of what was refused, or not understood."""
        return {}

    def silence(self):
        """What is left of a long silence: no connection is tracked any more."""
        self.topology.do_in("gw", "conntrack", "-F")


class NfNatSip(Masquerade):
    """The helper is assigned as its documentation says."""

    name = "nf_nat_sip"
    RULES = """
        table inet helper {
            ct helper sip {
                type "sip" protocol udp
            }
            chain prerouting {
                type filter hook prerouting priority filter
                udp dport 5060 ct helper set "sip"
            }
        }"""

    def start(self, config):
        subprocess.run(["modprobe", "nf_nat_sip"], check=False,
                       stderr=subprocess.DEVNULL)
        with self.topology.within("gw"):
            subprocess.run(["nft", "-f", "-"], input=self.RULES, text=True,
                           check=True)

    def stop(self):
        self.topology.do_in("gw", "nft", "delete", "table", "inet", "helper")


class Sipfast(Masquerade):
    """A daemon for each scenario: it knows nothing of the one before."""

    name = "sipfast"
    before = "gateway_load"

    def __init__(self, topology):
        super().__init__(topology)
        self.dir = tempfile.mkdtemp(prefix="sipfast-scene.")
        self.socket = os.path.join(self.dir, "socket")
        self.conf = os.path.join(self.dir, "conf")
        self.log = os.path.join(self.dir, "log")
        self.state = os.path.join(self.dir, "state")
        with topology.within("gw"):
            self.module = genl.Sipfast()

    def start(self, config):
        with open(self.conf, "w", encoding="ascii") as conf:
            conf.write('lan "br-lan" { }\n')
            if 'wan "' not in config:
                conf.write('wan "wan0" { }\n')
            conf.write('control-socket = "%s"\nstate = "%s"\n%s\n' % (
                self.socket, self.state, config))
        with open(self.log, "w"):
            pass  # begun anew
        self.begin()
        self.before_stats = self.module_drops()

    def begin(self):
        with self.topology.within("gw"), open(self.log, "a") as log:
            self.daemon = subprocess.Popen([DAEMON, "-c", self.conf],
                                           stdin=subprocess.DEVNULL,
                                           stdout=log, stderr=log)
        tap.wait_for(self.is_up, 20)

    def is_up(self):
        assert self.daemon.poll() is None, self.said()
        try:
            return self.ask("stats")["state"] not in ("", "starting")
        except OSError:
            return False

    def stop(self):
        self.daemon.terminate()
        status = self.daemon.wait(tap.bound(10))
        assert not status, "sipfastd ended with %d\n%s" % (status, self.said())

    def kill(self):
        """The next one begins with what this one had written."""
        self.daemon.kill()
        self.daemon.wait(tap.bound(10))
        self.begin()

    def forget(self):
        for path in glob.glob(self.state + "*"):
            os.unlink(path)

    def remove(self):
        shutil.rmtree(self.dir)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def ask(self, command):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(tap.bound(5))
            sock.connect(self.socket)
            sock.sendall(json.dumps({"command": command}).encode() + b"\n")
            reply = json.loads(sock.makefile().readline())
        assert reply["ok"], reply
        return reply["result"]

    def module_drops(self):
        return self.module.do("stats-get")["dropped"]

    def remarks(self):
        counters = {name: value for name, value
                    in self.ask("stats")["signalling"].items() if value and
                    (name.startswith(REFUSED) or name.endswith(DOUBTED))}
        now = self.module_drops()
        counters.update({"module " + name: now[name] - before for name, before
                         in self.before_stats.items() if now[name] != before})
        return counters

    def endpoints(self):
        return self.ask("endpoint-list")

    def leases(self):
        """[(address-of-record, seconds left), ...]"""
        return [(lease["what"], lease["left-s"])
                for endpoint in self.endpoints()
                for lease in endpoint["leases"]]


def gateway(topology):
    return KINDS[chosen()](topology)


def chosen():
    return os.environ.get("SIPFAST_GATEWAY", Sipfast.name)


KINDS = {kind.name: kind for kind in (Masquerade, NfNatSip, Sipfast)}
