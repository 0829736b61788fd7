# SPDX-License-Identifier: GPL-2.0-or-later
"""A refused refresh does not shorten the registration that there is.

given	P is registered for an hour
when	a refresh is answered 403, 423 and 503
then	each time its lease is what it was, and a call still arrives

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    request, _ = register(p, s)
    for status in (403, 423, 503):
        p.request("REGISTER", to="<sip:p@example.com>",
                  more=[("Expires", 30)])
        s.reply(s.receive("REGISTER"), status, contact="")
        p.receive(status)
        if scene.has_sipfast:
            (_, left), = scene.gateway.leases()
            assert left > 3500, left
        call = Call(s, p, request.contact)
        call.invite()
        call.reply(486)
