# SPDX-License-Identifier: GPL-2.0-or-later
"""A host on the LAN cannot take another one's calls.

given	P and Q are registered
when	Q sends a REGISTER in P's name, with P's address as its source, and Q's
	own address as Contact
then	what stands for P still leads to P, and so do its calls

Copyright (C) 2026 The sipfast authors
"""

import sip
from agent import Call, register, spoofed
from tap import equal

BY_TCP = False


def scenario(scene):
    p, q, s = scene.phone("p"), scene.phone("q"), scene.host("s")
    bindings = {phone: register(phone, s)[0].contact for phone in (p, q)}
    before = mapping(scene)
    spoofed(scene, "q", p.at, s.at, sip.write(
        "REGISTER sip:example.com SIP/2.0", p.headers(
            "REGISTER", to="<sip:p@example.com>", contact="<%s>" % q.uri) +
        [("Expires", 3600)]))
    request = s.receive("REGISTER")
    s.reply(request, 200, contact=request["Contact"])
    p.receive(200)
    equal(mapping(scene), before)

    for phone in (p, q):
        call = Call(s, phone, bindings[phone])
        equal(call.invite().uri, phone.uri)
        call.reply(486)


def mapping(scene):
    """Which public port stands for whom, and whose leases are on it."""
    if not scene.has_sipfast:
        return None
    return [(endpoint["lan"], endpoint["public"],
             [lease["what"] for lease in endpoint["leases"]])
            for endpoint in scene.gateway.endpoints()]
