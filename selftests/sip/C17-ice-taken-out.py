# SPDX-License-Identifier: GPL-2.0-or-later
"""ICE is taken out: neither side sees any, and audio is relayed.

given	ice = "anchor"
when	P offers media with ICE candidates, and S answers without
then	S's SDP is P's with the public port, and without a line of ICE; audio
	flows both ways, from and to that port

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from place import ADDRESS
from sip import sdp
from tap import equal

CONFIG = 'ice = "anchor"'
ICE = ("a=ice-ufrag:here", "a=ice-pwd:apasswordoftwentytwo22",
       "a=candidate:1 1 UDP 2130706431 %s 40000 typ host" % ADDRESS["p"],
       "a=candidate:1 2 UDP 2130706430 %s 40001 typ host" % ADDRESS["p"])


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    audio = ("m=audio 40000 RTP/AVP 8", "a=rtpmap:8 PCMA/8000")
    call = Call(p, s)
    got = call.invite(sdp(p.address, audio[:1] + ICE[:2] + audio[1:] + ICE[2:],
                          session=("a=ice-options:trickle",)))
    scene.witness.excuse(got.raw)
    (host, port), = got.media
    equal(got.sdp, sdp(host, (audio[0].replace("40000", str(port)), audio[1]),
                       origin=p.address), "offer")
    equal(int(got["Content-Length"]), len(got.body))
    reply = call.reply(200, sdp(*there.at))
    call.ack()
    meet(here, there, got, reply)
    talk(here, there)
    call.end()
