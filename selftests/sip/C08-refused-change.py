# SPDX-License-Identifier: GPL-2.0-or-later
"""A change that the other side refuses has never been.

given	a call with audio both ways
when	P, and then S, asks with a re-INVITE for other ports, and gets a 488
then	the audio goes on where it was

Copyright (C) 2026 The sipfast authors
"""

from agent import talk
from sip import sdp
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    call, here, there = scene.call(p, s)
    talk(here, there)
    offer = call.ask(p, "INVITE", sdp(p.address, 40010))
    assert offer.media[0] != there.peer, offer.sdp
    talk(here, there)
    s.reply(offer, 488)
    p.receive(488)
    call.ask(p, "ACK", cseq=call.sides[p].cseq)
    talk(here, there)

    offer = call.ask(s, "INVITE", sdp(s.address, 6010))
    equal(offer.media[0], (s.address, 6010))
    p.reply(offer, 488)
    s.receive(488)
    call.ask(s, "ACK", cseq=call.sides[s].cseq)
    talk(here, there)
    call.end()
