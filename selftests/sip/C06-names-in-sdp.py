# SPDX-License-Identifier: GPL-2.0-or-later
"""Names and addresses in o= and c= that are not ours to read stay.

given	offers with a host name or IPv6 in o=, and one with a host name in c=
when	they pass
then	none is dropped, o= is what it was, and so is the c= that has the name

Copyright (C) 2026 The sipfast authors
"""

import re

from agent import Call, meet, talk
from sip import sdp
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    for origin in ("phone.local", "192.168.1.10", "2001:db8::10", "fd00:1::10"):
        mine = sdp(*here.at, origin=origin)
        call = Call(p, s)
        offer, answer = call.set_up(mine, sdp(*there.at))
        line = re.compile("(?m)^o=.*$")
        equal(line.findall(offer.sdp), line.findall(mine), "o=")
        meet(here, there, offer, answer)
        talk(here, there, 1)
        call.end()

    named = sdp("phone.local", 40000)
    call = Call(p, s)
    equal(call.invite(named).sdp, named, "the whole SDP")
    call.reply(488)
