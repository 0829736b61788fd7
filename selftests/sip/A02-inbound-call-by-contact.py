# SPDX-License-Identifier: GPL-2.0-or-later
"""A call to the Contact that the registrar has stored reaches the phone.

given	P has registered
when	S sends an INVITE to the stored Contact
then	P gets a Request-URI that is its own Contact, byte for byte, and the
	call has audio both ways

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register, talk
from sip import sdp
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    request, _ = register(p, s)
    equal(request.source, "203.0.113.1:%d" % request_port(request),
          "it comes from where it may be reached")

    call = Call(s, p, request.contact)
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    invite, reply = call.set_up(sdp(*there.at), sdp(*here.at))
    equal(invite.uri, p.uri, "Request-URI")
    here.peer, there.peer = invite.media[0], reply.media[0]
    talk(here, there)
    call.end(by=p)


def request_port(request):
    return int(request.contact.rpartition(":")[2])
