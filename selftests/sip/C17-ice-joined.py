# SPDX-License-Identifier: GPL-2.0-or-later
"""ICE is joined: the public port is a candidate, and the default one.

given	ice = "insert"
when	P offers media with ICE candidates, and S answers without
then	c= and m= name the public port, and so does a candidate that stands before
	P's own, with a priority above theirs: no ice-mismatch (RFC 8839 4.2.5);
	P's own stay; audio flows both ways by the public port

Copyright (C) 2026 The sipfast authors
"""

import re

from agent import Call, meet, talk
from place import ADDRESS
from sip import sdp
from tap import equal

CONFIG = 'ice = "insert"'
OWN = ("a=candidate:1 1 UDP 2130706431 %s 40000 typ host" % ADDRESS["p"],
       "a=candidate:1 2 UDP 2130706430 %s 40001 typ host" % ADDRESS["p"])


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    scene.witness.allow(*(line.encode() for line in OWN))
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    call = Call(p, s)
    got = call.invite(sdp(p.address, (
        "m=audio 40000 RTP/AVP 8", "a=ice-ufrag:here",
        "a=ice-pwd:apasswordoftwentytwo22") + OWN))
    scene.witness.excuse(got.raw)
    candidates = [re.match(r"a=candidate:\S+ (\d) UDP (\d+) (\S+) (\d+) typ",
                           line).groups()
                  for line in got.sdp.splitlines() if "candidate" in line]
    default, = got.media
    for component in ("1", "2"):
        ours, own = [(int(priority), (host, int(port)))
                     for number, priority, host, port in candidates
                     if number == component]
        equal(ours[1], (default[0], default[1] + int(component) - 1))
        equal(own[1], (p.address, 40000 + int(component) - 1))
        assert ours[0] > own[0], candidates
    equal(int(got["Content-Length"]), len(got.body))
    reply = call.reply(200, sdp(*there.at))
    call.ack()
    meet(here, there, got, reply)
    talk(here, there)
    call.end()
