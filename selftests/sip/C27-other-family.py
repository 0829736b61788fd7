# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses of the other family are nobody's to rewrite.

given	a phone that has both, signals by the one, and wants its media by the other
when	it calls, and talks by the one in the next call
then	the first SDP passes byte for byte; the second is mapped to an address of
	its own family, and audio flows

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from place import either
from router import Topology
from sip import named, sdp
from tap import equal

OTHER = either(Topology.ADDRESS6, Topology.ADDRESS)


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    mixed = sdp(OTHER["p"], 40000)
    call = Call(p, s)
    equal(call.invite(mixed).sdp, mixed, "the SDP")
    call.reply(488)

    here, there = scene.ear("p", 40002), scene.ear("s", 6002)
    call = Call(p, s)
    offer, answer = call.set_up(sdp(*here.at), sdp(*there.at))
    assert "c=" + named(scene.ADDRESS["wan"]) in offer.sdp, offer.sdp
    meet(here, there, offer, answer)
    talk(here, there)
    call.end()
