# SPDX-License-Identifier: GPL-2.0-or-later
"""RTCP finds its port, wherever the phones have put it.

given	RTCP at a port of its own (a=rtcp), RTP at an odd port, and rtcp-mux,
	accepted and refused
when	calls are made so
then	RTCP passes both ways, as RTP does

Copyright (C) 2026 The sipfast authors
"""

import re

from agent import Call, meet, talk
from router import RTCP
from sip import named, sdp

MUX = "a=rtcp-mux"


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    for n, (port, rtcp, lines, answer) in enumerate((
            (40000, 40001, (), ()),
            (40100, 40010, ("a=rtcp:40010",), ()),
            (40200, 40020, ("a=rtcp:40020 " + named(p.address),), ()),
            (40301, 40302, (), ()),
            (40400, 40400, (MUX,), (MUX,)),
            (40500, 40501, (MUX,), ()))):
        far = 6000 + 10 * n
        here, there = scene.ear("p", port), scene.ear("s", far)
        call = Call(p, s)
        offer, reply = call.set_up(sdp(p.address, audio(port, lines)),
                                   sdp(s.address, audio(far, answer)))
        meet(here, there, offer, reply)
        talk(here, there)
        if rtcp == port:
            control = here, there
        else:
            control = scene.ear("p", rtcp), scene.ear("s", far + 1)
            control[0].peer = (s.address, far + 1)
            control[1].peer = rtcp_of(offer)
        for one, other in (control, control[::-1]):
            other.hear(one.say(RTCP), other.peer)
        call.end()


def audio(port, lines):
    return ("m=audio %d RTP/AVP 8" % port,) + lines


def rtcp_of(message):
    """Where RTCP goes by what the SDP says (RFC 3605)."""
    host, port = message.media[0]
    said = re.search(r"(?m)^a=rtcp:(\d+)", message.sdp)
    return host, int(said.group(1)) if said else port + 1
