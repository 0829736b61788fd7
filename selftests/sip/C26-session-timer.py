# SPDX-License-Identifier: GPL-2.0-or-later
"""A call that is refreshed again and again stays the same call.

given	a call with a session timer (RFC 4028)
when	it is refreshed three times, by re-INVITE and by UPDATE, from either side
then	each time the SDP names the same port, and audio flows

Copyright (C) 2026 The sipfast authors
"""

from agent import talk
from sip import sdp
from tap import equal

TIMER = (("Supported", "timer"), ("Session-Expires", "90;refresher=uac"),
         ("Min-SE", 90))


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    call, here, there = scene.call(p, s)
    mine, theirs = sdp(*here.at), sdp(*there.at)
    for by in (p, s, p):
        for method in ("INVITE", "UPDATE"):
            offer, answer = (mine, theirs) if by is p else (theirs, mine)
            request, reply = call.agree(by, method, offer, answer,
                                        more=TIMER)
            equal(request["Session-Expires"], TIMER[1][1])
            seen = (request if by is p else reply).media[0]
            equal(seen, there.peer, "public port")
        scene.gateway.silence()
        talk(here, there)
    call.agree(p, "UPDATE", more=TIMER)
    talk(here, there)
    call.end()
