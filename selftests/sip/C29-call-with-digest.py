# SPDX-License-Identifier: GPL-2.0-or-later
"""A call is accepted by a proxy that asks for credentials.

given	P and a Kamailio that record-routes, and asks for credentials
when	P calls T, who is registered there, and BYE comes from either side
then	the credentials hold, the call has audio both ways, and nobody notices
	a NAT

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, meet, talk
from peers import authorised
from sip import sdp
from tap import equal


def scenario(scene):
    provider = scene.provider()
    p = scene.phone("p", user="c29p", server=provider.ADDRESS)
    t = scene.host("t", user="c29t")
    for agent in (p, t):
        authorised(agent, "REGISTER", "sip:" + provider.ADDRESS,
                   provider.ADDRESS)
        agent.receive(200)

    here, there = scene.ear("p", 40000), scene.ear("t", 6000)
    for caller, callee, mine, theirs in ((p, t, here, there),
                                         (t, p, there, here)):
        uri = "sip:%s@%s" % (callee.user, provider.ADDRESS)
        call = Call(caller, callee, uri)
        call.sent = authorised(caller, "INVITE", uri, provider.ADDRESS,
                               sdp(*mine.at))
        call.got = callee.receive("INVITE")
        caller.receive(100)
        answer = call.reply(200, sdp(*theirs.at))
        call.ack()
        meet(mine, theirs, call.got, answer)
        talk(mine, theirs)
        call.end(by=callee)
    equal(provider.saw_nat(p), [], "the provider's log")
