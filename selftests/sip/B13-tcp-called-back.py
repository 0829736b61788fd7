# SPDX-License-Identifier: GPL-2.0-or-later
"""A server that opens a connection reaches the phone, and a stranger does not.

given	P, registered over TCP
when	S opens a connection to P's public port and sends an INVITE there, while
	P's own connection is there, and when it has gone; T, whom nobody knows,
	does likewise; and S sends what is no SIP
then	the first comes by P's own connection, and its answer on the one that S
	has opened; the second by a new connection to where P listens; what T
	and what is no SIP goes nowhere, and the connection ends

Copyright (C) 2026 The sipfast authors
"""

import sip
from place import G, S, T
from stream import answer, are_silent, connect, invite, listen, registered
from tap import equal, wait_for

BY_TCP = False


def scenario(scene):
    server = listen(scene, "s")
    phone, there, contact = registered(scene, server)
    caller = connect(scene, "s", G)
    caller.send(invite(contact, S + ":5070"))
    request = phone.message()
    phone.send(answer(request.raw, "480 Gone"))
    caller.reads(answer(invite(contact, S + ":5070"), "480 Gone"))
    assert are_silent(there)

    stranger = connect(scene, "t", G)
    stranger.send(invite(contact, T + ":5060", 2))
    equal(stranger.ends(), b"", "what the stranger hears")
    alien = connect(scene, "s", G)
    alien.send(b"GET / HTTP/1.1\r\n\r\n")
    equal(alien.ends(), b"", "what HTTP hears")
    assert are_silent(phone, there)

    phone.close()
    equal(there.ends(), b"")
    there.close()
    caller.close()
    if scene.has_sipfast:
        wait_for(lambda: not scene.gateway.ask("connection-list"))
    at_home = listen(scene, "p", 5060)
    caller = connect(scene, "s", G)
    caller.send(invite(contact, S + ":5070", 3))
    phone = at_home.accept()
    equal(sip.endpoint(phone.source)[0], scene.ADDRESS["s"], "who calls")
    request = phone.message()
    phone.send(answer(request.raw, "486 Busy Here"))
    caller.reads(answer(invite(contact, S + ":5070", 3), "486 Busy Here"))
    scene.counts(dropped_stranger=1)
