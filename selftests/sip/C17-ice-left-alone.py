# SPDX-License-Identifier: GPL-2.0-or-later
"""ICE is left alone: its SDP passes as it is, and so do its checks.

given	ice = "pass", which is the default
when	P offers media with ICE candidates, S answers with some, and each sends
	connectivity checks as RFC 8445 has it: P to S's candidate, S to where
	P's check came from
then	both SDPs are the same bytes, so no ice-mismatch; the checks pass by plain
	NAT, and RTP goes where they went; the gateway relays nothing

Copyright (C) 2026 The sipfast authors
"""

from agent import Call
from router import STUN, rtp
from sip import sdp
from tap import equal


def ice(address, port, user):
    """An audio m-line with two host candidates."""
    return ("m=audio %d RTP/AVP 8" % port, "a=rtpmap:8 PCMA/8000",
            "a=ice-ufrag:" + user, "a=ice-pwd:apasswordoftwentytwo22",
            "a=candidate:1 1 UDP 2130706431 %s %d typ host" % (address, port),
            "a=candidate:1 2 UDP 2130706430 %s %d typ host" % (address,
                                                              port + 1),
            "a=sendrecv")


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    scene.witness.allow(p.address.encode())
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    offer = sdp(p.address, ice(p.address, 40000, "here"))
    answer = sdp(s.address, ice(s.address, 6000, "away"))
    call = Call(p, s)
    got, reply = call.set_up(offer, answer)
    equal(got.sdp, offer, "offer")
    equal(reply.sdp, answer, "answer")

    here.peer = there.at
    here.say(STUN)
    there.peer = there.sock.recvfrom(4096)[1][:2]
    for n in range(3):
        here.hear(there.say(STUN if not n else rtp(n)), there.at)
        there.hear(here.say(), there.peer)
    if scene.has_sipfast:
        one, = scene.gateway.ask("call-list")
        equal(one["streams"], [], "relayed")
    call.end()
