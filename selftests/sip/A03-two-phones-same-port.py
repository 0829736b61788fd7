# SPDX-License-Identifier: GPL-2.0-or-later
"""Two phones with the same port have a public port each, and their own calls.

given	P and Q, both at port 5060
when	both register, and S calls each of them
then	two public ports, and each INVITE reaches the phone it is for

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register
from tap import equal


def scenario(scene):
    p, q, s = scene.phone("p"), scene.phone("q"), scene.host("s")
    bindings = {phone: register(phone, s)[0].contact for phone in (p, q)}
    assert bindings[p] != bindings[q], bindings

    for phone in (q, p):
        call = Call(s, phone, bindings[phone])
        equal(call.invite().uri, phone.uri, "Request-URI")
        call.reply(486)
    p.hears_nothing()
    q.hears_nothing()
