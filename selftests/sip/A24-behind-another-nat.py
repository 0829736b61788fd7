# SPDX-License-Identifier: GPL-2.0-or-later
"""Behind a carrier's NAT the gateway knows no address to write: hands off.

given	the WAN's address is one of 100.64.0.0/10, and no other was configured
when	P registers
then	the registrar gets the bytes as P has sent them, and the owner one warning

Copyright (C) 2026 The sipfast authors
"""

import tap
from agent import Agent

FAMILIES = (4,)  # RFC 6598 is about no other


def scenario(scene):
    scene.gateway.stop()
    with scene.moved("100.64.0.1", "100.64.0.10"):
        try:
            scene.gateway.start("")
            p = scene.phone("p", server="100.64.0.10")
            s = Agent(scene, "s", "100.64.0.10", 5060, "s")
            scene.witness.allow(p.at.encode())
            sent = p.request("REGISTER", to="<sip:p@example.com>")
            tap.equal(s.receive("REGISTER").raw, sent.raw)
            if scene.has_sipfast:
                tap.equal(scene.gateway.said().count("100.64.0.1"), 1,
                          scene.gateway.said())
        finally:
            scene.gateway.stop()
    scene.gateway.start("")
