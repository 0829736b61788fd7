# SPDX-License-Identifier: GPL-2.0-or-later
"""Phones that may send no farther than to the router have calls, too.

given	media = "anchor-both"
when	P calls S, puts it on hold, and goes on
then	P is told the router's address in the LAN, and S that on the WAN; audio
	flows both ways by these, before and after

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from sip import sdp
from tap import equal

CONFIG = 'media = "anchor-both"'


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    call = Call(p, s)
    offer, answer = call.set_up(sdp(*here.at), sdp(*there.at))
    judge(scene, offer, answer, s)
    meet(here, there, offer, answer)
    talk(here, there)

    _, held = call.agree(p, "INVITE", sdp(*here.at, direction="sendonly"),
                         sdp(*there.at, direction="recvonly"))
    scene.witness.excuse(held.raw)
    equal(held.media, answer.media, "on hold")
    offer, again = call.agree(p, "INVITE", sdp(*here.at), sdp(*there.at))
    judge(scene, offer, again, s)
    equal(again.media, answer.media, "resumed")
    talk(here, there)
    call.end(by=s)


def judge(scene, offer, answer, s):
    equal(offer.media[0][0], scene.ADDRESS["wan"], "what S is told")
    (host, port), = answer.media
    equal(answer.sdp, sdp(scene.ADDRESS["lan"], port, origin=s.address),
          "what P is told")
    equal(int(answer["Content-Length"]), len(answer.body))
    scene.witness.excuse(answer.raw)
    assert host != s.address, host
