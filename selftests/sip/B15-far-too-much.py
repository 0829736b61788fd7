# SPDX-License-Identifier: GPL-2.0-or-later
"""What is far too much is refused at once, and nobody else waits for it.

given	60 kB in one header, 15 000 parameters, 3 000 Contacts, 2 500 Vias, and as
	many headers as fit
when	P sends each of them, and Q a request of its own behind it
then	P is told that it is too large, and Q is served

Copyright (C) 2026 The sipfast authors
"""

from place import P
from sip import write

BY_TCP = False

LINE = "OPTIONS sip:example.com SIP/2.0"
MANY = (
    [("X-Long", "x" * 60000)],
    [("Contact", "<sip:p@%s:5060>" % P + ";a=b" * 15000)],
    [("Contact", ",".join(["<sip:a@b.invalid>"] * 3000))],
    [("Via", "SIP/2.0/UDP 198.51.100.1;branch=1")] * 1500,
    [("Via", ",".join(["SIP/2.0/UDP a;branch=1"] * 2500))],
    [("X", "y")] * 10000,
)


def scenario(scene):
    p, q, s = scene.phone("p"), scene.phone("q"), scene.host("s")
    for more in MANY:
        p.send(write(LINE, p.headers("OPTIONS", contact="") + more))
        if not scene.has_sipfast:
            s.receive("OPTIONS")
        q.request("OPTIONS")
        s.reply(s.receive("OPTIONS"), 200)
        q.receive(200)
        if scene.has_sipfast:
            p.receive(513, by_gateway=True)
    scene.counts(rejected_too_large=len(MANY))
