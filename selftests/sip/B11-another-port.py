# SPDX-License-Identifier: GPL-2.0-or-later
"""A server at another port is served if the owner says so.

given	a provider at port 5080
when	sip-ports names 5080, and when it does not
then	the REGISTER is rewritten, and P reachable; and it passes byte for byte

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register
from place import S, uri
from tap import equal

CONFIG = "sip-ports = {5060, 5080}"


def scenario(scene):
    p = scene.phone("p", server=S + ":5080")
    s = scene.host("s", 5080)
    request, _ = register(p, s)
    equal(request.contact, uri("p", request.source))
    call = Call(s, p, request.contact)
    equal(call.invite().uri, p.uri)
    call.reply(486)

    scene.restart("")
    scene.witness.allow(p.at.encode())
    sent = p.request("REGISTER", to="<sip:p@example.com>")
    equal(s.receive("REGISTER").raw, sent.raw)
