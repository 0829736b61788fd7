# SPDX-License-Identifier: GPL-2.0-or-later
"""The media may be at another host of the LAN, and at no other host.

given	a PBX at P whose media is at Q; and an offer that names 8.8.8.8
when	calls are made
then	Q's address is mapped, and audio flows; 8.8.8.8 stays, and the gateway
	sends nothing there

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from place import FAR_AWAY
from sip import sdp
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    here, there = scene.ear("q", 40000), scene.ear("s", 6000)
    call = Call(p, s)
    offer, answer = call.set_up(sdp(*here.at), sdp(*there.at))
    meet(here, there, offer, answer)
    talk(here, there)
    call.end()

    foreign = sdp(FAR_AWAY, 40000)
    call = Call(p, s)
    offer, _ = call.set_up(foreign, sdp(*there.at))
    equal(offer.sdp, foreign)
    if scene.has_sipfast:
        one, = [one for one in scene.gateway.ask("call-list")
                if one["call-id"] == call.got["Call-ID"]]
        equal(one["streams"], [], "relayed")
    call.end()
