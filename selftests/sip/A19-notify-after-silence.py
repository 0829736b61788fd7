# SPDX-License-Identifier: GPL-2.0-or-later
"""A NOTIFY arrives for as long as the subscription lasts.

given	P has subscribed for an hour: to the state of a line, which is what its
	lamp shows (RFC 4235), and to its mailbox (RFC 3842)
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
WAITING = ("Messages-Waiting: yes\r\nMessage-Account: sip:p@198.51.100.1\r\n"
           "Voice-Message: 2/8 (0/2)\r\n")
EVENTS = (("dialog", "application/dialog-info+xml", DIALOG_INFO),
          ("message-summary", "application/simple-message-summary", WAITING))


def scenario(scene):
    p, s, t = scene.phone("p"), scene.host("s"), scene.host("t")
    calls = [subscribe(p, s, event) for event, _, _ in EVENTS]
    if scene.has_sipfast:
        leases = scene.gateway.leases()
        equal([what for what, _ in leases], [event[0] for event in EVENTS])
        assert all(left > 3500 for _, left in leases), leases

    scene.gateway.silence()
    for call, event in zip(calls, EVENTS):
        for server in (s, t):
            call.sides[server] = call.sides[s]
            notify(call, p, server, *event)


def subscribe(p, s, event):
    p.request("SUBSCRIBE", to="<sip:q@example.com>",
              more=[("Event", event), ("Expires", 3600)])
    call = Call(p, s)
    call.got = s.receive("SUBSCRIBE")
    s.reply(call.got, 200, more=[("Expires", 3600)])
    call.begin(call.got, p.receive(200), "there")
    return call


def notify(call, p, server, event, kind, body):
    call.send(server, "NOTIFY", body, kind=kind,
              more=[("Event", event),
                    ("Subscription-State", "active;expires=3000")])
    request = p.receive("NOTIFY")
    equal(request.uri, p.uri, "Request-URI")
    equal(request.sdp, body, "body")
    p.reply(request, 200)
    server.receive(200)
