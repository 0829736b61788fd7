# SPDX-License-Identifier: GPL-2.0-or-later
"""A call from a port that is no SIP port is answered like any other.

given	P, whom anybody may call, and T at port 40404
when	T calls P at its public port, the gateway's daemon is killed in the middle
	of the call, and each of them sends BYE once
then	P's answers and its BYE come from that very port and name it, T's Via is
	as T has written it, and there is audio both ways

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, register, talk
from place import uri
from sip import sdp
from tap import equal

BY_TCP = False  # connections to a port are ours where sip-ports names it

CONFIG = 'inbound = "any"'


def scenario(scene):
    p, s, t = scene.phone("p"), scene.host("s"), scene.host("t", 40404)
    request, _ = register(p, s)
    public = request.source
    here, there = scene.ear("p", 40000), scene.ear("t", 6000)
    for hangs_up in (t, p):
        call = Call(t, p, request.contact)
        invite = call.invite(sdp(*there.at))
        ringing = call.reply(180)
        equal(ringing.source, public, "the answer's source")
        equal(ringing["Via"].partition(";")[0],
              call.sent["Via"].partition(";")[0], "Via")
        answer = call.reply(200, sdp(*here.at))
        equal(answer.contact, uri("p", public), "Contact")
        call.ack()
        meet(there, here, invite, answer)
        talk(there, here)
        scene.gateway.kill()
        talk(there, here)
        call.end(by=hangs_up)
