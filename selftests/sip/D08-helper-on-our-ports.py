# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own SIP helper on the same port does no harm.

given	a router whose owner has assigned ct helper "sip" to port 5060
when	P registers, is called, and calls with a host name in its SDP, which the
	helper would drop
then	all of it passes as it does without the helper

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register, talk
from gateway import NfNatSip
from sip import sdp
from tap import equal


def scenario(scene):
    helper = NfNatSip(scene)
    if scene.gateway.name != helper.name:
        helper.start("")
    try:
        p, s = scene.phone("p"), scene.host("s")
        binding = register(p, s)[0].contact
        call, there, here = scene.call(s, p, 6000, 40000, binding)
        talk(there, here)
        call.end()

        named = sdp("phone.local", 40000)
        call = Call(p, s)
        equal(call.invite(named).sdp, named)
        call.reply(486)
    finally:
        if scene.gateway.name != helper.name:
            helper.stop()
