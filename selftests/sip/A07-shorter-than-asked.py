# SPDX-License-Identifier: GPL-2.0-or-later
"""A registration lasts as long as the registrar says.

given	P asks for 3600 seconds
when	the 200 grants its Contact 60, whatever else it says
then	that is the lease, and the phone sees the 60

Copyright (C) 2026 The sipfast authors
"""

from agent import Call
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    p.request("REGISTER", to="<sip:p@example.com>", more=[("Expires", 3600)])
    request = s.receive("REGISTER")
    s.reply(request, 200, contact="<%s>;expires=60" % request.contact,
            more=[("Expires", 1800)])
    equal(p.receive(200)["Contact"], "<%s>;expires=60" % p.uri)
    if scene.has_sipfast:
        (what, left), = scene.gateway.leases()
        equal(what, "sip:p@example.com")
        assert 50 <= left <= 60, left

    call = Call(s, p, request.contact)
    call.invite()
    call.reply(486)
