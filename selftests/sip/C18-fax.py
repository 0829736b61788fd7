# SPDX-License-Identifier: GPL-2.0-or-later
"""A call becomes a fax, and a call again.

given	a call with audio
when	S switches to T.38 with a re-INVITE, and P switches back
then	UDPTL flows both ways in between, and audio afterwards

Copyright (C) 2026 The sipfast authors
"""

from agent import meet, talk
from sip import sdp

UDPTL = b"\0\x01\x01\xc0\x01\x80\0\0"

ODD = True  # UDPTL that is none


def fax(ear):
    return sdp(ear.at[0], ("m=image %d udptl t38" % ear.at[1],
                           "a=T38FaxVersion:0"))


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    call, here, there = scene.call(p, s)
    talk(here, there)

    sender, receiver = scene.ear("s", 6100), scene.ear("p", 40100)
    offer, answer = call.agree(s, "INVITE", fax(sender), fax(receiver))
    meet(sender, receiver, offer, answer)
    for one, other in ((sender, receiver), (receiver, sender)):
        for n in range(3):
            other.hear(one.say(bytes([0, n]) + UDPTL), other.peer)

    offer, answer = call.agree(p, "INVITE", sdp(*here.at), sdp(*there.at))
    meet(here, there, offer, answer)
    talk(here, there)
    call.end()
