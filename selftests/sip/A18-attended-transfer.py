# SPDX-License-Identifier: GPL-2.0-or-later
"""An attended transfer to another phone on the LAN completes.

given	P has a call with S, and one with Q inside the LAN
when	P refers S to Q, to take its place in the second call (RFC 3891)
then	S's INVITE reaches Q; what Replaces says, and the Call-ID, are as P wrote
	them; and S and Q hear each other

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register, talk
from sip import sdp
from tap import equal

REPLACES = "q.inside%40pbx%3Bto-tag%3Dq1%3Bfrom-tag%3Dp1"


def scenario(scene):
    p, q, s = scene.phone("p"), scene.phone("q"), scene.host("s")
    register(q, s)
    call = Call(p, s)
    call.set_up(sdp(p.address, 40000), sdp(s.address, 6000))

    refer = call.ask(p, "REFER", more=[
        ("Refer-To", "<%s?Replaces=%s>" % (q.uri, REPLACES)),
        ("Referred-By", "<sip:p@example.com>")])
    target, _, headers = refer["Refer-To"].strip("<>").partition("?")
    equal(headers, "Replaces=" + REPLACES)
    s.reply(refer, 202)
    p.receive(202)

    transferred = Call(s, q, target)
    here, there = scene.ear("q", 40000), scene.ear("s", 6002)
    replaces = REPLACES.replace("%40", "@").replace("%3B", ";").replace(
        "%3D", "=")
    invite = transferred.invite(sdp(*there.at),
                                more=[("Replaces", replaces)])
    equal(invite["Replaces"], replaces, "Replaces")
    reply = transferred.reply(200, sdp(*here.at))
    transferred.ack()
    here.peer, there.peer = invite.media[0], reply.media[0]
    talk(here, there)

    notify = call.ask(s, "NOTIFY", b"SIP/2.0 200 OK\r\n",
                      kind="message/sipfrag",
                      more=[("Event", "refer"),
                            ("Subscription-State", "terminated")])
    p.reply(notify, 200)
    s.receive(200)
    call.end(by=p)
    transferred.end(by=q)
