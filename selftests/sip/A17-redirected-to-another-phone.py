# SPDX-License-Identifier: GPL-2.0-or-later
"""A phone redirects to another one on the LAN, and the caller gets there.

given	P and Q are registered
when	P answers a call with a 302 to Q's address on the LAN
then	S reads an address there that leads to Q

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register
from tap import equal


def scenario(scene):
    p, q, s = scene.phone("p"), scene.phone("q"), scene.host("s")
    bindings = [register(phone, s)[0].contact for phone in (p, q)]
    call = Call(s, p, bindings[0])
    call.invite()
    moved = call.reply(302, contact="<sip:voicemail@%s>;q=0.7" % q.at)

    call = Call(s, q, moved.contact)
    equal(call.invite().uri, "sip:voicemail@" + q.at, "Request-URI")
    call.reply(486)
