# SPDX-License-Identifier: GPL-2.0-or-later
"""An INVITE that comes again leaves as it has left before.

given	P, which has got no answer yet
when	it sends its INVITE five times, and later its answer's ACK three times
then	S gets the same bytes each time, and one pair of ports is in use

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from sip import sdp
from tap import equal

BY_TCP = False


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    here, there = scene.ear("p", 40000), scene.ear("s", 6000)
    call = Call(p, s)
    first = call.invite(sdp(*here.at))
    for _ in range(4):
        p.send(call.sent.raw)
        equal(s.receive("INVITE").raw, first.raw)
    if scene.has_sipfast:
        equal(scene.gateway.ask("stats")["media-ports-used"], 1)

    answer = call.reply(200, sdp(*there.at))
    again = s.reply(call.got, 200, sdp(*there.at))
    equal(p.receive(200).raw.replace(answer.body, b""),
          answer.raw.replace(answer.body, b""), again.start)
    ack = call.ack()
    for _ in range(2):
        p.send(ack_again(p, call, ack))
        equal(s.receive("ACK").raw, ack.raw)
    meet(here, there, first, answer)
    talk(here, there)
    call.end()


def ack_again(p, call, ack):
    """As P has sent it; its Via and Contact are all that was changed."""
    return ack.raw.replace(call.got.via.encode(), p.at.encode())
