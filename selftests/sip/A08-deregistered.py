# SPDX-License-Identifier: GPL-2.0-or-later
"""Who has signed off is not called any more.

given	P is registered
when	it sends Contact: * with Expires: 0, and the registrar says 200
then	its lease has gone, and an INVITE does not reach the LAN any more

Copyright (C) 2026 The sipfast authors
"""

from agent import register
from tap import equal


def scenario(scene):
    p, s, t = scene.phone("p"), scene.host("s"), scene.host("t")
    request, _ = register(p, s)
    s.request("OPTIONS", request.contact, through=request.contact)
    p.receive("OPTIONS")

    p.request("REGISTER", to="<sip:p@example.com>", contact="*",
              more=[("Expires", 0)])
    s.reply(s.receive("REGISTER"), 200, contact="")
    p.receive(200)
    if scene.has_sipfast:
        equal(scene.gateway.leases(), [])
    scene.gateway.silence()
    s.request("INVITE", request.contact, through=request.contact)

    p.request("OPTIONS", through=t.at)
    t.reply(t.receive("OPTIONS"), 200)
    p.receive(200)
    p.hears_nothing()
    scene.counts(dropped_stranger=1)
