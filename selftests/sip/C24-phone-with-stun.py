# SPDX-License-Identifier: GPL-2.0-or-later
"""A phone that has found out its public address itself is left in peace.

given	P has asked a STUN server, from its SIP port and its RTP port, and writes
	the public addresses into Contact and SDP
when	it registers, is called, and calls
then	its Contact is not mapped twice, and audio flows both ways

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register
from router import STUN
from sip import at, endpoint, sdp
from tap import equal

BY_TCP = False


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    stun = scene.udp_at("s", s.address, 3478)
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    p.send(STUN, at(s.address, 3478))
    public = at(*stun.recvfrom(100)[1])
    here.peer = (s.address, 3478)
    here.say(STUN)
    media = stun.recvfrom(100)[1][:2]

    contact = "<sip:p@%s>" % public
    request, reply = register(p, s, contact=contact)
    equal(request.source, public, "where it comes from")
    equal((request["Contact"], reply["Contact"]), (contact, contact))
    s.request("OPTIONS", request.contact, through=request.contact)
    equal(p.receive("OPTIONS").uri, contact.strip("<>"))

    call = Call(p, s)
    offer, answer = call.set_up(sdp(*media), sdp(*there.at),)
    equal(offer.media[0], media)
    here.peer, there.peer = answer.media[0], offer.media[0]
    for one, other in ((here, there), (there, here)) * 2:
        other.hear(one.say(), other.peer)
    call.end()
    equal(endpoint(public)[0], media[0])
