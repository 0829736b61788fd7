# SPDX-License-Identifier: GPL-2.0-or-later
"""A caller hears the announcement before he has said a word.

given	P calls through S, and the media comes from T, which is somebody else
when	T's 183 describes its media, and T speaks before P does; and when T later
	calls P through S
then	P hears T's first packet, and the inbound call has audio both ways

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, register, talk
from sip import sdp


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    here, there = scene.ear("p", 40000), scene.ear("t", 6000)
    call = Call(p, s)
    offer = call.invite(sdp(*here.at))
    progress = call.reply(183, sdp(*there.at))
    meet(here, there, offer, progress)
    here.hear(there.say(), there.at)
    talk(there, here)
    call.reply(200, sdp(*there.at))
    call.ack()
    talk(here, there)
    call.end(by=s)

    binding = register(p, s)[0].contact
    inbound = Call(s, p, binding)
    offer = inbound.invite(sdp(*there.at))
    answer = inbound.reply(200, sdp(*here.at))
    inbound.ack()
    meet(there, here, offer, answer)
    talk(there, here)
    inbound.end()
