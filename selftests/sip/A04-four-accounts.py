# SPDX-License-Identifier: GPL-2.0-or-later
"""Four accounts on one socket share one public port.

given	a phone with four accounts and one SIP port
when	all of them register
then	there is one public port with four leases, and an inbound call to each
	account arrives with the Contact of that account

Copyright (C) 2026 The sipfast authors
"""

from agent import Call, register
from tap import equal


def scenario(scene):
    p, s = scene.phone("p"), scene.host("s")
    bindings = {}
    for user in ("one", "two", "three", "four"):
        p.user = user
        bindings[user] = register(p, s)[0].contact
    equal(len({contact.rpartition("@")[2] for contact
               in bindings.values()}), 1, "public ports")
    if scene.has_sipfast:
        equal(len(scene.gateway.leases()), 4, "leases")

    for user, contact in bindings.items():
        p.user = user
        call = Call(s, p, contact)
        equal(call.invite().uri, p.uri, "Request-URI")
        call.reply(486)
