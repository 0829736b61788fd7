# SPDX-License-Identifier: GPL-2.0-or-later
"""A call that was on hold goes on where it was.

given	a call with audio both ways
when	it is held by c=0.0.0.0, by sendonly and by inactive, nothing is sent for
	so long that no connection is tracked any more, and it is resumed
then	each time it has the same public port, and audio both ways

Copyright (C) 2026 The sipfast authors
"""

from agent import meet, talk
from place import NOWHERE
from sip import sdp
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    call, here, there = scene.call(p, s)
    public = there.peer
    talk(here, there)
    for direction, address in (("sendonly", NOWHERE), ("sendonly", p.address),
                               ("inactive", p.address)):
        held = sdp(address, 40000, direction=direction, origin=p.address)
        offer, _ = call.agree(p, "INVITE", held, sdp(
            *there.at, direction="inactive"))
        assert "a=" + direction in offer.sdp, offer.sdp
        equal(offer.media[0], (NOWHERE if address == NOWHERE else
                               public[0], public[1]), "on hold")
        scene.gateway.silence()
        offer, answer = call.agree(p, "INVITE", sdp(*here.at),
                                   sdp(*there.at))
        equal(offer.media[0], public, "resumed")
        meet(here, there, offer, answer)
        talk(here, there)
    call.end()
