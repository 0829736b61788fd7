# SPDX-License-Identifier: GPL-2.0-or-later
"""When the WAN's address changes, what comes next has the new one.

given	P is registered, and in a call
when	the gateway gets another address
then	the call has ended in the gateway, and P's next REGISTER is sent from the
	new address, names it, and P can be called there

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register
from place import on_wan, uri
from sip import endpoint
from tap import equal, wait_for

NEW = on_wan(2)


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    register(p, s)
    scene.call(p, s)
    with scene.moved(NEW, on_wan(12)):
        if scene.has_sipfast:
            wait_for(lambda: NEW in scene.gateway.said() and
                     scene.gateway.ask("stats")["state"] == "serving")
            equal(scene.gateway.ask("call-list"), [])
        scene.gateway.silence()
        request, _ = register(p, s)
        equal(endpoint(request.source)[0], NEW)
        equal(request.contact, uri("p", request.source))
        call = Call(s, p, request.contact)
        equal(call.invite().uri, p.uri)
        call.reply(486)
        scene.judge()
