# SPDX-License-Identifier: GPL-2.0-or-later
"""Where everybody is in one run, and how they talk to each other.

SIPFAST_FAMILY says by which IP, 4 or 6, and SIPFAST_TRANSPORT how messages of
SIP travel, by UDP or TCP. A scenario names places by what is in here, and so is
played over all of them.

Copyright (C) 2026 The sipfast authors
"""

import os
import socket

from router import Topology
from sip import literal

FAMILY = int(os.environ.get("SIPFAST_FAMILY", "4"))
TRANSPORT = os.environ.get("SIPFAST_TRANSPORT", "UDP")


def either(four, six):
    """What stands for it in this run's family."""
    return four if FAMILY == 4 else six


ADDRESS = either(Topology.ADDRESS, Topology.ADDRESS6)
# As they stand in a URI.
P, Q, G, S, T = (literal(ADDRESS[name]) for name in ("p", "q", "wan", "s", "t"))
SOCKET = either(socket.AF_INET, socket.AF_INET6)
PREFIX = either("/24", "/64")
IP = either("ip", "ip6")  # nft's word
IN = either("IN IP4", "IN IP6")  # SDP's
NOWHERE = either("0.0.0.0", "::")
# Hosts that no packet of a test ever gets to.
AWAY = either("198.51.100.7", "2001:db8:9::7")
FAR_AWAY = either("8.8.8.8", "2001:4860:4860::8888")
MULTICAST = either("224.2.1.1/127/3", "ff15::101/3")


def on_wan(number):
    """One more address of the WAN: the gateway's are 1 to 9."""
    return either("203.0.113.%d", "2001:db8:1::%d") % number


def uri(user, at):
    """Of somebody who is there (RFC 3261 19.1.1)."""
    return "sip:%s@%s%s" % (user, at, {"UDP": "", "TCP": ";transport=tcp"}[
        TRANSPORT])
