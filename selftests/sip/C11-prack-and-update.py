# SPDX-License-Identifier: GPL-2.0-or-later
"""Offers and answers outside INVITE and 200 count as well.

given	P's INVITE, and a reliable 183 with the answer (RFC 3262)
when	P's PRACK has a new offer, and before the call is answered S's UPDATE has
	another one (RFC 3311)
then	after each of them the audio flows where the last answer says

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from sip import sdp

RELIABLE = (("Require", "100rel"), ("RSeq", 1))


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    ears = [scene.ear("p", 40000 + 2 * n) for n in range(2)]
    there = [scene.ear("s", 6000 + 2 * n) for n in range(2)]
    call = Call(p, s)
    offer = call.invite(sdp(*ears[0].at), more=[("Supported", "100rel")])
    answer = call.reply(183, sdp(*there[0].at), more=RELIABLE)
    meet(ears[0], there[0], offer, answer)
    talk(ears[0], there[0])

    offer, answer = call.agree(p, "PRACK", sdp(*ears[1].at),
                               sdp(*there[0].at),
                               more=[("RAck", "1 1 INVITE")])
    meet(ears[1], there[0], offer, answer)
    talk(ears[1], there[0])

    offer, answer = call.agree(s, "UPDATE", sdp(*there[1].at),
                               sdp(*ears[1].at))
    meet(there[1], ears[1], offer, answer)
    talk(there[1], ears[1])

    call.reply(200)
    call.ask(p, "ACK", cseq=1)
    talk(ears[1], there[1])
    call.end()
