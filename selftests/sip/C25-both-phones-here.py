# SPDX-License-Identifier: GPL-2.0-or-later
"""Two phones of one LAN talk through their provider, and media stays here.

given	P and Q, registered at S, which relays no media: what one says of its own
	is what the other is told
when	P calls Q
then	audio flows both ways, each hears the other from the port that it sends
	to, and not one packet of it is seen on the WAN

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, register, talk
from router import rtp
from sip import sdp
from tap import equal


def scenario(scene):
    s = scene.host("s")
    p, q = scene.phone("p"), scene.phone("q")
    register(p, s)
    request, _ = register(q, s)
    here, there = scene.ear("p", 40000), scene.ear("q", 40000)

    out = Call(p, s, "sip:q@example.com")
    out.through = None
    offer = out.invite(sdp(*here.at))
    within = Call(s, q, request.contact)
    within.invite(offer.sdp)
    answer = within.reply(200, sdp(*there.at))
    within.ack()
    reply = out.reply(200, answer.sdp)
    out.ack()
    meet(here, there, within.got, reply)
    talk(here, there)

    wan, _ = scene.witness.look()
    equal([packet for packet in wan if len(packet.payload) == len(rtp(1))], [],
          "media on the WAN")
    out.end()
    within.end()

