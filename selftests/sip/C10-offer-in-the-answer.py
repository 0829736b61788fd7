# SPDX-License-Identifier: GPL-2.0-or-later
"""The offer may come with the 200, and the answer with the ACK.

given	an INVITE without SDP, once from P, once from S
when	the 200 has the offer, and the ACK the answer
then	there is audio both ways

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, register, talk
from sip import sdp


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    call = Call(p, s)
    call.invite()
    offer = call.reply(200, sdp(*there.at))
    answer = call.ack(sdp(*here.at))
    meet(there, here, offer, answer)
    talk(there, here)
    call.end()

    call = Call(s, p, register(p, s)[0].contact)
    call.invite()
    offer = call.reply(200, sdp(*here.at))
    answer = call.ack(sdp(*there.at))
    meet(here, there, offer, answer)
    talk(here, there)
    call.end(by=p)
