# SPDX-License-Identifier: GPL-2.0-or-later
"""A call has as many streams as its m-lines say.

given	audio, video, a camera's control, text and fax; and of two more one is
	switched off and one is bundle-only
when	all is agreed on
then	each of the five flows both ways, port 0 stays 0, and no line has moved

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from sip import sdp
from tap import equal

LINES = ("audio %d RTP/AVP 8", "video %d RTP/AVP 96",
         "application %d RTP/AVP 100", "text %d RTP/AVP 98",
         "image %d udptl t38")
IDLE = (("m=audio 0 RTP/AVP 8",),
        ("m=video 0 UDP/TLS/RTP/SAVPF 97", "a=mid:v", "a=bundle-only"))


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    ears = [[scene.ear(agent.ns, port + 2 * n) for n in range(len(LINES))]
            for agent, port in ((p, 40000), (s, 6000))]
    call = Call(p, s)
    mine, theirs = (sdp(agent.address, *[("m=" + line % ear.at[1],)
                                         for line, ear in zip(LINES, side)],
                        *IDLE) for agent, side in zip((p, s), ears))
    offer, answer = call.set_up(mine, theirs)
    equal(len(offer.sdp.splitlines()), len(mine.splitlines()), "lines")
    equal([port for _, port in offer.media[len(LINES):]], [0, 0])
    equal(len(set(offer.media[:len(LINES)])), len(LINES), "public ports")
    for n, pair in enumerate(zip(*ears)):
        meet(*pair, offer, answer, line=n)
        talk(*pair[::-1])
    call.end()
