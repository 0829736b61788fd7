# SPDX-License-Identifier: GPL-2.0-or-later
"""Of several phones that ring the one that is picked up is heard.

given	P calls somebody whose calls ring at two places
when	A says 183, B says 183, B says 200, and A's 200 comes too late
then	P hears B, also after it has ended A's dialog with BYE

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from sip import sdp


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    here = scene.ear("p", 40000)
    a, b = scene.ear("s", 6000), scene.ear("t", 6002)
    call = Call(p, s)
    offer = call.invite(sdp(*here.at))
    for ear, tag in ((a, "a"), (b, "b")):
        answer = call.reply(183, sdp(*ear.at), tag=tag)
        meet(here, ear, offer, answer)
        ear.say()
    answer = call.reply(200, sdp(*b.at), tag="b")
    sides = call.sides
    call.ack()
    drain(here)
    talk(here, b)

    call.reply(200, sdp(*a.at), tag="a")
    call.ack()
    call.end()
    call.sides = sides
    talk(here, b)
    call.end(by=s)


def drain(ear):
    """Early media of either place may have come: both are right."""
    ear.sock.setblocking(False)
    try:
        while True:
            ear.sock.recv(4096)
    except BlockingIOError:
        ear.sock.settimeout(ear.patience)
