# SPDX-License-Identifier: GPL-2.0-or-later
"""A call that is cancelled, refused or not answered leaves nothing behind.

given	P, and a server that answers none of its calls
when	one is cancelled, one is answered 486, one 408
then	each is told what became of it, and no media port stays in use

Copyright (C) 2026 The sipfast authors
"""

from agent import Call
from sip import sdp
from tap import wait_for


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    for status in (487, 486, 408):
        call = Call(p, s)
        call.invite(sdp(p.address, 40000))
        call.reply(180)
        if status == 487:
            cancel(call)
        call.reply(status)
        ack(call)
        if scene.has_sipfast:
            wait_for(lambda: not scene.gateway.ask(
                "stats")["media-ports-used"])


def cancel(call):
    """The INVITE's own Via and To (RFC 3261 9.1)."""
    call.caller.send(call.sent.raw.partition(b"Contact")[0].replace(
        b"INVITE", b"CANCEL") + b"Content-Length: 0\r\n\r\n")
    request = call.callee.receive("CANCEL")
    assert request["Via"] == call.got["Via"], request["Via"]
    call.callee.reply(request, 200)
    call.caller.receive(200)


def ack(call):
    call.caller.send(call.sent.raw.partition(b"Contact")[0].replace(
        b"INVITE", b"ACK") + b"Content-Length: 0\r\n\r\n")
    request = call.callee.receive("ACK")
    assert request["Via"] == call.got["Via"], request["Via"]
