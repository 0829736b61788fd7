# SPDX-License-Identifier: GPL-2.0-or-later
"""SDP that offers nothing gets no ports.

given	a 200 to OPTIONS, and a 488 to INVITE, which say with SDP what would do
when	they pass, out and in
then	the SDP is what it was, and no media port is taken for it

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register
from sip import sdp
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    mine, theirs = sdp(p.address, 40000), sdp(s.address, 6000)
    scene.witness.allow(mine.encode())
    binding = register(p, s)[0].contact
    s.request("OPTIONS", binding, through=binding)
    p.reply(p.receive("OPTIONS"), 200, mine)
    equal(s.receive(200).sdp, mine, "OPTIONS in")
    p.request("OPTIONS")
    s.reply(s.receive("OPTIONS"), 200, theirs)
    equal(p.receive(200).sdp, theirs, "OPTIONS out")
    equal(used(scene), 0)

    call = Call(s, p, binding)
    call.invite(sdp(s.address, 6000))
    before = used(scene)
    equal(call.reply(488, mine).sdp, mine, "488")
    equal(used(scene), before)


def used(scene):
    """Pairs of media ports; an INVITE has one in reserve for its answer."""
    if scene.has_sipfast:
        return scene.gateway.ask("stats")["media-ports-used"]
    return 0
