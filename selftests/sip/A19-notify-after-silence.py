# SPDX-License-Identifier: GPL-2.0-or-later
"""A NOTIFY arrives for as long as the subscription lasts.

given	P has subscribed to the state of a line for an hour
when	nothing was said for so long that no connection is tracked any more, and
	then the server's NOTIFY comes, from a host that P has never heard of
then	it is delivered, with its body as it was

Copyright (C) 2026 The sipfast authors
"""

from agent import Call
from tap import equal

DIALOG_INFO = (
    '<?xml version="1.0"?>\r\n<dialog-info state="full" '
    'entity="sip:q@example.com"><dialog id="1"><local><target '
    'uri="sip:q@198.51.100.1"/></local></dialog></dialog-info>')


def scenario(scene):
    p, s, t = scene.phone("p"), scene.host("s"), scene.host("t")
    p.request("SUBSCRIBE", to="<sip:q@example.com>",
              more=[("Event", "dialog"), ("Expires", 3600)])
    call = Call(p, s)
    call.got = s.receive("SUBSCRIBE")
    s.reply(call.got, 200, more=[("Expires", 3600)])
    call.begin(call.got, p.receive(200), "there")
    if scene.has_sipfast:
        (what, left), = scene.gateway.leases()
        equal(what, "dialog")
        assert left > 3500, left

    scene.gateway.silence()
    for server in (s, t):
        call.sides[server] = call.sides[s]
        call.send(server, "NOTIFY", DIALOG_INFO,
                  kind="application/dialog-info+xml",
                  more=[("Event", "dialog"),
                        ("Subscription-State", "active;expires=3000")])
        notify = p.receive("NOTIFY")
        equal(notify.uri, p.uri, "Request-URI")
        equal(notify.sdp, DIALOG_INFO, "body")
        p.reply(notify, 200)
        server.receive(200)
