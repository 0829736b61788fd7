# SPDX-License-Identifier: GPL-2.0-or-later
"""A stranger's media is not forwarded, and nothing is sent to him.

given	P calls S, and T knows the public port
when	T sends RTP there before the answer, and after it
then	P hears nothing of it, and goes on speaking to S and nobody else

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from sip import sdp

SPRAY = 5


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    stranger = scene.ear("t", 6000)
    call = Call(p, s)
    offer = call.invite(sdp(*here.at))
    stranger.peer = offer.media[0]
    spray(stranger)
    answer = call.reply(200, sdp(*there.at))
    call.ack()
    meet(here, there, offer, answer)
    spray(stranger)
    talk(here, there)
    spray(stranger)
    talk(here, there)
    here.hears_nothing()
    stranger.hears_nothing()
    call.end()
    scene.counts(**{"module source_mismatch": 2 * SPRAY})


def spray(stranger):
    for _ in range(SPRAY):
        stranger.say()
