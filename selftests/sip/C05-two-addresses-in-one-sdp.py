# SPDX-License-Identifier: GPL-2.0-or-later
"""Each m-line has the address that belongs to it.

given	an offer whose audio has the session's c= line, the phone's, and whose
	video has one of its own, that of a host elsewhere
when	it passes
then	the audio's address is the gateway's, the video's is what it was, and the
	audio flows

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from place import AWAY
from sip import named, sdp
from tap import equal

VIDEO = ("m=video 50000 RTP/AVP 96", "c=" + named(AWAY),
         "a=rtpmap:96 H264/90000")


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    call = Call(p, s)
    offer, answer = call.set_up(sdp(*here.at, VIDEO), sdp(*there.at, VIDEO))
    equal(offer.media[0][0], scene.ADDRESS["wan"], "audio")
    equal(offer.media[1], (AWAY, 50000), "video")
    equal(len(offer.sdp.splitlines()), len(sdp(*here.at, VIDEO).splitlines()),
          "lines")
    meet(here, there, offer, answer)
    talk(here, there)
    call.end()
