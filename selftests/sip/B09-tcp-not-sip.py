# SPDX-License-Identifier: GPL-2.0-or-later
"""What is no SIP passes the SIP port as it came, by TCP, too.

given	a TLS hello, STUN, NULs, and HTTP with an OPTIONS in it
when	P sends one on a connection to S's port 5060, and S and P say more, which
	would be SIP; and when S speaks first on a connection of P's
then	each arrives byte for byte, and the one side hears when the other hangs up

Copyright (C) 2026 The sipfast authors
"""

from stream import connect, listen, options
from tap import equal

BY_TCP = False

ALIENS = (
    b"\x16\x03\x01\x02\x00\x01\x00" + bytes(range(256)),
    b"\0\1\0\0\x21\x12\xa4\x42" + b"t" * 12,
    bytes(4),
    b"POST / HTTP/1.1\r\nHost: x\r\n\r\n" + options(1) + options(2),
)
GREETING = b"220 hello\r\n"


def scenario(scene):
    server = listen(scene, "s")
    for alien in ALIENS:
        phone = connect(scene, "p", "s")
        phone.send(alien)
        there = server.accept()
        there.reads(alien, "out")
        phone.reads(there.send(options(3) + alien), "in")
        there.reads(phone.send(options(4)), "out again")
        phone.close()
        equal(there.ends(), b"", "the rest")

    phone = connect(scene, "p", "s")
    server.accept().send(GREETING)
    phone.reads(GREETING, "greeting")
    if scene.has_sipfast:
        equal(scene.gateway.ask("stats")["tcp"]["not-sip"], len(ALIENS) + 1)
